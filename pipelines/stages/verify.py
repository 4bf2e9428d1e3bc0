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

SOURCES = ["source_id", "path", "n_posts", "n_quarantined"]
"""The columns of `sources` that are looked at."""
Checks = list[tuple[Path, Path]]


class BrokenInvariant(ValueError):
    """A build that must not be published; the message says which rows break what."""


def all_offences(paths: Paths, run: Run) -> dict[str, Offences]:
    """The offences against every invariant; a part that was checked before is not checked again."""
    version, places = _parts(paths)
    calls = _unverified(places)
    run("Checking", invariants.verify_part, calls, _size(calls))
    whole = _verify_whole(paths, version, [verified for _, verified in places], run)
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


def _verify_whole(paths: Paths, version: str, verified: Sequence[Path], run: Run) -> Path:
    """Where the offences between the parts are told; they are looked for once, as long as tables are the same."""
    files = [out.whole_table(paths, name) for name in out.WHOLE_TABLES]
    made_of = [*(place.name for place in verified), *(describe.sha256(file) for file in files)]
    key = work.digest(version, work.code_version("stages"), paths.read_manifest("seeds")["key"], *made_of)
    place = paths.store.place("verify", key)
    checked = [] if place.is_dir() else list(_check_ranges(paths, key, verified, run))

    def write(folder: Path) -> None:
        found = _check_records(paths)
        for one in checked:
            for name, offence in invariants.read_verified(one).items():
                found[name] = found.get(name, Offences()) + offence
        invariants.write_offences(found, folder)

    return work.make(place, write)


def _check_records(paths: Paths) -> dict[str, Offences]:
    files = dict(out.table_files(paths))
    sources = parquet.read(out.whole_table(paths, "sources"), SOURCES)
    quarantine = parquet.read(out.whole_table(paths, "quarantine"), ["source_id"])
    posts = _columns(files["posts"], ["post_id", "parent_id", "source_id"])
    return invariants.check_records(sources, quarantine, posts, paths.read_manifest("seeds")["seeds"])


def _check_ranges(paths: Paths, key: str, verified: Sequence[Path], run: Run) -> Iterator[Path]:
    """What is found in ranges of `variants` and `entities`."""
    for name, (first, *_) in invariants.COUNTED.items():
        counts = tuple(part / f"{name}.arrow" for part in verified)
        cuts = ranges.cut([feather.read(file, [first])[first] for file in counts])
        places = [paths.store.place("verify", work.digest(key, name, repr(between))) for between in cuts]
        calls = [(place, paths, name, between, counts) for place, between in zip(places, cuts, strict=True)]
        run(f"Checking {name}", check_range, calls, ranges.size(counts))
        yield from places


def check_range(place: Path, paths: Paths, name: str, between: ranges.Range, counts: Sequence[Path]) -> Path:
    """Check, into the folder `place`, the rows of `variants` or `entities` whose key is in a range.

    Args:
        place: Where offences are told.
        paths: The places of the build.
        name: Which of the two tables.
        between: The range of its first key.
        counts: What was counted in the mentions of each part.
    """
    first, *_ = by = invariants.COUNTED[name]

    def write(folder: Path) -> None:
        rows = ranges.read_within(out.whole_table(paths, name), first, between, [*by, *out.COUNTS])
        counted = pa.concat_tables(ranges.within(feather.read(file), first, between) for file in counts)
        if name == "variants":
            found = invariants.check_variants(rows, counted)
        else:
            named = ranges.read_within(out.whole_table(paths, "variants"), first, between, [first])
            found = invariants.check_entities(rows, counted, named[first])
        invariants.write_offences(found, folder)

    return work.make(place, write)


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
