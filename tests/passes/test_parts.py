"""What a group's mentions add up to."""

import numpy as np
import pyarrow as pa

from pipelines import invariants
from pipelines.passes.context import READING_SCHEMA, Readings
from pipelines.passes.names import Mentions, Named
from pipelines.passes.parts import counts


def reading(entity: str, method: str) -> dict[str, object]:
    values = {"entity_id": entity, "kind": "person", "canonical": "Dewey", "method": method, "score": 1.0}
    return values | {"status": "accepted", "explanation": method, "is_full": False, "label": entity}


def test_a_post_counts_once_for_a_surface_that_is_read_for_several_reasons() -> None:
    rows = [reading("john", "exact"), reading("john", "fuzzy"), reading("thomas", "exact")]
    chosen = np.array([0, 1, 1, 2, 1])
    post = np.array([0, 0, 0, 0, 1])
    readings = Readings(pa.Table.from_pylist(rows, READING_SCHEMA))
    found = Mentions(post, post, post, chosen, readings)
    named = [rows[number]["entity_id"] for number in chosen]
    columns = {"surface": ["Dewey"] * 5, "normalized": ["Dewey"] * 5, "entity_id": named, "post_id": [*map(str, post)]}
    mentions = pa.table({name: pa.chunked_array([values]) for name, values in columns.items()})
    variants, entities = counts(mentions, Named(found, pa.array(columns["surface"]), readings.table()))
    by = ["surface", "entity_id"]
    added = variants.group_by(by).aggregate([("n_mentions", "sum"), ("n_posts", "sum")])
    added = added.rename_columns([*by, "n_mentions", "n_posts"]).sort_by("entity_id")
    expected = invariants.count(mentions)
    assert added.to_pylist() == expected["variants"].sort_by("entity_id").to_pylist()
    assert entities.sort_by("entity_id").equals(expected["entities"].sort_by("entity_id"))
