"""How Parquet is written here: the same rows give the same bytes.

Bytes depend on chunk layout, row groups, compression and schema, so all of these are fixed in this one place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_A_GROUP = 131_072
ROWS_ADDED = 1_500_000
"""Rows that are held before they are added up: more than a range of keys has (`stages.ranges`)."""
MOST = 1 << 62
DELTA = ("start", "end", "raw_start", "raw_end", "ordinal", "n_mentions", "n_posts", "n_chars", "n_words")
SPLIT = ("score",)
REPEATED = (
    "source_id", "post_id", "thread_id", "parent_id", "format", "encoding", "kind", "language", "author", "tags",
    "created_precision", "rule", "before", "after", "method", "status", "reason",
)  # fmt: skip
"""Columns written as numbers of their distinct values. Of names and of ids that differ, too many do: these are a tenth
to a half larger that way, and take longer."""
IN_ORDER = ("source_id", "path", "post_id", "thread_id", "created_at", "sentence_id", "mention_id")
"""Columns whose least and largest value may tell a reader that a row group has none of the rows it wants."""
Numbers = npt.NDArray[np.int64]
LEVEL = 2
"""How hard zstd tries: at level 3 texts are a twentieth smaller and take 1.3 times as long to write; at level 1 they
are a twelfth larger and take three quarters of the time."""


def write(table: pa.Table, path: Path) -> None:
    """Write a table so that equal rows give equal bytes."""
    pq.write_table(table.combine_chunks(), path, row_group_size=ROWS_A_GROUP, **_how(table.schema))


def write_slices(slices: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write a table that comes in slices as `write` does, however it was cut."""
    held, rows, is_empty = [schema.empty_table()], 0, True
    with pq.ParquetWriter(path, schema, **_how(schema)) as writer:
        for one in slices:
            held.append(one)
            rows += one.num_rows
            while rows >= ROWS_A_GROUP:
                table = pa.concat_tables(held)
                writer.write_table(table.slice(0, ROWS_A_GROUP).combine_chunks(), ROWS_A_GROUP)
                held, rows, is_empty = [table.slice(ROWS_A_GROUP)], rows - ROWS_A_GROUP, False
        if rows or is_empty:
            writer.write_table(pa.concat_tables(held).combine_chunks(), ROWS_A_GROUP)


def _how(schema: pa.Schema) -> dict[str, Any]:
    """How the columns of a schema are encoded and compressed."""
    encodings = {name: "DELTA_BINARY_PACKED" for name in DELTA if _is(schema, name, pa.types.is_int64)}
    encodings |= {name: "BYTE_STREAM_SPLIT" for name in SPLIT if _is(schema, name, pa.types.is_float64)}
    return {
        "compression": "zstd", "compression_level": LEVEL, "column_encoding": encodings,
        "use_dictionary": [name for name in schema.names if name in REPEATED],
        "write_statistics": [name for name in schema.names if name in IN_ORDER],
    }  # fmt: skip


def _is(schema: pa.Schema, name: str, test: Any) -> bool:
    return name in schema.names and bool(test(schema.field(name).type))


def write_columns(columns: Mapping[str, Any], schema: pa.Schema, path: Path) -> None:
    """Write columns of Python values under a schema."""
    write(pa.table({name: pa.array(columns[name], schema.field(name).type) for name in schema.names}, schema), path)


def read(path: Path, columns: list[str] | None = None, coded: Iterable[str] = ()) -> pa.Table:
    """The rows of a file, or of a folder of part files; columns in `coded` as numbers of their distinct values."""
    if path.is_dir():
        return pq.read_table(path, columns=columns, partitioning=None)
    with pq.ParquetFile(
        path, memory_map=True, read_dictionary=list(coded)
    ) as file:  # half the time of `read_table`, which looks for data sets first
        return file.read(columns, use_threads=False)  # the workers use all cores already


def parts(table: Path) -> list[Path]:
    """The files of a table: a table in parts is a folder of them."""
    return sorted(table.glob("*.parquet")) if table.is_dir() else [table]


