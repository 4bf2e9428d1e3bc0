"""What several tests of object storage do."""

from pathlib import Path

import pytest

from pipelines.build import main
from pipelines.stages.places import Paths
from tests.remote.server import Server


def silent(label: str, done: int, total: int) -> None:
    """Nobody is told how far it is."""


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


def failure(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a failed build says."""
    capsys.readouterr()
    assert main() == 1
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("The build failed: ")
    return line.removeprefix("The build failed: ")


def newest(server: Server, publish: str) -> str:
    """What a reader does first, as the documentation says."""
    return f"{publish}/{server.files().cat_file(f'{publish}/latest').decode()}"


def is_whole(server: Server, publish: str, build: Path) -> bool:
    """Whether `latest` names a copy of the build, and every byte of it is there."""
    place = newest(server, publish).removeprefix("s3://")
    files = server.files()
    there = {name.removeprefix(f"{place}/"): files.cat_file(name) for name in files.find(place)}
    return place.endswith(f"/builds/{build.name}") and there == contents(build)
