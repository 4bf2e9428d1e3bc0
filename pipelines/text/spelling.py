"""Spelling: words that are no words, corrected where one correction is convincing, and nothing else.

Each distinct word is judged once, over the whole corpus: `unknown_words` gathers those that no lexicon knows, `judge`
decides, `find` turns the decisions into edits of one text. Names and their variants do not belong here (their spans are
given as protected); which word a slip may stand for is the business of `slips`, rules of the project that of `rules`.

What speaks against a correction: company that is not English, quotation marks or markup around the single word, a
hyphen or digit at its side, a second candidate nearly as good, a regular derivation, many posts that write it so.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.text import lexicon, slips, tokens
from pipelines.text.edits import Edit
from pipelines.text.rules import Rule

Dialect = Literal["keep", "british", "american"]


class WordCount(NamedTuple):
    """How often an unknown word stands in the corpus, and in how many posts."""

    n: int
    n_posts: int


class Correction(NamedTuple):
    """What is written for a word everywhere, and why."""

    word: str
    right: str
    score: float
    rule: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project decides about spelling.

    Attributes:
        dialect: `keep` leaves British and American spellings as they stand; the others write one of them everywhere.
        old_quotations: whether passages in older English, and quotations that hold other unknown words, are corrected.
        strictness: added to what a correction's score must reach; more than 0 corrects less.
        least_lead: by how much a correction must be more convincing than the next best.
    """

    dialect: Dialect = "keep"
    old_quotations: bool = False
    strictness: float = 0.0
    least_lead: float = 1.0


# --- unknown words ---------------------------------------------------------------------------------------------------

_TOKEN = r"""^["'(\[]?(?P<word>[a-z]{4,20})(?:'s)?[)\],.;:!?"']*$"""
_CORE = re.compile(r"""["'(\[]*([^\W\d_]+(?:'[a-z]+)?)?""")
_CODE = re.compile(r"[_{}<>=|\\^~*@]|://")
_NEAR = 3
_CONTRACTED_WORDS = (
    "arent couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt neednt shouldnt wasnt werent wouldnt"
)
_CONTRACTED = frozenset(_CONTRACTED_WORDS.split())


def unknown_words(text: str) -> list[str]:
    """Every lower-case word in no lexicon, each time it stands in English company. For English texts only."""
    return [word for _, word in unknown_in(tokens.split([text]), np.ones(1, bool))]


def unknown_in(texts: tokens.Tokens, is_wanted: npt.NDArray[np.bool_]) -> list[tuple[int, str]]:
    """The unknown words of many texts, each time one stands in English company, with the number of its text.

    Args:
        texts: the tokens of cleaned texts.
        is_wanted: of each text whether it is looked at: whether it is English.
    """
    distinct, bounds = texts.distinct.to_pylist(), texts.bounds.tolist()
    unknown = _unknown(texts.distinct, distinct)
    is_unknown = np.zeros(len(distinct), bool)
    is_unknown[list(unknown)] = True
    places = np.flatnonzero(is_unknown[texts.codes])
    numbers = np.searchsorted(texts.bounds, places, "right") - 1
    found = []
    for place, number in zip(places[is_wanted[numbers]].tolist(), numbers[is_wanted[numbers]].tolist(), strict=True):
        first = max(place - _NEAR, bounds[number])
        beside = [distinct[i] for i in texts.codes[first : min(place + 1 + _NEAR, bounds[number + 1])].tolist()]
        if _is_english(beside[: place - first], beside[place - first + 1 :]):
            found.append((number, unknown[int(texts.codes[place])]))
    return found


def _unknown(column: pa.StringArray, distinct: Sequence[str]) -> dict[int, str]:
    """Where an unknown word stands in distinct tokens, and the word."""
    words = pc.struct_field(pc.extract_regex(column, _TOKEN), "word").to_pylist()
    known = lexicon.known()
    return {
        i: word
        for i, word in enumerate(words)
        if word and word not in known and distinct[i] not in known and not _is_set_off(distinct[i])
    }


def _is_set_off(token: str) -> bool:
    """Whether quotation marks or brackets enclose just this word: it is spoken of, or foreign."""
    return token[0] in "\"'([" and not token[-1].isalpha() and any(mark in token[1:] for mark in "\"')]")


