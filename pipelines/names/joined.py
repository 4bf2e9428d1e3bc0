"""Finds which of the names in no authority are spellings of others: pairs that sound alike, weighed, and joined.

Every name is compared with those whose first and last words may sound as its own. What may differ in two spellings of
one name is said in `unify`; what follows for entities and readings in `cluster`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.names import evidence, index, known, match, romanise, unify
from pipelines.names.settings import NameSettings

Rows = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_OTHER_PRIME = np.uint64(0xBF58476D1CE4E5B9)
"""Numbers of sounds are sums of powers of the first; were they combined by it too, other pairs had the same number."""
_CROSSED, _PAIRS, _PARTS = 1 << 19, 1 << 14, 1 << 14
"""How many numbers are crossed, pairs weighed, and parts numbered, at a time."""
_LOTS = 1 << 16
"""How many lots there may be."""
_BY_INITIALS = 0.9
"""The score of a name whose given names are initials, joined to the only full name that they can stand for."""
MOST = 200
"""A pair of sounds that more names share than this tells nothing about them."""


def joins(laid: known.Names, person: npt.NDArray[np.bool_], settings: NameSettings) -> tuple[list[int], list[float]]:
    """For each name, best first, the number of the name it is a spelling of (its own if of none), and how surely."""
    size = len(laid.grid.size)
    to, score = list(range(size)), [1.0] * size
    if size < 2:
        return to, score
    left, right = _near(laid)
    chance = _chance(laid, left, right, person)
    known_chance = dict(zip(zip(left.tolist(), right.tolist(), strict=True), chance.tolist(), strict=True))
    order = np.lexsort((right, -chance, left))
    for row in order[chance[order] >= settings.merge].tolist():
        later, earlier = int(left[row]), int(right[row])
        root = to[earlier]
        if to[later] == later and (root == earlier or known_chance.get((later, root), 0.0) >= settings.review):
            to[later], score[later] = root, float(chance[row])
    full = unify.by_initials(laid, person, to)
    score = [_BY_INITIALS if root in full else sure for root, sure in zip(to, score, strict=True)]
    return [full.get(root, root) for root in to], score


def _chance(laid: known.Names, left: Rows, right: Rows, person: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How likely a name is a spelling of one before it; 0 where it can't be one."""
    side, rare = evidence.side(laid.parts, laid.grid, laid.table), unify.rare(laid)
    chance = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS):
        some = slice(start, start + _PAIRS)
        links = match.link_near(laid.parts, laid.heard, left[some], right[some], laid.grid)
        pairs = match.lay(left[some], right[some], laid.grid, laid.grid, links, laid.table, laid.table)
        odds = evidence.odds(pairs, side, side)
        chance[some] = np.where(unify.may_be_one(laid, pairs, person, rare), 1 / (1 + np.exp(-odds)), 0.0)
    return chance


@dataclass(frozen=True, slots=True)
class _Groups:
    """What belongs to each part (numbers, or names): that of part t in `member[first[t]:first[t + 1]]`."""

    first: Places
    member: npt.NDArray[np.integer]

    def of(self, part: Rows) -> tuple[Places, npt.NDArray[np.integer]]:
        """What belongs to these parts one after the other, each with the place of its part in the list given."""
        count = self.first[part + 1] - self.first[part]
        place = np.repeat(np.arange(len(part)), count)
        before = np.cumsum(count) - count
        return place, self.member[np.arange(len(place)) + np.repeat(self.first[part] - before, count)]


def _near(laid: known.Names) -> tuple[Rows, Rows]:
    """Pairs of names, the later one first, whose first and last words sound alike but for one sign in one of them.

    Names that meet share a number of their first words, so they are looked for in lots, each with some of the numbers:
    all names at once would need far more room than anything else does.
    """
    grid = laid.grid
    rows = np.flatnonzero((grid.last > grid.opening) & (grid.opening >= 0)).astype(np.int32)
    first, last = grid.token[rows, grid.opening[rows]], grid.token[rows, grid.last[rows]]
    size = len(laid.parts.tokens)
    whole, less = _numbers(laid.heard.sounds, size)
    order = np.argsort(first, kind="stable")
    named = _Groups(np.searchsorted(first[order], np.arange(size + 1)), order)
    lots = _lots(first, last, whole, less)
    found = [np.zeros(0, np.int64)]
    begins = np.diff(named.first) > 0
    for one, other in zip(_in_lots(whole, begins, lots), _in_lots(less, begins, lots), strict=True):
        names, numbers = zip(_crossed(*one, named, last, less), _crossed(*other, named, last, whole), strict=True)
        found.append(_pairs(*_shared(rows[np.concatenate(names)], np.concatenate(numbers))))
    both = index.distinct(np.concatenate(found))
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)


