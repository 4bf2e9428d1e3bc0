"""Names in texts that are not English: openers, titles and articles of their languages, and German nouns."""

import tomllib
from importlib.resources import files
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import plausible
from pipelines.names.candidates import Candidate
from pipelines.names.find import find
from pipelines.names.languages import NOUN
from pipelines.text.sentences import split


def candidates(text: str, language: str) -> list[Candidate]:
    return find(text, [start for start, _ in split(text, language)], language)


def names(text: str, language: str) -> list[str]:
    return [text[c.start : c.end] for c in candidates(text, language) if c.hint != NOUN]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Après Lénine vint Staline.", ["Lénine", "Staline"]),
        ("fr", "La mort de Brejnev surprit Moscou.", ["Brejnev", "Moscou"]),
        ("fr", "Avec de Gaulle rien n'était simple ; le général de Gaulle partit.", ["de Gaulle", "de Gaulle"]),
        ("fr", "L'Ukraine et la Pologne attendaient.", ["Ukraine", "Pologne"]),
        ("fr", "Monsieur Bidault signa à la mort d'Andropov.", ["Bidault", "Andropov"]),
        ("fr", "Alors Valéry Giscard d'Estaing parla.", ["Valéry Giscard d'Estaing"]),
        ("es", "Según Jruschov, el general Franco mentía.", ["Jruschov", "Franco"]),
        ("es", "Don Juan Negrín pidió armas.", ["Juan Negrín"]),
        ("it", "Secondo Krusciov, il compagno Longo taceva.", ["Krusciov", "Longo"]),
        ("it", "Quando De Gasperi vinse, Togliatti partì.", ["De Gasperi", "Togliatti"]),
        ("pl", "Kiedy Chruszczow przyleciał, towarzysz Ochab spał.", ["Chruszczow", "Ochab"]),
        ("pl", "Pan Bierut umarł.", ["Bierut"]),
        ("cs", "Soudruh Slánský byl popraven. Kde byl Dubček?", ["Slánský", "Dubček"]),
        ("hu", "Amikor Hruscsov megérkezett, Gerő várta.", ["Hruscsov", "Gerő"]),
        ("nl", "Volgens Chroesjtsjov was Stalin bang.", ["Chroesjtsjov", "Stalin"]),
        ("ru", "Почему Киров был убит? Товарищ Сталин молчал.", ["Киров", "Сталин"]),
        ("uk", "Коли Хрущов приїхав, гетьман Скоропадський утік.", ["Хрущов", "Скоропадський"]),
        ("bg", "Другар Живков говори. Когато дойде Червенков, Димитров мълчеше.", ["Живков", "Червенков", "Димитров"]),
        ("sr", "Kada je došao Tito, drug Ranković je ćutao.", ["Tito", "Ranković"]),
        ("de", "Später sagte Mikojan, dass Molotow gegen die Rede war.", ["Mikojan", "Molotow"]),
        ("de", "Bundeskanzler Adenauer reiste nach Moskau.", ["Adenauer", "Moskau"]),
        ("de", "Der Erste Sekretär des Zentralkomitees sprach vier Stunden lang.", []),
        ("de", "Die Verhaftung Berijas fand in einer schwierigen Lage statt.", ["Berija"]),
        ("de", "Nach dem Tod Stalins schwieg Malenkow.", ["Stalin", "Malenkow"]),
        ("de", "Wer gewann durch Breschnews Sturz?", ["Breschnew"]),
        ("de", "Ulbrichts Ende kam früh; 1971 Ulbricht, dann Honecker.", ["Ulbricht", "Ulbricht", "Honecker"]),
        ("de", "So schrieben Karl Marx und Engels.", ["Karl Marx", "Engels"]),
        ("de", "Damals stand die Rote Armee in Magdeburg und Dresden.", ["Rote Armee", "Magdeburg", "Dresden"]),
        ("de", "Im Februar und am 17. Juni gab es viele Demonstranten.", []),
        ("lb", "Der Aufstand begann mit General Moskalenko.", ["Moskalenko"]),
    ],
)
def test_names_of_a_language(language: str, text: str, expected: list[str]) -> None:
    assert names(text, language) == expected


@pytest.mark.parametrize("language", ["en", "und", "xx"])
def test_a_language_of_which_nothing_is_known_is_read_as_english(language: str) -> None:
    text = "Then Kiedy Chruszczow spoke to the Rote Armee."
    assert candidates(text, language) == find(text, [0])


def test_what_has_an_article_as_often_as_not_is_a_noun() -> None:
    counts = {"n_mentions": [2, 5, 3], "n_posts": [1, 1, 1], "n_noun": [1, 1, 3], "n_person": [0, 0, 0]}
    table = pd.DataFrame({"surface": ["Wendepunkt", "Mikojan", "Rede"], **counts})
    for column in ("n_initial", "n_lower", "n_place", "n_organisation", "n_event"):
        table[column] = 0
    assert plausible.judge(table).tolist() == [False, True, False]


def test_every_language_has_the_same_classes_and_no_word_with_capitals() -> None:
    listed = tomllib.loads(files("pipelines.names").joinpath("languages.toml").read_text("utf-8"))
    assert len(listed) > 10
    for classes in listed.values():
        endings = {"noun_endings", "adjective_endings", "russian_endings"}
        assert set(classes) <= {"openers", "titles", "articles"} | endings
        assert all(words == words.lower() for words in classes.values())


WORDS = [
    "der",
    "Tod",
    "Stalins",
    "Ulbrichts",
    "l'Union",
    "de Gaulle",
    "Товарищ",
    "Сталин",
    "Pan",
    ".",
    "\n\n",
    "d'",
    "«",
]


@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=15), st.sampled_from(["de", "fr", "pl", "nl", "ru"])
)
def test_candidates_are_in_order_and_not_empty(words: list[str], language: str) -> None:
    text = " ".join(words)
    found = candidates(text, language)
    assert all(c.start < c.end <= len(text) for c in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
