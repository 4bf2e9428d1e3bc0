"""Seeds read from object storage and releases written to it, against a server that runs beside the tests."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
import s3fs
from hypothesis import given
from hypothesis import strategies as st

from pipelines import automation, lock, reasons, release, remote, watch
from pipelines.build import main
from pipelines.remote import RemoteError
from pipelines.resources import Places
from pipelines.stages.places import Paths
from tests.builds import ROOT
from tests.object_storage import Server, served
from tests.releases import broken_keys, part_of, stamped, written
from tests.runs import build

NUMBERS = count()


def silent(label: str, done: int, total: int) -> None:
    """Nobody is told how far it is."""


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3fs.S3FileSystem.clear_instance_cache()  # whose connections know the environment of another test
    return running


@pytest.fixture
def bucket(server: Server) -> str:
    """A new bucket."""
    return server.make_bucket(f"bucket-{next(NUMBERS)}")


@pytest.fixture
def given_there(places: Paths, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """What is given lies in the bucket, and in folders that only the tests look at."""
    server.put_folder(f"{bucket}/seeds", places.seeds)
    server.put_folder(f"{bucket}/reference", places.reference)
    monkeypatch.setenv("VARIORUM_SEEDS", f"s3://{bucket}/seeds")
    monkeypatch.setenv("VARIORUM_REFERENCE", f"s3://{bucket}/reference/")
    return places


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def build_here(places: Paths, data: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The release of the folders, which no object storage has seen."""
    with monkeypatch.context() as here:
        for name, place in (("SEEDS", places.seeds), ("REFERENCE", places.reference), ("DATA", data)):
            here.setenv(f"VARIORUM_{name}", str(place))
        here.delenv("VARIORUM_PUBLISH", raising=False)
        assert main() == 0
    return contents(data / "latest")


# --- reading ---------------------------------------------------------------------------------------------------------


