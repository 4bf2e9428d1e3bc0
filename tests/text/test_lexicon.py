"""The lexicon: that it holds what English is made of, and not what it is misspelt as."""

import pytest

from pipelines.text import lexicon


@pytest.mark.parametrize("word", ["the", "government", "colour", "color", "organise", "cooperation", "fiance", "tsar"])
def test_words_are_known(word: str) -> None:
    assert word in lexicon.known()


@pytest.mark.parametrize("word", ["goverment", "recieve", "accomodate", "definately", "seperate"])
def test_slips_are_not(word: str) -> None:
    assert word not in lexicon.known()


def test_targets_are_known_words_with_a_count() -> None:
    assert lexicon.targets().keys() <= lexicon.known()
    assert all(4 < count < 11 for count in lexicon.targets().values())


def test_sets_lie_within_each_other() -> None:
    assert lexicon.basic() < lexicon.common() < lexicon.known()
    assert not lexicon.rare() & lexicon.known()
    assert not lexicon.SHARED & lexicon.common()


@pytest.mark.parametrize(("british", "american"), [("colour", "color"), ("centre", "center"), ("defence", "defense")])
def test_regional_pairs(british: str, american: str) -> None:
    assert lexicon.regional()[british] == american
