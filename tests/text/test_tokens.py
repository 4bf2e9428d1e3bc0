"""Words are counted and looked at as columns just as they would be one by one."""

from collections import Counter

import numpy as np
import regex
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import spelling, tokens

SMALL_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}'’-])\p{Ll}[\p{Ll}\p{M}]+(?![\p{L}\p{M}\p{N}])")
WORDS = st.sampled_from(["the", "rák", "o'clock", "Stalin-era", "e.g.", "(word)", "a", "x1", "re-\nread", "ʰa", "«да»"])


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=12).map(" ".join), max_size=4))
def test_words_are_counted_as_one_by_one(texts: list[str]) -> None:
    expected = Counter(word for text in texts for word in SMALL_WORD.findall(text))
    found = tokens.small_words(tokens.split(texts)).to_pydict()
    assert dict(zip(found["word"], found["n"], strict=True)) == expected


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=12).map(" ".join), max_size=4))
def test_unknown_words_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    texts = [f"{text} of the goverment and his goverment {text}" for text in texts]
    together = spelling.unknown_in(tokens.split(texts), np.ones(len(texts), bool))
    assert together == [(i, word) for i, text in enumerate(texts) for word in spelling.unknown_words(text)]
    assert not spelling.unknown_in(tokens.split(texts), np.zeros(len(texts), bool))
