"""Names marked up in a source: their spans, and which entity a reference means."""

import pandas as pd
import pytest

from pipelines.names.authority import load
from pipelines.names.find import find
from pipelines.names.marked import Marked, entities, hidden, names
from tests.builds import ROOT


def found(text: str, *marks: tuple[str, str, str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    marked = [Marked(text.index(name), text.index(name) + len(name), kind, ref) for name, kind, ref in marks]
    inner = names(text, marked)
    spans = sorted([*find(hidden(text, inner), [0], "en"), *(one[:3] for one in inner)])
    return [(text[s:e], hint) for s, e, hint in spans], [(text[s:e], ref) for s, e, _, ref in inner if ref]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("They met blue rider there.", [("blue rider", "person", "")], []),
        ("They met Blue there.", [("Blue", "person", "")], [("Blue", "person")]),
        ("General Petrov's men", [("General Petrov's", "person", "")], [("Petrov", "person")]),
        ("in the Venice of the North.", [("the Venice of the North", "place", "")], [("Venice of the North", "place")]),
        (
            "the Kadet Party of Lwów",
            [("Lwów", "place", "")],
            [("Kadet Party", "organisation"), ("Lwów", "place")],
        ),
        (
            "a Party of Lwów,",
            [("Party of Lwów,", "organisation", ""), ("Lwów", "place", "")],
            [("Party of Lwów", "organisation")],
        ),
        ("Then Ivan Petrov left", [("Ivan Petrov", "", "")], [("Ivan Petrov", "person")]),
    ],
)
def test_marked_up_names_are_candidates(
    text: str, names: list[tuple[str, str, str]], expected: list[tuple[str, str]]
) -> None:
    assert found(text, *names)[0] == expected


def test_references_are_kept_with_the_span_of_their_name() -> None:
    names = [("Mr Petrov", "person", "#p1"), ("Lwów", "place", "")]
    assert found("Mr Petrov in Lwów", *names)[1] == [("Petrov", "#p1")]


@pytest.mark.parametrize(
    ("kind", "ref", "entity"),
    [
        ("person", "p:stalin-joseph", "p:stalin-joseph"),
        ("person", "#p:stalin-joseph", "p:stalin-joseph"),
        ("person", "https://example.org/p:stalin-joseph", "p:stalin-joseph"),
        ("person", "https://example.org/p/stalin-joseph/", "p:stalin-joseph"),
        ("person", "register.xml#p%3Astalin-joseph", "p:stalin-joseph"),
        ("", "l:moscow", "l:moscow"),
        ("organisation", "l:moscow", "l:moscow"),
        ("person", "l:moscow", None),
        ("place", "p:stalin-joseph", None),
        ("person", "#p:stalin-joseph #p:beria-lavrentiy", None),
        ("person", "#p:stalin-joseph #p:nobody", None),
        ("person", "#koba https://example.org/p:stalin-joseph", "p:stalin-joseph"),
        ("person", "https://example.org/p:stalin-joseph p:stalin-joseph", "p:stalin-joseph"),
        ("person", "https://example.org/p:stalin-joseph p:beria-lavrentiy", None),
        ("person", "#p12", None),
        ("person", "#", None),
    ],
)
def test_a_reference_means_the_entity_it_names(kind: str, ref: str, entity: str | None) -> None:
    authority = load(ROOT / "seeds" / "reference" / "authority")
    rows = entities(pd.DataFrame({"surface": ["Stalyn"], "kind": [kind], "ref": [ref]}), authority)
    assert rows["entity_id"].tolist() == ([entity] if entity else [])
    if entity == "p:stalin-joseph":
        assert (rows["canonical"][0], rows["label"][0]) == ("Stalin", "Joseph Stalin")
