"""CLEAN: a group of posts → clean-up edits, sentences, candidates for names, and the words no lexicon knows.

Everything is in offsets of the cleaned text, which is not stored: it is `text_raw` with the edits applied.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipelines import feather, parquet, work
from pipelines.names import marked
from pipelines.names.beside import AGAINST, COUNTED
from pipelines.names.candidates import Found
from pipelines.names.find import find_all
from pipelines.names.languages import NOUN
from pipelines.names.marked import Marked
from pipelines.passes.read import POSTS
from pipelines.text import columns, edits, language, sentences, spelling, tokens
from pipelines.text.clean import clean_all
from pipelines.text.together import Bools, Ints, Together

HINTS = ("person", "place", "organisation", "event", NOUN)
RUN_OF_SPACE = regex.compile(r"\s+")
NOT_COUNTED = -1
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
REFERENCES_FILE = "references.arrow"  # where a source gives references for its names
REFERENCES = pa.schema(
    [("post", pa.int32()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.string())]
    + [("kind", pa.string()), ("ref", pa.string())]
)


@dataclass(frozen=True)
class Group:
    """Posts that are worked on together: chunk files, and the sources in them that are left out (duplicates)."""

    chunks: tuple[Path, ...]
    left_out: tuple[str, ...] = ()

    def posts(self, columns: Sequence[str] = POSTS.names) -> pa.Table:
        """The posts as read, in the order of their sources, or some columns of them."""
        wanted = list(dict.fromkeys([*columns, *(["path"] if self.left_out else [])]))
        table = pa.concat_tables(
            [POSTS.empty_table().select(wanted), *(parquet.read(one, wanted) for one in self.chunks)]
        )
        if self.left_out:
            table = table.filter(pc.invert(pc.is_in(table["path"], pa.array(self.left_out, pa.string()))))
        return table.select(columns)

    def size(self) -> int:
        """Bytes of the chunk files."""
        return sum(chunk.stat().st_size for chunk in self.chunks)


class _Texts(NamedTuple):
    """The cleaned posts of a group.

    Attributes:
        written: their texts.
        seen: the same as names are sought in them: parted where columns are set, marked-up names hidden.
        languages: of each.
        made: the edits that cleaned each.
        marked: the names that the sources mark up, with offsets of all texts.
    """

    written: Together
    seen: Together
    languages: list[str]
    made: list[list[edits.Edit]]
    marked: list[Marked]


def threads_in(prepared: Path) -> pd.Series:
    """The thread of each post of a prepared group."""
    return feather.read(prepared / "posts.arrow", ["thread_id"])["thread_id"].to_pandas()


def clean(group: Group, place: Path) -> Path:
    """Prepare a group of posts in the folder `place`."""
    return work.make(place, lambda folder: _clean(group, folder))


def _clean(group: Group, folder: Path) -> None:
    posts = group.posts(["thread_id", "text", "hints"])
    texts = _texts(posts["text"].to_pylist(), posts["hints"].to_pylist())
    feather.write(pa.table([texts.languages, posts["thread_id"]], schema=PREPARED), folder / "posts.arrow")
    _write_edits(texts.made, folder / "edits.arrow")
    starts, ends = sentences.split_all(texts.written, texts.languages)
    found = _found(texts, starts)
    starts, ends = sentences.unbroken(starts, ends, found.start, found.end)
    _write_spans(texts.written, {"start": starts, "end": ends}, SENTENCES, folder / "sentences.arrow")
    _write_candidates(texts.written, found, starts, folder)
    _write_words(texts, folder)
    _write_references(texts, folder)


def _texts(raws: Sequence[str], hints: Sequence[Sequence[dict[str, Any]] | None]) -> _Texts:
    cleaned = clean_all(raws)
    written, made = [one.text for one in cleaned], [one.edits for one in cleaned]
    seen = [*map(columns.parted, raws, written, made)]
    together = Together(written)
    names: list[Marked] = []
    for number, marks in enumerate(hints):
        if marks:
            offsets, base = edits.Offsets(made[number]), int(together.base[number])
            placed = [Marked(*offsets.to_output(m["start"], m["end"]), m["kind"], m["ref"]) for m in marks]
            inner = marked.names(seen[number], placed)
            seen[number] = marked.hidden(seen[number], inner)
            names += [one._replace(start=base + one.start, end=base + one.end) for one in inner]
    return _Texts(
        together, Together(seen) if seen != written else together, [*map(language.detect, written)], made, names
    )


def _found(texts: _Texts, sentence_starts: Ints) -> Found:
    """The candidates of all texts, those among them that are marked up."""
    found = find_all(texts.seen, sentence_starts, texts.languages)
    if not texts.marked:
        return found
    found = Found.joined([found, Found.of([(one.start, one.end, one.kind) for one in texts.marked], 0)])
    return found.take(np.argsort(found.start))


def _write_spans(texts: Together, columns: Mapping[str, Any], schema: pa.Schema, path: Path) -> None:
    """Write rows with the post of each; their columns `start` and `end` are of all texts."""
    post = texts.number(columns["start"])
    spans = {name: columns[name] - texts.base[post] for name in ("start", "end")}
    feather.write_columns({"post": post, **columns, **spans}, schema, path)


def _write_edits(made: Sequence[Sequence[edits.Edit]], path: Path) -> None:
    post = np.repeat(np.arange(len(made)), [*map(len, made)])
    values = [*zip(*chain.from_iterable(made), strict=True)][: len(EDITS) - 1] or [()] * (len(EDITS) - 1)
    feather.write_columns(dict(zip(EDITS.names, [post, *values], strict=True)), EDITS, path)


def _write_candidates(texts: Together, found: Found, sentence_starts: Ints, folder: Path) -> None:
    """Write the candidates, and their distinct surfaces with counts."""
    surfaces = _on_one_line(texts.strings(found.start, found.end).dictionary_encode())
    hints = pa.array(found.hint, pa.string()).dictionary_encode()
    surface, hint = surfaces.indices.to_numpy(), hints.indices.to_numpy()
    against, counted = (
        np.array([numbers.get(name, other) for name in hints.dictionary.to_pylist()], np.int8)[hint]
        for numbers, other in ((_AGAINST, 0), (_COUNTED, NOT_COUNTED))
    )
    columns = {"start": found.start, "end": found.end, "surface": surface, "against": against}
    _write_spans(texts, columns, CANDIDATES, folder / "candidates.arrow")
    is_initial = texts.marked(sentence_starts)[found.start]
    counts = _counts(surface, texts.number(found.start), is_initial, counted, len(surfaces.dictionary))
    feather.write(pa.table([surfaces.dictionary, *counts], SURFACES), folder / "surfaces.arrow")


def _on_one_line(written: pa.DictionaryArray) -> pa.DictionaryArray:
    """The surfaces of what is written."""
    is_broken = pc.match_substring(written.dictionary, "\n")
    if not pc.any(is_broken).as_py():
        return written
    joined = pa.array(map(_surface, written.dictionary.filter(is_broken).to_pylist()), pa.string())
    surfaces = pc.replace_with_mask(written.dictionary, is_broken, joined).dictionary_encode()
    return pa.DictionaryArray.from_arrays(surfaces.indices.take(written.indices), surfaces.dictionary)


def _surface(written: str) -> str:
    return RUN_OF_SPACE.sub(" ", written) if "\n" in written else written


def _counts(surface: Ints, post: Ints, is_initial: Bools, counted: Ints, size: int) -> list[Ints]:
    """Of each distinct surface the columns COUNTS."""
    n_posts = int(post.max(initial=0)) + 1
    pairs = np.unique(surface.astype(np.int64) * n_posts + post)
    return [
        np.bincount(surface, minlength=size),
        np.bincount(pairs // n_posts, minlength=size),
        np.bincount(surface[is_initial], minlength=size),
        *(np.bincount(surface[counted == number], minlength=size) for number in range(len(HINTS))),
    ]


def _write_words(texts: _Texts, folder: Path) -> None:
    """Write the unknown words and the words written small, with their counts."""
    words = tokens.split(texts.written.texts)
    is_english = np.array([code == "en" for code in texts.languages], bool)
    feather.write(_words(spelling.unknown_in(words, is_english)), folder / "words.arrow")
    feather.write(tokens.small_words(words).cast(LOWER), folder / "lower.arrow")


def _words(unknown: Sequence[tuple[int, str]]) -> pa.Table:
    """The unknown words with their counts."""
    n, n_posts = Counter(word for _, word in unknown), Counter(word for _, word in set(unknown))
    words = sorted(n)
    return pa.table([words, [n[word] for word in words], [n_posts[word] for word in words]], WORDS)


def _write_references(texts: _Texts, folder: Path) -> None:
    """Write the references that sources give for their names, where there are any."""
    given = [one for one in texts.marked if one.ref]
    if given:
        start, end, kind, ref = zip(*given, strict=True)
        spans = {"start": np.array(start, np.int64), "end": np.array(end, np.int64)}
        surfaces = [*map(_surface, texts.written.slices(*spans.values()))]
        columns = {**spans, "surface": surfaces, "kind": kind, "ref": ref}
        _write_spans(texts.written, columns, REFERENCES, folder / REFERENCES_FILE)
