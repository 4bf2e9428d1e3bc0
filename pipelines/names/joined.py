"""Finds which of the names in no authority are spellings of others: pairs that sound alike, weighed, and joined.

Every name is compared with those whose first and last words may sound as its own. What may differ in two spellings of
one name is said in `unify`; what follows for entities and readings in `cluster`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipelines import memory
from pipelines.names import align, evidence, index, known, match, romanise, unify
from pipelines.names.settings import NameSettings

Rows = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
_CROSSED, _PAIRS, _SOUNDS = 1 << 18, 1 << 13, 1 << 14
"""How many numbers are crossed, pairs weighed, and sounds numbered, at a time."""
_HELD = 1 << 18
"""How many pairs of names are held, found in several lots or not, before each is held once."""
_BITS = 3
"""So many bits of numbers tell in which share of all they are looked for."""
_BY_INITIALS = 0.9
"""The score of a name whose given names are initials, joined to the only full name that they can stand for."""
MOST = 200
"""A pair of sounds that more names share than this tells nothing about them."""


def joins(laid: known.Names, person: Bools, settings: NameSettings) -> tuple[Places, npt.NDArray[np.float64]]:
    """For each name, best first, the number of the name it is a spelling of (its own if of none), and how surely."""
    size = len(laid.grid.size)
    to, score = np.arange(size), np.ones(size)
    if size < 2:
        return to, score
    left, right = _near(laid)
    memory.give_back()
    chance = _chance(laid, left, right, person, min(settings.merge, settings.review))
    memory.give_back()
    may = np.flatnonzero(chance > 0)
    may = may[np.lexsort((right[may], -chance[may], left[may]))]
    pairs = list(zip(left[may].tolist(), right[may].tolist(), chance[may].tolist(), strict=True))
    known_chance = {(later, earlier): sure for later, earlier, sure in pairs}
    for later, earlier, sure in pairs:
        root = int(to[earlier])
        own = to[later] == later and sure >= settings.merge
        if own and (root == earlier or known_chance.get((later, root), 0.0) >= settings.review):
            to[later], score[later] = root, sure
    full = unify.by_initials(laid, person, to)
    score[np.isin(to, list(full))] = _BY_INITIALS
    target = np.arange(size)
    target[list(full)] = list(full.values())
    return target[to], score


def _chance(laid: known.Names, left: Rows, right: Rows, person: Bools, least: float) -> npt.NDArray[np.float64]:
    """How likely a name is a spelling of one before it; 0 where it can't be one, or is less likely than the least."""
    side, rare = evidence.side(laid.parts, laid.grid, laid.table), unify.rare(laid)
    chance, bounds = np.zeros(len(left)), range(_PAIRS, len(left), _PAIRS)
    lots = zip(np.split(left, bounds), np.split(right, bounds), strict=True)
    rows = np.flatnonzero(np.concatenate([unify.comparable(laid, *lot, person, rare) for lot in lots]))
    for start in range(0, len(rows), _PAIRS):
        some = rows[start : start + _PAIRS]
        links = match.link_near(laid.parts, laid.heard, left[some], right[some], laid.grid)
        pairs = match.lay(left[some], right[some], laid.grid, laid.grid, links, laid.table, laid.table)
        sure = 1 / (1 + np.exp(-evidence.odds(pairs, side, side)))
        likely = np.flatnonzero(sure >= least)
        likely = likely[unify.may_be_one(laid, pairs.take(likely, align.WIDTH), person, rare)]
        chance[some[likely]] = sure[likely]
    return chance


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Numbers of sounds that several names share in one place, with the parts that have them, in order of the numbers.

    Attributes:
        number: One row a number of a part; numbers that just the same parts have are one.
        part: The part.
        is_whole: Whether the number is that of a whole sound.
    """

    number: Rows
    part: Rows
    is_whole: Bools

    def by_part(self, size: int) -> "tuple[_Groups, _Groups]":
        """Those of each part that are whole, and all."""
        order = np.argsort(self.part, kind="stable")
        part, number, is_whole = self.part[order], self.number[order], self.is_whole[order]
        return _groups(part[is_whole], number[is_whole], size), _groups(part, number, size)


@dataclass(frozen=True, slots=True)
class _Groups:
    """What belongs to each part (numbers, or names): that of part t in `member[first[t]:first[t + 1]]`."""

    first: Places
    member: Rows

    def of(self, part: Rows) -> tuple[Places, Rows]:
        """What belongs to these parts one after the other, each with the place of its part in the list given."""
        count = self.first[part + 1] - self.first[part]
        place = np.repeat(np.arange(len(part)), count)
        before = np.cumsum(count) - count
        return place, self.member[np.arange(len(place)) + np.repeat(self.first[part] - before, count)]


def _groups(part: Rows, member: Rows, size: int) -> _Groups:
    """What stands beside each part, the parts in order."""
    return _Groups(np.concatenate([[0], np.cumsum(np.bincount(part, minlength=size))]), member)


def _near(laid: known.Names) -> tuple[Rows, Rows]:
    """Pairs of names, the later one first, whose first and last words sound alike but for one sign in one of them.

    Names that meet share a number of their first words, so they are looked for in lots, each with some of the numbers:
    all names at once would need far more room than anything else does.
    """
    grid, size = laid.grid, len(laid.parts.tokens)
    rows = np.flatnonzero((grid.last > grid.opening) & (grid.opening >= 0)).astype(np.int32)
    first, last = grid.token[rows, grid.opening[rows]], grid.token[rows, grid.last[rows]]
    opening, ending = _numbers(laid.heard.sounds, [np.bincount(part, minlength=size) for part in (first, last)])
    memory.give_back()
    order = np.argsort(first, kind="stable").astype(np.int32)
    named, (whole, less) = _groups(first[order], order, size), ending.by_part(size)
    bounds = _lots(opening, *(_crossings(first, last, numbers, size) for numbers in (whole, less)))
    number, found = len(ending.number), [np.zeros(0, np.int64)]
    for start, stop in pairwise(bounds):
        some = slice(start, stop)
        is_whole = opening.is_whole[some]
        one = _crossed(opening.number[some][is_whole], opening.part[some][is_whole], named, last, less, number)
        other = _crossed(opening.number[some], opening.part[some], named, last, whole, number)
        names, numbers = np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
        found.append(_pairs(*_shared(rows[names], numbers)))
        if sum(map(len, found)) > max(_HELD, 2 * len(found[0])):  # most are found in several lots
            found = [index.distinct(np.concatenate(found))]
    both = index.distinct(np.concatenate(found))
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)


def _crossings(first: Rows, last: Rows, numbers: _Groups, size: int) -> Places:
    """How many numbers the last words have of all names that begin with each part."""
    count = np.bincount(first, np.diff(numbers.first)[last], size)
    return count.astype(np.int64)


def _lots(opening: _Numbers, whole: Places, less: Places) -> list[int]:
    """Where the rows of each lot begin, and one more at the end: so that none gets too large, no number in two."""
    before = np.cumsum(whole[opening.part] + np.where(opening.is_whole, less[opening.part], 0)) // _CROSSED
    starts = np.flatnonzero(_is_new(opening.number))
    begins = starts[_is_new(before[starts])].tolist()
    return [*begins, len(opening.number)] if begins else []


def _crossed(
    number: Rows, part: Rows, named: _Groups, last: Rows, numbers: _Groups, size: int
) -> tuple[Rows, npt.NDArray[np.int64]]:
    """These numbers of first words, combined with all of the last words of names that begin so; and of which names."""
    at, name = named.of(part)
    place, other = numbers.of(last[name])
    return name[place], number[at[place]].astype(np.int64) * size + other


def _shared(name: Rows, number: npt.NDArray[np.int64]) -> tuple[Rows, Rows]:
    """The numbers that stand more than once, as numbers of their own in the same order, and their names in order."""
    order = np.argsort(number)
    is_new = np.append(_is_new(number[order]), True)
    kept = np.flatnonzero(~(is_new[:-1] & is_new[1:]))  # most stand once
    both = np.sort(np.cumsum(is_new)[kept] << 32 | name[order[kept]])
    return (both & 0xFFFFFFFF).astype(np.int32), (both >> 32).astype(np.int32)


def _pairs(name: Rows, number: Rows) -> npt.NDArray[np.int64]:
    """Two names each that share a number, the later one in the upper half; of a common number only neighbours."""
    starts = np.flatnonzero(_is_new(number))
    size = np.diff(np.concatenate([starts, [len(number)]]))
    behind = np.repeat(starts + size, size) - np.arange(len(number)) - 1
    at, found = np.arange(len(number)), [np.zeros(0, np.int64)]
    for step in range(1, min(int(size.max(initial=1)), MOST)):
        at = at[behind[at] >= step]
        low, high = np.minimum(name[at], name[at + step]), np.maximum(name[at], name[at + step])
        found.append(index.distinct((high[low != high].astype(np.int64) << 32) | low[low != high]))
    return index.distinct(np.concatenate(found))


def _numbers(sounds: romanise.Sounds, names: Sequence[Places]) -> list[_Numbers]:
    """For first and for last words: the numbers of their sounds, whole or with one sign left out, that can meet.

    Sounds that begin otherwise never meet: so they are numbered apart, in a part of the room that all would take.

    Args:
        sounds: What the parts sound like.
        names: In how many names each part stands first, and last.
    """
    wanted = np.flatnonzero((names[0] + names[1])[sounds.token] > 0)
    signs = sounds.sound.view(np.uint8).reshape(len(sounds.sound), sounds.sound.dtype.itemsize)
    begins = index.BEGINS[signs[wanted, 0]].astype(np.uint8)
    found: list[list[_Numbers]] = [[_NONE], [_NONE]]
    for one in np.unique(begins).tolist():
        for part, number in _shares(sounds, wanted[begins == one]):
            member = _members(part, number)
            for numbers, often in zip(found, names, strict=True):
                numbers.append(_met(member, often))
    return [_together(numbers) for numbers in found]


def _shares(sounds: romanise.Sounds, wanted: Places) -> Iterator[tuple[Rows, Hashes]]:
    """The numbers of these sounds, shared out by their first bits, each with its part; twice a part, plus one if less.

    Numbered are some sounds at a time, so that no more is held than a part and a number each.
    """
    shares: list[list[tuple[Rows, Hashes]]] = [[] for _ in range(1 << _BITS)]
    for start in range(0, len(wanted), _SOUNDS):
        some = wanted[start : start + _SOUNDS]
        row, number = index.numbers(sounds.sound[some])
        part = sounds.token[some][row] << 1 | (np.arange(len(row)) >= len(some))
        share = (number >> np.uint64(64 - _BITS)).astype(np.uint8)
        order = np.argsort(share, kind="stable")
        bounds = np.cumsum(np.bincount(share, minlength=len(shares)))[:-1]
        for held, rows in zip(shares, np.split(order, bounds), strict=True):
            held.append((part[rows].astype(np.int32), number[rows]))
    while shares:
        parts, numbers = zip(*shares.pop(), strict=True)
        yield np.concatenate(parts), np.concatenate(numbers)


def _members(part: Rows, number: Hashes) -> npt.NDArray[np.int64]:
    """Numbers with the part each belongs to, in order, each once: as `_met` takes them apart."""
    order = np.argsort(number)
    ranked = np.cumsum(_is_new(number[order])) - 1
    member = np.sort(ranked << 32 | part[order])
    return member[_is_new(member >> 1)]  # a whole sound's comes first


def _met(member: npt.NDArray[np.int64], often: Places) -> _Numbers:
    """The numbers that parts of several names have, of those that just the same parts have one.

    Args:
        member: A number, in the upper half, of a part, with whether it is that of a whole sound in the last bit.
        often: In how many names each part stands here.
    """
    member = member[often[(member & 0xFFFFFFFF) >> 1] > 0]
    starts = np.flatnonzero(_is_new(member >> 32))
    if not len(starts):
        return _NONE
    low = member & 0xFFFFFFFF
    together = np.add.reduceat(_mixed(low.astype(np.uint64)), starts)
    shared = np.flatnonzero(np.add.reduceat(often[low >> 1], starts) > 1)
    kept = np.zeros(len(starts), bool)
    kept[shared[np.unique(together[shared], return_index=True)[1]]] = True
    size = np.diff(starts, append=len(member))
    rows = np.repeat(kept, size)
    number = np.repeat(np.arange(kept.sum(), dtype=np.int32), size[kept])
    return _Numbers(number, (low[rows] >> 1).astype(np.int32), low[rows] & 1 == 0)


def _mixed(numbers: Hashes) -> Hashes:
    """Numbers whose sums tell which they were: those of splitmix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return mixed ^ mixed >> np.uint64(31)


def _together(found: Sequence[_Numbers]) -> _Numbers:
    """The numbers of several, as numbers of one."""
    sizes = [int(one.number[-1]) + 1 if len(one.number) else 0 for one in found]
    before = np.cumsum([0, *sizes])[:-1].tolist()
    number = [one.number + np.int32(shift) for one, shift in zip(found, before, strict=True)]
    part, is_whole = [one.part for one in found], [one.is_whole for one in found]
    return _Numbers(np.concatenate(number), np.concatenate(part), np.concatenate(is_whole))


def _is_new(values: npt.NDArray[np.int64] | Rows | Hashes) -> Bools:
    """Which values differ from the one before."""
    found = np.ones(len(values), bool)
    found[1:] = values[1:] != values[:-1]
    return found


_NONE = _Numbers(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, bool))
