"""Whether spans of texts are what tables say of them, asked of all rows at once as columns of bytes.

The answer is for a whole table: which of its rows are wrong is told by `pipelines.invariants`, where any is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Texts:
    """Texts laid end to end in UTF-8.

    Attributes:
        data: their bytes.
        longer: for each byte that goes on with a code point, the number of the code point behind it.
        base: the number of each text's first code point, and that of all code points.
    """

    data: Bytes
    longer: Ints
    base: Ints

    @classmethod
    def of(cls, texts: pa.ChunkedArray) -> "Texts":
        """The texts of a column; one that is missing is as one without letters."""
        data = _bytes(texts)
        further = np.flatnonzero((data & 0xC0) == 0x80)
        lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy().astype(np.int64)
        return cls(data, further - np.arange(len(further)), np.append(0, np.cumsum(lengths)))

    def at(self, point: Ints) -> Ints:
        """The bytes at which code points begin."""
        begins: Ints = point + np.searchsorted(self.longer, point, side="right")
        return begins

    def spans(self, text: Ints, start: Ints, end: Ints) -> "Spans | None":
        """Spans of code points in texts of these numbers; nothing if they are not in order, overlap or stick out."""
        if (text < 0).any():
            return None
        first, last = self.base[text] + start, self.base[text] + end
        is_inside = (start >= 0) & (start <= end) & (last <= self.base[text + 1])
        if not is_inside.all() or (first[1:] < last[:-1]).any():
            return None
        return Spans(self, text, self.at(first), self.at(last))


@dataclass(frozen=True)
class Spans:
    """Spans of texts in order, in bytes of all texts laid end to end; none overlap."""

    texts: Texts
    text: Ints
    start: Ints
    end: Ints

    def hold(self, values: pa.ChunkedArray) -> bool:
        """Whether just these values stand there."""
        if values.null_count:
            return False
        return bool(pa.chunked_array([self._pieces(1)]).equals(values.cast(pa.large_string())))

    def leave_same(self, other: "Spans") -> bool:
        """Whether these and other spans leave the same before, between and behind them in each text."""
        if not np.array_equal(self._gaps(), other._gaps()):
            return False
        return bool(self._pieces(0).equals(other._pieces(0)))

    def _pieces(self, first: int) -> pa.LargeStringArray:
        """What stands between the spans (0), before the first and behind the last, or in them (1)."""
        data = self.texts.data
        bounds = np.concatenate([[0], np.column_stack([self.start, self.end]).ravel(), [len(data)]])
        pieces = pa.LargeStringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(data))
        return pieces.take(pa.array(np.arange(first, len(pieces), 2)))

    def _gaps(self) -> Ints:
        """How many bytes are left before each span and, as there ends one, before each end of a text."""
        ends = self.texts.at(self.texts.base[1:])
        at = np.searchsorted(self.text, np.arange(len(ends)), side="right")
        start, end = np.insert(self.start, at, ends), np.insert(self.end, at, ends)
        return start - np.append(0, end[:-1])


def _bytes(values: pa.ChunkedArray) -> Bytes:
    """The values laid end to end."""
    column = values.combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # more than fits into one
        return np.concatenate([_bytes(pa.chunked_array([chunk])) for chunk in column.chunks])
    _, offsets, data = column.buffers()
    if not len(column) or data is None:
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[[column.offset, column.offset + len(column)]]
    return np.frombuffer(data, np.uint8)[int(ends[0]) : int(ends[1])]
