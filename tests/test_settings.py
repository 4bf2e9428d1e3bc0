"""Settings of the launchpad: taken, or refused before any step."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import reasons
from pipelines.environment import REPOSITORY, Engine
from pipelines.resources import Places, Rules, Workers, default_places
from pipelines.stages.places import Paths
from tests.runs import build


@pytest.mark.parametrize(
    ("resource", "config", "words"),
    [
        ("rules", {"accept": 3.0}, "accept must be at least 0.5 and at most 1, not 3.0."),
        ("rules", {"accept": 0.4}, "accept must be at least 0.5 and at most 1, not 0.4."),
        ("rules", {"review": -0.1}, "review must be from 0 to accept"),
        ("rules", {"accept": 0.6, "review": 0.7}, "review must be from 0 to accept (0.6), not 0.7."),
        ("rules", {"accept": 0.8, "review": 1}, "review must be from 0 to accept (0.8), not 1"),
        ("rules", {"accept": float("nan")}, "accept must be at least 0.5 and at most 1, not nan."),
        ("rules", {"review": float("nan")}, "review must be from 0 to accept (0.5), not nan."),
        ("rules", {"accept": float("inf")}, "accept must be at least 0.5 and at most 1, not inf."),
        ("workers", {"number": -1}, "number of workers must be from 0 (one a core) to 1000, not -1."),
        ("workers", {"number": 1_000_000}, "number of workers must be from 0 (one a core) to 1000, not 1000000."),
        ("workers", {"scheduler": "somewhere"}, "scheduler must be an address like tcp://host:8786, not 'somewhere'."),
        ("workers", {"scheduler": "tcp://host:port"}, "scheduler must be an address like tcp://host:8786"),
        ("workers", {"engine": "processes", "scheduler": "tcp://a:8786"}, "engine is `processes`, which has no"),
        ("places", {"data": "s3://bucket/folder"}, "DATA= is a folder of this machine"),
        ("places", {"publish": "folder"}, "PUBLISH= names object storage (s3://bucket/folder), which folder is not."),
    ],
)
def test_a_setting_out_of_range_is_refused_before_any_step(
    places: Paths, instance: dg.DagsterInstance, resource: str, config: dict[str, Any], words: str
) -> None:
    result = build(instance, resources={resource: {"config": config}})
    assert not result.success
    assert words in reasons.why(result.all_events)
    assert not [event for event in result.all_events if event.is_step_event]
    assert not (places.data / "latest").exists()


@pytest.mark.parametrize(
    ("resource", "config"),
    [
        ("workers", {"engine": "cloud"}),
        ("rules", {"dialect": "scots"}),
        ("rules", {"dialect": "British"}),
        ("rules", {"accept": "much"}),
        ("rules", {"accept": "0.9"}),
        ("rules", {"accept": [0.9]}),
        ("rules", {"review": {"from": 0.1}}),
        ("rules", {"old_quotations": "yes"}),
        ("rules", {"old_quotations": 1}),
        ("rules", {"x": 1}),
        ("workers", {"number": 2.5}),
        ("workers", {"number": "all"}),
        ("workers", {"number": True}),
        ("workers", {"workers": 2}),
        ("workers", {"scheduler": 8786}),
        ("places", {"date": "c"}),
        ("places", {"data": 1}),
    ],
)
def test_a_setting_that_is_none_is_refused_by_the_launchpad(
    places: Paths, instance: dg.DagsterInstance, resource: str, config: dict[str, Any]
) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=f"resources:{resource}:config"):
        build(instance, resources={resource: {"config": config}})


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("VARIORUM_WORKERS", "many", "VARIORUM_WORKERS must be a number of workers"),
        ("VARIORUM_WORKERS", "-2", "VARIORUM_WORKERS must be a number of workers"),
        ("VARIORUM_ENGINE", "cloud", "VARIORUM_ENGINE must be `processes` or `dask`"),
        ("VARIORUM_KEEP", "0", "VARIORUM_KEEP must be a number of builds from 1, or empty for five, not '0'."),
        ("VARIORUM_KEEP", "all", "VARIORUM_KEEP must be a number of builds from 1"),
    ],
)
def test_an_environment_that_says_nonsense_is_refused_before_any_step(
    places: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = build(instance)
    assert words in reasons.why(result.all_events)
    assert not [event for event in result.all_events if event.is_step_event]
    assert not (places.data / "latest").exists()


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.1:8786", "tls://host:1", "host.example.org:8786", "tcp://[::1]:8786"]
)
def test_addresses_of_schedulers_are_taken(address: str) -> None:
    assert Workers(scheduler=address, engine=Engine.dask).scheduler == address


def test_settings_are_taken(places: Paths, instance: dg.DagsterInstance) -> None:
    config = {
        "rules": {"config": {"accept": 0.9, "dialect": "british"}},
        "workers": {"config": {"engine": "processes"}},
    }
    assert build(instance, resources=config).success
    assert Rules(accept=0.9, dialect="british").settings() != Rules().settings()
    assert Rules(old_quotations=True).settings().spelling.old_quotations
    assert Workers(number=2).number == 2


@pytest.mark.parametrize("name", ["seeds", "reference", "data"])
@pytest.mark.parametrize("others", [{}, {"seeds": "", "reference": " ", "data": "\t"}], ids=["left out", "blank"])
def test_each_place_may_be_given_alone(
    places: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, others: dict[str, str]
) -> None:
    usual = {"seeds": places.seeds, "reference": places.reference, "data": places.data}
    for each, folder in usual.items():
        monkeypatch.setenv(f"VARIORUM_{each.upper()}", str(folder))
    found = Places(**{**others, name: str(tmp_path / "elsewhere")})
    assert found.model_dump() == {
        **{each: str(folder) for each, folder in usual.items()},
        name: str(tmp_path / "elsewhere"),
        "publish": "",
    }


def test_places_without_environment_lie_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("SEEDS", "REFERENCE", "DATA"):
        monkeypatch.delenv(f"VARIORUM_{each}", raising=False)
    assert Places().paths() == Paths(*(REPOSITORY / place for place in ("seeds/raw", "seeds/reference", "data")))


@pytest.mark.parametrize(
    ("told", "meant"),
    [("texts", Path.cwd() / "texts"), ("~/texts", Path.home() / "texts"), ("~nobody x", Path.cwd() / "~nobody x")],
)
def test_a_place_is_a_folder_as_a_person_names_it(told: str, meant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Places(seeds=told).paths().seeds == meant
    monkeypatch.setenv("VARIORUM_SEEDS", told)
    assert default_places().paths().seeds == meant


def test_a_build_may_be_given_a_data_folder_alone(places: Paths, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        for each, folder in (("SEEDS", places.seeds), ("REFERENCE", places.reference)):
            environment.setenv(f"VARIORUM_{each}", str(folder))
        assert build(instance, resources={"places": {"config": {"data": str(tmp_path / "trial")}}}).success
    assert (tmp_path / "trial" / "latest" / "mentions.parquet").exists()
    assert not (places.data / "latest").exists()


def test_as_many_builds_are_kept_as_the_environment_says(
    places: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_KEEP", "2")
    for number in range(3):
        (places.seeds / f"kept_{number}.txt").write_text(f"Krushchev spoke {number} times.\n", encoding="utf-8")
        assert build(instance).success
    kept = [folder.name for folder in (places.data / "builds").iterdir()]
    assert len(kept) == 2
    assert (places.data / "latest").resolve().name in kept
