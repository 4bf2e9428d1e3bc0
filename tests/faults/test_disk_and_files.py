"""Full and read-only disks, files that vanish or change under a build, clocks that go back, two builds at once."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from tests.faults.processes import House, disk, error_lines, kill

pytestmark = pytest.mark.faults


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path).furnish()


def message(errors: str) -> str:
    """The one message of a failed build."""
    lines = error_lines(errors)
    assert lines and lines[0].startswith("The build failed: "), errors
    assert "Traceback" not in errors
    return " ".join(lines)


def test_a_full_disk_leaves_the_published_build(house: House) -> None:
    try:
        with disk(house.data, "size=3m"):
            assert house.build().returncode == 0
            before = house.published()
            for number in range(40):
                text = " ".join(f"Krushchev {number} {word} Rákosi" for word in range(4000))
                (house.seeds / f"long_{number}.txt").write_text(text, encoding="utf-8")
            failed = house.build()
            assert failed.returncode != 0
            assert "No space left on device" in message(failed.stderr)
            assert str(house.data) in message(failed.stderr)
            assert house.published() == before
            assert house.is_sound()
            for file in house.seeds.glob("long_*.txt"):
                file.unlink()
            house.add_seed(1)
            after = house.build()
            assert after.returncode == 0, after.stderr
            assert house.leftovers() == []
    except PermissionError:
        pytest.skip("A small disk can only be mounted by root")


def test_a_read_only_disk_is_told(house: House) -> None:
    try:
        with disk(house.data, "size=16m"):
            assert house.build().returncode == 0
            before = house.published()
            house.add_seed(1)
            os.system(f"mount -o remount,ro {house.data}")
            failed = house.build()
            assert failed.returncode != 0
            assert "Read-only file system" in message(failed.stderr)
            assert str(house.data) in message(failed.stderr)
            assert house.published() == before
            os.system(f"mount -o remount,rw {house.data}")
            assert house.build().returncode == 0
    except PermissionError:
        pytest.skip("A small disk can only be mounted by root")


def test_data_that_is_a_file_is_told(house: House) -> None:
    house.data.write_text("not a folder")
    failed = house.build()
    assert failed.returncode != 0
    assert str(house.data) in message(failed.stderr)
    assert house.data.read_text() == "not a folder"


def test_no_seeds_folder_is_told(house: House) -> None:
    shutil.rmtree(house.seeds)
    failed = house.build()
    assert failed.returncode != 0
    assert str(house.seeds) in message(failed.stderr)


def test_a_broken_reference_file_is_told_and_changes_nothing(house: House) -> None:
    assert house.build().returncode == 0
    before = house.published()
    (house.reference / "authority" / "broken.csv").write_text("entity_id,kind,name\nQ1,planet,Mars\n", encoding="utf-8")
    failed = house.build()
    assert failed.returncode != 0
    assert "broken.csv" in message(failed.stderr)
    assert "line 2" in message(failed.stderr)
    assert house.published() == before


def test_seeds_that_come_and_go_while_they_are_read(house: House) -> None:
    """Whatever the moment: a complete dataset, or a message that names the file; never half of one."""
    stop = threading.Event()

    def stir() -> None:
        number = 0
        while not stop.is_set():
            file = house.seeds / f"restless_{number % 7}.txt"
            if file.exists():
                file.unlink()
            else:
                file.write_text(f"Zinovjev was here {number} times.\n" * 50, encoding="utf-8")
            number += 1
            time.sleep(0.002)

    stirring = threading.Thread(target=stir)
    stirring.start()
    try:
        results = [house.build() for _ in range(3)]
    finally:
        stop.set()
        stirring.join()
    for result in results:
        if result.returncode:
            assert "restless_" in message(result.stderr)
            assert "again" in message(result.stderr)
        assert not (house.data / "latest").exists() or house.is_sound()
    after = house.build()
    assert after.returncode == 0, after.stderr
    assert house.leftovers() == []


def test_a_clock_set_back_changes_nothing(house: House) -> None:
    assert house.build().returncode == 0
    before = house.published()
    for file in [house.seeds / "added_1.txt", *house.data.rglob("*")]:
        if file.exists():
            os.utime(file, (2_000_000_000, 2_000_000_000), follow_symlinks=False)
    house.add_seed(1)
    os.utime(house.seeds / "added_1.txt", (0, 0))
    assert house.build().returncode == 0
    changed = house.published()
    assert changed != before
    (house.seeds / "added_1.txt").write_text("Something else about Zinovjev.\n", encoding="utf-8")
    os.utime(house.seeds / "added_1.txt", (-1000, -1000))
    assert house.build().returncode == 0
    assert house.published() != changed
    (house.seeds / "added_1.txt").unlink()
    assert house.build().returncode == 0
    assert house.published() == before
    assert house.is_sound()


def test_of_two_builds_at_once_the_second_ends_with_a_message(house: House) -> None:
    house.inline = 0
    first = house.start()
    lock = house.data / ".work" / "lock"
    until = time.monotonic() + 120
    while not (lock.exists() and lock.read_text()) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(first.pid, 19)  # SIGSTOP: it holds the folder for as long as the second one needs
    second = house.build()
    os.kill(first.pid, 18)
    _, errors = first.communicate(timeout=300)
    assert first.returncode == 0, errors
    assert second.returncode != 0
    assert "Another build is at work" in message(second.stderr)
    assert str(house.data) in message(second.stderr)
    assert house.is_sound()
    assert house.leftovers() == []


def test_a_killed_build_leaves_no_lock(house: House) -> None:
    first = house.start()
    lock = house.data / ".work" / "lock"
    while not (lock.exists() and lock.read_text()):
        time.sleep(0.01)
    kill(first)
    assert lock.read_text()
    assert house.build().returncode == 0
    assert lock.read_text() == ""
