"""What all parts count, added up a range of keys at a time, and told most mentions first.

So the table of a whole corpus is never held at once: workers fold ranges into files, which are read side by side. What
the rows are belongs to `out`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet

ROWS_A_RANGE = 1 << 20
"""Rows of all parts that are added up at a time."""
ROWS_A_SLICE = 1 << 16
BYTES_A_BYTE = 8
"""So much faster is a byte of counts added up than one of text goes through a pass."""
SAMPLED = 64
"""Of so many rows one is looked at to see where ranges may be cut."""
COUNTED = "n_mentions"
Numbers = npt.NDArray[np.int64]
Range = tuple[str | None, str | None]
"""The first key, and the first one behind; None for one that has no bound."""
Finish = Callable[[pa.Table], pa.Table]


def fold(files: Iterable[Path], by: list[str], counts: list[str], finish: Finish, between: Range, folded: Path) -> None:
    """Write the finished rows of a range of keys: most mentions first, otherwise in the order of their keys.

    Args:
        files: What the parts count: Arrow files with keys and counts.
        by: The keys; rows with the same first one are finished together.
        counts: What is added up.
        finish: What is made of rows that are added up and in the order of their keys.
        between: The range of the first key.
        folded: The file that is written.
    """
    some = (within(feather.read(file), by[0], between) for file in files)
    rows = finish(parquet.add_up(some, by, counts))
    most = np.argsort(-rows[COUNTED].to_numpy(), kind="stable")
    feather.write(rows.take(pa.array(most)), folded, ROWS_A_SLICE)


def cut(keys: Sequence[pa.ChunkedArray]) -> list[Range]:
    """Ranges of like size that hold all of these keys."""
    n_ranges = sum(map(len, keys)) // ROWS_A_RANGE + 1
    if n_ranges == 1:
        return [(None, None)]
    looked_at = (column.take(pa.array(np.arange(0, len(column), SAMPLED))) for column in keys)
    sample = sorted(value for column in looked_at for value in column.to_pylist())
    bounds = sorted({sample[len(sample) * number // n_ranges] for number in range(1, n_ranges)})
    return list(zip([None, *bounds], [*bounds, None], strict=True))


def size(files: Iterable[Path]) -> int:
    """The bytes of text that are as much work as adding up these counts."""
    return sum(file.stat().st_size for file in files) // BYTES_A_BYTE


def within(rows: pa.Table, key: str, between: Range) -> pa.Table:
    """The rows whose key is in a range."""
    low, high = between
    if low is not None:
        rows = rows.filter(pc.greater_equal(rows[key], low))
    return rows if high is None else rows.filter(pc.less(rows[key], high))


def read_within(file: Path, key: str, between: Range, columns: list[str] | None = None) -> pa.Table:
    """The rows of a Parquet file whose key is in a range; no more of the others is held than a row group."""
    return pa.concat_tables(within(some, key, between) for some in parquet.slices(file, columns))


def most_mentioned(folded: Sequence[Path]) -> Iterator[pa.Table]:
    """The rows of folded ranges in slices, at least one: most mentions first, then in the order of the ranges."""
    mentions = [feather.read(file, [COUNTED])[COUNTED].to_numpy() for file in folded]
    of = np.repeat(np.arange(len(folded)), [len(one) for one in mentions])
    of = of[np.argsort(-np.concatenate(mentions), kind="stable")]
    queues = [_Queue(file) for file in folded]
    yield queues[0].take(0)
    for start in range(0, len(of), ROWS_A_SLICE):
        some = of[start : start + ROWS_A_SLICE]
        wanted = np.bincount(some, minlength=len(folded)).tolist()
        rows = pa.concat_tables([queue.take(number) for queue, number in zip(queues, wanted, strict=True)])
        place = np.empty(len(some), np.int64)
        place[np.argsort(some, kind="stable")] = np.arange(len(some))
        yield rows.take(pa.array(place))


class _Queue:
    """The rows of a file, taken one after the other; no more are held than are left of what was read last."""

    def __init__(self, file: Path) -> None:
        self._slices = feather.slices(file)
        self._left = next(self._slices)

    def take(self, number: int) -> pa.Table:
        """The next rows."""
        while self._left.num_rows < number:
            self._left = pa.concat_tables([self._left, next(self._slices)])
        taken, self._left = self._left.slice(0, number), self._left.slice(number)
        return taken
