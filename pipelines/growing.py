"""Files of rows that come block by block; what such a file is named depends on its rows alone, not on the blocks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from pipelines import feather, work


@dataclass
class Growing:
    """A file that grows; nothing is open between two blocks, so that there may be thousands of them."""

    place: Path
    sums: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def new(cls, place: Path) -> "Growing":
        """A file without rows; what a killed build left in its place is removed."""
        place.unlink(missing_ok=True)
        place.touch()
        return cls(place)

    def add(self, rows: pa.Table) -> None:
        """Write some more rows."""
        batch = rows.combine_chunks().to_batches()[0]
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for part, data in enumerate(contents(column)):
                self.sums.setdefault(f"{name} {part}", hashlib.sha256()).update(data)
        with self.place.open("ab") as stream, ipc.new_stream(stream, batch.schema, options=feather.OPTIONS) as writer:
            writer.write_batch(batch)

    def finish(self, folder: Path) -> Path:
        """The finished file."""
        sums = (f"{name} {digest.hexdigest()}" for name, digest in sorted(self.sums.items()))
        file = folder / f"{work.digest(*sums)}.arrow"
        self.place.replace(file)
        return file


def contents(column: pa.Array) -> Sequence[bytes]:
    """The values of a column as bytes that add up to the same, wherever it is cut."""
    if pa.types.is_string(column.type):
        lengths = pc.fill_null(pc.binary_length(column), -1).to_numpy().tobytes()
        _, offsets, data = column.buffers()
        ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
        return lengths, data[int(ends[0]) : int(ends[-1])] if data else b""
    plain = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return (plain.to_numpy(zero_copy_only=False).tobytes(),)


def read_rows(file: Path, schema: pa.Schema) -> pa.Table:
    """The rows of a finished file."""
    batches: list[pa.RecordBatch] = []
    with pa.OSFile(str(file)) as stream:
        while stream.tell() < stream.size():
            with ipc.open_stream(stream) as reader:
                batches += reader
    return pa.Table.from_batches(batches, schema).combine_chunks()
