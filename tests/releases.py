"""Small releases for tests: a few posts of the sample dataset, stamped so that no two releases share a key."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipelines import parquet
from schemas.tables import TABLES

KEYS = (
    ("posts", "source_id", "sources"),
    ("sentences", "post_id", "posts"),
    ("edits", "post_id", "posts"),
    ("mentions", "post_id", "posts"),
    ("mentions", "sentence_id", "sentences"),
    ("mentions", "entity_id", "entities"),
    ("variants", "entity_id", "entities"),
    ("quarantine", "source_id", "sources"),
)
N_POSTS = 6


def part_of(dataset: Path) -> dict[str, pa.Table]:
    """The tables of a release with a few posts and all that belongs to them."""
    tables = {name: ds.dataset(dataset / f"{name}.parquet").to_table() for name in TABLES}
    kept = {"post_id": tables["posts"]["post_id"].slice(0, N_POSTS)}
    for name in ("posts", "sentences", "edits", "mentions"):
        tables[name] = tables[name].filter(pc.is_in(tables[name]["post_id"], kept["post_id"]))
    for name in ("variants", "entities"):
        tables[name] = tables[name].filter(pc.is_in(tables[name]["entity_id"], tables["mentions"]["entity_id"]))
    return tables


def stamped(tables: dict[str, pa.Table], stamp: str) -> dict[str, pa.Table]:
    """The tables with a stamp on every id."""
    found = {}
    for name, table in tables.items():
        for index, column in enumerate(table.column_names):
            if column.endswith("_id"):
                ids = pc.binary_join_element_wise(table[column], stamp, "~")
                table = table.set_column(index, table.schema.field(column), ids)
        found[name] = table
    return found


def written(tables: dict[str, pa.Table], folder: Path, n_parts: int = 1) -> list[tuple[str, list[Path]]]:
    """The tables as files, in parts of about the same size, as `release.publish` takes them."""
    files = []
    for name, table in tables.items():
        rows = -(-table.num_rows // n_parts)
        parts = [folder / name / f"{number}.parquet" for number in range(n_parts)]
        parts[0].parent.mkdir(parents=True, exist_ok=True)
        for number, part in enumerate(parts):
            parquet.write(table.slice(number * rows, rows), part)
        files.append((name, parts))
    return files


def broken_keys(release: Path) -> list[str]:
    """Keys of a release that refer to no row of it, read as a user would."""
    tables = {name: pd.read_parquet(release / f"{name}.parquet") for name in TABLES}
    broken = []
    for name, column, home in KEYS:
        joined = tables[name].merge(tables[home][[column]], on=column, how="left", indicator="found")
        broken += [f"{name}.{column} {key}" for key in joined.loc[joined["found"] != "both", column]]
    return broken
