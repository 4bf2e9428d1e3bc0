"""The published parts of a group: its tables, made of columns laid end to end."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather
from pipelines.passes.dates import date_columns
from pipelines.passes.names import Named
from pipelines.passes.spans import EditColumns, Ints, Written
from pipelines.passes.words import count_words


@dataclass(frozen=True)
class Parts:
    """The posts with their raw and final text laid end to end, and the tables made of them.

    Attributes:
        posts: rows as READ left them.
        ids: the id of each post.
        raw: their texts as written, laid end to end.
        raw_base: where each starts.
        final: their published texts, laid end to end.
        final_base: where each starts.
    """

    posts: pa.Table
    ids: pa.Array
    raw: Written
    raw_base: Ints
    final: Written
    final_base: Ints

    def posts_table(self, languages: pa.ChunkedArray) -> pa.Table:
        """The table `posts`."""
        created, precision = date_columns(self.posts["created_at"])
        made = {
            "created_at": created,
            "created_precision": precision,
            "text_raw": self.posts["text"],
            "text": self.final.at(self.final_base[:-1], self.final_base[1:] - 1),
            "language": languages,
            "n_chars": pa.array(np.diff(self.final_base) - 1),
            "n_words": pa.array(count_words(self.final.text, self.final_base)),
        }
        kept = self.posts.drop_columns(["path", "text", "created_at", "hints"])
        return pa.table({**{name: kept[name] for name in kept.column_names}, **made})

    def sentences(self, prepared: Path, clean_base: Ints, changes: EditColumns) -> tuple[pa.Table, Ints]:
        """The table `sentences`, and where each starts in the texts laid end to end."""
        table = feather.read(prepared / "sentences.arrow")
        post = table["post"].to_numpy().astype(np.int64)
        start, end = changes.to_output(
            table["start"].to_numpy() + clean_base[post], table["end"].to_numpy() + clean_base[post]
        )
        end[:-1] = np.minimum(end[:-1], start[1:])  # a change over the end of a sentence is the next one's
        ordinal = _ordinals(post)
        rows = {
            "sentence_id": self._numbered(post, "-s", ordinal),
            "post_id": self.ids.take(pa.array(post)),
            "ordinal": ordinal,
            "start": start - self.final_base[post],
            "end": end - self.final_base[post],
            "text": self.final.at(start, end),
        }
        return pa.table(rows), start

    def mentions(
        self, found: Named, cleaning: EditColumns, changes: EditColumns, sentences: tuple[pa.Table, Ints]
    ) -> pa.Table:
        """The table `mentions`."""
        post = found.mentions.post
        raw_start, raw_end = cleaning.to_input(found.mentions.start, found.mentions.end)
        start, end = changes.to_output(found.mentions.start, found.mentions.end)
        sentence_rows, sentence_starts = sentences
        sentence = np.searchsorted(sentence_starts, start, side="right") - 1
        is_cleaned = cleaning.near_output(found.mentions.start, found.mentions.end)
        is_changed = changes.near(found.mentions.start, found.mentions.end)
        resolved = found.readings.select(["entity_id", "kind", "method", "score", "status"]).take(
            pa.array(found.mentions.reading)
        )
        rows = {
            "mention_id": self._numbered(post, "-m", _ordinals(post)),
            "post_id": self.ids.take(pa.array(post)),
            "sentence_id": sentence_rows["sentence_id"].combine_chunks().take(pa.array(sentence)),
            "start": start - self.final_base[post],
            "end": end - self.final_base[post],
            "raw_start": raw_start - self.raw_base[post],
            "raw_end": raw_end - self.raw_base[post],
            "surface": _rewritten(found.written, is_cleaned, self.raw, raw_start, raw_end),
            "normalized": _rewritten(found.written, is_changed, self.final, start, end),
        }
        return pa.table({**rows, **{name: resolved[name] for name in resolved.column_names}})

    def edits_table(self, composed: EditColumns, mention_ids: pa.ChunkedArray) -> pa.Table:
        """The table `edits`."""
        post = np.searchsorted(self.raw_base, composed.starts, side="right") - 1
        number = pa.array(composed.mention, mask=composed.mention < 0)
        return pa.table(
            {
                "post_id": self.ids.take(pa.array(post)),
                "ordinal": _ordinals(post),
                "kind": pa.array(composed.kind, pa.string()),
                "rule": pa.array(composed.rule, pa.string()),
                "raw_start": composed.starts - self.raw_base[post],
                "raw_end": composed.ends - self.raw_base[post],
                "before": self.raw.at(composed.starts, composed.ends),
                "start": composed.out_starts - self.final_base[post],
                "end": composed.out_ends - self.final_base[post],
                "after": pa.array(composed.after, pa.string()),
                "mention_id": mention_ids.combine_chunks().take(number),
                "score": pa.array(composed.score, mask=np.isnan(composed.score)),
            }
        )

    def _numbered(self, post: Ints, mark: str, ordinal: Ints) -> pa.Array:
        """Ids within posts: the post's, a mark, and a number."""
        return pc.binary_join_element_wise(
            self.ids.take(pa.array(post)), pc.cast(pa.array(ordinal), pa.string()), pa.scalar(mark)
        )


def _rewritten(written: pa.Array, differs: npt.NDArray[np.bool_], text: Written, start: Ints, end: Ints) -> pa.Array:
    """What stands at the spans of a text: as written before, but where it may differ."""
    return pc.replace_with_mask(written, pa.array(differs), text.at(start[differs], end[differs]))


def _ordinals(post: Ints) -> Ints:
    """Numbers from 1 within each run of equal posts (posts are in order)."""
    return np.arange(1, len(post) + 1) - np.searchsorted(post, post, side="left")


def counts(mentions: pa.Table, found: Named) -> tuple[pa.Table, pa.Table]:
    """Mentions and posts by surface and reading, and by entity: what variants and entities are added up from.

    A post in which a surface is read as one entity for several reasons counts for the first of them alone.
    """
    post, reading = found.mentions.post, found.mentions.reading
    surface, surfaces = _coded(mentions["surface"])
    entity, entities = _coded(mentions["entity_id"])
    n_posts, n_readings = int(post.max(initial=0)) + 1, found.readings.num_rows
    pairs, first, row, n_mentions = np.unique(
        surface * n_readings + reading, return_index=True, return_inverse=True, return_counts=True
    )
    _, once = np.unique((surface * max(len(entities), 1) + entity) * n_posts + post, return_index=True)
    told = ["entity_id", "kind", "method", "score", "status", "explanation"]
    variants = found.readings.select(told).take(pa.array(pairs % max(n_readings, 1)))
    further = {
        "surface": surfaces.take(pa.array(pairs // max(n_readings, 1))),
        "normalized": mentions["normalized"].combine_chunks().take(pa.array(first)),
        "n_mentions": pa.array(n_mentions, pa.int64()),
        "n_posts": pa.array(np.bincount(row[once], minlength=len(pairs)), pa.int64()),
    }
    for name, values in further.items():
        variants = variants.append_column(name, values)
    per_post = np.unique(entity * n_posts + post) // n_posts
    totals = [np.bincount(numbers, minlength=len(entities)) for numbers in (entity, per_post)]
    return variants, pa.table({"entity_id": entities, "n_mentions": totals[0], "n_posts": totals[1]})


def _coded(values: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Each value as its number among the distinct ones, and these."""
    coded = values.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary
