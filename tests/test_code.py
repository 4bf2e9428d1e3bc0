"""Which code made a release."""

import json
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from pipelines import code


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number, name in enumerate(("pipelines", "notebooks")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("1")
        git(tmp_path, "init", "-q") if not number else None
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", name)
    monkeypatch.setattr(code, "REPOSITORY", tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    user = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    ended = subprocess.run(["git", "-C", str(folder), *user, *arguments], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def test_the_version_is_that_of_the_project() -> None:
    assert code.code().version.count(".") == 2
    assert len(code.code().key) == 32


def test_the_commit_is_the_last_one_that_touched_the_code(repository: Path) -> None:
    assert code._commit() == git(repository, "rev-parse", "HEAD~1")


def test_changed_code_is_said_to_be_changed(repository: Path) -> None:
    (repository / "notebooks" / "a.py").write_text("2")
    assert not code._commit().endswith("-modified")
    (repository / "pipelines" / "a.py").write_text("2")
    assert code._commit() == git(repository, "rev-parse", "HEAD~1") + "-modified"


def test_without_git_or_repository_the_commit_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert code._commit() == ""
    monkeypatch.setattr(code, "REPOSITORY", repository / "pipelines")
    monkeypatch.setattr(code, "NAME", "no-such-package")
    assert code._commit() == ""


def test_a_package_installed_from_a_repository_knows_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        def read_text(self, name: str) -> str:
            assert name == "direct_url.json"
            return json.dumps({"url": "https://example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}})

    monkeypatch.setattr(code, "REPOSITORY", tmp_path)
    monkeypatch.setattr(metadata, "distribution", lambda _: Installed())
    assert code._commit() == "abc"
