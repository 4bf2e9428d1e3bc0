"""What is derived from the models says what the models say, and every check of a model is seen failing."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.readers import REASONS
from schemas.export import InvalidTable, arrow_schema, data_dictionary, frictionless_fields, validated
from schemas.tables import TABLES

ROOT = Path(__file__).parents[2]
SOURCE = "s" + "0" * 12
POST = f"{SOURCE}-1"
ROWS: dict[str, dict[str, Any]] = {
    "sources": {"source_id": SOURCE, "path": "a.txt", "format": "text", "encoding": "utf-8", "size_bytes": 1}
    | {"sha256": "0" * 64, "n_posts": 1, "n_quarantined": 0, "status": "ingested"},
    "posts": {"post_id": POST, "source_id": SOURCE, "thread_id": SOURCE, "parent_id": None, "ordinal": 1}
    | {"kind": "answer", "title": None, "author": None, "created_at": None, "created_precision": None, "tags": None}
    | {"url": None, "score": None, "locator": "L1-L1", "text_raw": "a", "text": "a", "language": "en", "n_chars": 1}
    | {"n_words": 1},
    "sentences": {"sentence_id": f"{POST}-s1", "post_id": POST, "ordinal": 1, "start": 0, "end": 1, "text": "a"},
    "edits": {"post_id": POST, "ordinal": 1, "kind": "name", "rule": "name-fuzzy", "raw_start": 0, "raw_end": 1}
    | {"before": "a", "start": 0, "end": 1, "after": "b", "mention_id": f"{POST}-m1", "score": 0.9},
    "mentions": {"mention_id": f"{POST}-m1", "post_id": POST, "sentence_id": f"{POST}-s1", "start": 0, "end": 1}
    | {"raw_start": 0, "raw_end": 1, "surface": "a", "normalized": "b", "entity_id": "q", "kind": "person"}
    | {"method": "fuzzy", "score": 0.9, "status": "accepted"},
    "variants": {"surface": "a", "entity_id": "q", "kind": "person", "canonical": "b", "method": "fuzzy"}
    | {"score": 0.9, "status": "accepted", "explanation": "Because.", "n_mentions": 1, "n_posts": 1},
    "entities": {"entity_id": "q", "kind": "person", "name": "b", "native_name": None, "born": None, "died": None}
    | {"description": None, "in_authority": True, "n_mentions": 1, "n_posts": 1, "n_variants": 1},
    "quarantine": {"source_id": SOURCE, "path": "a.txt", "locator": "file", "reason": "empty-file", "detail": "Empty."}
    | {"payload": b""},
}


def frame(name: str, **changes: Any) -> pd.DataFrame:
    return pd.DataFrame([ROWS[name] | changes])


@pytest.mark.parametrize("name", TABLES)
def test_a_sound_row_passes_and_keeps_its_types(name: str) -> None:
    table = validated(name, frame(name))
    assert table.schema.names == list(ROWS[name])
    for field in table.schema:
        assert field.type == arrow_schema(name).field(field.name).type
        assert field.metadata[b"description"]


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_passes(name: str) -> None:
    assert validated(name, frame(name).iloc[:0]).num_rows == 0


@pytest.mark.parametrize(
    ("name", "changes", "column"),
    [
        ("sources", {"source_id": "x"}, "source_id"),
        ("sources", {"sha256": "x"}, "sha256"),
        ("sources", {"size_bytes": -1}, "size_bytes"),
        ("sources", {"n_posts": -1}, "n_posts"),
        ("sources", {"n_quarantined": -1}, "n_quarantined"),
        ("sources", {"status": "lost"}, "status"),
        ("sources", {"path": None}, "path"),
        ("posts", {"post_id": "x"}, "post_id"),
        ("posts", {"source_id": "x"}, "source_id"),
        ("posts", {"kind": "rant"}, "kind"),
        ("posts", {"language": "english"}, "language"),
        ("posts", {"n_chars": 2}, "n_chars is the length of text"),
        ("posts", {"n_words": -1}, "n_words"),
        ("posts", {"ordinal": None}, "ordinal"),
        ("posts", {"text": None}, "text"),
        ("sentences", {"sentence_id": POST}, "sentence_id"),
        ("sentences", {"end": 0}, "end is after start"),
        ("sentences", {"start": -1}, "start"),
        ("edits", {"kind": "whim"}, "kind"),
        ("edits", {"after": "a"}, "an edit changes something"),
        ("edits", {"mention_id": None}, "name edits, and only they, have a mention"),
        ("edits", {"kind": "spelling"}, "name edits, and only they, have a mention"),
        ("edits", {"score": 1.5}, "score"),
        ("edits", {"mention_id": "x"}, "mention_id"),
        ("mentions", {"mention_id": "x"}, "mention_id"),
        ("mentions", {"sentence_id": "x"}, "sentence_id"),
        ("mentions", {"end": 0}, "end is after start"),
        ("mentions", {"raw_end": 0}, "raw_end is after raw_start"),
        ("mentions", {"entity_id": ""}, "entity_id"),
        ("mentions", {"kind": "ship"}, "kind"),
        ("mentions", {"method": "guess"}, "method"),
        ("mentions", {"status": "maybe"}, "status"),
        ("mentions", {"score": 1.01}, "score"),
        ("variants", {"entity_id": ""}, "entity_id"),
        ("variants", {"n_mentions": -1}, "n_mentions"),
        ("entities", {"entity_id": None}, "entity_id"),
        ("entities", {"kind": "ship"}, "kind"),
        ("quarantine", {"reason": "Bad Luck"}, "reason"),
        ("quarantine", {"source_id": "x"}, "source_id"),
    ],
)
def test_every_check_is_seen_failing(name: str, changes: dict[str, Any], column: str) -> None:
    with pytest.raises(InvalidTable) as caught:
        validated(name, frame(name, **changes))
    assert name in str(caught.value)
    assert column in str(caught.value)


@pytest.mark.parametrize("name", [n for n, spec in TABLES.items() if len(spec.key) == 1])
def test_a_key_that_stands_twice_is_refused(name: str) -> None:
    with pytest.raises(InvalidTable, match=TABLES[name].key[0]):
        validated(name, pd.concat([frame(name)] * 2, ignore_index=True))


def test_a_missing_or_a_strange_column_is_refused() -> None:
    with pytest.raises(InvalidTable, match="lacks the columns score"):
        validated("mentions", frame("mentions").drop(columns="score"))
    with pytest.raises(InvalidTable, match="mood"):
        validated("mentions", frame("mentions", mood="good"))


def test_columns_of_an_authority_are_carried_through_to_entities() -> None:
    table = validated("entities", frame("entities", party="CPSU"))
    assert table["party"].to_pylist() == ["CPSU"]


def test_a_message_stays_short_when_every_row_fails() -> None:
    with pytest.raises(InvalidTable) as caught:
        validated("mentions", pd.concat([frame("mentions", score=2.0)] * 5000, ignore_index=True))
    assert len(str(caught.value)) < 10_000


def test_the_data_dictionary_in_docs_has_not_drifted() -> None:
    assert (ROOT / "docs" / "data_dictionary.md").read_text() == data_dictionary(REASONS), (
        "docs/data_dictionary.md is not what schemas/ says; write it anew: make docs"
    )


def test_frictionless_fields_name_every_column() -> None:
    for name in TABLES:
        assert [field["name"] for field in frictionless_fields(name)] == arrow_schema(name).names
    assert pa.types.is_dictionary(arrow_schema("mentions").field("status").type)
