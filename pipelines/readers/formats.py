"""Which reader reads a file.

Belongs here: recognising a format by content first, then by name; handing over to its module.
Not here: archives, the reading itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from pipelines.readers import books, json_records, page, pdf, prose, stackexchange, tables, tei
from pipelines.readers.compressed import SUFFIXES, BombError, DamagedError
from pipelines.readers.cut import has_damage
from pipelines.readers.encoding import Encoding, declared_in, detect
from pipelines.readers.ids import NameOf, NumberOf
from pipelines.readers.markdown import read_markdown
from pipelines.readers.neighbours import SETTINGS, Neighbours
from pipelines.readers.records import Record, Refusal, refuse
from pipelines.readers.settings import Settings, SettingsError, parse_settings
from pipelines.readers.source import Source, Survey, blocks, survey

_UNSUPPORTED = (
    (b"{\\rtf", "RTF: save it as DOCX"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file: save it as DOCX"),
    (b"Rar!\x1a\x07", "RAR: pack it as zip"),
    (b"AT&TFORM", "DjVu: convert it to PDF with a text layer"),
    (b"%!PS", "PostScript: convert it to PDF"),
    (b"\x1f\x9d", "compress: pack it with gzip"),
    (b"PAR1", "Parquet: write it as CSV or JSON Lines"),
)
_TAR = (257, b"ustar")
_HEAD_CHARACTERS = 1 << 16
_LONGEST_MARKER = 200
_XML_ROOT = re.compile(
    r"\A\ufeff?(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>)*+<(?:[\w.-]+:)?([A-Za-z][\w.-]*)",
    re.DOTALL,
)
_HTML = re.compile(
    r"\A\ufeff?(?:\s++|<\?xml.*?\?>|<!--.*?-->)*+<(?:!DOCTYPE\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True)
class _Text:
    """A file that is text in a known encoding, with all that its reader may want."""

    file: BinaryIO
    encoding: Encoding
    source: Source
    neighbours: Neighbours
    settings: Settings

    def parts(self) -> Iterable[str]:
        """The text from its start, in pieces."""
        return self.encoding.decode(blocks(self.file))


def is_zipped_document(file: BinaryIO) -> bool:
    """Whether a zip is a document (EPUB, DOCX and the like), not an archive of seeds."""
    return bool(books.kind_of_zip(file))


def read(file: BinaryIO, seen: Survey, source: Source, neighbours: Neighbours) -> Iterator[Record]:
    """The records of a file whose bytes were surveyed; sets the source's format and encoding."""
    if seen.is_blank:
        yield source.refuse("empty-file", "The file holds no text.")
    elif b"%PDF-" in seen.head[:1024]:
        source.format = "pdf"
        yield from _guarded(source, pdf.read_pdf(file))
    elif seen.head.startswith(b"PK\x03\x04"):
        yield from _read_zipped(file, source)
    elif what := _unsupported(seen.head):
        yield source.refuse("unsupported-format", f"It is {what}.")
    else:
        yield from _read_text(file, seen, source, neighbours)


def _unsupported(head: bytes) -> str:
    if head[_TAR[0] :].startswith(_TAR[1]):
        return "a tar archive: pack its files as zip or 7z"
    return next((what for magic, what in _UNSUPPORTED if head.startswith(magic)), "")


def _read_zipped(file: BinaryIO, source: Source) -> Iterator[Record]:
    kind = books.kind_of_zip(file)
    if kind not in ("epub", "docx"):
        yield source.refuse("unsupported-format", "It is an office document of another kind: save it as DOCX.")
        return
    source.format = kind
    yield from _guarded(source, books.read_epub(file) if kind == "epub" else books.read_docx(file))


def _guarded(source: Source, records: Iterator[Record]) -> Iterator[Record]:
    """The records of a document; its refusal where it is damaged, of what is left where some of it was read."""
    done = 0
    try:
        for record in records:
            done += 1
            yield record
    except (books.BadBookError, pdf.BadPdfError) as error:
        yield _rest(source, done, error.reason, error.detail)
    except tei.BadMarkupError as error:
        yield _rest(source, done, "bad-markup", f"It is no well-formed XML: {error}.")
    except books.ERRORS as error:
        yield _rest(source, done, "damaged-file", f"It cannot be read to its end: {error or type(error).__name__}.")
    else:
        if not done:
            yield source.refuse("empty-record", "The document holds no text.")


def _rest(source: Source, done: int, reason: str, detail: str) -> Record:
    if not done:
        return source.refuse(reason, detail)
    return refuse(f"after part {done}", reason, f"{detail} The payload is the file's first bytes.", source.head)


