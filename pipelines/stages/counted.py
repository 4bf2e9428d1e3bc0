"""The tables `variants` and `entities`: what all parts count, added up by workers a range of keys at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import describe, feather, work
from pipelines.stages import ranges
from pipelines.stages.core import resolved
from pipelines.stages.out import COUNTS, part_files, whole_table, write_table
from pipelines.stages.places import Paths, Run, Task
from schemas.export import arrow_schema

ROWS = "rows.arrow"
VARIANT = ["surface", "entity_id", "kind", "method", "score", "status", "explanation", "normalized"]


@dataclass(frozen=True)
class Counted:
    """A whole table that is added up from what the parts count.

    Attributes:
        counts: The file of what a part counts.
        by: Its keys.
        made_of: The stages that the table is made of.
        finish: What is made of the rows of a range of the first key, added up and in order.
    """

    counts: str
    by: list[str]
    made_of: tuple[str, ...]
    finish: Callable[[pa.Table, Paths, ranges.Range], pa.Table]


def tasks(paths: Paths) -> list[Task]:
    """The ranges that `variants_table` will want."""
    return [] if _is_kept(paths, "variants") else [(fold, call) for call in _folds(paths, "variants")]


def variants_table(paths: Paths, run: Run) -> Path:
    """The table `variants`."""
    return _table(paths, "variants", run)


def entities_table(paths: Paths, run: Run) -> Path:
    """The table `entities`: those that are mentioned."""
    return _table(paths, "entities", run)


def _table(paths: Paths, name: str, run: Run) -> Path:
    """A whole table that is added up; that of the build before where what it is made of is the same."""
    made = f"{name}-made"
    if _is_kept(paths, name):
        paths.write_manifest(name, {"sha256": paths.read_manifest(made)["sha256"]})
        return whole_table(paths, name)
    calls = _folds(paths, name)
    run(f"Counting {name}", fold, calls, ranges.size(_counts(paths, name)))
    place = write_table(paths, name, ranges.most_mentioned([folded / ROWS for folded, *_ in calls]))
    paths.write_manifest(made, {"of": _made_of(paths, name), "sha256": paths.read_manifest(name)["sha256"]})
    return place


def _is_kept(paths: Paths, name: str) -> bool:
    """Whether the table of the build before is the one that is wanted."""
    place, made = whole_table(paths, name), f"{name}-made"
    if not paths.has_manifest(made) or not place.exists():
        return False
    kept = paths.read_manifest(made)
    return bool(kept["of"] == _made_of(paths, name) and kept["sha256"] == describe.sha256(place))


def _made_of(paths: Paths, name: str) -> str:
    version = work.code_version("stages", "parquet.py", "feather.py")
    return work.digest(version, *(paths.read_manifest(stage)["key"] for stage in TABLES[name].made_of))


def _folds(paths: Paths, name: str) -> list[tuple[Path, Paths, str, ranges.Range]]:
    """What `fold` is called with: each range of the first key."""
    first, key = TABLES[name].by[0], _made_of(paths, name)
    cuts = ranges.cut([feather.read(file, [first])[first] for file in _counts(paths, name)])
    places = (paths.store.place("tables", work.digest(key, name, repr(between))) for between in cuts)
    return [(place, paths, name, between) for place, between in zip(places, cuts, strict=True)]


def fold(place: Path, paths: Paths, name: str, between: ranges.Range) -> Path:
    """Rows of a table: those of a range of its first key."""
    files, what = _counts(paths, name), TABLES[name]

    def finish(rows: pa.Table) -> pa.Table:
        return what.finish(rows, paths, between)

    return work.make(place, lambda folder: ranges.fold(files, what.by, COUNTS, finish, between, folder / ROWS))


def _counts(paths: Paths, name: str) -> list[Path]:
    return part_files(paths, TABLES[name].counts)


def _spoken(rows: pa.Table, paths: Paths, between: ranges.Range) -> pa.Table:  # noqa: ARG001
    """Variants: where a surface is read as one entity for several reasons, the most frequent speaks."""
    starts = np.flatnonzero(_is_other(rows["surface"]) | _is_other(rows["entity_id"]))
    variant = np.repeat(np.arange(len(starts)), np.diff(starts, append=rows.num_rows))
    speaks = np.lexsort((-rows["n_mentions"].to_numpy(), variant))[starts]
    found = rows.take(pa.array(speaks)).rename_columns([*VARIANT[:-1], "canonical", *COUNTS])
    for name in COUNTS:
        values = rows[name].to_numpy()
        totals = np.add.reduceat(values, starts) if len(starts) else values
        found = found.set_column(found.column_names.index(name), name, pa.array(totals))
    return found


def _is_other(values: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Whether each value differs from the one before it."""
    column = values.combine_chunks()
    differs: npt.NDArray[np.bool_] = pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return np.append(np.ones(min(len(column), 1), bool), differs)


def _described(rows: pa.Table, paths: Paths, between: ranges.Range) -> pa.Table:
    """Entities that are mentioned, with the number of their variants, the authority's with all its columns."""
    ids = rows["entity_id"].combine_chunks()
    variants = ranges.read_within(whole_table(paths, "variants"), "entity_id", between, ["entity_id"])
    of = pc.index_in(variants["entity_id"], ids)
    rows = rows.append_column("n_variants", pa.array(np.bincount(of.drop_null().to_numpy(), minlength=len(ids))))
    known = ranges.read_within(resolved(paths).entities, "entity_id", between).drop(["aliases"])
    told = known.take(pc.index_in(ids, known["entity_id"])).drop(["entity_id"])
    for name in told.column_names:
        rows = rows.append_column(name, told[name])
    extra = [name for name in known.column_names if name not in arrow_schema("entities").names]
    return rows.select([*arrow_schema("entities").names, *extra])


TABLES = {
    "variants": Counted("variant_counts.arrow", VARIANT, ("parts",), _spoken),
    "entities": Counted("entity_counts.arrow", ["entity_id"], ("parts", "readings", "variants"), _described),
}
