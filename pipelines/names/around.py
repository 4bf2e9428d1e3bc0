"""The names in runs, with what stands right beside them in the text: particles before them, hints of their kind.

Each step looks at one column of signs beside all names; one by one only where such a sign says that it is worth it.
Not here: where runs are (`find`), how a run's own words cut it (`runs`), what speaks against a bearer (`beside`).
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipelines.names import beside, plain
from pipelines.names.candidates import Found, Runs, Words, column
from pipelines.names.lexicon import words
from pipelines.text.together import Bools, Ints, Together

_NUMBER_BEFORE = regex.compile(r"\d{1,3}(?:st|nd|rd|th)$")
_DASHES = "-‑'’ʿʾʻ‘"
_APOSTROPHES = "'’"
_LONGEST_BEFORE, _HEAD = 24, 6
# What follows the letters of a code: AK-47, T-34, and an American state's before its postal code: AK, 99712.
_CODE = regex.compile(r"[-‑]\d|(?<=[^\p{L}]\p{Lu}{2}),? \d{5}(?!\d)")
_CODED = "-‑, "


@cache
def _kinds_before() -> dict[str, str]:
    """Words written small before a name, and the kind they speak for."""
    hints = dict.fromkeys(sorted(words()["place_prepositions"]), "place")
    return hints | dict.fromkeys(sorted(words()["roles"] | words()["titles"]), "person")


@cache
def _kinds_after() -> dict[str, str]:
    """The first letters of what follows a name and speaks for a person: verbs of saying, "who"."""
    verbs = sorted(words()["person_verbs"])
    heads = [f" {verb}{sign}"[:_HEAD] for verb in verbs for sign in " :,"]
    return dict.fromkeys([*heads, ", who ", ", whos"], "person")


class _Before(NamedTuple):
    """The word before each name: its place among the distinct ones."""

    code: Ints
    words: pa.StringArray

    def are(self, listed: Iterable[str]) -> Bools:
        """Of which names the word before them is one of these."""
        return self._rows(pc.is_in(self.words, pa.array([*listed], pa.string())))

    def are_ordinals(self) -> Bools:
        """Of which names the word before them is a number: 20th."""
        return self._rows(pc.match_substring_regex(self.words, r"^\p{Nd}.*(?:st|nd|rd|th)$"))

    def _rows(self, words: pa.BooleanArray) -> Bools:
        rows: Bools = words.to_numpy(zero_copy_only=False)[self.code]
        return rows

    def of(self, rows: Ints) -> list[str]:
        """The words before the names of some rows."""
        words: list[str] = self.words.take(pa.array(self.code[rows])).to_pylist()
        return words


class _Names(NamedTuple):
    """Names in runs: the run's span, the name's in it, the kind its words speak for, and the word before it."""

    run_start: Ints
    run_end: Ints
    start: Ints
    end: Ints
    hint: Words
    before: _Before

    def opens(self) -> Bools:
        """Which begin with their run."""
        return self.start == self.run_start

    def ends(self) -> Bools:
        """Which end with their run."""
        return self.end == self.run_end


def named(texts: Together, runs: Runs) -> Found:
    """The candidates in the runs, in their order, not overlapping."""
    names = _names(texts, runs)
    start, is_name = _with_particles(texts, names)
    is_name &= ~_codes(texts, names)
    _hint_after(texts, names)
    _speak_against(texts.text, names, start)
    return Found(start[is_name], names.end[is_name], names.hint[is_name])


def _names(texts: Together, runs: Runs) -> _Names:
    found = plain.names(texts, runs)
    run_start = runs.start[found.run]
    before = _words_before(texts, run_start, found.start)
    return _Names(run_start, runs.end[found.run], found.start, found.end, found.hint, before)


def _words_before(texts: Together, run_start: Ints, start: Ints) -> _Before:
    """The word before each name, in its run or before a run: empty where something else than a space is between."""
    inside = start > run_start
    spaced = np.flatnonzero(inside | texts.is_any(start - 1, " "))
    stop, begin = start[spaced] - 1, np.where(inside, run_start, np.maximum(start - _LONGEST_BEFORE, 0))[spaced]
    begin = np.maximum(begin, _after_last(texts.places(" "), stop))
    opening = ~inside[spaced]
    begin[opening] = np.maximum(begin[opening], _after_last(texts.places("\n"), stop[opening]))
    words = texts.strings(begin, stop).dictionary_encode()
    code = np.full(len(start), len(words.dictionary), np.int64)
    code[spaced] = words.indices.to_numpy()
    return _Before(code, pa.concat_arrays([words.dictionary, pa.array([""])]))


def _after_last(places: Ints, stops: Ints) -> Ints:
    """What is right after the last of the places before each stop, the texts' beginning where there is none."""
    after: Ints = np.concatenate([[0], places + 1])[np.searchsorted(places, stops)]
    return after


