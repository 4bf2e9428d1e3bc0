"""What letters tell: the numbers of a text and of its last word, and how they are written."""

import hashlib

import numpy as np
import pytest

from pipelines.names import letters, romanise
from pipelines.names.clusters import ids

TEXTS = ["Ivan Zubkovsky", "Zubkovsky", "ZUBKOVSKY", "Iwan Subkow", "New York", "Хрущёв", "NATO", "K."]


def test_numbers_are_those_of_folded_letters_and_of_last_words() -> None:
    found = letters.described(TEXTS, romanise.fold(TEXTS))
    key, surname = found["key"].to_numpy(), found["surname"].to_numpy()
    assert surname[0] == key[1] == key[2] and surname[3] != key[1]
    assert (surname == 0).tolist() == [" " not in text for text in TEXTS]
    assert len(set(key)) == len(TEXTS) - 1


def test_an_entity_is_known_by_the_number_of_its_name() -> None:
    number = letters.keys(["ivan zubkovsky"])
    assert ids(number).to_pylist() == ["new:" + hashlib.sha256(b"ivan zubkovsky").hexdigest()[:16]]


@pytest.mark.parametrize(
    ("column", "those"),
    [("is_foreign", {"Iwan Subkow", "New York"}), ("is_upper", {"ZUBKOVSKY", "NATO", "K."})],
)
def test_how_texts_are_written(column: str, those: set[str]) -> None:
    found = letters.described(TEXTS, romanise.fold(TEXTS))[column].to_numpy()
    assert {TEXTS[row] for row in np.flatnonzero(found)} == those


def test_words_that_end_as_east_european_surnames_may_tell() -> None:
    found = letters.described(TEXTS, romanise.fold(TEXTS))["may_tell"].to_numpy()
    assert found[[0, 1, 2, 3]].all() and not found[[4, 6]].any()
