"""APPLY: a prepared group and the readings of its surfaces → the published parts of four tables.

The texts of the group are laid end to end and worked on as one, so that offsets are columns. Which reading holds is
decided in `pipelines.passes.names` and `decisions`, how edits compose in `pipelines.text.edits`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet, work
from pipelines.passes import spans
from pipelines.passes.clean import Group
from pipelines.passes.decisions import decide_by_hand
from pipelines.passes.names import Mentions, locate, name_edits
from pipelines.passes.parts import Parts, counts
from pipelines.passes.references import decide_by_reference
from pipelines.passes.spans import EditColumns, Ints
from pipelines.text import spelling
from pipelines.text.edits import Edit, apply, compose
from schemas.export import validated


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
    raw = spans.SEPARATOR.join(posts["text"].to_pylist())
    raw_base = spans.bases(pc.utf8_length(posts["text"]).to_numpy())
    cleaning = _clean_edits(task.prepared, raw_base)
    text = apply(raw, cleaning)
    clean_columns = EditColumns.of(cleaning)
    clean_base = clean_columns.bases_in_output(raw_base)
    found = locate(task.prepared, task.readings, posts, task.in_threads, clean_base)
    decisions = parquet.read(task.decisions).to_pylist()
    found = decide_by_reference(found, task.prepared, task.references, clean_base)
    as_written = spans.slices(raw, *clean_columns.to_input(found.start, found.end)) if decisions else []
    mentions, used = decide_by_hand(found, as_written, decisions, posts["post_id"].to_pylist(), text, clean_base)
    languages = parquet.read(task.prepared / "posts.parquet")["language"]
    changes = name_edits(mentions, text)
    changes += _spelling_edits(task, text, clean_base, languages.to_pylist(), mentions)
    changes.sort()
    change_columns = EditColumns.of(changes)
    final = apply(text, changes)
    parts = Parts(posts, raw, raw_base, final, change_columns.bases_in_output(clean_base))
    sentences = parts.sentences(task.prepared, clean_base, change_columns)
    named = parts.mentions(mentions, clean_columns, change_columns, sentences)
    edits = parts.edits_table(compose(raw, cleaning, changes), named["mention_id"].tolist())
    tables = {"posts": parts.posts_table(languages), "sentences": sentences, "mentions": named, "edits": edits}
    for name, frame in tables.items():
        _write(name, frame, folder)
    variants, entities = counts(named, mentions)
    parquet.write(variants, folder / "variant_counts.parquet")
    parquet.write(entities, folder / "entity_counts.parquet")
    parquet.write(pa.table({"line": pa.array(sorted(used), pa.int64())}), folder / "decisions_used.parquet")


def _write(name: str, frame: pd.DataFrame, folder: Path) -> None:
    parquet.write(validated(name, frame), folder / f"{name}.parquet")


def _clean_edits(prepared: Path, raw_base: Ints) -> list[Edit]:
    table = parquet.read(prepared / "edits.parquet")
    base = raw_base[table["post"].to_numpy()]
    starts, ends = (table["start"].to_numpy() + base).tolist(), (table["end"].to_numpy() + base).tolist()
    columns = (table[name].to_pylist() for name in ("after", "kind", "rule"))
    return [Edit(*row) for row in zip(starts, ends, *columns, strict=True)]


def _spelling_edits(task: Task, text: str, base: Ints, languages: Sequence[str], mentions: Mentions) -> list[Edit]:
    rows = parquet.read(task.corrections).to_pylist()
    finder = spelling.Finder({row["word"]: spelling.Correction(**row) for row in rows}, task.spelling)
    edits: list[Edit] = []
    bounds = np.searchsorted(mentions.post, np.arange(len(base)))
    for post, code in enumerate(languages if rows else ()):
        offset = int(base[post])
        body = text[offset : int(base[post + 1]) - 1]
        inside = slice(bounds[post], bounds[post + 1])
        spans = ((side[inside] - offset).tolist() for side in (mentions.start, mentions.end))
        for edit in finder.find(body, list(zip(*spans, strict=True)), code):
            edits.append(edit._replace(start=edit.start + offset, end=edit.end + offset))
    return edits
