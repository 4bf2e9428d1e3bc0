"""Releases in object storage: whole or not seen, never two mixed, and left alone once they are there."""

import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from pipelines import environment, release, remote
from pipelines.build import main
from pipelines.stages.places import Paths
from tests.builds import ROOT
from tests.releases import broken_keys, part_of, stamped, written
from tests.remote.server import Server
from tests.remote.steps import build_here, contents, failure, is_whole, newest, silent


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


def test_a_dask_cluster_makes_the_same_bytes_from_there(
    given_there: Paths, server: Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="The extra `cluster` is not installed.")
    expected = build_here(given_there, tmp_path / "here", monkeypatch)
    monkeypatch.setattr(environment, "INLINE_BYTES", 0)
    monkeypatch.setenv("VARIORUM_ENGINE", "dask")
    monkeypatch.setenv("VARIORUM_WORKERS", "2")
    monkeypatch.setenv("VARIORUM_PUBLISH", f"s3://{bucket}/set")
    assert main() == 0
    latest = (given_there.data / "latest").resolve()
    assert contents(latest) == expected
    assert is_whole(server, f"s3://{bucket}/set", latest)


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
