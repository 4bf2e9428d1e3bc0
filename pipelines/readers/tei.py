"""TEI XML: the text of an edition, with the names that it marks up as hints.

Belongs here: paragraphs, headings, verse, notes of `text`; title, author, date of the header; `persName` and its like.
Not here: other XML.

Entities are never expanded and nothing external is read: a file that declares or uses its own is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from pipelines.readers.cut import LONGEST
from pipelines.readers.dates import iso_date
from pipelines.readers.records import Hint, Post

NAMESPACE_ROOTS = ("TEI", "TEI.2", "teiCorpus", "teiCorpus.2")

_NAMES = {
    "persName": "person", "placeName": "place", "geogName": "place", "country": "place", "region": "place",
    "settlement": "place", "orgName": "organisation", "name": "", "rs": "",
}  # fmt: skip
# What `type` says of a `name` or `rs` (a phrase that stands for one, a name only if a reference tells whose).
_TYPES = {
    "person": "person", "pers": "person", "place": "place", "geog": "place", "org": "organisation",
    "organisation": "organisation", "organization": "organisation", "event": "event",
}  # fmt: skip
_BLOCKS = frozenset(
    {"p", "head", "ab", "l", "item", "note", "quote", "cit", "div", "lg", "list", "sp", "speaker", "stage", "opener"}
    | {"closer", "dateline", "salute", "signed", "byline", "titlePart", "docAuthor", "trailer", "row", "argument"}
    | {"epigraph", "postscript", "label", "table", "floatingText", "div1", "div2", "div3", "front", "body", "back"}
)
_LINES = frozenset({"l", "item", "row", "label"})
_BREAKS = frozenset({"lb", "pb", "cb", "gb"})
_SKIPPED = frozenset(
    {"teiHeader", "figDesc", "fw", "del", "sic", "orig", "abbr", "standOff", "facsimile", "sourceDoc", "xenoData"}
)
_IF_BESIDE = {"sic": "corr", "orig": "reg", "abbr": "expan"}
_SPACE = re.compile(r"[ \t\r\n]+")
_FOREIGN_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)|<!ENTITY")


class BadMarkupError(Exception):
    """XML that is not well-formed, or uses entities of its own."""


def uses_entities(blocks: Iterable[bytes]) -> bool:
    """Whether the file declares entities, or refers to any but XML's own five."""
    before = b""
    for block in blocks:
        if _FOREIGN_ENTITY.search(before + block):
            return True
        before = block[-8:]
    return False


def read_tei(blocks: Iterable[bytes]) -> Iterator[Post]:
    """The text as one post, or, where it is long, as several that end at divisions.

    Raises:
        BadMarkupError: The XML is malformed.
    """
    target = _Target()
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    number = 0
    try:
        for block in blocks:
            parser.feed(block)
            for post in target.take():
                number += 1
                yield post
        parser.close()
    except etree.XMLSyntaxError as error:
        raise BadMarkupError(str(error)) from error
    yield from target.take()


