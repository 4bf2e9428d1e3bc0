"""Fixtures for all tests: the sample seeds, built once; and how the tests are spread over several processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import settings

from pipelines import workers
from pipelines.stages.places import Paths
from tests.builds import ROOT

# How long an example takes says more of the machine than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# `make` names the checkout's own. With it, runs in this process would write there, all of them into one history, and
# would put files in the place of the output that pytest captures. Tests that want a home make one.
os.environ.pop("DAGSTER_HOME", None)

SLOWEST = ("browser/", "daemon/", "faults/test_disk", "faults/", "workers/", "remote/", "test_unsynced", "test_")
"""Tests by the start of their path, those first whose files take longest; what is named nowhere is quick."""
MOST_PROCESSES = 8
"""More would wait for the files that take longest."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores, as some tests mostly wait."""
    return min(workers.cores() + 1, MOST_PROCESSES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes begin with what takes longest, so that none of them is waited for in the end."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT / "tests").as_posix()
    return next((rank for rank, start in enumerate(SLOWEST) if path.startswith(start)), len(SLOWEST))


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `make build` over the sample seeds; several test workers share one."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    data = shared / "sample-data"
    with (shared / "sample-data.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "latest").exists():
            _build(data)
    return data


def _build(data: Path) -> None:
    places = {"SEEDS": ROOT / "seeds" / "raw", "REFERENCE": ROOT / "seeds" / "reference", "DATA": data}
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    environment |= {f"VARIORUM_{name}": str(place) for name, place in places.items()} | {"VARIORUM_PUBLISH": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines.build"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="session")
def dataset(data_folder: Path) -> Path:
    """The release of the sample seeds: a folder with all tables. Tests read it and leave it as it is."""
    return (data_folder / "latest").resolve(strict=True)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Two seeds and an authority of their own, named by the environment."""
    paths = Paths(tmp_path / "seeds", tmp_path / "reference", tmp_path / "data")
    paths.seeds.mkdir()
    (paths.reference / "authority").mkdir(parents=True)
    (paths.seeds / "one.txt").write_text("Zinovjev met Krushchev in Moscow.\n", encoding="utf-8")
    (paths.seeds / "two.txt").write_text("Mátyás Rákosi met nobody.\n", encoding="utf-8")
    authority = "entity_id,kind,name\nQ1,person,Nikita Khrushchev\n"
    (paths.reference / "authority" / "people.csv").write_text(authority, encoding="utf-8")
    for name in ("seeds", "reference", "data"):
        monkeypatch.setenv(f"VARIORUM_{name.upper()}", str(getattr(paths, name)))
    for name in ("WEBHOOK", "PUBLISH"):
        monkeypatch.delenv(f"VARIORUM_{name}", raising=False)
    return paths


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral
