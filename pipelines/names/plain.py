"""Runs cut to names as columns: those of few plain words, as nearly all are, that say nothing together.

Their words are told apart by the white space between them, each distinct word is asked about once, and runs of the
same signs are cut once. Not here: how signs are cut, and all other runs: `runs` does that.
"""

from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from pipelines.names.candidates import Runs, Words, column
from pipelines.names.runs import Part, cut, parts
from pipelines.names.tokens import known, says_more
from pipelines.text.together import Bools, Ints, Together

_SPACES = " \n\t\u00a0"
_MOST = 6
"""Words of a run."""
_BITS = 62
_FEW = 32
"""Runs that are cut one by one faster."""


class Names(NamedTuple):
    """The names in runs: the row of the run, where the name starts and ends, the kind its words speak for."""

    run: Ints
    start: Ints
    end: Ints
    hint: Words


class _Words(NamedTuple):
    """The words of runs, one after the other: the first one of each run, how many it has, where each word stands."""

    first: Ints
    number: Ints
    start: Ints
    end: Ints


def names(texts: Together, runs: Runs) -> Names:
    """The names in each run, in order, not overlapping."""
    if len(runs.start) < _FEW:
        return _one_by_one(texts, runs, np.arange(len(runs.start)))
    words = _words(texts, runs)
    distinct = texts.strings(words.start, words.end).dictionary_encode()
    code = distinct.indices.to_numpy()
    _, _, of_words, beginnings = zip(*known(distinct.dictionary.to_pylist()), strict=True)
    signs, sign = np.unique(np.array(of_words, np.int64), return_inverse=True)
    most = min(_MOST, _BITS // (len(signs) + 1).bit_length() - 1)
    is_plain = (words.number <= most) & ~_holds(_parted(texts), runs)
    is_plain &= ~says_more(np.array(beginnings, np.uint8)[code], words.first, words.number)
    plain = _cut(words, np.flatnonzero(is_plain), sign[code], signs, runs.mode)
    both = [plain, _one_by_one(texts, runs, np.flatnonzero(~is_plain))]
    run, start, end, hint = map(np.concatenate, zip(*both, strict=True))
    order = np.argsort(run, kind="stable")
    return Names(run[order], start[order], end[order], hint[order])


def _words(texts: Together, runs: Runs) -> _Words:
    """What stands between the white space in runs."""
    spaces = texts.places(_SPACES)
    after = np.searchsorted(spaces, runs.start)
    n = np.searchsorted(spaces, runs.end) - after + 1
    first = np.cumsum(n) - n
    row, at = _each(n, after)  # the space after each word
    start, end = spaces[at - 1] + 1, spaces[np.minimum(at, len(spaces) - 1)]
    start[first], end[first + n - 1] = runs.start, runs.end
    kept = np.flatnonzero(start < end)
    count = np.bincount(row[kept], minlength=len(n))
    return _Words(np.cumsum(count) - count, count, start[kept], end[kept])


def _each(n: Ints, begins: Ints) -> tuple[Ints, Ints]:
    """Of each row as many as it has: the row, and numbers that go on from where it begins."""
    row = np.repeat(np.arange(len(n)), n)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(n) - n - begins, n)


def _parted(texts: Together) -> Ints:
    """Where two words of a run may meet without white space: at commas, and dots that end no word."""
    dots = texts.places(".")
    return np.sort(np.concatenate([texts.places(","), dots[~texts.is_any(dots + 1, _SPACES)]]))


def _holds(places: Ints, runs: Runs) -> Bools:
    """Whether one of the places is in each run, and not at its end."""
    holds: Bools = np.searchsorted(places, runs.start) < np.searchsorted(places, runs.end - 1)
    return holds


def _cut(words: _Words, rows: Ints, sign: Ints, signs: Ints, modes: Ints) -> Names:
    """The names in the runs of these rows; the signs of words are given as places in all distinct ones."""
    first, count = words.first[rows], words.number[rows]
    one, same = _alike(first, count, sign, len(signs), modes[rows])
    _, place = _each(count[one], first[one])
    flat, ends = signs[sign[place]].tolist(), np.cumsum(count[one]).tolist()
    bounds = zip(pairwise([0, *ends]), modes[rows[one]].tolist(), strict=True)
    cuts = [cut(tuple(flat[begin:end]), mode) for (begin, end), mode in bounds]
    n = np.fromiter(map(len, cuts), np.int64, len(cuts))
    row, at = _each(n[same], (np.cumsum(n) - n)[same])
    *places, hints = [*zip(*chain.from_iterable(cuts), strict=True)] or [()] * 4
    begin, last, spare = np.array(places, np.int64)[:, at]
    return Names(rows[row], words.start[first[row] + begin], words.end[first[row] + last] - spare, column(hints)[at])


def _alike(first: Ints, count: Ints, sign: Ints, n_signs: int, modes: Ints) -> tuple[Ints, Ints]:
    """One each of the runs that have the same signs and stand alike, and which of these each run is like."""
    key = modes.copy()
    for place in range(int(count.max(initial=0))):
        key *= n_signs + 1
        key += np.where(place < count, sign[np.minimum(first + place, len(sign) - 1)] + 1, 0)
    _, one, same = np.unique(key, return_index=True, return_inverse=True)
    return one, same


def _one_by_one(texts: Together, runs: Runs, rows: Ints) -> Names:
    """The names in the runs of these rows."""
    found: list[tuple[Part, ...]] = parts(texts.slices(runs.start[rows], runs.end[rows]), runs.mode[rows].tolist())
    run = np.repeat(rows, np.fromiter(map(len, found), np.int64, len(found)))
    first, last, hint = zip(*chain.from_iterable(found), strict=True) if len(run) else ((), (), ())
    start, end = runs.start[run] + np.array(first, np.int64), runs.start[run] + np.array(last, np.int64)
    return Names(run, start, end, column(hint))
