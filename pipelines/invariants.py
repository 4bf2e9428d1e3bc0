"""What always holds of a dataset, as functions from tables to offences. What a single table can know is in `schemas`.

An offence is a row that breaks an invariant, told so that a person can find it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, parquet, work
from pipelines.readers import shown
from pipelines.slices import Ints, Spans, Texts

SHOWN = 20

KEYS = "keys_resolve"
UNDO = "edits_undo"
SLICES = "slices_are_true"
LOST = "nothing_is_lost"
COUNTS = "counts_agree"
DOUBT = "doubt_is_visible"
INVARIANTS: dict[str, str] = {
    LOST: "Every seed file is in `sources`, and every record of it in `posts` or in `quarantine`.",
    UNDO: "Applying a post's `edits` to `text_raw` gives `text`, and undoing them gives `text_raw`.",
    SLICES: "`text[start:end]` is the sentence or the normalized name, `text_raw[raw_start:raw_end]` the surface.",
    KEYS: "Every id refers to a row that exists, and ids are unique in the whole table.",
    COUNTS: "`variants` and `entities` count exactly the rows of `mentions`.",
    DOUBT: "What is under review is left as it was written.",
}


@dataclass(frozen=True)
class Offences:
    """How many rows break an invariant, and the first few of them in words."""

    number: int = 0
    first: tuple[str, ...] = ()

    def __add__(self, other: "Offences") -> "Offences":
        return Offences(self.number + other.number, (self.first + other.first)[:SHOWN])


def offences(texts: Iterable[str]) -> Offences:
    """All offences counted, the first few kept."""
    found = list(texts)
    return Offences(len(found), tuple(found[:SHOWN]))


Tables = Mapping[str, pa.Table]
Column = Any  # a pa.ChunkedArray, which has no types
IN_PARTS = {
    "posts": ["post_id", "text_raw", "text"],
    "sentences": ["sentence_id", "post_id", "start", "end", "text"],
    "edits": ["post_id", "raw_start", "raw_end", "before", "start", "end", "after", "mention_id"],
    "mentions": ["mention_id", "post_id", "sentence_id", "start", "end", "raw_start", "raw_end", "surface"]
    + ["normalized", "entity_id", "status"],
}
"""The columns that are looked at in each part."""
CODED = {"sentences": ["post_id"], "edits": ["post_id"], "mentions": ["post_id"]}
"""Those of them whose values repeat: they are read as numbers of their distinct values."""
COUNTED = {"variants": ["surface", "entity_id"], "entities": ["entity_id"]}
"""What mentions and posts are counted by, for each table that has such counts."""
OFFENCES = pa.schema([("invariant", pa.string()), ("number", pa.int64()), ("first", pa.list_(pa.string()))])
NUMBERED = "-m"
OWN_NUMBER = rf"{NUMBERED}[0-9]+$"
NONE = -1


def verify_part(place: Path, verified: Path) -> Path:
    """Check, into the folder `verified`, what can be known within one part of the posts."""

    def write(folder: Path) -> None:
        tables = {
            name: parquet.read(place / f"{name}.parquet", columns, coded=CODED.get(name, ()))
            for name, columns in IN_PARTS.items()
        }
        write_offences(check_part(tables), folder)
        for name, counted in count(tables["mentions"]).items():
            feather.write(counted, folder / f"{name}.arrow")

    return work.make(verified, write)


def write_offences(found: Mapping[str, Offences], folder: Path) -> None:
    """Write what `read_verified` reads."""
    columns = [list(found), [o.number for o in found.values()], [list(o.first) for o in found.values()]]
    feather.write(pa.table(columns, OFFENCES), folder / "offences.arrow")


def read_verified(verified: Path) -> dict[str, Offences]:
    """What was found and written into a folder."""
    rows = feather.read(verified / "offences.arrow").to_pylist()
    return {row["invariant"]: Offences(row["number"], tuple(row["first"])) for row in rows}


def count(mentions: pa.Table) -> dict[str, pa.Table]:
    """Mentions and posts by the keys of `variants` and of `entities`; a post lies in one part, so parts add up."""
    coded = {name: _coded(mentions[name]) for name in ("surface", "entity_id", "post_id")}
    n_posts = len(coded["post_id"].dictionary)
    found = {}
    for name, by in COUNTED.items():
        keys = np.zeros(mentions.num_rows, np.int64)
        for column in by:
            keys = keys * len(coded[column].dictionary) + _codes(coded[column])
        pairs, n_in_post = np.unique(keys * n_posts + _codes(coded["post_id"]), return_counts=True)
        distinct, first, n_of = np.unique(pairs // max(n_posts, 1), return_index=True, return_counts=True)
        columns = {}
        for column in reversed(by):
            values = coded[column].dictionary
            distinct, codes = np.divmod(distinct, max(len(values), 1))
            columns[column] = values.take(pa.array(codes))
        n_mentions = np.add.reduceat(n_in_post, first) if len(first) else n_in_post
        counts = {"n_mentions": pa.array(n_mentions, pa.int64()), "n_posts": pa.array(n_of, pa.int64())}
        found[name] = pa.table({column: columns[column] for column in by} | counts)
    return found


def _coded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """Values as numbers of their distinct ones."""
    if pa.types.is_dictionary(values.type):
        return values.unify_dictionaries().combine_chunks()
    return values.combine_chunks().dictionary_encode()


def _codes(coded: pa.DictionaryArray) -> Ints:
    codes: Ints = pc.fill_null(coded.indices, NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _numbers(values: pa.ChunkedArray, home: pa.ChunkedArray) -> Ints:
    """The row of each value in `home`, or NONE."""
    coded = _coded(values)
    rows = pc.fill_null(pc.index_in(coded.dictionary, home), NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    numbers: Ints = np.append(rows, NONE)[_codes(coded)]
    return numbers


def check_part(tables: Tables) -> dict[str, Offences]:
    """The invariants within one part."""
    texts = {name: Texts.of(tables["posts"][name]) for name in ("text_raw", "text")}
    return {
        UNDO: offences(edits_that_do_not_undo(tables["posts"], tables["edits"], texts)),
        SLICES: offences(untrue_slices(tables, texts)),
        KEYS: offences(dangling_keys(tables)),
        DOUBT: offences(doubts_written_over(tables["mentions"], tables["edits"])),
    }


def edits_that_do_not_undo(posts: pa.Table, edits: pa.Table, texts: Mapping[str, Texts]) -> Iterable[str]:
    """Posts whose edits don't lead from `text_raw` to `text` and back."""
    raw = _spans(edits, posts, texts["text_raw"], "raw_start", "raw_end")
    text = _spans(edits, posts, texts["text"], "start", "end")
    if raw and text and raw.hold(edits["before"]) and text.hold(edits["after"]) and raw.leave_same(text):
        return
    columns = ["post_id", "raw_start", "raw_end", "before", "start", "end", "after"]
    by_post: defaultdict[str, list[tuple[int, int, str, int, int, str]]] = defaultdict(list)
    for post, *row in zip(*(edits[c].to_pylist() for c in columns), strict=True):
        by_post[post].append((*row,))
    for post, raw_text, text_now in zip(*(posts[c].to_pylist() for c in ("post_id", "text_raw", "text")), strict=True):
        problem = _replay(raw_text, text_now, by_post.get(post, []))
        if problem:
            yield f"Post {post}: {problem}"


