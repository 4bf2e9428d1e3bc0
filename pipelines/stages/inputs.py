"""What APPLY is given beside a group of posts: small tables in files that are named by their content.

The readings of all surfaces are far more than the memory should hold. They are gone through once, in blocks, and each
group's file gets the rows of its own surfaces. Equal rows give a file the same name, however they were cut into blocks,
so that a group is applied again only where a reading of one of its surfaces changed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import parquet, work
from pipelines.growing import Growing
from pipelines.passes.context import NAME_SCHEMA

SURFACES_AT_ONCE = 1_000_000
Rows = npt.NDArray[np.int64]


class Inputs:
    """Tables for workers, in a folder of files named by their content; what is no longer used is removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()
        self._empty: dict[bytes, Path] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, table: pa.Table) -> Path:
        """The file that holds the table; many have no rows, and are written once."""
        if table.num_rows:
            return self._put(table)
        kind = table.schema.serialize().to_pybytes()
        return self._empty.get(kind) or self._empty.setdefault(kind, self._put(table))

    def _put(self, table: pa.Table) -> Path:
        sink = pa.BufferOutputStream()
        parquet.write(table, sink)
        data = sink.getvalue().to_pybytes()
        file = self.folder / f"{work.digest(data)}.parquet"
        if file.name not in self.used and not file.exists():
            unfinished = file.with_suffix(".tmp")
            unfinished.write_bytes(data)
            unfinished.replace(file)
        self.used.add(file.name)
        return file

    def spread(self, names: Path, surfaces: Mapping[str, Path]) -> dict[str, Path]:
        """For each group the file with the readings of its surfaces.

        Args:
            names: file of `NAME_SCHEMA`, sorted by run.
            surfaces: group to the file of its distinct surfaces.
        """
        with pq.ParquetFile(names, memory_map=True) as file:
            wanted = _wanted(file, surfaces)
            files = {group: Growing.new(self.folder / f"{work.UNFINISHED}{group}") for group in surfaces}
            for number, first in enumerate(_firsts(file)):
                block = file.read_row_group(number, NAME_SCHEMA.names, use_threads=False)
                for group, rows in wanted.items():
                    mine = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + block.num_rows)]
                    if len(mine):
                        files[group].add(block.take(pa.array(mine - first)))
        finished = {group: growing.finish(self.folder) for group, growing in files.items()}
        self.used.update(file.name for file in finished.values())
        return finished

    def sweep(self) -> None:
        """Remove the files that this build has not used."""
        for file in self.folder.iterdir():
            if file.name not in self.used:
                file.unlink()


def _firsts(file: pq.ParquetFile) -> Iterator[int]:
    """The number of the first row of each block."""
    first = 0
    for number in range(file.num_row_groups):
        yield first
        first += file.metadata.row_group(number).num_rows


def _wanted(file: pq.ParquetFile, surfaces: Mapping[str, Path]) -> dict[str, Rows]:
    """The numbers of the rows that each group needs, in order: those of its surfaces."""
    ends = pc.run_end_encode(file.read(["run"], use_threads=False)["run"].combine_chunks(), run_end_type=pa.int64())
    runs, last = ends.values, ends.run_ends.to_numpy()
    first = np.concatenate([np.zeros(1, np.int64), last[:-1]])
    wanted: dict[str, Rows] = {}
    for some in _batches(surfaces):
        found = pc.index_in(pa.chunked_array([c for column in some.values() for c in column.chunks]), runs)
        start = 0
        for group, column in some.items():
            known = np.sort(found.slice(start, len(column)).drop_null().to_numpy())
            start += len(column)
            number = (last - first)[known]
            at = np.repeat(first[known] - np.cumsum(number) + number, number)
            wanted[group] = at + np.arange(len(at))
    return wanted


def _batches(surfaces: Mapping[str, Path]) -> Iterator[dict[str, pa.ChunkedArray]]:
    some: dict[str, pa.ChunkedArray] = {}
    for group, place in surfaces.items():
        some[group] = parquet.read(place, ["surface"])["surface"]
        if sum(map(len, some.values())) >= SURFACES_AT_ONCE:
            yield some
            some = {}
    if some:
        yield some
