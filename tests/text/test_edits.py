"""The algebra of edits, on real cases and on arbitrary Unicode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.edits import Edit, Offsets, apply, compose, invert, normal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        edits.append(Edit(start, end, draw(st.text("ab é", max_size=4)), draw(st.sampled_from("xy")), "rule"))
    distinct: list[Edit] = []
    for edit in edits:
        if not (distinct and edit.start == edit.end == distinct[-1].end and distinct[-1].start == distinct[-1].end):
            distinct.append(edit)
    return normal(text, distinct)


@st.composite
def two_stages(draw: st.DrawFn) -> tuple[str, list[Edit], list[Edit]]:
    text = draw(TEXT)
    first = draw(edits_of(text))
    return text, first, draw(edits_of(apply(text, first)))


@given(two_stages())
def test_compose_does_what_the_stages_do_one_after_the_other(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    composed = compose(text, first, second)
    assert apply(text, composed) == apply(apply(text, first), second)
    assert composed == normal(text, composed)


@given(two_stages())
def test_edits_undo(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    composed = compose(text, first, second)
    assert apply(apply(text, composed), invert(text, composed)) == text


@given(st.data(), TEXT)
def test_a_span_clear_of_edits_maps_to_the_same_characters_and_back(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    if start == end or any((edit.start < end and start < edit.end) or start < edit.start < end for edit in edits):
        return
    offsets = Offsets(edits)
    out = offsets.to_output(start, end)
    assert apply(text, edits)[slice(*out)] == text[start:end]
    assert offsets.to_input(*out) == (start, end)


@given(st.data(), TEXT)
def test_a_span_that_cuts_an_edit_is_widened_to_hold_it(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    out_start, out_end = Offsets(edits).to_output(start, end)
    inner = [edit.after for edit in edits if start <= edit.start and edit.end <= end and edit.start < edit.end]
    assert out_start <= out_end
    assert all(after in apply(text, edits)[out_start:out_end] for after in inner)


@pytest.mark.parametrize(
    ("text", "first", "second", "expected"),
    [
        # a name edit beside a deleted blank keeps to its own characters
        ("x  Krushchev", [Edit(2, 3, "", "w", "runs")], [Edit(2, 11, "Khrushchev", "n", "name")], (3, 12)),
        ("Krushchev  x", [Edit(9, 10, "", "w", "runs")], [Edit(0, 9, "Khrushchev", "n", "name")], (0, 9)),
        # one that holds a clean-up edit takes it in
        ("Kru\u00adshchev", [Edit(3, 4, "", "u", "hyphen")], [Edit(0, 9, "Khrushchev", "n", "name")], (0, 10)),
    ],
)
def test_name_edits_keep_to_their_characters(
    text: str, first: list[Edit], second: list[Edit], expected: tuple[int, int]
) -> None:
    name = next(edit for edit in compose(text, first, second) if edit.kind == "n")
    assert (name.start, name.end, name.after) == (*expected, "Khrushchev")


def test_edits_that_cancel_leave_nothing() -> None:
    assert compose("ab", [Edit(0, 1, "x", "k", "r")], [Edit(0, 1, "a", "k", "r")]) == []


@pytest.mark.parametrize("edits", [[Edit(0, 2, "", "k", "r"), Edit(1, 3, "", "k", "r")], [Edit(0, 9, "", "k", "r")]])
def test_overlapping_or_outlying_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another or lies outside"):
        normal("abc", edits)