def _is_english(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words beside a place are English: the next ones no strangers, few strangers further off."""
    left = [_standing(token) for token in before]
    right = [_standing(token) for token in after]
    if (left and left[-1] < 0) or (right and right[0] < 0):
        return False
    standings = left + right
    n_english, n_strangers = standings.count(1), standings.count(-1)
    return n_english >= min(n_strangers + 1, len(standings)) and n_strangers <= 1


@lru_cache(maxsize=1 << 16)
def _standing(token: str) -> int:
    """1 for an English word, -1 for a lower-case word that is none or a piece of code, 0 for what shows neither."""
    match = _CORE.match(token)
    word = match[1] if match else None
    if _CODE.search(token) or word in lexicon.FOREIGN:
        return -1
    if not word or word in lexicon.SHARED:
        return 0
    if word[0].islower():
        return 1 if word in lexicon.common() or "'" in word else -1
    return 1 if word.lower() in lexicon.basic() else 0


# --- judging ---------------------------------------------------------------------------------------------------------

# What a candidate's score must reach for each kind of slip, in words of up to five, up to seven, and more letters.
# Where a new word is as likely as a slip, as with one vowel for another in a short word, nothing is enough.
_NEVER = math.inf
_LEAST = {
    "ending": (5.0, 4.0, 4.3),
    "undoubled": (3.0, 3.5, 3.0),
    "doubled": (3.0, 2.5, 3.0),
    "swapped": (5.0, 4.0, 4.5),
    "vowels swapped": (4.0, 3.5, 3.5),
    "vowel lost": (5.0, 4.0, 3.5),
    "vowel added": (5.0, 4.5, 4.0),
    "vowel": (_NEVER, 5.5, 4.0),
    "consonant lost": (4.5, 3.3, 3.3),
    "consonant added": (5.0, 4.0, 3.5),
    "consonant alike": (5.0, 4.0, 4.0),
    "letter": (_NEVER, 4.5, 3.5),
    "several": (_NEVER, 3.5, 2.5),
}
_SHORT, _MIDDLE = 5, 7
_LISTED, _REPEATED = 1.0, 0.35
_ORTHOGRAPHIC = frozenset({"ending", "undoubled", "doubled", "swapped", "vowels swapped"})
_SHORTEST = 4


def judge(
    words: Mapping[str, WordCount], rules: Sequence[Rule] = (), settings: Settings | None = None
) -> dict[str, Correction]:
    """Word as written → its correction, for the unknown words that have a convincing one and for the project's rules.

    Args:
        words: the unknown words of the whole corpus with their counts.
        rules: the project's own spellings (`rules.load`); they come before everything else.
        settings: how much must be certain.
    """
    settings = settings or Settings()
    vocabulary = {word for rule in rules for word in f"{rule.written} {rule.preferred}".lower().split()}
    corrections = dict(_dialect(settings.dialect))
    for word in sorted(words):
        if word not in vocabulary:
            correction = _judge_one(word, words[word], settings)
            if correction:
                corrections[word] = correction
    for rule in rules:
        why = rule.note or "A spelling rule of the project."
        corrections[rule.written] = Correction(rule.written, rule.preferred, 1.0, "project", why)
    return corrections


def _judge_one(word: str, count: WordCount, settings: Settings) -> Correction | None:
    if word in _CONTRACTED:
        right = f"{word[:-1]}'t"
        return Correction(word, right, 1.0, "slip", f"“{word}” lacks the apostrophe of “{right}”.")
    if len(word) < _SHORTEST or word in lexicon.known() or slips.is_run_together(word):
        return None
    found = slips.candidates(word)
    if not found:
        return None
    best = found[0]
    lead = best.score - found[1].score if len(found) > 1 else math.inf
    margin = best.score - _least(word, best, count) - settings.strictness
    if margin < 0 or lead < settings.least_lead:
        return None
    kinds = " and ".join(best.kinds)
    explanation = f"“{word}” is in no lexicon, and one slip ({kinds}) away from the common word “{best.right}”."
    return Correction(word, best.right, round(1 - 0.1 * math.exp(-margin), 3), "slip", explanation)


def _least(word: str, best: slips.Slip, count: WordCount) -> float:
    """What a candidate's score must reach: more where the word is listed, regularly made, or written so again."""
    length = 0 if len(word) <= _SHORT else 1 if len(word) <= _MIDDLE else 2
    if not length and word[1:] in (best.right, best.right[1:]):
        return _NEVER
    least = _LEAST[best.kinds[0] if len(best.kinds) == 1 else "several"][length]
    is_orthographic = set(best.kinds) <= _ORTHOGRAPHIC
    if word in lexicon.rare() or slips.is_derived(word):
        least += _LISTED if is_orthographic else _LISTED + 0.5
    return least if is_orthographic else least + _REPEATED * math.log2(max(count.n, 1))


# These are British, too, in another sense.
_BRITISH_TOO = frozenset({"meter", "meters"})


def _dialect(dialect: Dialect) -> Iterator[tuple[str, Correction]]:
    for british, american in lexicon.regional().items() if dialect != "keep" else ():
        word, right = (british, american) if dialect == "american" else (american, british)
        if word not in _BRITISH_TOO:
            explanation = f"“{right}” is the {dialect.capitalize()} spelling of “{word}”."
            yield word, Correction(word, right, 1.0, dialect, explanation)


# --- finding ---------------------------------------------------------------------------------------------------------

_LETTERS = re.compile(r"[^\W\d_]+")
_BESIDE, _FAR = 80, 200
# Words of an older English: where one stands, the spelling around it is of its time.
_OLD = re.compile(
    r"\b(?:[Hh]a(?:th|st)|[Dd]oth|[Tt]h(?:ou|ee|y|ine)|[Ss]aith|[Qq]uo(?:d|th)|[Ss]halt|[Ww]han|haue|hadde|selfe|owne|onely|beene|[Vv](?:nto|pon))\b"
)
_JOINED_BEFORE = "-'@/\\.#&_\u2019"
_JOINED_AFTER = "-@/\\_"
_ENCLOSING_BEFORE, _ENCLOSING_AFTER = "\"'([*", "\"')]*"
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]\.$")
_SENTENCE_END = '.!?:"\n\u2026'


