"""A server that speaks S3 beside the tests, a bucket for each, and what is given lying there."""

from collections.abc import Iterator
from itertools import count

import pytest
import s3fs

from pipelines.stages.places import Paths
from tests.remote.server import Server, served

NUMBERS = count()


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
