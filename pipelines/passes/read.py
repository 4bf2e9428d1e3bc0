"""READ: one seed file → its sources, its refused records, and its posts in chunks of a few MB."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines import parquet, work
from pipelines.readers import Post, Refusal, read_seed

CHUNK_CHARACTERS = 1_000_000
SOURCES_FILE, REFUSALS_FILE = "sources.json", "refusals.parquet"  # a thousand small JSON files are read at once

HINTS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("kind", pa.string()), ("ref", pa.string())]))
POSTS = pa.schema(
    [("path", pa.string()), ("post_id", pa.string()), ("source_id", pa.string()), ("thread_id", pa.string())]
    + [("parent_id", pa.string()), ("ordinal", pa.int64()), ("kind", pa.string()), ("title", pa.string())]
    + [("author", pa.string()), ("created_at", pa.string()), ("tags", pa.string()), ("url", pa.string())]
    + [("score", pa.int64()), ("locator", pa.string()), ("text", pa.string()), ("hints", HINTS)]
)
SOURCES = pa.schema(
    [("path", pa.string()), ("format", pa.string()), ("encoding", pa.string()), ("size_bytes", pa.int64())]
    + [("sha256", pa.string()), ("n_posts", pa.int64()), ("n_quarantined", pa.int64()), ("refused", pa.bool_())]
)
REFUSALS = pa.schema(
    [("path", pa.string()), ("locator", pa.string()), ("reason", pa.string()), ("detail", pa.string())]
    + [("payload", pa.binary())]
)


def source_id(path: str) -> str:
    """The id of a seed file: of its path alone, so that it stays when others come or go."""
    return "s" + hashlib.sha256(path.encode()).hexdigest()[:12]


@dataclass
class _Chunks:
    """Posts on their way into chunk files."""

    folder: Path
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    characters: int = 0
    number: int = 0

    def add(self, row: tuple[Any, ...], characters: int) -> None:
        self.rows.append(row)
        self.characters += characters
        if self.characters >= CHUNK_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            columns = dict(zip(POSTS.names, zip(*self.rows, strict=True), strict=True))
            parquet.write_columns(columns, POSTS, self.folder / f"chunk-{self.number:05d}.parquet")
            self.rows, self.characters, self.number = [], 0, self.number + 1


def read(root: Path, path: str, seeds: Collection[str], place: Path) -> Path:
    """Read one seed file into the folder `place`.

    Args:
        root: the seeds folder.
        path: the file, relative to it.
        seeds: the paths of the files that may lie beside it and matter for reading it.
        place: where the finished work goes.
    """
    return work.make(place, lambda folder: _read(root, path, seeds, folder))


def _read(root: Path, path: str, seeds: Collection[str], folder: Path) -> None:
    chunks = _Chunks(folder)
    sources: list[tuple[Any, ...]] = []
    refusals: list[tuple[Any, ...]] = []
    for source in read_seed(root, path, seeds):
        n_posts = n_refused = 0
        for record in source.records():
            if isinstance(record, Refusal):
                n_refused += 1
                refusals.append((source.path, record.locator, record.reason, record.detail, record.payload))
            else:
                n_posts += 1
                chunks.add(_post_row(source.path, n_posts, record), len(record.text))
        sources.append(
            (source.path, source.format, source.encoding, source.size_bytes, source.sha256, n_posts, n_refused)
            + (bool(source.refused),)
        )
    chunks.flush()
    named = [dict(zip(SOURCES.names, row, strict=True)) for row in sources]
    (folder / SOURCES_FILE).write_text(json.dumps(named), encoding="utf-8")
    if refusals:
        columns = dict(zip(REFUSALS.names, zip(*refusals, strict=True), strict=True))
        parquet.write_columns(columns, REFUSALS, folder / REFUSALS_FILE)


def sources_of(place: Path) -> list[dict[str, Any]]:
    """The sources that `read` left: rows of SOURCES."""
    rows: list[dict[str, Any]] = json.loads((place / SOURCES_FILE).read_text(encoding="utf-8"))
    return rows


def refusals_of(place: Path) -> pa.Table:
    """The refused records that `read` left: rows of REFUSALS."""
    file = place / REFUSALS_FILE
    return parquet.read(file) if file.exists() else REFUSALS.empty_table()


def _post_row(path: str, ordinal: int, post: Post) -> tuple[Any, ...]:
    own = source_id(path)
    home = source_id(post.parent_path) if post.parent_path else own
    return (
        path,
        f"{own}-{post.key or ordinal}",
        own,
        f"{home}-{post.thread_key}" if post.thread_key else own,
        f"{home}-{post.parent_key}" if post.parent_key else None,
        ordinal,
        post.kind,
        post.title,
        post.author,
        post.created_at,
        post.tags or None,
        post.url,
        post.score,
        post.locator,
        post.text,
        [asdict(hint) for hint in post.hints] or None,
    )
