"""Spans of many posts at once: the texts of a group laid end to end, and offsets mapped as columns.

What an edit is, and how one span is mapped, is defined in `pipelines.text.edits`; this is the same for arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.text.edits import Edit

Ints = npt.NDArray[np.int64]
SEPARATOR = "\0"  # between two texts, so that no edit of one touches an edit of the other


def bases(lengths: Sequence[int] | Ints) -> Ints:
    """Where each text starts when all are laid end to end; one more than there are texts.

    Text `i` is `[bases[i], bases[i + 1] - 1)`, as one separator follows each.
    """
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64) + 1, dtype=np.int64)])


def slices(text: str, start: Ints, end: Ints) -> list[str]:
    """What stands in the text between each start and end."""
    return [text[s:e] for s, e in zip(start.tolist(), end.tolist(), strict=True)]


@dataclass(frozen=True)
class EditColumns:
    """The borders of edits on both sides."""

    starts: Ints
    ends: Ints
    out_starts: Ints
    out_ends: Ints

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> "EditColumns":
        """The borders of a normal list of edits."""
        starts = np.fromiter((e.start for e in edits), np.int64, len(edits))
        ends = np.fromiter((e.end for e in edits), np.int64, len(edits))
        lengths = np.fromiter((len(e.after) for e in edits), np.int64, len(edits))
        shift = np.cumsum(lengths - (ends - starts))
        return cls(starts, ends, starts + shift - (lengths - (ends - starts)), ends + shift)

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
