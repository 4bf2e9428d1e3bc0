"""Whether the rows of a table pass its model, asked of Arrow columns.

pandera says so too, and which rows break what, but takes several times as long and wants a data frame. So it is asked
where something here does not pass, or where a model has a kind of check that this doesn't know.
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Column = Any  # a pa.ChunkedArray, which has no types
Check = Callable[..., Any]


def _matches(column: Column, pattern: str) -> Any:
    return pc.match_substring_regex(column, f"^(?:{pattern})")


def _length(column: Column, min_value: int | None, max_value: int | None, exact_value: int | None) -> Any:
    length = pc.utf8_length(column)
    least, most = (exact_value, exact_value) if exact_value is not None else (min_value, max_value)
    passes = pc.greater_equal(length, least or 0)
    return passes if most is None else pc.and_(passes, pc.less_equal(length, most))


def _least(column: Column, min_value: float) -> Any:
    return pc.greater_equal(column, min_value)


def _most(column: Column, max_value: float) -> Any:
    return pc.less_equal(column, max_value)


CHECKS: dict[str, Check] = {
    "str_matches": _matches,
    "str_length": _length,
    "greater_than_or_equal_to": _least,
    "less_than_or_equal_to": _most,
}


def passes(schema: Any, table: pa.Table) -> bool:
    """Whether every check of a pandera schema passes, of a table that has the schema's types already."""
    if schema.unique or schema.index is not None or schema.parsers:
        return False
    if schema.strict and table.schema.names != list(schema.columns):
        return False
    if not all(_column_passes(spec, table[name]) for name, spec in schema.columns.items()):
        return False
    return all(_rows_pass(check, table) for check in schema.checks)


def _column_passes(spec: Any, column: Column) -> bool:
    if spec.parsers or spec.regex or any(check.name not in CHECKS for check in spec.checks):
        return False
    if column.null_count and not spec.nullable:
        return False
    by_value = spec.unique or any(check.name == "str_matches" for check in spec.checks)  # to match takes longest
    values = pc.unique(column) if by_value else column
    if spec.unique and len(values) - values.null_count < len(column) - column.null_count:
        return False
    found = (CHECKS[check.name](values, **check.statistics) for check in spec.checks)
    return all(pc.all(one, min_count=0).as_py() for one in found)


def _rows_pass(check: Any, table: pa.Table) -> bool:
    """Whether every row passes a check of `schemas.fields.rows`; what is missing is for the columns' checks."""
    passes = check.statistics["passes"](*(table[name] for name in check.statistics["columns"]))
    return bool(pc.all(passes, min_count=0).as_py())
