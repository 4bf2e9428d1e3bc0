"""Seeds and reference files in object storage: fetched once, whole or not at all, and built to the same bytes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import remote, watch
from pipelines.build import main
from pipelines.remote import RemoteError
from pipelines.resources import Places
from pipelines.stages.places import Paths
from tests.remote.server import Server
from tests.remote.steps import build_here, contents, silent


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


def test_images_are_folders_of_the_data_folder(tmp_path: Path) -> None:
    there = Places(seeds="s3://b/a/", reference="s3://b/a/reference", data=str(tmp_path)).paths()
    assert there.reference.relative_to(there.seeds) == Path("reference")
    assert there.seeds.is_relative_to(there.work)
    here = Places(seeds="/a", reference="/b", data=str(tmp_path)).paths()
    assert here == replace(there, seeds=Path("/a"), reference=Path("/b"))


def test_the_stamps_are_those_of_the_objects(server: Server, bucket: str, tmp_path: Path) -> None:
    server.put(f"{bucket}/seeds", {"one.txt": b"1"})
    remote.fetch(f"s3://{bucket}/seeds", "", tmp_path, silent)
    noted = json.loads((tmp_path / ".work" / "remote" / "objects.json").read_text())
    assert noted == remote.look(f"s3://{bucket}/seeds")
    [[size, tag, when]] = noted.values()
    assert size == 1
    assert tag.strip('"')
    assert when.endswith("+00:00")
