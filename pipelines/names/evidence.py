"""Weighs what speaks for and against two names being one person's: evidence from their parts → log-odds.

Each kind of evidence has a weight in `weights.toml`, which says how the weights were found. Which names are compared at
all, and what follows from the odds, is decided elsewhere.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipelines.names.align import ALIKE, BEGINNING, EQUAL, INITIALS, NOTHING, SAME_NAME, SOUND, WIDTH, Grid, PartTable
from pipelines.names.lexicon import traits_of
from pipelines.names.match import Pairs, columns
from pipelines.names.parts import INITIAL, PARTICLE, SHORT, WORD, Parts
from pipelines.names.traits import ORDINARY, SURNAME

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.integer]
_WIDTHS = (0, 3, 4, WIDTH)
"""Most names have few parts: names of like size are weighed together, in no more columns than they need."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: the texts' names, or the known ones.

    Attributes:
        as_surname: How many names end in each distinct part.
        as_given: How many hold it elsewhere.
        bearers: Of each name how many end as it does.
        patronymic: Parts (columns as in the grid) that say whose child one is, by ending or oglu after it.
    """

    parts: Parts
    grid: Grid
    table: PartTable
    as_surname: npt.NDArray[np.int64]
    as_given: npt.NDArray[np.int64]
    bearers: npt.NDArray[np.int64]
    patronymic: npt.NDArray[np.bool_]


def side(parts: Parts, grid: Grid, table: PartTable) -> Side:
    """One side of the comparison, with how often each part is used."""
    surname = grid.token[np.arange(len(grid.last)), grid.last]
    as_surname = np.bincount(surname[surname >= 0], minlength=len(parts.tokens))
    as_given = np.bincount(parts.token, minlength=len(parts.tokens)) - as_surname
    patronymic = (grid.token >= 0) & table.patronymic[grid.token]
    patronymic[:, :-1] |= (grid.token[:, 1:] >= 0) & table.child[grid.token[:, 1:]]
    bearers = as_surname[surname] if len(as_surname) else np.zeros(len(surname), np.int64)
    return Side(parts, grid, table, as_surname, as_given, bearers, patronymic)


def odds(pairs: Pairs, query: Side, known: Side) -> Floats:
    """The log-odds that the two names of each pair are one person's."""
    result = np.zeros(len(pairs.query))
    size = np.maximum(query.grid.size[pairs.query], known.grid.size[pairs.known])
    for less, width in pairwise(_WIDTHS):
        rows = np.flatnonzero((size > less) & (size <= width) if less else size <= width)
        if len(rows):
            result[rows] = weigh(gather(pairs.take(rows, width), query, known))
    return result


@cache
def weights() -> Mapping[str, float]:
    """What each kind of evidence is worth, and `base`, what every pair starts from: log-odds, as in weights.toml."""
    text = files("pipelines.names").joinpath("weights.toml").read_text("utf-8")
    return {name: float(value) for name, value in tomllib.loads(text)["weights"].items()}


_in_use: ContextVar[Mapping[str, float] | None] = ContextVar("weights", default=None)


@contextmanager
def weighed_by(other: Mapping[str, float]) -> Iterator[None]:
    """Other weights than the shipped ones for what is compared within: to tell what a fit is worth."""
    token = _in_use.set(other)
    try:
        yield
    finally:
        _in_use.reset(token)


def weigh(evidence: dict[str, Floats]) -> Floats:
    """The log-odds that the two names of each pair are one person's."""
    worth = _in_use.get() or weights()
    total = np.zeros(len(next(iter(evidence.values()))))
    for name, value in evidence.items():
        total += worth[name] * value
    return total + worth["base"]


