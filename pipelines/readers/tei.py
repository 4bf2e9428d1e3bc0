"""TEI XML: the text of an edition, with the names that it marks up as hints.

Belongs here: paragraphs, headings, verse, notes of `text`; title, author, date of the header; `persName` and its like.
Not here: other XML; which entity a reference means (`pipelines.names.marked`).

A note within a paragraph comes behind it, so that its sentence stays whole. Of a `choice` the corrected, regular or
full form is taken, of an `app` the first reading.

Entities are never expanded and nothing external is read: a file that declares or uses its own is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

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
_RUNNING = frozenset({"p", "head", "ab", "l", "item", "speaker", "opener", "closer", "titlePart", "label", "cell"})
"""What a note within would break in two."""
_LINES = frozenset({"l", "item", "row", "label"})
_BREAKS = frozenset({"lb", "pb", "cb", "gb"})
_SKIPPED = frozenset(
    {"teiHeader", "figDesc", "fw", "del", "sic", "orig", "abbr", "standOff", "facsimile", "sourceDoc", "xenoData"}
    | {"wit"}
)
_IF_BESIDE = {"sic": "corr", "orig": "reg", "abbr": "expan"}
_READINGS = frozenset({"lem", "rdg"})
_DOCUMENTS = frozenset({"TEI", "TEI.2"})
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


@dataclass
class _Text:
    """Text as it grows and the names in it; `gap` is how many line ends come before what is written next."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    gap: int = 0
    hints: list[Hint] = field(default_factory=list)
    open: list[tuple[int, str, str, bool]] = field(default_factory=list)

    def write(self, data: str) -> None:
        """Add running text: white space becomes one space, none at a line's start."""
        text = _SPACE.sub(" ", data)
        ends_space = not self.parts or self.gap or self.parts[-1].endswith((" ", "\n"))
        text = text.lstrip(" ") if ends_space else text
        if not text:
            return
        self._close_lines()
        opening = self.size + len(text) - len(text.lstrip(" "))
        self.open = [(opening if start < 0 else start, *rest) for start, *rest in self.open]  # type: ignore[misc]
        self._add(text)

    def append(self, other: _Text) -> None:
        """Add another text with its names as a block of its own."""
        text, hints = other.finished()
        if text:
            self.gap = 2
            self._close_lines()
            self.hints += (replace(hint, start=hint.start + self.size, end=hint.end + self.size) for hint in hints)
            self._add(text)
            self.gap = 2

    def close_name(self) -> None:
        """The innermost name ends here; what holds no text is none, nor is a phrase (`rs`) without a reference."""
        start, kind, ref, is_phrase = self.open.pop()
        if start >= 0 and self.size > start and (ref or not is_phrase):
            self.hints.append(Hint(start, self.size, kind, ref))

    def finished(self) -> tuple[str, tuple[Hint, ...]]:
        """The text without outer white space, and its names in order."""
        text = "".join(self.parts)
        stripped = text.strip(" \n")
        lead, size = len(text) - len(text.lstrip(" \n")), len(stripped)
        hints = tuple(
            replace(hint, start=max(hint.start - lead, 0), end=min(hint.end - lead, size))
            for hint in sorted(self.hints, key=lambda hint: (hint.start, hint.end))
            if hint.start - lead < size and hint.end > lead
        )
        return stripped, hints

    def _close_lines(self) -> None:
        if self.gap and self.parts:
            last = self.parts[-1].rstrip(" ")
            self.size -= len(self.parts[-1]) - len(last)
            self.parts[-1] = last
            self._add("\n" * self.gap)
        self.gap = 0

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)