_FEW = 50  # of so few words, looking for each takes less than taking the text apart


def places(text: str, corrections: Mapping[str, Correction]) -> dict[str, list[int]]:
    """The corrections whose words stand in a text, each with the places where they do so as whole words.

    A quick first look at a long text or many texts at once; `Finder` says what is done about it. A word that stands in
    the text but nowhere alone has no place.
    """
    plain = {word for word in corrections if _is_plain(word)}
    if len(plain) > _FEW:
        plain &= set(_LETTERS.findall(text.lower()))
    found = {word: list(_spans(text, _forms(corrections[word]))) for word in plain}
    found |= {phrase: list(_spans(text, {phrase})) for phrase in corrections if not _is_plain(phrase)}
    return {
        word: [start for start, end in spans if word not in plain or _is_whole(text, start, end)]
        for word, spans in found.items()
        if spans
    }


def _forms(correction: Correction) -> set[str]:
    """How a word may be written: the project's rules are for whole words in capitals, too."""
    word = correction.word
    return {word, word.capitalize(), word.upper()} if correction.rule == "project" else {word, word.capitalize()}


def _spans(text: str, forms: Set[str]) -> Iterator[tuple[int, int]]:
    """Where the forms stand. Those that differ in the first letter alone are looked for at once, by the others."""
    for tail in {form[1:] for form in forms}:
        at = text.find(tail, 1)
        while at > 0:
            if text[at - 1] + tail in forms:
                yield at - 1, at + len(tail)
            at = text.find(tail, at + 1)


