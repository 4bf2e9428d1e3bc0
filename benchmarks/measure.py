"""What a command takes: CPU of its whole process tree, wall time, peak memory. And a build as such a command."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
POLL_SECONDS, MEMORY_EVERY = 0.1, 5


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes:
        cpu: CPU seconds of the process and all that it started.
        wall: Seconds from start to end.
        rss: Peak of the resident memory of all processes added up (shared pages counted once a process), in bytes.
        pss: The same with shared pages counted once in all, in bytes.
        output: What it printed.
    """

    cpu: float
    wall: float
    rss: int
    pss: int
    output: str


def take(command: Sequence[str], environment: Mapping[str, str]) -> Taken:
    """Run a command and measure it.

    Raises:
        RuntimeError: it failed.
    """
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        cpu: dict[int, float] = {}
        rss = pss = polls = 0
        while process.poll() is None:
            now_rss, now_pss = _look(psutil.Process(process.pid), cpu, polls % MEMORY_EVERY == 0)
            rss, pss, polls = max(rss, now_rss), max(pss, now_pss), polls + 1
            time.sleep(POLL_SECONDS)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{output}")
    return Taken(sum(cpu.values()), time.monotonic() - started, rss, pss, output)


def _look(root: psutil.Process, cpu: dict[int, float], with_memory: bool) -> tuple[int, int]:
    rss = pss = 0
    try:
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0, 0
    for process in processes:
        try:
            times = process.cpu_times()
            cpu[process.pid] = times.user + times.system
            rss += process.memory_info().rss
            pss += process.memory_full_info().pss if with_memory else 0
        except psutil.Error:  # it has just ended
            continue
    return rss, pss


class Bench:
    """A folder to measure in; byte code lies there too, so that measures don't depend on who ran before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
            "DAGSTER_HOME": str(folder / "dagster"),
            "PYTHONUNBUFFERED": "1",
        }
        (folder / "dagster").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "dagster.yaml", folder / "dagster" / "dagster.yaml")

    def build_on_cluster(self, seeds: Path, data: Path, **environment: str) -> Taken:
        """What a build takes on a cluster that is up; CPU and memory with the cluster's, wall time the build's."""
        taken = self.python("benchmarks.clustered", str(self.folder), **self._places(seeds, data), **environment)
        return replace(taken, wall=float(taken.output.splitlines()[-1]))

    def python(self, module: str, *arguments: str, **environment: str) -> Taken:
        """What `python -m module` takes."""
        with_code = {name: value for name, value in environment.items() if value}
        return take([sys.executable, "-X", "pycache_prefix=" + self.environment["PYTHONPYCACHEPREFIX"], "-m", module,
                     *arguments], {**self.environment, "PYTHONDONTWRITEBYTECODE": "", **with_code})  # fmt: skip

    def build(self, seeds: Path, data: Path, **environment: str) -> Taken:
        """What a build takes."""
        return self.python("pipelines.build", **self._places(seeds, data), **environment)

    def _places(self, seeds: Path, data: Path) -> dict[str, str]:
        reference = str(ROOT / "seeds" / "reference")
        return {"VARIORUM_SEEDS": str(seeds), "VARIORUM_DATA": str(data), "VARIORUM_REFERENCE": reference}


def size_on_disk(folder: Path) -> int:
    """Bytes of all files below a folder, each counted once however many links it has."""
    found = {(stat.st_dev, stat.st_ino): stat.st_size for stat in (f.stat() for f in folder.rglob("*") if f.is_file())}
    return sum(found.values())


def checksums(data: Path) -> str:
    """The digest of a published build: the name of its folder."""
    return (data / "latest").resolve().name
