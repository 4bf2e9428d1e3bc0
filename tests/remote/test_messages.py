"""What is wrong with object storage is said in one sentence, and nothing is published."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import remote
from pipelines.remote import RemoteError
from pipelines.stages.places import Paths
from tests.builds import ROOT
from tests.remote.server import Server, served
from tests.remote.steps import failure

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
