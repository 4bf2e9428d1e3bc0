"""ASK: distinct surfaces and the authority → what it answers to each, whatever else the corpus holds.

What is asked and answered is `pipelines.names.block`; what the corpus makes of the answers `pipelines.names.resolve`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet, work
from pipelines.names import block
from pipelines.names.ready import Ready, read
from pipelines.names.settings import NameSettings

ASKED = pa.schema(
    [("of", pa.int64()), ("start", pa.int64()), ("surface", pa.string())]
    + [(name, pa.from_numpy_dtype(kind)) for name, kind in block.OWN.items()]
)
READINGS = pa.schema(
    [("row", pa.int64()), ("by", pa.string()), ("entity", pa.int64()), ("method", pa.string())]
    + [("score", pa.float64()), ("status", pa.string()), ("explanation", pa.string())]
    + [(name, pa.bool_()) for name in ("is_full", "is_default", "is_first", "is_sure")]
    + [("written", pa.string())]
)
RIVALS = pa.schema(
    [("row", pa.int64()), ("entity", pa.int64()), ("odds", pa.float64()), ("method", pa.string())]
    + [("explanation", pa.string()), ("written", pa.string())]
)


@dataclass(frozen=True)
class Question:
    """What is asked about: a file with distinct surfaces, and the authority as it was made ready."""

    surfaces: Path
    authority: Path
    settings: NameSettings


def ask(question: Question, place: Path) -> Path:
    """Write the answers to a question into the folder `place`."""
    return work.make(place, lambda folder: _ask(question, folder))


def _ask(question: Question, folder: Path) -> None:
    surfaces = parquet.read(question.surfaces, ["surface"])["surface"].to_pylist()
    answers = block.ask(surfaces, _ready(question.authority), question.settings)
    for name, frame, schema in zip(NAMES, (answers.asked, answers.readings, answers.rivals), SCHEMAS, strict=True):
        feather.write(pa.Table.from_pandas(frame, schema, preserve_index=False), folder / name)
    feather.write(answers.sounds, folder / SOUNDS)


def answers_in(place: Path) -> block.Block:
    """What `ask` wrote."""
    asked, readings, rivals = (feather.read(place / name).to_pandas() for name in NAMES)
    return block.Block(asked, readings, rivals, feather.read(place / SOUNDS))


def surfaces_in(place: Path) -> pa.ChunkedArray:
    """The surfaces that `ask` was asked about."""
    asked = feather.read(place / NAMES[0], ["of", "surface"])
    return asked.filter(pc.equal(asked["of"], block.WHOLE))["surface"]


NAMES, SOUNDS = ("asked.arrow", "readings.arrow", "rivals.arrow"), "sounds.arrow"
SCHEMAS = (ASKED, READINGS, RIVALS)


@lru_cache(maxsize=1)
def _ready(place: Path) -> Ready:
    return read(place)
