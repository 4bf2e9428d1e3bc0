"""Words written small are counted as columns just as they would be one by one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipelines.passes.clean import LOWER_WORD, _lower_words

WORDS = st.sampled_from(["the", "rák", "o'clock", "Stalin-era", "e.g.", "(word)", "a", "x1", "re-\nread", "ʰa", "«да»"])


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=12).map(" ".join), max_size=4))
def test_words_are_counted_as_one_by_one(texts: list[str]) -> None:
    expected = Counter(word for text in texts for word in LOWER_WORD.findall(text))
    table = _lower_words(texts)
    assert table["word"].to_pylist() == sorted(expected)
    assert dict(zip(*table.to_pydict().values(), strict=True)) == expected
