"""Scores how likely a name in a text and a known name are two spellings of one person's name.

Column by column over all pairs that share a part: which part answers to which, how alike they sound and look, what is
left over; then one probability a pair. What follows from a score is `resolve`'s business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from pipelines.names.align import ALIKE, EQUAL, SOUND, WIDTH, Grid, PartTable, agreement
from pipelines.names.index import BEGINS, Heard, NameIndex, distinct, meet
from pipelines.names.parts import PARTICLE, Parts
from pipelines.names.romanise import LATIN_ENDS, Sounds
from pipelines.names.surfaces import true

# Each sound as six signs, so that sounds made alike share signs and the plain edit distance of the signs is a weighted
# one of the sounds: unrelated consonants 1, related ones 1/3 or 2/3, vowels 1/3.
_SIGNS = {
    "s": "ssaa11", "z": "ssaa22", "S": "ssbb11", "Z": "ssbb22",
    "T": "ttaa33", "C": "ttbb33", "J": "ttbb22", "W": "ttbb11",
    "k": "kkgg11", "g": "kkgg22", "h": "kkhh22", "v": "ffvv11", "f": "ffvv33", "b": "ffbb11", "p": "ffbb33",
    "d": "ddtt11", "t": "ddtt33", "m": "mmMMMM", "n": "mmNNNN", "l": "llLLLL", "r": "llRRRR",
    "a": "AA", "e": "EI", "i": "IE", "o": "AO", "u": "UO", "c": "kkss11",
}  # fmt: skip
_SIGN_TABLE = np.zeros((256, 6), np.uint8)
_SIGN_TABLE[:, 0] = np.arange(256)
for _sound, _written in _SIGNS.items():
    _SIGN_TABLE[ord(_sound), : len(_written)] = np.frombuffer(_written.encode(), np.uint8)
UNIT = 6.0
_FEW = 3
"""Parts that most names have at most; they are laid out apart from longer ones, in a quarter of the room."""
LEAST = 0.45
"""How alike two parts must be to be compared at all."""


@dataclass(frozen=True, slots=True)
class Link:
    """Parts of texts' names and parts of known names that may be spellings of one another, ordered by `query`, `known`.

    Attributes:
        query: Position of the part among the texts' parts.
        known: Position of the part among the known names' parts.
        how: SOUND, ALIKE or EQUAL.
        sound: Weighted edit distance of the sounds, in consonants.
        look: Edit distance of the spellings without accents, in letters.
        size: Letters of the longer of the two.
        like: How alike they are, 0 to 1.
    """

    query: npt.NDArray[np.int32]
    known: npt.NDArray[np.int32]
    how: npt.NDArray[np.int8]
    sound: npt.NDArray[np.float32]
    look: npt.NDArray[np.float32]
    size: npt.NDArray[np.int64]
    like: npt.NDArray[np.float32]


def link(query: Parts, heard: Heard, index: NameIndex) -> Link:
    """The known parts that each part of the texts' names may be a spelling of."""
    q_row, k_row = meet(heard, index.heard)
    return _linked(q_row, k_row, (query.folded, heard.sounds), (index.parts.folded, index.heard.sounds))


def link_same(query: Parts, heard: Heard, index: NameIndex) -> Link:
    """As `link`, but for parts that are merely ALIKE."""
    q_row, k_row = meet(heard, index.heard)
    same = heard.sounds.sound[q_row] == index.heard.sounds.sound[k_row]
    letters = [pa.array(folded, pa.string()) for folded in (query.folded, index.parts.folded)]
    rows = heard.sounds.token[q_row], index.heard.sounds.token[k_row]
    same |= true(pc.equal(*(of.take(pa.array(row)) for of, row in zip(letters, rows, strict=True))))
    return _linked(q_row[same], k_row[same], (query.folded, heard.sounds), (index.parts.folded, index.heard.sounds))


