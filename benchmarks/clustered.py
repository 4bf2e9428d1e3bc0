"""A build on a Dask cluster of one scheduler and two workers, each a process of its own, as on several machines.

    python -m benchmarks.clustered FOLDER

The cluster is up before the build starts, as a real one is. The last line printed is the seconds of the build alone;
whoever measures the process tree counts scheduler and workers in. Places are given by the environment.
"""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

WORKERS, SECONDS, ADDRESS = 2, 120, "127.0.0.1"


def main() -> int:
    """Builds; the exit status is the build's."""
    with ExitStack() as held:
        scheduler = _start_cluster(Path(sys.argv[1]), held)
        started = time.monotonic()
        environment = {**os.environ, "VARIORUM_SCHEDULER": scheduler}
        status = subprocess.run([sys.executable, "-m", "pipelines.build"], env=environment, check=False).returncode
        print(time.monotonic() - started, flush=True)
    return status


def _start_cluster(folder: Path, held: ExitStack) -> str:
    """The address of a scheduler that has all its workers."""
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    address = f"tcp://{ADDRESS}:{port}"
    _start(held, "dask_scheduler", "--host", ADDRESS, "--port", str(port), "--no-dashboard", "--no-show")
    for number in range(WORKERS):
        spill = str(folder / f"spill-{number}")
        _start(held, "dask_worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", spill)
    _wait_for_workers(address)
    return address


def _start(held: ExitStack, command: str, *arguments: str) -> None:
    process: subprocess.Popen[Any] = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{command}", *arguments], stderr=subprocess.DEVNULL
    )
    held.callback(process.wait)
    held.callback(process.terminate)


def _wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=SECONDS, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=SECONDS)


if __name__ == "__main__":
    sys.exit(main())
