"""CSV and TSV: one row a record.

Belongs here: the delimiter, the header, quoted fields over several lines, ragged rows.
Not here: what the columns mean (`fields`).

A row that is not sound takes no other with it: it is refused with its exact text, line ends and all, and reading goes
on with the line after its first.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipelines.readers.cut import has_damage
from pipelines.readers.encoding import Encoding
from pipelines.readers.fields import BadRecordError, Reader
from pipelines.readers.lines import lines
from pipelines.readers.records import Record, refuse
from pipelines.readers.settings import Settings

DELIMITERS = (",", ";", "\t", "|")
LONGEST_ROW = 4 << 20
"""A row of more characters than this is taken for one whose quote is never closed."""
_LONGEST_AFTER_FAILURES = 1 << 14
_SEPARATOR_LINE = re.compile(r"\ufeff?\s*\"?sep=([,;\t|])\"?[ \t]*(?:[\r\n]|\Z)", re.IGNORECASE)  # for spreadsheets
_MANY_FAILURES = 20

csv.field_size_limit(min(sys.maxsize, 1 << 30))

Parts = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    line: int
    raw: str
    cells: list[str] | None


def sniff(head: str) -> str:
    """The delimiter of a table: as its first line says (`sep=;`), or the one that parts most rows alike."""
    if said := _SEPARATOR_LINE.match(head):
        return said[1]
    text = head[: head.rfind("\n") + 1] or head
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row.cells) for row in _rows([text], delimiter) if row.cells]
        if widths:
            width, count = Counter(widths).most_common(1)[0]
            score = count / len(widths) * (width - 1) / (width + 1)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def read_table(parts: Parts, encoding: Encoding, settings: Settings, delimiter: str) -> Iterator[Record]:
    """The posts of a table, a row each; the first row names the columns unless the settings say otherwise."""
    header: list[str] = []
    reader: Reader | None = None
    for row in _rows(parts(), delimiter):
        locator, where = f"row {row.number}", _where(row)
        try:
            cells = _sound(row)
            if not header:
                header = _header(cells, settings)
                reader = Reader(settings, lambda: _dicts(parts(), delimiter, settings))
                if settings.header:
                    reader.check_columns(header)
                    continue
            if reader is None or len(cells) != len(header):
                raise BadRecordError("ragged-row", f"It has {len(cells)} cells, the header {len(header)}.")
            yield from reader.posts(dict(zip(header, cells, strict=True)), row.number, locator)
        except BadRecordError as error:
            yield refuse(locator, error.reason, f"{where}: {error.detail}", encoding.encode(row.raw))


def _where(row: _Row) -> str:
    last = row.line + len(row.raw.rstrip("\r\n").splitlines()) - 1
    return f"Line {row.line}" if last <= row.line else f"Lines {row.line}-{last}"


def _sound(row: _Row) -> list[str]:
    if has_damage(row.raw):
        raise BadRecordError("undecodable-record", "It holds bytes that the file's encoding does not allow.")
    if row.cells is None:
        raise BadRecordError("bad-markup", "A quote in it is not closed, or text follows a closing quote.")
    return row.cells


def _header(cells: list[str], settings: Settings) -> list[str]:
    """Names of the columns, each once; without a header row they are 1, 2, 3, ..."""
    if not settings.header:
        return [str(number) for number in range(1, len(cells) + 1)]
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = cell.strip().lstrip("\ufeff") or f"column {number}"
        names.append(name if name not in names else f"{name} #{number}")
    return names


def _dicts(parts: Iterable[str], delimiter: str, settings: Settings) -> Iterator[dict[str, str]]:
    header: list[str] = []
    for row in _rows(parts, delimiter):
        if row.cells is None or has_damage(row.raw):
            continue
        if not header:
            header = _header(row.cells, settings)
            if settings.header:
                continue
        if len(row.cells) == len(header):
            yield dict(zip(header, row.cells, strict=True))


def _rows(parts: Iterable[str], delimiter: str) -> Iterator[_Row]:
    """Rows with their exact text; empty lines are layout. A row whose quotes are not sound is its first line alone."""
    source, waiting = lines(parts), deque[str]()
    number, line, failures, width = 0, 1, 0, 0
    while True:
        taken: list[str] = []
        limit = LONGEST_ROW if failures < _MANY_FAILURES else _LONGEST_AFTER_FAILURES
        cells = _cells(_feed(source, waiting, taken, limit), delimiter)
        if not taken:
            return
        is_layout = not number and _SEPARATOR_LINE.fullmatch(taken[0].rstrip("\r\n")) is not None
        width = width or (0 if is_layout else len(cells or ()))
        if cells is None or (len(taken) > 1 and len(cells) != width):
            cells = _literal(taken[0], delimiter, width)
            failures += 1
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
        raw = "".join(taken)
        if cells != [] and not is_layout:
            number += 1
            yield _Row(number, line, raw, cells)
        line += len(taken)


def _literal(line: str, delimiter: str, width: int) -> list[str] | None:
    """The cells of a line of TSV in which quotes are just characters, None for other tables."""
    cells = line.rstrip("\r\n").split(delimiter)
    return cells if delimiter == "\t" and len(cells) == width else None


def _feed(source: Iterator[str], waiting: deque[str], taken: list[str], limit: int) -> Iterator[str]:
    """Lines for one row, noted in `taken`; ends where the row grows beyond `limit`."""
    size = 0
    while size <= limit:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        taken.append(line)
        size += len(line)
        yield line.replace("\r", "\n") if line.endswith("\r") else line


def _cells(feed: Iterator[str], delimiter: str) -> list[str] | None:
    """The next row's cells, [] for an empty line or the end, None where its quotes are not sound."""
    try:
        return next(csv.reader(feed, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
