"""Which files have changed, and how Dagster is told."""

import dagster as dg

from pipelines import watch
from pipelines.definitions import build_definitions
from pipelines.stages.places import Paths
from tests.runs import build, keep_house


def versions_told(instance: dg.DagsterInstance, asset: str) -> list[str]:
    records = instance.fetch_materializations(dg.AssetKey(asset.split("/")), limit=100).records
    events = [record.asset_materialization for record in records]
    return [(event.tags or {})[watch.DATA_VERSION] for event in events if event]


def test_a_build_tells_which_files_it_was_made_of(places: Paths, instance: dg.DagsterInstance) -> None:
    assert build(instance).success
    found = watch.watched(places)
    curated = ("authority", "spelling", "decisions", "gold", "provenance")
    assert set(found) == {"raw/files", *(f"reference/{name}" for name in curated)}
    for asset, stamps in found.items():
        assert versions_told(instance, asset) == [watch.version(stamps)]


def test_files_are_told_once_when_they_have_settled(places: Paths, instance: dg.DagsterInstance) -> None:
    assert build(instance).success
    first = keep_house(instance, None)
    assert not first.asset_events
    (places.reference / "decisions.csv").write_text("surface,post_id,entity_id\n")
    second = keep_house(instance, first.cursor)
    assert not second.asset_events
    third = keep_house(instance, second.cursor)
    assert [event.asset_key.to_user_string() for event in third.asset_events] == ["reference/decisions"]
    assert not keep_house(instance, third.cursor).asset_events


def test_given_assets_are_those_that_are_watched(places: Paths) -> None:
    specs = build_definitions().resolve_all_asset_specs()
    given = {spec.key.to_user_string() for spec in specs if not spec.deps and not spec.code_version}
    assert given == set(watch.watched(places))
