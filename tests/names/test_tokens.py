"""What is known of the words of runs."""

import pytest

from pipelines.names import tokens

WORDS = [
    "Nikita",
    "Stalin-era",
    "Kai-shek",
    "U.S.S.R.",
    "J.",
    "I",
    "Khrushchev's",
    "Müller",
    "COLD",
    "EBook",
    "Leninism",
    "Petrovich",
    "the",
    "of",
    "Barons",
]


@pytest.mark.parametrize("most", [1 << 17, 3])
def test_words_are_known_together_as_alone(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(tokens, "_met", {})
    alone = []
    for word in WORDS:
        tokens._met.clear()
        alone.append(tokens.word(word))
    monkeypatch.setattr(tokens, "_MOST_MET", most)
    assert [*map(tokens.word, WORDS)] == alone
    assert tokens.known([*WORDS, "", *WORDS[:2]]) == [*alone, tokens.word(""), *alone[:2]]
    assert len({one.sign for one in alone}) > 9


def test_no_more_words_are_remembered_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_met", {})
    monkeypatch.setattr(tokens, "_MOST_MET", 4)
    for word in WORDS:
        tokens.word(word)
        assert 0 < len(tokens._met) <= 4
