"""APPLY: a prepared group and the readings of its surfaces → the published parts of four tables.

The texts of the group are laid end to end and worked on as one, so that offsets are columns. Which reading holds is
decided in `pipelines.passes.names` and `decisions`, how edits compose in `pipelines.text.edits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet, work
from pipelines.growing import read_rows
from pipelines.passes import spans
from pipelines.passes.clean import Group
from pipelines.passes.context import GROUP_SCHEMA
from pipelines.passes.decisions import Decision, decide_by_hand
from pipelines.passes.names import Mentions, locate, name_edits, named
from pipelines.passes.parts import Parts, counts
from pipelines.passes.references import decide_by_reference
from pipelines.passes.spans import EditColumns, Ints, Written
from pipelines.text import corrections as correcting
from pipelines.text import spelling
from pipelines.text.edits import NO_MENTION, Edit
from pipelines.text.listings import is_code
from schemas.export import arrow_schema, validated


@dataclass(frozen=True)
class Task:
    """What is applied to a group: where it was prepared, and the files that say how its names and words are read."""

    group: Group
    prepared: Path
    readings: Path
    corrections: Path
    decisions: Path
    references: Path
    in_threads: Path
    spelling: spelling.Settings


def apply_readings(task: Task, place: Path) -> Path:
    """Write the published parts of a group into the folder `place`."""
    return work.make(place, lambda folder: _apply(task, folder))


def _apply(task: Task, folder: Path) -> None:
    posts = task.group.posts()
    ids = posts["post_id"].combine_chunks()
    raw = spans.SEPARATOR.join(posts["text"].to_pylist())
    raw_base = spans.bases(pc.utf8_length(posts["text"]).to_numpy())
    cleaning = _clean_edits(task.prepared, raw_base)
    text = cleaning.apply(raw)
    clean_base = cleaning.bases_in_output(raw_base)
    located = locate(task.prepared, read_rows(task.readings, GROUP_SCHEMA), posts, task.in_threads, clean_base)
    decisions = _rows(task.decisions)
    located = decide_by_reference(located, task.prepared, task.references, clean_base)
    source = Written(raw)
    as_written = _as_written(decisions, source, *cleaning.to_input(located.start, located.end))
    mentions, used = decide_by_hand(located, as_written, decisions, ids.to_pylist(), text, clean_base)
    found = named(mentions, Written(text))
    languages = feather.read(task.prepared / "posts.arrow", ["language"])["language"]
    corrected = _spelling_edits(task, text, clean_base, languages.to_pylist(), found.mentions)
    corrected = _outside_code(corrected, raw, raw_base, cleaning)
    changes = EditColumns.of(sorted(name_edits(found) + corrected))
    final = changes.apply(text)
    parts = Parts(posts, ids, source, raw_base, Written(final), changes.bases_in_output(clean_base))
    sentences = parts.sentences(task.prepared, clean_base, changes)
    rows = parts.mentions(found, cleaning, changes, sentences)
    edits = parts.edits_table(spans.compose(raw, cleaning, changes), rows["mention_id"])
    tables = {"posts": parts.posts_table(languages), "sentences": sentences[0], "mentions": rows, "edits": edits}
    for name, table in tables.items():
        parquet.write(validated(name, table.select(arrow_schema(name).names)), folder / f"{name}.parquet")
    variants, entities = counts(rows, found)
    feather.write(variants, folder / "variant_counts.arrow")
    feather.write(entities, folder / "entity_counts.arrow")
    feather.write(pa.table({"line": pa.array(sorted(used), pa.int64())}), folder / "decisions_used.arrow")


@lru_cache(maxsize=4)
def _rows(file: Path) -> Sequence[dict[str, Any]]:
    """The rows of a file that is named by its content, so that many groups have the same one."""
    rows: list[dict[str, Any]] = feather.read(file).to_pylist()
    return rows


def _as_written(decisions: Sequence[Decision], raw: Written, start: Ints, end: Ints) -> dict[int, str]:
    """The mentions' surfaces before cleaning, by number: of those that are as long as a decision's."""
    rows = np.flatnonzero(np.isin(end - start, [len(decision["surface"]) for decision in decisions]))
    return dict(zip(rows.tolist(), raw.at(start[rows], end[rows]).to_pylist(), strict=True))


def _clean_edits(prepared: Path, raw_base: Ints) -> EditColumns:
    table = feather.read(prepared / "edits.arrow")
    base = raw_base[table["post"].to_numpy()]
    starts, ends = table["start"].to_numpy() + base, table["end"].to_numpy() + base
    after, kind, rule = (_objects(table[name]) for name in ("after", "kind", "rule"))
    mention, score = np.full(len(starts), NO_MENTION), np.full(len(starts), np.nan)
    return EditColumns(starts, ends, after, kind, rule, mention, score)


def _objects(values: pa.ChunkedArray) -> spans.Objects:
    """The values, few of which are distinct, as Python's."""
    coded = values.combine_chunks().dictionary_encode()
    distinct: spans.Objects = spans.objects(coded.dictionary.to_pylist())
    return distinct[coded.indices.to_numpy()]


def _spelling_edits(task: Task, text: str, base: Ints, languages: Sequence[str], mentions: Mentions) -> list[Edit]:
    corrections = {row["word"]: spelling.Correction(**row) for row in _rows(task.corrections)}
    places = correcting.places(text, corrections)
    starts = np.array(sorted(start for found in places.values() for start in found), np.int64)
    if not len(starts):
        return []
    finder = correcting.Finder({word: corrections[word] for word in places}, task.spelling)
    edits: list[Edit] = []
    bounds = np.searchsorted(mentions.post, np.arange(len(base)))
    for post in np.unique(np.searchsorted(base, starts, side="right") - 1).tolist():
        offset = int(base[post])
        body = text[offset : int(base[post + 1]) - 1]
        inside = slice(bounds[post], bounds[post + 1])
        protected = ((side[inside] - offset).tolist() for side in (mentions.start, mentions.end))
        for edit in finder.find(body, list(zip(*protected, strict=True)), languages[post]):
            edits.append(edit._replace(start=edit.start + offset, end=edit.end + offset))
    return edits


def _outside_code(edits: list[Edit], raw: str, raw_base: Ints, cleaning: EditColumns) -> list[Edit]:
    """The edits of words that don't stand in code, which only the text as written shows."""
    starts, ends = (np.array([getattr(edit, side) for edit in edits], np.int64) for side in ("start", "end"))
    places = cleaning.to_input(starts, ends)[0]
    posts = np.searchsorted(raw_base, places, side="right") - 1
    first, behind = raw_base[posts], raw_base[posts + 1] - 1
    in_code = [
        is_code(raw[a:b], at - a) for a, b, at in zip(*map(np.ndarray.tolist, (first, behind, places)), strict=True)
    ]
    return [edit for edit, is_left in zip(edits, in_code, strict=True) if not is_left]
