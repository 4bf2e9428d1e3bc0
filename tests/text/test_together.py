"""What stands at places of texts laid end to end."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.together import Together

TEXT = st.text(st.sampled_from("ab .é’\u0416\u3042𝔄\n"), max_size=30)


@given(st.lists(TEXT, max_size=5), st.lists(st.integers(0, 160), max_size=12))
def test_strings(texts: list[str], cuts: list[int]) -> None:
    together = Together(texts)
    bounds = [min(cut, len(together.text)) for cut in cuts][: len(cuts) // 2 * 2]
    starts, ends = np.sort(np.array(bounds, np.int64).reshape(-1, 2), axis=1).T
    assert together.strings(starts, ends).to_pylist() == together.slices(starts, ends)


@given(st.lists(TEXT, max_size=5))
def test_places(texts: list[str]) -> None:
    together = Together(texts)
    expected = [place for place, sign in enumerate(together.text) if sign in ".’𝔄"]
    assert together.places(".’𝔄").tolist() == expected
