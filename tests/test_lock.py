"""One build at a time, and runs that died."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines import lock
from pipelines.stages.places import Paths
from tests.runs import a_run, build, keep_house


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
