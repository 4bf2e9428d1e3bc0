"""APPLY: a prepared group and the readings of its surfaces → the published parts of four tables.

The texts of the group are laid end to end and worked on as one, so that offsets are columns. Which reading holds is
decided in `pipelines.names.context`, how edits compose in `pipelines.text.edits`.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet, work
from pipelines.names.context import Name, Reading, decide
from pipelines.passes import spans
from pipelines.passes.clean import Group
from pipelines.passes.dates import parse_dates
from pipelines.passes.decisions import Mentions, decide_by_hand
from pipelines.passes.spans import EditColumns, Ints
from pipelines.text import spelling
from pipelines.text.edits import Edit, apply, compose
from schemas.export import validated

WORD = r"[\p{L}\p{N}\p{M}]+(?:['’\-][\p{L}\p{N}\p{M}]+)*"
NAME_RULE = "name"
READING_COLUMNS = ["run", "start", "end", "surface", "entity_id", "kind", "canonical", "method", "score", "status"] + [
    "explanation",
    "is_full",
    "is_default",
    "label",
]


@dataclass(frozen=True)
class Task:
    """What is applied to a group: where it was prepared, and the files that say how its names and words are read."""

    group: Group
    prepared: Path
    readings: Path
    corrections: Path
    decisions: Path
    in_threads: Path


def apply_readings(task: Task, place: Path) -> Path:
    """Write the published parts of a group into the folder `place`."""
    return work.make(place, lambda folder: _apply(task, folder))


def _apply(task: Task, folder: Path) -> None:
    posts = task.group.posts()
    raw = spans.SEPARATOR.join(posts["text"].to_pylist())
    raw_base = spans.bases(pc.utf8_length(posts["text"]).to_numpy())
    cleaning = _clean_edits(task.prepared, raw_base)
    text = apply(raw, cleaning)
    clean_columns = EditColumns.of(cleaning)
    clean_base = clean_columns.bases_in_output(raw_base)
    found = _mentions(task, posts, clean_base)
    mentions, used = decide_by_hand(
        found, parquet.read(task.decisions).to_pylist(), posts["post_id"].to_pylist(), text, clean_base
    )
    changes = _name_edits(mentions, text)
    languages = parquet.read(task.prepared / "posts.parquet")["language"]
    changes += _spelling_edits(task, text, clean_base, languages.to_pylist(), mentions)
    changes.sort()
    composed = compose(raw, cleaning, changes)
    change_columns = EditColumns.of(changes)
    final = apply(text, changes)
    final_base = change_columns.bases_in_output(clean_base)
    parts = _Parts(posts, raw, raw_base, final, final_base)
    sentences = parts.sentences(task.prepared, clean_base, change_columns)
    named = parts.mentions(mentions, clean_columns, change_columns, sentences)
    _write("posts", parts.posts_table(languages), folder)
    _write("sentences", sentences, folder)
    _write("mentions", named.drop(columns=["explanation"]), folder)
    _write("edits", parts.edits_table(composed, named["mention_id"].tolist()), folder)
    _write_counts(named, folder)
    parquet.write(pa.table({"line": pa.array(sorted(used), pa.int64())}), folder / "decisions_used.parquet")


def _write(name: str, frame: pd.DataFrame, folder: Path) -> None:
    parquet.write(validated(name, frame), folder / f"{name}.parquet")


def _clean_edits(prepared: Path, raw_base: Ints) -> list[Edit]:
    table = parquet.read(prepared / "edits.parquet")
    base = raw_base[table["post"].to_numpy()]
    starts, ends = (table["start"].to_numpy() + base).tolist(), (table["end"].to_numpy() + base).tolist()
    columns = (table[name].to_pylist() for name in ("after", "kind", "rule"))
    return [Edit(*row) for row in zip(starts, ends, *columns, strict=True)]


# --- names -----------------------------------------------------------------------------------------------------------


def load_names(path: Path) -> dict[str, list[Name]]:
    """The names of each candidate surface, from a file with the columns of `READING_COLUMNS`."""
    columns = parquet.read(path).to_pydict()
    names: dict[str, dict[tuple[int, int], tuple[str, list[tuple[bool, Reading]]]]] = defaultdict(dict)
    for row in zip(*(columns[name] for name in READING_COLUMNS), strict=True):
        (
            run,
            start,
            end,
            surface,
            entity,
            kind,
            canonical,
            method,
            score,
            status,
            explanation,
            is_full,
            is_default,
            label,
        ) = row
        reading = Reading(entity, kind, canonical, method, score, status, explanation, is_full, label)
        names[run].setdefault((start, end), (surface, []))[1].append((is_default, reading))
    return {run: [_name(*span, *value) for span, value in sorted(found.items())] for run, found in names.items()}


def _name(start: int, end: int, surface: str, readings: list[tuple[bool, Reading]]) -> Name:
    default = next(reading for is_default, reading in readings if is_default)
    bearers = {
        r.entity_id: r for is_default, r in readings if r.status == "context" or (len(readings) > 1 and is_default)
    }
    return Name(start, end, surface, default, bearers)


def _mentions(task: Task, posts: pa.Table, base: Ints) -> Mentions:
    candidates = parquet.read(task.prepared / "candidates.parquet")
    surfaces = parquet.read(task.prepared / "surfaces.parquet", ["surface"])["surface"].to_pylist()
    names_of = load_names(task.readings)
    names: list[Name] = []
    first, number = np.zeros(len(surfaces), np.int64), np.zeros(len(surfaces), np.int64)
    for index, surface in enumerate(surfaces):
        found = names_of.get(surface, ())
        first[index], number[index] = len(names), len(found)
        names.extend(found)
    surface = candidates["surface"].to_numpy()
    repeats = number[surface] if len(surface) else np.zeros(0, np.int64)
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    name = np.repeat(first[surface], repeats) + within
    post = np.repeat(candidates["post"].to_numpy().astype(np.int64), repeats)
    start = np.repeat(candidates["start"].to_numpy(), repeats) + base[post]
    offsets = np.array([(n.start, n.end) for n in names], np.int64).reshape(-1, 2)
    readings = [n.default for n in names]
    reading = name.copy()
    _decide(posts, names, name, post, reading, readings, task.in_threads)
    return Mentions(post, start + offsets[name, 0], start + offsets[name, 1], reading, readings)


def _decide(
    posts: pa.Table, names: list[Name], name: Ints, post: Ints, reading: Ints, readings: list[Reading], in_threads: Path
) -> None:
    """Let context decide lone surnames: `reading` and `readings` are changed in place."""
    open_names = np.array([bool(n.bearers) for n in names], bool)
    if not open_names.any():
        return
    full = [n.full_entity() for n in names]
    is_full = np.array([entity is not None for entity in full], bool)
    threads = posts["thread_id"].to_pylist()
    here: defaultdict[int, list[str]] = defaultdict(list)
    there: defaultdict[str, set[str]] = defaultdict(set)
    for thread, entity in zip(*parquet.read(in_threads).to_pydict().values(), strict=True):
        there[thread].add(entity)
    for place in np.flatnonzero(is_full[name]).tolist():
        entity = full[name[place]]
        here[int(post[place])].append(entity or "")
        there[threads[post[place]]].add(entity or "")
    made: dict[tuple[int, Reading], int] = {}
    for place in np.flatnonzero(open_names[name]).tolist():
        number, at = int(name[place]), int(post[place])
        chosen = decide(names[number], here.get(at, ()), there.get(threads[at], frozenset()))
        if chosen is not names[number].default:
            index = made.setdefault((number, chosen), len(readings))
            if index == len(readings):
                readings.append(chosen)
            reading[place] = index


def _name_edits(mentions: Mentions, text: str) -> list[Edit]:
    edits = []
    for index, (start, end, reading) in enumerate(
        zip(mentions.start.tolist(), mentions.end.tolist(), mentions.reading.tolist(), strict=True)
    ):
        chosen = mentions.readings[reading]
        if chosen.status != "accepted":
            continue
        written = text[start:end]
        after = respaced(chosen.canonical, written)
        if after != written:
            edits.append(Edit(start, end, after, "name", f"{NAME_RULE}-{chosen.method}", index, chosen.score))
    return edits


def respaced(canonical: str, written: str) -> str:
    """The canonical spelling with the white space as written (a name may run over a line break)."""
    if "\n" not in written:
        return canonical
    gaps = re.findall(r"\s+", written)
    words = canonical.split(" ")
    if len(gaps) != len(words) - 1:
        return written
    return "".join(part for pair in zip(words, [*gaps, ""], strict=True) for part in pair)


def _spelling_edits(task: Task, text: str, base: Ints, languages: Sequence[str], mentions: Mentions) -> list[Edit]:
    rules = spelling.load_corrections(task.corrections)
    if not rules:
        return []
    edits: list[Edit] = []
    starts, ends, posts = mentions.start, mentions.end, mentions.post
    bounds = np.searchsorted(posts, np.arange(len(base)))
    for post, code in enumerate(languages):
        offset = int(base[post])
        body = text[offset : int(base[post + 1]) - 1]
        inside = slice(bounds[post], bounds[post + 1])
        protected = list(zip((starts[inside] - offset).tolist(), (ends[inside] - offset).tolist(), strict=True))
        for edit in spelling.find(body, rules, protected, code):
            edits.append(edit._replace(start=edit.start + offset, end=edit.end + offset))
    return edits


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """The posts with their raw and final text laid end to end, and the tables made of them."""

    posts: pa.Table
    raw: str
    raw_base: Ints
    final: str
    final_base: Ints

    def posts_table(self, languages: pa.ChunkedArray) -> pd.DataFrame:
        bounds = self.final_base.tolist()
        text = pa.array([self.final[s : e - 1] for s, e in pairwise(bounds)], pa.string())
        created, precision = parse_dates(self.posts["created_at"].to_pylist())
        table = self.posts.drop_columns(["path", "text", "created_at"])
        frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        frame["created_at"] = created
        frame["created_precision"] = precision
        frame["text_raw"] = self.posts["text"].to_pandas()
        frame["text"] = text.to_pandas()
        frame["language"] = languages.to_pandas()
        frame["n_chars"] = pc.utf8_length(text).to_numpy()
        frame["n_words"] = pc.count_substring_regex(text, WORD).to_numpy()
        return frame

    def sentences(self, prepared: Path, clean_base: Ints, changes: EditColumns) -> pd.DataFrame:
        table = parquet.read(prepared / "sentences.parquet")
        post = table["post"].to_numpy().astype(np.int64)
        start, end = changes.to_output(
            table["start"].to_numpy() + clean_base[post], table["end"].to_numpy() + clean_base[post]
        )
        post_ids = self.posts["post_id"].to_numpy()[post]
        ordinal = _ordinals(post)
        return pd.DataFrame(
            {
                "sentence_id": [f"{p}-s{n}" for p, n in zip(post_ids, ordinal.tolist(), strict=True)],
                "post_id": post_ids,
                "ordinal": ordinal,
                "start": start - self.final_base[post],
                "end": end - self.final_base[post],
                "text": [self.final[s:e] for s, e in zip(start.tolist(), end.tolist(), strict=True)],
            }
        )

    def mentions(
        self, found: Mentions, cleaning: EditColumns, changes: EditColumns, sentences: pd.DataFrame
    ) -> pd.DataFrame:
        raw_start, raw_end = cleaning.to_input(found.start, found.end)
        start, end = changes.to_output(found.start, found.end)
        post_ids = self.posts["post_id"].to_numpy()[found.post]
        sentence_post = pd.Index(self.posts["post_id"].to_pandas()).get_indexer(sentences["post_id"])
        sentence_start = sentences["start"].to_numpy() + self.final_base[sentence_post]
        sentence = np.searchsorted(sentence_start, start, side="right") - 1
        readings = pd.DataFrame(found.readings, columns=list(Reading._fields)).iloc[found.reading]
        return pd.DataFrame(
            {
                "mention_id": [f"{p}-m{n}" for p, n in zip(post_ids, _ordinals(found.post).tolist(), strict=True)],
                "post_id": post_ids,
                "sentence_id": sentences["sentence_id"].to_numpy()[sentence],
                "start": start - self.final_base[found.post],
                "end": end - self.final_base[found.post],
                "raw_start": raw_start - self.raw_base[found.post],
                "raw_end": raw_end - self.raw_base[found.post],
                "surface": [self.raw[s:e] for s, e in zip(raw_start.tolist(), raw_end.tolist(), strict=True)],
                "normalized": [self.final[s:e] for s, e in zip(start.tolist(), end.tolist(), strict=True)],
                **{name: readings[name].to_numpy() for name in ("entity_id", "kind", "method", "score", "status")},
                "explanation": readings["explanation"].to_numpy(),
            }
        )

    def edits_table(self, composed: list[Edit], mention_ids: list[str]) -> pd.DataFrame:
        columns = EditColumns.of(composed)
        post = np.searchsorted(self.raw_base, columns.starts, side="right") - 1
        return pd.DataFrame(
            {
                "post_id": self.posts["post_id"].to_numpy()[post],
                "ordinal": _ordinals(post),
                "kind": [e.kind for e in composed],
                "rule": [e.rule for e in composed],
                "raw_start": columns.starts - self.raw_base[post],
                "raw_end": columns.ends - self.raw_base[post],
                "before": [self.raw[e.start : e.end] for e in composed],
                "start": columns.out_starts - self.final_base[post],
                "end": columns.out_ends - self.final_base[post],
                "after": [e.after for e in composed],
                "mention_id": [mention_ids[e.mention] if e.mention >= 0 else None for e in composed],
                "score": pd.array([e.score for e in composed], dtype="Float64"),
            }
        )


def _ordinals(post: Ints) -> Ints:
    """Numbers from 1 within each run of equal posts (posts are in order)."""
    return np.arange(1, len(post) + 1) - np.searchsorted(post, post, side="left")


def _write_counts(named: pd.DataFrame, folder: Path) -> None:
    """Mentions and posts by surface and reading, and posts by entity: what variants and entities are added up from."""
    by = ["surface", "entity_id", "kind", "normalized", "method", "score", "status", "explanation"]
    variants = named.groupby(by, sort=True, observed=True).agg(
        n_mentions=("post_id", "size"), n_posts=("post_id", "nunique")
    )
    parquet.write(pa.Table.from_pandas(variants.reset_index(), preserve_index=False), folder / "variant_counts.parquet")
    entities = named.groupby("entity_id", sort=True).agg(n_mentions=("post_id", "size"), n_posts=("post_id", "nunique"))
    parquet.write(pa.Table.from_pandas(entities.reset_index(), preserve_index=False), folder / "entity_counts.parquet")