def _spans(rows: pa.Table, posts: pa.Table, texts: Texts, start: str, end: str) -> Spans | None:
    """The spans that rows are about, if they are in order and within the texts of posts."""
    starts, ends = (rows[name].to_numpy() for name in (start, end))
    return texts.spans(_numbers(rows["post_id"], posts["post_id"]), starts, ends)


def _replay(raw: str, text: str, edits: list[tuple[int, int, str, int, int, str]]) -> str:
    raw_at = at = 0
    for raw_start, raw_end, before, start, end, after in edits:
        if raw_start < raw_at or raw_end < raw_start or end < start:
            return f"the edit at {raw_start} overlaps the one before it."
        if raw[raw_at:raw_start] != text[at:start]:
            return f"text before the edit at {raw_start} differs though no edit covers it."
        if raw[raw_start:raw_end] != before or text[start:end] != after:
            return f"the edit at {raw_start} says {before!r} → {after!r}, the texts say otherwise."
        raw_at, at = raw_end, end
    return "" if raw[raw_at:] == text[at:] else "text after the last edit differs though no edit covers it."


def untrue_slices(tables: Tables, texts: Mapping[str, Texts]) -> Iterable[str]:
    """Sentences and mentions that aren't the slice they say they are, and overlapping ones."""
    for kind, key, base, start, end, slice_ in (
        ("sentences", "sentence_id", "text", "start", "end", "text"),
        ("mentions", "mention_id", "text", "start", "end", "normalized"),
        ("mentions", "mention_id", "text_raw", "raw_start", "raw_end", "surface"),
    ):
        rows, posts = tables[kind], tables["posts"]
        spans = _spans(rows, posts, texts[base], start, end)
        if not (spans and spans.hold(rows[slice_].cast(pa.string()))):
            yield from _untrue(rows.select([key, "post_id", start, end, slice_]), posts.select(["post_id", base]))


