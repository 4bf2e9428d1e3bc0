"""JSON Lines and JSON: one object a record.

Belongs here: finding the records, strictly and in bounded memory.
Not here: what their fields mean (`fields`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pipelines.readers.cut import count_line_ends, has_damage
from pipelines.readers.encoding import Encoding
from pipelines.readers.fields import CHILDREN, NAMES, BadRecordError, Reader, plain_name, value_at
from pipelines.readers.lines import lines
from pipelines.readers.records import Record, refuse
from pipelines.readers.settings import Settings

MAX_OBJECT = 32 << 20
"""A JSON file that is one object, or one element of a list, may have this many characters."""

_STEP = 1 << 16
_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_VALUE_END = re.compile(r"[,\]\n]")
_DECODER = json.JSONDecoder()

Parts = Callable[[], Iterable[str]]


def read_json_lines(parts: Parts, encoding: Encoding, settings: Settings) -> Iterator[Record]:
    """The posts of a file with one JSON object a line; empty lines are layout."""
    reader = Reader(settings, lambda: (value for line in lines(parts()) if (value := _parsed(line)) is not None))
    number = 0
    for line_number, line in enumerate(lines(parts()), 1):
        if not line.strip():
            continue
        number += 1
        locator = f"L{line_number}"
        try:
            yield from reader.posts(_object(line), number, locator)
        except BadRecordError as error:
            yield refuse(
                locator, error.reason, f"Line {line_number}: {error.detail}", encoding.encode(line.rstrip("\r\n"))
            )


def read_json(parts: Parts, encoding: Encoding, settings: Settings) -> Iterator[Record]:
    """The posts of a file that is one JSON list of objects, or an object that holds such a list or is a record."""
    reader = Reader(settings, lambda: (value for _, _, value, _ in _values(parts(), settings) if value is not None))
    for number, (locator, raw, value, problem) in enumerate(_values(parts(), settings), 1):
        try:
            if problem:
                raise BadRecordError("bad-markup", problem)
            if has_damage(raw):
                raise BadRecordError("undecodable-record", "It holds bytes that the file's encoding does not allow.")
            yield from reader.posts(value, number, locator)
        except BadRecordError as error:
            yield refuse(locator, error.reason, f"{locator}: {error.detail}", encoding.encode(raw))


def is_json_object(line: str) -> bool:
    """Whether a line is one JSON object."""
    return isinstance(_parsed(line), dict)


def _parsed(line: str) -> Any:
    try:
        return _object(line)
    except BadRecordError:
        return None


def _object(line: str) -> Any:
    """The line's value.

    Raises:
        BadRecordError: The line is no JSON.
    """
    if has_damage(line):
        raise BadRecordError("undecodable-record", "It holds bytes that the file's encoding does not allow.")
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise BadRecordError("bad-markup", f"It is no JSON at column {error.colno}: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise BadRecordError("bad-markup", f"Its JSON cannot be read: {error}.") from error


Value = tuple[str, str, Any, str]  # locator, raw text, value, problem


def _values(parts: Iterable[str], settings: Settings) -> Iterator[Value]:
    """Each record with its place and text; a broken one has a problem instead of a value."""
    window = _Window(parts)
    window.skip_space()
    if window.peek() == "[":
        yield from _elements(window)
        return
    locator = window.locator()
    raw = window.rest(MAX_OBJECT)
    if len(raw) > MAX_OBJECT:
        yield locator, raw, None, "The file is one object of more than 32 MB; give it as a list or as JSON Lines."
        return
    try:
        value = _object(raw)
    except BadRecordError as error:
        yield locator, raw, None, error.detail
        return
    path = _records_path(value, settings)
    if path:
        yield from _elements(_Window([raw], *_list_place(raw, path)), is_whole=False)
    else:
        yield locator, raw, value, ""


def _records_path(value: Any, settings: Settings) -> tuple[str, ...]:
    """Keys that lead to the list of records in an object, the settings' or its only list's; () = it is a record."""
    path = tuple(settings.records.split(".")) if settings.records else _only_list(value)
    return path if path and isinstance(value, Mapping) and isinstance(value_at(value, path), list) else ()


def _list_place(raw: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Where the list at a path of keys starts in the text of a sound object: position and line."""
    at = _skip(raw, 0)
    for key in path:
        at, found = _skip(raw, at + 1), ""
        while True:
            found, at = _DECODER.raw_decode(raw, at)
            at = _skip(raw, _skip(raw, at) + 1)
            if found == key:
                break
            _, at = _DECODER.raw_decode(raw, at)
            at = _skip(raw, _skip(raw, at) + 1)
    return at, 1 + count_line_ends(raw[:at])