def test_what_lies_there_gives_the_bytes_of_what_lies_here(
    given_there: Paths, server: Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main() == 0, capsys.readouterr().err
    fetched = server.requests("GET", bucket)
    (given_there.seeds / "two.txt").write_text("Krushchev met nobody.\n")
    (given_there.seeds / "three.txt").write_text("Zinovjev met nobody.\n")
    (given_there.seeds / "one.txt").unlink()
    server.put(f"{bucket}/seeds", {name: (given_there.seeds / name).read_bytes() for name in ("two.txt", "three.txt")})
    server.files().rm_file(f"{bucket}/seeds/one.txt")
    assert main() == 0, capsys.readouterr().err
    assert contents(given_there.data / "latest") == build_here(given_there, tmp_path / "here", monkeypatch)
    assert sorted(server.requests("GET", bucket)[len(fetched) :]) == ["seeds/three.txt", "seeds/two.txt"]


def test_an_unchanged_object_is_not_fetched_again(server: Server, bucket: str, tmp_path: Path) -> None:
    seeds = f"s3://{bucket}/a/b"
    server.put(f"{bucket}/a/b", {"one.txt": b"1", "c/two.txt": b"2", "c/": b"", "Ж é+%#?&=.txt": b"3"})
    server.put(f"{bucket}/a", {"beside.txt": b"", "bc/other.txt": b""})
    remote.fetch(seeds, "reference", tmp_path, silent)
    image = remote.local(seeds, tmp_path)
    assert contents(image) == {"one.txt": b"1", "c/two.txt": b"2", "Ж é+%#?&=.txt": b"3"}
    stamps = {file: file.stat().st_mtime_ns for file in image.rglob("*.txt")}
    remote.fetch(seeds, "reference", tmp_path, silent)
    assert {file: file.stat().st_mtime_ns for file in image.rglob("*.txt")} == stamps
    server.put(f"{bucket}/a/b", {"one.txt": b"9"})
    server.files().rm(f"{bucket}/a/b/c", recursive=True)
    server.put(f"{bucket}/a/b", {"c": b"a file now"})
    remote.fetch(seeds, "reference", tmp_path, silent)
    assert contents(image) == {"one.txt": b"9", "c": b"a file now", "Ж é+%#?&=.txt": b"3"}
    assert (image / "Ж é+%#?&=.txt").stat().st_mtime_ns == stamps[image / "Ж é+%#?&=.txt"]
    remote.fetch("seeds", "reference", tmp_path, silent)
    assert not image.exists()


def test_reference_objects_among_the_seeds_are_no_seeds(given_there: Paths, server: Server, bucket: str) -> None:
    server.put_folder(f"{bucket}/seeds/curated", given_there.reference)
    seeds, reference = f"s3://{bucket}/seeds", f"s3://{bucket}/seeds/curated"
    remote.fetch(seeds, reference, given_there.data, silent)
    found = watch.watched(Places(seeds=seeds, reference=reference, data=str(given_there.data)).paths())
    assert list(found["raw/files"]) == ["one.txt", "two.txt"]
    assert list(found["reference/authority"]) == ["authority/people.csv"]


@pytest.mark.parametrize("moment", ["files have come", "files have their place"])
def test_a_fetch_that_was_killed_goes_on(
    server: Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """What was noted is kept; what was not is fetched again, or removed if it is no seed any more."""
    seeds = {f"{number}.txt": str(number).encode() * 5 for number in range(6)}
    server.put(f"{bucket}/seeds", seeds)
    monkeypatch.setattr(remote, "LEAST_BATCH", 2)
    notes: list[Any] = []
    note, get = remote._note, remote._get

    def killed(*arguments: Any) -> Any:
        notes.append(arguments)
        if len(notes) == 2:
            if moment == "files have come":
                get(*arguments)
            raise KeyboardInterrupt
        return (get if moment == "files have come" else note)(*arguments)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(remote, "_get" if moment == "files have come" else "_note", killed)
        remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    image = remote.local(f"s3://{bucket}/seeds", tmp_path)
    assert 2 <= len(contents(image)) < 6
    fetched = server.requests("GET", bucket)
    server.files().rm_file(f"{bucket}/seeds/3.txt")
    remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    assert contents(image) == {name: content for name, content in seeds.items() if name != "3.txt"}
    assert len(server.requests("GET", bucket)) - len(fetched) == 3
    assert sorted(path.name for path in (tmp_path / ".work" / "remote").iterdir()) == ["image", "objects.json"]


@pytest.mark.parametrize("what", ["changed", "vanished"])
def test_an_object_that_does_not_stay_while_it_is_fetched_is_told_and_fetched_next_time(
    server: Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    server.put(f"{bucket}/seeds", {"one.txt": b"old", "two.txt": b"2"})
    get = remote._get

    def slowly(*arguments: Any) -> bool:
        if what == "changed":
            is_there = get(*arguments)
            server.put(f"{bucket}/seeds", {"one.txt": b"new"})
            return is_there
        server.files().rm_file(f"{bucket}/seeds/one.txt")
        return get(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(remote, "_get", slowly)
        with pytest.raises(RemoteError, match=rf"s3://{bucket}/seeds/one.txt {what} while it was fetched. Start again"):
            remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    image = remote.local(f"s3://{bucket}/seeds", tmp_path)
    kept = {"one.txt": b"new"} if what == "changed" else {}
    assert contents(image) == {**kept, "two.txt": b"2"}


@pytest.mark.parametrize("key", ["a//b.txt", "a/../b.txt", "a/./b.txt", "one.txt/b.txt", "a/", "ж" * 128])
def test_an_object_that_can_be_no_file_is_told(server: Server, bucket: str, tmp_path: Path, key: str) -> None:
    server.put(f"{bucket}/seeds", {"one.txt": b"1", key: b"2"})
    with pytest.raises(RemoteError, match=rf"s3://{bucket}/seeds/.*Rename the object"):
        remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    assert not (tmp_path / ".work").exists()


NAME = st.text("ab./", max_size=6)


@given(st.lists(NAME, max_size=6, unique=True))
def test_names_are_refused_that_no_folder_can_hold(names: list[str]) -> None:
    """Against a model of a file system: every name is a path of plain parts, and no file is a folder too."""
    paths = [tuple(name.split("/")) for name in names]
    plain = all(part not in ("", ".", "..") for path in paths for part in path)
    apart = not any(one != other and other[: len(one)] == one for one in paths for other in paths)
    try:
        remote._refuse_unnameable(names)
        refused = False
    except RemoteError:
        refused = True
    assert refused == (not (plain and apart))


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 3 * remote.LEAST_BATCH_BYTES), max_size=300))
def test_batches_hold_everything_once_and_in_order(sizes: dict[str, int]) -> None:
    batches = list(remote._batches(sizes))
    assert [name for batch in batches for name in batch] == list(sizes)
    assert all(batches)
    assert all(sum(sizes[name] for name in batch[:-1]) < remote.LEAST_BATCH_BYTES for batch in batches) or (
        sum(sizes.values()) > remote.BATCHES * remote.LEAST_BATCH_BYTES
    )


# --- messages --------------------------------------------------------------------------------------------------------


def failure(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a failed build says."""
    capsys.readouterr()
    assert main() == 1
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("The build failed: ")
    return line.removeprefix("The build failed: ")


WRONG = {
    "no such bucket": ({"SEEDS": "s3://nobodys/seeds"}, "There is no bucket for s3://nobodys/seeds: make it, or"),
    "no such bucket to publish": ({"PUBLISH": "s3://nobodys/set"}, "There is no bucket for s3://nobodys/set: make it"),
    "no seeds": ({"SEEDS": "s3://{bucket}/sedes"}, "There is nothing at s3://{bucket}/sedes. Put your texts there, or"),
    "an object": ({"SEEDS": "s3://{bucket}/seeds/one.txt"}, "one.txt is an object. Name the folder it lies in."),
    "no endpoint": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "look at the network and at AWS_ENDPOINT_URL, then"),
    "data there": ({"DATA": "s3://{bucket}/data"}, "DATA= is a folder of this machine; PUBLISH= names the object"),
    "published among the seeds": ({"PUBLISH": "s3://{bucket}/seeds/x"}, "name another with PUBLISH=."),
    "published here": ({"PUBLISH": "/tmp/x"}, "PUBLISH= names object storage (s3://bucket/folder), which /tmp/x is"),
    "another protocol": ({"SEEDS": "ftp://{bucket}/seeds"}, "Object storage is named as s3://bucket/folder; cred"),
    "a secret": ({"SEEDS": "s3://key:hidden@{bucket}/seeds"}, "credentials come from the environment"),
    "no credentials": (
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": "/nowhere"},
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket FSSPEC_S3_ANON=true.",
    ),
    "a slip in a reference file": (
        {"REFERENCE": "s3://{bucket}/wrong"},
        "s3://{bucket}/wrong/authority/people.csv",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_published(
    given_there: Paths, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], what: str,
) -> None:  # fmt: skip
    server.put(f"{bucket}/wrong", {"authority/people.csv": b"entity_id,kind,name\nQ1,planet,Mars\n"})
    for name, value in WRONG[what][0].items():
        variable = name if name.isupper() and ("_" in name or name == "HOME") else f"VARIORUM_{name}"
        monkeypatch.setenv(variable, value.format(bucket=bucket))
    said = failure(capsys)
    assert WRONG[what][1].format(bucket=bucket) in said
    assert "hidden" not in said
    assert not (given_there.data / "latest").exists()


def test_access_that_is_not_allowed_is_told(
    given_there: Paths, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with served(tmp_path / "log", INITIAL_NO_AUTH_ACTION_COUNT="0") as guarded:
        monkeypatch.setenv("AWS_ENDPOINT_URL", guarded.endpoint)
        said = failure(capsys)
    assert said.startswith(f"Access to s3://{bucket}/seeds is not allowed: look at the credentials and at what they")


def test_a_library_that_is_not_there_is_told(given_there: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(RemoteError, match=r"needs the package s3fs: `make build` installs it, and so does pip install"):
        remote.look("s3://bucket/seeds")


def test_make_installs_what_object_storage_needs_when_some_is_named() -> None:
    def planned(**places: str) -> str:
        command = ["make", "-n", "-o", ".venv/.ready", "-W", "requirements-s3.lock", "build"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VARIORUM_")}
        environment |= {f"VARIORUM_{name}": place for name, place in places.items()}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    assert "requirements-s3.lock" not in planned(SEEDS="/some/folder")
    for name in ("SEEDS", "REFERENCE", "PUBLISH"):
        assert "requirements-s3.lock" in planned(**{name: "s3://bucket/folder"})


# --- writing ---------------------------------------------------------------------------------------------------------


def newest(server: Server, publish: str) -> str:
    """What a reader does first, as the documentation says."""
    return f"{publish}/{server.files().cat_file(f'{publish}/latest').decode()}"


def is_whole(server: Server, publish: str, build: Path) -> bool:
    """Whether `latest` names a copy of the build, and every byte of it is there."""
    place = newest(server, publish).removeprefix("s3://")
    files = server.files()
    there = {name.removeprefix(f"{place}/"): files.cat_file(name) for name in files.find(place)}
    return place.endswith(f"/builds/{build.name}") and there == contents(build)


def test_a_build_is_copied_and_read_from_there(
    given_there: Paths, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("VARIORUM_PUBLISH", f"s3://{bucket}/set/")
    assert main() == 0
    latest = (given_there.data / "latest").resolve()
    assert f"s3://{bucket}/set/builds/{latest.name}" in capsys.readouterr().out
    assert is_whole(server, f"s3://{bucket}/set", latest)
    expected = pd.read_parquet(latest / "mentions.parquet")
    place = newest(server, f"s3://{bucket}/set")
    assert pd.read_parquet(f"{place}/mentions.parquet").equals(expected)
    assert pl.read_parquet(f"{place}/mentions.parquet").equals(pl.read_parquet(latest / "mentions.parquet"))
    read = ds.dataset(f"{place}/mentions.parquet".removeprefix("s3://"), filesystem=server.files()).to_table()
    assert read.to_pandas().equals(expected)
    written = server.requests("PUT", bucket)
    assert main() == 0
    assert server.requests("PUT", bucket) == written, "what is there is not written again"

    server.put(f"{bucket}/seeds", {"three.txt": b"Krushchev met everybody.\n"})
    with monkeypatch.context() as broken:
        broken.setattr(remote, "_put", lambda *_: None)
        assert "is not what is there. Start again to copy it once more." in failure(capsys)
    assert (given_there.data / "latest").resolve() == latest, "what could not be copied is not published here either"
    assert is_whole(server, f"s3://{bucket}/set", latest)
    assert main() == 0
    assert (given_there.data / "latest").resolve() != latest
    assert is_whole(server, f"s3://{bucket}/set", (given_there.data / "latest").resolve())


def test_tables_in_parts_are_read_by_the_one_path(server: Server, bucket: str, dataset: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(release, "SINGLE_FILE_BYTES", 0)
    tables = written(part_of(dataset), tmp_path / "tables", n_parts=2)
    made = release.publish(tmp_path / "data", tables, {}, copy=lambda b: remote.copy(b, f"s3://{bucket}/set", silent))
    place = f"{newest(server, f's3://{bucket}/set')}/posts.parquet"
    expected = ds.dataset(made / "posts.parquet").to_table()
    assert pd.read_parquet(place)["post_id"].tolist() == expected["post_id"].to_pylist()
    assert pl.scan_parquet(f"{place}/").collect()["post_id"].to_list() == expected["post_id"].to_pylist()


def test_a_reader_never_sees_two_releases_mixed(server: Server, bucket: str, dataset: Path, tmp_path: Path) -> None:
    """Releases whose keys differ in every row come one after the other while somebody reads."""
    tables, publish = part_of(dataset), f"s3://{bucket}/set"

    def publish_one(number: int) -> None:
        files = written(stamped(tables, str(number)), tmp_path / str(number))
        release.publish(tmp_path / "data", files, {}, copy=lambda build: remote.copy(build, publish, silent))

    publish_one(0)
    ended = threading.Event()
    writer = threading.Thread(target=lambda: ([publish_one(number) for number in (1, 2, 3)], ended.set()))
    writer.start()
    seen = set()
    while True:
        is_last = ended.is_set()
        place = newest(server, publish)
        local = tmp_path / "read" / place.rsplit("/", 1)[1]
        server.files().get(place, str(local), recursive=True)
        assert broken_keys(local) == []
        seen.add(local.name)
        if is_last:
            break
    writer.join()
    assert 2 <= len(seen) <= 4
    assert len(server.files().ls(f"{bucket}/set/builds")) == 4


HALF = """
import os, signal, sys
from pathlib import Path
from pipelines import remote
put, left = remote._put, int(sys.argv[3])
remote.LEAST_BATCH = 3
def dying(*arguments):
    global left
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    put(*arguments)
remote._put = dying
if left > 100:
    remote._point = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
remote.copy(Path(sys.argv[1]), sys.argv[2], lambda *_: None)
"""


@pytest.mark.parametrize("batches", [1, 999], ids=["one batch", "all but `latest`"])
def test_a_copy_that_is_killed_leaves_the_former_and_the_next_one_succeeds(
    server: Server, bucket: str, tmp_path: Path, batches: int
) -> None:
    publish = f"s3://{bucket}/set"
    builds = [tmp_path / name for name in ("former", "next")]
    for folder in builds:
        folder.mkdir()
        for number in range(8):
            (folder / f"{number}.parquet").write_text(f"{folder.name} {number}" * 1000)
        (folder / "checksums.sha256").write_text(folder.name)
    former, after = builds
    remote.copy(former, publish, silent)
    killed = subprocess.run([sys.executable, "-c", HALF, str(after), publish, str(batches)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert is_whole(server, publish, former)
    there = len(server.files().find(f"{bucket}/set/builds/next"))
    assert there == {1: 3, 999: 9}[batches]
    written = server.requests("PUT", bucket)
    remote.copy(after, publish, silent)
    assert is_whole(server, publish, after)
    assert len(server.requests("PUT", bucket)) - len(written) == 9 - there + 1
    remote.copy(former, publish, silent)
    assert is_whole(server, publish, former)


# --- Dagster ---------------------------------------------------------------------------------------------------------


def test_the_sensor_looks_at_objects_when_seeds_lie_there(
    given_there: Paths, server: Server, bucket: str, instance: dg.DagsterInstance
) -> None:
    cursor = None

    def tick() -> int:
        nonlocal cursor
        context = dg.build_sensor_context(instance, cursor)
        asked = [found for found in automation.rebuild(context) if isinstance(found, dg.RunRequest)]
        cursor = context.cursor
        return len(asked)

    assert [tick(), tick(), tick()] == [0, 1, 0]
    remote.fetch(f"s3://{bucket}/seeds", f"s3://{bucket}/reference", given_there.data, silent)
    assert [tick(), tick()] == [0, 0], "fetching is no change"
    server.put(f"{bucket}/reference", {"spelling.csv": b"written,preferred\ngraph,graf\n"})
    assert [tick(), tick(), tick()] == [0, 1, 0]
    server.files().rm_file(f"{bucket}/seeds/two.txt")
    assert [tick(), tick(), tick()] == [0, 1, 0]


def test_a_run_that_cannot_fetch_says_why_and_lets_the_next_one_in(
    given_there: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_SEEDS", "s3://nobodys/seeds")
    failed = build(instance)
    assert reasons.why(failed.all_events).startswith("There is no bucket for s3://nobodys/seeds")
    with lock.locked(given_there.data, "another run", lambda run: pytest.fail(f"{run} still holds it")):
        pass


def test_images_are_folders_of_the_data_folder(tmp_path: Path) -> None:
    there = Places(seeds="s3://b/a/", reference="s3://b/a/reference", data=str(tmp_path)).paths()
    assert there.reference.relative_to(there.seeds) == Path("reference")
    assert there.seeds.is_relative_to(there.work)
    here = Places(seeds="a", reference="b", data=str(tmp_path)).paths()
    assert here == replace(there, seeds=Path("a"), reference=Path("b"))


def test_the_stamps_are_those_of_the_objects(server: Server, bucket: str, tmp_path: Path) -> None:
    server.put(f"{bucket}/seeds", {"one.txt": b"1"})
    remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    noted = json.loads((tmp_path / ".work" / "remote" / "objects.json").read_text())
    assert noted == remote.look(f"s3://{bucket}/seeds")
    [[size, tag, when]] = noted.values()
    assert size == 1
    assert tag.strip('"')
    assert when.endswith("+00:00")
