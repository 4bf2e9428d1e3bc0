"""Sensors, schedule, webhook and lock, called directly; the real daemon is seen at work in `tests/browser`."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import automation, lock, notify, reasons, watch
from pipelines.build import main
from pipelines.definitions import build_definitions
from pipelines.resources import Places, Rules, Workers
from pipelines.stages.places import Paths

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Two seeds and an authority of their own, named by the environment."""
    paths = Paths(tmp_path / "seeds", tmp_path / "reference", tmp_path / "data")
    paths.seeds.mkdir()
    (paths.reference / "authority").mkdir(parents=True)
    (paths.seeds / "one.txt").write_text("Zinovjev met Krushchev in Moscow.\n", encoding="utf-8")
    (paths.seeds / "two.txt").write_text("Mátyás Rákosi met nobody.\n", encoding="utf-8")
    authority = "entity_id,kind,name\nQ1,person,Nikita Khrushchev\n"
    (paths.reference / "authority" / "people.csv").write_text(authority, encoding="utf-8")
    for name in ("seeds", "reference", "data"):
        monkeypatch.setenv(f"VARIORUM_{name.upper()}", str(getattr(paths, name)))
    monkeypatch.delenv("VARIORUM_WEBHOOK", raising=False)
    return paths


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


class Sensor:
    """The sensor that builds, evaluated tick by tick."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None

    def tick(self) -> str:
        """The run key that is asked for; empty if none is."""
        context = dg.build_sensor_context(self.instance, self.cursor)
        data = automation.rebuild.evaluate_tick(context)
        self.cursor = data.cursor
        assert len(data.run_requests or []) <= 1
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
        lambda paths: (paths.reference / "authority" / "people.csv").unlink(),
        lambda paths: os.utime(paths.seeds / "one.txt", (0, 0)),
        lambda paths: shutil.rmtree(paths.seeds),
    ],
    ids=["new", "changed", "renamed", "removed", "decision", "spelling", "authority", "clock back", "no folder"],
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


def a_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> dg.DagsterRun:
    job = build_definitions().resolve_job_def(automation.JOB)
    return instance.create_run_for_job(job, status=status)


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


def build(instance: dg.DagsterInstance, **config: Any) -> dg.ExecuteInProcessResult:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = build_definitions().resolve_job_def(automation.JOB)
    return job.execute_in_process({**quiet, **config}, instance, raise_on_error=False)


# --- what is unsynced ------------------------------------------------------------------------------------------------


def versions_told(instance: dg.DagsterInstance, asset: str) -> list[str]:
    records = instance.fetch_materializations(dg.AssetKey(asset.split("/")), limit=100).records
    events = [record.asset_materialization for record in records]
    return [(event.tags or {})[watch.DATA_VERSION] for event in events if event]


def keep_house(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    result = automation.keep_house(dg.build_sensor_context(instance, cursor))
    assert isinstance(result, dg.SensorResult)
    for event in result.asset_events:
        instance.report_runless_asset_event(event)
    return result


def test_a_build_tells_which_files_it_was_made_of(places: Paths, instance: dg.DagsterInstance) -> None:
    assert build(instance).success
    found = watch.watched(places)
    assert set(found) == {"raw/files", "reference/authority", "reference/spelling", "reference/decisions"}
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


# --- the lock, and runs that died ------------------------------------------------------------------------------------


def never(run_id: str) -> None:
    raise AssertionError(f"{run_id} did not die")


def test_one_build_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0)
    with (
        lock.locked(tmp_path, "one", never),
        lock.locked(tmp_path, "one", never),
        pytest.raises(lock.BuildRunning, match=str(tmp_path)),
        lock.locked(tmp_path, "two", never),
    ):
        raise AssertionError("two builds at once")
    with lock.locked(tmp_path, "two", never):
        assert lock.dead_run(tmp_path) == ""
    assert lock.dead_run(tmp_path) == ""


def test_a_run_that_died_is_found_and_marked(places: Paths, instance: dg.DagsterInstance) -> None:
    run = a_run(instance, dg.DagsterRunStatus.STARTED)
    (places.data / ".work").mkdir(parents=True)
    (places.data / ".work" / "lock").write_text(run.run_id)  # as a killed process leaves it
    assert lock.dead_run(places.data) == run.run_id
    keep_house(instance, None)
    marked = instance.get_run_by_id(run.run_id)
    assert marked and marked.status is dg.DagsterRunStatus.FAILURE


def test_the_next_build_marks_the_run_that_died(places: Paths, instance: dg.DagsterInstance) -> None:
    run = a_run(instance, dg.DagsterRunStatus.STARTED)
    (places.data / ".work").mkdir(parents=True)
    (places.data / ".work" / "lock").write_text(run.run_id)
    assert build(instance).success
    marked = instance.get_run_by_id(run.run_id)
    assert marked and marked.status is dg.DagsterRunStatus.FAILURE
    assert lock.dead_run(places.data) == ""


def test_a_run_that_ended_well_is_not_marked(instance: dg.DagsterInstance) -> None:
    run = a_run(instance, dg.DagsterRunStatus.SUCCESS)
    lock.mark_failed(instance, run.run_id)
    lock.mark_failed(instance, "unknown")
    kept = instance.get_run_by_id(run.run_id)
    assert kept and kept.status is dg.DagsterRunStatus.SUCCESS


# --- settings --------------------------------------------------------------------------------------------------------


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
    assert Workers(number=2).number == 2
    assert Places(seeds="a", reference="b", data="c").paths().data == Path("c")


# --- the webhook -----------------------------------------------------------------------------------------------------


class Webhook:
    """A web server on this machine that keeps what it is sent."""

    def __init__(self, status: int = 200) -> None:
        received: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.received = received
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def webhook(places: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    running = Webhook()
    monkeypatch.setenv("VARIORUM_WEBHOOK", running.url)
    yield running
    running.close()


def test_a_published_build_is_told_with_what_it_changed(
    places: Paths, instance: dg.DagsterInstance, webhook: Webhook
) -> None:
    assert build(instance).success
    assert build(instance).success  # the same once more is no news
    [first] = webhook.received
    assert first["event"] == "published"
    assert first["former"] is None
    assert first["tables"]["sources"] == {"rows": 2, "added": 2, "removed": 0}
    (places.seeds / "two.txt").unlink()
    (places.seeds / "three.txt").write_text("Lavrentiy Beria met Hruscsov.\n", encoding="utf-8")
    assert build(instance).success
    second = webhook.received[1]
    assert second["former"] == first["build"]
    assert second["tables"]["sources"] == {"rows": 2, "added": 1, "removed": 1}
    assert "Lavrentiy Beria" in second["new_variants"]["first"]
    assert second["new_variants"]["number"] == len(second["new_variants"]["first"])
    assert set(second["review"]) == {"rows", "growth"}
    assert "new dataset" in second["text"]


def test_a_failed_make_build_is_told_with_its_first_line(
    places: Paths, webhook: Webhook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    shutil.rmtree(places.seeds)
    assert main() == 1
    [told] = webhook.received
    assert told["event"] == "failed"
    assert str(places.seeds) in told["reason"]
    assert told["reason"] in " ".join(capsys.readouterr().err.split())


def test_a_failed_run_is_told_by_the_sensor_unless_make_build_has_told_it(
    places: Paths, instance: dg.DagsterInstance, webhook: Webhook
) -> None:
    shutil.rmtree(places.seeds)
    result = build(instance)
    tell(instance, result)
    [told] = webhook.received
    assert told["event"] == "failed"
    assert str(places.seeds) in told["reason"]
    instance.add_run_tags(result.run_id, {automation.STARTED_BY: "make build"})
    tell(instance, result)
    assert len(webhook.received) == 1


def tell(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    run = instance.get_run_by_id(result.run_id)
    assert run
    failure = next(event for event in result.all_events if event.event_type_value == "PIPELINE_FAILURE")
    context = dg.build_run_status_sensor_context("failure_notice", failure, instance, run)
    automation.tell_failure(context.for_run_failure())


def test_a_webhook_that_fails_fails_no_build(
    places: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Webhook(status=500)
    try:
        for url in (refusing.url, "http://127.0.0.1:9/secret", "no address", "ftp://127.0.0.1/secret"):
            monkeypatch.setenv("VARIORUM_WEBHOOK", url)
            problem = notify.send(notify.failed("because"))
            assert "VARIORUM_WEBHOOK" in problem
            assert "secret" not in problem
        assert build(instance).success
    finally:
        refusing.close()


def test_nothing_is_sent_without_an_address(places: Paths) -> None:
    assert not notify.is_wanted()
    assert notify.send(notify.failed("because")) == ""


@pytest.mark.parametrize(
    ("reason", "first"),
    [("One.\nTwo.", "One."), ("\n  One.\n", "One."), ("", "no reason was given")],
)
def test_the_first_line_says_why(reason: str, first: str) -> None:
    assert notify.failed(reason)["reason"] == first


# --- the schedule ----------------------------------------------------------------------------------------------------


def test_the_schedule_runs_the_same_job_as_make_build(places: Paths, instance: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(instance)
    tick = automation.nightly.evaluate_tick(context)
    assert len(tick.run_requests or []) == 1
    assert automation.nightly.job_name == automation.JOB
    definitions = build_definitions()
    repository = definitions.get_repository_def()
    off = [repository.get_sensor_def("seeds_and_reference"), repository.get_schedule_def("nightly")]
    assert {each.default_status.value for each in off} == {"STOPPED"}
