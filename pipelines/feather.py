"""Tables that one stage leaves for a later one, in Arrow's own file format: several times as fast as Parquet.

What is published is written by `pipelines.parquet`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc


def write(table: pa.Table, path: Path, rows_at_once: int | None = None) -> None:
    """Write a table; equal tables give equal bytes.

    Args:
        table: The rows.
        path: The file.
        rows_at_once: How many of them `slices` is to give at a time: all if nothing is said.
    """
    options = ipc.IpcWriteOptions(compression="zstd", use_threads=False)  # the workers use all cores already
    with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table.combine_chunks(), rows_at_once)


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
