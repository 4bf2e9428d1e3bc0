"""Spans of many posts at once: the texts of a group laid end to end, and offsets mapped as columns.

What an edit is, and how one span is mapped, is defined in `pipelines.text.edits`; this is the same for arrays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.text.edits import Edit, Placed, merge

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
SEPARATOR = "\0"  # between two texts, so that no edit of one touches an edit of the other


def bases(lengths: Sequence[int] | Ints) -> Ints:
    """Where each text starts when all are laid end to end; one more than there are texts.

    Text `i` is `[bases[i], bases[i + 1] - 1)`, as one separator follows each.
    """
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64) + 1, dtype=np.int64)])


@dataclass(frozen=True)
class EditColumns:
    """A normal list of edits as columns; a score that is no number is none."""

    starts: Ints
    ends: Ints
    after: Objects
    kind: Objects
    rule: Objects
    mention: Ints
    score: npt.NDArray[np.float64]

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> "EditColumns":
        """The columns of a list of edits."""
        starts, ends, after, kind, rule, mention, score = zip(*edits, strict=True) if edits else ((),) * 7
        first, last, number = (np.array(column, np.int64) for column in (starts, ends, mention))
        scores = np.array([np.nan if s is None else s for s in score], np.float64)
        return cls(first, last, objects(after), objects(kind), objects(rule), number, scores)

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: npt.NDArray[Any]) -> "EditColumns":
        """Some of the edits."""
        return EditColumns(*(column[rows] for column in self._columns()))

    def followed_by(self, other: "EditColumns") -> "EditColumns":
        """These edits, and then others."""
        return EditColumns(*map(np.concatenate, zip(self._columns(), other._columns(), strict=True)))

    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self.starts, self.ends, self.after, self.kind, self.rule, self.mention, self.score

    def edit(self, row: int) -> Edit:
        """One of the edits."""
        start, end, after, kind, rule, mention, score = (column[row] for column in self._columns())
        return Edit(int(start), int(end), after, kind, rule, int(mention), None if np.isnan(score) else float(score))

    @cached_property
    def growth(self) -> Ints:
        """By how much each edit makes the text longer."""
        return np.fromiter(map(len, self.after), np.int64, len(self)) - (self.ends - self.starts)

    @cached_property
    def out_ends(self) -> Ints:
        """Where each edit ends in the edited text."""
        return self.ends + np.cumsum(self.growth)

    @cached_property
    def out_starts(self) -> Ints:
        """Where each edit starts in the edited text."""
        return self.starts + np.cumsum(self.growth) - self.growth

    def apply(self, text: str) -> str:
        """The text after all edits."""
        parts = [""] * (2 * len(self) + 1)
        left = zip([0, *self.ends.tolist()], [*self.starts.tolist(), len(text)], strict=True)
        parts[::2] = [text[start:end] for start, end in left]
        parts[1::2] = self.after.tolist()
        return "".join(parts)

    def bases_in_output(self, base: Ints) -> Ints:
        """Where each text starts after the edits."""
        separators = base[1:]
        return np.concatenate([[0], self.to_output(separators - 1, separators)[1]])

    def to_output(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Spans in the edited text; see `pipelines.text.edits.Offsets`."""
        return _map(start, end, self.starts, self.ends, self.out_starts, self.out_ends)

    def to_input(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Spans in the text before the edits; see `pipelines.text.edits.Offsets`."""
        return _map(start, end, self.out_starts, self.out_ends, self.starts, self.ends)

    def near(self, start: Ints, end: Ints) -> npt.NDArray[np.bool_]:
        """Which spans of the text before the edits an edit touches."""
        return np.searchsorted(self.starts, end, side="right") > np.searchsorted(self.ends, start, side="left")

    def near_output(self, start: Ints, end: Ints) -> npt.NDArray[np.bool_]:
        """Which spans of the edited text an edit touches."""
        return np.searchsorted(self.out_starts, end, side="right") > np.searchsorted(self.out_ends, start, side="left")


class Written:
    """A text from which columns of strings are taken."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, start: Ints, end: Ints) -> pa.StringArray:
        """What stands at the spans."""
        bounds = np.column_stack([start, end]).ravel()
        if (np.diff(bounds) < 0).any():  # they overlap, or are in no order
            return pa.array([self.text[s:e] for s, e in zip(start.tolist(), end.tolist(), strict=True)], pa.string())
        data, longer = self._bytes
        offsets = np.append(bounds + np.searchsorted(longer, bounds, side="right"), len(data)).astype(np.int32)
        pieces = pa.StringArray.from_buffers(len(bounds), pa.py_buffer(offsets), pa.py_buffer(data))
        return pieces.take(pa.array(np.arange(0, len(bounds), 2)))

    @cached_property
    def _bytes(self) -> tuple[bytes, Ints]:
        """The text in UTF-8, and for each byte that goes on with a code point the number of the one behind that."""
        data = self.text.encode()
        further = np.flatnonzero((np.frombuffer(data, np.uint8) & 0xC0) == 0x80)
        return data, further - np.arange(len(further))


def objects(values: Iterable[object]) -> Objects:
    """Python values as a column."""
    listed = list(values)
    column = np.empty(len(listed), object)
    column[:] = listed
    return column


def compose(text: str, first: EditColumns, second: EditColumns) -> EditColumns:
    """The edits that do to `text` what `first` and then `second` (in offsets of first's output) do.

    Nearly all edits touch no other: they stay as they are. The others go through `pipelines.text.edits.merge`.
    """
    if not len(first) or not len(second):
        return second if len(second) else first
    edits = first.followed_by(second)
    stage = np.repeat([0, 1], [len(first), len(second)])
    start, end = np.concatenate([first.out_starts, second.starts]), np.concatenate([first.out_ends, second.ends])
    order = np.lexsort((end, stage, start < end, start))
    edits, stage, start, end = edits.take(order), stage[order], start[order], end[order]
    growth = np.where(stage == 0, edits.growth, 0)
    shift = np.cumsum(growth) - growth
    apart = np.concatenate([[True], start[1:] > np.maximum.accumulate(end)[:-1]])
    cluster = np.cumsum(apart) - 1
    alone = np.bincount(cluster)[cluster] == 1
    placed = EditColumns(start - shift, np.where(stage == 0, edits.ends, end - shift), *edits._columns()[2:])
    rows = np.flatnonzero(alone)
    columns = (column[rows].tolist() for column in (stage, placed.starts, placed.ends, placed.after))
    rows = rows[[not second or text[s:e] != after for second, s, e, after in zip(*columns, strict=True)]]
    merged: list[Edit] = []
    places: list[int] = []
    firsts = np.flatnonzero(apart)
    for number in np.unique(cluster[~alone]).tolist():
        members = range(firsts[number], firsts[number + 1] if number + 1 < len(firsts) else len(start))
        together = [Placed(int(start[m]), int(end[m]), int(stage[m]), edits.edit(m)) for m in members]
        merged += merge(text, together, int(shift[firsts[number]]))
        places += [number] * (len(merged) - len(places))
    everything = placed.take(rows).followed_by(EditColumns.of(merged))
    return everything.take(np.argsort(np.concatenate([cluster[rows], np.array(places, np.int64)]), kind="stable"))


def _map(start: Ints, end: Ints, starts: Ints, ends: Ints, to_starts: Ints, to_ends: Ints) -> tuple[Ints, Ints]:
    if not len(starts):
        return start, end
    before = np.searchsorted(ends, start, side="right") - 1
    mapped_start = start + np.where(before >= 0, (to_ends - ends)[before], 0)
    following = np.minimum(before + 1, len(starts) - 1)
    cuts = (before + 1 < len(starts)) & (starts[following] < start)
    mapped_start = np.where(cuts, to_starts[following], mapped_start)
    index = np.searchsorted(starts, end, side="left") - 1
    mapped_end = end + np.where(index >= 0, (to_ends - ends)[index], 0)
    mapped_end = np.where((index >= 0) & (ends[index] > end), to_ends[index], mapped_end)
    return mapped_start, np.where(start == end, mapped_start, mapped_end)
