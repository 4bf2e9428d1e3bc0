"""kill -9 at moments spread over a build: the former dataset stays, the next build succeeds, nothing is left over."""

import time
from pathlib import Path

import pytest

from tests.faults.processes import KILLS, House, kill, moments, unfinished_runs, wait_until_gone

pytestmark = pytest.mark.faults


def test_a_build_may_be_killed_at_any_moment(house: House) -> None:
    seconds = timed_build(house)
    killed = 0
    for number, moment in enumerate(moments(KILLS, 0.05 * seconds, 0.95 * seconds, seed=5)):
        house.inline = (1 << 22) if number % 2 else 0  # every other build works in worker processes
        house.add_seed(number)
        before = house.published()
        process = house.start()
        time.sleep(moment)
        killed += process.poll() is None
        kill(process)
        assert not wait_until_gone(process.pid), f"workers outlived a build that was killed after {moment:.1f} s"
        now = house.published()
        assert house.is_sound(), f"killed after {moment:.1f} s"
        following = house.build()
        assert following.returncode == 0, following.stderr
        assert now in (before, house.published()), f"killed after {moment:.1f} s"
        assert house.published() != before
        assert house.leftovers() == []
        assert unfinished_runs(house) == []
    assert killed > KILLS // 2, "the builds were too quick to be killed"


def test_a_first_build_that_was_killed_becomes_the_dataset_of_one_that_was_not(built: House, tmp_path: Path) -> None:
    house = House(tmp_path).furnish()
    process = house.start()
    while not list(house.data.glob(".work/store/*/*")):
        time.sleep(0.02)
    kill(process)
    assert not (house.data / "latest").exists()
    assert house.build().returncode == 0
    assert house.published() == built.published()


def timed_build(house: House) -> float:
    """Seconds that a build takes here and now; it has work to do, as a new seed is there."""
    house.add_seed(100)
    begun = time.monotonic()
    first = house.build()
    assert first.returncode == 0, first.stderr
    return time.monotonic() - begun
