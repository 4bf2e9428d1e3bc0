"""Finds which of the names in no authority are spellings of others: pairs that sound alike, weighed, and joined.

Every name is compared with those whose first and last words may sound as its own. What may differ in two spellings of
one name is said in `unify`; what follows for entities and readings in `cluster`.
"""

import numpy as np
import numpy.typing as npt

from pipelines.names import evidence, index, known, match, unify
from pipelines.names.settings import NameSettings

_PRIME = np.uint64(0x9E3779B97F4A7C15)
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


def _chance(
    laid: known.Names, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], person: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """How likely a name is a spelling of one before it; 0 where it can't be one."""
    links = match.link_near(laid.parts, laid.heard, left, right, laid.grid)
    ours = evidence.side(laid.parts, laid.grid, laid.table)
    pairs = match.lay(left, right, laid.grid, laid.grid, links, laid.table, laid.table)
    chance: npt.NDArray[np.float64] = 1 / (1 + np.exp(-evidence.weigh(evidence.gather(pairs, ours, ours))))
    return np.where(unify.may_be_one(laid, pairs, person), chance, 0.0)


def _near(laid: known.Names) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Pairs of names, the later one first, whose first and last words sound alike but for one sign in one of them."""
    grid = laid.grid
    rows = np.flatnonzero((grid.last > grid.opening) & (grid.opening >= 0))
    first, last = grid.token[rows, grid.opening[rows]], grid.token[rows, grid.last[rows]]
    whole, less = _numbers(laid.heard)
    found = [_crossed(rows, first, last, a, b) for a, b in ((whole, less), (less, whole))]
    name = np.concatenate([one for one, _ in found])
    number = np.concatenate([one for _, one in found])
    name, number = _shared(name, number)
    starts = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))
    size = np.diff(np.concatenate([starts, [len(number)]]))
    pairs: list[npt.NDArray[np.int64]] = []
    for step in range(1, min(int(size.max(initial=1)), MOST)):
        at = np.flatnonzero(number[step:] == number[:-step])
        if not len(at):
            break
        low, high = np.minimum(name[at], name[at + step]), np.maximum(name[at], name[at + step])
        pairs.append(index.distinct((high[low != high].astype(np.int64) << 32) | low[low != high]))
    both = index.distinct(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)


def _shared(
    name: npt.NDArray[np.int64], number: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """The numbers that stand more than once, in order, and their names; most stand once and are not sorted twice."""
    if not len(number):
        return name, number
    order = np.argsort(number)
    ordered = number[order]
    same = ordered[1:] == ordered[:-1]
    kept = order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]
    kept = kept[np.lexsort((name[kept], number[kept]))]
    return name[kept], number[kept]


Numbers = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]


def _numbers(heard: index.Heard) -> tuple[Numbers, Numbers]:
    """For each part (slices by `first`) the numbers of its sounds, whole; and those with one sign left out."""
    count = len(heard.sounds.token)
    result = []
    for rows, numbers in ((heard.row[:count], heard.number[:count]), (heard.row, heard.number)):
        token = heard.sounds.token[rows].astype(np.int64)
        order = np.lexsort((numbers, token))
        token, number = token[order], numbers[order]
        keep = (
            np.concatenate([[True], (token[1:] != token[:-1]) | (number[1:] != number[:-1])])
            if len(token)
            else np.zeros(0, bool)
        )
        token, number = token[keep], number[keep]
        first = np.searchsorted(token, np.arange(int(token.max(initial=-1)) + 2))
        result.append((first, number))
    return result[0], result[1]


def _crossed(
    rows: npt.NDArray[np.int64], first: npt.NDArray[np.int32], last: npt.NDArray[np.int32], a: Numbers, b: Numbers
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Every number of a name's first word combined with every number of its last word, with the name's row."""
    size = min(len(a[0]), len(b[0])) - 1
    kept = (first < size) & (last < size)
    rows, first, last = rows[kept], first[kept], last[kept]
    n_a, n_b = np.diff(a[0])[first], np.diff(b[0])[last]
    total = n_a * n_b
    row = np.repeat(np.arange(len(rows)), total)
    place = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    with np.errstate(over="ignore"):
        number = a[1][a[0][first[row]] + place // n_b[row]] * _PRIME + b[1][b[0][last[row]] + place % n_b[row]]
    return rows[row], number
