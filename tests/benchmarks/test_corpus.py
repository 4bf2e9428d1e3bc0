"""Made corpora: as many distinct names as real prose has."""

import itertools
import math
import re
from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.corpus import CAPITALISED, NAMES_LAW, SEVERAL, WORDS_LAW


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setattr(corpus, "REAL", tmp_path / "none")
    sizes = itertools.accumulate(len(text) for text in corpus.prose())
    number = sum(1 for _ in itertools.takewhile(lambda size: size < 4_000_000, sizes))
    return list(itertools.islice(corpus.prose(), number))


@pytest.mark.parametrize(("law", "names"), [(WORDS_LAW, CAPITALISED), (NAMES_LAW, SEVERAL)])
def test_distinct_names_grow_as_in_real_prose(
    texts: list[str], law: tuple[float, float], names: re.Pattern[str]
) -> None:
    factor, exponent = law
    found = {match[0] for text in texts for match in names.finditer(text)}
    expected = factor * sum(map(len, texts)) ** exponent
    assert math.isclose(len(found), expected, rel_tol=0.1)


def test_the_same_corpus_at_every_call(tmp_path: Path) -> None:
    one, other = (corpus.corpus(tmp_path / name, 1) for name in ("one", "other"))
    assert one.text_bytes == other.text_bytes >= 1_000_000
    files = [sorted(made.folder.iterdir()) for made in (one, other)]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]


def test_laws_are_those_of_the_real_text() -> None:
    if not corpus.REAL.exists():
        pytest.skip(f"{corpus.REAL} is not there.")
    for law, names in ((WORDS_LAW, CAPITALISED), (NAMES_LAW, SEVERAL)):
        factor, exponent = corpus.heaps(corpus._real(), names)
        assert math.isclose(factor * 3e7**exponent, law[0] * 3e7 ** law[1], rel_tol=0.02)
        assert math.isclose(exponent, law[1], abs_tol=0.005)
