"""The published tables: one pandera model each, with its key and its order of rows. `TABLES` names them all.

What no single table can know (keys resolve, edits undo) is checked in `pipelines.checks`.
"""

from dataclasses import dataclass
from typing import Any

import pandera.pandas as pa
import pyarrow.compute as pc

from schemas import fields
from schemas.frames import leave_others_out

leave_others_out()

Column = Any  # a pyarrow.ChunkedArray, which has no types


def _is_length(text: Column, n_chars: Column) -> Column:
    return pc.equal(pc.utf8_length(text), n_chars)


def _has_mention_if_name(kind: Column, mention_id: Column) -> Column:
    return pc.equal(pc.equal(pc.cast(kind, "string"), "name"), pc.is_valid(mention_id))


class Table(pa.DataFrameModel):
    """A table with exactly the columns of its model, in their order."""

    class Config:
        strict = True
        ordered = True


class Sources(Table):
    """One row a seed file."""

    source_id: str = fields.source_id(unique=True)
    path: str = fields.text(
        "Path below the seeds folder, with `/`; a member of an archive as `dump.zip!inner/name.xml`.", unique=True
    )
    format: str = fields.text("How the file was read, e.g. `upvote-thread`, `jsonl`, `stackexchange`.")
    encoding: str = fields.text("How its bytes were decoded: a Python codec name, or empty.", nullable=True)
    size_bytes: fields.Integer = fields.count("Size of the file in bytes.")
    sha256: str = pa.Field(description="SHA-256 of the file's bytes.", str_matches=r"^[0-9a-f]{64}$")
    n_posts: fields.Integer = fields.count("Posts read from it.")
    n_quarantined: fields.Integer = fields.count("Records of it, or the file itself, in `quarantine`.")
    status: fields.SourceStatus = fields.choice(
        "`ingested`; `quarantined` (refused as a whole); `duplicate` (same bytes as a file earlier in this table)."
    )


class Posts(Table):
    """One row a question, answer, comment or document."""

    post_id: str = fields.post_id(unique=True)
    source_id: str = fields.source_id()
    thread_id: str = fields.text("The thread: posts with the same value belong together.")
    parent_id: str = fields.text("The `post_id` that this post answers or comments on.", nullable=True)
    ordinal: fields.Integer = fields.count("Place of the post in its source, from 1.")
    kind: fields.PostKind = fields.choice("`question`, `answer`, `comment` or `document`.")
    title: str = fields.text("Title as written.", nullable=True)
    author: str = fields.text("Author as the source names them.", nullable=True)
    created_at: fields.Timestamp = fields.text(
        "When it was written (UTC), where the source says it; see `created_precision`.", nullable=True
    )
    created_precision: fields.DatePrecision = fields.choice("How precisely the source dates the post.", nullable=True)
    tags: str = fields.text("Tags, separated by `;`.", nullable=True)
    url: str = fields.text("Address of the post, where the source gives one.", nullable=True)
    score: fields.Integer = fields.text("Votes, where the source counts them.", nullable=True)
    locator: str = fields.text("Where in the file it stands, e.g. `L12-L19` or `row 15`.")
    text_raw: str = fields.text("The text as written: decoded, markup resolved, otherwise untouched.")
    text: str = fields.text("The cleaned text; `edits` says how it differs from `text_raw`.")
    language: str = pa.Field(
        description="Language of the text, ISO 639-1, or `und` where it is not certain.",
        str_matches=r"^([a-z]{2}|und)$",
    )
    n_chars: fields.Integer = fields.count("Length of `text` in Unicode code points.")
    n_words: fields.Integer = fields.count(
        "Words of `text`: runs of letters and digits, with inner apostrophes and hyphens."
    )

    n_chars_is_length = fields.rows("n_chars is the length of text", _is_length, "text", "n_chars")


class Sentences(Table):
    """One row a sentence of a post's `text`."""

    sentence_id: str = fields.sentence_id(unique=True)
    post_id: str = fields.post_id()
    ordinal: fields.Integer = fields.count("Place of the sentence in its post, from 1.")
    start: fields.Integer = fields.offset("Where it starts in `posts.text`")
    end: fields.Integer = fields.offset("Where it ends in `posts.text` (half-open)")
    text: str = fields.text("The sentence.")

    has_length = fields.rows("end is after start", pc.less, "start", "end")


class Edits(Table):
    """One row a change from `text_raw` to `text`."""

    post_id: str = fields.post_id()
    ordinal: fields.Integer = fields.count("Place of the edit in its post, from 1, in order of the text.")
    kind: fields.EditKind = fields.choice("`unicode`, `whitespace`, `punctuation`, `spelling` or `name`.")
    rule: str = fields.text("The rule that made it; where several met at one place, joined by `+`.")
    raw_start: fields.Integer = fields.offset("Where `before` starts in `posts.text_raw`")
    raw_end: fields.Integer = fields.offset("Where `before` ends in `posts.text_raw` (half-open)")
    before: str = fields.text("What stands in `text_raw`.")
    start: fields.Integer = fields.offset("Where `after` starts in `posts.text`")
    end: fields.Integer = fields.offset("Where `after` ends in `posts.text` (half-open)")
    after: str = fields.text("What stands in `text`.")
    mention_id: str = fields.mention_id(nullable=True)
    score: float = fields.score("Certainty of a spelling or name edit; empty for the others.", nullable=True)

    changes = fields.rows("an edit changes something", pc.not_equal, "before", "after")
    names_have_mentions = fields.rows(
        "name edits, and only they, have a mention", _has_mention_if_name, "kind", "mention_id"
    )