def _untrue(rows: pa.Table, posts: pa.Table) -> Iterable[str]:
    """Those of the rows (key, post, start, end, slice) that aren't the slice, and those that overlap."""
    key = rows.column_names[0]
    texts = dict(zip(*(column.to_pylist() for column in posts.columns), strict=True))
    before = end_before = None
    for row, post, start, end, expected in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        stands = texts.get(post, "")[start:end]
        if stands != expected:
            yield f"{key} {row}: [{start}:{end}] of its post is {stands!r}, not {expected!r}."
        if post == before and start < end_before:
            yield f"{key} {row} overlaps the one before it."
        before, end_before = post, end


def dangling_keys(tables: Tables) -> Iterable[str]:
    """Ids within a part that refer to no row of it."""
    for name, column, home in (
        ("sentences", "post_id", "posts"),
        ("edits", "post_id", "posts"),
        ("mentions", "post_id", "posts"),
        ("mentions", "sentence_id", "sentences"),
        ("edits", "mention_id", "mentions"),
    ):
        for value in _absent(tables[name][column], tables[home][column]):
            yield f"{name}.{column} {value} is not in {home}."
    ids = tables["mentions"]["mention_id"]
    for value in _strange(ids, tables["mentions"]["post_id"]):
        yield f"mentions.mention_id {value} is not its post's id and a number, so it may be another post's too."
    yield from (f"mentions.mention_id {value} stands twice." for value in _repeated(ids))


def _strange(ids: Column, posts: Column) -> list[str]:
    """The ids of mentions that are not their post's id and a number; as a rule, a post's are numbered from 1."""
    posts = posts.cast(pa.string()).combine_chunks()
    runs = pc.run_end_encode(posts, run_end_type=pa.int64()).run_ends.to_numpy()
    lengths = np.diff(runs, prepend=0)
    numbers = np.arange(1, len(posts) + 1) - np.repeat(runs - lengths, lengths)
    usual = pc.binary_join_element_wise(posts, pa.array(numbers).cast(pa.string()), NUMBERED)
    if ids.equals(pa.chunked_array([usual])):
        return []
    home = pc.replace_substring_regex(ids, OWN_NUMBER, "")
    strange: list[str] = ids.filter(pc.not_equal(home, posts)).to_pylist()
    return strange


def _absent(values: Column, home: Column) -> list[str]:
    """The distinct values that are not in `home`."""
    distinct = pc.unique(values).drop_null()
    distinct = distinct.dictionary_decode() if pa.types.is_dictionary(distinct.type) else distinct
    absent: list[str] = distinct.filter(pc.invert(pc.is_in(distinct, home))).to_pylist()
    return absent


def doubts_written_over(mentions: pa.Table, edits: pa.Table) -> Iterable[str]:
    """Name edits of mentions that are under review."""
    doubtful = mentions["mention_id"].filter(pc.equal(mentions["status"].cast(pa.string()), "review"))
    for mention in edits["mention_id"].filter(pc.is_in(edits["mention_id"], doubtful)).to_pylist():
        if mention is not None:
            yield f"mention_id {mention} is under review, but its text was changed."


def _repeated(ids: Column) -> list[str]:
    if len(pc.unique(ids)) == len(ids):
        return []
    counted = pc.value_counts(ids)
    repeated: list[str] = counted.field(0).filter(pc.greater(counted.field(1), 1)).to_pylist()
    return repeated


