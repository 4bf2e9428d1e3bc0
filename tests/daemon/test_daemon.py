"""The real daemon at work: schedule and sensor switched on by the documented commands, runs fired, the webhook told.

The tests tell one story, in the order they stand in. What each sensor decides is in `tests/test_automation.py`.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import parquet, reasons
from tests.browser.server import REPOSITORY, environment, stop, wait_until
from tests.faults.processes import run_processes
from tests.webhook import Webhook

pytestmark = pytest.mark.faults

BIN = Path(sys.executable).parent
WORKSPACE = ["--workspace", str(REPOSITORY / "workspace.yaml")]
SECONDS = 180
AUTHORITY = "entity_id,kind,name\nQ1,person,Nikita Khrushchev\n"


@dataclass
class Watched:
    """Folders that a daemon looks after, what the webhook was told, and the runs there have been."""

    root: Path
    webhook: Webhook

    @property
    def environment(self) -> dict[str, str]:
        every = {"VARIORUM_SENSOR_SECONDS": "2", "VARIORUM_SCHEDULE": "* * * * *"}
        return environment(self.root, **every, VARIORUM_WEBHOOK=self.webhook.url)

    def seed(self, name: str) -> Path:
        return self.root / "seeds" / name

    def sources(self) -> set[str]:
        return set(parquet.read(self.root / "data" / "latest" / "sources.parquet")["path"].to_pylist())

    def runs(self, name: str, value: str) -> list[dg.DagsterRun]:
        """The runs with this tag, newest first."""
        with dg.DagsterInstance.from_config(str(self.root / "home")) as instance:
            return list(instance.get_runs(dg.RunsFilter(tags={name: value})))

    def has_built(self) -> bool:
        """Whether the last run that the sensor asked for has succeeded."""
        return self.runs("dagster/sensor_name", "seeds_and_reference")[0].status is dg.DagsterRunStatus.SUCCESS

    def switch_on(self, kind: str, name: str) -> None:
        """The command of docs/deployment.md."""
        command = [str(BIN / "dagster"), kind, "start", name, *WORKSPACE]
        done = subprocess.run(command, cwd=REPOSITORY, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def told(self, event: str, number: int) -> dict[str, Any]:
        """What the webhook was told last, once it was told so many things of this kind."""

        def messages() -> list[dict[str, Any]]:
            return [message for message in self.webhook.received if message["event"] == event]

        wait_until(lambda: len(messages()) >= number, SECONDS, f"{event}, number {number}", self.root / "daemon.log")
        assert len(messages()) == number
        return messages()[-1]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Two seeds and an authority, the sensor switched on, and the daemon alone: no web server."""
    here = Watched(tmp_path_factory.mktemp("daemon"), Webhook())
    for place, text in {
        "seeds/one.txt": "Zinovjev met Krushchev in Moscow.\n",
        "seeds/two.txt": "Mátyás Rákosi met nobody.\n",
        "reference/authority/people.csv": AUTHORITY,
    }.items():
        (here.root / place).parent.mkdir(parents=True, exist_ok=True)
        (here.root / place).write_text(text, encoding="utf-8")
    here.switch_on("sensor", "seeds_and_reference")
    with (here.root / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [str(BIN / "dagster-daemon"), "run", *WORKSPACE],
            cwd=REPOSITORY,
            env=here.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        yield here
    finally:
        stop(process)
        here.webhook.close()


def test_the_sensor_builds_what_is_there_and_the_webhook_is_told(watched: Watched) -> None:
    first = watched.told("published", 1)
    assert first["former"] is None
    assert first["tables"]["sources"]["added"] == 2
    assert first["build"] == (watched.root / "data" / "latest").readlink().name


def add(watched: Watched) -> None:
    watched.seed("three.txt").write_text("Lavrentiy Beria met Hruscsov.\n", encoding="utf-8")
    watched.seed("four.txt").write_text("Nobody met Zinovjev.\n", encoding="utf-8")


def change_and_remove(watched: Watched) -> None:
    watched.seed("three.txt").write_text("Lavrentiy Beria and Hruscsov met Chruschtschow.\n", encoding="utf-8")
    watched.seed("four.txt").unlink()


@pytest.mark.parametrize(
    ("number", "what", "sources", "counts"),
    [
        (2, add, {"one.txt", "two.txt", "three.txt", "four.txt"}, {"added": 2, "removed": 0, "changed": 0}),
        (3, change_and_remove, {"one.txt", "two.txt", "three.txt"}, {"added": 0, "removed": 1, "changed": 1}),
    ],
    ids=["new", "changed and removed"],
)
def test_each_change_of_the_seeds_is_built_once(
    watched: Watched, number: int, what: Callable[[Watched], None], sources: set[str], counts: dict[str, int]
) -> None:
    what(watched)
    message = watched.told("published", number)
    assert message["tables"]["sources"] == {"rows": len(sources), **counts}
    assert watched.sources() == sources
    assert len(watched.runs("dagster/sensor_name", "seeds_and_reference")) == number


def test_a_failed_run_names_file_and_cause_first(watched: Watched) -> None:
    people = watched.root / "reference" / "authority" / "people.csv"
    people.write_text(AUTHORITY + "Q2,planet,Mars\n", encoding="utf-8")
    message = watched.told("failed", 1)
    assert message["reason"].startswith(f"{people}, line 3")
    assert "planet" in message["reason"]
    [run, *_] = watched.runs("dagster/sensor_name", "seeds_and_reference")
    assert run.status is dg.DagsterRunStatus.FAILURE
    with dg.DagsterInstance.from_config(str(watched.root / "home")) as instance:
        events = [record.dagster_event for record in instance.all_logs(run.run_id) if record.dagster_event]
    assert reasons.why(events).splitlines()[0] == message["reason"]
    assert watched.sources() == {"one.txt", "two.txt", "three.txt"}
    people.write_text(AUTHORITY, encoding="utf-8")
    wait_until(watched.has_built, SECONDS, "what was mended is built", watched.root / "daemon.log")
    assert len(watched.runs("dagster/sensor_name", "seeds_and_reference")) == 5, "one failed, one mended"


def test_a_run_whose_process_dies_is_started_once_more(watched: Watched) -> None:
    sensed = len(watched.runs("dagster/sensor_name", "seeds_and_reference"))
    watched.seed("five.txt").write_text("Anastas Mikoyan met Krushchev.\n", encoding="utf-8")
    lock = watched.root / "data" / ".work" / "lock"
    wait_until(lambda: lock.read_text(), SECONDS, "a run holds the folder", watched.root / "daemon.log")
    died = lock.read_text()
    for process in run_processes(watched.root / "home"):
        process.kill()
    wait_until(lambda: "five.txt" in watched.sources(), SECONDS, "it is built after all", watched.root / "daemon.log")
    again, killed, *_ = watched.runs("dagster/sensor_name", "seeds_and_reference")
    assert (killed.run_id, killed.status) == (died, dg.DagsterRunStatus.FAILURE)
    assert again.parent_run_id == died
    assert len(watched.runs("dagster/sensor_name", "seeds_and_reference")) == sensed + 2


def test_the_schedule_starts_a_build_when_it_is_due(watched: Watched) -> None:
    """Nothing is due before it is switched on, though its time has come again and again."""
    assert not watched.runs("dagster/schedule_name", "nightly")
    watched.switch_on("schedule", "nightly")

    def succeeded() -> bool:
        runs = watched.runs("dagster/schedule_name", "nightly")
        return bool(runs) and runs[-1].status is dg.DagsterRunStatus.SUCCESS

    wait_until(succeeded, SECONDS, "the run that was due has built", watched.root / "daemon.log")
    assert {run.job_name for run in watched.runs("dagster/schedule_name", "nightly")} == {"build"}
