"""What is known of many words at once is what is known of each."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.names.lexicon import fold, fold_all, traits, traits_of

WORDS = [
    "dmitrij",
    "moscow",
    "zzyzx",
    "stalinist",
    "jean-paul",
    "vice-president",
    "ministers",
    "ivanovs",
    "the",
    "",
    "łódź",
]


def test_real_words() -> None:
    assert traits_of(WORDS) == [traits(word) for word in WORDS]
    assert sum(found > 0 for found in traits_of(WORDS)) > 6
    assert traits_of([]) == []


@given(st.lists(st.sampled_from(WORDS) | st.text("aeikhscpjyw-ovžé'", max_size=9)))
def test_any_words(words: list[str]) -> None:
    assert traits_of(words) == [traits(word) for word in words]


@given(st.lists(st.sampled_from(WORDS) | st.text(st.characters(exclude_characters="\n")), min_size=1))
def test_words_folded_at_once(words: list[str]) -> None:
    assert fold_all(words) == [fold(word) for word in words]
