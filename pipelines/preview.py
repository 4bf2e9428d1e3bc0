"""What the Dagster UI shows of a table: its columns with descriptions, its row count, its first rows in Markdown."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from schemas.export import arrow_schema, type_name
from schemas.tables import TABLES

ROWS = 6
CELL = 80
INLINE = 1000
"""The UI shows Markdown of so many characters behind a link, in a window of its own; what is shorter in a column."""
INLINE_WIDTH = 44
"""How many characters that column is wide: a wider table is cut there."""


def description(name: str) -> str:
    """What one row of the table is."""
    return (TABLES[name].model.__doc__ or "").strip()


def column_schema(name: str) -> dict[str, Any]:
    """The columns of a table, for its definition."""
    columns = [
        dg.TableColumn(
            field.name,
            type=type_name(field.type),
            description=field.metadata[b"description"].decode(),
            constraints=dg.TableColumnConstraints(nullable=field.nullable, unique=TABLES[name].key == (field.name,)),
        )
        for field in arrow_schema(name)
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}


def table(name: str, files: list[Path]) -> dict[str, Any]:
    """Row count and first rows of a table that was made."""
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    filled = next((file for file in files if pq.read_metadata(file).num_rows), None)
    shown = pq.ParquetFile(filled).iter_batches(ROWS) if filled else iter(())
    return {
        "dagster_row_count": rows,
        "preview": dg.MetadataValue.md(markdown(turned(next((b.to_pylist() for b in shown), [])))),
    } | column_schema(name)


def listing(names: list[str]) -> Any:
    """The first names of a list, in Markdown."""
    more = [f"- and {len(names) - 50} more"] if len(names) > 50 else []
    return dg.MetadataValue.md(
        "\n".join([*(f"- `{name}`" for name in names[:50]), *more]).encode("utf-8", "backslashreplace").decode()
    )


def turned(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A line for each column, the rows beside each other: tables of many columns are wider than the UI's window."""
    names = rows[0] if rows else {}
    return [{"column": name} | {f"row {n}": row[name] for n, row in enumerate(rows, 1)} for name in names]


def markdown(rows: Sequence[Mapping[Any, Any]]) -> str:
    """Rows as a Markdown table; long cells are cut, and what could break the table is shown as text."""
    if not rows:
        return "No rows."
    cells = [[str(name) for name in rows[0]], *([_cell(value) for value in row.values()] for row in rows)]
    head, *lines = ["| " + " | ".join(line) + " |" for line in cells]
    width = sum(max(map(len, column)) + 2 for column in zip(*cells, strict=True))
    dashes = "-" * (INLINE if width > INLINE_WIDTH else 3)  # however many, they are one line
    return "\n".join([head, f"| {dashes} |" + " --- |" * (len(rows[0]) - 1), *lines])


def _cell(value: Any) -> str:
    value = round(value, 4) if isinstance(value, float) else value
    text = "" if value is None else " ".join(str(value).split())
    text = text if len(text) <= CELL else text[: CELL - 1] + "…"
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
