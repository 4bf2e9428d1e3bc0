"""Decisions by hand win over every rule, for one post or everywhere, and say whether they matched."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.names.context import Reading
from pipelines.passes.context import READING_SCHEMA, Readings
from pipelines.passes.decisions import decide_by_hand
from pipelines.passes.names import Mentions
from pipelines.passes.spans import SEPARATOR, bases

TEXTS = ["Koba and Stalin met.", "Stalin alone, then Adolf Hitler."]
RULE = Reading("stalin", "person", "Stalin", "exact", 0.9, "accepted", "By rule.", True, "Joseph Stalin")
POSTS = ["p1", "p2"]
AS_WRITTEN = ["Stalin", "Sta\u00adlin", "Adolf Hitler"]


def mentions() -> Mentions:
    whole = SEPARATOR.join(TEXTS)
    spans = [(0, "Stalin", 0), (1, "Stalin", 1), (1, "Adolf Hitler", 1)]
    starts = [whole.index(name, 20 * at) for at, name, _ in spans]
    ends = [start + len(name) for start, (_, name, _) in zip(starts, spans, strict=True)]
    columns = [np.array(c, np.int64) for c in ([post for *_, post in spans], starts, ends, [0, 0, 0])]
    return Mentions(*columns, Readings(pa.Table.from_pylist([RULE._asdict()], READING_SCHEMA)))


def decision(surface: str, entity: str | None, post: str = "", line: int = 2) -> dict[str, Any]:
    row = {"line": line, "surface": surface, "post_id": post, "entity_id": entity, "kind": "person"}
    return row | {"canonical": surface, "explanation": "Decided.", "label": "Somebody"}


def decide(*decisions: dict[str, Any]) -> tuple[list[tuple[int, str, str]], set[int]]:
    whole = SEPARATOR.join(TEXTS)
    after, used = decide_by_hand(
        mentions(), dict(enumerate(AS_WRITTEN)), decisions, POSTS, whole, bases([len(t) for t in TEXTS])
    )
    entities = after.readings.table()["entity_id"].to_pylist()
    rows = zip(after.post.tolist(), after.start.tolist(), after.end.tolist(), after.reading.tolist(), strict=True)
    return [(post, whole[s:e], entities[r]) for post, s, e, r in rows], used


BY_RULE = [(0, "Stalin", "stalin"), (1, "Stalin", "stalin"), (1, "Adolf Hitler", "stalin")]


@pytest.mark.parametrize(
    ("decisions", "expected", "used"),
    [
        ([], BY_RULE, set()),
        ([decision("Stalin", "other")], [(0, "Stalin", "other"), (1, "Stalin", "other"), BY_RULE[2]], {2}),
        ([decision("Stalin", "other", "p2")], [BY_RULE[0], (1, "Stalin", "other"), BY_RULE[2]], {2}),
        ([decision("Sta\u00adlin", "other")], [BY_RULE[0], (1, "Stalin", "other"), BY_RULE[2]], {2}),
        ([decision("Stalin", None)], [BY_RULE[2]], {2}),
        ([decision("Koba", "stalin")], [(0, "Koba", "stalin"), *BY_RULE], {2}),
        ([decision("Hitler", "other")], BY_RULE, set()),  # part of a longer name
        ([decision("Beria", "beria")], BY_RULE, set()),
        (
            [decision("Stalin", "other"), decision("Stalin", None, "p1", 3)],
            [(1, "Stalin", "other"), BY_RULE[2]],
            {2, 3},
        ),
    ],
)
def test_decisions(decisions: list[dict[str, Any]], expected: list[tuple[int, str, str]], used: set[int]) -> None:
    assert decide(*decisions) == (expected, used)


def test_what_was_cleaned_stays_clean() -> None:
    whole = SEPARATOR.join(TEXTS)
    base = bases([len(t) for t in TEXTS])
    by_hand = decision("Sta\u00adlin", "other") | {"label": "Joseph Stalin"}
    after, _ = decide_by_hand(mentions(), dict(enumerate(AS_WRITTEN)), [by_hand], POSTS, whole, base)
    assert after.readings.table().take(after.reading)["canonical"].to_pylist()[1] == "Stalin"