def _with_particles(texts: Together, names: _Names) -> tuple[Ints, Bools]:
    """Where each name starts with what belongs to it before its run, and which are names; hints of kinds are added."""
    text, start, is_name = texts.text, names.start.copy(), np.ones(len(names.start), bool)
    leading, opens = words()["leading_particles"], names.opens()
    _hint_before(texts, names, opens)
    may_widen = names.before.are(leading - _kinds_before().keys()) | names.before.are_ordinals()
    for row in np.flatnonzero(opens & may_widen).tolist():
        start[row], names.hint[row] = _widen(text, int(start[row]), int(names.end[row]), names.hint[row])
    for row in np.flatnonzero(opens & texts.is_any(start - 1, _DASHES)).tolist():
        start[row] = _joined(text, int(start[row]))
        is_name[row] = start[row] >= 0
    return start, is_name


def _hint_before(texts: Together, names: _Names, opens: Bools) -> None:
    """Hint at what the words before names that open their runs speak for, but not before a possessive: in Gorky's."""
    told = opens & names.before.are(_kinds_before())
    rows = np.flatnonzero(told & (names.hint == ""))
    rows = rows[~(names.ends()[rows] & texts.is_any(names.end[rows], _APOSTROPHES))]
    names.hint[rows] = column(map(_kinds_before().__getitem__, names.before.of(rows)))


def _codes(texts: Together, names: _Names) -> Bools:
    """Which names are the letters of a code."""
    is_code, text = names.ends() & texts.is_any(names.end, _CODED), texts.text
    is_code &= texts.points[names.end - 1] - ord("a") > ord("z") - ord("a")  # ends in no small letter, as few do
    for row in np.flatnonzero(is_code).tolist():
        is_code[row] = text[names.start[row] : names.end[row]].isupper() and bool(_CODE.match(text, names.end[row]))
    return is_code


def _hint_after(texts: Together, names: _Names) -> None:
    """Hint at people where what follows speaks for one; not in a line of capitals, where all look like people."""
    text, kinds = texts.text, _kinds_after()
    may_be = names.ends() & texts.is_any(names.end, " ,") & ((names.hint == "") | (names.hint == "place"))
    rows = np.flatnonzero(may_be)
    after = texts.strings(names.end[rows], np.minimum(names.end[rows] + _HEAD, len(text)))
    rows = rows[pc.is_in(after, pa.array([*kinds])).to_numpy(zero_copy_only=False)]
    for row, end in zip(rows.tolist(), names.end[rows].tolist(), strict=True):
        if names.hint[row] and text[names.start[row] : end].lower() not in words()["namesakes"]:
            continue
        names.hint[row] = "" if text[names.run_start[row] : end].isupper() else kinds[text[end : end + _HEAD]]


def _speak_against(text: str, names: _Names, start: Ints) -> None:
    """Hint at what the word before a single word says against its bearer."""
    rows = np.flatnonzero(names.before.are(beside.triggers()))
    columns = (column.tolist() for column in (rows, start[rows], names.start[rows], names.end[rows]))
    for row, first, own, end, before in zip(*columns, names.before.of(rows), strict=True):
        if " " not in text[own:end]:
            names.hint[row] = beside.hint(text, first, end, before) or names.hint[row]


def _widen(text: str, start: int, end: int, hint: str) -> tuple[int, str]:
    """Where the name starts with the particles or the ordinal before it: de Gaulle, von der Leyen, 20th Congress."""
    number = _NUMBER_BEFORE.search(text, max(0, start - 8), start - 1)
    if number:
        first_word = text[start:end].split()[0].lower()
        return (number.start(), hint) if first_word in words()["numbered"] else (start, hint)
    while text[start - 1] == " ":
        gap = max(text.rfind(sign, max(0, start - 8), start - 1) for sign in " \n")
        if gap < 0 or text[gap + 1 : start - 1] not in words()["leading_particles"]:
            break
        start, hint = gap + 1, hint or "person"
    return start, hint


_JOINED = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}])(?:(?:al|el|ul|ad|an|ar|as|ash|at|az|ed|er|es|et|ez|ha)[-‑]|d['’]|[ʿʾʻ‘])[ʿʾʻ‘]?$"
)
_NOT_JOINED = regex.compile(r"[\p{L}\p{M}\p{N}][-‑]$|\p{Lu}['’]$")


def _joined(text: str, start: int) -> int:
    """Where a name starts with what is written onto it (al-, d', ʿ); -1 where it is a word's tail (anti-Soviet)."""
    match = _JOINED.search(text, max(0, start - 5), start)
    if match:
        return match.start()
    return -1 if _NOT_JOINED.search(text, max(0, start - 2), start) else start