def slices(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a file, a row group at a time; at least one slice."""
    with pq.ParquetFile(path, memory_map=True) as file:
        yield file.schema_arrow.empty_table().select(columns or file.schema_arrow.names)
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns, use_threads=False)


def tally(files: Iterable[Path], columns: list[str]) -> Counter[tuple[Any, ...]]:
    """How often the values of some columns stand together in a table of several files."""
    found: Counter[tuple[Any, ...]] = Counter()
    for file in files:
        counts = read(file, columns).group_by(columns, use_threads=False).aggregate([([], "count_all")])
        values = zip(*(counts[name].to_pylist() for name in columns), strict=True)
        found.update(dict(zip(values, counts["count_all"].to_pylist(), strict=True)))
    return found


def n_rows(path: Path) -> int:
    """How many rows a file has, from what stands at its end."""
    number: int = pq.read_metadata(path).num_rows
    return number


def schema(path: Path) -> pa.Schema:
    """The columns of a file."""
    return pq.read_schema(path)


def add_up(tables: Iterable[pa.Table], by: list[str], counts: list[str], *, in_order: bool = True) -> pa.Table:
    """The rows of all tables, those with the same keys as one with its counts added up, in the order of the keys.

    No more is held at any time than twice the result and some of the tables. Where the order does not matter, that is
    told in a third of the time.
    """
    added = _added if in_order else _grouped
    held: list[pa.Table] = []
    rows = least = 0
    for table in tables:
        held.append(table.select([*by, *counts]))
        rows += table.num_rows
        if rows > max(ROWS_ADDED, 2 * least):
            held = [added(held, by, counts)]
            rows = least = held[0].num_rows
    return added(held, by, counts)


def _grouped(tables: list[pa.Table], by: list[str], counts: list[str]) -> pa.Table:
    groups = pa.concat_tables(tables).group_by(by, use_threads=False).aggregate([(name, "sum") for name in counts])
    return groups.select([*by, *(f"{name}_sum" for name in counts)]).rename_columns([*by, *counts])


def _added(tables: list[pa.Table], by: list[str], counts: list[str]) -> pa.Table:
    table = pa.concat_tables(tables)
    first, n_first = _ranked(table[by[0]])
    key, most = first, n_first  # no key is as large
    for name in by[1:]:
        code, number = _coded(table[name])
        if most * number > MOST:
            distinct, key = np.unique(key, return_inverse=True)
            most = len(distinct)
        key, most = key * number + code, most * number
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    added = table.select(by).take(pa.array(order[starts]))
    for name in counts:
        values = table[name].to_numpy()[order]
        added = added.append_column(name, pa.array(np.add.reduceat(values, starts) if len(starts) else values))
    return _sorted_within(added, by[1:], first[order[starts]]).combine_chunks()


def _sorted_within(table: pa.Table, by: list[str], first: Numbers) -> pa.Table:
    """Rows that are sorted by `first`, sorted by more columns where several have the same there: those are few."""
    is_next = np.diff(first) == 0
    shared = np.flatnonzero(np.append(is_next, False) | np.append(False, is_next))
    if not by or not len(shared):
        return table
    some = table.select(by).take(pa.array(shared))
    ranks = [_ranked(some[name])[0] for name in by]
    order = np.arange(table.num_rows)
    order[shared] = shared[np.lexsort((*reversed(ranks), first[shared]))]
    return table.take(pa.array(order))


def _coded(values: pa.ChunkedArray) -> tuple[Numbers, int]:
    """Each value as a number of its own, and how many numbers there are; what is missing has the last."""
    coded = values.combine_chunks().dictionary_encode()
    number = len(coded.dictionary)
    return pc.fill_null(coded.indices, number).to_numpy().astype(np.int64), number + 1


def _ranked(values: pa.ChunkedArray) -> tuple[Numbers, int]:
    """Each value's rank among the distinct ones, and how many ranks there are; what is missing comes last."""
    coded = values.combine_chunks().dictionary_encode()
    rank = np.empty(len(coded.dictionary) + 1, np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(coded.dictionary))
    rank[-1] = len(coded.dictionary)
    return rank[pc.fill_null(coded.indices, -1).to_numpy()], len(rank)
