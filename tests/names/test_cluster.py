"""Names in no authority: spellings of one person share an entity, two people do not."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluate import as_surfaces
from pipelines.names import index, joined, known, romanise
from pipelines.names.authority import Decisions, load
from pipelines.names.resolve import resolve
from pipelines.names.settings import NameSettings


def readings(surfaces: list[str], folder: Path, counts: list[int] | None = None) -> pd.DataFrame:
    """All readings of these surfaces, each found in a sentence as a person's name, without any authority."""
    frame = as_surfaces(surfaces).assign(n_mentions=counts or 1)
    return resolve(frame, load(folder), Decisions(), NameSettings()).readings


def entities(surfaces: list[str], folder: Path) -> list[str]:
    """The entity that each surface has by default."""
    found = readings(surfaces, folder)
    default = found[found["is_default"]].drop_duplicates("run").set_index("run")["entity_id"]
    return [default[surface] for surface in surfaces]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ivan Zubkovsky", "Iwan Subkowski"),
        ("Ivan Zubkovsky", "Ivan Zoubkovski"),
        ("Ivan Zubkovsky", "Иван Зубковский"),
        ("Pavel Zubkovsky", "Pavel Ivanovich Zubkovsky"),
        ("Andrei Mironchuk", "Andriy Mironczuk"),
        ("Pavel Ivanovich Zubkovsky", "P. I. Zubkovskij"),
        ("Edgar William Robinson", "E. W. Robinson"),
        ("Lubomír Hanzelka", "Lubomir Hanzelka"),
        ("Margarethe Brunnholz", "Margarethe Brunnholtz"),
        ("Edgar W. Halverstad", "Edgar Halverstad"),
        ("Edgar William Halverstad", "Edgar W. Halverstad"),
        ("J.B. Halvorsen", "J. B. Halvorsen"),
        ("Günter Litfin", "Günter Liftin"),
        ("Steven Rosenfielde", "Steven Rosefielde"),
        ("Glushko", "Gluschko"),
        ("Krushchev", "Khrushchev"),
        ("Nikita Kruschev", "Nikita Khrushchev"),
        ("Yefimov", "Efimov"),
    ],
)
def test_spellings_of_one_person_share_an_entity(one: str, other: str, tmp_path: Path) -> None:
    first, second = entities([one, other], tmp_path)
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Andrei Karlov", "Andrei Kharlov"),
        ("Andrei Karpov", "Andrei Karlov"),
        ("Chris Linden", "Chris Landen"),
        ("Paul Herdt", "Paul Heidt"),
        ("John Young", "John Paul Young"),
        ("Harry S. Pollard", "Harry A. Pollard"),
        ("Pavel Ivanovich Zubkovsky", "Pavel Petrovich Zubkovsky"),
        ("Pavel Ivanovich Zubkovsky", "P. N. Zubkovsky"),
        ("Pavel Zubkovsky", "P. Zubkovsky"),
        ("Edgar Robinson", "E. W. Robinson"),
        ("Anna Zubkovskaya", "Ivan Zubkovsky"),
        ("John Romita Jr.", "John Romita Sr."),
        ("Ernest Halvorsen II", "Ernest Halvorsen III"),
        ("Soong Ai-ling", "Soong Mei-ling"),
        ("Simeon Singer", "Gideon Singer"),
        ("Kim Soo-hee", "Kim Doo-hee"),
        ("Beckham", "Beecham"),
        ("Karlov", "Kharlov"),
        ("Stepanov", "Stefanov"),
        ("Iberians", "Iberian"),
        ("Super Bowl XXXII", "Super Bowl XXXIV"),
        ("Criminal Procedure Code", "Criminal Code"),
    ],
)
def test_two_people_or_things_stay_apart(one: str, other: str, tmp_path: Path) -> None:
    first, second = entities([one, other], tmp_path)
    assert first != second


def test_a_middle_name_tells_nothing_where_others_bear_the_surname(tmp_path: Path) -> None:
    one, other, _ = entities(["Edgar Halverstad", "Edgar William Halverstad", "Knut Halverstad"], tmp_path)
    assert one != other


def test_names_of_letters_that_no_convention_knows_stay_apart(tmp_path: Path) -> None:
    assert len(set(entities(["\U000a2c2fľ\ua7eb ôr", "0 0"], tmp_path))) == 2