def _read_text(file: BinaryIO, seen: Survey, source: Source, neighbours: Neighbours) -> Iterator[Record]:
    if posixpath.basename(source.path.replace("!", "/")) == SETTINGS:
        yield from _read_settings(file, source)
        return
    settings = _settings(neighbours)
    encoding = detect(seen, lambda: blocks(file), settings.encoding or declared_in(seen.head))
    if encoding is None:
        is_binary = seen.n_nul or seen.n_controls
        reason = "binary-file" if is_binary else "undecodable-file"
        yield source.refuse(reason, "No text encoding fits its bytes; convert the file to UTF-8.")
        return
    source.encoding = encoding.name
    text = _Text(file, encoding, source, neighbours, settings)
    try:
        yield from _not_only_damage(_dispatch(text), source)
    except UnicodeDecodeError as error:
        yield source.refuse("undecodable-file", f"It is no sound {encoding.name}: {error.reason}. Convert it to UTF-8.")


def _not_only_damage(records: Iterator[Record], source: Source) -> Iterator[Record]:
    """The records; the refusal of the whole file where it has none, or nothing but one that cannot be decoded."""
    first = next(records, None)
    if first is None:
        if source.format != "stackexchange":
            yield source.refuse("empty-file", "The file holds no records.")
        return
    second = next(records, None)
    if second is None and isinstance(first, Refusal) and first.reason == "undecodable-record" and not source.refused:
        yield source.refuse("undecodable-file", f"It is no sound {source.encoding}; convert it to UTF-8.")
        return
    yield first
    if second is not None:
        yield second
        yield from records


def _dispatch(text: _Text) -> Iterator[Record]:
    source = text.source
    head = _head(text)
    extension = _extension(source.path)
    if head.lstrip("\ufeff \t\r\n").startswith("<"):
        found = _markup_format(head, extension)
        if found:
            yield from _read_markup(text, found)
            return
    if found := _json_format(head, extension):
        source.format = found
        read_json = json_records.read_json_lines if found == "jsonl" else json_records.read_json
        yield from read_json(text.parts, text.encoding, text.settings)
    elif extension in ("csv", "tsv", "tab") and not prose.has_marker(head.lstrip()[:_LONGEST_MARKER]):
        delimiter = text.settings.delimiter or ("\t" if extension != "csv" else tables.sniff(head))
        source.format = "tsv" if delimiter == "\t" else "csv"
        yield from tables.read_table(text.parts, text.encoding, text.settings, delimiter)
    elif any(prose.has_marker(part) for part in text.parts()):
        source.format = "upvote-thread"
        yield from prose.read_thread(text.parts(), text.encoding)
    elif extension in ("md", "markdown", "mkd"):
        source.format = "markdown"
        yield from read_markdown(text.parts(), text.encoding)
    else:
        source.format = "text"
        yield from prose.read_plain(text.parts(), text.encoding)


def _head(text: _Text) -> str:
    """The first characters, up to a line's end where there is one."""
    head = next(iter(text.parts()), "")
    return head[:_HEAD_CHARACTERS]


def _extension(path: str) -> str:
    name = posixpath.basename(path.replace("!", "/")).lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name.rpartition(".")[2] if "." in name else ""


def _markup_format(head: str, extension: str) -> str:
    if match := stackexchange.ROOT.match(head):
        table = match[1].lower()
        if table in stackexchange.TEXT_TABLES or table in stackexchange.OTHER_TABLES:
            return f"stackexchange {table}"
    if _HTML.match(head):
        return "html"
    root = _XML_ROOT.match(head)
    if root and root[1] in tei.NAMESPACE_ROOTS:
        return "tei"
    if extension in ("html", "htm", "xhtml"):
        return "html"
    return "xml" if extension == "xml" or head.lstrip("\ufeff \t\r\n").startswith("<?xml") else ""


def _json_format(head: str, extension: str) -> str:
    start = head.lstrip("\ufeff \t\r\n")
    first = start.partition("\n")[0].strip()
    if not start.startswith(("{", "[")):
        is_thread = prose.has_marker(start[:_LONGEST_MARKER])
        return "" if is_thread else {"jsonl": "jsonl", "ndjson": "jsonl", "json": "json"}.get(extension, "")
    if extension in ("jsonl", "ndjson") and _is_one_list(start, first):
        return "json"
    if extension in ("jsonl", "ndjson") or (start[0] == "{" and extension == "json" and _has_lines(start)):
        return "jsonl"
    if extension == "json":
        return "json"
    return "jsonl" if json_records.is_json_object(first) else ""


