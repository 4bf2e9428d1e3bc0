"""Every group gets the readings of its own surfaces, in files whose names tell whether a row of them changed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import feather, parquet
from pipelines.growing import read_rows
from pipelines.passes.context import GROUP_SCHEMA, NAME_SCHEMA
from pipelines.stages import readings
from pipelines.stages.core import IN_THREADS
from pipelines.stages.inputs import Inputs

SURFACES = st.lists(st.sampled_from(["Ivan", "Koba", "Ада", "Stalin", "É"]), max_size=5, unique=True)


def names(runs: list[tuple[str, str | None]]) -> pa.Table:
    rows = [
        dict.fromkeys(NAME_SCHEMA.names)
        | {
            "run": run,
            "entity_id": "Q1",
            "status": "review",
            "start": 0,
            "score": 0.5,
            "is_full": True,
            "is_default": True,
            "label": label,
        }
        for run, label in sorted(runs, key=lambda row: row[0])
    ]
    return pa.Table.from_pylist(rows, NAME_SCHEMA)


def spread(folder: Path, groups: dict[str, list[str]]) -> dict[str, Path]:
    """What each group of surfaces is given of the names in a folder."""
    files, in_threads = {}, folder / "threads.arrow"
    feather.write(IN_THREADS.empty_table(), in_threads)
    for group, surfaces in groups.items():
        files[group] = folder / f"{group}.arrow"
        feather.write(pa.table({"surface": pa.array(surfaces, pa.string())}), files[group])
    return Inputs(folder / "inputs").spread(folder / "names.parquet", files, dict.fromkeys(files, in_threads))


RUNS = st.lists(st.tuples(st.sampled_from(["Ivan", "Koba", "Ада", "Other"]), st.none() | st.text(max_size=3)))


@settings(deadline=None)
@given(RUNS, st.lists(SURFACES, min_size=1, max_size=3), st.integers(1, 4))
def test_each_group_has_the_rows_of_its_surfaces_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str, str | None]], groups: list[list[str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("spread")
    table = names(runs)
    found = []
    for rows in (size, 100):
        pq.write_table(table, folder / "names.parquet", row_group_size=rows)
        found.append(spread(folder, {str(number): surfaces for number, surfaces in enumerate(groups)}))
    assert found[0] == found[1]
    for number, surfaces in enumerate(groups):
        expected = [row | {"is_shared": False} for row in table.to_pylist() if row["run"] in surfaces]
        assert read_rows(found[0][str(number)], GROUP_SCHEMA).to_pylist() == expected


def test_a_changed_reading_gives_its_groups_other_files_and_no_others(tmp_path: Path) -> None:
    groups = {"a": ["Ivan", "Koba"], "b": ["Ивáн"], "c": ["Koba"]}
    found = []
    for label in ("x", "y"):
        parquet.write(names([("Ivan", label), ("Koba", "z"), ("Ивáн", None)]), tmp_path / "names.parquet")
        found.append(spread(tmp_path, groups))
    assert [group for group in groups if found[0][group] != found[1][group]] == ["a"]


def test_many_surfaces_are_looked_up_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "TEXTS_AT_ONCE", 1)
    parquet.write(names([("Ivan", "x"), ("Ivan", "y"), ("Koba", "z")]), tmp_path / "names.parquet")
    found = spread(tmp_path, {"Koba": ["Koba"], "Ivan": ["Ivan"]})
    labels = {group: read_rows(file, GROUP_SCHEMA)["label"].to_pylist() for group, file in found.items()}
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
