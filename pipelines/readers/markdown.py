"""Markdown to text: documents, and the inline marks of comments.

Belongs here: front matter, headings as titles, links and emphasis resolved.
Not here: plain text, threads, the layout of blocks (`markup`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt

from pipelines.readers.cut import Piece
from pipelines.readers.dates import iso_date
from pipelines.readers.encoding import Encoding
from pipelines.readers.markup import fragment_text
from pipelines.readers.prose import stretches
from pipelines.readers.records import Post, Record, refuse

_FRONT = re.compile(
    r"\A---[ \t]*\r?\n((?:[A-Za-z_][\w -]*:.*\r?\n|[ \t#-].*\r?\n|\r?\n)*?)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)"
)
_FIELD = re.compile(r"^([A-Za-z_][\w -]*):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_ITEMS = re.compile(r"^([A-Za-z_][\w -]*):[ \t]*\r?\n((?:[ \t]*-[ \t].*\r?\n)+)", re.MULTILINE)
_MARKS = re.compile(r"[\[*_`\\]")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:<[^<>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*_\\])(\*\*|__|\*|_)(?=[^\s*_])([^*_]*(?:_[^*_]+)*?[^\s*_])\1(?![\w*_])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!-])")


def inline_text(text: str) -> str:
    """A line or two of Markdown without links' addresses, emphasis, code marks and escapes."""
    if not _MARKS.search(text):
        return text
    parts = _CODE.split(text)  # text, ticks, code, text, ticks, code, ..., text
    for number in range(0, len(parts), 3):
        part = _LINK.sub(r"\1", parts[number])
        part = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", part))
        parts[number] = _ESCAPE.sub(r"\1", part)
    return "".join(part for number, part in enumerate(parts) if number % 3 != 1)


def read_markdown(parts: Iterable[str], encoding: Encoding) -> Iterator[Record]:
    """The document as one post, or as several where it is too long for one."""
    front: dict[str, str] = {}

    def record(piece: Piece, number: int) -> Record:
        body = piece.text
        if number == 1 and (match := _FRONT.match(body)):
            front.update(_fields(match[1]))
            body = body[match.end() :]
        text, heading = _render(body)
        if not text:
            return refuse(piece.locator, "empty-record", "The markup holds no text.", encoding.encode(piece.text))
        title = (front.get("title") if number == 1 else None) or heading
        return _post(text, piece.locator, number, title, front)

    return stretches(parts, encoding, record)


def _post(text: str, locator: str, number: int, title: str | None, front: dict[str, str]) -> Post:
    tags = (tag.strip(" \"'") for tag in front.get("tags", "").strip("[]").split(","))
    return Post(
        "document",
        text,
        locator,
        key=str(number),
        title=title,
        author=front.get("author") or None,
        created_at=iso_date(front.get("date", "")),
        tags=";".join(filter(None, tags)),
        url=front.get("url") or None,
    )


def _fields(front: str) -> dict[str, str]:
    """The fields of front matter; a list's items with commas between them."""
    fields = {key.lower(): _unquoted(value) for key, value in _FIELD.findall(front)}
    for key, items in _ITEMS.findall(front):
        fields[key.lower()] = ",".join(item.strip(" \t-\r") for item in items.splitlines())
    return fields


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _render(text: str) -> tuple[str, str | None]:
    """The text of Markdown, and its first heading."""
    parser = _parser()
    tokens = parser.parse(text)
    heading = None
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = fragment_text(parser.renderer.render([tokens[number + 1]], parser.options, {})) or None
            break
    return fragment_text(parser.renderer.render(tokens, parser.options, {})), heading
