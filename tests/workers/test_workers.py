"""However many workers there are, wherever they are, and whichever die: the same bytes."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from pipelines import environment, resources, workers
from pipelines.environment import Engine
from pipelines.resources import Workers
from pipelines.stages.places import Paths
from pipelines.workers import Cluster, OtherCode, Processes, Team, WorkersDied
from tests.builds import write_seeds
from tests.workers.conftest import REFERENCE, built

ENGINES = [Engine.processes, Engine.dask]


def team_of(engine: Engine, number: int = 2) -> Workers:
    if engine is Engine.dask:
        pytest.importorskip("distributed", reason="The extra `cluster` is not installed.")
    return Workers(engine=engine, number=number)


@pytest.mark.parametrize(("engine", "number"), [(Engine.processes, 2), (Engine.processes, 3), (Engine.dask, 2)])
def test_the_bytes_do_not_depend_on_workers(
    engine: Engine, number: int, seeds: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    assert built(Paths(seeds, REFERENCE, tmp_path), team_of(engine, number)) == expected


def dying_once(marker: Path, function: Any, *call: Any) -> Path:
    """Does the work, but the process of the first to come dies before."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return function(*call)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def dying(*call: Any) -> Path:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


@pytest.mark.faults
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("stage", ["Cleaning and finding names", "Asking the authority"])
def test_a_killed_worker_changes_nothing(
    engine: Engine, stage: str, seeds: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    team = team_of(engine)
    progress: list[tuple[str, int, int]] = []
    before = resources.REPORT.set(lambda *row: progress.append(row))

    def run(label: str, function: Any, calls: list[tuple[Any, ...]], size: int) -> None:
        dies = partial(dying_once, tmp_path / "killed")
        if label == stage:
            assert len(calls) > 2
            function, calls = dies, [(function, *call) for call in calls]
        team.run(label, function, calls, size)

    assert built(Paths(seeds, REFERENCE, tmp_path / "data"), team, run) == expected
    resources.REPORT.reset(before)
    assert (tmp_path / "killed").exists()
    for label in {label for label, *_ in progress}:
        last = [(done, total) for name, done, total in progress if name == label][-1]
        assert last[0] == last[1] > 0


@pytest.mark.faults
def test_work_that_kills_every_worker_ends_with_a_reason() -> None:
    team = Team(Processes(2))
    with pytest.raises(WorkersDied, match="VARIORUM_WORKERS=1"):
        team.run(dying, [(1,), (2,)], lambda done: None)
    team.close()


def failing(text: str) -> Path:
    raise ValueError(text)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_work_raises_is_raised_here(engine: Engine) -> None:
    team = team_of(engine)
    with pytest.raises(ValueError, match=r"^row 3 of a\.csv$"):
        team.run("Failing", failing, [("row 3 of a.csv",), ("row 3 of a.csv",)], 1)
    team.close()


def process_of_worker(number: int) -> Path:
    return Path(str(os.getpid()))


@pytest.mark.parametrize(("engine", "expected_starts"), [(Engine.processes, 3), (Engine.dask, 1)])
def test_a_cluster_is_kept_and_processes_are_not(
    engine: Engine, expected_starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = team_of(engine)
    starts = []
    kind = type(team._engine())
    start = kind.start
    monkeypatch.setattr(kind, "start", lambda self, held: starts.append(1) or start(self, held))
    for _ in range(3):
        team.run("Counting", process_of_worker, [(n,) for n in range(4)], 1)
    team.run("Nothing", process_of_worker, [], 0)
    assert len(starts) == expected_starts
    team.close()


def told(place: Path, text: str) -> Path:
    with place.open("a", encoding="utf-8") as file:
        file.write(text)
    return place


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_begun_is_waited_for_and_not_done_again(engine: Engine, tmp_path: Path) -> None:
    team, done = team_of(engine), tmp_path / "done"
    team.ahead([(told, (done, "early "))], 1)
    team.run("Between", told, [(tmp_path / "else", "between")], 1)
    team.run("Telling", told, [(done, "early "), (tmp_path / "more", "late")], 1)
    assert [file.read_text() for file in sorted(tmp_path.iterdir())] == ["early ", "between", "late"]
    team.run("Telling", told, [(done, "again")], 1)
    assert done.read_text() == "early again"
    team.close()


@pytest.mark.faults
@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_begun_is_done_again_where_its_worker_died(engine: Engine, tmp_path: Path) -> None:
    team, marker = team_of(engine), tmp_path / "killed"
    team.ahead([(dying_once, (marker, told, tmp_path / "done", "once"))], 1)
    team.run("Telling", dying_once, [(marker, told, tmp_path / "done", "once")], 1)
    assert marker.exists() and (tmp_path / "done").read_text() == "once"
    team.close()


def waiting(started: Path, wanted: Path) -> Path:
    started.touch()
    while not wanted.exists():
        time.sleep(0.01)
    return wanted


def test_nothing_is_under_way_when_workers_were_let_go(tmp_path: Path) -> None:
    team, wanted = Team(Processes(1)), tmp_path / "wanted"
    team.ahead([(waiting, (tmp_path / str(number), wanted)) for number in range(5)])  # a worker has one or two in hand
    while not (tmp_path / "0").exists():
        time.sleep(0.01)
    Timer(0.2, wanted.touch).start()
    team.close()
    assert wanted.exists() and not (tmp_path / "4").exists()


def test_little_work_is_not_begun_ahead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "INLINE_BYTES", 10)
    monkeypatch.setattr(Processes, "start", lambda *args: pytest.fail("started for little work"))
    team_of(Engine.processes).ahead([(told, (tmp_path / "little", ""))], 9)
    team_of(Engine.processes, 1).ahead([(told, (tmp_path / "much", ""))], 10)
    assert not [*tmp_path.iterdir()]


def main_module(number: int) -> Path:
    import __main__ as main

    return Path(str(getattr(main, "__file__", None)))


def test_workers_do_not_import_the_main_module() -> None:
    team = Team(Processes(2))
    seen: list[int] = []
    team.run(main_module, [(1,)], seen.append)
    assert seen == [1]
    with workers._without_main():
        assert main_module(1) == Path("None")
    team.close()


def test_little_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "INLINE_BYTES", 10)
    monkeypatch.setattr(Processes, "start", lambda *args: pytest.fail("started for little work"))
    team_of(Engine.processes).run("Little", process_of_worker, [(1,), (2,)], 9)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_little_call_is_done_here_though_there_were_workers(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    team = team_of(engine)
    team.run("Much", process_of_worker, [(1,), (2,)], 9)
    team.close()
    monkeypatch.setattr(environment, "INLINE_BYTES", 10)
    monkeypatch.setattr(Team, "run", lambda *args: pytest.fail("given to a worker"))
    team.run("Little", told, [(tmp_path / "done", "here")], 9)
    assert (tmp_path / "done").read_text() == "here"


def test_workers_get_ready_for_a_first_build_of_much_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready: list[str] = []
    monkeypatch.setattr(Processes, "get_ready", lambda self: ready.append("ready"))
    monkeypatch.setattr(environment, "INLINE_BYTES", 10)
    paths = Paths(tmp_path / "seeds", REFERENCE, tmp_path / "data")
    for name, value in (("SEEDS", paths.seeds), ("DATA", paths.data), ("WORKERS", 2), ("ENGINE", "")):
        monkeypatch.setenv(f"VARIORUM_{name}", str(value))
    environment.get_ready()
    write_seeds(paths.seeds, {"a.txt": "012345"})
    environment.get_ready()
    assert not ready
    write_seeds(paths.seeds, {"b/c.txt": "6789"})
    for number in ("1", "none"):  # where that is no number, it is told later
        monkeypatch.setenv("VARIORUM_WORKERS", number)
        environment.get_ready()
    assert not ready
    monkeypatch.setenv("VARIORUM_WORKERS", "2")
    environment.get_ready()
    assert ready
    paths.write_manifest("seeds", {})
    environment.get_ready()
    assert len(ready) == 1


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield lambda **values: [monkeypatch.setenv(f"VARIORUM_{name}", value) for name, value in values.items()]


def test_the_environment_says_which_workers(say: Any) -> None:
    assert Workers()._engine().number == workers.cores()
    say(WORKERS="5")
    assert Workers()._engine().number == 5
    assert Workers(number=3)._engine().number == 3
    assert isinstance(Workers()._engine(), Processes)
    say(ENGINE="dask")
    assert isinstance(Workers()._engine(), Cluster)
    assert isinstance(Workers(engine=Engine.processes)._engine(), Processes)


def test_a_scheduler_means_dask(say: Any) -> None:
    say(SCHEDULER="tcp://10.0.0.1:8786")
    engine = Workers()._engine()
    assert isinstance(engine, Cluster)
    assert engine.scheduler == "tcp://10.0.0.1:8786"


@pytest.mark.parametrize(("name", "value"), [("WORKERS", "two"), ("WORKERS", "-1"), ("ENGINE", "spark")])
def test_a_wrong_environment_is_told(say: Any, name: str, value: str) -> None:
    say(**{name: value})
    with pytest.raises(ValueError, match=f"VARIORUM_{name} must be .*{value}"):
        Workers()._engine()


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="The extra `cluster` is not installed.")
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 1)
    team = Workers(scheduler="tcp://127.0.0.1:9")
    with pytest.raises(OSError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        team.run("Asking", process_of_worker, [(1,)], 1)
    team.close()


def test_a_worker_with_other_code_is_refused() -> None:
    with pytest.raises(OtherCode, match="Install the same version"):
        workers._same_code("another key", process_of_worker, 1)
    assert workers._same_code(workers.work.code_version("."), process_of_worker, 1) == process_of_worker(1)
