"""What a reader gives: posts, refusals, hints, and the codes of every refusal.

Belongs here: the records themselves and the documented reason codes.
Not here: how any format is read, where files lie.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

PAYLOAD_LIMIT = 1 << 20
"""A refusal keeps at most this many bytes of what was refused; size and sha256 of the whole stand in its detail."""

REASONS: dict[str, str] = {
    "empty-file": "The file holds nothing, or white space alone.",
    "binary-file": "The file holds NUL bytes or control characters: it is no text in any encoding known here.",
    "undecodable-file": "The file's bytes make no plausible text in any encoding known here.",
    "undecodable-record": "The record holds bytes that its file's encoding does not allow.",
    "unreadable-file": "The operating system did not let the file be read.",
    "symbolic-link": "Symbolic links are not followed: put the file itself among the seeds.",
    "not-a-file": "A device, pipe or socket lies among the seeds.",
    "unsupported-format": "The file is of a format that cannot be read: convert it first.",
    "bad-score": "The line `Upvote:` is not followed by a whole number.",
    "empty-record": "The record holds no text.",
    "bad-record": "The record lacks what its format asks for, or has it in another form.",
    "bad-markup": "The record's or file's markup is malformed, or uses an entity that is not expanded.",
    "duplicate-id": "A record of the same id came before in the same source.",
    "unsafe-path": "The archive's member has an absolute path, or one that leaves the archive.",
    "encrypted": "The file or member is encrypted: give it without its password.",
    "archive-bomb": "The file unpacks to more than a text ever does: it is taken for a bomb.",
    "damaged-archive": "The archive or compressed file is broken or ends early.",
    "empty-archive": "The archive holds no member that could be read.",
    "nested-archive": "An archive in an archive in an archive: at most one level of nesting is read.",
    "unsupported-compression": "The member is compressed by a method that is not read.",
    "damaged-file": "The document is broken and cannot be read to its end.",
    "no-text-layer": "The PDF holds pictures of pages and no text.",
    "ragged-row": "The table's row has more or fewer cells than its header.",
    "bad-settings": "The `variorum.toml` holds a mistake; the files beside it are read as if it were not there.",
    "no-text-table": "This table of a Stack Exchange dump holds no posts or comments.",
}
"""Quarantine code → what it means, for people."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A name that the source itself marks up: `text[start:end]`, its kind and the reference given (may be empty)."""

    start: int
    end: int
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class Post:
    """One record as read: decoded, markup resolved, otherwise as written; outer blank lines are left out.

    Attributes:
        kind: `question`, `answer`, `comment` or `document`.
        text: Becomes `posts.text_raw`.
        locator: Where it stands in its source, e.g. `L12-L19` or `row 15`.
        key: The record's own id, unique in its source; "" = its number in the source.
        thread_key: Key of the thread's first post; "" = the whole source is one thread.
        parent_key: Key of the post this one answers; "" = none.
        parent_path: Path of the source in which `thread_key` and `parent_key` live; "" = this one.
        created_at: ISO 8601, exactly as precise as the source has it.
        tags: Separated by `;`.
        hints: Names marked up in the source, with offsets in `text`.
    """

    kind: str
    text: str
    locator: str
    key: str = ""
    thread_key: str = ""
    parent_key: str = ""
    parent_path: str = ""
    title: str | None = None
    author: str | None = None
    created_at: str | None = None
    tags: str = ""
    url: str | None = None
    score: int | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record or file that was not accepted, with its bytes (of more than 1 MiB the first MiB)."""

    locator: str
    reason: str
    detail: str
    payload: bytes


Record = Post | Refusal


def refuse(locator: str, reason: str, detail: str, payload: bytes) -> Refusal:
    """A refusal that keeps `payload`, or its first MiB with the whole's size and sha256 in the detail."""
    if reason not in REASONS:
        raise KeyError(f"quarantine reason {reason!r} is not documented in REASONS")
    if len(payload) > PAYLOAD_LIMIT:
        detail = f"{detail} {payload_note(len(payload), hashlib.sha256(payload).hexdigest())}"
    return Refusal(locator, reason, detail, payload[:PAYLOAD_LIMIT])


def payload_note(size: int, sha256: str) -> str:
    """The sentence that says what a shortened payload was."""
    return f"The payload is the first {PAYLOAD_LIMIT} of {size} bytes, sha256 {sha256}."


class SeedChangedError(Exception):
    """A seed vanished or changed while it was read: nothing true can be said about it, so the build must stop."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: the file vanished or changed while it was read; start the build again")
        self.path = path