class Finder:
    """Finds the places of one set of corrections in text after text."""

    def __init__(self, corrections: Mapping[str, Correction], settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._words = {word: correction for word, correction in corrections.items() if _is_plain(word)}
        self._phrases = {written: c for written, c in corrections.items() if written not in self._words}
        longest_first = sorted(self._phrases, key=lambda written: (-len(written), written))
        alternatives = "|".join(map(re.escape, longest_first))
        self._phrase = re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])") if longest_first else None

    def find(self, text: str, protected: Sequence[tuple[int, int]] = (), language: str = "en") -> list[Edit]:
        """The edits of one text, in order.

        Args:
            text: a cleaned text.
            protected: half-open spans where nothing may change: mentions, addresses, code.
            language: general spelling applies to English only, the project's rules to every language.
        """
        taken = list(protected)
        edits = []
        for start, end, correction in self._places(text, language):
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            after = _in_case_of(text[start:end], correction)
            taken.append((start, end))
            if after != text[start:end]:
                edits.append(Edit(start, end, after, "spelling", correction.rule, score=correction.score))
        return sorted(edits)

    def _places(self, text: str, language: str) -> Iterator[tuple[int, int, Correction]]:
        """Every place of a correction, the project's phrases first."""
        if self._phrase:
            for match in self._phrase.finditer(text):
                yield match.start(), match.end(), self._phrases[match[0]]
        for word in sorted(self._words.keys() & set(_LETTERS.findall(text.lower()))):
            correction = self._words[word]
            for form in sorted(_forms(correction)) if correction.rule == "project" or language == "en" else ():
                yield from self._each(text, form, correction)

    def _each(self, text: str, form: str, correction: Correction) -> Iterator[tuple[int, int, Correction]]:
        start = text.find(form)
        while start >= 0:
            end = start + len(form)
            if _is_whole(text, start, end) and (
                correction.rule == "project" or self._may_change(text, start, end, correction)
            ):
                yield start, end, correction
            start = text.find(form, end)

    def _may_change(self, text: str, start: int, end: int, correction: Correction) -> bool:
        """Whether the general rules reach this place: English around, no quoted word, no name, no old quotation."""
        before, after = text[max(start - _BESIDE, 0) : start], text[end : end + _BESIDE]
        if (before and before[-1] in _JOINED_BEFORE) or (after and after[0] in _JOINED_AFTER):
            return False
        if before and after and before[-1] in _ENCLOSING_BEFORE and after[0] in _ENCLOSING_AFTER:
            return False
        if text[start].isupper() and not _opens_sentence(before):
            return False
        if correction.rule != "slip":
            return True
        following = after.removeprefix("'s").lstrip("\"')],.;:!?")
        if not _is_english(before.split()[-_NEAR:], following.split()[:_NEAR]):
            return False
        return self._settings.old_quotations or not self._is_old(text, start, end)

    def _is_old(self, text: str, start: int, end: int) -> bool:
        """Whether older English stands around, or quotation marks enclose other words that no lexicon knows."""
        if _OLD.search(text, max(start - _FAR, 0), end + _FAR):
            return True
        paragraph = text.rfind("\n", 0, start) + 1
        if text.count('"', paragraph, start) % 2 == 0:
            return False
        opening = text.rfind('"', paragraph, start) + 1
        closing = text.find('"', end)
        passage = text[opening:start] + text[end : closing if closing >= 0 else len(text)]
        words = {word for word in _LETTERS.findall(passage) if word.islower() and len(word) >= _SHORTEST}
        return bool(words - lexicon.known() - self._words.keys())


def find(
    text: str,
    corrections: Mapping[str, Correction],
    protected: Sequence[tuple[int, int]] = (),
    language: str = "en",
    settings: Settings | None = None,
) -> list[Edit]:
    """The spelling edits of one text; for many texts make one `Finder`."""
    return Finder(corrections, settings).find(text, protected, language)


def _opens_sentence(before: str) -> bool:
    """Whether a capital after this text is that of a sentence, not of a name: an initial's full stop is none."""
    stripped = before.rstrip(" ")
    if stripped == before and before[-1:] not in {"", "\n", '"', "(", "["}:
        return False
    return not stripped or (stripped[-1] in _SENTENCE_END and not _INITIAL.search(stripped))


def _is_plain(written: str) -> bool:
    """Whether a correction is of one word in lower case, which capitals may also begin."""
    return written.isalpha() and written.islower()


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a word's letters end at both sides, but for a possessive `'s`."""
    before, after = text[start - 1 : start], text[end : end + 2]
    if before and (before.isalnum() or before == "_"):
        return False
    if after[:1].isalnum() or after[:1] == "_":
        return False
    if after[:1] in {"'", "."} and after[1:].isalnum():
        return after == "'s" and not text[end + 2 : end + 3].isalnum()
    return True


def _in_case_of(written: str, correction: Correction) -> str:
    """The right word with the capitals of the written one."""
    right = correction.right
    if written == correction.word or not _is_plain(correction.word):
        return right
    return right.upper() if len(written) > 1 and written.isupper() else right[0].upper() + right[1:]
