"""EPUB and DOCX: books and manuscripts in a zip of XML.

Belongs here: the order of a book's chapters, the paragraphs of a manuscript, title, author, date.
Not here: HTML to text (`markup`), zips of seeds (`archives`).
"""

from __future__ import annotations

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote

from lxml import etree

from pipelines.readers.cut import LONGEST, Piece, Place
from pipelines.readers.dates import iso_date
from pipelines.readers.markup import fragment_text
from pipelines.readers.records import Post

MAX_PART = 64 << 20
"""A part of a book that unpacks to more bytes is taken for a bomb."""
MAX_PARTS = 10_000

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BODY = re.compile(r"<body\b[^<>]*>(.*)</body\s*>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<h[1-3]\b[^<>]*>(.*?)</h[1-3]\s*>", re.DOTALL | re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)""")


class BadBookError(Exception):
    """A book that cannot be read: reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


ERRORS = (
    zipfile.BadZipFile,
    KeyError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    etree.LxmlError,
)
"""What a damaged book makes the libraries raise."""


def kind_of_zip(file: BinaryIO) -> str:
    """`epub`, `docx`, `other` for another office's document, or "" for a plain zip."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "META-INF/container.xml" in names:
                return "epub"
            if "[Content_Types].xml" in names:
                return "docx" if "word/document.xml" in names else "other"
            return "other" if {"content.xml", "META-INF/manifest.xml"} <= names else ""
    except ERRORS:
        return ""


def read_epub(file: BinaryIO) -> Iterator[Post]:
    """A post for each chapter of the spine that holds text.

    Raises:
        BadBookError: The book is damaged or encrypted.
    """
    with zipfile.ZipFile(file) as archive:
        if "META-INF/rights.xml" in archive.namelist():
            raise BadBookError("encrypted", "The book is protected; give it without its protection.")
        container = _xml(_part(archive, "META-INF/container.xml"))
        package_path = next((node.get("full-path") for node in container.iter("{*}rootfile")), None)
        if not package_path:
            raise BadBookError("bad-markup", "META-INF/container.xml names no package.")
        package = _xml(_part(archive, package_path))
        author = "; ".join(_texts(package, "creator")) or None
        date = next(filter(None, map(iso_date, _texts(package, "date"))), None)
        book = next(iter(_texts(package, "title")), None)
        number = 0
        chapters = _spine(package, posixpath.dirname(package_path))
        if _encrypted(archive).intersection(chapters):
            raise BadBookError("encrypted", "Chapters are encrypted; give the book without its protection.")
        for href in chapters:
            html = _html(_part(archive, href))
            text = _trimmed(fragment_text(_body(html)))
            if not text:
                continue
            number += 1
            heading = _HEADING.search(html)
            title = (fragment_text(heading[1]) if heading else "") or book
            yield Post("document", text, href, key=str(number), title=title, author=author, created_at=date)


def read_docx(file: BinaryIO) -> Iterator[Post]:
    """The manuscript as one post, or, where it is long, as several; footnotes come last.

    Raises:
        BadBookError: The file is damaged.
    """
    with zipfile.ZipFile(file) as archive:
        core = _xml(_part(archive, "docProps/core.xml") if "docProps/core.xml" in archive.namelist() else b"<none/>")
        title, author = (
            next(iter(_texts(core, name)), None) if core is not None else None for name in ("title", "creator")
        )
        date = next(filter(None, map(iso_date, _texts(core, "created"))), None) if core is not None else None
        parts = [
            name
            for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
            if name in archive.namelist()
        ]
        number = first = last = 0
        size, waiting = 0, list[str]()
        for paragraph in (text for name in parts for text in _paragraphs(archive, name)):
            last += 1
            if paragraph.strip():
                first = first or last
                waiting.append(paragraph)
                size += len(paragraph)
            if size > LONGEST:
                number += 1
                yield _docx_post(waiting, number, first, last, title, author, date)
                size, waiting, first = 0, [], 0
        if waiting:
            yield _docx_post(waiting, number + 1, first, last, title, author, date)


def _docx_post(
    paragraphs: list[str], number: int, first: int, last: int, title: str | None, author: str | None, date: str | None
) -> Post:
    text = _trimmed("\n\n".join(paragraphs))
    return Post(
        "document", text, f"paragraphs {first}-{last}", key=str(number), title=title, author=author, created_at=date
    )


def _paragraphs(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Each paragraph's text; deleted text of tracked changes, and drawings' second version, are left out."""
    if archive.getinfo(name).file_size > 8 * MAX_PART:
        raise BadBookError("archive-bomb", f"{name} unpacks to more than any text does.")
    with archive.open(name) as stream:
        for _, node in etree.iterparse(
            stream, tag=_WORD + "p", resolve_entities=False, no_network=True, load_dtd=False
        ):
            if next(node.iterancestors(_FALLBACK), None) is None:
                yield "".join(_runs(node))
            node.clear()
            while node.getprevious() is not None and node.getparent() is not None:
                del node.getparent()[0]


def _runs(paragraph: etree._Element) -> Iterator[str]:
    for node in paragraph.iter(_WORD + "t", _WORD + "tab", _WORD + "br", _WORD + "cr", _WORD + "noBreakHyphen"):
        if node.tag == _WORD + "t":
            yield node.text or ""
        else:
            yield {"tab": "\t", "noBreakHyphen": "\u2011"}.get(etree.QName(node).localname, "\n")


def _spine(package: etree._Element, folder: str) -> list[str]:
    """Paths of the chapters in reading order, each once."""
    hrefs = {
        str(item.get("id")): str(item.get("href"))
        for item in package.iter("{*}item")
        if "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split()
    }
    order = [str(item.get("idref")) for item in package.iter("{*}itemref")]
    paths = (
        posixpath.normpath(posixpath.join(folder, unquote(hrefs[key].partition("#")[0])))
        for key in order
        if key in hrefs
    )
    return list(dict.fromkeys(paths))[:MAX_PARTS]


def _encrypted(archive: zipfile.ZipFile) -> set[str]:
    """Paths of the parts that are encrypted (often it is fonts alone)."""
    name = "META-INF/encryption.xml"
    if name not in archive.namelist():
        return set()
    return {unquote(str(node.get("URI"))) for node in _xml(_part(archive, name)).iter("{*}CipherReference")}


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > MAX_PART:
        raise BadBookError("archive-bomb", f"{name} unpacks to more than any text does.")
    with archive.open(info) as stream:
        return stream.read(MAX_PART + 1)[:MAX_PART]


def _xml(data: bytes) -> etree._Element:
    return etree.fromstring(
        data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    )


def _html(data: bytes) -> str:
    declared = _DECLARED.match(data[:200].lstrip(b"\xef\xbb\xbf"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    name = declared[1].decode() if declared else "utf-8"
    try:
        return data.decode("utf-8-sig" if name.lower() == "utf-8" else name)
    except LookupError as error:
        raise ValueError(f"unknown encoding {name}") from error


def _body(html: str) -> str:
    match = _BODY.search(html)
    return match[1] if match else html


def _texts(tree: etree._Element, name: str) -> list[str]:
    texts = ("".join(str(part) for part in node.itertext()) for node in tree.iter(f"{{*}}{name}"))
    return [clean for text in texts if (clean := " ".join(text.split()))]


def _trimmed(text: str) -> str:
    return Piece(text, Place()).trimmed().text
