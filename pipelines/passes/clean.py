"""CLEAN: a group of posts → clean-up edits, sentences, candidates for names, and the words no lexicon knows.

Everything is in offsets of the cleaned text, which is not stored: it is `text_raw` with the edits applied.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipelines import parquet, work
from pipelines.names.find import find
from pipelines.passes.read import POSTS
from pipelines.text import edits, language, sentences, spelling
from pipelines.text.clean import clean as clean_text

HINTS = ("person", "place", "organisation", "event")
LOWER_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}'’-])\p{Ll}[\p{Ll}\p{M}]+(?![\p{L}\p{M}\p{N}])")
RUN_OF_SPACE = regex.compile(r"\s+")

PREPARED = pa.schema([("language", pa.string())])
EDITS = pa.schema(
    [("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("after", pa.string())]
    + [("kind", pa.string()), ("rule", pa.string())]
)
SENTENCES = pa.schema([("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64())])
CANDIDATES = pa.schema([("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.int32())])
COUNTS = ("n_mentions", "n_posts", "n_initial", *(f"n_{hint}" for hint in HINTS))
SURFACES = pa.schema([("surface", pa.string()), *((name, pa.int64()) for name in COUNTS)])
WORDS = pa.schema([("word", pa.string()), ("n", pa.int64()), ("n_posts", pa.int64())])
CORRECTIONS = pa.schema(
    [("word", pa.string()), ("right", pa.string()), ("score", pa.float64()), ("rule", pa.string())]
    + [("explanation", pa.string())]
)
LOWER = pa.schema([("word", pa.string()), ("n", pa.int64())])


@dataclass(frozen=True)
class Group:
    """Posts that are worked on together: chunk files, and the sources in them that are left out (duplicates)."""

    chunks: tuple[Path, ...]
    left_out: tuple[str, ...] = ()

    def posts(self) -> pa.Table:
        """The posts as read, in the order of their sources."""
        table = pa.concat_tables([parquet.read(chunk) for chunk in self.chunks]) if self.chunks else POSTS.empty_table()
        if self.left_out:
            table = table.filter(pc.invert(pc.is_in(table["path"], pa.array(self.left_out, pa.string()))))
        return table

    def size(self) -> int:
        """Bytes of the chunk files."""
        return sum(chunk.stat().st_size for chunk in self.chunks)

    def threads(self) -> pd.Series:
        """The thread of each post, in the order of `posts`."""
        return self.posts()["thread_id"].to_pandas()


@dataclass
class _Columns:
    """What is gathered post by post."""

    language: list[str] = field(default_factory=list)
    edits: list[tuple[int, int, int, str, str, str]] = field(default_factory=list)
    sentences: list[tuple[int, int, int]] = field(default_factory=list)
    candidates: list[tuple[int, int, int, int]] = field(default_factory=list)
    surfaces: dict[str, int] = field(default_factory=dict)
    counts: list[list[int]] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    word_posts: Counter[str] = field(default_factory=Counter)
    lower: Counter[str] = field(default_factory=Counter)


def clean(group: Group, place: Path) -> Path:
    """Prepare a group of posts in the folder `place`."""
    return work.make(place, lambda folder: _clean(group, folder))


def _clean(group: Group, folder: Path) -> None:
    columns = _Columns()
    for post, raw in enumerate(group.posts()["text"].to_pylist()):
        _clean_post(columns, post, raw)
    parquet.write_columns({"language": columns.language}, PREPARED, folder / "posts.parquet")
    _write(columns.edits, EDITS, folder / "edits.parquet")
    _write(columns.sentences, SENTENCES, folder / "sentences.parquet")
    _write(columns.candidates, CANDIDATES, folder / "candidates.parquet")
    _write(
        [(s, *counts) for s, counts in zip(columns.surfaces, columns.counts, strict=True)],
        SURFACES,
        folder / "surfaces.parquet",
    )
    words = sorted(columns.words.items())
    _write([(word, n, columns.word_posts[word]) for word, n in words], WORDS, folder / "words.parquet")
    _write(sorted(columns.lower.items()), LOWER, folder / "lower.parquet")


def _clean_post(columns: _Columns, post: int, raw: str) -> None:
    made = clean_text(raw)
    text = edits.apply(raw, made)
    columns.edits.extend((post, e.start, e.end, e.after, e.kind, e.rule) for e in made)
    code = language.detect(text)
    columns.language.append(code)
    spans = sentences.split(text, code)
    columns.sentences.extend((post, start, end) for start, end in spans)
    _count_candidates(columns, post, text, [start for start, _ in spans])
    columns.lower.update(LOWER_WORD.findall(text))
    if code == "en":
        unknown = Counter(spelling.unknown_words(text))
        columns.words.update(unknown)
        columns.word_posts.update(unknown.keys())


def _count_candidates(columns: _Columns, post: int, text: str, starts: Sequence[int]) -> None:
    initial = set(starts)
    seen: defaultdict[int, int] = defaultdict(int)
    for candidate in find(text, starts):
        surface = text[candidate.start : candidate.end]
        if "\n" in surface:
            surface = RUN_OF_SPACE.sub(" ", surface)
        number = columns.surfaces.setdefault(surface, len(columns.counts))
        if number == len(columns.counts):
            columns.counts.append([0] * len(COUNTS))
        counts = columns.counts[number]
        counts[0] += 1
        counts[2] += candidate.start in initial
        if candidate.hint:
            counts[3 + HINTS.index(candidate.hint)] += 1
        seen[number] += 1
        columns.candidates.append((post, candidate.start, candidate.end, number))
    for number in seen:
        columns.counts[number][1] += 1


def _write(rows: Sequence[tuple[object, ...]], schema: pa.Schema, path: Path) -> None:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema.names)
    parquet.write_columns(dict(zip(schema.names, columns, strict=True)), schema, path)


def texts(group: Group, place: Path) -> Iterator[tuple[str, list[edits.Edit]]]:
    """For each post of the group its raw text and the clean-up edits found at `place`."""
    made = parquet.read(place / "edits.parquet").to_pydict()
    by_post: defaultdict[int, list[edits.Edit]] = defaultdict(list)
    for row in zip(*(made[name] for name in EDITS.names), strict=True):
        by_post[row[0]].append(edits.Edit(*row[1:]))
    for post, raw in enumerate(group.posts()["text"].to_pylist()):
        yield raw, by_post.get(post, [])
