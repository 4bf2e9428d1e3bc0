"""Plain text and threads of `Upvote:N` answers.

Belongs here: what starts an answer, its score, the question before the first answer, plain documents.
Not here: decoding, cutting of what is too long, Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import regex

from pipelines.readers.cut import Piece, Place, bounded, paragraphs
from pipelines.readers.encoding import Encoding
from pipelines.readers.records import Post, Record, refuse

TITLE_LIMIT = 200
"""A first line of more characters than this is no title."""

_MARKER = regex.compile(r"up-?votes?[^\S\r\n]*:([^\r\n]*)", regex.IGNORECASE)
_SCORE = regex.compile(r"([+\-\u2212]?)(\d{1,18}|\d{1,3}(?:,\d{3}){1,5})", regex.ASCII)
_LINE_END = regex.compile(r"\r\n|\r|\n")
_FIRST_LINE = regex.compile(r"[^\r\n]*")
_HEADING_MARKS = regex.compile(r"^#{1,6}\s+")
_LONGEST_MARKER = 200


def has_marker(text: str) -> bool:
    """Whether a line of the text (which starts at a line's start) opens an answer."""
    return next(_markers(text, True), None) is not None


def read_thread(parts: Iterable[str], encoding: Encoding) -> Iterator[Record]:
    """The question (all before the first `Upvote:N` line) and the answers, in order; one thread.

    An answer too long for one post becomes several with the same score.
    """
    number, question = 0, ""
    for marker, body in _Sections(parts):
        opening = marker
        for piece in body:
            trimmed = piece.trimmed()
            if marker is None and not trimmed.text:
                continue
            number += 1
            if marker is None:
                record = _question(trimmed, piece, number, question, encoding)
                question = question or (record.key if isinstance(record, Post) else "")
                yield record
            else:
                yield _answer(marker, opening, trimmed, piece, number, question, encoding)
            opening = None


def _question(trimmed: Piece, piece: Piece, number: int, question: str, encoding: Encoding) -> Record:
    if trimmed.is_damaged:
        return damaged(piece, encoding)
    title = None if question else title_of(trimmed.text)
    return Post("question", trimmed.text, trimmed.locator, key=str(number), title=title)


def _answer(
    marker: Piece, opening: Piece | None, trimmed: Piece, piece: Piece, number: int, question: str, encoding: Encoding
) -> Record:
    """An answer or a stretch of one; `opening` is its marker where it is the first stretch."""
    score = _score(marker.text)
    if score is not None and trimmed.text and not trimmed.is_damaged:
        return Post("answer", trimmed.text, trimmed.locator, key=str(number), parent_key=question, score=score)
    whole = Piece(opening.text + piece.text, opening.place) if opening else piece
    if score is None:
        detail = f"{whole.locator}: {marker.text.strip()[:80]!r} gives no whole number as score; mend the line."
        return refuse(whole.locator, "bad-score", detail, encoding.encode(whole.text))
    if trimmed.text:
        return damaged(whole, encoding)
    return refuse(whole.locator, "empty-record", "No text follows the score.", encoding.encode(whole.text))


def read_plain(parts: Iterable[str], encoding: Encoding) -> Iterator[Record]:
    """The document as one post, or as several where it is too long for one. Only damaged paragraphs are refused."""

    def post(piece: Piece, number: int) -> Post:
        title = title_of(piece.text, alone=True) if number == 1 else None
        return Post("document", piece.text, piece.locator, key=str(number), title=title)

    return stretches(parts, encoding, post)


def stretches(parts: Iterable[str], encoding: Encoding, record: Callable[[Piece, int], Record]) -> Iterator[Record]:
    """The record of each stretch of a document, with its number from 1; damaged paragraphs are refused alone."""
    number = 0
    for piece in sound_pieces(bounded(parts, Place())):
        trimmed = piece.trimmed()
        if trimmed.text:
            number += 1
            yield damaged(piece, encoding) if trimmed.is_damaged else record(trimmed, number)


def damaged(piece: Piece, encoding: Encoding) -> Record:
    """The refusal of a record with bytes that its encoding does not allow."""
    detail = f"{piece.locator} holds bytes that are no {encoding.name}; mend them in the file."
    return refuse(piece.locator, "undecodable-record", detail, encoding.encode(piece.text))


def title_of(text: str, alone: bool = False) -> str | None:
    """The first line where it can be a title; `alone` asks that a blank line follows it and it ends no sentence."""
    match = _FIRST_LINE.match(text)
    line = _HEADING_MARKS.sub("", match.group().strip()) if match else ""
    if len(line) > TITLE_LIMIT or not any(map(str.isalpha, line)):
        return None
    if alone:
        rest = text[len(match.group()) :] if match else ""
        is_apart = regex.match(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)", rest) is not None
        return line if is_apart and line[-1] not in ".,;:" else None
    return line


def sound_pieces(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces again; one that holds damage is given as stretches of sound paragraphs and single damaged ones."""
    for piece in pieces:
        if not piece.is_damaged:
            yield piece
            continue
        for is_damaged, group in groupby(paragraphs(piece), key=lambda paragraph: paragraph.is_damaged):
            run = list(group)
            yield from run if is_damaged else [Piece("".join(part.text for part in run), run[0].place)]


class _Sections:
    """The file as sections: what stands before the first `Upvote:` line, then each such line with its body.

    Iterating gives pairs of the marker (None for the first section) and the body's pieces, to be exhausted before the
    next pair.
    """

    def __init__(self, parts: Iterable[str]) -> None:
        self._lines = _split_at_markers(parts)
        self._marker: str | None = None
        self._place = Place()

    def __iter__(self) -> Iterator[tuple[Piece | None, Iterator[Piece]]]:
        yield None, self._body()
        while self._marker is not None:
            marker = Piece(self._marker, self._place)
            self._place, self._marker = self._place.after(marker.text), None
            yield marker, self._body()

    def _body(self) -> Iterator[Piece]:
        start, is_empty = self._place, True
        for piece in bounded(self._until_marker(), start):
            yield piece
            self._place, is_empty = piece.place.after(piece.text), False
        if is_empty:
            yield Piece("", start)

    def _until_marker(self) -> Iterator[str]:
        for is_marker, text in self._lines:
            if is_marker:
                self._marker = text
                return
            yield text


def _split_at_markers(parts: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """The text again as pairs: whether it is a whole line that opens an answer, and the text."""
    rest, at_line_start = "", True
    for part in parts:
        text = rest + part
        end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        if len(text) - end > _LONGEST_MARKER:
            end = len(text) - (text.endswith("\r"))
        rest = text[end:]
        yield from _split_lines(text[:end], at_line_start)
        at_line_start = text[end - 1] in "\r\n" if end else at_line_start
    yield from _split_lines(rest, at_line_start)


def _split_lines(text: str, at_line_start: bool) -> Iterator[tuple[bool, str]]:
    done = 0
    for match in _markers(text, at_line_start):
        start = max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1
        line_end = _LINE_END.match(text, match.end())
        end = line_end.end() if line_end else match.end()
        if start > done:
            yield False, text[done:start]
        yield True, text[start:end]
        done = end
    if done < len(text):
        yield False, text[done:]


def _score(marker: str) -> int | None:
    match = _SCORE.fullmatch(marker.partition(":")[2].strip())
    if not match:
        return None
    value = int(match[2].replace(",", ""))
    return -value if match[1] in ("-", "\u2212") else value


def _markers(text: str, at_line_start: bool) -> Iterator[regex.Match[str]]:
    """Matches of lines that open an answer: `Upvote:` alone on its line, with what should be a number."""
    for match in _MARKER.finditer(text):
        start = match.start()
        while start and text[start - 1] in " \t\ufeff\xa0":
            start -= 1
        opens_line = text[start - 1] in "\r\n" if start else at_line_start
        if opens_line and _can_be_score(match[1]):
            yield match


def _can_be_score(rest: str) -> bool:
    """Whether what follows the colon is (or was meant as) a score, and no sentence that opens with the word."""
    words = rest.split()
    if len(rest) > _LONGEST_MARKER:
        return False
    return len(words) <= 1 or not rest[0].isspace() or (len(words) <= 4 and words[0][0] in "+-\u22120123456789")
