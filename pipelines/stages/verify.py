"""The last stage before a release: every invariant, part by part and between the parts."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import describe, feather, gold, invariants, parquet, work
from pipelines.invariants import INVARIANTS, Offences
from pipelines.stages import out, ranges
from pipelines.stages.places import Paths, Run, Task

NEEDED = {
    "sources": ["source_id", "path", "n_posts", "n_quarantined"],
    "quarantine": ["source_id"],
    "variants": ["entity_id"],
    "entities": ["entity_id"],
}
"""The columns of the whole tables that are looked at, but for counts."""
Checks = list[tuple[Path, Path]]


class BrokenInvariant(ValueError):
    """A build that must not be published; the message says which rows break what."""


def all_offences(paths: Paths, run: Run) -> dict[str, Offences]:
    """The offences against every invariant; a part that was checked before is not checked again."""
    version, places = _parts(paths)
    calls = _unverified(places)
    run("Checking", invariants.verify_part, calls, _size(calls))
    whole = _verify_whole(paths, version, [verified for _, verified in places])
    paths.write_manifest("verified", {"verified": [verified.name for _, verified in places], "whole": whole.name})
    found = dict.fromkeys(INVARIANTS, Offences())
    for verified in (*(verified for _, verified in places), whole):
        for name, offence in invariants.read_verified(verified).items():
            found[name] += offence
    return found


def tasks(paths: Paths) -> list[Task]:
    """The checks of parts that `all_offences` will want."""
    return [(invariants.verify_part, call) for call in _unverified(_parts(paths)[1])]


def _parts(paths: Paths) -> tuple[str, Checks]:
    """A digest of what checks, and all parts with the places of what is found in them."""
    version = work.code_version("invariants.py", "feather.py")
    parts = paths.read_manifest("parts")["parts"]
    return version, [
        (paths.store.place("apply", p), paths.store.place("verify", work.digest(version, p))) for p in parts
    ]


def _unverified(places: Checks) -> Checks:
    return [(part, place) for part, place in places if not place.is_dir()]


def _size(calls: Checks) -> int:
    return sum((part / "posts.parquet").stat().st_size for part, _ in calls)


def _verify_whole(paths: Paths, version: str, verified: Sequence[Path]) -> Path:
    """Where the offences between the parts are told; they are looked for once, as long as tables are the same."""
    files = [out.whole_table(paths, name) for name in NEEDED]
    made_of = [*(place.name for place in verified), *(describe.sha256(file) for file in files)]
    key = work.digest(version, work.code_version("stages"), paths.read_manifest("seeds")["key"], *made_of)

    def write(folder: Path) -> None:
        invariants.write_offences(_between_parts(paths, verified), folder)

    return work.make(paths.store.place("verify", key), write)


def refuse_broken(found: dict[str, Offences]) -> None:
    """Let nothing broken be published.

    Raises:
        BrokenInvariant: an invariant has offences.
    """
    broken = {name: offences for name, offences in found.items() if offences.number}
    if broken:
        rows = "\n".join(f"  {text}" for offences in broken.values() for text in offences.first)
        what = "; ".join(f"{name} ({offences.number} rows)" for name, offences in broken.items())
        raise BrokenInvariant(f"The dataset breaks {what}. Nothing was published.\n{rows}")


def _between_parts(paths: Paths, verified: Sequence[Path]) -> dict[str, Offences]:
    files = dict(out.table_files(paths))
    tables = {name: parquet.read(out.whole_table(paths, name), columns) for name, columns in NEEDED.items()}
    posts = _columns(files["posts"], ["post_id", "parent_id", "source_id"])
    mentioned = (part["entity_id"].combine_chunks() for part in _of_all(verified, "entities", ["entity_id"]))
    counts = {name: _beside_counted(paths, verified, name) for name in invariants.COUNTED}
    return invariants.check_whole(tables, posts, mentioned, counts, paths.read_manifest("seeds")["seeds"])


def _beside_counted(paths: Paths, verified: Sequence[Path], name: str) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The rows of a table, and beside them what was counted in each part: those of some keys at a time."""
    by, table = invariants.COUNTED[name], out.whole_table(paths, name)
    for between in ranges.cut([part[by[0]] for part in _of_all(verified, name, by[:1])]):
        rows = [ranges.within(some, by[0], between) for some in parquet.slices(table, [*by, *out.COUNTS])]
        some = [ranges.within(part, by[0], between) for part in _of_all(verified, name)]
        yield pa.concat_tables(rows), pa.concat_tables(some)


def _of_all(verified: Sequence[Path], name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    return (feather.read(place / f"{name}.arrow", columns) for place in verified)


def gold_score(paths: Paths) -> gold.Score | None:
    """The agreement of the build with the annotations of its reference folder; nothing where none of them is in it."""
    annotations = gold.read(paths.reference)
    sources = parquet.read(out.whole_table(paths, "sources"), ["source_id", "path"]).to_pandas()
    annotated = sources[sources["path"].str.split("!").str[0].isin(annotations["path"])]
    if annotated.empty:
        return None
    files = dict(out.table_files(paths))
    columns = ["post_id", "source_id", "ordinal", "text_raw"]
    posts = _columns(files["posts"], columns, "source_id", annotated["source_id"]).to_pandas()
    columns = ["mention_id", "post_id", "raw_start", "raw_end", "surface", "entity_id", "status"]
    mentions = _columns(files["mentions"], columns, "post_id", posts["post_id"]).to_pandas()
    return gold.score(annotations, {"sources": annotated, "posts": posts, "mentions": mentions})


def _columns(
    files: Sequence[Path], columns: list[str], by: str = "", values: "pd.Series[str] | tuple[()]" = ()
) -> pa.Table:
    """Columns of all parts; where `by` is given, only of the rows in which it has one of the values."""
    tables = [parquet.read(file, columns) for file in files]
    if by:
        wanted = pa.array(values, pa.string())
        tables = [table.filter(pc.is_in(table[by], wanted)) for table in tables]
    return pa.concat_tables(tables)
