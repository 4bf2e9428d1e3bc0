"""White space: of every run of it one space, one line end or one blank line is left, and none around a text.

Here: spaces, tabs and line feeds, in many texts at once, as most texts have some to take out. Rarer kinds of white
space are made one of these before (`clean`); which gaps part columns is told in `columns`.
"""

from itertools import pairwise

import numpy as np

from pipelines.text.edits import Edit
from pipelines.text.together import Ints, Together

_SPACE, _TAB, _LINE_END = map(ord, " \t\n")
# What is left of what is taken out, and by which rule; of tabs alone a space is left.
_MADE = (
    ("", "outer-space"),
    (" ", "spaces"),
    ("", "spaces"),
    ("", "trailing-space"),
    ("", "blank-lines"),
    ("", "indent"),
)
_OUTER, _TABS, _SPACES, _TRAILING, _BLANK_LINES, _INDENT = range(len(_MADE))


def white_space(texts: Together) -> list[list[Edit]]:
    """For each text the edits for white space; what they leave has none to take out."""
    starts, ends = _runs(texts)
    number = texts.number(starts)
    is_outer = (starts == texts.base[number]) | (ends == texts.ends[number])
    parts = [_part(starts[is_outer], ends[is_outer], _OUTER), *_inner(texts, starts[~is_outer], ends[~is_outer])]
    start, end, how = np.concatenate(parts, axis=1)
    order = np.argsort(start)
    base = np.repeat(texts.base[:-1], counts := np.bincount(texts.number(start), minlength=len(texts.texts)))
    columns = (start[order] - base, end[order] - base, how[order])
    rows = zip(*(column.tolist() for column in columns), strict=True)
    edits = [Edit(first, last, _MADE[made][0], "whitespace", _MADE[made][1]) for first, last, made in rows]
    return [edits[first:last] for first, last in pairwise([0, *np.cumsum(counts).tolist()])]


def _runs(texts: Together) -> tuple[Ints, Ints]:
    """Where white space starts, and ends, that is not just one space or line end within a text."""
    points = texts.points
    is_white = (points == _SPACE) | (points == _LINE_END)
    is_white |= points == _TAB
    is_white[np.concatenate([[0], texts.base - 1, texts.ends])] = False  # what stands between the texts
    joined = np.flatnonzero(is_white[1:] & is_white[:-1])
    alone = np.unique(np.concatenate([texts.places("\t"), texts.base[:-1], texts.ends - 1]))
    alone = alone[is_white[alone] & ~is_white[alone - 1] & ~is_white[alone + 1]]
    starts = np.concatenate([joined[np.diff(joined, prepend=-2) > 1], alone])
    ends = np.concatenate([joined[np.diff(joined, append=len(points) + 1) > 1] + 2, alone + 1])
    return np.sort(starts), np.sort(ends)


def _inner(texts: Together, start: Ints, end: Ints) -> list[Ints]:
    """What is taken out of white space within texts: before what is left of it, between two line ends, and after."""
    lines = np.append(texts.places("\n"), len(texts.points))
    first, last = lines[np.searchsorted(lines, start)], lines[np.searchsorted(lines, end) - 1]
    breaks = first < end
    kept = _first_other(texts, start, end, _TAB)
    first, last = np.where(breaks, first, kept), np.where(breaks, last, kept)
    is_tab = first == end
    before, between, after = (first > start) & ~is_tab, last - first > 1, last + 1 < end
    return [
        _part(start[is_tab], end[is_tab], _TABS),
        _part(start[before], first[before], np.where(breaks, _TRAILING, _SPACES)[before]),
        _part(first[between] + 1, last[between], _BLANK_LINES),
        _part(last[after] + 1, end[after], np.where(breaks, _INDENT, _SPACES)[after]),
    ]


def _first_other(texts: Together, start: Ints, end: Ints, sign: int) -> Ints:
    """Where in each span the first other sign than this one stands; its end where there is none."""
    place, rows = start.copy(), np.arange(len(start))
    while len(rows := rows[(place[rows] < end[rows]) & (texts.points[place[rows]] == sign)]):
        place[rows] += 1
    return place


def _part(start: Ints, end: Ints, how: Ints | int) -> Ints:
    """What is taken out, and how, as rows of one array."""
    return np.stack([start, end, np.broadcast_to(how, start.shape)])
