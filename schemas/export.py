"""What is derived from the models: validated Arrow tables, Frictionless fields, the data dictionary.

No table is described a second time anywhere else.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd
import pandera.errors
import pyarrow as pa

from schemas.tables import TABLES, Spec, Table

MAX_FAILURES = 20


class InvalidTable(ValueError):
    """Rows that break the table's model; the message names the column, the check and the first few values."""


@cache
def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of a table, each field with its description."""
    columns = TABLES[name].model.to_schema().columns
    return pa.schema(
        [
            pa.field(column, _arrow_type(spec.dtype.type), bool(spec.nullable), {"description": spec.description})
            for column, spec in columns.items()
        ]
    )


def _arrow_type(dtype: Any) -> pa.DataType:
    if isinstance(dtype, pd.CategoricalDtype):
        return pa.dictionary(pa.int8(), pa.string())
    if isinstance(dtype, pd.DatetimeTZDtype):
        return pa.timestamp("ms", "UTC")
    if isinstance(dtype, pd.Int64Dtype):
        return pa.int64()
    kinds = {"f": pa.float64(), "b": pa.bool_(), "O": pa.binary()}
    return kinds.get(getattr(dtype, "kind", ""), pa.string()) if not _is_text(dtype) else pa.string()


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.StringDtype) or dtype is str or str(dtype) in ("str", "string")


def validated(name: str, columns: Mapping[str, Any] | pd.DataFrame) -> pa.Table:
    """The rows as an Arrow table that has passed the table's model, in its column order and types.

    Args:
        name: a table of `TABLES`.
        columns: column name to values; all columns of the model.

    Raises:
        InvalidTable: a column is missing or a row breaks a check.
    """
    frame = _typed(TABLES[name], columns)
    if not _passes(TABLES[name].model.to_schema(), frame):
        try:
            TABLES[name].model.validate(frame, lazy=True)
        except (pandera.errors.SchemaErrors, pandera.errors.SchemaError) as error:
            raise InvalidTable(_explain(name, error)) from None
    schema = arrow_schema(name)
    described = {"description": "As the authority file gives it."}
    extra = [pa.field(c, pa.string(), True, described) for c in frame.columns if c not in schema.names]
    full = pa.schema([*schema, *extra])
    table = pa.Table.from_pandas(frame, preserve_index=False, schema=full)
    return table.replace_schema_metadata({**(table.schema.metadata or {}), b"description": _title(TABLES[name].model)})


def _passes(schema: Any, frame: pd.DataFrame) -> bool:
    """Whether every check of the model passes, of a frame that has its columns and types already.

    The model itself says so too, and which rows break what, but takes several times as long; it is asked where this
    finds anything, or a kind of check that this doesn't know.
    """
    if schema.unique or schema.index is not None or schema.parsers:
        return False
    if schema.strict and list(frame.columns) != list(schema.columns):
        return False
    for name, column in schema.columns.items():
        values = frame[name]
        if column.parsers or column.regex or (column.unique and not values.is_unique):
            return False
        present = values.dropna()
        if len(present) < len(values) and not column.nullable:
            return False
        if not all(check(present).check_passed for check in column.checks):
            return False
    return all(check(frame).check_passed for check in schema.checks)


def _title(model: type[Table]) -> bytes:
    return (model.__doc__ or "").encode()


def _typed(spec: Spec, columns: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(columns) if not isinstance(columns, pd.DataFrame) else columns
    schema = spec.model.to_schema().columns
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise InvalidTable(f"Table {spec.name} lacks the columns {', '.join(missing)}.")
    extra = [name for name in frame.columns if name not in schema]
    typed = {column: _cast(spec.name, frame[column], part.dtype.type) for column, part in schema.items()}
    return pd.DataFrame(typed | {column: frame[column].astype("str") for column in extra})


def _cast(table: str, values: pd.Series, dtype: Any) -> pd.Series:
    if isinstance(dtype, pd.CategoricalDtype):
        strange = [value for value in values.dropna().unique() if value not in dtype.categories]
        if strange:
            allowed = ", ".join(dtype.categories)
            raise InvalidTable(f"Table {table}, column {values.name}: {strange[0]!r} is none of {allowed}.")
    try:
        return values if dtype == "object" else values.astype(_pandas_type(dtype))
    except (TypeError, ValueError) as error:
        raise InvalidTable(f"Table {table}, column {values.name}: {error}") from error


def _pandas_type(dtype: Any) -> Any:
    return "str" if _is_text(dtype) else dtype


def _explain(name: str, error: pandera.errors.SchemaErrors | pandera.errors.SchemaError) -> str:
    cases = error.failure_cases
    if not isinstance(cases, pd.DataFrame):
        return f"Table {name}: {error}"
    rows = [
        f"  column {row['column']}, check {row['check']}: {str(row['failure_case'])[:120]!r} (row {row['index']})"
        for row in cases.head(MAX_FAILURES).to_dict("records")
    ]
    more = f"\n  and {len(cases) - MAX_FAILURES} more" if len(cases) > MAX_FAILURES else ""
    return f"Table {name} breaks its schema in {len(cases)} places:\n" + "\n".join(rows) + more


def data_dictionary(reasons: Mapping[str, str]) -> str:
    """The data dictionary in Markdown: every table, column, type and meaning, and the quarantine's codes."""
    parts = ["# Data dictionary\n", "Generated from `schemas/`; edit the models there.\n"]
    for spec in TABLES.values():
        parts.append(f"## `{spec.name}`\n\n{(spec.model.__doc__ or '').strip()}\n")
        parts.append(f"Key: {', '.join(f'`{k}`' for k in spec.key)}. Ordered by {', '.join(spec.order)}.\n")
        parts.append("| column | type | empty | meaning |\n| --- | --- | --- | --- |")
        for field in arrow_schema(spec.name):
            meaning = field.metadata[b"description"].decode()
            parts.append(
                f"| `{field.name}` | {type_name(field.type)} | {'yes' if field.nullable else 'no'} | {meaning} |"
            )
        parts.append("")
    parts.append("## Quarantine reasons\n\n| code | meaning |\n| --- | --- |")
    parts.extend(f"| `{code}` | {meaning} |" for code, meaning in reasons.items())
    return "\n".join(parts) + "\n"


def type_name(dtype: pa.DataType) -> str:
    """The type in a word that readers of a data dictionary know."""
    if pa.types.is_dictionary(dtype):
        return "category"
    names = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean", "binary": "bytes"}
    return names.get(str(dtype), "timestamp" if pa.types.is_timestamp(dtype) else str(dtype))


def frictionless_fields(name: str) -> list[dict[str, str]]:
    """The fields of a table in the terms of a Frictionless Table Schema."""
    types = {"category": "string", "bytes": "any", "timestamp": "datetime"}
    return [
        {
            "name": field.name,
            "type": types.get(type_name(field.type), type_name(field.type)),
            "description": field.metadata[b"description"].decode(),
        }
        for field in arrow_schema(name)
    ]
