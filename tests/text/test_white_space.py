"""White space is taken out of many texts at once as it would be of each, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.edits import Edit, apply
from pipelines.text.together import Together
from pipelines.text.white_space import white_space

TEXTS = st.text(alphabet="ab \t\n", max_size=14)


def left_of(run: re.Match[str]) -> str:
    """What is left of white space within a text."""
    return "\n" * min(run[0].count("\n"), 2) or " "


@given(st.lists(TEXTS, max_size=5))
def test_one_space_one_line_end_or_one_blank_line_is_left(texts: list[str]) -> None:
    found = white_space(Together(texts))
    assert [*map(apply, texts, found)] == [re.sub(r"\s+", left_of, text.strip()) for text in texts]
    assert found == [white_space(Together([text]))[0] for text in texts]
    assert all(
        text[edit.start : edit.end].isspace() for text, edits in zip(texts, found, strict=True) for edit in edits
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a ", [(0, 2, "", "outer-space"), (3, 4, "", "outer-space")]),
        (" \n", [(0, 2, "", "outer-space")]),
        ("a\t \tb", [(1, 2, "", "spaces"), (3, 4, "", "spaces")]),
        ("a\t\tb\tc", [(1, 3, " ", "spaces"), (4, 5, " ", "spaces")]),
        ("a \n\t\n\n  b", [(1, 2, "", "trailing-space"), (3, 5, "", "blank-lines"), (6, 8, "", "indent")]),
        ("a b\nc\n\nd", []),
    ],
)
def test_rules(text: str, expected: list[tuple[int, int, str, str]]) -> None:
    edits = [Edit(start, end, after, "whitespace", rule) for start, end, after, rule in expected]
    assert white_space(Together(["x", text, ""])) == [[], edits, []]