def check_records(
    sources: pa.Table, quarantine: pa.Table, posts: pa.Table, seeds: Iterable[str]
) -> dict[str, Offences]:
    """The invariants between files, what was read of them, and what was refused.

    Args:
        sources: The table.
        quarantine: The table.
        posts: `post_id`, `parent_id` and `source_id` of all posts.
        seeds: paths of the seed files.
    """
    return {
        LOST: offences(lost_records(sources, posts, quarantine, seeds)),
        KEYS: offences(dangling_ids(sources, quarantine, posts)),
    }


def check_variants(variants: pa.Table, counted: pa.Table) -> dict[str, Offences]:
    """The invariants between `variants` and what `count` found in the mentions of each part: rows of some surfaces."""
    return {COUNTS: offences(wrong_counts("variants", variants, counted))}


def check_entities(entities: pa.Table, counted: pa.Table, named: Column) -> dict[str, Offences]:
    """The invariants between `entities` and what refers to them: rows of some ids.

    Args:
        entities: The rows.
        counted: What `count` found in the mentions of each part.
        named: `entity_id` of `variants`.
    """
    ids = entities["entity_id"]
    absent = [("mentions", id_) for id_ in _absent(counted["entity_id"], ids)]
    absent += [("variants", id_) for id_ in _absent(named, ids)]
    return {
        KEYS: offences(f"{name}.entity_id {id_} refers to no row." for name, id_ in absent),
        COUNTS: offences(wrong_counts("entities", entities, counted)),
    }


def _marks(path: str) -> list[int]:
    """Where the name of an archive may end before its member's."""
    return [match.start() for match in re.finditer("!", path)]


def lost_records(sources: pa.Table, posts: pa.Table, quarantine: pa.Table, seeds: Iterable[str]) -> Iterable[str]:
    """Seed files without a source, and sources whose records are not all in `posts` or `quarantine`."""
    paths = sources["path"].to_pylist()
    known = {path[:end] for path in paths for end in (*_marks(path), len(path))}
    yield from (f"The seed file {path} is not in sources." for path in map(shown, seeds) if path not in known)
    for column, table in (("n_posts", posts), ("n_quarantined", quarantine)):
        counted = pc.value_counts(table["source_id"])
        found = dict(zip(*(counted.field(side).to_pylist() for side in (0, 1)), strict=True))
        rows = zip(paths, sources["source_id"].to_pylist(), sources[column].to_pylist(), strict=True)
        for path, source, said in rows:
            if said != found.get(source, 0):
                yield f"{path}: {column} is {said}, but {found.get(source, 0)} rows are there."


def dangling_ids(sources: pa.Table, quarantine: pa.Table, posts: pa.Table) -> Iterable[str]:
    """Ids of sources and posts that refer to no row, and ids that stand twice."""
    for name, values, home in (
        ("posts.source_id", posts["source_id"], sources["source_id"]),
        ("posts.parent_id", posts["parent_id"], posts["post_id"]),
        ("quarantine.source_id", quarantine["source_id"], sources["source_id"]),
    ):
        for value in _absent(values, home):
            yield f"{name} {value} refers to no row."
    yield from (f"posts.post_id {value} stands twice." for value in _repeated(posts["post_id"]))


def wrong_counts(name: str, table: pa.Table, counted: pa.Table) -> Iterable[str]:
    """Rows of `variants` or `entities` that are missing, stand twice, or whose counts are not those of the mentions.

    What was counted may come in several rows of the same keys.
    """
    by, zeros = COUNTED[name], pa.array(np.zeros(counted.num_rows, np.int64))
    columns = {column: table[column] for column in by}
    columns |= {column: pc.negate(table[column]) for column in ("n_mentions", "n_posts")}
    said = pa.table(columns | {"n_rows": pa.array(np.ones(table.num_rows, np.int64))})
    tables, counts = [counted.append_column("n_rows", zeros), said], said.column_names[len(by) :]
    left = parquet.add_up(tables, by, counts, in_order=False)
    is_right = pc.and_(pc.equal(left["n_mentions"], 0), pc.equal(left["n_posts"], 0))
    wrong = left.filter(pc.invert(pc.and_(is_right, pc.equal(left["n_rows"], 1))))
    for row in wrong.select(by).sort_by([(column, "ascending") for column in by]).to_pylist():
        yield f"{name} {' / '.join(str(value) for value in row.values())}: counts are not those of mentions."
