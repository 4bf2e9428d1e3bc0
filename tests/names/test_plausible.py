"""What is a name at all, and of what kind, over a whole corpus."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names.plausible import KINDS, judge, kind, may_be_surnames, propagate

COUNTS = ("n_mentions", "n_posts", "n_initial", "n_lower", *(f"n_{name}" for name in KINDS))


def surface(text: str, **counts: int) -> dict[str, object]:
    return {"surface": text, **dict.fromkeys(COUNTS, 0), "n_mentions": 1, "n_posts": 1, **counts}


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["surface", *COUNTS])


@pytest.mark.parametrize(
    ("row", "is_name"),
    [
        (surface("Students", n_mentions=3, n_initial=3), False),
        (surface("Students", n_mentions=4, n_initial=3, n_lower=9), False),
        (surface("Timber", n_mentions=1), False),
        (surface("Thatcher", n_mentions=8, n_initial=2), True),
        (surface("Thatcher", n_person=1), True),
        (surface("Furtseva", n_initial=1), True),
        (surface("Furtseva", n_mentions=4), True),
        (surface("Perestrojka", n_mentions=4, n_initial=2, n_lower=30), False),
        (surface("Brown", n_mentions=9, n_initial=1, n_lower=12), True),
        (surface("Brown", n_mentions=1, n_initial=1, n_lower=12), False),
        (surface("Ekaterina Furtseva", n_initial=1), True),
        (surface("Population Statistics", n_initial=1), False),
        (surface("Der"), False),
        (surface("Хрущёв"), True),
    ],
)
def test_judge(row: dict[str, object], is_name: bool) -> None:
    assert judge(table(row)).tolist() == [is_name]


def test_an_ordinary_word_is_a_name_where_it_ends_a_full_name() -> None:
    alone = surface("Stoker", n_mentions=2, n_initial=2)
    assert judge(table(alone)).tolist() == [False]
    assert judge(table(alone, surface("Abraham Stoker", n_person=1))).tolist() == [True, True]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (surface("Furtseva"), "unknown"),
        (surface("Furtseva", n_person=1, n_place=2, n_mentions=9), "person"),
        (surface("Vorkuta", n_place=3, n_mentions=5), "place"),
        (surface("Furtseva", n_place=1, n_mentions=20), "unknown"),
        (surface("Komsomol", n_organisation=4, n_mentions=4), "organisation"),
        (surface("Anschluss", n_event=1), "event"),
    ],
)
def test_kind(row: dict[str, object], expected: str) -> None:
    assert kind(table(row)).tolist() == [expected]


def test_lone_surnames_of_people_fully_named_are_people() -> None:
    names = pd.Series(["Ekaterina Furtseva", "Furtseva", "Ekaterina", "Kozlov", "Paris\nCommune", "Commune"])
    kinds = pd.Series(["person", "unknown", "unknown", "unknown", "event", "unknown"])
    assert propagate(names, kinds).tolist() == ["person", "person", "person", "unknown", "event", "unknown"]


ROWS = st.lists(
    st.builds(
        lambda text, counts: surface(text, **dict(zip(COUNTS, counts, strict=True))),
        st.sampled_from(["Stalin", "The Party", "Brown", "Ivan Brown", "X", "Хрущёв", "N. S. Khrushchev"])
        | st.text(min_size=1),
        st.lists(st.integers(0, 9), min_size=len(COUNTS), max_size=len(COUNTS)),
    ),
    max_size=8,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_index_of_rows_do_not_matter(rows: list[dict[str, object]], random: object) -> None:
    one = table(*rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = one.iloc[order]
    for function in (judge, kind):
        pd.testing.assert_series_equal(function(one).iloc[order], function(other))
    assert set(kind(one)) <= {*KINDS, "unknown"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Somalia", False), ("SCA", False), ("BERIA", True), ("Beria", True), ("Jordan", True), ("Snapchat", True)],
)
def test_countries_and_abbreviations_are_nobodys_surname(word: str, expected: bool) -> None:
    assert may_be_surnames(pa.array([word])).tolist() == [expected]


def test_one_verb_of_a_person_makes_no_person() -> None:
    rows = table(surface("Project", n_mentions=100, n_person=2), surface("Lenin", n_mentions=100, n_person=20))
    assert kind(rows).tolist() == ["unknown", "person"]
