"""Parquet: the same rows are the same bytes, however they come."""

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import parquet

SCHEMA = pa.schema([("surface", pa.string()), ("start", pa.int64()), ("score", pa.float64()), ("is_full", pa.bool_())])
SIZE = 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.integers(0, SIZE), max_size=4), st.integers(0, SIZE), st.integers(1, 2 * SIZE))
def test_a_table_in_slices_is_written_as_in_one_piece(tmp_path: Path, cuts: list[int], n_rows: int, group: int) -> None:
    numbers = range(n_rows)
    rows = pa.table([[f"Name {n % 3}" for n in numbers], list(numbers), [n / 3 for n in numbers],
                     [n % 2 > 0 for n in numbers]], schema=SCHEMA)  # fmt: skip
    bounds = [0, *sorted(min(cut, n_rows) for cut in cuts), n_rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "ROWS_A_GROUP", group)
        parquet.write(rows, tmp_path / "one.parquet")
        parquet.write_slices((rows.slice(a, b - a) for a, b in pairwise(bounds)), SCHEMA, tmp_path / "slices.parquet")
    assert (tmp_path / "slices.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()


def test_values_that_repeat_are_numbered_and_what_lies_in_order_has_its_range_told(tmp_path: Path) -> None:
    columns = {"post_id": ["a", "a", "b"], "surface": ["Ivan", "Koba", "Ivan"], "kind": ["person"] * 3}
    parquet.write(pa.table(columns), tmp_path / "mentions.parquet")
    group = pq.ParquetFile(tmp_path / "mentions.parquet").metadata.row_group(0)
    written = [group.column(number) for number in range(group.num_columns)]
    assert [column.has_dictionary_page for column in written] == [True, False, True]
    assert [column.is_stats_set for column in written] == [True, False, False]
    assert (written[0].statistics.min, written[0].statistics.max) == ("a", "b")
