"""CLEAN: a group of posts → clean-up edits, sentences, candidates for names, and the words no lexicon knows.

Everything is in offsets of the cleaned text, which is not stored: it is `text_raw` with the edits applied.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipelines import parquet, work
from pipelines.names import marked
from pipelines.names.beside import AGAINST, COUNTED
from pipelines.names.find import Candidate, find
from pipelines.names.languages import NOUN
from pipelines.names.marked import Marked
from pipelines.passes.read import POSTS
from pipelines.text import columns, edits, language, sentences, spelling, tokens
from pipelines.text.clean import clean as clean_text

HINTS = ("person", "place", "organisation", "event", NOUN)
RUN_OF_SPACE = regex.compile(r"\s+")
_AGAINST = {sign: number for number, sign in enumerate(AGAINST)}
_COUNTED = {hint: HINTS.index(kind) for hint, kind in (*zip(HINTS, HINTS, strict=True), *COUNTED.items())}

PREPARED = pa.schema([("language", pa.string()), ("thread_id", pa.string())])
EDITS = pa.schema(
    [("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("after", pa.string())]
    + [("kind", pa.string()), ("rule", pa.string())]
)
SENTENCES = pa.schema([("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64())])
CANDIDATES = pa.schema(
    [("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.int32())]
    + [("against", pa.int8())]
)
COUNTS = ("n_mentions", "n_posts", "n_initial", *(f"n_{hint}" for hint in HINTS))
SURFACES = pa.schema([("surface", pa.string()), *((name, pa.int64()) for name in COUNTS)])
WORDS = pa.schema([("word", pa.string()), ("n", pa.int64()), ("n_posts", pa.int64())])
CORRECTIONS = pa.schema(
    [("word", pa.string()), ("right", pa.string()), ("score", pa.float64()), ("rule", pa.string())]
    + [("explanation", pa.string())]
)
LOWER = pa.schema([("word", pa.string()), ("n", pa.int64())])
REFERENCES_FILE = "references.parquet"  # where a source gives references for its names
REFERENCES = pa.schema(
    [("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.string())]
    + [("kind", pa.string()), ("ref", pa.string())]
)


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


@dataclass
class _Spans:
    """Spans of all posts as columns: the post of each, and its values."""

    counts: list[int] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)

    def add(self, rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> None:
        """Add the rows of the next post."""
        self.add_columns(len(rows), dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {})

    def add_columns(self, n_rows: int, columns: Mapping[str, Iterable[Any]]) -> None:
        """Add the rows of the next post as columns."""
        self.counts.append(n_rows)
        for name, values in columns.items():
            self.columns.setdefault(name, []).extend(values)

    def post(self) -> npt.NDArray[np.int32]:
        """The post of each row."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)

    def write(self, schema: pa.Schema, path: Path) -> None:
        """Write the rows."""
        values = {name: self.columns.get(name, []) for name in schema.names[1:]}
        parquet.write_columns({"post": self.post(), **values}, schema, path)


@dataclass
class _Gathered:
    """What is gathered post by post."""

    languages: list[str] = field(default_factory=list)
    edits: _Spans = field(default_factory=_Spans)
    sentences: _Spans = field(default_factory=_Spans)
    candidates: _Spans = field(default_factory=_Spans)
    surfaces: dict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    texts: list[str] = field(default_factory=list)
    references: list[tuple[int, int, int, str, str, str]] = field(default_factory=list)


def threads_in(prepared: Path) -> pd.Series:
    """The thread of each post of a prepared group."""
    return parquet.read(prepared / "posts.parquet", ["thread_id"])["thread_id"].to_pandas()


def clean(group: Group, place: Path) -> Path:
    """Prepare a group of posts in the folder `place`."""
    return work.make(place, lambda folder: _clean(group, folder))


def _clean(group: Group, folder: Path) -> None:
    gathered = _Gathered()
    posts = group.posts()
    for raw, hints in zip(posts["text"].to_pylist(), posts["hints"].to_pylist(), strict=True):
        _clean_post(gathered, raw, hints or ())
    parquet.write(pa.table([gathered.languages, posts["thread_id"]], schema=PREPARED), folder / "posts.parquet")
    gathered.edits.write(EDITS, folder / "edits.parquet")
    gathered.sentences.write(SENTENCES, folder / "sentences.parquet")
    hints = pa.array(gathered.candidates.columns.get("hint", []), pa.string()).dictionary_encode()
    against = np.array([_AGAINST.get(hint, 0) for hint in hints.dictionary.to_pylist()], np.int8)
    gathered.candidates.columns["against"] = against[hints.indices.to_numpy()]
    gathered.candidates.write(CANDIDATES, folder / "candidates.parquet")
    parquet.write(_surface_counts(gathered, hints), folder / "surfaces.parquet")
    words = tokens.split(gathered.texts)
    is_english = np.array([code == "en" for code in gathered.languages], bool)
    parquet.write(_words(spelling.unknown_in(words, is_english)), folder / "words.parquet")
    parquet.write(_lower_words(tokens.small_words(words)), folder / "lower.parquet")
    if gathered.references:
        values = dict(zip(REFERENCES.names, zip(*gathered.references, strict=True), strict=True))
        parquet.write_columns(values, REFERENCES, folder / REFERENCES_FILE)


