"""Clean-up and spelling on all the evaluation data there is: every edit is undone, nothing is cleaned twice."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.evaluate_text import spelling_on_misspellings, spelling_on_names, spelling_on_prose
from pipelines.text.clean import clean
from pipelines.text.edits import apply, invert
from pipelines.text.sentences import split

SHARED = Path(__file__).parents[2].parent / "shared"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation data (../shared) is not here")


def texts() -> Iterator[str]:
    for path in sorted(SHARED.rglob("*")):
        if path.name.endswith(".jsonl.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                yield from (json.loads(line)["text"] for line in file)
        elif path.suffix in {".txt", ".dat", ".csv", ".md"}:
            yield path.read_text(encoding="utf-8", errors="replace")


def test_every_edit_is_undone_and_nothing_is_cleaned_twice() -> None:
    for text in texts():
        edits = clean(text)
        result = apply(text, edits)
        assert apply(result, invert(text, edits)) == text
        assert clean(result) == []


def test_sentences_hold_every_character() -> None:
    for text in texts():
        position = 0
        for start, end in split(text):
            assert not text[position:start].strip()
            position = end
        assert not text[position:].strip()


@pytest.mark.parametrize("copies", [1, 3])
def test_spelling_on_misspellings(copies: int) -> None:
    right, precise, elsewhere = (
        m.value for m in spelling_on_misspellings(SHARED / "eval" / "misspellings.dat", copies)
    )
    assert right >= 0.60
    assert precise >= 0.97
    assert elsewhere == 0


def test_spelling_on_prose() -> None:
    with gzip.open(SHARED / "corpus" / "encyclopaedia.jsonl.gz", "rt", encoding="utf-8") as file:
        sample = [json.loads(line)["text"] for line in file][::4]
    cleaned = [apply(text, clean(text)) for text in sample]
    (changes,) = (measure.value for measure in spelling_on_prose(cleaned, show=False))
    assert changes <= 3


def test_spelling_never_changes_a_name() -> None:
    assert {measure.value for measure in spelling_on_names(SHARED / "eval")} == {0}
