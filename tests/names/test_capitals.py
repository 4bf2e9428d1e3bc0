"""Where runs of capitalised words begin and end is what their pattern alone says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import capitals
from pipelines.text.together import Together

PIECES = (
    "Nikita", "Stalin", "I", "N.", "Gen", "Messrs", "Philadelphia", "McArthur", "duPont", "DeR", "Élan", "Пётр", "Ю",
    "U.S.S.R.",
    "People's", "Workers'", "Jean-Paul", "al-Assad", "ʿAli", "Laʻ", "O’Brien", "Cafe\u0301", "𝔄b", "ǅon", "中", "1Abc",
    "of", "the", "de", "oğlu", "della", "for", "and", "was", "d'", "al-", "s", "ll", "Jr", "x\u0301",
    ".", ",", "'", "’", "‘", "-", "–", ":", " ", "  ", "\n", " \n", "\n\n", "\u00a0", "\t", "\u2003", "\0",
)  # fmt: skip
LONG = "and so on" * capitals._LONG  # texts are long enough to be looked at word by word
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.just(" ")), max_size=40).map("".join)


def matched(texts: Together) -> list[tuple[int, int]]:
    return [match.span() for match in capitals._RUN.finditer(texts.text)]


def found(texts: Together) -> list[tuple[int, int]]:
    start, end = capitals.spans(texts)
    return [*zip(start.tolist(), end.tolist(), strict=True)]


@given(st.lists(TEXT, max_size=6))
def test_as_the_pattern_says(written: list[str]) -> None:
    texts = Together([*written, LONG])
    assert found(texts) == matched(texts)


@pytest.mark.parametrize("between", [" ", " of the ", ", ", "\n"])
@pytest.mark.parametrize("n", [39, 40, 41, 85])
def test_walls_of_capitals(n: int, between: str) -> None:
    texts = Together([between.join(["Moscow"] * n) + " said Nikita Khrushchev.", "Leon Trotsky", LONG])
    assert found(texts) == matched(texts)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Then Nikita Khrushchev spoke.", ["Then Nikita Khrushchev"]),
        ("In Moscow, on May 1, Stalin's army", ["In Moscow", "May", "Stalin"]),
        ("Gen. Dwight Eisenhower of the United States.", ["Gen. Dwight Eisenhower of the United States"]),
        ("He told Lenin. Then Trotsky", ["He", "Lenin", "Then Trotsky"]),
        ("Martin Luther King, Jr. was", ["Martin Luther King, Jr."]),
        ("Charles de Gaulle de facto", ["Charles de Gaulle"]),
        ("the People's Commissar", ["People's Commissar"]),
        ("so it is", []),
    ],
)
def test_runs(text: str, runs: list[str]) -> None:
    texts = Together([text, LONG])
    assert texts.slices(*capitals.spans(texts)) == runs
