"""Runs and the sensor where seeds lie in object storage."""

import dagster as dg
import pytest

from pipelines import automation, lock, reasons, remote
from pipelines.stages.places import Paths
from tests.remote.server import Server
from tests.remote.steps import silent
from tests.runs import build


def test_the_sensor_looks_at_objects_when_seeds_lie_there(
    given_there: Paths, server: Server, bucket: str, instance: dg.DagsterInstance
) -> None:
    cursor = None

    def tick() -> int:
        nonlocal cursor
        context = dg.build_sensor_context(instance, cursor)
        asked = [found for found in automation.rebuild(context) if isinstance(found, dg.RunRequest)]
        cursor = context.cursor
        return len(asked)

    assert [tick(), tick(), tick()] == [0, 1, 0]
    remote.fetch(f"s3://{bucket}/seeds", f"s3://{bucket}/reference", given_there.data, silent)
    assert [tick(), tick()] == [0, 0], "fetching is no change"
    server.put(f"{bucket}/reference", {"spelling.csv": b"written,preferred\ngraph,graf\n"})
    assert [tick(), tick(), tick()] == [0, 1, 0]
    server.files().rm_file(f"{bucket}/seeds/two.txt")
    assert [tick(), tick(), tick()] == [0, 1, 0]


def test_a_run_that_cannot_fetch_says_why_and_lets_the_next_one_in(
    given_there: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_SEEDS", "s3://nobodys/seeds")
    failed = build(instance)
    assert reasons.why(failed.all_events).startswith("There is no bucket for s3://nobodys/seeds")
    with lock.locked(given_there.data, "another run", lambda run: pytest.fail(f"{run} still holds it")):
        pass