def test_initials_tell_nothing_where_two_full_names_begin_so(tmp_path: Path) -> None:
    found = entities(["Pavel Ivanovich Zubkovsky", "Pyotr Ilyich Zubkovsky", "P. I. Zubkovsky"], tmp_path)
    assert len(set(found)) == 3


def test_the_most_frequent_spelling_is_the_canonical_one_its_surname_alone_counted(tmp_path: Path) -> None:
    found = readings(["Ivan Zoubkovski", "Ivan Zubkovsky", "Zubkovsky"], tmp_path, [2, 1, 3])
    full = found[found["is_default"] & (found["run"] == "Ivan Zoubkovski")]
    assert full["canonical"].tolist() == ["Ivan Zubkovsky"]


def test_of_spellings_as_frequent_the_english_one_is_canonical(tmp_path: Path) -> None:
    found = readings(["Pavel Astachow", "Pavel Astakhov"], tmp_path)
    assert found.loc[found["is_default"], "canonical"].tolist() == ["Pavel Astakhov", "Pavel Astakhov"]


def test_a_lone_surname_may_be_another_spelling_of_a_bearers(tmp_path: Path) -> None:
    found = readings(["Ivan Zubkovsky", "Zubkovskij"], tmp_path)
    context = found[(found["run"] == "Zubkovskij") & (found["status"] == "context")]
    assert context["canonical"].tolist() == ["Zubkovsky"]


def test_in_lots_the_same_names_are_joined_as_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    surfaces = ["Ivan Zubkovsky", "Iwan Subkowski", "Ivan Zoubkovski", "Andrei Mironchuk", "Andriy Mironczuk",
                "Edgar William Robinson", "E. W. Robinson", "Lubomír Hanzelka", "Lubomir Hanzelka", "Günter Litfin",
                "Günter Liftin", "Nikita Kruschev", "Nikita Khrushchev", "Anna Zubkovskaya",
                "Иван Зубковский", "James Sowter", "Sowter James"]  # fmt: skip
    at_once = readings(surfaces, tmp_path)
    lots: list[list[int]] = []
    cut = joined._lots
    monkeypatch.setattr(joined, "_CROSSED", 1)
    monkeypatch.setattr(joined, "_PAIRS", 2)

    def seen(*given: Any) -> list[int]:
        lots.append(cut(*given))
        return lots[-1]

    monkeypatch.setattr(joined, "_lots", seen)
    pd.testing.assert_frame_equal(readings(surfaces, tmp_path), at_once)
    assert len(lots[0]) > 5
    assert at_once["entity_id"].nunique() < 12


def sounds_of(part: str) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The numbers of a part's whole sounds, and all of them, by what the sounds begin with."""
    heard = romanise.sounds([part]).sound
    row, number = index.numbers(heard)
    begins = [int(index.BEGINS[one[0]]) for one in heard.tolist()]
    keyed = [(begins[at], one) for at, one in zip(row.tolist(), number.tolist(), strict=True)]
    return set(keyed[: len(heard)]), set(keyed)


PARTS = ["Ivan", "Iwan", "Yvan", "John", "Jon", "Zubkovsky", "Subkowski", "Zubkovskij", "Smith", "Smyth", "Smit"]
FULL = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(PARTS)), min_size=1, max_size=12, unique=True)


@given(FULL, st.integers(1, 30))
def test_names_meet_whose_first_and_last_words_share_numbers(names: list[tuple[str, str]], at_once: int) -> None:
    laid = known.lay_out([" ".join(one) for one in names])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joined, "_CROSSED", at_once)
        patch.setattr(joined, "_HELD", at_once)
        later, earlier = joined._near(laid)
    expected = set()
    for (a, one), (b, other) in combinations(enumerate(names), 2):
        first, last = ([sounds_of(name[at]) for name in (one, other)] for at in (0, 1))
        shared = [[x & y for x, y in zip(*both, strict=True)] for both in (first, last)]
        mixed = [first[0][0] & first[1][1], first[0][1] & first[1][0], last[0][1] & last[1][0], last[0][0] & last[1][1]]
        whole_first, whole_last = shared[0][0] and shared[1][1], shared[0][1] and shared[1][0]
        if whole_first or whole_last or (mixed[0] and mixed[2]) or (mixed[1] and mixed[3]):
            expected.add((b, a))
    assert set(zip(later.tolist(), earlier.tolist(), strict=True)) == expected
