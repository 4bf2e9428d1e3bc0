"""kill -9 at moments spread over a build: the former dataset stays, the next build succeeds, nothing is left over.

The moments are shares of the processor time that the same build took when it was let alone, from the lock on: so they
hit a running build, and every part of it, however busy the machine is.
"""

import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.faults.processes import (
    KILLS,
    House,
    copied,
    cpu_seconds,
    kill,
    moments,
    unfinished_runs,
    wait_for_work,
    wait_until_gone,
)

pytestmark = pytest.mark.faults

SOONER = (0.85, 0.7)
"""Of the moment, where the build had ended by then: it took less time than the one that was let alone."""
INLINE = {"in its own process": 1 << 22, "in workers": 0}


@dataclass(frozen=True)
class Undisturbed:
    """What a build that nobody kills makes of the changes, and its processor time up to the lock and in all."""

    published: dict[str, str]
    listing: list[str]
    before: float
    whole: float


def locked(house: House, process: psutil.Process) -> bool:
    """Whether the build holds the folder by now; it is waited for."""
    lock = house.data / ".work" / "lock"
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if lock.read_text():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture(params=INLINE)
def case(request: pytest.FixtureRequest, built: House, tmp_path: Path) -> tuple[House, Undisturbed]:
    """A house with changes to build, and what becomes of it when nobody kills the build."""
    house = copied(built, tmp_path / "house")
    house.change()
    alone = copied(house, tmp_path / "alone")
    house.inline = alone.inline = INLINE[request.param]
    started = alone.start()
    process = psutil.Process(started.pid)
    assert locked(alone, process)
    before = whole = cpu_seconds(process)
    while started.poll() is None:
        whole = max(whole, cpu_seconds(process))
        time.sleep(0.005)
    assert started.returncode == 0, started.communicate()
    kill(started)
    return house, Undisturbed(alone.published(), alone.listing(), before, whole)


def test_a_build_may_be_killed_at_any_moment(
    case: tuple[House, Undisturbed], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, alone = case
    former, kills = changed.published(), max(KILLS // 2, 1)
    assert former != alone.published
    hit: Counter[str] = Counter()
    for share in moments(kills, 0.0, 0.95, seed=5):
        for sooner in (1, *SOONER):
            house = copied(changed, tmp_path / "killed")
            house.inline = changed.inline
            process = house.start()
            moment = alone.before + share * sooner * (alone.whole - alone.before)
            running = wait_for_work(psutil.Process(process.pid), moment) and process.poll() is None
            hit[house.stage() if running else "too late"] += 1
            kill(process)
            check_aftermath(house, process.pid, former, alone, f"killed at {share * sooner:.0%}")
            shutil.rmtree(house.root)
            if running:
                break
    with capsys.disabled():
        print(f"\n{kills} kills, by what was finished last: {dict(hit)}")  # noqa: T201
    assert hit.total() - hit["too late"] == kills, "the builds were too quick to be killed"


def check_aftermath(house: House, group: int, former: dict[str, str], alone: Undisturbed, when: str) -> None:
    """The former release or the new one, whole; then a build like one that was never disturbed, and nothing else."""
    assert not wait_until_gone(group), f"workers outlived a build that was {when}"
    assert house.published() in (former, alone.published), when
    assert house.is_sound(), when
    following = house.build()
    assert following.returncode == 0, (when, following.stderr)
    assert house.published() == alone.published, when
    assert house.listing() == alone.listing, when
    assert unfinished_runs(house) == [], when


def test_a_first_build_that_was_killed_becomes_the_dataset_of_one_that_was_not(built: House, tmp_path: Path) -> None:
    house = House(tmp_path).furnish()
    process = house.start()
    while process.poll() is None and not list(house.data.glob(".work/store/*/*")):
        time.sleep(0.02)
    kill(process)
    assert not (house.data / "latest").exists()
    assert house.build().returncode == 0
    assert house.published() == built.published()
