"""Slips: their kinds, and words that are made of others."""

import pytest

from pipelines.text.slips import candidates, is_derived, is_run_together


@pytest.mark.parametrize(
    ("word", "right", "kind"),
    [
        ("becuase", "because", "vowels swapped"),
        ("cuontry", "country", "vowels swapped"),
        ("aslo", "also", "swapped"),
        ("recieve", "receive", "ending"),
        ("acheive", "achieve", "ending"),
        ("acommodate", "accommodate", "undoubled"),
        ("untill", "until", "doubled"),
        ("seperate", "separate", "vowel"),
        ("goverment", "government", "consonant lost"),
        ("mispell", "misspell", "undoubled"),
        ("strenght", "strength", "ending"),
        ("independant", "independent", "ending"),
        ("sovereignity", "sovereignty", "vowel added"),
        ("litle", "little", "undoubled"),
        ("accomadation", "accommodation", "undoubled"),
        ("reccomended", "recommended", "doubled"),
        ("conection", "connection", "undoubled"),
    ],
)
def test_the_best_candidate_and_its_kind(word: str, right: str, kind: str) -> None:
    best = candidates(word)[0]
    assert best.right == right
    assert kind in best.kinds


@pytest.mark.parametrize("word", ["xqzzy", "q", ""])
def test_no_candidate(word: str) -> None:
    assert all(slip.score < 3 for slip in candidates(word))


@pytest.mark.parametrize(
    "word",
    [
        "muralism",
        "covector",
        "counterinsurgent",
        "nonaligned",
        "worldlines",
        "undecodable",
        "destalinised",
        "bukharinists",
        "ionically",
        "newgroup",
    ],
)
def test_words_made_of_others(word: str) -> None:
    assert is_derived(word)


@pytest.mark.parametrize("word", ["stoped", "makeing", "happyness", "realy", "foxs", "goverment", "beatiful"])
def test_words_made_against_the_rules(word: str) -> None:
    assert not is_derived(word)


@pytest.mark.parametrize(
    ("heard", "well_heard"), [("definate", "defunite"), ("catagory", "citegory"), ("perpindicular", "perpendocular")]
)
def test_vowels_that_are_seldom_taken_for_each_other_cost_more(heard: str, well_heard: str) -> None:
    assert {slip.right for slip in candidates(heard)} & {slip.right for slip in candidates(well_heard)}
    assert candidates(heard)[0].score > candidates(well_heard)[0].score


def test_words_run_together() -> None:
    assert is_run_together("policyis")
    assert is_run_together("noone")
    assert not is_run_together("emphasiss")