def gather(pairs: Pairs, query: Side, known: Side) -> dict[str, Floats]:
    """The evidence of each pair, by the names it has in weights.toml."""
    back = answered(pairs)
    surname = _surname(pairs, back, query, known)
    given = _given(pairs, back, surname.at, query, known)
    bearers = np.log1p(known.bearers[pairs.known])
    usual = np.log1p(np.where(given.to >= 0, known.as_given[_token(known.grid, pairs.known, given.to)], 0))
    alike, weak_given = surname.how == ALIKE, ~_one_of(given.how, EQUAL, SOUND)
    swapped = (
        (surname.at >= 0)
        & (surname.at != query.grid.last[pairs.query])
        & (surname.at != query.grid.double[pairs.query])
    )
    evidence = {
        "surname missing": surname.how == NOTHING,
        "surname equal": surname.how == EQUAL,
        "surname by sound": surname.how == SOUND,
        "surname by less": _one_of(surname.how, SAME_NAME, BEGINNING, INITIALS),
        "surname sound by length": np.where(alike, surname.sound / surname.size * 6, 0),
        "surname look": np.minimum(surname.look, 5),
        "surname look by length": np.minimum(surname.look, 5) / surname.size * 6,
        "surname one sound": alike & (surname.sound <= 0.34),
        "surname known otherwise": _usual(
            query, pairs, surname, _one_of(surname.how, ALIKE, SOUND) & (surname.look > 0)
        ),
        "surname short": (surname.size <= 4) & _one_of(surname.how, ALIKE, SOUND),
        "half a double surname": (surname.to >= 0) & (surname.to != known.grid.last[pairs.known]),
        "half of the text's double surname": (query.grid.double[pairs.query] >= 0)
        & (surname.at == query.grid.double[pairs.query]),
        "swapped": swapped,
        "surname common": bearers * ~_one_of(surname.how, EQUAL, SOUND),
        "bearers": bearers,
        "bearers of unsure given": bearers * weak_given,
        "given usual": usual,
        "given usual, surname alike": usual * alike,
        "given usual, bearers": usual * bearers,
        "both unsure": alike & weak_given,
        "sound alone, given unsure": (surname.how == SOUND) & weak_given,
        "swapped, text opening": swapped & _opening_left(pairs, query),
        "generation": _generation(pairs, query.grid, known.grid),
    }
    evidence |= _given_evidence(pairs, query, known, surname, given)
    evidence |= _left_over(pairs, back, query, known, surname, given)
    return {name: np.asarray(value, np.float64) for name, value in evidence.items()}


def answered(pairs: Pairs) -> npt.NDArray[np.int8]:
    """For each part of the known name the column of the text's part that answers to it, -1 if none."""
    back = np.full(pairs.to.shape, -1, np.int8, "F")
    row, column = np.nonzero(pairs.to >= 0)
    back[row, pairs.to[row, column]] = column
    return back


@dataclass(frozen=True, slots=True)
class Agreed:
    """How one part of each pair agrees: its column in the text's name, the known name's one, and how alike they are."""

    at: Columns
    to: Columns
    how: npt.NDArray[np.int8]
    sound: npt.NDArray[np.float32]
    look: npt.NDArray[np.float32]
    size: npt.NDArray[np.float64]


def _agreed(pairs: Pairs, at: Columns) -> Agreed:
    rows, links = np.arange(len(at)), pairs.links
    how = np.where(at >= 0, pairs.how[rows, at], NOTHING)
    link = np.where(at >= 0, pairs.link[rows, at], -1)
    some = link >= 0
    if not len(links.query):
        empty = np.zeros(len(at), np.float32)
        return Agreed(at, np.where(at >= 0, pairs.to[rows, at], -1), how, empty, empty, np.full(len(at), 6.0))
    return Agreed(
        at, np.where(at >= 0, pairs.to[rows, at], -1), how, np.where(some, links.sound[link], 0),
        np.where(some, links.look[link], 0), np.maximum(np.where(some, links.size[link], 6), 3.0),
    )  # fmt: skip


def _surname(pairs: Pairs, back: npt.NDArray[np.int8], query: Side, known: Side) -> Agreed:
    rows, last = np.arange(len(back)), known.grid.last[pairs.known]
    whole = np.where(last >= 0, back[rows, last], -1)
    double = known.grid.double[pairs.known]
    half = np.where(double >= 0, back[rows, double], -1)
    return _agreed(pairs, np.where((whole < 0) & (half == query.grid.last[pairs.query]), half, whole))


