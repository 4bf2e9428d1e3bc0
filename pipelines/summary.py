"""What a build has made, in a few lines for the terminal. The numbers of the report are in `pipelines.report`."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from pipelines import parquet, remote
from pipelines.resources import Places
from pipelines.stages.out import unmatched_decisions


def show(places: Places, console: Console) -> None:
    """Say what was built: files, posts, names, edits, what was refused, and where the tables are."""
    paths, latest = places.paths(), Path(places.data) / "latest"
    console.print("\nThe dataset is complete.\n", style="bold green")
    if not paths.reference.is_dir():
        text = f"There is no folder {places.reference}: every name became an entity of its own."
        console.print(f"  {'Reference':<12} {text}", markup=False, soft_wrap=True)
    for label, text in _lines(latest):
        console.print(f"  {label:<12} {text}", markup=False, soft_wrap=True)
    for row in unmatched_decisions(paths).itertuples():
        text = f"decisions.csv, line {row.line}: {row.surface!r} matches nothing in these seeds."
        console.print(f"  {'Decision':<12} {text}", markup=False, soft_wrap=True)
    described = latest / "data_dictionary.md"
    console.print(f"  {'Tables':<12} {latest}{os.sep}*.parquet, described in {described}", soft_wrap=True)
    if places.publish:
        console.print(f"  {'Copied to':<12} {remote.release(places.publish, latest.resolve())}", soft_wrap=True)
    console.print()


def _lines(latest: Path) -> Iterator[tuple[str, str]]:
    status, kinds = _tally(latest, "sources", "status"), _tally(latest, "entities", "kind")
    yield "Files", f"{_n(status.total())} ({_told(status)}), {_n(_rows(latest, 'posts'))} posts"
    known = _tally(latest, "entities", "in_authority")[True]
    of_kinds = f"{_n(kinds.total())} entities ({_told(kinds)}), {_n(known)} of them in the authority"
    yield "Names", f"{_n(_rows(latest, 'mentions'))} mentions of {of_kinds}"
    unified = _unified(latest)
    yield "Spellings", f"{_n(_rows(latest, 'variants'))} variants, {_n(len(unified))} unified{_example(unified)}"
    edits = _tally(latest, "edits", "kind")
    yield "Edits", f"{_n(edits.total())} ({_told(edits)})"
    doubtful = _tally(latest, "mentions", "status")["review"]
    yield "Review", f"{_n(doubtful)} mentions wait for a person: {latest / 'review.csv'}"
    reasons = _tally(latest, "quarantine", "reason")
    if reasons:
        yield "Quarantine", f"{_n(reasons.total())} ({_told(reasons)}): {latest / 'quarantine.parquet'}"


def _files(latest: Path, table: str) -> list[Path]:
    return parquet.parts(latest / f"{table}.parquet")


def _rows(latest: Path, table: str) -> int:
    return sum(map(parquet.n_rows, _files(latest, table)))


def _tally(latest: Path, table: str, column: str) -> Counter[str | bool]:
    counts = parquet.tally(_files(latest, table), [column])
    return Counter({value: n for (value,), n in counts.items()})


def _unified(latest: Path) -> pa.Table:
    """The accepted spellings that are not how the name is written."""
    found = []
    for file in _files(latest, "variants"):
        for some in parquet.slices(file, ["surface", "canonical", "status"]):
            is_other = pc.not_equal(some["surface"], some["canonical"])
            found.append(some.filter(pc.and_(pc.equal(some["status"], "accepted"), is_other)))
    return pa.concat_tables(found)


def _example(unified: pa.Table) -> str:
    """The name that is written in most ways, if there is one that is written in several."""
    most = Counter(sorted(unified["canonical"].to_pylist())).most_common(1)
    if not most or most[0][1] == 1:
        return ""
    name = most[0][0]
    some = unified.filter(pc.equal(unified["canonical"], name))["surface"].to_pylist()[:4]
    return f", e.g. {', '.join(some)} → {name}"


def _n(number: int) -> str:
    return f"{number:,}"


def _told(counts: Counter[str | bool]) -> str:
    return ", ".join(f"{_n(n)} {name}" for name, n in counts.most_common()) or "none"
