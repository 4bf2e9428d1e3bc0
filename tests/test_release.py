"""Publishing: what is killed or fails, when, and who reads meanwhile; `latest` is always one complete build."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import changes, release
from schemas.tables import TABLES
from tests.builds import ROOT
from tests.releases import broken_keys, part_of, stamped, written

Publish = Callable[[str], Path]


@pytest.fixture(scope="module")
def few(dataset: Path) -> dict[str, pa.Table]:
    return part_of(dataset)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def publish(few: dict[str, pa.Table], data: Path, tmp_path: Path) -> Publish:
    """Publishes the release with this stamp."""

    def release_stamped(stamp: str) -> Path:
        files = written(stamped(few, stamp), tmp_path / "work" / stamp)
        return release.publish(data, files, {"review.csv": f"surface\n{stamp}\n"})

    return release_stamped


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def builds(data: Path) -> list[str]:
    return sorted(build.name for build in (data / "builds").iterdir())


def left_over(data: Path) -> list[str]:
    return [path.relative_to(data).as_posix() for path in data.rglob(".tmp-*")]


def test_a_release_has_all_tables_and_what_describes_them(publish: Publish, data: Path) -> None:
    build = publish("a")
    beside = {"README.md", "data_dictionary.md", "datapackage.json", "croissant.json", "CITATION.cff", "review.csv"}
    assert {path.name for path in build.iterdir()} == {f"{n}.parquet" for n in TABLES} | beside | {changes.CHECKSUMS}
    assert (data / "latest").resolve() == build
    assert broken_keys(data / "latest") == []


def test_the_checksums_are_those_of_the_files(publish: Publish) -> None:
    build = publish("a")
    command = ["sha256sum", "--check", "--strict", changes.CHECKSUMS]
    ended = subprocess.run(command, cwd=build, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout
    named = {line.split("  ")[1] for line in (build / changes.CHECKSUMS).read_text().splitlines()}
    assert named == contents(build).keys() - {changes.CHECKSUMS}


def test_the_same_content_is_the_same_build_and_leaves_all_as_it_is(publish: Publish, data: Path) -> None:
    publish("a")
    first = publish("b")
    before, link = contents(data), (data / "latest").lstat().st_ino
    assert publish("b") == first
    assert contents(data) == before
    assert (data / "latest").lstat().st_ino == link


def test_the_name_of_a_build_depends_on_its_content_alone(
    publish: Publish, few: dict[str, pa.Table], tmp_path: Path
) -> None:
    publish("a")
    publish("b")
    again = publish("a")
    elsewhere = release.publish(
        tmp_path / "elsewhere", written(stamped(few, "a"), tmp_path / "x"), {"review.csv": "surface\na\n"}
    )
    assert again.name == elsewhere.name
    assert contents(again) == contents(elsewhere)


def test_the_last_five_builds_are_kept(publish: Publish, data: Path) -> None:
    published = [publish(f"{number}").name for number in range(8)]
    assert builds(data) == sorted(published[-5:])


def test_a_build_published_again_is_the_newest_again(publish: Publish, data: Path) -> None:
    first = publish("first").name
    others = [publish(f"{number}").name for number in range(3)]
    assert publish("first").name == first
    later = [publish(f"later {number}").name for number in range(3)]
    assert builds(data) == sorted([first, others[-1], *later])


def test_latest_is_never_removed(publish: Publish, data: Path) -> None:
    old = publish("old")
    for number in range(5):
        other = data / "builds" / f"{number}"
        other.mkdir()
    os.utime(old, (1, 1))
    release.sweep_builds(data)
    assert old.name in builds(data)
    assert len(builds(data)) == release.KEPT_BUILDS


def test_what_killed_builds_left_is_swept(publish: Publish, data: Path) -> None:
    publish("a")
    (data / "builds" / ".tmp-123").mkdir()
    (data / "builds" / ".tmp-123" / "posts.parquet").write_bytes(b"half")
    (data / ".tmp-latest-123").symlink_to("builds/gone")
    (data / ".tmp-changes.parquet").write_bytes(b"half")
    publish("b")
    assert left_over(data) == []


@pytest.mark.parametrize("step", ["_place_table", "data_dictionary", "_checksums", "_keep", "_tell_changes", "_point"])
def test_a_step_that_fails_leaves_the_former_release(
    publish: Publish, data: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    former = publish("a")
    before = contents(former)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(release, step, full)
        publish("b")
    assert (data / "latest").resolve() == former
    assert contents(former) == before
    assert left_over(data) == []
    assert broken_keys(publish("b")) == []


def test_a_build_that_was_damaged_is_laid_anew(publish: Publish, data: Path) -> None:
    build = publish("a")
    before = contents(build)
    (build / "posts.parquet").unlink()
    assert publish("a") == build
    assert contents(build) == before
    assert left_over(data) == []


def test_a_damaged_build_before_does_not_keep_the_next_from_being_published(publish: Publish, data: Path) -> None:
    for name in ("variants.parquet", changes.CHECKSUMS):
        (publish(f"a {name}") / name).unlink()
        build = publish(f"b {name}")
        assert (data / "latest").resolve() == build
        assert "no release before" in (data / release.CHANGES_TEXT).read_text()


def test_a_folder_in_the_place_of_the_link_is_left_alone(publish: Publish, data: Path) -> None:
    (data / "latest").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="Move it away"):
        publish("a")


def test_large_tables_are_folders_of_linked_parts_that_nobody_writes_to(
    few: dict[str, pa.Table], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = written(few, tmp_path / "work", n_parts=3)
    monkeypatch.setattr(release, "SINGLE_FILE_BYTES", 0)
    build = release.publish(data, files, {})
    parts = sorted((build / "posts.parquet").iterdir())
    assert [part.name for part in parts] == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert all(part.stat().st_nlink == 2 and not part.stat().st_mode & 0o222 for part in parts)
    assert broken_keys(build) == []


def test_small_tables_are_copies_so_that_writing_to_them_spoils_no_later_build(
    few: dict[str, pa.Table], data: Path, tmp_path: Path
) -> None:
    files = written(few, tmp_path / "work")
    before = {name: parts[0].read_bytes() for name, parts in files}
    build = release.publish(data, files, {})
    for name, _ in files:
        (build / f"{name}.parquet").write_bytes(b"spoiled")
    assert {name: parts[0].read_bytes() for name, parts in files} == before


def test_parts_are_joined_once_while_they_are_the_same(few: dict[str, pa.Table], data: Path, tmp_path: Path) -> None:
    def joined(stamp: str, review: str) -> dict[str, int]:
        files = written(stamped(few, stamp), tmp_path / stamp, n_parts=3)
        build = release.publish(data, files, {"review.csv": review})
        assert broken_keys(build) == []
        found = {file.name: file.stat().st_ino for file in (data / ".work" / "joined").iterdir()}
        assert sorted(name.partition("-")[0] for name in found) == sorted(few)
        return found

    first = joined("a", "surface\n")
    assert joined("a", "surface\nmore\n") == first
    assert not joined("b", "surface\n").keys() & first.keys()


# --- readers meanwhile -----------------------------------------------------------------------------------------------


def read_until(
    data: Path, stop: Event, seen_so_far: "Synchronized[int]", tell: "multiprocessing.Queue[tuple[int, int, list[str]]]"
) -> None:
    """Reads the latest release again and again, all tables, with their keys joined; tells how many it has seen."""
    n_read, seen, broken = 0, set(), []
    while not stop.is_set() or not n_read:
        build = (data / "latest").resolve()
        try:
            broken += broken_keys(build)
        except FileNotFoundError:
            if build.exists():
                raise
            continue  # five newer ones were published meanwhile; what was read is thrown away
        seen.add(build.name)
        n_read += 1
        seen_so_far.value = len(seen)
    tell.put((n_read, len(seen), broken))


def test_a_reader_during_a_hundred_releases_sees_no_mixture(
    publish: Publish, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "compare", lambda *_: [])  # takes most of the time and is no part of what readers see
    publish("start")
    context = multiprocessing.get_context("spawn")
    stop, told, seen = context.Event(), context.Queue(), context.Value("i", 0)
    reader = context.Process(target=read_until, args=(data, stop, seen, told))
    reader.start()
    try:
        for number in count():
            publish(f"{number}")
            if number >= 99 and (seen.value >= 5 or not reader.is_alive()):  # a busy machine's reader is late
                break
    finally:
        stop.set()
    n_read, n_seen, broken = told.get(timeout=60)
    reader.join(60)
    assert broken == []
    assert n_read >= n_seen >= 5


def test_a_mixture_would_be_seen(publish: Publish, tmp_path: Path) -> None:
    one, other = publish("one"), publish("other")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for name in TABLES:
        (mixed / f"{name}.parquet").symlink_to((other if name == "posts" else one) / f"{name}.parquet")
    assert broken_keys(mixed)


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import release
from schemas.tables import TABLES
data, files, moment = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
count = 0
def hook(event, args):
    global count
    touches = event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.utime")
    if touches or (event == "open" and str(data) in str(args[0]) and "w" in str(args[1])):
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
release.publish(data, [(name, [files / name / "0.parquet"]) for name in TABLES], {"review.csv": "b"})
"""


@pytest.mark.faults
@pytest.mark.parametrize("moment", [1, 9, 18, 20, 22, 23, 24, 500])
def test_a_publisher_killed_at_any_moment_leaves_a_complete_release(
    publish: Publish, data: Path, few: dict[str, pa.Table], tmp_path: Path, moment: int
) -> None:
    former = contents(publish("a"))
    files = tmp_path / "files"
    written(stamped(few, "b"), files)
    arguments = [str(data), str(files), str(moment)]
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == (0 if moment == 500 else -signal.SIGKILL), ended.stderr
    found = contents(data / "latest")
    if found["review.csv"] != b"b":
        assert found == former
    assert broken_keys((data / "latest").resolve()) == []
    assert broken_keys(publish("c")) == []
    assert left_over(data) == []