class Mentions(Table):
    """One row a name as it stands in a post."""

    mention_id: str = fields.mention_id(unique=True)
    post_id: str = fields.post_id()
    sentence_id: str = fields.sentence_id()
    start: fields.Integer = fields.offset("Where it starts in `posts.text`")
    end: fields.Integer = fields.offset("Where it ends in `posts.text` (half-open)")
    raw_start: fields.Integer = fields.offset("Where it starts in `posts.text_raw`")
    raw_end: fields.Integer = fields.offset("Where it ends in `posts.text_raw` (half-open)")
    surface: str = fields.text("The name as written in `text_raw`.")
    normalized: str = fields.text("The name as it stands in `text`.")
    entity_id: str = fields.entity_id()
    kind: fields.EntityKind = fields.choice("Kind of the entity.")
    method: fields.Method = fields.choice("How the name was resolved.")
    score: float = fields.score("Certainty that the name is this entity's.")
    status: fields.NameStatus = fields.choice(
        "`accepted`, or `review` where a person should look; those are left as written."
    )

    has_length = fields.rows("end is after start", pc.less, "start", "end")
    has_raw_length = fields.rows("raw_end is after raw_start", pc.less, "raw_start", "raw_end")


class Variants(Table):
    """One row a distinct surface and an entity it was resolved to."""

    surface: str = fields.text("A name as written.")
    entity_id: str = fields.entity_id()
    kind: fields.EntityKind = fields.choice("Kind of the entity.")
    canonical: str = fields.text("How it is written in `text`.")
    method: fields.Method = fields.choice("How the name was resolved.")
    score: float = fields.score("Certainty that the name is this entity's.")
    status: fields.NameStatus = fields.choice("`accepted`, or `review` where a person should look.")
    explanation: str = fields.text("Why, in a sentence.")
    n_mentions: fields.Integer = fields.count("Mentions so written and so resolved.")
    n_posts: fields.Integer = fields.count("Posts that hold such a mention.")


class Entities(Table):
    """One row a person, place, organisation or event that is mentioned."""

    entity_id: str = fields.entity_id(unique=True)
    kind: fields.EntityKind = fields.choice("`person`, `place`, `organisation`, `event`, or `unknown`.")
    name: str = fields.text("Display name.")
    native_name: str = fields.text("Name in its own script, where the authority gives it.", nullable=True)
    born: fields.Integer = fields.text("Year of birth, negative before the common era.", nullable=True)
    died: fields.Integer = fields.text("Year of death, negative before the common era.", nullable=True)
    description: str = fields.text("A few words on who or what it is.", nullable=True)
    in_authority: bool = fields.text("Whether the authority has it.")
    n_mentions: fields.Integer = fields.count("Mentions of it.")
    n_posts: fields.Integer = fields.count("Posts that mention it.")
    n_variants: fields.Integer = fields.count("Distinct surfaces that mention it.")

    class Config:
        strict = False  # an authority's further columns are carried through
        ordered = False


class Quarantine(Table):
    """One row a record or file that was not accepted."""

    source_id: str = fields.source_id()
    path: str = fields.text("Path of the seed file.")
    locator: str = fields.text("Where in the file it stands.")
    reason: str = pa.Field(description="A short code; the data dictionary explains each.", str_matches=r"^[a-z0-9-]+$")
    detail: str = fields.text("What was wrong and what to do about it.")
    payload: object = fields.text(
        "What was refused, byte for byte; of more than 1 MiB its first MiB, the whole's size and SHA-256 in `detail`."
    )


@dataclass(frozen=True)
class Spec:
    """A published table: its model, the columns that identify a row, and the columns its rows are ordered by."""

    name: str
    model: type[Table]
    key: tuple[str, ...]
    order: tuple[str, ...]


TABLES: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        Spec("sources", Sources, ("source_id",), ("path",)),
        Spec("posts", Posts, ("post_id",), ("source path", "ordinal")),
        Spec("sentences", Sentences, ("sentence_id",), ("post", "ordinal")),
        Spec("edits", Edits, ("post_id", "ordinal"), ("post", "ordinal")),
        Spec("mentions", Mentions, ("mention_id",), ("post", "start")),
        Spec("variants", Variants, ("surface", "entity_id"), ("n_mentions, most first", "surface", "entity_id")),
        Spec("entities", Entities, ("entity_id",), ("n_mentions, most first", "entity_id")),
        Spec("quarantine", Quarantine, ("source_id", "locator"), ("path", "place in the file")),
    )
}
