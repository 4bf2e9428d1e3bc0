"""Every invariant holds on a sound dataset and is seen failing on a broken one."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

from pipelines import invariants
from pipelines.invariants import COUNTS, DOUBT, INVARIANTS, KEYS, LOST, SHOWN, SLICES, UNDO, Offences, offences

Tables = dict[str, pd.DataFrame]
SOURCE = "s" + "0" * 12
POST, SENTENCE, MENTION = f"{SOURCE}-1", f"{SOURCE}-1-s1", f"{SOURCE}-1-m1"


def sound() -> Tables:
    raw, text = "Krushchev  spoke.", "Khrushchev spoke."
    mention = {"mention_id": MENTION, "post_id": POST, "sentence_id": SENTENCE, "start": 0, "end": 10}
    mention |= {"raw_start": 0, "raw_end": 9, "surface": "Krushchev", "normalized": "Khrushchev", "entity_id": "k"}
    spelling = {"post_id": POST, "raw_start": 0, "raw_end": 9, "before": "Krushchev", "start": 0, "end": 10}
    blank = {"post_id": POST, "raw_start": 9, "raw_end": 10, "before": " ", "start": 10, "end": 10, "after": ""}
    counts = {"n_mentions": 1, "n_posts": 1}
    return {
        "posts": pd.DataFrame(
            [{"post_id": POST, "parent_id": None, "source_id": SOURCE, "text_raw": raw, "text": text}]
        ),
        "sentences": pd.DataFrame(
            [{"sentence_id": SENTENCE, "post_id": POST, "start": 0, "end": len(text), "text": text}]
        ),
        "edits": pd.DataFrame(
            [spelling | {"after": "Khrushchev", "mention_id": MENTION}, blank | {"mention_id": None}]
        ),
        "mentions": pd.DataFrame([mention | {"status": "accepted"}]),
        "sources": pd.DataFrame([{"source_id": SOURCE, "path": "a.txt", "n_posts": 1, "n_quarantined": 1}]),
        "quarantine": pd.DataFrame([{"source_id": SOURCE}]),
        "variants": pd.DataFrame([{"surface": "Krushchev", "entity_id": "k", **counts}]),
        "entities": pd.DataFrame([{"entity_id": "k", **counts}]),
    }


def as_read(name: str, frame: pd.DataFrame) -> pa.Table:
    """The rows as they are read from a file: some columns as numbers of their distinct values."""
    types = {column: pa.int64() if pd.api.types.is_integer_dtype(frame[column]) else pa.string() for column in frame}
    types |= {column: pa.dictionary(pa.int32(), pa.string()) for column in invariants.CODED.get(name, ())}
    return pa.Table.from_pandas(frame, pa.schema(types), preserve_index=False)


def broken_by(frames: Tables) -> set[str]:
    tables = {name: as_read(name, frame) for name, frame in frames.items()}
    found = dict.fromkeys(INVARIANTS, Offences())
    counted = invariants.count(tables["mentions"])
    for part in (
        invariants.check_part(tables),
        invariants.check_records(tables["sources"], tables["quarantine"], tables["posts"], ["a.txt"]),
        invariants.check_variants(tables["variants"], counted["variants"]),
        invariants.check_entities(tables["entities"], counted["entities"], tables["variants"]["entity_id"]),
    ):
        for name, offence in part.items():
            found[name] += offence
    return {name for name, offence in found.items() if offence.number}


def test_a_sound_dataset_breaks_nothing() -> None:
    assert broken_by(sound()) == set()


def put(table: str, column: str, value: object) -> Callable[[Tables], object]:
    def change(tables: Tables) -> None:
        tables[table].loc[0, column] = value

    return change


def drop(table: str) -> Callable[[Tables], object]:
    def change(tables: Tables) -> None:
        tables[table] = tables[table].iloc[1:].reset_index(drop=True)

    return change


def double(table: str) -> Callable[[Tables], object]:
    def change(tables: Tables) -> None:
        tables[table] = pd.concat([tables[table]] * 2, ignore_index=True)

    return change


@pytest.mark.parametrize(
    ("invariant", "change"),
    [
        (LOST, put("sources", "path", "b.txt")),
        (LOST, put("sources", "n_posts", 2)),
        (LOST, drop("quarantine")),
        (LOST, drop("posts")),
        (UNDO, put("edits", "after", "Khruschev")),
        (UNDO, put("edits", "raw_end", 8)),
        (UNDO, put("posts", "text", "Khrushchev spake.")),
        (UNDO, put("posts", "text_raw", "Krushchev  spake.")),
        (UNDO, drop("edits")),
        (UNDO, double("edits")),
        (SLICES, put("mentions", "normalized", "Khruschev")),
        (SLICES, put("mentions", "raw_start", 1)),
        (SLICES, put("sentences", "end", 3)),
        (SLICES, double("sentences")),
        (KEYS, put("sentences", "post_id", "nobody")),
        (KEYS, put("mentions", "sentence_id", "nowhere")),
        (KEYS, put("edits", "mention_id", "none")),
        (KEYS, put("mentions", "entity_id", "nobody")),
        (KEYS, put("posts", "parent_id", "nobody")),
        (KEYS, put("posts", "source_id", "nowhere")),
        (KEYS, put("quarantine", "source_id", "nowhere")),
        (KEYS, put("variants", "entity_id", "nobody")),
        (KEYS, double("posts")),
        (KEYS, double("mentions")),
        (KEYS, put("mentions", "mention_id", f"{SOURCE}-2-m1")),
        (COUNTS, put("variants", "n_mentions", 2)),
        (COUNTS, put("variants", "surface", "Khruschev")),
        (COUNTS, put("entities", "n_posts", 0)),
        (DOUBT, put("mentions", "status", "review")),
    ],
)
def test_every_invariant_is_seen_failing(invariant: str, change: Callable[[Tables], object]) -> None:
    tables = sound()
    change(tables)
    assert invariant in broken_by(tables)


def test_offences_are_counted_whole_and_shown_in_part() -> None:
    found = offences(f"row {n}" for n in range(100)) + offences(["another"])
    assert found.number == 101
    assert len(found.first) == SHOWN
