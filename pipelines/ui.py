"""`make ui`: serves the Dagster UI with its daemon until Ctrl+C, and leaves nothing running.

What serves is `dg dev`, in a process group of its own: so Ctrl+C reaches this process alone, which ends the others once
and in order, however often the keys are pressed. How to serve a group of people is told in docs/deployment.md.
"""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TextIO

HOST, PORT = "127.0.0.1", 3000
REPOSITORY = Path(__file__).parent.parent
TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 30.0
"""Seconds that the services and the runs they have started get for ending by themselves."""
LOOK = 0.2
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in Linux's prctl.h


class Services:
    """The processes that serve the UI, and what they say."""

    def __init__(self, command: Sequence[str], scratch: str) -> None:
        """Start them; what they leave behind lies in `scratch`."""
        self._process = subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": scratch},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._is_heard = True
        assert self._process.stdout
        self._listener = Thread(target=self._pass_on, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def live(self) -> bool:
        """Whether what was started is still there."""
        return self._process.poll() is None

    def end(self) -> None:
        """End all of them, politely first; what they say meanwhile helps nobody."""
        self._is_heard = False
        for name, seconds in ((signal.SIGINT, PATIENCE), (signal.SIGKILL, 5)):
            with suppress(ProcessLookupError, PermissionError):  # none is left; the other is how macOS says it
                os.killpg(self._process.pid, name)
            self._listener.join(seconds)
            if not self._listener.is_alive():
                break
        self._process.wait()

    def _pass_on(self, lines: TextIO) -> None:
        """Say what they say; it ends when the last of them has."""
        for line in lines:
            if self._is_heard:
                _say(line)


def _end_with_parent() -> None:
    """Have the process that calls this told to end when its parent is killed, where the system can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGINT)


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where a person has ended the UI."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.ui", description="Serve the Dagster UI until Ctrl+C.")
    parser.add_argument("--port", type=_port, default=PORT, help="of the page on this machine (3000)")
    port = parser.parse_args(arguments).port
    if not _is_free(port):
        sys.stderr.write(
            f"Port {port} is taken, perhaps by another `make ui`: end that one, or name another port, "
            f"as in `make ui PORT={port + 1}`.\n"
        )
        return 1
    return serve(_command(port), port)


def serve(command: Sequence[str], port: int) -> int:
    """0 when a signal has ended what the command serves, 1 when it ended by itself."""
    asked: list[int] = []
    for name in TO_END:
        signal.signal(name, lambda number, _: asked.append(number))
    _say("Starting the Dagster UI ...\n")
    with tempfile.TemporaryDirectory(prefix="ui-", ignore_cleanup_errors=True) as scratch:
        services, is_up = Services(command, scratch), False
        while services.live() and not asked:
            if not is_up and (is_up := _answers(port)):
                _say(f"The Dagster UI is on http://{HOST}:{port} (Ctrl+C ends it).\n")
            time.sleep(LOOK)
        if asked:
            _say("\nEnding the Dagster UI ... ")
        services.end()
    if asked:
        _say("it has ended.\n")
        return 0
    sys.stderr.write("The Dagster UI ended by itself; what it said stands above.\n")
    return 1


def _command(port: int) -> list[str]:
    """`dg dev` for our workspace; its warnings are on files that lie where `make` needs them."""
    dg = str(Path(sys.executable).parent / "dg")
    return [
        dg,
        "dev",
        "-w",
        str(REPOSITORY / "workspace.yaml"),
        "--host",
        HOST,
        "--port",
        str(port),
        "--log-level",
        "error",
    ]


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1 << 16:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just ended is none
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
