"""What always holds of a dataset, as functions from tables to offences. What a single table can know is in `schemas`.

An offence is a row that breaks an invariant, told so that a person can find it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import parquet, work
from pipelines.readers import shown

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


Tables = Mapping[str, pd.DataFrame]
COUNTED = {"variants": ["surface", "entity_id"], "entities": ["entity_id"]}
"""What mentions and posts are counted by, for each table that has such counts."""
OFFENCES = pa.schema([("invariant", pa.string()), ("number", pa.int64()), ("first", pa.list_(pa.string()))])
OWN_NUMBER = r"-m[0-9]+$"


def verify_part(place: Path, verified: Path) -> Path:
    """Check, into the folder `verified`, what can be known within one part of the posts."""
    names = ("posts", "sentences", "edits", "mentions")

    def write(folder: Path) -> None:
        tables = {name: parquet.read(place / f"{name}.parquet").to_pandas() for name in names}
        write_offences(check_part(tables), folder)
        for name, counted in count(tables["mentions"]).items():
            parquet.write(counted, folder / f"{name}.parquet")

    return work.make(verified, write)


def write_offences(found: Mapping[str, Offences], folder: Path) -> None:
    """Write what `read_verified` reads."""
    columns = [list(found), [o.number for o in found.values()], [list(o.first) for o in found.values()]]
    parquet.write(pa.table(columns, OFFENCES), folder / "offences.parquet")


def read_verified(verified: Path) -> dict[str, Offences]:
    """What was found and written into a folder."""
    rows = parquet.read(verified / "offences.parquet").to_pylist()
    return {row["invariant"]: Offences(row["number"], tuple(row["first"])) for row in rows}


def count(mentions: pd.DataFrame) -> dict[str, pa.Table]:
    """Mentions and posts by the keys of `variants` and of `entities`; a post lies in one part, so parts add up."""
    table = pa.table({name: pa.array(mentions[name], pa.string()) for name in ("surface", "entity_id", "post_id")})
    found = {}
    for name, by in COUNTED.items():
        posts = table.group_by([*by, "post_id"], use_threads=False).aggregate([([], "count_all")])
        counted = posts.group_by(by, use_threads=False).aggregate([("count_all", "sum"), ([], "count_all")])
        found[name] = counted.rename_columns([*by, "n_mentions", "n_posts"])
    return found


def check_part(tables: Tables) -> dict[str, Offences]:
    """The invariants within one part."""
    return {
        UNDO: offences(edits_that_do_not_undo(tables["posts"], tables["edits"])),
        SLICES: offences(untrue_slices(tables)),
        KEYS: offences(dangling_keys(tables)),
        DOUBT: offences(doubts_written_over(tables["mentions"], tables["edits"])),
    }


def edits_that_do_not_undo(posts: pd.DataFrame, edits: pd.DataFrame) -> Iterable[str]:
    """Posts whose edits don't lead from `text_raw` to `text` and back."""
    columns = ["post_id", "raw_start", "raw_end", "before", "start", "end", "after"]
    by_post: defaultdict[str, list[tuple[int, int, str, int, int, str]]] = defaultdict(list)
    for post, *row in zip(*(edits[c].tolist() for c in columns), strict=True):
        by_post[post].append((*row,))
    for post, raw, text in zip(*(posts[c].tolist() for c in ("post_id", "text_raw", "text")), strict=True):
        if raw != text or post in by_post:
            problem = _replay(raw, text, by_post.get(post, []))
            if problem:
                yield f"Post {post}: {problem}"


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


def untrue_slices(tables: Tables) -> Iterable[str]:
    """Sentences and mentions that aren't the slice they say they are, and overlapping ones."""
    posts = tables["posts"]["post_id"].tolist()
    text, raw = (dict(zip(posts, tables["posts"][name].tolist(), strict=True)) for name in ("text", "text_raw"))
    for kind, key, base, start, end, slice_ in (
        ("sentences", "sentence_id", text, "start", "end", "text"),
        ("mentions", "mention_id", text, "start", "end", "normalized"),
        ("mentions", "mention_id", raw, "raw_start", "raw_end", "surface"),
    ):
        frame = tables[kind]
        spans = list(zip(*(frame[name].tolist() for name in ("post_id", start, end)), strict=True))
        stands, expected = [base.get(post, "")[s:e] for post, s, e in spans], frame[slice_].tolist()
        if stands != expected:
            rows = zip(frame[key].tolist(), spans, stands, expected, strict=True)
            for row, (_, s, e), one, other in (row for row in rows if row[2] != row[3]):
                yield f"{key} {row}: [{s}:{e}] of its post is {one!r}, not {other!r}."
        yield from _overlapping(frame, key, start, end)


def _overlapping(frame: pd.DataFrame, key: str, start: str, end: str) -> Iterable[str]:
    post = pa.array(frame["post_id"], pa.string())
    is_same = pc.equal(post[1:], post[:-1]).to_numpy(zero_copy_only=False).astype(bool)
    overlaps = is_same & (frame[start].to_numpy()[1:] < frame[end].to_numpy()[:-1])
    yield from (f"{key} {row} overlaps the one before it." for row in frame[key][1:][overlaps].tolist())


