"""A build of many small groups, so that several workers have something to do; its bytes as one worker makes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import environment, release
from pipelines.resources import Workers
from pipelines.stages import answers, core, out, verify
from pipelines.stages.places import Paths
from tests.builds import ROOT, run_stages, write_seeds

REFERENCE = ROOT / "seeds" / "reference"
SPEECH = ROOT / "seeds" / "raw" / "1956" / "1956_secret_speech.txt"


@pytest.fixture(autouse=True)
def everything_goes_to_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "INLINE_BYTES", 0)
    for name in ("VARIORUM_WORKERS", "VARIORUM_ENGINE", "VARIORUM_SCHEDULER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="package", autouse=True)
def small_groups() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "SMALLEST_GROUP", 1 << 12)
        patch.setattr(answers, "LARGEST_BLOCK", 8)
        yield


@pytest.fixture(scope="package")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prose = SPEECH.read_text()
    files = {f"{n:02}.txt": f"Upvote:{n}\nNumber {n}. " + prose * 4 for n in range(30)}
    return write_seeds(tmp_path_factory.mktemp("seeds"), files)


@pytest.fixture(scope="package")
def expected(seeds: Path, small_groups: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(Paths(seeds, REFERENCE, tmp_path_factory.mktemp("alone")), Workers(number=1))


def contents(latest: Path) -> dict[str, bytes]:
    files = sorted(file for file in latest.rglob("*") if file.is_file())
    return {file.relative_to(latest).as_posix(): file.read_bytes() for file in files}


def built(paths: Paths, team: Workers, run: Any = None) -> dict[str, bytes]:
    try:
        verify.refuse_broken(run_stages(paths, run=run or team.run))
    finally:
        team.close()
    release.publish(paths.data, out.table_files(paths), out.beside(paths))
    return contents(paths.data / "latest")
