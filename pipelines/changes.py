"""What changed from one release to the next: rows of each table, variants moved, entities new and gone, open doubts.

A comparison is a function of two releases and therefore lies beside them, not in either: a release's own files depend
on its seeds alone. Parts that both releases share are not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import parquet
from schemas.tables import TABLES

CHECKSUMS = "checksums.sha256"
SHOWN = 20
BETWEEN = "\0"
"""Stands between two values that are compared as one; in neither, as texts with it are refused."""
SCHEMA = pa.schema(
    [
        pa.field(
            "release_before", pa.string(), metadata={"description": "The release before; empty for the first one."}
        ),
        pa.field("release", pa.string(), metadata={"description": "The release that the row is about."}),
        pa.field(
            "change",
            pa.string(),
            metadata={
                "description": "`rows` (one row a table), `variant moved` (its entities are others), `variant new`, "
                "`variant gone`, `entity new`, `entity gone`, `entity renamed`, `review new`, `review settled`."
            },
        ),
        pa.field("key", pa.string(), metadata={"description": "The table, the surface, or the `entity_id`."}),
        pa.field("before", pa.string(), metadata={"description": "Entities or name before."}),
        pa.field("after", pa.string(), metadata={"description": "Entities or name after."}),
        pa.field("n_before", pa.int64(), metadata={"description": "Rows, or mentions, before."}),
        pa.field("n_after", pa.int64(), metadata={"description": "Rows, or mentions, after."}),
        pa.field("n_added", pa.int64(), metadata={"description": "Rows whose key is new; of tables only."}),
        pa.field("n_removed", pa.int64(), metadata={"description": "Rows whose key is gone; of tables only."}),
        pa.field("n_changed", pa.int64(), metadata={"description": "Rows that say something else; of tables only."}),
    ]
)
WORDS = {
    "variant moved": "Variants that moved to another entity",
    "entity renamed": "Entities renamed",
    "entity new": "Entities that are new",
    "entity gone": "Entities that are gone",
    "variant new": "Variants that are new",
    "variant gone": "Variants that are gone",
    "review new": "Doubts that are new",
    "review settled": "Doubts that are settled",
}


@dataclass(frozen=True)
class Change:
    """One difference between two releases; the fields are those of `SCHEMA`."""

    change: str
    key: str
    before: str | None = None
    after: str | None = None
    n_before: int | None = None
    n_after: int | None = None
    n_added: int | None = None
    n_removed: int | None = None
    n_changed: int | None = None


def compare(before: Path | None, after: Path) -> list[Change]:
    """All differences between two releases: tables, then names by kind and mentions; of the first one tables alone."""
    rows = [_rows(before, after, name) for name in TABLES]
    if before is None:
        return rows
    names = ["surface", "entity_id", "status", "n_mentions"]
    was, now = (_whole(folder, "variants", names) for folder in (before, after))
    found = [*_variants(*_unlike(was, now, "surface", "entity_id"))]
    found += _reviews(*_unlike(_doubts(was), _doubts(now), "surface", "entity_id"))
    was, now = (_whole(folder, "entities", ["entity_id", "name", "n_mentions"]) for folder in (before, after))
    found += _entities(*_unlike(was, now, "entity_id", "name"))
    order = list(WORDS)
    found.sort(key=lambda c: (order.index(c.change), -max(c.n_before or 0, c.n_after or 0), c.key, c.after or ""))
    return rows + found


def table(changes: Sequence[Change], before: Path | None, after: Path) -> pa.Table:
    """The differences as a table."""
    columns = {name: [getattr(c, name) for c in changes] for name in SCHEMA.names[2:]}
    columns["release_before"] = [before.name if before else None] * len(changes)
    columns["release"] = [after.name] * len(changes)
    return pa.table({name: pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA)


def text(changes: Sequence[Change], before: Path | None, after: Path) -> str:
    """The differences in Markdown, the first few of each kind."""
    title = f"# What changed: release `{after.name}`"
    since = (
        f"Against the release before, `{before.name}`."
        if before
        else "There is no release before it that it can be compared with."
    )
    lines = [
        title,
        "",
        since,
        "",
        "| table | rows before | now | added | removed | changed |",
        "| --- |" + " ---: |" * 5,
    ]
    for c in changes:
        if c.change == "rows":
            numbers = (c.n_before, c.n_after, c.n_added, c.n_removed, c.n_changed)
            lines.append(f"| `{c.key}` | " + " | ".join(f"{number:,}" for number in numbers) + " |")
    for kind, words in WORDS.items():
        some = [c for c in changes if c.change == kind]
        if some:
            lines += ["", f"## {words}: {len(some):,}", "", *(f"- {_line(c)}" for c in some[:SHOWN])]
            lines += [f"- and {len(some) - SHOWN:,} more, in `changes.parquet`"] if len(some) > SHOWN else []
    return "\n".join(lines) + "\n"


def _line(c: Change) -> str:
    names = " → ".join(_plain(name) for name in (c.before, c.after) if name is not None)
    numbers = " → ".join(f"{number:,}" for number in (c.n_before, c.n_after) if number is not None)
    return f"{_plain(c.key)}: {names} ({numbers} mention{'s' * (numbers != '1')})"


def _plain(value: str) -> str:
    return "`" + " ".join(value.split()).replace("`", "'") + "`"


# --- rows ------------------------------------------------------------------------------------------------------------


def _rows(before: Path | None, after: Path, name: str) -> Change:
    """How many rows of a table are new, gone or changed."""
    old = _parts(before, name) if before else {}
    new = _parts(after, name)
    shared = set(old.values()) & set(new.values())
    n_before, n_after = (sum(pq.read_metadata(file).num_rows for file in files) for files in (old, new))
    if not old:
        return Change("rows", name, None, None, 0, n_after, n_after, 0, 0)
    if shared == set(old.values()) == set(new.values()):
        return Change("rows", name, None, None, n_before, n_after, 0, 0, 0)
    was, now = (_joined(file for file, sha in files.items() if sha not in shared) for files in (old, new))
    return Change("rows", name, None, None, n_before, n_after, *_counted(was, now, name))


def _parts(folder: Path, name: str) -> dict[Path, str]:
    """The files of a table, each with its checksum."""
    found = {}
    for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines():
        sha, _, file = line.partition("  ")
        if file == f"{name}.parquet" or file.startswith(f"{name}.parquet/"):
            found[folder / file] = sha
    return found


def _joined(files: Iterable[Path]) -> pa.Table | None:
    """The rows of files, one below the other."""
    tables = [parquet.read(file) for file in files]
    return pa.concat_tables(tables) if tables else None


def _counted(was: pa.Table | None, now: pa.Table | None, name: str) -> tuple[int, int, int]:
    """How many rows have a key that is new, how many one that is gone, and how many say something else."""
    if was is None or now is None:
        return (now.num_rows if now else 0), (was.num_rows if was else 0), 0
    before, after = (_keys(table, TABLES[name].key) for table in (was, now))
    in_both = pc.is_in(after, before)
    n_added, n_removed = pc.sum(pc.invert(in_both)).as_py(), pc.sum(pc.invert(pc.is_in(before, after))).as_py()
    shared = pc.unique(after.filter(in_both))
    old, new = was.take(pc.index_in(shared, before)), now.take(pc.index_in(shared, after))
    n_changed = len(shared) - int(_alike(old, new).sum()) if old.schema == new.schema else len(shared)
    return n_added or 0, n_removed or 0, n_changed


def _keys(table: pa.Table, columns: Sequence[str]) -> pa.ChunkedArray:
    """The values of several columns as one for each row."""
    return pc.binary_join_element_wise(*(table[name].cast(pa.string()) for name in columns), BETWEEN)


def _alike(old: pa.Table, new: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows say the same."""
    same = np.ones(old.num_rows, bool)
    for was, now in zip(old.columns, new.columns, strict=True):
        alike = pc.or_(pc.fill_null(pc.equal(was, now), False), pc.and_(pc.is_null(was), pc.is_null(now)))
        same &= alike.to_numpy()
    return same