def dangling_keys(tables: Tables) -> Iterable[str]:
    """Ids within a part that refer to no row of it."""
    for name, column, home in (
        ("sentences", "post_id", "posts"),
        ("edits", "post_id", "posts"),
        ("mentions", "post_id", "posts"),
        ("mentions", "sentence_id", "sentences"),
        ("edits", "mention_id", "mentions"),
    ):
        for value in _absent(tables[name][column].dropna(), tables[home][column]):
            yield f"{name}.{column} {value} is not in {home}."
    mentions = tables["mentions"]
    ids = pa.array(mentions["mention_id"], pa.string())
    home = pc.replace_substring_regex(ids, OWN_NUMBER, "")
    for value in ids.filter(pc.not_equal(home, pa.array(mentions["post_id"], pa.string()))).to_pylist():
        yield f"mentions.mention_id {value} is not its post's id and a number, so it may be another post's too."
    yield from (f"mentions.mention_id {value} stands twice." for value in _repeated(mentions["mention_id"]))


def _absent(values: pd.Series, home: pd.Series) -> list[str]:
    """The distinct values that are not in `home`."""
    distinct = pc.unique(pa.array(values, pa.string()))
    absent: list[str] = distinct.filter(pc.invert(pc.is_in(distinct, pa.array(home, pa.string())))).to_pylist()
    return absent


def doubts_written_over(mentions: pd.DataFrame, edits: pd.DataFrame) -> Iterable[str]:
    """Name edits of mentions that are under review."""
    doubtful = mentions.loc[mentions["status"] == "review", "mention_id"]
    for mention in edits.loc[edits["mention_id"].isin(doubtful), "mention_id"]:
        yield f"mention_id {mention} is under review, but its text was changed."


def _repeated(ids: pd.Series) -> list[str]:
    repeated: list[str] = ids[ids.duplicated()].unique().tolist()
    return repeated


def check_whole(
    tables: Tables, posts: pd.DataFrame, counts: Mapping[str, pa.Table], seeds: Iterable[str]
) -> dict[str, Offences]:
    """The invariants between parts and whole tables.

    Args:
        tables: `sources`, `quarantine`, `variants` and `entities`.
        posts: `post_id`, `parent_id` and `source_id` of all posts.
        counts: what `count` found in the mentions of all parts, added up.
        seeds: paths of the seed files.
    """
    return {
        LOST: offences(lost_records(tables["sources"], posts, tables["quarantine"], seeds)),
        KEYS: offences(dangling_ids(tables, posts, counts["entities"])),
        COUNTS: offences(text for name in COUNTED for text in wrong_counts(name, tables[name], counts[name])),
    }


def _marks(path: str) -> list[int]:
    """Where the name of an archive may end before its member's."""
    return [match.start() for match in re.finditer("!", path)]


def lost_records(
    sources: pd.DataFrame, posts: pd.DataFrame, quarantine: pd.DataFrame, seeds: Iterable[str]
) -> Iterable[str]:
    """Seed files without a source, and sources whose records are not all in `posts` or `quarantine`."""
    known = {path[:end] for path in sources["path"] for end in (*_marks(path), len(path))}
    yield from (f"The seed file {path} is not in sources." for path in map(shown, seeds) if path not in known)
    for column, table in (("n_posts", posts), ("n_quarantined", quarantine)):
        found = sources["source_id"].map(table["source_id"].value_counts()).fillna(0).astype("int64")
        wrong = sources.assign(found=found)[(found != sources[column]).to_numpy()]
        for path, said, there in zip(wrong["path"], wrong[column], wrong["found"], strict=True):
            yield f"{path}: {column} is {said}, but {there} rows are there."


def dangling_ids(tables: Tables, posts: pd.DataFrame, mentioned: pa.Table) -> Iterable[str]:
    """Ids that refer to no row, and ids that stand twice, in tables of several parts."""
    entities = tables["entities"]["entity_id"]
    for name, values, home in (
        ("posts.source_id", posts["source_id"], tables["sources"]["source_id"]),
        ("posts.parent_id", posts["parent_id"].dropna(), posts["post_id"]),
        ("quarantine.source_id", tables["quarantine"]["source_id"], tables["sources"]["source_id"]),
        ("mentions.entity_id", mentioned["entity_id"].to_pandas(), entities),
        ("variants.entity_id", tables["variants"]["entity_id"], entities),
    ):
        for value in _absent(values, home):
            yield f"{name} {value} refers to no row."
    yield from (f"posts.post_id {value} stands twice." for value in _repeated(posts["post_id"]))


def wrong_counts(name: str, table: pd.DataFrame, counted: pa.Table) -> Iterable[str]:
    """Rows of `variants` or `entities` whose counts are not those of the mentions."""
    by = COUNTED[name]
    columns = [*by, "n_mentions", "n_posts"]
    said = pa.Table.from_pandas(table[columns], counted.schema, preserve_index=False)
    both = said.join(counted, by, join_type="full outer", right_suffix="_counted")
    same = pc.and_(
        pc.equal(both["n_mentions"], both["n_mentions_counted"]), pc.equal(both["n_posts"], both["n_posts_counted"])
    )
    wrong = both.filter(pc.invert(pc.fill_null(same, False)))
    for row in sorted(wrong.select(by).to_pylist(), key=lambda row: [str(row[b]) for b in by]):
        yield f"{name} {' / '.join(str(row[b]) for b in by)}: counts are not those of mentions."
