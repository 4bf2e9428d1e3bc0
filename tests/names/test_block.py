"""Blocks of surfaces: what the authority answers is the same however surfaces are cut into blocks and ordered."""

import random
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from pipelines.names import block, ready, resolve
from pipelines.names.authority import Authority, Decisions
from pipelines.names.settings import NameSettings
from tests.names.test_resolve import authority, surfaces

__all__ = ["authority"]  # the fixture
NAMES = [
    *("Krushchev", "N. S. Khruschov", "Nikita Krushchev", "Yesterday Stalin", "Joseph Khrushchev Nikita", "Stalin"),
    *("Petrograd", "Sankt Peterburg", "Robert Hill", "Voznesensky", "Velimir Okhotsimov", "Welimir Okhotsimow"),
    *("Timber", "Krasnojarsk", "Andrei  Karlov", "Хрущёв", "MATYAS RAKOSI", "Hill"),
]


@pytest.mark.parametrize("seed", range(4))
def test_cuts_and_order_of_blocks_make_no_difference(authority: Authority, seed: int) -> None:
    known, settings, draw = ready.ready(authority), NameSettings(), random.Random(seed)
    shuffled = draw.sample(NAMES, len(NAMES))
    bounds = [0, *sorted(draw.sample(range(1, len(NAMES)), 3)), len(NAMES)]
    blocks = [block.ask(shuffled[a:b], known, settings) for a, b in pairwise(bounds)]
    wanted = surfaces(sorted(NAMES)[2:])
    found = resolve.decide(wanted, blocks, authority, Decisions(), settings)
    expected = resolve.resolve(wanted, authority, Decisions(), settings)
    assert len(expected.readings) > 15
    pd.testing.assert_frame_equal(found.readings, expected.readings, check_dtype=False)
    pd.testing.assert_frame_equal(found.entities, expected.entities, check_dtype=False)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_readings_are_the_same_in_slices_of_any_size(
    authority: Authority, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = surfaces(sorted([*NAMES, "Okhotsimov"]), n_person=1)
    found = resolve.resolve(people, authority, Decisions(), NameSettings())
    expected = found.readings
    assert set(expected.loc[expected["run"] == "Okhotsimov", "status"]) == {"accepted", "context"}
    monkeypatch.setattr(resolve, "SURFACES_AT_ONCE", size)
    assert len(list(found.slices())) == -(-(len(NAMES) + 1) // size)
    pd.testing.assert_frame_equal(found.readings, expected, check_dtype=False)


def test_a_rest_is_asked_about_too(authority: Authority) -> None:
    asked = block.ask(["Yesterday Stalin", "Stalin"], ready.ready(authority), NameSettings()).asked
    assert asked[["of", "start", "surface"]].to_numpy().tolist() == [
        [block.WHOLE, 0, "Yesterday Stalin"], [block.WHOLE, 0, "Stalin"], [0, 10, "Stalin"],
    ]  # fmt: skip


def test_the_authority_is_read_as_it_was_saved(authority: Authority, tmp_path: Path) -> None:
    known = ready.ready(authority)
    known.save(tmp_path)
    again = ready.read(tmp_path)
    ours, theirs = (block.ask(NAMES, one, NameSettings()) for one in (known, again))
    for name in ("asked", "readings", "rivals"):
        pd.testing.assert_frame_equal(getattr(ours, name), getattr(theirs, name))
    assert len(ours.rivals) > 4
