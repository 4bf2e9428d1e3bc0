"""Dates as sources give them → timestamps and how precise they are. A date is never made more precise than it is."""

import re
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from schemas.fields import DATE_PRECISIONS

ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?)?)?")


def parse_dates(values: Sequence[str | None]) -> tuple[pd.Series, pd.Categorical]:
    """Timestamps (UTC, ms) and precisions; empty where there is no date or it is none.

    Args:
        values: ISO 8601 dates, as precise as the source: `1956`, `1956-02`, `1956-02-25`, `1956-02-25T10:00:00Z`.
    """
    texts: list[str | None] = []
    precisions: list[str | None] = []
    for value in values:
        match = ISO.fullmatch(value.strip()) if value else None
        if match is None:
            texts.append(None)
            precisions.append(None)
            continue
        year, month, day, clock, zone = match.groups()
        precisions.append("second" if clock else "day" if day else "month" if month else "year")
        texts.append(f"{year}-{month or '01'}-{day or '01'}T{clock or '00:00'}{zone or 'Z'}")
    stamps = pd.to_datetime(pd.Series(texts, dtype="str"), utc=True, errors="coerce", format="ISO8601")
    known = [p if ok else None for p, ok in zip(precisions, stamps.notna().tolist(), strict=True)]
    return stamps.astype("datetime64[ms, UTC]"), pd.Categorical(known, categories=DATE_PRECISIONS)


def date_columns(values: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """The same as columns: timestamps, and precisions as text."""
    if values.null_count == len(values):
        return pa.nulls(len(values), pa.timestamp("ms", "UTC")), pa.nulls(len(values), pa.string())
    stamps, precisions = parse_dates(values.to_pylist())
    return pa.array(stamps, pa.timestamp("ms", "UTC")), pa.array(list(precisions), pa.string(), from_pandas=True)
