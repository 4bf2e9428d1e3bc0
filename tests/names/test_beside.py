"""What speaks against the bearer of a lone name: towns called after people, titles of women."""

import pytest

from pipelines.names.beside import NAMESAKE, WOMAN
from pipelines.names.context import Name, Reading, decide, doubted
from pipelines.names.find import find
from pipelines.text.sentences import split


def hints(text: str) -> list[tuple[str, str]]:
    return [(text[c.start : c.end], c.hint) for c in find(text, [start for start, _ in split(text, "en")])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sakharov was exiled to Gorky.", NAMESAKE),
        ("He lived in Gorky for years.", NAMESAKE),
        ("They moved from Kirov.", NAMESAKE),
        ("the mayor of Kalinin", NAMESAKE),
        ("the city of Molotov", NAMESAKE),
        ("the garden of Eden", NAMESAKE),
        ("Near Engels the plane came down.", NAMESAKE),
        ("in Gorky's house", ""),
        ("a letter to Kirov", ""),
        ("the fall of Molotov", ""),
        ("he had faith in Kirov", ""),
        ("they believed in Stalin", ""),
        ("after Mrs Gorbachev had left", WOMAN),
        ("after Mrs. Khrushchev had left", WOMAN),
        ("after Mr. Khrushchev had left", "person"),
    ],
)
def test_what_stands_beside_a_name(text: str, expected: str) -> None:
    hint = hints(text)[-1][1]
    assert hint == expected or (not expected and hint not in (NAMESAKE, WOMAN))


def test_a_town_is_one_in_the_whole_text_where_it_mostly_is() -> None:
    town = "He was born in Gorky. Then Gorky was closed. He lived in Gorky."
    assert [hint for _, hint in hints(town)] == [NAMESAKE] * 3
    both = "He was born in Gorky. Then Gorky was closed. In the end Gorky wrote a play."
    assert [hint for _, hint in hints(both)] == [NAMESAKE, "place", "person"]
    person = "He was born in Gorky. Maxim Gorky came. Then Gorky was closed."
    assert [hint for name, hint in hints(person) if name == "Gorky"] == [NAMESAKE, "place"]


def reading(entity: str, label: str, status: str = "accepted", **other: str) -> Reading:
    return Reading(entity, "person", "x", "exact", 0.9, status, "told", False, label)._replace(**other)  # type: ignore[arg-type]


BREZHNEV = reading("p:1", "Leonid Brezhnev")


@pytest.mark.parametrize(
    ("one", "against", "is_doubt"),
    [
        (BREZHNEV, NAMESAKE, True),
        (BREZHNEV, WOMAN, True),
        (reading("p:2", "Margaret Thatcher"), WOMAN, False),
        (reading("p:3", "Gorky", kind="place"), NAMESAKE, False),
        (reading("p:1", "Leonid Brezhnev", method="decision"), NAMESAKE, False),
        (reading("p:1", "Leonid Brezhnev", "review"), NAMESAKE, False),
    ],
)
def test_what_is_put_to_review(one: Reading, against: str, is_doubt: bool) -> None:
    doubt = doubted(one, "Brezhnev", against)
    assert (doubt is not None) == is_doubt
    if doubt:
        assert (doubt.status, doubt.canonical, doubt.entity_id) == ("review", "Brezhnev", one.entity_id)


@pytest.mark.parametrize(
    ("surface", "label", "meant"),
    [
        ("Brezhnev", "Galina Brezhnev", "p:1"),
        ("Brezhnev", "Yuri Brezhnev", "new:1"),
        ("Brezhneva", "Galina Brezhneva", "new:1"),
        ("Thatcher", "Carol Thatcher", "new:1"),
    ],
)
def test_a_mans_form_alone_is_no_unknown_womans_name(surface: str, label: str, meant: str) -> None:
    unknown = reading("new:1", label, "context")
    name = Name(0, len(surface), surface, BREZHNEV, {"p:1": BREZHNEV, "new:1": unknown})
    assert decide(name, ["new:1"], {"new:1"}).entity_id == meant


def test_a_mans_form_alone_is_a_womans_where_no_known_man_bears_it() -> None:
    unknown = reading("new:1", "Galina Brezhnev", "context")
    name = Name(0, 8, "Brezhnev", BREZHNEV._replace(status="review"), {"p:1": BREZHNEV, "new:1": unknown})
    assert decide(name, ["new:1"], set()).entity_id == "new:1"
