"""What APPLY is given beside a group of posts: small tables in files that are named by their content.

The readings of all surfaces are far more than the memory should hold. They are gone through once, in blocks, and each
group's file gets the rows that may hold there (`stages.readings`). Equal rows give a file the same name, however they
were cut into blocks, so that a group is applied again only where a reading that may hold there changed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import feather, work
from pipelines.growing import Growing
from pipelines.passes.context import GROUP_SCHEMA, NAME_SCHEMA
from pipelines.stages.readings import Readings


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
        feather.write_to(sink, table)
        data = sink.getvalue().to_pybytes()
        file = self.folder / f"{work.digest(data)}.arrow"
        if file.name not in self.used and not file.exists():
            unfinished = file.with_suffix(".tmp")
            unfinished.write_bytes(data)
            unfinished.replace(file)
        self.used.add(file.name)
        return file

    def spread(self, names: Path, surfaces: Mapping[str, Path], in_threads: Mapping[str, Path]) -> dict[str, Path]:
        """For each group the file with the readings of its surfaces, without bearers whom nothing names fully there.

        Args:
            names: file of `NAME_SCHEMA`, sorted by run.
            surfaces: group to the file of its distinct surfaces.
            in_threads: group to the file of the entities that are fully named in threads which go on elsewhere.
        """
        with pq.ParquetFile(names, memory_map=True) as file:
            readings = Readings.of(file)
            wanted = readings.wanted(surfaces, in_threads)
            files = {group: Growing.new(self.folder / f"{work.UNFINISHED}{group}") for group in surfaces}
            for number, first in enumerate(_firsts(file)):
                block = file.read_row_group(number, NAME_SCHEMA.names, use_threads=False)
                is_shared = readings.is_shared[first : first + block.num_rows]
                block = block.append_column(GROUP_SCHEMA.field("is_shared"), pa.array(is_shared))
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
