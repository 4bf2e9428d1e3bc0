"""Serves the Dagster UI as `make ui` does, in folders of its own, and stops it with everything it started."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 180


@dataclass(frozen=True)
class Served:
    """A running UI and the folders it works on."""

    process: "subprocess.Popen[bytes]"
    url: str
    home: Path
    seeds: Path
    reference: Path
    data: Path

    def query(self, text: str, **variables: Any) -> Any:
        """The `data` of a GraphQL answer."""
        body = json.dumps({"query": text, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]


def environment(root: Path, **more: str) -> dict[str, str]:
    """The environment of a Dagster that keeps its history and the dataset below `root`."""
    (root / "home").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REPOSITORY / "dagster.yaml", root / "home" / "dagster.yaml")
    places = {name: str(root / name) for name in ("seeds", "reference", "data")}
    return {
        **os.environ,
        **{f"VARIORUM_{name.upper()}": place for name, place in places.items()},
        "DAGSTER_HOME": str(root / "home"),
        "DO_NOT_TRACK": "1",
        **more,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(root: Path, **more: str) -> Iterator[Served]:
    """The UI with its daemon, from the command that `make ui` runs; SIGINT ends it as Ctrl+C does."""
    port = free_port()
    with (root / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.ui", "--port", str(port)],
            cwd=REPOSITORY,
            env=environment(root, **more),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ui = Served(process, f"http://127.0.0.1:{port}", *(root / name for name in ("home", "seeds", "reference", "data")))
    try:
        wait_until(lambda: _answers(ui), START_SECONDS, "the UI did not come up", root / "ui.log")
        yield ui
    finally:
        stop(process)


def _answers(ui: Served) -> bool:
    assert ui.process.poll() is None, "the UI ended by itself"
    try:
        found = ui.query("{ workspaceOrError { ... on Workspace { locationEntries { loadStatus } } } }")
    except OSError:
        return False
    entries = found["workspaceOrError"].get("locationEntries", [])
    return bool(entries) and all(entry["loadStatus"] == "LOADED" for entry in entries)


def interrupted(ui: Served, *signals: int) -> list[psutil.Process]:
    """What is left of the UI and all it has started when these signals, one second apart, have ended it."""
    served_by = psutil.Process(ui.process.pid).children(recursive=True)
    assert len(served_by) >= 4, "web server, daemon, and the servers of the code"
    for number in signals:
        os.killpg(ui.process.pid, number)
        time.sleep(1)
    assert ui.process.wait(60) == 0
    return [process for process in served_by if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all of its group, politely first."""
    for name, seconds in ((signal.SIGINT, 60), (signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, name)
        except ProcessLookupError:
            break
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        if not _group_lives(process.pid, seconds):
            break


def _group_lives(group: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.2)
    return True


def wait_until(happened: Any, seconds: float, otherwise: str, log: Path | None = None) -> None:
    """Return as soon as `happened()` is true; fail with what should have been."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            tail = log.read_text(errors="replace")[-3000:] if log else ""
            raise AssertionError(f"After {seconds} seconds: {otherwise}.\n{tail}")
        time.sleep(0.25)
