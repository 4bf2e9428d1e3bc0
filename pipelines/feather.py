"""Tables that one stage leaves for a later one, in Arrow's own file format: several times as fast as Parquet.

What is published is written by `pipelines.parquet`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc as ipc

OPTIONS = ipc.IpcWriteOptions(compression="lz4", use_threads=False)  # the workers use all cores already
"""With zstd, files are a third smaller, and take twice as long to write and to read."""


def write(table: pa.Table, path: Path, rows_at_once: int | None = None) -> None:
    """Write a table; equal tables give equal bytes.

    Args:
        table: The rows.
        path: The file.
        rows_at_once: How many of them `slices` is to give at a time: all if nothing is said.
    """
    with pa.OSFile(str(path), "wb") as sink:
        write_to(sink, table, rows_at_once)


def write_to(sink: pa.NativeFile, table: pa.Table, rows_at_once: int | None = None) -> None:
    """Write a table, as `write` does, where somebody else says."""
    with ipc.new_file(sink, table.schema, options=OPTIONS) as writer:
        writer.write_table(table.combine_chunks(), rows_at_once)


def write_columns(columns: Mapping[str, Any], schema: pa.Schema, path: Path) -> None:
    """Write columns of Python values under a schema."""
    write(pa.table({name: pa.array(columns[name], schema.field(name).type) for name in schema.names}, schema), path)


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a file, with all its columns or some of them."""
    with pa.memory_map(str(path)) as source:
        with ipc.open_file(source) as reader:
            if columns is None:
                return reader.read_all()
            fields = [reader.schema.get_field_index(name) for name in columns]
        with ipc.open_file(source, options=ipc.IpcReadOptions(included_fields=fields)) as reader:
            return reader.read_all()


def slices(path: Path) -> Iterator[pa.Table]:
    """The rows of a file, as many at a time as were written at once; at least one slice."""
    with pa.OSFile(str(path)) as source, ipc.open_file(source) as reader:
        yield reader.schema.empty_table()
        for number in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(number)])
