"""The distinct surfaces and words of the corpus: what groups count, added up by workers a range of keys at a time."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet, work
from pipelines.passes import clean as cleaning
from pipelines.stages import ranges
from pipelines.stages.core import prepared_groups
from pipelines.stages.places import Manifest, Paths, Run

SURFACES = pa.schema([*cleaning.SURFACES, ("n_lower", pa.int64())])
COUNTED = {"surfaces.arrow": cleaning.SURFACES, "lower.arrow": cleaning.LOWER, "words.arrow": cleaning.WORDS}
"""What a group counts: a key, and how often it is there."""


def merge(paths: Paths, run: Run) -> Manifest:
    """The distinct surfaces and the distinct unknown words of the whole corpus, with their counts."""
    groups = prepared_groups(paths)
    key = work.digest(work.code_version("stages", "parquet.py", "feather.py"), *(key for key, *_ in groups))
    place = paths.store.place("surfaces", key)
    if not place.is_dir():
        folders = tuple(folder for *_, folder in groups)
        surfaces, lower, words = (_added(paths, key, name, folders, run) for name in COUNTED)
        work.make(place, lambda folder: _write(surfaces, lower, words, folder))
    return paths.write_manifest("surfaces", {"surfaces": place.name})


def _added(paths: Paths, key: str, name: str, folders: tuple[Path, ...], run: Run) -> list[Path]:
    """The files of ranges of what all groups count, in the order of the keys."""
    by, *_ = COUNTED[name].names
    cuts = ranges.cut([feather.read(folder / name, [by])[by] for folder in folders])
    places = [paths.store.place("surfaces", work.digest(key, name, repr(between))) for between in cuts]
    calls = [(place, name, between, folders) for place, between in zip(places, cuts, strict=True)]
    run("Adding up names and words", add_range, calls, ranges.size(folder / name for folder in folders))
    return [place / name for place in places]


def add_range(place: Path, name: str, between: ranges.Range, folders: Sequence[Path]) -> Path:
    """Write, into the folder `place`, what all groups count of the keys in a range, in their order."""
    schema = COUNTED[name]
    by, *counts = schema.names

    def write(folder: Path) -> None:
        some = (ranges.within(feather.read(one / name), by, between) for one in folders)
        added = parquet.add_up(chain([schema.empty_table()], some), [by], counts)
        feather.write(added.select(schema.names), folder / name)

    return work.make(place, write)


def _write(surfaces: Sequence[Path], lower: Sequence[Path], words: Sequence[Path], folder: Path) -> None:
    small = pa.concat_tables(map(feather.read, lower))
    counted = (_with_lower(feather.read(file), small) for file in surfaces)
    parquet.write_slices(counted, SURFACES, folder / "surfaces.parquet")
    parquet.write_slices(map(feather.read, words), cleaning.WORDS, folder / "words.parquet")


def _with_lower(surfaces: pa.Table, lower: pa.Table) -> pa.Table:
    """The surfaces with how often each stands written small."""
    at = pc.index_in(pc.utf8_lower(surfaces["surface"]), lower["word"])
    return surfaces.append_column("n_lower", pc.fill_null(pc.take(lower["n"], at), 0))
