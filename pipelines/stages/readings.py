"""Which readings of the corpus may hold in a group, as numbers of rows.

A lone surname has a row for every bearer of the name in the corpus. Only those can be meant in a group whom a post of
it names fully, or a thread that it shares with other groups (`passes.context`); the others would grow with the square
of the text. What the rows say, and where they are written, belongs elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import feather
from pipelines.passes.context import names_fully

TEXTS_AT_ONCE = 1_000_000
NONE = -1
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Readings:
    """The readings of all surfaces, sorted by run: what tells where they may hold, of each row.

    `first` is the row at which each run starts, and the end. `bearer` is the number of the row's entity where that is
    one bearer of several somewhere, or NONE; `is_full` says that the name names it fully, `is_shared` that there are
    other readings of the name.
    """

    runs: pa.Array
    first: Rows
    bearers: pa.Array
    bearer: Numbers
    is_full: Flags
    is_default: Flags
    is_shared: Flags

    @classmethod
    def of(cls, file: pq.ParquetFile) -> "Readings":
        """What a file of `NAME_SCHEMA` says."""
        rows = file.read(["entity_id", "status", "is_full", "is_default"], use_threads=False)
        is_default = rows["is_default"].to_numpy()
        bearers = pc.unique(rows["entity_id"].filter(pa.array(~is_default)))
        bearer = pc.fill_null(pc.index_in(rows["entity_id"], bearers), NONE).to_numpy()
        is_full = is_default & names_fully(rows) & (bearer != NONE)
        is_shared = ~is_default | np.append(~is_default[1:], False)  # the default reading comes first
        del rows
        run = file.read(["run"], use_threads=False)["run"].combine_chunks()
        ends = pc.run_end_encode(run, run_end_type=pa.int64())
        first = np.append(0, ends.run_ends.to_numpy())
        return cls(ends.values, first, bearers, bearer, is_full, is_default, is_shared)

    def wanted(self, surfaces: Mapping[str, Path], in_threads: Mapping[str, Path]) -> dict[str, Rows]:
        """The numbers of the rows that each group needs, in order.

        Args:
            surfaces: group to the file of its distinct surfaces.
            in_threads: group to the file of the entities that are fully named in threads which go on elsewhere.
        """
        is_met = np.zeros(len(self.bearers) + 1, bool)  # that of NONE is never set
        wanted = {}
        elsewhere = _numbered({group: in_threads[group] for group in surfaces}, "entity_id", self.bearers)
        here = _numbered(surfaces, "surface", self.runs)
        for (group, known), (_, there) in zip(here, elsewhere, strict=True):
            rows = _ranges(self.first[known], self.first[known + 1])
            met = np.concatenate([self.bearer[rows[self.is_full[rows]]], there])
            is_met[met] = True
            wanted[group] = rows[self.is_default[rows] | is_met[self.bearer[rows]]]
            is_met[met] = False
        return wanted


def _numbered(files: Mapping[str, Path], column: str, values: pa.Array) -> Iterator[tuple[str, Rows]]:
    """Each group with the numbers of those of its file's texts that are among the values, in order."""
    for some in _batches(files, column):  # as the values are hashed anew each time
        found = pc.index_in(pa.chunked_array([c for texts in some.values() for c in texts.chunks], pa.string()), values)
        ends = accumulate(map(len, some.values()))
        for (group, texts), end in zip(some.items(), ends, strict=True):
            mine = found.slice(end - len(texts), len(texts)).drop_null()
            yield group, np.sort(mine.to_numpy())


def _ranges(first: Rows, behind: Rows) -> Rows:
    """The numbers from each first one to the one behind, one range after the other."""
    lengths = behind - first
    at = np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    return at + np.arange(len(at))


def _batches(files: Mapping[str, Path], column: str) -> Iterator[dict[str, pa.ChunkedArray]]:
    some: dict[str, pa.ChunkedArray] = {}
    for group, place in files.items():
        some[group] = feather.read(place, [column])[column]
        if sum(map(len, some.values())) >= TEXTS_AT_ONCE:
            yield some
            some = {}
    if some:
        yield some
