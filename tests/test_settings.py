"""Settings of the launchpad: taken, or refused before any step."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import reasons
from pipelines.resources import Places, Rules, Workers
from pipelines.stages.places import Paths
from tests.runs import build


@pytest.mark.parametrize(
    ("resource", "config", "words"),
    [
        ("rules", {"accept": 3.0}, "accept must be at least 0.5 and at most 1, not 3.0."),
        ("rules", {"accept": 0.4}, "accept must be at least 0.5 and at most 1, not 0.4."),
        ("rules", {"review": -0.1}, "review must be from 0 to accept"),
        ("rules", {"accept": 0.6, "review": 0.7}, "review must be from 0 to accept (0.6), not 0.7."),
        ("workers", {"number": -1}, "number of workers must be 0 (one a core) or more, not -1."),
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
        ("rules", {"accept": "much"}),
        ("rules", {"x": 1}),
    ],
)
def test_a_setting_that_is_none_is_refused_by_the_launchpad(
    places: Paths, instance: dg.DagsterInstance, resource: str, config: dict[str, Any]
) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=f"resources:{resource}:config"):
        build(instance, resources={resource: {"config": config}})


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
