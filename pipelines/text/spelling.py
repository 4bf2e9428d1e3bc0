"""Spelling: words that are no words, corrected where one correction is convincing, and nothing else.

Each distinct word is judged once, over the whole corpus: `unknown_words` gathers those that no lexicon knows, `judge`
decides. Where the decisions reach in a text is the business of `corrections`, which word a slip may stand for that of
`slips`, rules of the project that of `rules`. Names and their variants do not belong here.

What speaks against a correction: company that is not English, a second candidate nearly as good, a regular derivation,
many posts that write it so.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.text import lexicon, slips, tokens
from pipelines.text.rules import Rule

Dialect = Literal["keep", "british", "american"]
SLIP = "slip"
"""The rule of a correction that no lexicon or project asks for."""


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

SHORTEST, _LONGEST = 4, 20
"""Letters from which on a word can be told to be none, and up to which it is one."""
_TOKEN = rf"""^["'(\[]?(?P<word>[a-z]{{{SHORTEST},{_LONGEST}}})(?:'s)?[)\],.;:!?"']*$"""
_CORE = re.compile(r"""["'(\[]*([^\W\d_]+(?:'[a-z]+)?)?""")
_CODE = re.compile(r"[_{}<>=|\\^~*@]|://")
NEAR = 3
"""Words to each side that are a word's company."""
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
    unknown, bounds = _unknown(texts), texts.bounds.tolist()
    is_unknown = np.zeros(len(texts.distinct), bool)
    is_unknown[list(unknown)] = True
    places = np.flatnonzero(is_unknown[texts.codes])
    numbers = np.searchsorted(texts.bounds, places, "right") - 1
    places, numbers = places[is_wanted[numbers]], numbers[is_wanted[numbers]]
    standing = _standings_near(texts, places)
    found = []
    for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
        first = max(place - NEAR, bounds[number])
        beside = [standing[code] for code in texts.codes[first : min(place + 1 + NEAR, bounds[number + 1])].tolist()]
        if _are_english(beside[: place - first], beside[place - first + 1 :]):
            found.append((number, unknown[int(texts.codes[place])]))
    return found


def _standings_near(texts: tokens.Tokens, places: npt.NDArray[np.int64]) -> dict[int, int]:
    """What the distinct tokens near places show of their language, by the tokens' codes."""
    near = np.unique((places[:, None] + np.arange(-NEAR, NEAR + 1)).clip(0, max(len(texts.codes) - 1, 0)))
    codes = np.unique(texts.codes[near])
    return dict(zip(codes.tolist(), map(_standing, texts.distinct.take(pa.array(codes)).to_pylist()), strict=True))


def _unknown(texts: tokens.Tokens) -> dict[int, str]:
    """Where an unknown word stands in distinct tokens, and the word."""
    small, rest = texts.small, texts.signed
    length = pc.binary_length(texts.distinct).to_numpy()[small]
    small = small[(length >= SHORTEST) & (length <= _LONGEST)]
    unknown = _not_known(small, texts.distinct.take(small))
    words = pc.struct_field(pc.extract_regex(texts.distinct.take(rest), _TOKEN), "word")
    held = rest[words.is_valid().to_numpy(zero_copy_only=False)]
    for i, word in _not_known(held, words.drop_null()).items():
        token = texts.distinct[i].as_py()
        if token not in lexicon.known() and not _is_set_off(token):
            unknown[i] = word
    return unknown


def _not_known(numbers: npt.NDArray[np.int64], words: pa.StringArray) -> dict[int, str]:
    """Those of the words, with their numbers, that no lexicon knows."""
    unknown = pa.array(sorted(set(words.to_pylist()) - lexicon.known()), pa.string())
    rows = np.flatnonzero(pc.is_in(words, unknown).to_numpy(zero_copy_only=False))
    return dict(zip(numbers[rows].tolist(), words.take(rows).to_pylist(), strict=True))


def _is_set_off(token: str) -> bool:
    """Whether quotation marks or brackets enclose just this word: it is spoken of, or foreign."""
    return token[0] in "\"'([" and not token[-1].isalpha() and any(mark in token[1:] for mark in "\"')]")


def is_english(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words beside a place are English: the next ones no strangers, few strangers further off."""
    return _are_english([*map(_standing, before)], [*map(_standing, after)])


def _are_english(left: list[int], right: list[int]) -> bool:
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


def judge(
    words: Mapping[str, WordCount],
    rules: Sequence[Rule] = (),
    settings: Settings | None = None,
    judged: Mapping[str, Correction | None] | None = None,
) -> dict[str, Correction]:
    """Word as written → its correction, for the unknown words that have a convincing one and for the project's rules.

    Args:
        words: the unknown words of the whole corpus with their counts.
        rules: the project's own spellings (`rules.load`); they come before everything else.
        settings: how much must be certain.
        judged: what was found for some of the words before, by the same settings and for the same counts.
    """
    settings, judged = settings or Settings(), judged or {}
    vocabulary = {word for rule in rules for word in f"{rule.written} {rule.preferred}".lower().split()}
    corrections = dict(_dialect(settings.dialect))
    for word in sorted(words):
        if word not in vocabulary:
            correction = judged[word] if word in judged else _judge_one(word, words[word], settings)
            if correction:
                corrections[word] = correction
    for rule in rules:
        why = rule.note or "A spelling rule of the project."
        corrections[rule.written] = Correction(rule.written, rule.preferred, 1.0, "project", why)
    return corrections


def _judge_one(word: str, count: WordCount, settings: Settings) -> Correction | None:
    if word in _CONTRACTED:
        right = f"{word[:-1]}'t"
        return Correction(word, right, 1.0, SLIP, f"“{word}” lacks the apostrophe of “{right}”.")
    if len(word) < SHORTEST or word in lexicon.known() or slips.is_run_together(word):
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
    return Correction(word, best.right, round(1 - 0.1 * math.exp(-margin), 3), SLIP, explanation)


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
