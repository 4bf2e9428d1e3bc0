"""Stack Exchange dumps: `Posts.xml` and `Comments.xml`, with the authors' names from `Users.xml` beside them.

Belongs here: what the rows of the dump's tables mean.
Not here: finding rows (`rows`), HTML to text (`markup`), where neighbours lie (`neighbours`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.readers.cut import has_damage
from pipelines.readers.dates import iso_date
from pipelines.readers.encoding import Encoding
from pipelines.readers.ids import NameOf, NumberOf
from pipelines.readers.markdown import inline_text
from pipelines.readers.markup import fragment_text
from pipelines.readers.records import Post, Record, Refusal, refuse
from pipelines.readers.rows import Row, resolve, rows

ROOT = re.compile(
    r"\A\ufeff?(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>)*+<([A-Za-z]+)\s*>\s*(?:<row\s|</|\Z|<!--)",
    re.DOTALL,
)
"""The root element of a table of the dump."""
TEXT_TABLES = ("posts", "comments")
OTHER_TABLES = ("users", "votes", "badges", "tags", "posthistory", "postlinks")

_KINDS = {"1": "question", "2": "answer"}
_TAG = re.compile(r"[^<>|\s]+")
_DIGITS = re.compile(r"-?\d{1,18}", re.ASCII)
_ANY_TEXT = re.compile(r"(?:\A|>)\s*+[^\s<&]")


@dataclass
class Dump:
    """What is known of a dump besides the table that is read.

    Attributes:
        names: User id → display name.
        threads: Post id → id of the question that opens its thread, for every post that is accepted.
        posts_path: Path of the source that holds the posts; "" for the one that is read.
    """

    names: NameOf = field(default_factory=NameOf)
    threads: NumberOf = field(default_factory=NumberOf)
    posts_path: str = ""


class _BadRowError(Exception):
    """A row that cannot be accepted: reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def read_names(parts: Iterable[str]) -> NameOf:
    """Display names by user id from `Users.xml`; rows that are damaged give none."""
    names = NameOf()
    for row in rows(parts):
        values = row.attributes or {}
        key, name = _DIGITS.fullmatch(values.get("Id", "")), values.get("DisplayName", "")
        if key and name and not has_damage(name):
            try:
                names[int(key.group())] = resolve(name)
            except ValueError:
                continue
    return names


def read_threads(parts: Iterable[str]) -> NumberOf:
    """Post id → id of its thread's question, for every row of `Posts.xml` that `read_posts` accepts."""
    threads = NumberOf()
    early: list[tuple[int, int]] = []  # answers that stand before their question, or without it
    for row in rows(parts):
        try:
            values, key = _checked(row, threads)
            _require_text(values)
        except _BadRowError:
            continue
        parent = _parent(values)
        threads[key] = key if parent is None or not threads.get(parent) else parent
        if parent is not None and threads.get(key) == key:
            early.append((key, parent))
    for key, parent in early:
        if threads.get(parent):
            threads[key] = parent
    return threads


def read_posts(
    parts: Iterable[str], encoding: Encoding, dump: Dump, prescan: Callable[[], NumberOf]
) -> Iterator[Record]:
    """Questions, answers and wiki texts of `Posts.xml`.

    Args:
        parts: The table's text.
        encoding: To give refused rows with their exact bytes.
        dump: The names of users.
        prescan: Gives the threads of all posts; called once, where an answer stands before its question or without it.
    """
    seen, all_threads = NumberOf(), None
    for row in rows(parts):
        try:
            values, key = _checked(row, seen)
            text = _text(values["Body"], row.number)
            parent = _parent(values)
            if parent is not None and not seen.get(parent):
                all_threads = all_threads or prescan()
                parent = parent if all_threads.get(parent) else None
            post = _post(values, key, parent, text, row.number, dump)
            seen[key] = key
            yield post
        except _BadRowError as error:
            yield _refusal(row, error, encoding)
        except ValueError as error:
            yield _refusal(row, _BadRowError("bad-markup", f"{error}."), encoding)


