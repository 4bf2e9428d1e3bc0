"""kill -9 of a run that was started in the UI, at spread moments: the same as for `make build` holds."""

import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import psutil
import pytest

from tests.browser.server import Served, interrupted, served, wait_until
from tests.faults.processes import (
    KILLS,
    House,
    copied,
    cpu_seconds,
    moments,
    run_processes,
    unfinished_runs,
    wait_for_work,
)

pytestmark = pytest.mark.faults

UI_KILLS = max(KILLS // 2 - 1, 1)
RUN_SECONDS = 300
LOGS = """query($id: ID!) { logsForRun(runId: $id) {
  ... on EventConnection { events { ... on MessageEvent { message } } } } }"""
LAUNCH = """mutation($job: JobOrPipelineSelector!) {
  launchRun(executionParams: {selector: $job, runConfigData: {}, mode: "default"}) {
    ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@dataclass(frozen=True)
class Desk:
    """A house with the UI served over it."""

    house: House
    ui: Served

    def launch(self) -> str:
        """The id of a run of the whole job, as the button in the launchpad starts it."""
        job = {"repositoryName": "__repository__", "repositoryLocationName": "variorum", "jobName": "build"}
        return str(self.ui.query(LAUNCH, job=job)["launchRun"]["run"]["runId"])

    def status(self, run_id: str) -> str:
        return str(self.ui.query(STATUS, id=run_id)["runOrError"]["status"])

    def wait(self, run_id: str, *statuses: str) -> str:
        """The first of these that the run is seen in, or how it ended."""
        found: list[str] = []

        def seen() -> bool:
            found.append(self.status(run_id))
            return found[-1] in ENDED | set(statuses)

        wait_until(seen, RUN_SECONDS, f"the run is {' or '.join(statuses) or 'at its end'}", self.house.root / "ui.log")
        return found[-1]

    def run_to_the_end(self) -> str:
        return self.wait(self.launch())


@pytest.fixture(scope="module")
def desk(built: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    house = copied(built, tmp_path_factory.mktemp("desk") / "house")
    with served(house.root, VARIORUM_SENSOR_SECONDS="2") as ui:
        yield Desk(house, ui)


def test_a_run_of_the_ui_may_be_killed_at_any_moment(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, hit = desk.house, Counter[str]()
    before_lock, whole = timed_run(desk)
    for number, share in enumerate(moments(UI_KILLS, 0.0, 0.8, seed=7)):
        house.add_seed(number)
        before = house.published()
        run_id = desk.launch()
        running = wait_for_work(the_run(desk, run_id), before_lock + share * (whole - before_lock))
        stage = house.stage()
        hit[stage if kill_runs(house) and running else "too late"] += 1
        assert desk.wait(run_id) in ENDED
        now = house.published()
        assert house.is_sound(), f"killed at {share:.0%}"
        assert desk.run_to_the_end() == "SUCCESS" if number % 2 else house.build().returncode == 0
        assert now in (before, house.published()), f"killed at {share:.0%}"
        assert house.published() != before
        assert house.leftovers() == []
        assert unfinished_runs(house) == []
        wait_until(lambda: not run_processes(house.home), 30, "no process of a run is left")
    assert house.published() == built_anew(house, tmp_path / "anew"), "the same seeds give other bytes after kills"
    with capsys.disabled():
        print(f"\n{UI_KILLS} kills of runs of the UI, by what was finished last: {dict(hit)}")  # noqa: T201
    assert hit["too late"] <= UI_KILLS // 5, "the runs were too quick to be killed"


def built_anew(house: House, root: Path) -> dict[str, str]:
    """What a house with the same seeds and reference files publishes that knows nothing of any kill."""
    anew = House(root)
    for folder in ("seeds", "reference"):
        shutil.copytree(house.root / folder, root / folder)
    (root / "home").mkdir()
    shutil.copyfile(house.home / "dagster.yaml", anew.home / "dagster.yaml")
    result = anew.build()
    assert result.returncode == 0, result.stderr
    return anew.published()


def kill_runs(house: House) -> int:
    """kill -9 of what runs; how many there were."""
    running = run_processes(house.home)
    for process in running:
        process.kill()
    return len(running)


def the_run(desk: Desk, run_id: str) -> psutil.Process:
    """The process of a run that was just launched, once it has begun to work."""
    desk.wait(run_id, "STARTED")
    [process] = run_processes(desk.house.home)
    return process


def timed_run(desk: Desk) -> tuple[float, float]:
    """Processor time of a run that nobody kills: until it holds the folder, and in all."""
    desk.house.add_seed(100)
    run_id = desk.launch()
    process = the_run(desk, run_id)
    lock = desk.house.data / ".work" / "lock"
    before = whole = 0.0
    was_held = False
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        whole = max(whole, cpu_seconds(process))
        was_held = was_held or bool(lock.read_text())  # at the end it is empty again
        before = before if was_held else whole
        time.sleep(0.005)
    assert desk.wait(run_id) == "SUCCESS"
    return before, whole


def test_a_run_that_was_killed_says_so(desk: Desk) -> None:
    desk.house.add_seed(200)
    run_id = desk.launch()
    lock = desk.house.data / ".work" / "lock"
    wait_until(lambda: lock.read_text() == run_id, RUN_SECONDS, "the run holds the folder", desk.house.root / "ui.log")
    assert kill_runs(desk.house) == 1
    assert desk.wait(run_id) == "FAILURE"
    said = messages(desk, run_id)
    assert any("unexpectedly exited" in text or "was killed" in text for text in said), said
    assert desk.run_to_the_end() == "SUCCESS"
    assert lock.read_text() == ""


def messages(desk: Desk, run_id: str) -> list[str]:
    logs: Any = desk.ui.query(LOGS, id=run_id)["logsForRun"]["events"]
    return [event["message"] for event in logs if event.get("message")]


def test_a_signal_to_end_the_ui_ends_its_run_as_well(desk: Desk) -> None:
    """The last test, as it ends the UI; the run stands still meanwhile, so that it is not done before it is told."""
    house = desk.house
    before = house.published()
    house.add_seed(300)
    run_id = desk.launch()
    run = the_run(desk, run_id)
    lock = house.data / ".work" / "lock"
    wait_until(lambda: lock.read_text() == run_id, RUN_SECONDS, "the run holds the folder", house.root / "ui.log")
    run.suspend()
    Timer(5, run.resume).start()
    assert interrupted(desk.ui, signal.SIGTERM) == []
    assert run_processes(house.home) == []
    assert house.published() == before
    assert house.is_sound()
    assert house.build().returncode == 0
    assert house.published() != before
    assert house.leftovers() == []
    assert unfinished_runs(house) == []
