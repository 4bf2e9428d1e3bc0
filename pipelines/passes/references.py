"""References that a source gives for the names it marks up, put over what the rules say of those mentions.

Which entity a reference means was decided once for the corpus (`pipelines.names.marked`).
"""

from pathlib import Path
from typing import Any

import numpy as np

from pipelines import feather
from pipelines.names.context import Reading
from pipelines.passes.clean import REFERENCES_FILE
from pipelines.passes.names import Mentions
from pipelines.passes.spans import Ints

BY = ("surface", "kind", "ref")


def decide_by_reference(mentions: Mentions, prepared: Path, known: Path, base: Ints) -> Mentions:
    """The mentions, those with a reference to a known entity read as that entity.

    Args:
        mentions: what the rules found.
        prepared: where CLEAN left the group's references.
        known: file with a row for each surface, kind and reference that means an entity.
        base: where each post's cleaned text starts.
    """
    file = prepared / REFERENCES_FILE
    if not file.exists():
        return mentions
    meant = {tuple(row[name] for name in BY): mentions.readings.add(_reading(row)) for row in _rows(known)}
    added: list[tuple[int, int, int, int]] = []
    dropped: list[int] = []
    for row in _rows(file):
        number = meant.get(tuple(row[name] for name in BY))
        if number is None:
            continue
        start, end = (int(base[row["post"]]) + row[side] for side in ("start", "end"))
        added.append((row["post"], start, end, number))
        dropped += range(*np.searchsorted(mentions.start, [start, end]).tolist())
    return mentions.changed(mentions.reading, dropped, added)


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = feather.read(file).to_pylist()
    return rows


def _reading(row: dict[str, Any]) -> Reading:
    entity, kind, canonical = row["entity_id"], row["entity_kind"], row["canonical"]
    return Reading(entity, kind, canonical, "exact", 1.0, "accepted", row["explanation"], True, row["label"])
