"""What is shown as unsynced after a change, and that making that alone, time after time, makes the whole dataset."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.test.data_versions import get_stale_status_resolver

from pipelines.definitions import build_definitions
from pipelines.resources import Places
from pipelines.stages.places import Paths
from tests.runs import build, keep_house

Change = Callable[[Paths], object]
TEXTS = {"out/posts", "out/sentences", "out/edits", "out/mentions"}


def unsynced(instance: dg.DagsterInstance) -> set[str]:
    """The assets that Dagster marks, as its UI shows them."""
    graph = build_definitions().resolve_asset_graph()
    resolver = get_stale_status_resolver(instance, list(graph.assets_defs))
    marked = {key for key in graph.materializable_asset_keys if resolver.get_status(key).value != "FRESH"}
    return {key.to_user_string() for key in marked}


def materialise(instance: dg.DagsterInstance, assets: set[str]) -> None:
    """Make these assets, as the UI does when they are chosen."""
    keys = {dg.AssetKey.from_user_string(name) for name in assets}
    whole = build_definitions().resolve_implicit_global_asset_job_def()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    assert whole.get_subset(asset_selection=keys).execute_in_process(quiet, instance=instance).success


def waves(instance: dg.DagsterInstance) -> Iterator[set[str]]:
    """What *Materialize unsynced* makes, again and again until nothing is unsynced."""
    while assets := unsynced(instance):
        yield assets
        materialise(instance, assets)


def settle(instance: dg.DagsterInstance) -> None:
    """What the housekeeping sensor does in two ticks: files that have changed and settled are told."""
    keep_house(instance, keep_house(instance, None).cursor)


def add_seed(paths: Paths) -> None:
    (paths.seeds / "three.txt").write_text("Mátyás Rákosi and Hruscsov met again in Moscow.\n", encoding="utf-8")


def change_authority(paths: Paths) -> None:
    with (paths.reference / "authority" / "people.csv").open("a", encoding="utf-8") as file:
        file.write("Q2,person,Grigory Zinoviev\n")


def decide(paths: Paths) -> None:
    (paths.reference / "decisions.csv").write_text("surface,post_id,entity_id\nMoscow,,not-a-name\n")


def spell(paths: Paths) -> None:
    (paths.reference / "spelling.csv").write_text("written,preferred\nmet,saw\n")


def annotate(paths: Paths) -> None:
    columns = "path,post,surface,occurrence,entity_id,kind,optional,written\n"
    (paths.reference / "gold.csv").write_text(columns + "one.txt,1,Krushchev,1,Q1,person,,\n")


def tell_source(paths: Paths) -> None:
    (paths.reference / "SOURCES.yml").write_text(SOURCES)


SOURCES = "dataset:\n  title: Letters\n"
CHANGES: dict[str, tuple[Change, set[str], set[str]]] = {
    "a new seed": (add_seed, {"raw/seeds"}, set()),
    "the authority": (change_authority, {"core/readings"}, {"raw/seeds", "raw/records", "core/passages"}),
    "a decision": (decide, {"core/readings"}, {"raw/seeds", "core/passages", "core/surfaces", "core/corrections"}),
    "a spelling": (spell, {"core/corrections"}, {"raw/seeds", "core/passages", "core/surfaces", "core/readings"}),
    "annotations": (annotate, {"out/report"}, TEXTS | {"core/readings", "out/entities", "out/variants"}),
    "where texts come from": (tell_source, {"out/dataset"}, TEXTS | {"core/readings", "out/report"}),
}
"""What is changed, what is unsynced at first, and what is never made again for it."""


@pytest.mark.parametrize("name", CHANGES)
def test_making_what_is_unsynced_makes_the_dataset_and_no_more(
    name: str, places: Paths, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    change, first, never = CHANGES[name]
    assert build(instance).success
    settle(instance)
    assert unsynced(instance) == set()
    before = published(places)
    change(places)
    assert unsynced(instance) == set(), "nobody has looked yet"
    settle(instance)
    made = []
    for assets in waves(instance):
        made.append(assets)
        assert published(places) == before or not unsynced(instance), "what is published is whole"
    assert made[0] == first
    assert set.union(*made).isdisjoint(never)
    assert "out/dataset" in made[-1]
    assert published(places) != before
    assert published(places) == afresh(replace(places, data=tmp_path / "afresh"))


def published(paths: Paths) -> str:
    return (paths.data / "latest").readlink().name


def afresh(paths: Paths) -> str:
    """The name of the dataset that a whole build makes of the same files."""
    elsewhere = Places(seeds=str(paths.seeds), reference=str(paths.reference), data=str(paths.data))
    job = build_definitions(places=elsewhere).resolve_job_def("build")
    assert job.execute_in_process({"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}).success
    return published(paths)


def test_a_seed_written_anew_with_the_same_bytes_is_looked_at_and_nothing_else(
    places: Paths, instance: dg.DagsterInstance
) -> None:
    assert build(instance).success
    seed = places.seeds / "one.txt"
    seed.write_bytes(seed.read_bytes())
    settle(instance)
    assert list(waves(instance)) == [{"raw/seeds"}]
