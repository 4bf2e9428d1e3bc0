"""Runs that are cut as columns are cut to the same names as one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import plain
from pipelines.names.candidates import Runs
from pipelines.names.runs import parts
from pipelines.text.together import Together

WORDS = (
    "Nikita Khrushchev Stalin's In New York The Chief of Staff the for Great Britain Müller Петров I A Jean-Paul "
    "Stalin-era J. U.S.S.R. Jr. Ivan,Jr May President General Secretary Central Committee COLD WAR de della 𝔄bc Élan"
)
RUNS = st.tuples(
    st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=9).map(tuple),
    st.sampled_from((" ", " ", "\n", " \n", "\u00a0")),
    st.integers(0, 3),
)


def cut(runs: list[tuple[tuple[str, ...], str, int]]) -> tuple[Together, Runs, list[tuple[int, int, int, str]]]:
    """Texts of a run each; the runs in them; their names, each run cut by itself."""
    written = [gap.join(words) for words, gap, _ in runs]
    texts = Together([f"« {run} »" for run in written])
    start = texts.base[:-1] + 2
    end = start + np.array([*map(len, written)], np.int64)
    each = [parts([run], [mode])[0] for run, (_, _, mode) in zip(written, runs, strict=True)]
    expected = [(n, start[n] + a, start[n] + b, hint) for n, found in enumerate(each) for a, b, hint in found]
    return texts, Runs(start, end, np.array([mode for *_, mode in runs])), expected


@given(st.lists(RUNS, min_size=40, max_size=60))
def test_as_one_by_one(runs: list[tuple[tuple[str, ...], str, int]]) -> None:
    texts, laid, expected = cut(runs)
    assert [*zip(*(side.tolist() for side in plain.names(texts, laid)), strict=True)] == expected


def test_words_that_belong_together_are_seen() -> None:
    runs = [(("Great", "Britain"), " ", 0), (("New", "York"), "\n", 1), (("Nikita", "Khrushchev's"), " ", 0)] * 20
    texts, laid, expected = cut(runs)
    found = plain.names(texts, laid)
    assert [*zip(*(side.tolist() for side in found), strict=True)] == expected
    assert texts.slices(found.start, found.end)[:3] == ["Great Britain", "New\nYork", "Nikita Khrushchev"]
    assert found.hint.tolist()[:3] == ["place", "place", "person"]


def test_no_plain_run() -> None:
    texts, laid, expected = cut([(("J.",), " ", 0)] * 40)
    assert plain.names(texts, laid).run.tolist() == [row for row, *_ in expected]