def _skip(raw: str, at: int) -> int:
    match = _SPACE.match(raw, at)
    return match.end() if match else at


def _only_list(value: Any) -> tuple[str, ...]:
    """The key of the only list of objects in an object that has no text itself."""
    if not isinstance(value, Mapping):
        return ()
    known = {name for field in ("text", "answer", "question") for name in NAMES[field]}
    if any(plain_name(key) in known and isinstance(one, str) for key, one in value.items()):
        return ()
    lists = [key for key, one in value.items() if isinstance(one, list) and one and isinstance(one[0], Mapping)]
    is_thread = len(lists) == 1 and plain_name(lists[0]) in CHILDREN and "title" in map(plain_name, value)
    return () if len(lists) != 1 or is_thread else (lists[0],)


class _Window:
    """The part of a text that is not yet read, with its line number."""

    def __init__(self, parts: Iterable[str], skip: int = 0, line: int = 1) -> None:
        self._parts = iter(parts)
        self.text, self.at = "", 0
        if skip:
            self.text = next(self._parts, "")[skip:]
        self._line, self._counted = line, 0

    def more(self) -> bool:
        """Reads on, at least as much as there is; False at the end."""
        want = max(_STEP, len(self.text) - self.at)
        got, size = [self.text[self.at :]], 0
        self._count(self.at)
        self._counted = 0
        for part in self._parts:
            got.append(part)
            size += len(part)
            if size >= want:
                break
        self.text, self.at = "".join(got), 0
        return size > 0

    def peek(self) -> str:
        """The next character, "" at the end."""
        while self.at >= len(self.text):
            if not self.more():
                return ""
        return self.text[self.at]

    def skip_space(self) -> None:
        """Goes on to the next character that is no white space."""
        while self.peek():
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return

    def locator(self, end: int | None = None) -> str:
        """The lines from here to `end`."""
        first = self._count(self.at)
        last = first if end is None else first + count_line_ends(self.text[self.at : end].rstrip())
        return f"L{first}" if first == last else f"L{first}-L{last}"

    def _count(self, end: int) -> int:
        self._line += count_line_ends(self.text[self._counted : end])
        self._counted = end
        return self._line

    def rest(self, limit: int) -> str:
        """All that is left, or a little more than `limit`."""
        while len(self.text) - self.at <= limit and self.more():
            continue
        return self.text[self.at :][: limit + 1]


def _elements(window: _Window, is_whole: bool = True) -> Iterator[Value]:
    """The elements of the list that opens here; `is_whole` if the list is the whole file."""
    window.at += 1
    number = 0
    while True:
        window.skip_space()
        char = window.peek()
        if char == ",":
            window.at += 1
        elif char in ("]", ""):
            window.at += len(char)
            window.skip_space()
            if is_whole and window.peek():
                yield window.locator(), window.rest(1 << 20), None, "Something stands behind the end of the list."
            elif not char:
                yield window.locator(), "", None, "The list has no end: the file is cut off."
            return
        else:
            number += 1
            place, *rest = _element(window)
            yield f"{place} item {number}", *rest


def _element(window: _Window) -> Value:
    """One element of a list; a broken one ends where its brackets do, or with the file."""
    while True:
        problem = ""
        try:
            value, end = _DECODER.raw_decode(window.text, window.at)
            if end < len(window.text) or not window.more():
                break
            continue
        except json.JSONDecodeError as error:
            value, problem = None, f"It is no JSON: {error.msg}."
            is_cut = error.msg.startswith("Unterminated") or error.pos >= len(window.text) - 1
            if is_cut and len(window.text) - window.at <= MAX_OBJECT and window.more():
                continue
        except (ValueError, RecursionError) as error:
            value, problem = None, f"Its JSON cannot be read: {error}."
        end = _end_of_brackets(window.text, window.at)
        if end or len(window.text) - window.at > MAX_OBJECT or not window.more():
            end = end or len(window.text)
            break
    end = min(end, len(window.text))
    place, raw = window.locator(end), window.text[window.at : end]
    window.at = max(end, window.at + 1)
    return place, raw, value, problem


def _end_of_brackets(text: str, start: int) -> int:
    """Where the brackets that open at `start` are closed, or a value without brackets ends; 0 = nowhere yet."""
    if text[start : start + 1] not in ("{", "[", '"'):
        end = _VALUE_END.search(text, start + 1)
        return end.start() if end else 0
    depth = 0
    for match in _TOKEN.finditer(text, start):
        if match.group() in "[{":
            depth += 1
        elif match.group() in "]}":
            depth -= 1
            if depth <= 0:
                return match.end() if depth == 0 else match.start()
    return 0
