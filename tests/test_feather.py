"""Tables between stages come back as they were, and equal tables have equal bytes."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import feather

TABLE = pa.table({"name": ["Хрущёв", None, ""], "n": [1, 2, 3], "score": [0.5, None, 1.0]})


@pytest.mark.parametrize("table", [TABLE, TABLE.slice(0, 0), TABLE.slice(1, 2)])
def test_a_table_comes_back(table: pa.Table, tmp_path: Path) -> None:
    feather.write(table, tmp_path / "a.arrow")
    assert feather.read(tmp_path / "a.arrow").equals(table)


def test_chunks_make_no_difference_to_the_bytes(tmp_path: Path) -> None:
    feather.write(TABLE, tmp_path / "a.arrow")
    feather.write(pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]), tmp_path / "b.arrow")
    assert (tmp_path / "a.arrow").read_bytes() == (tmp_path / "b.arrow").read_bytes()


def test_some_columns_are_read_alone_and_slices_are_the_whole(tmp_path: Path) -> None:
    names = {"surface": ["Krushchev", "Хрущёв", ""], "entity_id": ["p:a", None, "p:b"]}
    rows = pa.table({**names, "n_mentions": [3, 2, 1]})
    feather.write(rows, tmp_path / "rows.arrow", 2)
    assert feather.read(tmp_path / "rows.arrow", ["entity_id"]).equals(rows.select(["entity_id"]))
    slices = list(feather.slices(tmp_path / "rows.arrow"))
    assert [one.num_rows for one in slices] == [0, 2, 1]
    assert pa.concat_tables(slices).equals(rows)