def link_near(
    parts: Parts, heard: Heard, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], grid: Grid
) -> Link:
    """How alike the parts are that stand in pairs of names of one list."""
    a, b = np.broadcast_arrays(grid.token[left][:, :, None], grid.token[right][:, None, :])
    some = (a >= 0) & (b >= 0)
    pair = distinct(_pair(a[some], b[some]))
    one, other, sounds = pair >> 32, pair & 0xFFFFFFFF, heard.sounds
    first, second = np.searchsorted(sounds.token, one), np.searchsorted(sounds.token, other)
    count, others = (np.searchsorted(sounds.token, at + 1) - begins for at, begins in ((one, first), (other, second)))
    total = np.where(one == other, np.minimum(count, 1), count * others)
    row = np.repeat(np.arange(len(pair)), total)
    place = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    i, j = first[row] + place // others[row], second[row] + place % others[row]
    signs = sounds.sound.view(np.uint8).reshape(len(sounds.sound), sounds.sound.dtype.itemsize)
    same = BEGINS[signs[i, 0]] == BEGINS[signs[j, 0]]
    spoken = (_in_latin(np.unique(np.concatenate([one, other])), parts.folded, sounds), sounds)
    return _linked(i[same].astype(np.int32), j[same].astype(np.int32), spoken, spoken)


def _in_latin(some: npt.NDArray[np.int64], folded: Sequence[str], sounds: Sounds) -> dict[int, str]:
    """Some of the parts, those in other scripts as they sound, so that their letters can be compared."""
    first, stop = (np.searchsorted(sounds.token, at).tolist() for at in (some, some + 1))
    return {
        one: min(sounds.sound[a:b]).decode() if folded[one] > LATIN_ENDS and a < b else folded[one]
        for one, a, b in zip(some.tolist(), first, stop, strict=True)
    }


_Kind = TypeVar("_Kind", bound=np.generic)
Spoken = tuple[Sequence[str] | Mapping[int, str], Sounds]


def _linked(q_row: npt.NDArray[np.int32], k_row: npt.NDArray[np.int32], query: Spoken, known: Spoken) -> Link:
    distance = _sound_distance(query[1].sound, q_row, known[1].sound, k_row)
    pair, distance = _least(_pair(query[1].token[q_row], known[1].token[k_row]), distance)
    q, k = (pair >> 32).astype(np.int32), (pair & 0xFFFFFFFF).astype(np.int32)
    left, right = _take(query[0], q), _take(known[0], k)
    size = np.maximum(_lengths(left), _lengths(right))
    may = likeness(distance, np.zeros(len(q), np.float32), size) > LEAST
    q, k, distance, size = q[may], k[may], distance[may], size[may]
    look = _letter_distance(list(compress(left, may)), list(compress(right, may)))
    like = likeness(distance, look, size)
    how = np.where(look == 0, EQUAL, np.where(distance == 0, SOUND, ALIKE)).astype(np.int8)
    keep = like > LEAST
    return Link(q[keep], k[keep], how[keep], distance[keep], look[keep], size[keep], like[keep])


