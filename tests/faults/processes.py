"""Runs `make build`'s command in real processes, kills them, and tells what they leave."""

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import psutil

from tests.permissions import let_permissions_hold

REPOSITORY = Path(__file__).parents[2]
SAMPLES = ("1956",)
AUTHORITY = """entity_id,kind,name,aliases
p:khrushchev,person,Nikita Khrushchev,
p:zinoviev,person,Grigory Zinoviev,
p:rakosi,person,Mátyás Rákosi,
l:moscow,place,Moscow,
"""
BUILD = "from pipelines import build, environment; environment.INLINE_BYTES = {inline}; raise SystemExit(build.main())"
SECONDS = 300
KILLS = int(os.environ.get("VARIORUM_KILLS") or 2)
"""How often a build is killed; `make faults` says 50."""
IS_LONG = KILLS >= 50
"""Whether there is time for every case of a kind: in `make faults`, not in `make test`."""


@dataclass
class House:
    """Folders of one dataset with a history of its own, and the builds that are started on it."""

    root: Path
    inline: int = 1 << 22
    more: dict[str, str] = field(default_factory=dict)

    @property
    def seeds(self) -> Path:
        return self.root / "seeds"

    @property
    def reference(self) -> Path:
        return self.root / "reference"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def furnish(self) -> "House":
        """Fill it with sample seeds, a small authority (a large one only takes its time), and our dagster.yaml."""
        for name in SAMPLES:
            shutil.copytree(REPOSITORY / "seeds" / "raw" / name, self.seeds / name)
        (self.reference / "authority").mkdir(parents=True)
        (self.reference / "authority" / "people.csv").write_text(AUTHORITY, encoding="utf-8")
        self.home.mkdir(parents=True)
        shutil.copyfile(REPOSITORY / "dagster.yaml", self.home / "dagster.yaml")
        return self

    def start(self) -> "subprocess.Popen[str]":
        """`make build` without its set-up; with `inline` 0, every pass runs in worker processes."""
        places = {f"VARIORUM_{name.upper()}": str(self.root / name) for name in ("seeds", "reference", "data")}
        places["VARIORUM_PUBLISH"] = ""
        environment = {**os.environ, **places, "DAGSTER_HOME": str(self.home), "DO_NOT_TRACK": "1", **self.more}
        return subprocess.Popen(
            [sys.executable, "-c", BUILD.format(inline=self.inline)],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=let_permissions_hold,
        )

    def build(self) -> "subprocess.CompletedProcess[str]":
        """A build run to its end."""
        process = self.start()
        out, errors = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, errors)

    def add_seed(self, number: int) -> None:
        """A seed that makes the next build differ from the last."""
        text = f"Question {number} on Zinovjev?\n\nUpvote:{number}\n\nKrushchev met Rákosi in Moscow, time {number}.\n"
        (self.seeds / f"added_{number}.txt").write_text(text, encoding="utf-8")

    def published(self) -> dict[str, str]:
        """The SHA-256 of every file of the published build."""
        latest = self.data / "latest"
        files = [file for file in sorted(latest.rglob("*")) if file.is_file()]
        return {file.relative_to(latest).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    def listing(self) -> list[str]:
        """Every file and folder of the data folder, and where links lead; the builds that are kept are a number."""
        found = [path for path in sorted(self.data.rglob("*")) if "builds" not in path.relative_to(self.data).parts]
        links = {path: f" -> {path.readlink()}" for path in found if path.is_symlink()}
        builds = len([*(self.data / "builds").iterdir()])
        return [f"{builds} builds", *(f"{path.relative_to(self.data)}{links.get(path, '')}" for path in found)]

    def change(self) -> None:
        """Changes after which every stage of a build has something to do."""
        self.add_seed(1)
        with (self.reference / "authority" / "people.csv").open("a", encoding="utf-8") as file:
            file.write("p:mikoyan,person,Anastas Mikoyan,\n")

    def stage(self) -> str:
        """What the build that is at work, or was killed, has finished last."""
        work = self.data / ".work"
        made = [*(work / "manifests").glob("*.json"), work / "lock", *self.data.glob("builds/.tmp-*")]
        last = max(made, key=lambda file: file.stat().st_mtime_ns)
        return "publishing" if last.name.startswith(".tmp-") else last.stem

    def leftovers(self) -> list[str]:
        """What no finished build leaves behind."""
        return [path.relative_to(self.data).as_posix() for path in sorted(self.data.rglob("*")) if ".tmp" in path.name]

    def is_sound(self) -> bool:
        """Whether the published files are those of one build: all of its checksums hold."""
        published = self.published()
        lines = (self.data / "latest" / "checksums.sha256").read_text().splitlines()
        stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        return stated == {name: digest for name, digest in published.items() if name != "checksums.sha256"}


def copied(house: House, root: Path) -> House:
    """The same house elsewhere."""
    shutil.copytree(house.root, root, symlinks=True)
    return House(root)


def unfinished_runs(house: House) -> list[str]:
    """The runs that Dagster believes to be under way."""
    with dg.DagsterInstance.from_config(str(house.home)) as instance:
        runs = instance.get_runs()
        return [f"{run.run_id} {run.status.value}" for run in runs if not run.is_finished]


def kill(process: "subprocess.Popen[str]") -> None:
    """kill -9 of the process alone, as the kernel's out-of-memory killer does it; its workers have to notice."""
    process.send_signal(signal.SIGKILL)  # does nothing if it has ended
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time of a process and of those it has started: how far it is, whatever else the machine does."""
    total = 0.0
    try:
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system  # of those that ended
    except psutil.NoSuchProcess:  # one of them has just ended
        pass
    return total


def wait_for_work(process: psutil.Process, seconds: float) -> bool:
    """Whether the process has done so much before it ended."""
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if cpu_seconds(process) >= seconds:
            return True
        time.sleep(0.005)
    return False


def run_processes(home: Path) -> list[psutil.Process]:
    """The processes that run jobs for the Dagster in this home: each run is one that a code server has spawned."""
    found = []
    for process in psutil.process_iter():
        try:
            if "spawn_main" in " ".join(process.cmdline()) and process.environ().get("DAGSTER_HOME") == str(home):
                found.append(process)
        except psutil.Error:  # it has ended meanwhile
            continue
    return found


def in_group(group: int) -> list[int]:
    """The processes that still live in a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[2]) == group and words[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_until_gone(group: int, seconds: float = 120) -> list[int]:
    """What is left of a process group after a while: workers that were being started first load what they need."""
    until = time.monotonic() + seconds
    while (left := in_group(group)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def moments(number: int, begin: float, end: float, seed: int) -> Iterator[float]:
    """So many moments spread evenly from `begin` to `end`, each a little off its place, the same every time."""
    chance = random.Random(seed)
    for index in range(number):
        yield begin + (end - begin) * (index + chance.random()) / number


def error_lines(text: str) -> list[str]:
    """The lines of a message, without the wrappings of a terminal."""
    return [line for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]


@contextmanager
def disk(place: Path, options: str) -> Iterator[Path]:
    """A small file system in memory at `place`; PermissionError if mounting is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PermissionError(str(error)) from error
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
