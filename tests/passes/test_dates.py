"""Dates keep the precision that their source gives."""

import pandas as pd
import pytest

from pipelines.passes.dates import parse_dates


@pytest.mark.parametrize(
    ("written", "stamp", "precision"),
    [
        ("1956", "1956-01-01T00:00:00Z", "year"),
        ("1956-02", "1956-02-01T00:00:00Z", "month"),
        ("1956-02-25", "1956-02-25T00:00:00Z", "day"),
        ("2012-07-30T18:21:09.433", "2012-07-30T18:21:09.433Z", "second"),
        ("2012-07-30T18:21:09+02:00", "2012-07-30T16:21:09Z", "second"),
        ("2012-07-30 18:21", "2012-07-30T18:21:00Z", "second"),
    ],
)
def test_dates_are_as_precise_as_written(written: str, stamp: str, precision: str) -> None:
    stamps, precisions = parse_dates([written])
    assert stamps[0] == pd.Timestamp(stamp)
    assert precisions.tolist() == [precision]


@pytest.mark.parametrize("written", [None, "", "last spring", "1956-13", "1956-02-30", "19560225x"])
def test_what_is_no_date_stays_empty(written: str | None) -> None:
    stamps, precisions = parse_dates([written])
    assert stamps.isna().all()
    assert pd.isna(precisions).all()
