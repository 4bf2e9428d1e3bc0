"""The sensor that builds and the schedule, called directly; the real daemon is seen at work in `tests/daemon`."""

import os
import shutil
from typing import Any

import dagster as dg
import pytest

from pipelines import automation, reasons
from pipelines.definitions import build_definitions
from pipelines.stages.places import Paths
from tests.runs import a_run, build


class Sensor:
    """The sensor that builds, evaluated tick by tick."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self.said = ""

    def tick(self) -> str:
        """The run key that is asked for; empty if none is."""
        context = dg.build_sensor_context(self.instance, self.cursor)
        data = automation.rebuild.evaluate_tick(context)
        self.cursor = data.cursor
        assert len(data.run_requests or []) <= 1
        self.said = data.skip_message or ""
        return data.run_requests[0].run_key or "" if data.run_requests else ""

    def settle(self) -> str:
        assert not self.tick(), "files that have just changed are waited for"
        return self.tick()


def test_a_change_is_built_once_when_it_has_settled(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    assert sensor.settle()
    assert not sensor.tick()
    assert not sensor.tick()


@pytest.mark.parametrize(
    "change",
    [
        lambda paths: (paths.seeds / "new.txt").write_text("New."),
        lambda paths: (paths.seeds / "one.txt").write_text("Changed."),
        lambda paths: (paths.seeds / "one.txt").rename(paths.seeds / "renamed.txt"),
        lambda paths: (paths.seeds / "one.txt").unlink(),
        lambda paths: (paths.reference / "decisions.csv").write_text("surface,post_id,entity_id\n"),
        lambda paths: (paths.reference / "spelling.csv").write_text("written,preferred\n"),
        lambda paths: (paths.reference / "gold.csv").write_text("post_id\n"),
        lambda paths: (paths.reference / "SOURCES.yml").write_text("{}\n"),
        lambda paths: (paths.reference / "authority" / "people.csv").unlink(),
        lambda paths: os.utime(paths.seeds / "one.txt", (0, 0)),
        lambda paths: shutil.rmtree(paths.seeds),
    ],
    ids=[
        "new",
        "changed",
        "renamed",
        "removed",
        "decision",
        "spelling",
        "gold",
        "sources",
        "authority",
        "clock back",
        "no folder",
    ],
)
def test_every_change_is_seen(places: Paths, instance: dg.DagsterInstance, change: Any) -> None:
    sensor = Sensor(instance)
    first = sensor.settle()
    change(places)
    assert sensor.settle() not in ("", first)


def test_a_file_still_being_written_is_waited_for(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    sensor.settle()
    growing = places.seeds / "growing.txt"
    for size in range(1, 6):
        growing.write_text("word " * size)
        assert not sensor.tick()
    assert sensor.tick()


def test_a_temporary_file_is_no_change(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    sensor.settle()
    (places.seeds / ".one.txt.swp").write_text("half")
    assert not sensor.tick()
    assert not sensor.tick()


def test_going_back_to_an_earlier_state_is_a_change_like_any_other(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    one, aside = places.seeds / "one.txt", places.seeds.parent / "aside"
    keys = [sensor.settle()]
    for _ in range(2):
        one.rename(aside)
        keys.append(sensor.settle())
        aside.rename(one)
        keys.append(sensor.settle())
    assert all(keys)
    assert len(set(keys)) == 5


def test_a_tick_that_is_repeated_asks_for_the_same_run(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    sensor.tick()
    before = sensor.cursor
    key = sensor.tick()
    sensor.cursor = before  # the daemon died before it wrote the cursor down
    assert sensor.tick() == key


@pytest.mark.parametrize("status", automation.UNFINISHED[1:])  # a queued run cannot be made by hand
def test_no_second_run_is_asked_for_while_one_is_under_way(
    places: Paths, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    sensor = Sensor(instance)
    sensor.settle()
    run = a_run(instance, status)
    (places.seeds / "new.txt").write_text("New.")
    assert not sensor.settle()
    assert not sensor.tick()
    instance.report_run_failed(run)
    assert sensor.tick()


def test_a_failed_build_is_tried_again_when_something_changes(places: Paths, instance: dg.DagsterInstance) -> None:
    (places.reference / "authority" / "people.csv").write_text("entity_id,kind,name\nQ1,planet,Mars\n")
    sensor = Sensor(instance)
    assert sensor.settle()
    assert not build(instance).success
    assert not sensor.tick()
    (places.reference / "authority" / "people.csv").write_text("entity_id,kind,name\nQ1,person,Mars\n")
    assert sensor.settle()
    result = build(instance)
    assert result.success, reasons.why(result.all_events)


def test_files_whose_build_failed_are_not_called_built(places: Paths, instance: dg.DagsterInstance) -> None:
    sensor = Sensor(instance)
    key = sensor.settle()
    assert not sensor.tick()
    assert sensor.said == "Nothing has changed since the last build."
    run = a_run(instance, dg.DagsterRunStatus.STARTED, {"dagster/run_key": key})
    instance.report_run_failed(run)
    for _ in range(3):
        assert not sensor.tick(), "what failed would fail again, for ever"
        assert run.run_id[:8] in sensor.said
    (places.seeds / "new.txt").write_text("New.")
    assert sensor.settle()


def test_runs_that_nobody_watches_are_started_once_more_if_they_die(
    places: Paths, instance: dg.DagsterInstance
) -> None:
    context = dg.build_sensor_context(instance)
    automation.rebuild.evaluate_tick(context)
    [request] = automation.rebuild.evaluate_tick(dg.build_sensor_context(instance, context.cursor)).run_requests or []
    [nightly] = automation.nightly.evaluate_tick(dg.build_schedule_context(instance)).run_requests or []
    for tags in (request.tags, nightly.tags):
        assert tags["dagster/max_retries"] == "1"
        assert tags["dagster/retry_strategy"] == "ALL_STEPS"


def test_the_schedule_runs_the_same_job_as_make_build(places: Paths, instance: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(instance)
    tick = automation.nightly.evaluate_tick(context)
    assert len(tick.run_requests or []) == 1
    assert automation.nightly.job_name == automation.JOB
    definitions = build_definitions()
    repository = definitions.get_repository_def()
    off = [repository.get_sensor_def("seeds_and_reference"), repository.get_schedule_def("nightly")]
    assert {each.default_status.value for each in off} == {"STOPPED"}


@pytest.mark.parametrize(("told", "seconds"), [("", 15), ("1", 1), ("600", 600)])
def test_the_environment_says_how_often_folders_are_looked_at(told: str, seconds: int) -> None:
    assert automation.between_looks(told) == seconds


@pytest.mark.parametrize("told", ["often", "0", "-5", "1.5", " "])
def test_what_is_no_number_of_seconds_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=f"VARIORUM_SENSOR_SECONDS must be a number of seconds .*, not {told!r}"):
        automation.between_looks(told)