def _whole(folder: Path, name: str, columns: list[str]) -> pa.Table:
    return pa.concat_tables([parquet.read(file, columns) for file in _parts(folder, name)])


def _unlike(was: pa.Table, now: pa.Table, key: str, value: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of both tables the rows whose key does not have the same values in both."""
    pairs = [_keys(table, (key, value)) for table in (was, now)]
    odd = [
        table[key].filter(pc.invert(pc.is_in(mine, others)))
        for table, mine, others in ((was, pairs[0], pairs[1]), (now, pairs[1], pairs[0]))
    ]
    keys = pa.chunked_array([chunk for column in odd for chunk in column.chunks], was[key].type)
    before, after = (table.filter(pc.is_in(table[key], keys)).to_pandas() for table in (was, now))
    return before, after


# --- names -----------------------------------------------------------------------------------------------------------


def _variants(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Change]:
    """Surfaces that are new or gone, and those that were resolved to other entities."""
    return _differences(_by_surface(before), _by_surface(after), ("variant new", "variant moved", "variant gone"))


def _by_surface(variants: pd.DataFrame) -> pd.DataFrame:
    """One row a surface: its entities in one string, and its mentions."""
    rows = variants.sort_values(["surface", "entity_id"])[["surface", "entity_id", "n_mentions"]]
    several = rows.duplicated("surface", keep=False)
    joined = rows[several].groupby("surface", as_index=False).agg({"entity_id": "; ".join, "n_mentions": "sum"})
    return _keyed(pd.concat([rows[~several], joined], ignore_index=True), "surface", "entity_id")


def _entities(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Change]:
    """Entities that are new, gone or renamed."""
    was, now = (_keyed(frame, "entity_id", "name") for frame in (before, after))
    return _differences(was, now, ("entity new", "entity renamed", "entity gone"))


def _doubts(variants: pa.Table) -> pa.Table:
    return variants.filter(pc.equal(variants["status"].cast(pa.string()), "review"))


def _reviews(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Change]:
    """Doubts that are new, and those that are settled: a doubt is one surface and one entity."""
    pair = ["surface", "entity_id"]
    for kind, these, others in (("review new", after, before), ("review settled", before, after)):
        merged = these.merge(others[pair], on=pair, how="left", indicator="side")
        for row in merged[merged["side"] == "left_only"].to_dict("records"):
            told = (str(row["entity_id"]), None, int(row["n_mentions"]), None)
            before_and_after = told if kind == "review settled" else (told[1], told[0], told[3], told[2])
            yield Change(kind, str(row["surface"]), *before_and_after)


def _keyed(frame: pd.DataFrame, key: str, value: str) -> pd.DataFrame:
    return pd.DataFrame({"key": frame[key], "value": frame[value], "n": frame["n_mentions"]})


def _differences(before: pd.DataFrame, after: pd.DataFrame, kinds: tuple[str, str, str]) -> Iterator[Change]:
    """Keys that are new, have another value, or are gone; `kinds` names these three."""
    both = before.merge(after, on="key", how="outer", suffixes=("_before", "_after"), indicator="side")
    unlike = (both["side"] != "both") | (both["value_before"] != both["value_after"])
    new, moved, gone = kinds
    words = {"right_only": new, "both": moved, "left_only": gone}
    for row in both[unlike].to_dict("records"):
        was, now = row["side"] != "right_only", row["side"] != "left_only"
        yield Change(
            words[row["side"]],
            str(row["key"]),
            str(row["value_before"]) if was else None,
            str(row["value_after"]) if now else None,
            int(row["n_before"]) if was else None,
            int(row["n_after"]) if now else None,
        )
