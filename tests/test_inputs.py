"""Every group gets the readings of its own surfaces, in files whose names tell whether a row of them changed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import parquet
from pipelines.growing import read_rows
from pipelines.passes.context import NAME_SCHEMA
from pipelines.stages import inputs
from pipelines.stages.inputs import Inputs

SURFACES = st.lists(st.sampled_from(["Ivan", "Koba", "Ада", "Stalin", "É"]), max_size=5, unique=True)


def names(runs: list[tuple[str, str | None]]) -> pa.Table:
    rows = [
        dict.fromkeys(NAME_SCHEMA.names)
        | {"run": run, "start": 0, "score": 0.5, "is_full": True, "is_default": True, "label": label}
        for run, label in sorted(runs, key=lambda row: row[0])
    ]
    return pa.Table.from_pylist(rows, NAME_SCHEMA)


RUNS = st.lists(st.tuples(st.sampled_from(["Ivan", "Koba", "Ада", "Other"]), st.none() | st.text(max_size=3)))


@settings(deadline=None)
@given(RUNS, st.lists(SURFACES, min_size=1, max_size=3), st.integers(1, 4))
def test_each_group_has_the_rows_of_its_surfaces_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str, str | None]], groups: list[list[str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("spread")
    table = names(runs)
    files = {}
    for number, surfaces in enumerate(groups):
        files[str(number)] = folder / f"{number}.parquet"
        parquet.write(pa.table({"surface": pa.array(surfaces, pa.string())}), files[str(number)])
    found = []
    for rows in (size, 100):
        pq.write_table(table, folder / "names.parquet", row_group_size=rows)
        found.append(Inputs(folder / "inputs").spread(folder / "names.parquet", files))
    assert found[0] == found[1]
    for number, surfaces in enumerate(groups):
        expected = [row for row in table.to_pylist() if row["run"] in surfaces]
        assert read_rows(found[0][str(number)], NAME_SCHEMA).to_pylist() == expected


def test_a_changed_reading_gives_its_groups_other_files_and_no_others(tmp_path: Path) -> None:
    groups = {"a": ["Ivan", "Koba"], "b": ["Ивáн"], "c": ["Koba"]}
    files = {}
    for group, surfaces in groups.items():
        files[group] = tmp_path / f"{group}.parquet"
        parquet.write(pa.table({"surface": surfaces}), files[group])
    found = []
    for label in ("x", "y"):
        parquet.write(names([("Ivan", label), ("Koba", "z"), ("Ивáн", None)]), tmp_path / "names.parquet")
        found.append(Inputs(tmp_path / "inputs").spread(tmp_path / "names.parquet", files))
    assert [group for group in groups if found[0][group] != found[1][group]] == ["a"]


def test_many_surfaces_are_looked_up_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "SURFACES_AT_ONCE", 1)
    parquet.write(names([("Ivan", "x"), ("Ivan", "y"), ("Koba", "z")]), tmp_path / "names.parquet")
    files = {}
    for group in ("Koba", "Ivan"):
        files[group] = tmp_path / f"{group}.parquet"
        parquet.write(pa.table({"surface": [group]}), files[group])
    found = Inputs(tmp_path / "inputs").spread(tmp_path / "names.parquet", files)
    labels = {group: read_rows(file, NAME_SCHEMA)["label"].to_pylist() for group, file in found.items()}
    assert labels == {"Koba": ["z"], "Ivan": ["x", "y"]}


def test_files_that_are_not_used_are_swept(tmp_path: Path) -> None:
    kept = Inputs(tmp_path)
    old = kept.put(pa.table({"line": [1]}))
    kept.sweep()
    now = Inputs(tmp_path)
    new = now.put(pa.table({"line": [2]}))
    now.sweep()
    assert not old.exists()
    assert new.exists()
