"""Offsets of many posts at once are those of one post at a time."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.passes import spans
from pipelines.passes.spans import SEPARATOR, EditColumns, Written, bases
from pipelines.text.edits import Edit, Offsets, apply, compose
from tests.text.test_edits import edits_of, two_stages


@given(st.data(), st.lists(st.text("abc é", max_size=12), min_size=1, max_size=4))
def test_texts_laid_end_to_end_are_edited_as_each_alone(data: st.DataObject, texts: list[str]) -> None:
    edits = [data.draw(edits_of(text)) for text in texts]
    base = bases([len(text) for text in texts])
    together = [
        Edit(e.start + int(b), e.end + int(b), *e[2:]) for b, own in zip(base, edits, strict=False) for e in own
    ]
    whole = apply(SEPARATOR.join(texts), together)
    out = EditColumns.of(together).bases_in_output(base).tolist()
    cut = [whole[start : end - 1] for start, end in itertools.pairwise(out)]
    assert cut == [apply(text, own) for text, own in zip(texts, edits, strict=True)]


@given(st.data(), st.text("abc é", max_size=20))
def test_columns_map_as_single_spans_do(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    columns, single = EditColumns.of(edits), Offsets(edits)
    pairs = [(s, e) for s in range(len(text) + 1) for e in range(s, len(text) + 1)]
    starts, ends = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    mapped = columns.to_output(starts, ends)
    assert list(zip(*(m.tolist() for m in mapped), strict=True)) == [single.to_output(*pair) for pair in pairs]
    length = len(apply(text, edits))
    pairs = [(s, e) for s in range(length + 1) for e in range(s, length + 1)]
    starts, ends = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    mapped = columns.to_input(starts, ends)
    assert list(zip(*(m.tolist() for m in mapped), strict=True)) == [single.to_input(*pair) for pair in pairs]


@given(two_stages())
def test_columns_compose_as_lists_do(case: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = case
    composed = spans.compose(text, EditColumns.of(first), EditColumns.of(second))
    assert [composed.edit(row) for row in range(len(composed))] == compose(text, first, second)
    assert composed.apply(text) == apply(apply(text, first), second)


@given(st.data(), st.text("abc é", max_size=20))
def test_a_span_that_no_edit_is_near_says_the_same_on_both_sides(data: st.DataObject, text: str) -> None:
    edits = EditColumns.of(data.draw(edits_of(text)))
    pairs = [(s, e) for s in range(len(text) + 1) for e in range(s, len(text) + 1)]
    starts, ends = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    out_starts, out_ends = edits.to_output(starts, ends)
    far = ~edits.near(starts, ends)
    assert (far <= ~edits.near_output(out_starts, out_ends)).all()
    changed = edits.apply(text)
    for row in np.flatnonzero(far).tolist():
        assert changed[out_starts[row] : out_ends[row]] == text[starts[row] : ends[row]]


@given(st.data(), st.text("abc é€𝔄\0", max_size=12))
def test_what_stands_at_spans_is_taken_as_a_column_in_whatever_order_they_are(data: st.DataObject, text: str) -> None:
    bounds = st.lists(st.integers(0, len(text)), min_size=2, max_size=2).map(sorted)
    spans_ = data.draw(st.lists(bounds, max_size=5) | st.lists(bounds, max_size=5).map(sorted))
    start, end = np.array(spans_, np.int64).reshape(-1, 2).T
    assert Written(text).at(start, end).to_pylist() == [text[s:e] for s, e in spans_]
