"""A house with one dataset published in it, built once and copied for every test."""

from pathlib import Path

import pytest

from tests.faults.processes import House, copied


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("built") / "house").furnish()
    first = house.build()
    assert first.returncode == 0, first.stderr
    return house


@pytest.fixture
def house(built: House, tmp_path: Path) -> House:
    return copied(built, tmp_path / "house")
