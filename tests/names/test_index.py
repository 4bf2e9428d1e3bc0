"""The index of names, and parts of names: what is found, that saving loses nothing, and how parts are told."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.names import align, given, index, known, parts

NAMES = ["Nikita Khrushchev", "Joseph Stalin", "Muammar al-Qadhafi", "Robert A. Hill, Jr.", "Alec Douglas-Home"]


def test_save_and_read_give_the_same(tmp_path: Path) -> None:
    made = index.build(NAMES)
    made.save(tmp_path / "index")
    again = index.read(tmp_path / "index")
    for name, array in made._arrays().items():
        np.testing.assert_array_equal(array, again._arrays()[name])
    asked = known.lay_out(["Nikita Chruschtschow", "Josef Stalin"])
    before, after = known.compare(asked, known.prepare(made)), known.compare(asked, known.prepare(again))
    np.testing.assert_array_equal(before.odds, after.odds)
    assert len(before.odds) >= 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("N. S. Khrushchev", [parts.INITIAL, parts.INITIAL, parts.WORD]),
        ("Mikh. Lermontov", [parts.SHORT, parts.WORD]),
        ("Muammar al-Qadhafi", [parts.WORD, parts.PARTICLE, parts.WORD]),
        ("Emil Fazil oglu Mammadov", [parts.WORD, parts.WORD, parts.PARTICLE, parts.WORD]),
        ("Hill Jr.", [parts.WORD, parts.SUFFIX]),
    ],
)
def test_parts(name: str, expected: list[int]) -> None:
    split = parts.split([name])
    assert [int(split.role[token]) for token in split.token] == expected
    assert len(parts.spans(name)) == len(expected)


def test_grid_leaves_out_titles_and_suffixes() -> None:
    split = parts.split(["Marshal Georgy Zhukov", "Robert Hill Jr.", "Duke", "Alec Douglas-Home", "", "Le Duc Tho"])
    grid = align.grid(split)
    assert grid.size.tolist() == [2, 2, 1, 3, 0, 3]
    assert grid.suffix.tolist() == [0, 1, 0, 0, 0, 0]
    assert grid.last.tolist()[:4] == [1, 1, 0, 2]
    assert grid.double.tolist()[3] == 1
    assert grid.last[4] == -1


@pytest.mark.parametrize("size", [1, 2, 3])
def test_names_are_laid_out_the_same_however_many_at_a_time(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*NAMES, "Alec Hill", "Marshal Georgy Zhukov", "", "Joseph Stalin", "al-Qadhafi", "Nikita Hill II"]
    whole = known.lay_out(names)
    monkeypatch.setattr(parts, "_AT_ONCE", size)
    monkeypatch.setattr(align, "_AT_ONCE", size)
    again = known.lay_out(names)
    assert again.parts.tokens == whole.parts.tokens
    for room in ("parts", "grid"):
        ours, theirs = getattr(again, room), getattr(whole, room)
        for name in theirs.__slots__:
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    assert len(again.grid.size) == len(names)


def test_given_names_of_one_group_by_spelling_and_by_sound() -> None:
    names = ["Alexander", "Sándor", "Sasha", "Aleksandras", "Ewgenij", "Eugene", "Robert", "Bob", "Khrushchev"]
    laid = known.lay_out(names)
    groups = [set(row[row >= 0].tolist()) for row in laid.table.groups]
    assert groups[0] & groups[1] and groups[0] & groups[2] and groups[0] & groups[3]
    assert groups[4] & groups[5] and groups[6] & groups[7]
    assert not groups[0] & groups[6] and not groups[8]
    assert max(len(one) for one in groups) <= given.MOST


def test_sounds_meet_where_they_share_a_number() -> None:
    made = index.build(NAMES)
    asked = index.hear(parts.split(["Chruschtschow", "Qadhafi", "Nobody", "Hyll", "Duglas"]).tokens)
    rows, numbers = asked.row.tolist(), asked.number.tolist()
    known = list(zip(made.heard.row.tolist(), made.heard.number.tolist(), strict=True))
    expected = {
        (row, other) for row, number in zip(rows, numbers, strict=True) for other, one in known if one == number
    }
    found = list(zip(*(side.tolist() for side in index.meet(asked, made.heard)), strict=True))
    assert found == sorted(expected)
    assert len(expected) > 10
