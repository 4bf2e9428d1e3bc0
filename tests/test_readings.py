"""A group gets no more readings than may hold there, and reads its names as if it had all of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import feather, parquet
from pipelines.growing import read_rows
from pipelines.passes.context import GROUP_SCHEMA, NAME_SCHEMA, Places, Readings, in_context
from pipelines.stages.core import IN_THREADS
from pipelines.stages.inputs import Inputs

Row = dict[str, Any]
PEOPLE = ["Q1", "Q2", "new:3", "new:4"]
FULL, LONE = [f"Ivan {person}" for person in PEOPLE], ["Petrov", "Petrova", "Sidorov"]
THREADS = ["t1", "t2", "t3"]


def row(run: str, entity: str, **values: Any) -> Row:
    plain: Row = {"run": run, "start": 0, "end": len(run), "surface": run, "entity_id": entity, "kind": "person"}
    plain |= {"canonical": run, "method": "exact", "score": 0.9, "status": "accepted", "explanation": run}
    return plain | {"is_full": False, "label": f"Ivan {entity}", "is_default": True} | values


@st.composite
def corpora(draw: st.DrawFn) -> list[Row]:
    """Readings by run: full names, some of them in doubt, and lone ones with any bearers."""
    rows = []
    for person, name in zip(PEOPLE, FULL, strict=True):
        rows.append(
            row(name, person, is_full=draw(st.booleans()), status=draw(st.sampled_from(["accepted", "review"])))
        )
    for name in LONE:
        score = draw(st.sampled_from([0.5, 0.97]))
        rows.append(row(name, draw(st.sampled_from([*PEOPLE, "new:5"])), score=score))
        for person in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
            rows.append(row(name, person, is_default=False, status="context"))
    return sorted(rows, key=lambda one: one["run"])


POSTS = st.lists(st.tuples(st.sampled_from(THREADS), st.lists(st.sampled_from([*FULL, *LONE]), max_size=4)), min_size=1)
ELSEWHERE = st.lists(st.tuples(st.sampled_from(THREADS), st.sampled_from(PEOPLE)), unique=True, max_size=3)


def read_as(rows: pa.Table, posts: Sequence[tuple[str, list[str]]], in_threads: Path) -> list[Row]:
    """The readings of the names of some posts, one after the other."""
    defaults = rows.filter(rows["is_default"])
    number = {run: at for at, run in enumerate(defaults["run"].to_pylist())}
    stands = [(number[run], post) for post, (_, runs) in enumerate(posts) for run in runs]
    name, post = np.array(stands, np.int64).reshape(-1, 2).T
    readings = Readings(defaults)
    places = Places(name, post, pa.chunked_array([[thread for thread, _ in posts]]))
    found = in_context(places, readings, rows, in_threads)
    told: list[Row] = readings.table().take(pa.array(found)).to_pylist()
    return told


@settings(deadline=None)
@given(corpora(), st.lists(st.tuples(POSTS, ELSEWHERE), min_size=1, max_size=2), st.integers(1, 5))
def test_what_a_group_is_not_given_would_not_be_read_there(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Row],
    groups: list[tuple[list[tuple[str, list[str]]], list[tuple[str, str]]]],
    size: int,
) -> None:
    folder = tmp_path_factory.mktemp("readings")
    table = pa.Table.from_pylist(rows, NAME_SCHEMA)
    pq.write_table(table, folder / "names.parquet", row_group_size=size)
    surfaces, in_threads = {}, {}
    for number, (posts, elsewhere) in enumerate(groups):
        group = str(number)
        surfaces[group], in_threads[group] = folder / f"{group}.arrow", folder / f"{group}-threads.arrow"
        used = sorted({run for _, runs in posts for run in runs})
        feather.write(pa.table({"surface": pa.array(used, pa.string())}), surfaces[group])
        columns = [list(column) for column in zip(*elsewhere, strict=True)] or [[], []]
        feather.write(pa.table(columns, schema=IN_THREADS), in_threads[group])
    found = Inputs(folder / "inputs").spread(folder / "names.parquet", surfaces, in_threads)
    bearers = {run: sum(one["run"] == run for one in rows) for run in [*FULL, *LONE]}
    for group, (posts, _) in zip(surfaces, groups, strict=True):
        used_here = {run for _, runs in posts for run in runs}
        everything = [one | {"is_shared": bearers[one["run"]] > 1} for one in rows if one["run"] in used_here]
        all_rows = pa.Table.from_pylist(everything, GROUP_SCHEMA)
        given_rows = read_rows(found[group], GROUP_SCHEMA)
        assert read_as(given_rows, posts, in_threads[group]) == read_as(all_rows, posts, in_threads[group])


def test_bearers_whom_nothing_there_names_fully_are_left_out(tmp_path: Path) -> None:
    rows = [row("Ivan Q1", "Q1", is_full=True), row("Ivan Q2", "Q2", is_full=True), row("Petrov", "Q1")]
    rows += [row("Petrov", person, is_default=False, status="context") for person in PEOPLE]
    parquet.write(pa.Table.from_pylist(rows, NAME_SCHEMA), tmp_path / "names.parquet")
    surfaces, in_threads = {}, {}
    for group, used, elsewhere in (("a", ["Ivan Q1", "Petrov"], []), ("b", ["Petrov"], ["new:3", "new:9"])):
        surfaces[group], in_threads[group] = tmp_path / f"{group}.arrow", tmp_path / f"{group}-threads.arrow"
        feather.write(pa.table({"surface": used}), surfaces[group])
        threads = pa.table([["t"] * len(elsewhere), pa.array(elsewhere, pa.string())], schema=IN_THREADS)
        feather.write(threads, in_threads[group])
    found = Inputs(tmp_path / "inputs").spread(tmp_path / "names.parquet", surfaces, in_threads)
    told = {group: read_rows(file, GROUP_SCHEMA) for group, file in found.items()}
    bearers = {
        group: [(one["run"], one["entity_id"], one["is_default"], one["is_shared"]) for one in table.to_pylist()]
        for group, table in told.items()
    }
    shared = ("Petrov", "Q1", True, True)
    assert bearers["a"] == [("Ivan Q1", "Q1", True, False), shared, ("Petrov", "Q1", False, True)]
    assert bearers["b"] == [shared, ("Petrov", "new:3", False, True)]
