"""Corrections: where what was decided of words reaches in one text, and the edits that this makes.

Here: the places of a correction, and what there speaks against it: company that is not English, quotation marks or
markup around the single word, a hyphen or digit at its side, a name, an older English. Not here: which word is
corrected to which (`spelling`); names, whose spans are given as protected.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.text import lexicon
from pipelines.text.edits import Edit
from pipelines.text.spelling import NEAR, SHORTEST, SLIP, Correction, Settings, is_english

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

    A quick first look at a long text, or at many with a NUL between them; `Finder` says what is done about it. A word
    that stands in the text but nowhere alone has no place.
    """
    plain = {word for word in corrections if _is_plain(word)}
    wanted = plain if len(plain) <= _FEW else _standing(plain, text)
    forms = {word: _forms(corrections[word]) for word in wanted} | {word: {word} for word in corrections.keys() - plain}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for part, first in _parts_with(text, forms.values()):
        for word, written in forms.items():
            for start, end in _spans(part, written):
                found[word] += [first + start] if word not in plain or _is_whole(part, start, end) else []
    return found


def _standing(words: Set[str], text: str) -> Set[str]:
    """Those of some words in lower case that may stand in a text, with whatever capitals."""
    lower = text.lower()
    return {word for word in words if word in lower} if len(words) <= _FEW else words & set(_LETTERS.findall(lower))


def _parts_with(text: str, words: Collection[Set[str]]) -> Iterator[tuple[str, int]]:
    """The parts of a text between NULs that hold some of the words but for their first letters, each with its start."""
    if len(words) > _FEW:
        yield text, 0
    elif words:
        parts = pc.list_flatten(pc.split_pattern(pa.array([text], pa.string()), "\0"))
        tails = "|".join(sorted({re.escape(form[1:]) for forms in words for form in forms}))
        starts = np.cumsum(pc.utf8_length(parts).to_numpy() + 1, dtype=np.int64)
        for number in np.flatnonzero(pc.match_substring_regex(parts, tails).to_numpy(zero_copy_only=False)).tolist():
            yield parts[number].as_py(), int(starts[number - 1]) if number else 0


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
        for word in sorted(_standing(self._words.keys(), text)):
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
        if correction.rule != SLIP:
            return True
        following = after.removeprefix("'s").lstrip("\"')],.;:!?")
        if not is_english(before.split()[-NEAR:], following.split()[:NEAR]):
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
        words = {word for word in _LETTERS.findall(passage) if word.islower() and len(word) >= SHORTEST}
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