class _Header:
    """Title, author and date of one document: those of the work before those of its edition."""

    def __init__(self, of_corpus: dict[str, str] | None = None) -> None:
        self.fields = dict(of_corpus or {})
        self._ranks: dict[str, int] = {}
        self._parts: list[str] = []
        self._when = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element of the header opens."""
        if name in ("title", "author", "date", "creation"):
            self._parts = []
            self._when = given.get("when", "") if name in ("date", "creation") else ""

    def data(self, data: str) -> None:
        """Text in the header."""
        self._parts.append(data)

    def end(self, name: str, path: list[str]) -> None:
        """An element of the header closes; `path` is what it lies in."""
        value = self._when or " ".join("".join(self._parts).split())
        if name in ("title", "author") and "fileDesc" in path:
            self._take(name, value, 0)
        elif name in ("date", "creation") and iso_date(value):
            if "profileDesc" in path and (name == "creation" or "creation" in path):
                self._take("date", value, 0)
            elif "fileDesc" in path:
                self._take("date", value, 1 if "sourceDesc" in path else 2)
        else:
            return
        self._parts, self._when = [], ""

    def _take(self, name: str, value: str, rank: int) -> None:
        """Keep a value where none of at least its rank came before."""
        if value and rank < self._ranks.get(name, 9):
            self.fields[name], self._ranks[name] = value, rank


class _Target:
    """Collects text, hints and the header as the parser goes."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._skip = 0
        self._text = _Text()
        self._outer: list[tuple[int, _Text]] = []  # texts that a note interrupts, with the note's depth
        self._notes: list[_Text] = []
        self._readings: list[bool] = []  # of each open `app` whether a reading was taken
        self._corpus: dict[str, str] = {}
        self._header = _Header()
        self._ready: list[Post] = []
        self._head: str | None = None
        self._head_start = -1
        self._number = 0
        self._is_first = True

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        """An element opens."""
        name = str(tag).rpartition("}")[2]
        given = {str(key): str(value) for key, value in attrib.items()}
        self._path.append(name)
        if name in _DOCUMENTS:
            self._header, self._is_first = _Header(self._corpus), True
        elif "teiHeader" in self._path:
            self._header.start(name, given)
        elif self._skip or self._is_skipped(name) or "text" not in self._path:
            self._skip += bool(self._skip) or "text" in self._path or name in _SKIPPED
        else:
            self._open(name, given)

    def end(self, tag: str | bytes) -> None:  # noqa: ARG002  the path knows it
        """An element closes."""
        name = self._path.pop() if self._path else ""
        if "teiHeader" in self._path:
            self._header.end(name, self._path)
        elif name == "teiHeader" and self._path and self._path[-1] not in _DOCUMENTS:
            self._corpus = self._header.fields
        elif self._skip:
            self._skip -= 1
        elif "text" in self._path or name == "text":
            self._close(name)

    def comment(self, text: str | bytes) -> None:
        """Comments are no text."""

    def data(self, data: str | bytes) -> None:
        """Text between tags."""
        if "teiHeader" in self._path:
            self._header.data(str(data))
        elif not self._skip and "text" in self._path:
            self._text.write(str(data))

    def close(self) -> None:
        """The document ends."""
        self._finish()

    def take(self) -> Iterator[Post]:
        """The posts that are complete."""
        ready, self._ready = self._ready, []
        yield from ready

    def _is_skipped(self, name: str) -> bool:
        """Whether an element holds nothing of the text that is read; remembers which readings were taken."""
        if name in _READINGS and self._readings:
            is_second, self._readings[-1] = self._readings[-1], True
            return is_second
        in_choice = len(self._path) > 1 and self._path[-2] == "choice"
        return name in _SKIPPED and (name not in _IF_BESIDE or in_choice)

    def _open(self, name: str, given: dict[str, str]) -> None:
        """An element of the text opens."""
        if name == "app":
            self._readings.append(False)
        elif name == "note" and _RUNNING.intersection(self._path):
            self._outer.append((len(self._path), self._text))
            self._text = _Text()
        elif name in _BLOCKS:
            self._text.gap = max(self._text.gap, 1 if name in _LINES else 2)
        elif name in _BREAKS and given.get("break") != "no":
            self._text.write(" ")
        elif name in _NAMES:
            kind = _NAMES[name] or _TYPES.get(given.get("type", ""), "")
            ref = " ".join(filter(None, (given.get("ref"), given.get("key"))))
            self._text.open.append((-1, kind, ref, name == "rs"))
        if name == "head" and self._head is None and not self._outer:
            self._head_start = len(self._text.parts)

    def _close(self, name: str) -> None:
        """An element of the text closes."""
        if name == "app" and self._readings:
            self._readings.pop()
        elif name in _NAMES and self._text.open:
            self._text.close_name()
        if self._outer:
            self._close_in_note(name)
        elif name in _BLOCKS or name == "text":
            self._close_block(name)

    def _close_in_note(self, name: str) -> None:
        depth, outer = self._outer[-1]
        if len(self._path) + 1 == depth:
            self._notes.append(self._text)
            self._text = outer
            self._outer.pop()
        elif name in _BLOCKS:
            self._text.gap = max(self._text.gap, 1 if name in _LINES else 2)

    def _close_block(self, name: str) -> None:
        text = self._text
        if name == "head" and self._head is None and self._head_start >= 0:
            self._head = " ".join("".join(text.parts[self._head_start :]).split()) or None
        text.gap = max(text.gap, 1 if name in _LINES else 2)
        if self._notes and not _RUNNING.intersection(self._path):
            for note in self._notes:
                text.append(note)
            self._notes = []
        is_long = text.size > (LONGEST if name == "p" else LONGEST // 4)
        if name == "text" or (is_long and (name == "p" or name.startswith("div"))):
            self._finish()

    def _finish(self) -> None:
        """A post of the text so far; names that are open go on in the next."""
        for note in self._notes:
            self._text.append(note)
        text, hints = self._text.finished()
        header = self._header.fields
        if text:
            self._number += 1
            self._ready.append(
                Post(
                    "document",
                    text,
                    f"part {self._number}",
                    key=str(self._number),
                    title=(header.get("title") if self._is_first else None) or self._head,
                    author=header.get("author"),
                    created_at=iso_date(header.get("date")),
                    hints=hints,
                )
            )
            self._is_first = False
        self._text = _Text(open=[(-1, kind, ref, is_phrase) for _, kind, ref, is_phrase in self._text.open])
        self._notes, self._head, self._head_start = [], None, -1