def _least(
    pair: npt.NDArray[np.int64], distance: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Each of the pairs once, in order, with the least of its distances."""
    if not len(pair):
        return pair, distance
    order = np.argsort(pair)
    pair = pair[order]
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    return pair[first], np.minimum.reduceat(distance[order], first)


def _pair(left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    return (left.astype(np.int64) << 32) | right


def likeness(
    sound: npt.NDArray[np.float32], look: npt.NDArray[np.float32], size: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """How alike two parts are, 0 to 1, by their distance in sounds and letters, and the longer one's letters."""
    far = 0.75 * sound + 0.12 * np.minimum(look, 4) + 0.04 * look
    return np.exp(-far * (3.2 / np.maximum(size, 3.0))).astype(np.float32)


def _letter_distance(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.float32]:
    if not len(left):
        return np.zeros(0, np.float32)
    return cpdist(left, right, scorer=OSA.distance).astype(np.float32)


def _sound_distance(
    left: npt.NDArray[np.bytes_], i: npt.NDArray[np.int32], right: npt.NDArray[np.bytes_], j: npt.NDArray[np.int32]
) -> npt.NDArray[np.float32]:
    if not len(i):
        return np.zeros(0, np.float32)
    return (cpdist(_signs(left, i), _signs(right, j), scorer=Levenshtein.distance) / UNIT).astype(np.float32)


def _signs(sound: npt.NDArray[np.bytes_], rows: npt.NDArray[np.int32]) -> list[bytes]:
    """The signs of the sounds in these rows."""
    used = np.zeros(len(sound), bool)
    used[rows] = True
    lines = np.frombuffer(b"\n".join(sound[used].tolist()), np.uint8)
    signs = _SIGN_TABLE[lines]
    made = np.array(signs[signs != 0].tobytes().split(b"\n"), dtype=object)
    found: list[bytes] = made[(np.cumsum(used) - 1)[rows]].tolist()
    return found


def _take(values: Sequence[str] | Mapping[int, str], at: npt.NDArray[np.integer]) -> list[str]:
    return list(map(values.__getitem__, at.tolist()))


def _lengths(values: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, values), np.int64, len(values))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a name in a text and a known name with the evidence for and against their being one.

    Attributes:
        query: Number of the text's name.
        known: Number of the known name.
        how: For each part of the text's name (column as in its grid) how it agrees with the part it answers to.
        like: How much it does, 0 to 1.
        to: The column of the part it answers to, -1 if none.
        link: The row in `links` by which it does, -1 where it is none.
        links: What is known of parts that sound or look alike.
    """

    query: npt.NDArray[np.int32]
    known: npt.NDArray[np.int32]
    how: npt.NDArray[np.int8]
    like: npt.NDArray[np.float32]
    to: npt.NDArray[np.int8]
    link: npt.NDArray[np.int32]
    links: Link

    def take(self, rows: npt.NDArray[np.int64], width: int) -> "Pairs":
        """Some of the pairs, in as many columns as their names need, each column in one piece."""
        how, like = columns(self.how, rows, width), columns(self.like, rows, width)
        to, link = columns(self.to, rows, width), columns(self.link, rows, width)
        return Pairs(self.query[rows], self.known[rows], how, like, to, link, self.links)


def columns(values: npt.NDArray[_Kind], rows: npt.NDArray[np.integer], width: int) -> npt.NDArray[_Kind]:
    """The first columns of these rows, each column in one piece: so sums over columns are fast."""
    return np.asfortranarray(values[:, :width][rows])


def lay(
    q_name: npt.NDArray[np.int32],
    k_name: npt.NDArray[np.int32],
    q_grid: Grid,
    k_grid: Grid,
    links: Link,
    query: PartTable,
    known: PartTable,
) -> Pairs:
    """The pairs' parts side by side, the best agreeing ones first."""
    n = len(q_name)
    how, like = np.zeros((n, WIDTH), np.int8), np.zeros((n, WIDTH), np.float32)
    to, by = np.full((n, WIDTH), -1, np.int8), np.full((n, WIDTH), -1, np.int32)
    most = np.maximum(q_grid.size[q_name], k_grid.size[k_name])
    for width, rows in ((_FEW, np.flatnonzero(most <= _FEW)), (WIDTH, np.flatnonzero(most > _FEW))):
        found = _laid(q_name[rows], k_name[rows], q_grid, k_grid, links, query, known, width)
        how[rows, :width], like[rows, :width], to[rows, :width], by[rows, :width] = found
    return Pairs(q_name, k_name, how, like, to, by, links)


