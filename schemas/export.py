"""What is derived from the models: validated Arrow tables, Frictionless fields, the data dictionary.

No table is described a second time anywhere else.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.compute as pc

from schemas import check
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


def validated(name: str, columns: Mapping[str, Any] | pd.DataFrame | pa.Table) -> pa.Table:
    """The rows as an Arrow table that has passed the table's model, in its column order and types.

    Args:
        name: a table of `TABLES`.
        columns: column name to values; all columns of the model.

    Raises:
        InvalidTable: a column is missing or a row breaks a check.
    """
    table = typed(name, columns)
    if not check.passes(TABLES[name].model.to_schema(), table):
        try:
            TABLES[name].model.validate(_frame_of(TABLES[name], table.to_pandas()), lazy=True)
        except (pandera.errors.SchemaErrors, pandera.errors.SchemaError) as error:
            raise InvalidTable(_explain(name, error)) from None
    return table


def typed(name: str, columns: Mapping[str, Any] | pd.DataFrame | pa.Table) -> pa.Table:
    """The rows as an Arrow table in the model's column order and types, not yet checked.

    Raises:
        InvalidTable: a column is missing, or a value cannot be of its column's type.
    """
    spec = TABLES[name]
    if isinstance(columns, pa.Table):
        _refuse_missing(spec, columns.schema.names)
        extra = [column for column in columns.schema.names if column not in arrow_schema(name).names]
        schema = full_schema(name, tuple(extra))
        arrays = [_cast_array(name, columns[field.name], field) for field in schema]
        return pa.table(arrays, schema=schema)
    frame = _frame_of(spec, columns)
    extra = [column for column in frame.columns if column not in arrow_schema(name).names]
    schema = full_schema(name, tuple(extra))
    loose = pa.schema([field.with_nullable(True) for field in schema])  # what is missing is for the model to refuse
    rows = pa.Table.from_pandas(frame, preserve_index=False, schema=loose)
    return pa.Table.from_arrays(rows.columns, schema=schema)


@cache
def full_schema(name: str, extra: tuple[str, ...] = ()) -> pa.Schema:
    """The schema that a table is written with: further columns too, and what pandas and people are told of it."""
    described = {"description": "As the authority file gives it."}
    further = [pa.field(column, pa.string(), True, described) for column in extra]
    schema = pa.schema([*arrow_schema(name), *further])
    empty = _frame_of(TABLES[name], pd.DataFrame({column: pd.Series(dtype="object") for column in schema.names}))
    metadata = pa.Table.from_pandas(empty, preserve_index=False, schema=schema).schema.metadata
    return schema.with_metadata({**metadata, b"description": _title(TABLES[name].model)})


def _cast_array(table: str, values: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    if not pa.types.is_dictionary(field.type):
        return values if values.type == field.type else values.cast(field.type)
    allowed = TABLES[table].model.to_schema().columns[field.name].dtype.type.categories.tolist()
    plain = values.cast(pa.string()).combine_chunks()
    index = pc.index_in(plain, pa.array(allowed, pa.string()))
    strange = plain.filter(pc.and_(pc.is_null(index), pc.is_valid(plain)))
    if len(strange):
        raise InvalidTable(
            f"Table {table}, column {field.name}: {strange[0].as_py()!r} is none of {', '.join(allowed)}."
        )
    return pa.DictionaryArray.from_arrays(index.cast(pa.int8()), pa.array(allowed, pa.string()))


def _title(model: type[Table]) -> bytes:
    return (model.__doc__ or "").encode()


def _refuse_missing(spec: Spec, columns: Iterable[str]) -> None:
    given = set(columns)
    missing = [name for name in arrow_schema(spec.name).names if name not in given]
    if missing:
        raise InvalidTable(f"Table {spec.name} lacks the columns {', '.join(missing)}.")


def _frame_of(spec: Spec, columns: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    """The rows as a frame with the model's column order and types; further columns are text."""
    frame = pd.DataFrame(columns) if not isinstance(columns, pd.DataFrame) else columns
    schema = spec.model.to_schema().columns
    _refuse_missing(spec, frame.columns)
    extra = [name for name in frame.columns if name not in schema]
    cast = {column: _cast(spec.name, frame[column], part.dtype.type) for column, part in schema.items()}
    return pd.DataFrame(cast | {column: frame[column].astype("str") for column in extra})


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
