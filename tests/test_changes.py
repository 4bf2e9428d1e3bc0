"""What changed between two releases."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines import changes, release
from pipelines.changes import Change
from tests.releases import part_of, written

Tables = dict[str, pa.Table]


@pytest.fixture(scope="module")
def few(dataset: Path) -> Tables:
    return part_of(dataset)


def published(tables: Tables, folder: Path, n_parts: int = 1) -> Path:
    return release.publish(folder / "data", written(tables, folder / "work", n_parts), {})


def replaced(table: pa.Table, column: str, row: int, value: object) -> pa.Table:
    """The table with one other value."""
    values = table[column].to_pylist()
    values[row] = value
    index = table.column_names.index(column)
    return table.set_column(index, table.schema.field(column), pa.array(values, table.schema.field(column).type))


def rows_of(found: list[Change]) -> dict[str, tuple[int | None, ...]]:
    """Added, removed and changed rows of the tables in which anything did."""
    told = {c.key: (c.n_added, c.n_removed, c.n_changed) for c in found if c.change == "rows"}
    return {name: numbers for name, numbers in told.items() if any(numbers)}


def named(found: list[Change], change: str) -> list[tuple[str, str | None, str | None]]:
    return [(c.key, c.before, c.after) for c in found if c.change == change]


def test_nothing_changed_between_equal_releases(few: Tables, tmp_path: Path) -> None:
    one, other = published(few, tmp_path / "a"), published(few, tmp_path / "b")
    found = changes.compare(one, other)
    assert rows_of(found) == {}
    assert {c.change for c in found} == {"rows"}


def test_the_same_rows_in_other_parts_are_no_change(
    few: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = published(few, tmp_path / "a")
    monkeypatch.setattr(release, "SINGLE_FILE_BYTES", 0)
    assert rows_of(changes.compare(one, published(few, tmp_path / "b", n_parts=3))) == {}


def test_of_the_first_release_everything_is_new(few: Tables, tmp_path: Path) -> None:
    build = published(few, tmp_path)
    found = changes.compare(None, build)
    assert rows_of(found) == {n: (t.num_rows, 0, 0) for n, t in few.items() if t.num_rows}
    assert "no release before it" in changes.text(found, None, build)


def test_rows_added_removed_and_changed_are_counted(few: Tables, tmp_path: Path) -> None:
    sentences = few["sentences"]
    more = {
        **few,
        "sentences": pa.concat_tables([
            replaced(sentences.slice(1), "text", 0, "Other words."),
            replaced(replaced(sentences.slice(0, 1), "sentence_id", 0, "new-1"), "text", 0, "New."),
            replaced(sentences.slice(0, 1), "sentence_id", 0, "new-2"),
        ]),
    }  # fmt: skip
    found = changes.compare(published(few, tmp_path / "a"), published(more, tmp_path / "b"))
    assert rows_of(found) == {"sentences": (2, 1, 1)}


def test_a_variant_that_moved_names_its_old_and_its_new_entity(few: Tables, tmp_path: Path) -> None:
    before = few["variants"].to_pylist()[0]
    moved = {**few, "variants": replaced(few["variants"], "entity_id", 0, "p:another")}
    found = changes.compare(published(few, tmp_path / "a"), published(moved, tmp_path / "b"))
    assert named(found, "variant moved") == [(before["surface"], before["entity_id"], "p:another")]
    assert named(found, "variant new") == named(found, "variant gone") == []


def test_a_surface_that_gains_a_second_entity_moved(few: Tables, tmp_path: Path) -> None:
    first = few["variants"].slice(0, 1)
    both = pa.concat_tables([few["variants"], replaced(first, "entity_id", 0, "z:second")])
    found = changes.compare(published(few, tmp_path / "a"), published({**few, "variants": both}, tmp_path / "b"))
    entity = first["entity_id"][0].as_py()
    assert named(found, "variant moved") == [(first["surface"][0].as_py(), entity, f"{entity}; z:second")]


def test_entities_new_gone_and_renamed(few: Tables, tmp_path: Path) -> None:
    entities = few["entities"]
    first, second, last = (entities.slice(row, 1).to_pylist()[0] for row in (0, 1, entities.num_rows - 1))
    other = replaced(
        replaced(entities.slice(0, entities.num_rows - 1), "name", 0, "Renamed"), "entity_id", 1, "new:one"
    )
    found = changes.compare(published(few, tmp_path / "a"), published({**few, "entities": other}, tmp_path / "b"))
    assert named(found, "entity renamed") == [(first["entity_id"], first["name"], "Renamed")]
    assert named(found, "entity new") == [("new:one", None, second["name"])]
    assert sorted(named(found, "entity gone")) == sorted(
        (gone["entity_id"], gone["name"], None) for gone in (second, last)
    )


def test_the_review_queue_grows_and_shrinks(few: Tables, tmp_path: Path) -> None:
    doubtful = {**few, "variants": replaced(few["variants"], "status", 0, "review")}
    settled = {**few, "variants": replaced(few["variants"], "status", 0, "accepted")}
    first = few["variants"].to_pylist()[0]
    one, other = published(settled, tmp_path / "a"), published(doubtful, tmp_path / "b")
    assert named(changes.compare(one, other), "review new") == [(first["surface"], None, first["entity_id"])]
    assert named(changes.compare(other, one), "review settled") == [(first["surface"], first["entity_id"], None)]


def test_the_most_frequent_come_first_whatever_the_order_of_rows(few: Tables, tmp_path: Path) -> None:
    none = {**few, "variants": few["variants"].slice(0, 0)}
    backwards = few["variants"].take(pa.array(range(few["variants"].num_rows - 1, -1, -1)))
    one = published(none, tmp_path / "a")
    found = changes.compare(one, published(few, tmp_path / "b"))
    turned = changes.compare(one, published({**few, "variants": backwards}, tmp_path / "c"))
    numbers = [c.n_after or 0 for c in found if c.change == "variant new"]
    assert numbers == sorted(numbers, reverse=True)
    assert [c for c in found if c.change != "rows"] == [c for c in turned if c.change != "rows"]


def test_publishing_tells_what_changed_beside_the_builds(few: Tables, tmp_path: Path) -> None:
    one = published(few, tmp_path)
    moved = {**few, "variants": replaced(few["variants"], "entity_id", 0, "p:another")}
    other = published(moved, tmp_path)
    table = pq.read_table(tmp_path / "data" / release.CHANGES_TABLE)
    assert set(table["release"].to_pylist()) == {other.name}
    assert set(table["release_before"].to_pylist()) == {one.name}
    assert pc.sum(pc.equal(table["change"], "variant moved")).as_py() == 1
    assert all(field.metadata[b"description"] for field in table.schema)
    text = (tmp_path / "data" / release.CHANGES_TEXT).read_text()
    assert f"Against the release before, `{one.name}`" in text
    assert "Variants that moved to another entity: 1" in text


def test_text_of_many_changes_is_cut_and_says_so(tmp_path: Path) -> None:
    many = [Change("entity new", f"p:{number:03}", None, "`x`\n| y", None, 1) for number in range(50)]
    text = changes.text(many, None, tmp_path)
    assert text.count("- `p:") == changes.SHOWN
    assert "- and 30 more" in text
    assert "`'x' | y`" in text
