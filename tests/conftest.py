"""Fixtures for all tests: the sample seeds, built once."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import settings

from pipelines.stages.places import Paths
from tests.builds import ROOT

# How long an example takes says more of the machine than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


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