def _clean_post(gathered: _Gathered, raw: str, hints: Sequence[dict[str, Any]]) -> None:
    made = clean_text(raw)
    text = edits.apply(raw, made)
    gathered.edits.add([edit[:5] for edit in made], EDITS.names[1:])
    code = language.detect(text)
    gathered.languages.append(code)
    spans = sentences.split(text, code)
    starts = [start for start, _ in spans]
    seen = columns.parted(raw, text, made)
    found = _with_hints(gathered, text, seen, starts, made, hints) if hints else find(seen, starts, code)
    spans = sentences.unbroken(spans, (candidate[:2] for candidate in found))
    gathered.sentences.add(spans, SENTENCES.names[1:])
    _add_candidates(gathered, text, [start for start, _ in spans], found)
    gathered.texts.append(text)


def _words(unknown: Sequence[tuple[int, str]]) -> pa.Table:
    """The unknown words with their counts."""
    n, n_posts = Counter(word for _, word in unknown), Counter(word for _, word in set(unknown))
    words = sorted(n)
    return pa.table([words, [n[word] for word in words], [n_posts[word] for word in words]], WORDS)


def _lower_words(counts: Counter[str]) -> pa.Table:
    """The words written small with their counts."""
    words = sorted(counts)
    return pa.table([words, [counts[word] for word in words]], LOWER)


def _with_hints(
    gathered: _Gathered,
    text: str,
    seen: str,
    starts: Sequence[int],
    made: Sequence[edits.Edit],
    hints: Sequence[dict[str, Any]],
) -> list[Candidate]:
    """The candidates of a post with marked-up names; the references of these are gathered."""
    offsets = edits.Offsets(made)
    names = [Marked(*offsets.to_output(hint["start"], hint["end"]), hint["kind"], hint["ref"]) for hint in hints]
    found, references = marked.candidates(seen, starts, gathered.languages[-1], names)
    post = len(gathered.candidates.counts)
    for start, end, kind, ref in references:
        gathered.references.append((post, start, end, _surface(text[start:end]), kind, ref))
    return found


def _surface(written: str) -> str:
    return RUN_OF_SPACE.sub(" ", written) if "\n" in written else written


def _add_candidates(gathered: _Gathered, text: str, starts: Sequence[int], found: Sequence[Candidate]) -> None:
    initial, numbers = set(starts), gathered.surfaces
    surfaces = [text[start:end] for start, end, _ in found]
    if "\n" in text:
        surfaces = [_surface(written) for written in surfaces]
    firsts, ends, hints = zip(*found, strict=True) if found else ((),) * 3
    columns = {
        "start": firsts,
        "end": ends,
        "surface": [numbers[surface] for surface in surfaces],
        "initial": [first in initial for first in firsts],
        "hint": hints,
    }
    gathered.candidates.add_columns(len(found), columns)


def _surface_counts(gathered: _Gathered, hints: pa.DictionaryArray) -> pa.Table:
    """The distinct surfaces of the group with their counts."""
    columns, size = gathered.candidates.columns, len(gathered.surfaces)
    counted = np.array([_COUNTED.get(hint, -1) for hint in hints.dictionary.to_pylist()], np.int64)
    counted = counted[hints.indices.to_numpy()]
    surface = np.array(columns.get("surface", []), np.int64)
    pairs = np.unique(surface * (len(gathered.languages) + 1) + gathered.candidates.post())
    counts = [
        np.bincount(surface, minlength=size),
        np.bincount(pairs // (len(gathered.languages) + 1), minlength=size),
        np.bincount(surface[np.array(columns.get("initial", []), bool)], minlength=size),
        *(np.bincount(surface[counted == number], minlength=size) for number in range(len(HINTS))),
    ]
    return pa.table([pa.array(list(gathered.surfaces), pa.string()), *counts], SURFACES)
