"""Holds names ready to be compared with: indexed, laid out in parts; and compares many names with them at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.names import align, evidence, given, index, match, parts, romanise
from pipelines.names.anchors import Anchors, anchors, candidates

Rows = npt.NDArray[np.int32]


NEVER = -20.0
"""Log-odds of what is out of the question."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names laid out for comparison: their parts, sounds, grid and what is known of each part."""

    parts: parts.Parts
    heard: index.Heard
    grid: align.Grid
    table: align.PartTable


@dataclass(frozen=True, slots=True)
class Known:
    """Indexed names, and which of their parts may tell one (a given name alone may not).

    `ruler` says which are given names with a number: Nicholas II, John Paul II.
    """

    names: Names
    index: index.NameIndex
    anchors: Anchors
    side: evidence.Side
    ruler: npt.NDArray[np.bool_]

    @property
    def grid(self) -> align.Grid:
        """The grid of the names."""
        return self.names.grid


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of a text's name and a known name, how their parts answer to each other, and the log-odds of being one."""

    query: Names
    known: Known
    pairs: match.Pairs
    odds: npt.NDArray[np.float64]


def lay_out(
    written: Sequence[str], sounds: Callable[[Sequence[str]], romanise.Sounds] = romanise.sounds, to_find: bool = True
) -> Names:
    """The names ready to be compared, and to be found in an index, their parts' sounds asked of `sounds`."""
    split = parts.split(written)
    heard = index.hear(split.tokens, sounds, to_find)
    table = align.table(split, given.groups(split.folded, heard.sounds), heard)
    return Names(split, heard if to_find else heard.unnumbered(), align.grid(split), table)


def prepare(made: index.NameIndex) -> Known:
    """The indexed names ready to be compared with."""
    table = align.table(made.parts, given.groups(made.parts.folded, made.heard.sounds), made.heard)
    grid = align.grid(made.parts)
    names = Names(made.parts, made.heard, grid, table)
    given_only = ((table.groups[grid.token, 0] >= 0) | (grid.token < 0)).all(axis=1) | (grid.words == 1)
    ruler = (grid.suffix > align.FIRST) & given_only
    return Known(names, made, anchors(made, grid, table), evidence.side(made.parts, grid, table), ruler)


def compare(query: Names, known: Known, asked: Rows | None = None) -> Compared:
    """All pairs of texts' names (of those asked for) and known names that share a part which is no mere given name."""
    pairs = paired(query, known, asked)
    odds = evidence.odds(pairs, evidence.side(query.parts, query.grid, query.table), known.side)
    odds[_strangers(pairs, query.grid, known)] = NEVER
    return Compared(query, known, pairs, odds)


def _strangers(pairs: match.Pairs, query: align.Grid, known: Known) -> npt.NDArray[np.bool_]:
    """Pairs of two people whatever else is alike in their names."""
    grid, rows = known.grid, np.arange(len(pairs.query))
    last = query.last[pairs.query]
    unanswered = (last >= 0) & (pairs.to[rows, last] < 0)
    other = unanswered & (grid.words[pairs.known] == 1) & (query.words[pairs.query] > 1)  # Boris Gromov is no Boris III
    return (
        other
        | _by_initial(pairs, query, grid)
        | _other_generation(pairs, query, known)
        | _passed_over(pairs, query, grid)
    )


def _by_initial(pairs: match.Pairs, query: align.Grid, known: align.Grid) -> npt.NDArray[np.bool_]:
    """Whether a surname is but a middle initial: George William Russell is not William R. Saint George."""
    rows, last, column = np.arange(len(pairs.query)), query.last[pairs.query], np.arange(align.WIDTH)
    to, role = pairs.to[rows, last], query.role[pairs.query]
    ours = (last >= 0) & (to >= 0) & (known.role[pairs.known, to] == parts.INITIAL) & (to != known.opening[pairs.known])
    middle = (role == parts.INITIAL) & (column != query.opening[pairs.query][:, None])
    theirs = (middle & (pairs.to == known.last[pairs.known][:, None]) & (pairs.to >= 0)).any(axis=1)
    return ours | theirs


def _other_generation(pairs: match.Pairs, query: align.Grid, known: Known) -> npt.NDArray[np.bool_]:
    """Whether one is Jr and the other Sr, or one is a ruler's number that the other is not."""
    ours, theirs = query.suffix[pairs.query], known.grid.suffix[pairs.known]
    numbered = (ours > align.FIRST) | (theirs > align.FIRST)
    contradict = (ours != theirs) & (ours > 0) & (theirs > 0) & ((ours > align.FIRST) == (theirs > align.FIRST))
    alone = query.words[pairs.query] == 1
    missing = numbered & (ours != theirs) & ~(alone & (ours == 0) & (known.grid.words[pairs.known] == 1))
    whole = (pairs.how == align.EQUAL).sum(axis=1) == query.size[pairs.query]
    whole &= query.size[pairs.query] == known.grid.size[pairs.known]
    return contradict | (missing & ~(whole & ~alone) & (known.ruler[pairs.known] | alone))


def _passed_over(pairs: match.Pairs, query: align.Grid, known: align.Grid) -> npt.NDArray[np.bool_]:
    """Whether the text's first middle name passes over the known name's first one: George W. is not George H. W."""
    rows, at, to = np.arange(len(pairs.query)), query.opening[pairs.query] + 1, known.opening[pairs.known] + 1
    middle = (query.opening[pairs.query] >= 0) & (at < query.last[pairs.query]) & (to < known.last[pairs.known])
    at, to = np.minimum(at, align.WIDTH - 1), np.minimum(to, align.WIDTH - 1)
    answer = pairs.to[rows, at]
    ours, theirs = query.role[pairs.query, at] == parts.INITIAL, known.role[pairs.known, to] == parts.INITIAL
    short = ours | (theirs & (known.role[pairs.known, answer] == parts.INITIAL))
    return middle & short & (answer > to) & (answer < known.last[pairs.known]) & ~(pairs.to == to[:, None]).any(axis=1)


def gathered(query: Names, known: Known) -> tuple[match.Pairs, dict[str, evidence.Floats]]:
    """The pairs of `compare`, and the evidence of each."""
    pairs = paired(query, known)
    return pairs, evidence.gather(pairs, evidence.side(query.parts, query.grid, query.table), known.side)


def paired(query: Names, known: Known, asked: Rows | None = None) -> match.Pairs:
    """The pairs of `compare`, their parts side by side."""
    links = match.link(query.parts, query.heard, known.index)
    q, k = candidates(links, query.grid, query.table, known.anchors, asked)
    return match.lay(q, k, query.grid, known.names.grid, links, query.table, known.names.table)
