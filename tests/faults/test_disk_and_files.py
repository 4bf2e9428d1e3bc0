"""Full and read-only disks, files that vanish or change under a build, clocks that go back, two builds at once."""

import os
import random
import shutil
import threading
import time

import pyarrow.parquet as pq
import pytest

from tests.faults.processes import IS_LONG, House, disk, error_lines, kill

pytestmark = pytest.mark.faults


def message(errors: str) -> str:
    """The one message of a failed build."""
    lines = error_lines(errors)
    assert lines and lines[0].startswith("The build failed: "), errors
    assert "Traceback" not in errors
    return " ".join(lines)


def test_a_full_disk_leaves_the_published_build(house: House) -> None:
    kept = house.data.rename(house.root / "kept")
    try:
        with disk(house.data, "size=3m"):
            shutil.copytree(kept, house.data, symlinks=True, dirs_exist_ok=True)
            before = house.published()
            digits = random.Random(1)
            for number in range(6):
                text = "\n\n".join(str(digits.getrandbits(4000)) for _ in range(500))
                (house.seeds / f"long_{number}.txt").write_text(text, encoding="utf-8")
            failed = house.build()
            assert failed.returncode != 0
            assert "is full" in message(failed.stderr)
            assert str(house.data) in message(failed.stderr)
            assert house.published() == before
            assert house.is_sound()
            os.system(f"mount -o remount,size=32m {house.data}")
            after = house.build()
            assert after.returncode == 0, after.stderr
            assert house.leftovers() == []
    except PermissionError:
        pytest.skip("A small disk can only be mounted by root")


def test_a_read_only_disk_is_told(house: House) -> None:
    kept = house.data.rename(house.root / "kept")
    try:
        with disk(house.data, "size=16m"):
            shutil.copytree(kept, house.data, symlinks=True, dirs_exist_ok=True)
            before = house.published()
            house.add_seed(1)
            os.system(f"mount -o remount,ro {house.data}")
            failed = house.build()
            assert failed.returncode != 0
            assert "Read-only file system" in message(failed.stderr)
            assert str(house.data) in message(failed.stderr)
            assert house.published() == before
    except PermissionError:
        pytest.skip("A small disk can only be mounted by root")


@pytest.mark.parametrize("where", [".", "builds", ".work/manifests"] if IS_LONG else ["builds"])
def test_a_data_folder_without_permission_is_told(house: House, where: str) -> None:
    before, folder = house.published(), house.data / where
    house.add_seed(1)
    folder.chmod(0o555)
    failed = house.build()
    folder.chmod(0o755)
    assert failed.returncode != 0
    assert str(house.data) in message(failed.stderr)
    assert "ermission" in message(failed.stderr)
    assert house.published() == before
    assert house.build().returncode == 0
    assert house.leftovers() == []


def test_a_seed_without_permission_is_quarantined(house: House) -> None:
    house.add_seed(1)
    (house.seeds / "added_1.txt").chmod(0)
    assert house.build().returncode == 0
    refused = pq.read_table(house.data / "latest" / "quarantine.parquet", columns=["path", "reason"]).to_pylist()
    assert {"path": "added_1.txt", "reason": "unreadable-file"} in refused


def test_data_that_is_a_file_is_told(house: House) -> None:
    shutil.rmtree(house.data)
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
        results = [house.build() for _ in range(2)]
    finally:
        stop.set()
        stirring.join()
    for result in results:
        if result.returncode:
            assert "restless_" in message(result.stderr)
            assert "again" in message(result.stderr)
    assert house.is_sound()
    after = house.build()
    assert after.returncode == 0, after.stderr
    assert house.leftovers() == []


def test_a_clock_set_back_changes_nothing(house: House) -> None:
    before = house.published()
    for file in house.data.rglob("*"):
        os.utime(file, (2_000_000_000, 2_000_000_000), follow_symlinks=False)
    house.add_seed(1)
    os.utime(house.seeds / "added_1.txt", (0, 0))
    assert house.build().returncode == 0
    changed = house.published()
    assert changed != before
    (house.seeds / "added_1.txt").unlink()
    assert house.build().returncode == 0
    assert house.published() == before
    assert house.is_sound()


def test_a_seed_changed_with_the_same_size_and_an_older_time_is_read_again(house: House) -> None:
    seed = min(house.seeds.rglob("*.txt"))
    before, text = house.published(), seed.read_text(encoding="utf-8")
    stamp = seed.stat()
    seed.write_text(text.replace("e", "o", 1), encoding="utf-8")
    os.utime(seed, (stamp.st_atime, stamp.st_mtime - 1000))
    assert house.build().returncode == 0
    assert house.published() != before


def test_of_two_builds_at_once_the_second_ends_with_a_message(house: House) -> None:
    first = house.start()
    lock = house.data / ".work" / "lock"
    while first.poll() is None and not lock.read_text():
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
    while first.poll() is None and not lock.read_text():
        time.sleep(0.01)
    kill(first)
    assert lock.read_text()
    assert house.build().returncode == 0
    assert lock.read_text() == ""
