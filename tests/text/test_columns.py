"""Columns set by wide gaps: seen in the text as read, marked in the cleaned one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names.find import find
from pipelines.text import clean, columns, edits


def parted(raw: str) -> tuple[str, str]:
    made = clean.clean(raw)
    text = edits.apply(raw, made)
    return text, columns.parted(raw, text, made)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("Paul Roos      Paul Kelly\tBarry Hall", "Paul Roos|Paul Kelly|Barry Hall"),
        ("Season    Club \t League", "Season|Club|League"),
        ("    Vladimir   Ilyich  Lenin\n\t  spoke.    ", "Vladimir Ilyich Lenin\nspoke."),
        ("Minister:    Andrei Gromyko  (1909–1989)", "Minister:|Andrei Gromyko (1909–1989)"),
    ],
)
def test_tabs_and_gaps_of_four_spaces_part_columns_indents_and_justified_lines_do_not(raw: str, seen: str) -> None:
    assert parted(raw)[1] == seen.replace("|", columns.PARTING)


@given(st.text(alphabet="Ab.\t \n\u00a0", max_size=40))
def test_nothing_but_spaces_is_marked(raw: str) -> None:
    text, seen = parted(raw)
    assert seen.replace(columns.PARTING, " ") == text


def test_no_name_goes_over_a_wide_gap() -> None:
    text, seen = parted("Coach    Paul Roos      Paul Kelly     Barry Hall")
    assert [text[start:end] for start, end, _ in find(seen, [0], "en")] == ["Paul Roos", "Paul Kelly", "Barry Hall"]
