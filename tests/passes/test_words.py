"""Words are counted as a regular expression counts them."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.passes.spans import SEPARATOR, bases
from pipelines.passes.words import count_words

WORD = r"[\p{L}\p{N}\p{M}]+(?:['’\-][\p{L}\p{N}\p{M}]+)*"
TEXTS = st.lists(st.text(st.sampled_from("aé5'’- .\n𐐀😀́") | st.characters(exclude_categories=["Cs"])), max_size=5)


def counted(texts: list[str]) -> list[int]:
    laid = "".join(text + SEPARATOR for text in texts)[:-1]
    return count_words(laid, bases([len(text) for text in texts])).tolist()


@pytest.mark.parametrize(
    ("text", "number"),
    [("Khrushchev's mother-in-law", 2), ("a--b 'c'", 3), ("", 0), ("'", 0), ("o’clock, 1956", 2), ("𐐀𐐀 😀 x", 2)],
)
def test_words(text: str, number: int) -> None:
    assert counted([text]) == [number]


@given(TEXTS)
def test_all_texts_at_once_are_counted_as_each_alone(texts: list[str]) -> None:
    assert counted(texts) == pc.count_substring_regex(pa.array(texts, pa.string()), WORD).to_pylist()
