"""Columns of texts: where some stand among others, and which have spaces of their own."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import surfaces

TEXTS = st.lists(st.text(st.sampled_from("ab é𝒳"), max_size=3), unique=True)


@given(TEXTS, TEXTS, st.data())
def test_texts_are_found_where_they_stand(some: list[str], others: list[str], data: st.DataObject) -> None:
    among = sorted([*others, *(one for one in some if one not in others and data.draw(st.booleans()))])
    found = surfaces.place_in(pa.array(some, pa.string()), pa.array(among, pa.string()))
    assert found.tolist() == [among.index(one) if one in among else -1 for one in some]


@given(TEXTS)
def test_a_run_of_all_texts_is_found_at_once(texts: list[str]) -> None:
    column = pa.array(sorted(texts), pa.string())
    assert surfaces.place_in(column.slice(1), column).tolist() == list(range(1, len(texts)))


@given(st.lists(st.text(st.sampled_from("ab  \t\n\u00a0"))))
def test_only_uneven_texts_change_when_spaced(texts: list[str]) -> None:
    column = pa.array(texts, pa.string())
    even = surfaces.spaced(column).to_pylist()
    assert even == [" ".join(one.split()) for one in texts]
    assert [a != b for a, b in zip(even, texts, strict=True)] == surfaces.are_uneven(column).tolist()


@given(st.lists(st.text(st.sampled_from("aé𝒳"), max_size=2)))
def test_order_is_that_of_letters(texts: list[str]) -> None:
    assert surfaces.are_ordered(pa.array(texts, pa.string())) == (texts == sorted(texts))