def _laid(
    q_name: npt.NDArray[np.int32],
    k_name: npt.NDArray[np.int32],
    q_grid: Grid,
    k_grid: Grid,
    links: Link,
    query: PartTable,
    known: PartTable,
    width: int,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32], npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """`how`, `like`, `to` and `link` of `Pairs`, of names of at most `width` parts."""
    n = len(q_name)
    ours, theirs = q_grid.token[q_name, :width], k_grid.token[k_name, :width]
    cell = np.flatnonzero(_may_agree(ours, theirs, links, query, known))
    pair, i, j = cell // (width * width), cell // width % width, cell % width
    q, k = ours[pair, i], theirs[pair, j]
    q_role, k_role = q_grid.role[q_name[pair], i], k_grid.role[k_name[pair], j]
    at, linked = _linking(q, k, links)
    other, other_like = agreement(q, k, q_role, k_role, query, known)
    link_like = np.where(linked, links.like[at], 0) if len(links.like) else np.zeros(len(q), np.float32)
    single = (query.length[q] == 1) | (known.length[k] == 1) | ((q_role == PARTICLE) != (k_role == PARTICLE))
    use = linked & (link_like >= other_like) & ~single
    like, how, row = (np.full(n * width * width, empty, kind) for empty, kind in ((0, "f4"), (0, "i1"), (-1, "i4")))
    like[cell] = np.where(use, link_like, other_like)
    how[cell] = np.where(use, links.how[at], other) if len(links.how) else other
    row[cell] = np.where(linked, at, -1)
    # Of parts that agree alike, those in the same place answer to each other.
    bonus = np.zeros((n, width, width), np.float32)
    rows = np.arange(n)
    bonus[rows, q_grid.last[q_name], k_grid.last[k_name]] += 0.02
    bonus[rows, q_grid.opening[q_name], k_grid.opening[k_name]] += 0.01
    rank = np.where(like > 0, like + bonus.ravel(), 0).reshape(n, width * width)
    return _paired(rank, how.reshape(rank.shape), like.reshape(rank.shape), row.reshape(rank.shape), width)


def _may_agree(
    ours: npt.NDArray[np.int32], theirs: npt.NDArray[np.int32], links: Link, query: PartTable, known: PartTable
) -> npt.NDArray[np.uint64]:
    """Not 0 for parts of each pair (one axis each) that agree in any way, and for few others."""
    linked = np.zeros(len(known.length) + 1, np.uint64)
    np.bitwise_or.at(linked, links.known, np.uint64(1) << (links.query % 64).astype(np.uint64))
    bit = np.where(ours >= 0, np.uint64(1) << (ours % 64).astype(np.uint64), np.uint64(0))
    by_link = bit[:, :, None] & linked[theirs][:, None, :]
    own, other = np.append(query.may, np.uint64(0))[ours], np.append(known.may, np.uint64(0))[theirs]
    return by_link | (own[:, :, None] & other[:, None, :])


def _linking(
    q: npt.NDArray[np.int32], k: npt.NDArray[np.int32], links: Link
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The row of `links` for each pair of parts, and whether there is one."""
    key = _pair(links.query, links.known)
    wanted = _pair(q, k)
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    return at, (key[at] == wanted) if len(key) else np.zeros(len(q), bool)


def _paired(
    rank: npt.NDArray[np.float32],
    how: npt.NDArray[np.int8],
    like: npt.NDArray[np.float32],
    row: npt.NDArray[np.int32],
    width: int,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32], npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """Each part with the one it answers to: the highest rank first, no part twice."""
    n = len(rank)
    result_how, result_like = np.zeros((n, width), np.int8), np.zeros((n, width), np.float32)
    to, by = np.full((n, width), -1, np.int8), np.full((n, width), -1, np.int32)
    some = np.arange(n)
    for _ in range(width):
        best = np.argmax(rank, axis=1)
        open_ = rank[np.arange(len(rank)), best] > 0
        some, rank, best = some[open_], rank[open_], best[open_]
        if not len(some):
            break
        bi, bj = best // width, best % width
        result_how[some, bi], result_like[some, bi], to[some, bi] = how[some, best], like[some, best], bj
        by[some, bi] = row[some, best]
        square, rows = rank.reshape(len(rank), width, width), np.arange(len(rank))
        square[rows, bi, :] = 0
        square[rows, :, bj] = 0
    return result_how, result_like, to, by
