"""Tells apart the names that are in no authority: spellings of one unknown person share an entity, two people do not."""

import hashlib
from dataclasses import dataclass

import pandas as pd

from pipelines.names import romanise
from pipelines.names.settings import NameSettings


@dataclass(frozen=True, slots=True)
class Clusters:
    """The readings of surfaces in no authority, as in `resolve`, and the entities they make."""

    rows: pd.DataFrame
    entities: pd.DataFrame


def new_id(name: str) -> str:
    """The id of an entity in no authority, by the folded letters of its name."""
    key = " ".join(romanise.fold(name.split()))
    return "new:" + hashlib.sha256(key.encode()).hexdigest()[:16]


def cluster(unknown: pd.DataFrame, facts: pd.DataFrame, settings: NameSettings) -> Clusters:
    """The entities of the unknown names, and each surface's reading."""
    ids = [new_id(text) for text in unknown["text"]]
    frame = unknown.assign(entity_id=ids).sort_values(["entity_id", "n_mentions", "surface"], ascending=[True, False, True])
    entities = frame.drop_duplicates("entity_id")[["entity_id", "guess", "text"]]
    entities = entities.rename(columns={"guess": "kind", "text": "name"})
    rows = pd.DataFrame({
        "run": frame["surface"], "start": 0, "end": frame["surface"].str.len(), "surface": frame["surface"],
        "entity_id": frame["entity_id"], "kind": frame["entity_id"].map(entities.set_index("entity_id")["kind"]),
        "canonical": frame["surface"], "method": "cluster", "score": 1.0, "status": "accepted",
        "explanation": "In no authority; an entity of its own.", "is_full": frame["text"].str.contains(" ", regex=False),
        "is_default": True,
    })  # fmt: skip
    return Clusters(rows, entities)
