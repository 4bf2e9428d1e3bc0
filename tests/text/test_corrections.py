"""Where the words of corrections stand in a long text."""

import re

import pytest

from pipelines.text.corrections import places
from pipelines.text.spelling import Correction

SLIPS = ("recieve", "wierd")
TEXT = "\0".join(
    [
        "We recieve it.",
        "Nothing here, but a wierdo.",
        "",
        "Žižek: Wierd! Recieve.",
        "the kol khos",
        "Die KOLKHOSE recieve",
    ]
)


def correction(word: str, rule: str) -> Correction:
    return Correction(word, word, 1.0, rule, "")


CORRECTIONS = {word: correction(word, "slip") for word in SLIPS}
CORRECTIONS |= {word: correction(word, "project") for word in ("kol khos", "kolkhose")}
WORDS, PHRASES = ([f"absent{gap}{a}{b}" for a in "abcdefgh" for b in "abcdefgh"] for gap in ("", " "))


@pytest.mark.parametrize("others", [[], WORDS, PHRASES], ids=["few", "many words", "many phrases"])
def test_each_word_has_its_places_as_a_whole_word(others: list[str]) -> None:
    found = places(TEXT, CORRECTIONS | {word: correction(word, "slip") for word in others})
    expected = {
        word: [match.start() for match in re.finditer(rf"\b(?:{word}|{word.capitalize()}|{word.upper()})\b", TEXT)]
        for word in CORRECTIONS
    }
    assert {word: sorted(starts) for word, starts in found.items()} == expected
    assert all(expected.values())


def test_a_word_that_stands_nowhere_alone_has_no_place() -> None:
    assert places("a wierdo", CORRECTIONS) == {"wierd": []}


def test_without_words_there_are_no_places() -> None:
    assert places(TEXT, {}) == {}