def _is_one_list(start: str, first: str) -> bool:
    """Whether a file that is called JSON Lines is one JSON list, whose lines are no values of their own."""
    return first in ("[", "[{") or (first.startswith("[") and start.strip() == first)


def _has_lines(start: str) -> bool:
    """Whether a text holds a JSON object on its first line and another on its next."""
    first, _, rest = start.partition("\n")
    return bool(rest.strip()) and rest.lstrip().startswith("{") and json_records.is_json_object(first)


def _read_markup(text: _Text, found: str) -> Iterator[Record]:
    source = text.source
    if found == "xml":
        detail = "It is XML of a kind that is not known here (TEI and Stack Exchange are)."
        yield source.refuse("unsupported-format", detail)
    elif found == "html":
        source.format = "html"
        yield from _read_html(text)
    elif found == "tei":
        source.format = "tei"
        if tei.uses_entities(blocks(text.file)):
            yield source.refuse("bad-markup", "It uses entities of its own, which are never expanded.")
            return
        yield from _guarded(source, tei.read_tei(blocks(text.file)))
    else:
        source.format = "stackexchange"
        yield from _read_dump(text, found.split()[1])


def _read_html(text: _Text) -> Iterator[Record]:
    if text.source.size_bytes > 4 * page.LONGEST_PAGE:
        yield text.source.refuse("unsupported-format", "A page of this size is a data file: give it as JSON Lines.")
        return
    html = "".join(text.parts())
    if has_damage(html):
        yield text.source.refuse("undecodable-record", f"It holds bytes that are no {text.encoding.name}.")
        return
    post = page.read_page(html, "page")
    yield post or text.source.refuse("empty-record", "The page holds no text.")


def _read_dump(text: _Text, table: str) -> Iterator[Record]:
    dump = stackexchange.Dump(names=_names(text.neighbours))
    if table == "posts":
        prescan = partial(_threads_of, text)
        yield from stackexchange.read_posts(text.parts(), text.encoding, dump, prescan)
    elif table == "comments":
        dump.posts_path = text.neighbours.find("Posts.xml")
        dump.threads = _threads(text.neighbours, dump.posts_path)
        yield from stackexchange.read_comments(text.parts(), text.encoding, dump)
    elif table != "users":
        detail = f"The dump's table {table} holds no posts or comments; it need not lie among the seeds."
        yield text.source.refuse("no-text-table", detail)


def _threads_of(text: _Text) -> NumberOf:
    place = text.file.tell()
    threads = stackexchange.read_threads(text.parts())
    text.file.seek(place)
    return threads


def _names(neighbours: Neighbours) -> NameOf:
    """Users' names, none where there is no table of users or it cannot be read."""
    parts = _companion(neighbours, neighbours.find("Users.xml"), stackexchange.read_names)
    return parts if isinstance(parts, NameOf) else NameOf()


def _threads(neighbours: Neighbours, path: str) -> NumberOf:
    threads = _companion(neighbours, path, stackexchange.read_threads)
    return threads if isinstance(threads, NumberOf) else NumberOf()


def _companion(neighbours: Neighbours, path: str, read_parts: object) -> object:
    if not path or not callable(read_parts):
        return None
    try:
        with neighbours.open(path) as file:
            seen = survey(file)
            encoding = detect(seen, lambda: blocks(file), declared_in(seen.head))
            return read_parts(encoding.decode(blocks(file))) if encoding else None
    except (DamagedError, BombError, UnicodeDecodeError, PermissionError):
        return None


def _settings(neighbours: Neighbours) -> Settings:
    """The settings that hold for a file; the usual ones where those given are faulty (they are refused as a source)."""
    path = neighbours.settings()
    if not path:
        return Settings()
    try:
        with neighbours.open(path) as file:
            file.seek(0)
            return parse_settings(file.read(1 << 20).decode("utf-8-sig"))
    except (SettingsError, UnicodeDecodeError, DamagedError, BombError, PermissionError):
        return Settings()


def _read_settings(file: BinaryIO, source: Source) -> Iterator[Record]:
    source.format = "settings"
    file.seek(0)
    try:
        parse_settings(file.read(1 << 20).decode("utf-8-sig"))
        source.encoding = "utf-8"
    except UnicodeDecodeError:
        yield source.refuse("bad-settings", "It is no UTF-8.")
    except SettingsError as error:
        yield source.refuse("bad-settings", str(error))