def read_comments(parts: Iterable[str], encoding: Encoding, dump: Dump) -> Iterator[Record]:
    """Comments of `Comments.xml`; their posts live in another source."""
    seen = NumberOf()
    for row in rows(parts):
        try:
            values, key = _checked(row, seen, "Text")
            text = inline_text(resolve(values["Text"])).strip()
            if not text:
                raise _BadRowError("empty-record", "The comment holds no text.")
            parent = _number(values.get("PostId")) or 0
            thread = dump.threads.get(parent)
            seen[key] = key
            yield Post(
                "comment",
                text,
                f"row {row.number}",
                key=str(key),
                thread_key=str(thread or key),
                parent_key=str(parent) if thread else "",
                parent_path=dump.posts_path if thread else "",
                author=_author(values, "User", dump),
                created_at=iso_date(values.get("CreationDate")),
                score=_number(values.get("Score")),
            )
        except _BadRowError as error:
            yield _refusal(row, error, encoding)
        except ValueError as error:
            yield _refusal(row, _BadRowError("bad-markup", f"{error}."), encoding)


def _checked(row: Row, seen: NumberOf, text_name: str = "Body") -> tuple[dict[str, str], int]:
    """The row's attributes and id, if it is sound and new."""
    if has_damage(row.raw):
        raise _BadRowError("undecodable-record", "The row holds bytes that its file's encoding does not allow.")
    if row.attributes is None:
        raise _BadRowError("bad-markup", "This is no complete row: attributes in quotes, then `/>`.")
    key = _number(row.attributes.get("Id"))
    if key is None or key <= 0:
        raise _BadRowError("bad-record", "The row has no whole number above 0 as Id.")
    if text_name not in row.attributes:
        raise _BadRowError("empty-record", f"The row has no {text_name}.")
    if seen.get(key):
        raise _BadRowError("duplicate-id", f"A row with Id {key} came before.")
    score = row.attributes.get("Score", "")
    if score and _number(score) is None:
        raise _BadRowError("bad-score", f"Its score {score[:40]!r} is no whole number.")
    return row.attributes, key


def _require_text(values: dict[str, str]) -> None:
    """Raises where `read_posts` refuses the row, without making text of a body that is clearly not empty."""
    try:
        for name in ("Title", "OwnerDisplayName", "Tags"):
            resolve(values.get(name, ""))
        body = resolve(values["Body"])
    except ValueError as error:
        raise _BadRowError("bad-markup", str(error)) from error
    if len(body) < 400 or not _ANY_TEXT.search(body):
        _text(values["Body"], 0)


def _parent(values: dict[str, str]) -> int | None:
    return _number(values.get("ParentId")) if values.get("PostTypeId") == "2" else None


def _text(body: str, number: int) -> str:
    text = fragment_text(resolve(body))
    if not text.strip():
        raise _BadRowError("empty-record", f"The body of row {number} holds no text.")
    return text


def _post(values: dict[str, str], key: int, parent: int | None, text: str, number: int, dump: Dump) -> Post:
    return Post(
        _KINDS.get(values.get("PostTypeId", ""), "document"),
        text,
        f"row {number}",
        key=str(key),
        thread_key=str(parent or key),
        parent_key=str(parent) if parent else "",
        title=resolve(values["Title"]).strip() or None if "Title" in values else None,
        author=_author(values, "Owner", dump),
        created_at=iso_date(values.get("CreationDate")),
        tags=";".join(_TAG.findall(resolve(values.get("Tags", "")))),
        score=_number(values.get("Score")),
    )


def _author(values: dict[str, str], prefix: str, dump: Dump) -> str | None:
    user = _number(values.get("UserId" if prefix == "User" else "OwnerUserId"))
    name = dump.names.get(user) if user is not None else ""
    return name or resolve(values.get(f"{prefix}DisplayName", "")) or None


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and _DIGITS.fullmatch(value) else None


def _refusal(row: Row, error: _BadRowError, encoding: Encoding) -> Refusal:
    return refuse(f"row {row.number}", error.reason, f"row {row.number}: {error.detail}", encoding.encode(row.raw))
