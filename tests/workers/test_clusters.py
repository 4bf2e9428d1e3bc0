"""A real Dask cluster: scheduler and workers as processes of their own, on this host and on two hosts.

The two hosts are two network namespaces with addresses of their own, joined by a bridge; that takes root.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pipelines import resources
from pipelines.resources import Workers
from pipelines.stages.places import Paths
from pipelines.workers import Cluster
from tests.builds import ROOT
from tests.workers.conftest import REFERENCE, built

pytest.importorskip("distributed", reason="The extra `cluster` is not installed.")
pytestmark = pytest.mark.faults
SECONDS = 120
BRIDGE, NETWORK = "variorum0", "10.213.57."
Host = list[str]
"""What is put before a command so that it runs on a host."""
HERE: Host = []


@contextmanager
def running(host: Host, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([*host, sys.executable, "-m", *command], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(address: str, port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex((address, port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end, "The cluster did not come up."
        time.sleep(0.2)


@contextmanager
def cluster(folder: Path, hosts: list[tuple[Host, str]]) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A scheduler on the first host and a worker on each: the scheduler's address, and the workers."""
    (first, address), *_ = hosts
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    with ExitStack() as held:
        scheduler = ("distributed.cli.dask_scheduler", "--host", address, "--port", str(port), "--no-dashboard")
        held.enter_context(running(first, *scheduler, "--no-show"))
        until(lambda: answers(address, port))
        worker = ("distributed.cli.dask_worker", f"tcp://{address}:{port}", "--nthreads", "1", "--no-dashboard")
        workers = [
            held.enter_context(running(host, *worker, "--host", own, "--local-directory", str(folder / f"spill{n}")))
            for n, (host, own) in enumerate(hosts)
        ]
        until(lambda: number_of_workers(f"tcp://{address}:{port}") == len(hosts))
        yield f"tcp://{address}:{port}", workers


def number_of_workers(address: str) -> int:
    from distributed import Client

    with Client(address, timeout=SECONDS, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


@pytest.fixture
def two_hosts() -> Iterator[list[tuple[Host, str]]]:
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("Network namespaces take root and `ip` (iproute2).")
    names = [f"variorum-{n}" for n in (2, 3)]
    with ExitStack() as held:
        try:
            ip("link", "add", BRIDGE, "type", "bridge")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"Network namespaces can't be made here: {error.stderr}")
        held.callback(ip, "link", "del", BRIDGE)
        ip("addr", "add", f"{NETWORK}1/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for number, name in enumerate(names, 2):
            ip("netns", "add", name)
            held.callback(ip, "netns", "del", name)
            ip("link", "add", f"variorum{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"variorum{number}", "master", BRIDGE, "up")
            ip("-n", name, "addr", "add", f"{NETWORK}{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield [(["ip", "netns", "exec", name], f"{NETWORK}{n}") for n, name in enumerate(names, 2)]


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def test_a_cluster_makes_the_same_bytes(
    seeds: Path, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(tmp_path, [(HERE, "127.0.0.1"), (HERE, "127.0.0.1")]) as (address, _):
        monkeypatch.setenv("VARIORUM_SCHEDULER", address)
        assert built(Paths(seeds, REFERENCE, tmp_path / "data"), Workers()) == expected


def loaded() -> bool:
    return "pipelines.passes.warm" in sys.modules


def test_the_workers_of_a_cluster_load_everything_beforehand(tmp_path: Path) -> None:
    from distributed import Client

    with ExitStack() as held:
        address, _ = held.enter_context(cluster(tmp_path, [(HERE, "127.0.0.1"), (HERE, "127.0.0.1")]))
        client = held.enter_context(Client(address, timeout=SECONDS, set_as_default=False))
        assert not any(client.run(loaded).values())
        Cluster(address, 2).get_ready()
        until(lambda: all(client.run(loaded).values()))


def test_a_cluster_on_two_hosts_that_loses_one_makes_the_same_bytes(
    seeds: Path, expected: dict[str, bytes], tmp_path: Path, two_hosts: list[tuple[Host, str]]
) -> None:
    with cluster(tmp_path, two_hosts) as (address, workers):
        told: list[int] = []

        def report(label: str, done: int, total: int) -> None:
            told.append(done)
            if label == "Cleaning and finding names" and done == 2:
                os.kill(workers[1].pid, signal.SIGKILL)

        token = resources.REPORT.set(report)
        try:
            assert built(Paths(seeds, REFERENCE, tmp_path / "data"), Workers(scheduler=address)) == expected
        finally:
            resources.REPORT.reset(token)
        assert workers[1].poll() is not None
        assert told
