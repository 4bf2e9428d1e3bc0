"""Settings of the launchpad: taken, or refused before any step."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import reasons
from pipelines.resources import Engine, Places, Rules, Workers
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
        ("places", {"seeds": "a", "reference": "b", "data": ""}, "data must be the path of a folder; it is empty."),
        ("places", {"seeds": " ", "reference": "b", "data": "c"}, "seeds must be the path of a folder; it is empty."),
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
        ("places", {"data": "c"}),
        ("places", {"seeds": "a", "reference": "b", "data": 1}),
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
    assert Places(seeds="a", reference="b", data="c").paths().data == Path("c")
