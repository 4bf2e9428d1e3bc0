"""What is said of all spans at once is what is true of each."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.slices import Ints, Spans, Texts

LETTERS = st.text(st.sampled_from("ab é€Ж😀\n"), max_size=6)


@st.composite
def cut(draw: st.DrawFn) -> list[list[tuple[str, bool]]]:
    """Texts as lists of pieces, each with whether it is a span."""
    return draw(st.lists(st.lists(st.tuples(LETTERS, st.booleans()), max_size=5), max_size=4))


def column(values: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([values], pa.string())


def numbers(values: list[int]) -> Ints:
    return np.array(values, np.int64)


def laid(texts: list[list[tuple[str, bool]]]) -> tuple[Spans | None, list[str]]:
    """The spans of cut texts, and what stands there."""
    rows = []
    for number, pieces in enumerate(texts):
        at = 0
        for piece, is_span in pieces:
            rows += [(number, at, at + len(piece), piece)] * is_span
            at += len(piece)
    text, start, end, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    told = Texts.of(column(["".join(piece for piece, _ in pieces) for pieces in texts]))
    return told.spans(*(numbers([*side]) for side in (text, start, end))), [*values]


@given(cut())
def test_spans_hold_what_stands_there(texts: list[list[tuple[str, bool]]]) -> None:
    spans, values = laid(texts)
    assert spans is not None
    assert spans.hold(column(values))


@given(cut(), st.data())
def test_spans_hold_nothing_else(texts: list[list[tuple[str, bool]]], data: st.DataObject) -> None:
    spans, values = laid(texts)
    other = data.draw(st.lists(LETTERS, min_size=len(values), max_size=len(values)))
    assert spans is not None
    assert spans.hold(column(other)) == (other == values)


@given(cut(), st.data())
def test_texts_leave_the_same_where_only_spans_differ(texts: list[list[tuple[str, bool]]], data: st.DataObject) -> None:
    changed = [[(data.draw(LETTERS) if is_span else piece, is_span) for piece, is_span in text] for text in texts]
    (one, _), (other, _) = laid(texts), laid(changed)
    assert one is not None and other is not None
    assert one.leave_same(other)


@given(cut(), cut())
def test_texts_leave_the_same_only_where_all_between_is(
    texts: list[list[tuple[str, bool]]], others: list[list[tuple[str, bool]]]
) -> None:
    others = [[*pieces] for pieces in others[: len(texts)]] + [[]] * (len(texts) - len(others))
    (one, _), (other, _) = laid(texts), laid(others)
    assert one is not None and other is not None
    assert one.leave_same(other) == (between(texts) == between(others))


def between(texts: list[list[tuple[str, bool]]]) -> list[list[str]]:
    """What stands before, between and behind the spans of each text."""
    found = []
    for pieces in texts:
        left = [""]
        for piece, is_span in pieces:
            left = [*left, ""] if is_span else [*left[:-1], left[-1] + piece]
        found.append(left)
    return found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ([-1], [0], [1]),  # in no text
        ([0], [-1], [1]),
        ([0], [2], [1]),
        ([0], [2], [4]),  # into the next text
        ([1], [0], [3]),  # behind the last one
        ([0, 0], [0, 1], [2, 3]),  # one over another
        ([1, 0], [0, 0], [1, 1]),  # not in order
    ],
)
def test_what_is_no_row_of_spans_is_none(text: list[int], start: list[int], end: list[int]) -> None:
    texts = Texts.of(column(["abc", "Жé"]))
    assert texts.spans(numbers(text), numbers(start), numbers(end)) is None


def test_a_missing_value_is_never_held() -> None:
    spans = Texts.of(column(["abc"])).spans(numbers([0]), numbers([1]), numbers([1]))
    assert spans is not None
    assert spans.hold(column([""]))
    assert not spans.hold(pa.chunked_array([[None]], pa.string()))
