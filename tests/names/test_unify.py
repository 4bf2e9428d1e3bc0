"""Names that cannot be one are told by their parts' number and first sounds, before anything is compared."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import known, match, unify

WORDS = ["Nikita", "Nikolai", "N.", "S.", "Sergeyevich", "Sergejewitsch", "von", "Ivanov", "Iwanow", "Ивано́в", "Jr.",
         "Khrushchev", "Krushchev", "Sándor", "Alexander", "Al.", "John", "Paul", "Young", "Dr", "III"]  # fmt: skip
names = st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=7).map(" ".join), min_size=2, max_size=9)


@given(names, st.booleans(), st.booleans())
def test_no_pair_that_may_be_one_is_left_out(texts: list[str], person: bool, is_rare: bool) -> None:
    laid = known.lay_out(texts)
    right, left = np.array(list(combinations(range(len(texts)), 2)), np.int32).T
    links = match.link_near(laid.parts, laid.heard, left, right, laid.grid)
    pairs = match.lay(left, right, laid.grid, laid.grid, links, laid.table, laid.table)
    people, rare = np.full(len(texts), person), np.full(len(texts), is_rare)
    one = unify.may_be_one(laid, pairs, people, rare)
    assert not (one & ~unify.comparable(laid, left, right, people, rare)).any()


@pytest.mark.parametrize(
    ("one", "other", "rare", "expected"),
    [
        ("Nikita Khrushchev", "Nikita Krushchev", False, True),
        ("John Young", "John Paul Young", False, False),  # Paul is left over
        ("John Young", "John Paul Young", True, True),
        ("Paul C. Young", "Paul D. Young", True, False),
        ("Nikita Khrushchev", "Nikita Sergeyevich Khrushchev", False, True),  # patronymics are left out
        ("John Young Jr.", "John Young", True, False),
        ("Alexander Petőfi", "Sándor Petőfi", False, True),  # forms of one name, which begin otherwise
    ],
)
def test_real_names(one: str, other: str, rare: bool, expected: bool) -> None:
    laid, both = known.lay_out([one, other]), np.ones(2, bool)
    first, second = np.array([0], np.int32), np.array([1], np.int32)
    assert unify.comparable(laid, second, first, both, both & rare).tolist() == [expected]
