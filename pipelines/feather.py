"""Tables that one stage leaves for a later one, in Arrow's own file format: several times as fast as Parquet.

What is published is written by `pipelines.parquet`.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc


def write(table: pa.Table, path: Path) -> None:
    """Write a table; equal tables give equal bytes."""
    options = ipc.IpcWriteOptions(compression="zstd", use_threads=False)  # the workers use all cores already
    with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table.combine_chunks())


def read(path: Path) -> pa.Table:
    """The rows of a file."""
    with pa.memory_map(str(path)) as source, ipc.open_file(source) as reader:
        return reader.read_all()
