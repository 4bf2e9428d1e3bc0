"""What all parts count, added up a range of keys at a time, and told most mentions first.

So the table of a whole corpus is never held at once: finished ranges lie in files, and are read side by side. What the
rows are belongs to `out`.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet, work

ROWS_A_RANGE = 1 << 20
"""Rows of all parts that are added up at a time."""
ROWS_A_SLICE = 1 << 16
SAMPLED = 64
"""Of so many rows one is looked at to see where ranges may be cut."""
COUNTED = "n_mentions"
Numbers = npt.NDArray[np.int64]
Range = tuple[str | None, str | None]
"""The first key, and the first one behind; None for one that has no bound."""
Finish = Callable[[pa.Table], pa.Table]


def most_mentioned(
    files: Sequence[Path], by: list[str], counts: list[str], finish: Finish, scratch: Path
) -> Iterator[pa.Table]:
    """The finished rows in slices, at least one: most mentions first, otherwise in the order of their keys.

    Args:
        files: What the parts count: Arrow files with keys and counts.
        by: The keys; rows with the same first one are finished together.
        counts: What is added up.
        finish: What is made of rows that are added up and in the order of their keys.
        scratch: A folder for files that are needed meanwhile.
    """
    cuts = cut([feather.read(file, by[:1])[by[0]] for file in files])
    if len(cuts) == 1:
        yield by_mentions(finish(parquet.add_up(map(feather.read, files), by, counts)))
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=work.UNFINISHED, dir=scratch) as folder:
        kept, mentions = [], []
        for number, between in enumerate(cuts):
            some = (within(feather.read(file), by[0], between) for file in files)
            rows = by_mentions(finish(parquet.add_up(some, by, counts)))
            kept.append(Path(folder) / f"{number}.arrow")
            mentions.append(rows[COUNTED].to_numpy())
            feather.write(rows, kept[-1], ROWS_A_SLICE)
        yield from _side_by_side(kept, mentions)


def by_mentions(rows: pa.Table) -> pa.Table:
    """The rows, most mentions first, otherwise in the order that they have."""
    return rows.take(pa.array(np.argsort(-rows[COUNTED].to_numpy(), kind="stable")))


def cut(keys: Sequence[pa.ChunkedArray]) -> list[Range]:
    """Ranges of like size that hold all of these keys."""
    n_ranges = sum(map(len, keys)) // ROWS_A_RANGE + 1
    if n_ranges == 1:
        return [(None, None)]
    looked_at = (column.take(pa.array(np.arange(0, len(column), SAMPLED))) for column in keys)
    sample = sorted(value for column in looked_at for value in column.to_pylist())
    bounds = sorted({sample[len(sample) * number // n_ranges] for number in range(1, n_ranges)})
    return list(zip([None, *bounds], [*bounds, None], strict=True))


def within(rows: pa.Table, key: str, between: Range) -> pa.Table:
    """The rows whose key is in a range."""
    low, high = between
    if low is not None:
        rows = rows.filter(pc.greater_equal(rows[key], low))
    return rows if high is None else rows.filter(pc.less(rows[key], high))


def _side_by_side(files: Sequence[Path], mentions: Sequence[Numbers]) -> Iterator[pa.Table]:
    """The rows of sorted files in one order, in slices; of those mentioned as often the earlier files' come first."""
    of = np.repeat(np.arange(len(files)), [len(one) for one in mentions])
    of = of[np.argsort(-np.concatenate(mentions), kind="stable")]
    queues = [_Queue(file) for file in files]
    for start in range(0, len(of), ROWS_A_SLICE):
        some = of[start : start + ROWS_A_SLICE]
        wanted = np.bincount(some, minlength=len(files)).tolist()
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
