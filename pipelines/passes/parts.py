"""The published parts of a group: its tables, made of columns laid end to end."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet
from pipelines.passes.dates import parse_dates
from pipelines.passes.names import Mentions
from pipelines.passes.spans import EditColumns, Ints, slices
from pipelines.text.edits import Edit

Objects = npt.NDArray[np.object_]
WORD = r"[\p{L}\p{N}\p{M}]+(?:['’\-][\p{L}\p{N}\p{M}]+)*"


@dataclass(frozen=True)
class Parts:
    """The posts with their raw and final text laid end to end, and the tables made of them."""

    posts: pa.Table
    raw: str
    raw_base: Ints
    final: str
    final_base: Ints

    def post_ids(self) -> Objects:
        """The id of each post, as Python strings."""
        return np.array(self.posts["post_id"].to_pylist(), object)

    def posts_table(self, languages: pa.ChunkedArray) -> pd.DataFrame:
        """The table `posts`."""
        bounds = self.final_base.tolist()
        text = pa.array([self.final[s : e - 1] for s, e in pairwise(bounds)], pa.string())
        created, precision = parse_dates(self.posts["created_at"].to_pylist())
        table = self.posts.drop_columns(["path", "text", "created_at", "hints"])
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
        """The table `sentences`."""
        table = parquet.read(prepared / "sentences.parquet")
        post = table["post"].to_numpy().astype(np.int64)
        start, end = changes.to_output(
            table["start"].to_numpy() + clean_base[post], table["end"].to_numpy() + clean_base[post]
        )
        post_ids = self.post_ids()[post]
        ordinal = _ordinals(post)
        return pd.DataFrame(
            {
                "sentence_id": [f"{p}-s{n}" for p, n in zip(post_ids, ordinal.tolist(), strict=True)],
                "post_id": post_ids,
                "ordinal": ordinal,
                "start": start - self.final_base[post],
                "end": end - self.final_base[post],
                "text": slices(self.final, start, end),
            }
        )

    def mentions(
        self, found: Mentions, cleaning: EditColumns, changes: EditColumns, sentences: pd.DataFrame
    ) -> pd.DataFrame:
        """The table `mentions`."""
        raw_start, raw_end = cleaning.to_input(found.start, found.end)
        start, end = changes.to_output(found.start, found.end)
        post_ids = self.post_ids()[found.post]
        sentence_post = pc.index_in(
            pa.array(sentences["post_id"], pa.string()), self.posts["post_id"].combine_chunks()
        ).to_numpy()
        sentence_start = sentences["start"].to_numpy() + self.final_base[sentence_post]
        sentence = np.searchsorted(sentence_start, start, side="right") - 1
        readings = found.readings.table().take(found.reading)
        return pd.DataFrame(
            {
                "mention_id": [f"{p}-m{n}" for p, n in zip(post_ids, _ordinals(found.post).tolist(), strict=True)],
                "post_id": post_ids,
                "sentence_id": sentences["sentence_id"].to_numpy(object)[sentence],
                "start": start - self.final_base[found.post],
                "end": end - self.final_base[found.post],
                "raw_start": raw_start - self.raw_base[found.post],
                "raw_end": raw_end - self.raw_base[found.post],
                "surface": slices(self.raw, raw_start, raw_end),
                "normalized": slices(self.final, start, end),
                **{c: readings[c].to_pandas() for c in ("entity_id", "kind", "method", "score", "status")},
            }
        )

    def edits_table(self, composed: list[Edit], mention_ids: list[str]) -> pd.DataFrame:
        """The table `edits`."""
        columns = EditColumns.of(composed)
        post = np.searchsorted(self.raw_base, columns.starts, side="right") - 1
        return pd.DataFrame(
            {
                "post_id": self.post_ids()[post],
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


def counts(mentions: pd.DataFrame, found: Mentions) -> tuple[pa.Table, pa.Table]:
    """Mentions and posts by surface and reading, and by entity: what variants and entities are added up from.

    A post in which a surface is read as one entity for several reasons counts for the first of them alone.
    """
    surface, surfaces = pd.factorize(mentions["surface"])
    entity, entities = pd.factorize(mentions["entity_id"])
    keys = pd.DataFrame({"surface": surface, "reading": found.reading, "entity": entity, "post": found.post})
    keys["n_posts"] = ~keys.duplicated(["surface", "entity", "post"])
    keys["first"] = np.arange(len(keys))
    grouped = keys.groupby(["surface", "reading"], sort=True)
    rows = grouped.agg(first=("first", "first"), n_mentions=("post", "size"), n_posts=("n_posts", "sum")).reset_index()
    readings = found.readings.table().take(rows["reading"].to_numpy())
    variants = readings.select(["entity_id", "kind", "method", "score", "status", "explanation"])
    spelled = mentions["normalized"].to_numpy(object)[rows["first"]]
    for name, values in (("surface", surfaces.take(rows["surface"].to_numpy())), ("normalized", spelled)):
        variants = variants.append_column(name, pa.array(values, pa.string()))
    for name in ("n_mentions", "n_posts"):
        variants = variants.append_column(name, pa.array(rows[name].to_numpy(), pa.int64()))
    per_post = keys.drop_duplicates(["entity", "post"])["entity"]
    totals = [np.bincount(numbers, minlength=len(entities)) for numbers in (entity, per_post)]
    return variants, pa.table(
        {"entity_id": pa.array(entities, pa.string()), "n_mentions": totals[0], "n_posts": totals[1]}
    )
