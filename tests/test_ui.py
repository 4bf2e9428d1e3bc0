"""How `make ui` begins and ends, with small processes in the services' place; the real ones are ended in
`tests/browser` and `tests/faults`.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import REPOSITORY, free_port, wait_until
from tests.faults.processes import in_group, wait_until_gone

SECONDS = 60
SERVE = "import sys; from pipelines import ui; ui.PATIENCE = 2; sys.exit(ui.serve(sys.argv[2:], int(sys.argv[1])))"
SERVICE = """
import os, signal, socket, subprocess, sys, tempfile, time
{first}
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
tempfile.mkdtemp()
server = socket.create_server(("127.0.0.1", {port}))
print("serving as", os.getpid(), flush=True)
try:
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit("Aborted!")
"""


class Serving:
    """A process that serves what a stand-in does, and all that it has said."""

    def __init__(self, folder: Path, first: str = "") -> None:
        self.port, self.log, self.scratch = free_port(), folder / "log", folder / "scratch"
        self.scratch.mkdir()
        service = SERVICE.format(first=first, port=self.port)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(self.port), sys.executable, "-c", service],
                cwd=REPOSITORY,
                env={**os.environ, "TMPDIR": str(self.scratch)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until_up(self) -> int:
        """The process group of the services, once a person has been told where the page is."""
        wait_until(lambda: "Ctrl+C ends it" in self.said(), SECONDS, "it is told where the page is", self.log)
        group = int(self.said().split("serving as ")[1].split()[0])
        assert len(in_group(group)) == 2
        return group


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT] * 3, [signal.SIGINT, signal.SIGTERM]],
    ids=lambda signals: "+".join(signal.Signals(number).name for number in signals),
)
def test_a_signal_ends_everything_with_one_sentence(tmp_path: Path, signals: list[int]) -> None:
    serving = Serving(tmp_path)
    group = serving.wait_until_up()
    for number in signals:
        os.killpg(serving.process.pid, number)
    assert serving.process.wait(SECONDS) == 0
    assert in_group(group) == []
    assert serving.said().splitlines() == [
        "Starting the Dagster UI ...",
        f"serving as {group}",
        f"The Dagster UI is on http://127.0.0.1:{serving.port} (Ctrl+C ends it).",
        "",
        "Ending the Dagster UI ... it has ended.",
    ]
    assert [*serving.scratch.iterdir()] == []


def test_it_can_be_ended_while_it_starts(tmp_path: Path) -> None:
    serving = Serving(tmp_path, first="print('at', os.getpid(), flush=True); time.sleep(600)")
    wait_until(lambda: "at " in serving.said(), SECONDS, "the service has begun", serving.log)
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(SECONDS) == 0
    started, at, *ended = serving.said().splitlines()
    assert (started, ended) == ("Starting the Dagster UI ...", ["", "Ending the Dagster UI ... it has ended."])
    assert in_group(int(at.split()[1])) == []


def test_what_does_not_end_by_itself_is_killed(tmp_path: Path) -> None:
    serving = Serving(tmp_path, first="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    group = serving.wait_until_up()
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(SECONDS) == 0
    assert in_group(group) == []


def test_a_ui_that_ends_by_itself_shows_why_and_fails(tmp_path: Path) -> None:
    serving = Serving(tmp_path, first="sys.exit('There is no workspace.')")
    assert serving.process.wait(SECONDS) == 1
    assert serving.said().splitlines() == [
        "Starting the Dagster UI ...",
        "There is no workspace.",
        "The Dagster UI ended by itself; what it said stands above.",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells children that their parent was killed.")
def test_a_kill_leaves_no_services_behind(tmp_path: Path) -> None:
    serving = Serving(tmp_path, first="import atexit; atexit.register(lambda: child.kill())")
    group = serving.wait_until_up()
    serving.process.kill()
    serving.process.wait()
    assert wait_until_gone(group, SECONDS) == []


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("--port", str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"Port {port} is taken, perhaps by another `make ui`: end that one, or name another port, "
        f"as in `make ui PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize("port", ["", "x", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    result = run(f"--port={port}")
    assert result.returncode == 2
    assert result.stderr.endswith(f"a port is a number from 1 to 65535, not {port!r}\n")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pipelines.ui", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
