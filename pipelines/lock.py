"""Keeps two builds on one data folder apart, and notices a build that died.

The lock belongs to the process that holds it and goes with it, however that ends; what the file says is the run that
took it last. What a build leaves unfinished is swept by the rooms that made it, not here.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import dagster as dg

WAIT_SECONDS = 3.0  # a build that is just ending, or somebody who only looks, is waited for
DIED = (
    "The process of this run ended before the run did: it was killed, or the machine went down. The dataset published "
    "before is whole; start a new run, and it goes on with the work that is finished."
)
_held: dict[Path, str] = {}


class BuildRunning(RuntimeError):
    """Another build works on the same data folder."""


class NotWritable(OSError):
    """The data folder cannot be made, or nothing can be written into it."""


@contextmanager
def locked(data: Path, run_id: str, found_dead: Callable[[str], None]) -> Iterator[None]:
    """Nobody else builds into this folder meanwhile; a run that holds it already goes on.

    Args:
        data: the folder for all outputs.
        run_id: the run that takes it.
        found_dead: is told the run that took it before and never gave it back.

    Raises:
        BuildRunning: another run holds it.
        NotWritable: nothing can be written there.
    """
    if _held.get(data) == run_id:
        yield
        return
    with _opened(data) as file:
        _take(file, data)
        if dead := _read(file):
            found_dead(dead)
        _write(file, run_id)
        _held[data] = run_id
        try:
            yield
        finally:
            del _held[data]
            _write(file, "")


def dead_run(data: Path) -> str:
    """The run that took the folder and ended without giving it back; empty if there is none."""
    if not _file(data).exists():
        return ""
    with _file(data).open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return ""
        return _read(file)


def mark_failed(instance: dg.DagsterInstance, run_id: str) -> None:
    """Say of a run that its process died, if nobody has said so yet."""
    run = instance.get_run_by_id(run_id)
    if run and not run.is_finished:
        instance.report_run_failed(run, DIED)


def _file(data: Path) -> Path:
    return data / ".work" / "lock"


def _opened(data: Path) -> IO[str]:
    try:
        _file(data).parent.mkdir(parents=True, exist_ok=True)
        return _file(data).open("a+", encoding="utf-8")
    except OSError as error:
        message = f"Nothing can be written into the data folder {data} ({error.strerror}). Name another with DATA=."
        raise NotWritable(message) from error


def _take(file: IO[str], data: Path) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                message = f"Another build is at work on {data}. Wait until it has ended, then start again."
                raise BuildRunning(message) from None
        time.sleep(0.05)


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def _write(file: IO[str], text: str) -> None:
    file.truncate(0)
    file.write(text)  # the file is open for appending: after cutting it, that is its beginning
    file.flush()
