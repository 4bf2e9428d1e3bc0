"""Chooses which pairs of names are laid side by side at all: those that share a part that may tell a name, and more.

A given name alone tells nobody, so only some parts of known names are anchors. What else two names have in common is
asked of marks, a few words of bits for each anchor, before anything is compared. How alike names are, `match` says.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.names.align import WIDTH, Grid, PartTable
from pipelines.names.index import NameIndex, distinct
from pipelines.names.match import Link
from pipelines.names.parts import WORD

RARE = 30
"""A part other than the surname tells a name if at most so many known names hold it."""
SURE = 0.7
"""Surnames less alike than this are compared only where a given name sounds alike too."""
Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Mark = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]


@dataclass(frozen=True, slots=True)
class Anchors:
    """The parts of known names that may tell a name, those that are one word together.

    Attributes:
        start: For each distinct part where its anchors start in the columns below.
        stop: Where they stop.
        name: The name that the anchor is in.
        several: Whether that name has several words.
        mark: What the other parts of the name are like, as `marks` says it.
    """

    start: Numbers
    stop: Numbers
    name: npt.NDArray[np.int32]
    several: Bools
    mark: Mark


def anchors(index: NameIndex, grid: Grid, table: PartTable) -> Anchors:
    """The anchors of indexed names."""
    token = np.repeat(np.arange(len(index.parts.tokens), dtype=np.int32), np.diff(index.first_holder))
    holder = index.holder
    opens = grid.token[holder, grid.opening[holder]] == token
    ends = grid.token[holder, grid.last[holder]] == token
    rare = (np.diff(index.first_holder) <= RARE)[token]
    tells = ends | (~opens & (rare | _is_double(grid, holder, token)))
    before = np.concatenate([[0], np.cumsum(tells)])
    name, token = holder[tells], token[tells]
    place = np.argmax(grid.token[name] == token[:, None], axis=1)
    several = grid.words[name] > 1
    start, stop = before[index.first_holder[:-1]], before[index.first_holder[1:]]
    return Anchors(start, stop, name, several, marks(grid, table, name, place))


def _is_double(grid: Grid, name: npt.NDArray[np.int32], token: npt.NDArray[np.int32]) -> Bools:
    return (grid.double[name] >= 0) & (grid.token[name, grid.double[name]] == token)


def candidates(
    links: Link, query: Grid, table: PartTable, known: Anchors, asked: npt.NDArray[np.int32] | None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Names in texts and known names that share a part that may tell a name, and have more in common than that.

    Args:
        links: The parts that may be spellings of each other.
        query: The texts' names.
        table: What is known of their parts.
        known: The known names' anchors.
        asked: The texts' names to look for; all if none are given.
    """
    name, column = np.nonzero((query.token >= 0) & (query.role == WORD))
    if asked is not None:
        wanted = np.zeros(len(query.size), bool)
        wanted[asked] = True
        name, column = name[wanted[name]], column[wanted[name]]
    ours = marks(query, table, name, column)
    several, ends = query.words[name] > 1, (column == query.last[name]) | (column == query.double[name])
    token = query.token[name, column]
    first = np.searchsorted(links.query, np.arange(len(table.length) + 1))
    count = np.diff(first)[token]
    link = _ranges(first[token], count)
    word = np.repeat(np.arange(len(name)), count)
    count = (known.stop - known.start)[links.known[link]]
    tells = np.flatnonzero((ends[word] | (count <= RARE)) & (count > 0))
    link, word, count = link[tells], word[tells], count[tells]
    at = _ranges(known.start[links.known[link]], count)
    word, sure = np.repeat(word, count), np.repeat(links.like[link] >= SURE, count)
    kept = _alike(ours, word, known.mark, at, sure) | ~(several[word] & known.several[at])
    pairs = distinct((name[word[kept]].astype(np.int64) << 32) | known.name[at[kept]])
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def _alike(ours: Mark, i: Numbers, theirs: Mark, j: Numbers, sure: Bools) -> Bools:
    """Whether marks have something in common: a first sound or a group of names where it is `sure`, else more."""
    shared = ours[0][i] & theirs[0][j]
    alike = np.where(sure, shared, shared >> np.uint64(16)) != 0
    other = np.flatnonzero(~(alike | sure))
    i, j = i[other], j[other]
    alike[other] = ((ours[1][i] & theirs[1][j]) | (ours[2][i] & theirs[2][j])) != 0
    return alike


def marks(grid: Grid, table: PartTable, name: npt.NDArray[np.integer], column: Numbers) -> Mark:
    """For one part of each of these names a mark of what its OTHER parts begin with, sound like, and are forms of.

    The first word holds first sounds (16 bits) and groups of names, the others sounds; an initial has the first only.
    """
    sign, sounds = table.begins.copy(), table.sounds.copy()
    for place in range(table.groups.shape[1]):
        group = table.groups[:, place].astype(np.int64)
        sign |= np.where(group >= 0, np.uint64(1) << (16 + group % 48).astype(np.uint64), np.uint64(0))
    sounds[table.length == 1] = 0
    result = (np.zeros(len(name), np.uint64), np.zeros(len(name), np.uint64), np.zeros(len(name), np.uint64))
    for other in range(WIDTH):
        token = grid.token[name, other]
        rows = np.flatnonzero((token >= 0) & (column != other))
        for mark, of in zip(result, (sign, sounds[:, 0], sounds[:, 1]), strict=True):
            mark[rows] |= of[token[rows]]
    return result


def _ranges(start: Numbers, count: Numbers) -> Numbers:
    """start[0], start[0] + 1, ... count[0] of them, then those of start[1] and so on."""
    offset = np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else count
    return np.repeat(start - offset, count) + np.arange(count.sum())
