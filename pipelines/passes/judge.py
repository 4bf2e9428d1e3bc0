"""JUDGE: distinct unknown words with their counts → the corrections of those that have a convincing one.

Which word a slip may stand for is `pipelines.text.spelling`'s; what the project's own rules say comes afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines import parquet, work
from pipelines.passes.clean import CORRECTIONS
from pipelines.text import spelling
from pipelines.text.spelling import Correction, WordCount

WORDS, FILE = "words.parquet", "corrections.parquet"


@dataclass(frozen=True)
class Words:
    """What is judged: a file of words with their counts, by the settings alone."""

    file: Path
    settings: spelling.Settings


def judge(words: Words, place: Path) -> Path:
    """Write the corrections of words into the folder `place`."""
    return work.make(place, lambda folder: write(spelling.judge(counts_in(words.file), (), words.settings), folder))


def counts_in(file: Path) -> dict[str, WordCount]:
    """The words of a file with their counts."""
    columns = parquet.read(file, ["word", "n", "n_posts"]).to_pydict()
    counts = map(WordCount, columns["n"], columns["n_posts"])
    return dict(zip(columns["word"], counts, strict=True))


def write(found: Mapping[str, Correction], folder: Path) -> None:
    """Write corrections in their order."""
    rows = [correction._asdict() for correction in found.values()]
    parquet.write(pa.Table.from_pylist(rows, CORRECTIONS), folder / FILE)


def slips_in(place: Path) -> dict[str, Correction]:
    """Those of the corrections in a folder that only the words themselves ask for."""
    rows = parquet.read(place / FILE).to_pylist()
    return {row["word"]: Correction(**row) for row in rows if row["rule"] == spelling.SLIP}