def _usual(query: Side, pairs: Pairs, surname: Agreed, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether the text's spelling of the surname is a usual surname or word by itself; of the wanted pairs."""
    rows = np.flatnonzero(wanted)
    token, place = np.unique(query.grid.token[pairs.query[rows], surname.at[rows]], return_inverse=True)
    known = np.array(traits_of([query.parts.tokens[one].lower() for one in token.tolist()]), np.int64)
    found = np.zeros(len(wanted), bool)
    found[rows] = (known & (SURNAME | ORDINARY) > 0)[place]
    return found


def _given(pairs: Pairs, back: npt.NDArray[np.int8], surname: Columns, query: Side, known: Side) -> Agreed:
    """The text's first given name and what it answers to; else what answers to the known name's first."""
    rows = np.arange(len(back))
    q_open, k_open = query.grid.opening[pairs.query], known.grid.opening[pairs.known]
    q_last, k_last = query.grid.last[pairs.query], known.grid.last[pairs.known]
    to = np.where(q_open >= 0, pairs.to[rows, q_open], -1)
    first = np.where((to >= 0) & (to != k_last) & (q_open != q_last) & (q_open != surname), q_open, -1)
    other = np.where(k_open >= 0, back[rows, k_open], -1)
    other = np.where((k_open != k_last) & (other != surname), other, -1)
    at = np.where(first >= 0, first, other)
    return _agreed(pairs, np.where(_role(query.grid, pairs.query, at) == PARTICLE, -1, at))


def _given_evidence(
    pairs: Pairs, query: Side, known: Side, surname: Agreed, given: Agreed
) -> dict[str, npt.NDArray[np.generic]]:
    q_open, k_open = query.grid.opening[pairs.query], known.grid.opening[pairs.known]
    alike, same = given.how == ALIKE, given.how == SAME_NAME
    near, initial, begins = _look_again(pairs, query, known, (given.how == NOTHING) & (surname.how >= ALIKE))
    swapped = (surname.at >= 0) & (surname.at != query.grid.last[pairs.query])
    return {
        "given missing": given.how == NOTHING,
        "given equal": given.how == EQUAL,
        "given by sound": given.how == SOUND,
        "given same name": same,
        "given same name, near": same & (given.sound > 0) & (given.look <= 2),
        "given known otherwise": _other_names(pairs, query, known, given, alike),
        "given beginning": given.how == BEGINNING,
        "given initial": given.how == INITIALS,
        "given initial in authority": (given.how == INITIALS) & (_role(query.grid, pairs.query, given.at) == WORD),
        "given alike": alike,
        "given sound": np.where(alike, given.sound, 0),
        "given look by length": np.where(alike, np.minimum(given.look, 5) / given.size * 6, 0),
        "given one letter": alike & (given.look == 1),
        "given looks near": near,
        "given looks near, rare surname": near * (known.bearers[pairs.known] <= 1),
        "given other with same initial": initial,
        "given other with same beginning": begins,
        "given to middle": (given.to >= 0) & (given.to != k_open),
        "given from middle": (given.at >= 0) & (given.at != q_open) & ~swapped,
    }


def _other_names(
    pairs: Pairs, query: Side, known: Side, given: Agreed, wanted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Whether both given names are known, as forms of different names; of the wanted pairs."""
    rows = np.flatnonzero(wanted)
    ours = query.table.groups[_token(query.grid, pairs.query[rows], given.at[rows])]
    theirs = known.table.groups[_token(known.grid, pairs.known[rows], given.to[rows])]
    both = np.flatnonzero((ours[:, 0] >= 0) & (theirs[:, 0] >= 0))
    rows, ours, theirs = rows[both], ours[both], theirs[both]
    shared = ((ours[:, :, None] == theirs[:, None, :]) & (ours >= 0)[:, :, None]).any(axis=(1, 2))
    found = np.zeros(len(wanted), bool)
    found[rows] = ~shared
    return found


def _look_again(
    pairs: Pairs, query: Side, known: Side, wanted: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """How near given names look that do not sound alike: share of letters, same initial, same three first letters."""
    size = len(pairs.query)
    near, initial, begins = np.zeros(size), np.zeros(size, bool), np.zeros(size, bool)
    q = _token(query.grid, pairs.query, query.grid.opening[pairs.query])
    k = _token(known.grid, pairs.known, known.grid.opening[pairs.known])
    q_word = _role(query.grid, pairs.query, query.grid.opening[pairs.query]) == WORD
    k_word = _role(known.grid, pairs.known, known.grid.opening[pairs.known]) == WORD
    rows = np.flatnonzero(wanted & q_word & k_word)
    if len(rows):
        words, place = np.unique((q[rows].astype(np.int64) << 32) | k[rows], return_inverse=True)
        left, right = query.table.beginning[words >> 32], known.table.beginning[words & 0xFFFFFFFF]
        initial[rows] = (left.astype("U1") == right.astype("U1"))[place]
        begins[rows] = (left.astype("U3") == right.astype("U3"))[place]
        far = 1 - cpdist(left.tolist(), right.tolist(), scorer=OSA.normalized_distance)
        near[rows] = np.maximum(far - 0.4, 0)[place]
    return near, initial, begins


def _left_over(
    pairs: Pairs, back: npt.NDArray[np.int8], query: Side, known: Side, surname: Agreed, given: Agreed
) -> dict[str, npt.NDArray[np.generic]]:
    q, k, width = pairs.query, pairs.known, pairs.to.shape[1]
    q_role, k_role = columns(query.grid.role, q, width), columns(known.grid.role, k, width)
    q_last = _stands(query.grid.last[q], width) & (surname.at != query.grid.double[q])[:, None]
    q_open = _stands(query.grid.opening[q], width)
    k_last, k_open = _stands(known.grid.last[k], width), _stands(known.grid.opening[k], width)
    q_word, k_word = q_role == WORD, k_role == WORD
    q_short, k_short = (q_role == INITIAL) | (q_role == SHORT), (k_role == INITIAL) | (k_role == SHORT)
    q_left, k_left = pairs.to < 0, back < 0
    patronymic, theirs = columns(query.patronymic, q, width), columns(known.patronymic, k, width)
    q_middle, k_middle = q_left & ~q_last & ~q_open, k_left & ~k_last & ~k_open
    others = (pairs.to >= 0) & ~_stands(surname.at, width) & ~_stands(given.at, width)
    others &= q_role != PARTICLE
    otherwise = _one_of(given.how, ALIKE, SAME_NAME, SOUND, BEGINNING)
    return {
        "given from middle, otherwise": (q_left & q_word & q_open).any(axis=1)
        & ((given.how != EQUAL) | (k_left & ~k_last & ~theirs & (k_word | k_short)).any(axis=1))
        & (given.at >= 0)
        & (given.at != query.grid.opening[q])
        & (_role(query.grid, q, given.at) == WORD),
        "text middle": (q_middle & q_word & ~patronymic).sum(axis=1),
        "text patronymic": (q_middle & q_word & patronymic).sum(axis=1),
        "text last": (q_left & q_word & q_last).sum(axis=1),
        "text opening": (q_left & q_word & q_open).sum(axis=1),
        "text opening initial": (q_left & q_short & q_open).sum(axis=1),
        "text initial": (q_left & q_short & ~q_open).sum(axis=1),
        "known middle": (k_middle & k_word & ~theirs).sum(axis=1),
        "known patronymic": (k_middle & k_word & theirs).sum(axis=1),
        "patronymics contradict": (q_middle & q_word & patronymic).any(axis=1)
        & (k_middle & k_word & theirs).any(axis=1),
        "known middle, given otherwise": otherwise & (k_middle & ~theirs & (k_word | k_short)).any(axis=1),
        "text middle, given otherwise": otherwise & (q_middle & ~patronymic & (q_word | q_short)).any(axis=1),
        "known initial": (k_left & k_short & ~k_open).sum(axis=1),
        "known opening": (k_left & k_word & k_open & ~k_last).sum(axis=1),
        "known opening initial": (k_left & k_short & k_open).sum(axis=1),
        "middles contradict": np.minimum(
            (q_middle & (q_word | q_short)).sum(axis=1), (k_middle & (k_word | k_short)).sum(axis=1)
        ),
        "middle names contradict": np.minimum(
            (q_middle & q_word & ~patronymic).sum(axis=1), (k_middle & k_word).sum(axis=1)
        ),
        "middle agrees": (others & _one_of(pairs.how, ALIKE, SAME_NAME, SOUND, EQUAL)).sum(axis=1),
        "middle skipped": _skipped(pairs, back, query, known),
        "middle by initial": (others & _one_of(pairs.how, INITIALS, BEGINNING)).sum(axis=1),
    }


def _one_of(how: npt.NDArray[np.int8], *kinds: int) -> npt.NDArray[np.bool_]:
    found = how == kinds[0]
    for kind in kinds[1:]:
        found |= how == kind
    return found


def _stands(column: Columns, width: int) -> npt.NDArray[np.bool_]:
    """Of each row the one column, if any, as a matrix."""
    return (np.arange(width)[:, None] == column).T


def _opening_left(pairs: Pairs, query: Side) -> npt.NDArray[np.bool_]:
    opening = query.grid.opening[pairs.query]
    return (opening >= 0) & (pairs.to[np.arange(len(opening)), opening] < 0)


def _skipped(pairs: Pairs, back: npt.NDArray[np.int8], query: Side, known: Side) -> npt.NDArray[np.bool_]:
    """Whether the text's first middle initial passes over the known name's first one: George W. is not George H. W."""
    rows, q_open, k_open = np.arange(len(back)), query.grid.opening[pairs.query], known.grid.opening[pairs.known]
    ours, theirs = np.minimum(q_open + 1, WIDTH - 1), np.minimum(k_open + 1, WIDTH - 1)
    short = (_role(query.grid, pairs.query, ours) == INITIAL) & (_role(known.grid, pairs.known, theirs) == INITIAL)
    at, to = np.minimum(ours, back.shape[1] - 1), np.minimum(theirs, back.shape[1] - 1)
    return short & (pairs.to[rows, at] > theirs) & (back[rows, to] < 0)


def _generation(pairs: Pairs, query: Grid, known: Grid) -> npt.NDArray[np.bool_]:
    left, right = query.suffix[pairs.query], known.suffix[pairs.known]
    return (left != right) & (left > 0) & (right > 0)


def _token(grid: Grid, name: npt.NDArray[np.int32], column: Columns) -> npt.NDArray[np.int32]:
    return grid.token[name, column]


def _role(grid: Grid, name: npt.NDArray[np.int32], column: Columns) -> npt.NDArray[np.int8]:
    return grid.role[name, column]
