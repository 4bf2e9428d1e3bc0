"""Tables that are added up from all parts: right, and kept while what they are made of is the same."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import invariants, parquet
from pipelines.stages import counted, out, ranges, surfaces, verify
from pipelines.stages.places import Paths
from tests.builds import ROOT, inline, run_stages, write_seeds

WORDS = st.sampled_from(["", "a", "b", "Ж", "é"])
ROWS = st.lists(st.tuples(WORDS, st.sampled_from([0.5, 1.0, -2.0]), WORDS, st.integers(0, 9)))


@given(st.lists(ROWS, min_size=1, max_size=4), st.integers(0, 3), st.sampled_from([1, 1 << 62]))
def test_rows_of_the_same_keys_are_one_in_the_order_of_the_keys(
    parts: list[list[tuple[str, float, str, int]]], held: int, most: int
) -> None:
    types = {"surface": pa.string(), "score": pa.float64(), "kind": pa.string(), "n": pa.int64()}
    by = ["surface", "score", "kind"]
    schema = pa.schema(types)
    tables = [pa.Table.from_pylist([dict(zip(types, row, strict=True)) for row in rows], schema) for rows in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "ROWS_ADDED", held)
        patch.setattr(parquet, "MOST", most)
        found = parquet.add_up(tables, by, ["n"])
        loose = parquet.add_up(tables, by, ["n"], in_order=False)
    expected: dict[tuple[str, float, str], int] = {}
    for *keys, n in (row for rows in parts for row in rows):
        expected[*keys] = expected.get((*keys,), 0) + n
    order = sorted(expected, key=lambda keys: (keys[0].encode(), keys[1], keys[2].encode()))
    assert found.schema.equals(schema)
    assert [tuple(row.values()) for row in found.to_pylist()] == [(*keys, expected[keys]) for keys in order]
    assert loose.schema.equals(schema)
    assert sorted(map(str, loose.to_pylist())) == sorted(map(str, found.to_pylist()))


def test_what_is_missing_is_a_key_of_its_own_and_comes_last() -> None:
    table = pa.table({"surface": [None, "a", None], "n": [1, 2, 3]})
    assert parquet.add_up([table], ["surface"], ["n"]).to_pydict() == {"surface": ["a", None], "n": [2, 4]}
    table = pa.table({"surface": ["a"] * 4, "kind": [None, "b", None, "b"], "n": [1, 2, 4, 8]})
    found = parquet.add_up([table], ["surface", "kind"], ["n"]).to_pydict()
    assert found == {"surface": ["a", "a"], "kind": ["b", None], "n": [10, 5]}


@pytest.fixture
def built(tmp_path: Path) -> Paths:
    seeds = write_seeds(tmp_path / "seeds", {"a.txt": "Upvote:1\nKrushchev met Nikita Khrushchev in Moscow.\n"})
    paths = Paths(seeds, ROOT / "seeds" / "reference", tmp_path / "data")
    run_stages(paths)
    return paths


def made_again(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The whole tables that are made by counting once more."""
    made: list[str] = []
    write = counted.write_table

    def noting(paths: Paths, name: str, slices: Iterable[pd.DataFrame | pa.Table]) -> Any:
        made.append(name)
        return write(paths, name, slices)

    monkeypatch.setattr(counted, "write_table", noting)
    counted.variants_table(paths, inline)
    counted.entities_table(paths, inline)
    return made


def test_tables_are_kept_while_what_they_are_made_of_is_the_same(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built.read_manifest("variants")
    assert made_again(built, monkeypatch) == []
    assert built.read_manifest("variants") == before
    assert built.outdated() == ["report"]  # which was never made here


def test_a_table_that_was_damaged_is_made_again(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    file = out.whole_table(built, "variants")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert made_again(built, monkeypatch) == ["variants"]
    assert file.read_bytes() == whole


def test_tables_of_other_parts_are_made_again(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    built.write_manifest("parts", {"of": "others", "parts": built.read_manifest("parts")["parts"]})
    assert made_again(built, monkeypatch) == ["variants", "entities"]


def test_in_ranges_the_same_tables_are_made_and_what_is_missing_is_found(
    built: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: out.whole_table(built, name).read_bytes() for name in ("variants", "entities")}
    for name, number in (("ROWS_A_RANGE", 2), ("ROWS_A_SLICE", 1), ("SAMPLED", 1)):
        monkeypatch.setattr(ranges, name, number)
    built.write_manifest("parts", {"of": "others", "parts": built.read_manifest("parts")["parts"]})
    assert made_again(built, monkeypatch) == ["variants", "entities"]
    assert {name: out.whole_table(built, name).read_bytes() for name in before} == before
    assert not any(offences.number for offences in verify.all_offences(built, inline).values())

    variants = parquet.read(out.whole_table(built, "variants"))
    out.write_table(built, "variants", [variants.slice(1)])
    found = verify.all_offences(built, inline)
    assert [name for name, offences in found.items() if offences.number] == [invariants.COUNTS]
    assert found[invariants.COUNTS].first == (
        f"variants {variants['surface'][0]} / {variants['entity_id'][0]}: counts are not those of mentions.",
    )


def test_in_ranges_the_same_surfaces_are_merged(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def merged() -> list[bytes]:
        place = built.store.place("surfaces", surfaces.merge(built, inline)["surfaces"])
        return [(place / name).read_bytes() for name in ("surfaces.parquet", "words.parquet")]

    at_once = merged()
    for name, number in (("ROWS_A_RANGE", 2), ("SAMPLED", 1)):
        monkeypatch.setattr(ranges, name, number)
    shutil.rmtree(built.store.root / "surfaces")
    assert merged() == at_once
    assert len(list((built.store.root / "surfaces").iterdir())) > 4, "there were ranges"