class _Target:
    """Collects text, hints and the header as the parser goes."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._skip = 0
        self._out: list[str] = []
        self._size = 0
        self._break = 0
        self._hints: list[Hint] = []
        self._open: list[tuple[int, str, str]] = []
        self._ready: list[tuple[str, tuple[Hint, ...], str | None]] = []
        self._head: str | None = None
        self._head_start = -1
        self._header: dict[str, str] = {}
        self._field: list[str] = []
        self._number = 0
        self._choice: list[str] = []

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        """An element opens."""
        name = str(tag).rpartition("}")[2]
        given = {str(key): str(value) for key, value in attrib.items()}
        self._path.append(name)
        if "teiHeader" in self._path:
            self._field = [] if name in ("title", "author", "date") else self._field
            if (
                name == "date"
                and "when" in attrib
                and "date" not in self._header
                and "publicationStmt" not in self._path
            ):
                self._header["date"] = given["when"]
            return
        in_choice = len(self._path) > 1 and self._path[-2] == "choice"
        if self._skip or (name in _SKIPPED and (name not in _IF_BESIDE or in_choice)) or "text" not in self._path:
            self._skip += bool(self._skip) or name in _SKIPPED
            return
        if name in _BLOCKS:
            self._break = max(self._break, 1 if name in _LINES else 2)
        elif name in _BREAKS and given.get("break") != "no":
            self._write(" ")
        if name in _NAMES:
            kind = _NAMES[name] or _TYPES.get(given.get("type", ""), "")
            self._open.append((-1, kind, given.get("ref") or given.get("key") or ""))
        if name == "head" and self._head is None:
            self._head_start = len(self._out)

    def end(self, tag: str | bytes) -> None:  # noqa: ARG002  the path knows it
        """An element closes."""
        name = self._path.pop() if self._path else ""
        if "teiHeader" in self._path:
            self._take_field(name)
            return
        if self._skip:
            self._skip -= 1
            return
        if name in _NAMES and self._open:
            start, kind, ref = self._open.pop()
            if start >= 0 and self._size > start and (ref or name != "rs"):
                self._hints.append(Hint(start, self._size, kind, ref))
        if name in _BLOCKS:
            self._break = max(self._break, 1 if name in _LINES else 2)
        if name == "head" and self._head is None and self._head_start >= 0:
            self._head = " ".join("".join(self._out[self._head_start :]).split()) or None
        if (
            (name.startswith("div") and self._size > LONGEST // 4)
            or (name == "p" and self._size > LONGEST)
            or name == "text"
        ):
            self._finish()

    def comment(self, text: str | bytes) -> None:
        """Comments are no text."""

    def data(self, data: str | bytes) -> None:
        """Text between tags."""
        data = str(data)
        if "teiHeader" in self._path:
            self._field.append(data)
        elif not self._skip and "text" in self._path:
            self._write(data)

    def close(self) -> None:
        """The document ends."""
        self._finish()

    def take(self) -> Iterator[Post]:
        """The posts that are complete."""
        ready, self._ready = self._ready, []
        for text, hints, head in ready:
            self._number += 1
            title = self._header.get("title") if self._number == 1 else head
            yield Post(
                "document",
                text,
                f"part {self._number}",
                key=str(self._number),
                title=title or head,
                author=self._header.get("author"),
                created_at=iso_date(self._header.get("date")),
                hints=hints,
            )

    def _take_field(self, name: str) -> None:
        if name in ("title", "author", "date") and "fileDesc" in self._path:
            value = " ".join("".join(self._field).split())
            if value and (name != "date" or iso_date(value)):
                self._header.setdefault(name, value)
            self._field = []

    def _write(self, data: str) -> None:
        text = _SPACE.sub(" ", data)
        ends_space = not self._out or self._break or self._out[-1].endswith((" ", "\n"))
        text = text.lstrip(" ") if ends_space else text
        if not text:
            return
        if self._break and self._out:
            last = self._out[-1].rstrip(" ")
            self._size -= len(self._out[-1]) - len(last)
            self._out[-1] = last
            self._add("\n" * self._break)
        self._break = 0
        opening = len(text) - len(text.lstrip(" "))
        self._open = [(self._size + opening if start < 0 else start, kind, ref) for start, kind, ref in self._open]
        self._add(text)

    def _add(self, text: str) -> None:
        self._out.append(text)
        self._size += len(text)

    def _finish(self) -> None:
        text = "".join(self._out)
        stripped = text.strip(" \n")
        lead = len(text) - len(text.lstrip(" \n"))
        size = len(stripped)
        hints = tuple(
            replace(hint, start=max(hint.start - lead, 0), end=min(hint.end - lead, size))
            for hint in sorted(self._hints, key=lambda hint: (hint.start, hint.end))
            if hint.start - lead < size and hint.end > lead
        )
        if stripped:
            self._ready.append((stripped, hints, self._head))
        self._out, self._size, self._hints, self._break = [], 0, [], 0
        self._head, self._head_start = None, -1
        self._open = [(-1, kind, ref) for _, kind, ref in self._open]