def _lots(first: Rows, last: Rows, whole: _Groups, less: _Groups) -> int:
    """In how many lots the names are to be crossed, so that none gets too large."""
    n_whole, n_less = np.diff(whole.first), np.diff(less.first)
    crossed = int((n_whole[first] * n_less[last] + n_less[first] * n_whole[last]).sum())
    return min(crossed // _CROSSED + 1, _LOTS)


def _in_lots(numbers: _Groups, wanted: npt.NDArray[np.bool_], lots: int) -> Iterator[tuple[Rows, Hashes]]:
    """The numbers of the wanted parts, each with its part, in so many lots; one number is in one lot."""
    parts = np.flatnonzero(wanted).astype(np.int32)
    place, member = numbers.of(parts)
    part, number = parts[place], member.astype(np.uint64, copy=False)
    del place, member
    with np.errstate(over="ignore"):
        lot = ((number * _PRIME >> np.uint64(32)) % np.uint64(lots)).astype(np.uint16)
    order = np.argsort(lot, kind="stable")
    for some in np.split(order, np.cumsum(np.bincount(lot, minlength=lots))[:-1]):
        yield part[some], number[some]


def _crossed(part: Rows, number: Hashes, named: _Groups, last: Rows, less: _Groups) -> tuple[Places, Hashes]:
    """These numbers of first words, combined with all of the last words of names that begin so; and of which names."""
    at, name = named.of(part)
    place, other = less.of(last[name])
    with np.errstate(over="ignore"):
        own = (number ^ number >> np.uint64(30)) * _OTHER_PRIME
        return name[place].astype(np.int64, copy=False), own[at[place]] + other.astype(np.uint64, copy=False)


def _shared(name: Rows, number: Hashes) -> tuple[Rows, Hashes]:
    """The numbers that stand more than once, in order, and their names; most stand once and are not sorted twice."""
    if not len(number):
        return name, number
    order = np.argsort(number)
    ordered = number[order]
    same = ordered[1:] == ordered[:-1]
    kept = order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]
    kept = kept[np.lexsort((name[kept], number[kept]))]
    return name[kept], number[kept]


def _pairs(name: Rows, number: Hashes) -> npt.NDArray[np.int64]:
    """Two names each that share a number, the later one in the upper half; of a common number only neighbours."""
    starts = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]])) if len(number) else np.zeros(0, int)
    size = np.diff(np.concatenate([starts, [len(number)]]))
    behind = np.repeat(starts + size, size) - np.arange(len(number)) - 1
    at, found = np.arange(len(number)), [np.zeros(0, np.int64)]
    for step in range(1, min(int(size.max(initial=1)), MOST)):
        at = at[behind[at] >= step]
        low, high = np.minimum(name[at], name[at + step]), np.maximum(name[at], name[at + step])
        found.append(index.distinct((high[low != high].astype(np.int64) << 32) | low[low != high]))
    return index.distinct(np.concatenate(found))


def _numbers(sounds: romanise.Sounds, size: int) -> tuple[_Groups, _Groups]:
    """The numbers of each part's sounds, whole; and those with one sign left out."""
    whole, less = [_NONE], [_NONE]
    for start in range(0, size, _PARTS):
        stop = min(start + _PARTS, size)
        some = slice(*np.searchsorted(sounds.token, (start, stop)).tolist())
        part = sounds.token[some] - start
        row, number = index.numbers(sounds.sound[some])
        whole.append(_once(part, number[: len(part)], stop - start))
        less.append(_once(part[row], number, stop - start))
    return _groups(whole), _groups(less)


def _once(part: Rows, number: Hashes, size: int) -> tuple[Places, Hashes]:
    """Each number of each part once, in order, and how many each part has."""
    order = np.argsort(number)
    order = order[np.argsort(part[order].astype(np.uint16), kind="stable")]  # so few parts are sorted at once, and fast
    part, number = part[order], number[order]
    keep = np.ones(len(part), bool)
    keep[1:] = (part[1:] != part[:-1]) | (number[1:] != number[:-1])
    return np.bincount(part[keep], minlength=size), number[keep]


_NONE = np.zeros(0, np.int64), np.zeros(0, np.uint64)


def _groups(found: Sequence[tuple[Places, Hashes]]) -> _Groups:
    counts, numbers = zip(*found, strict=True)
    return _Groups(np.concatenate([[0], np.cumsum(np.concatenate(counts))]), np.concatenate(numbers))
