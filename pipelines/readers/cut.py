"""Running text in bounded pieces, each with its place in the file.

Belongs here: lines and columns, blank outer lines, cutting of what is too long, refusing of damaged paragraphs.
Not here: what starts a record (the formats' modules), decoding.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

LONGEST = 2 << 20
"""A text of more characters than this is cut into several posts."""
CUT_FROM, CUT_TO = 1 << 17, 1 << 19
"""Between these numbers of characters a cut piece ends: at a heading, else at a paragraph, line, sentence, word."""

_LINE_END = regex.compile(r"\r\n|\r|\n")
_BLANK_LINES = regex.compile(r"(?:[^\S\r\n]*(?:\r\n|\r|\n))*")
_PARAGRAPH_END = regex.compile(r"(?:\r\n|\r|\n)(?:[^\S\r\n]*(?:\r\n|\r|\n))+")
_HEADING = regex.compile(
    r"#{1,6}[^\S\r\n]+\S"
    r"|(?i:chapter|part|book|section|letter)[^\S\r\n]+(?i:\d+|[ivxlc]+)\b"
    r"|\p{Lu}[\p{Lu}\d .,:;'’&()-]{2,100}(?=[\r\n])"
)
_SENTENCE_END = regex.compile(r"[.!?…]+[\"'”’»)\]]*\s+")
_VISIBLE = regex.compile(r"[^\s\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACE = regex.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """A point in a decoded file: line and column, both from 1."""

    line: int = 1
    column: int = 1

    def after(self, text: str) -> Place:
        """The place behind `text` that starts here."""
        n_lines = count_line_ends(text)
        if not n_lines:
            return Place(self.line, self.column + len(text))
        last = max(text.rfind("\n"), text.rfind("\r"))
        return Place(self.line + n_lines, len(text) - last)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of decoded text and the place where it starts; `is_cut` where it starts or ends within a line."""

    text: str
    place: Place
    is_cut: bool = False

    def trimmed(self) -> Piece:
        """The same without blank lines before and after; empty where nothing in it can be seen."""
        if not _VISIBLE.search(self.text):
            return Piece("", self.place)
        lead = _BLANK_LINES.match(self.text)
        start = lead.end() if lead else 0
        end = len(self.text.rstrip())
        if end <= start:
            return Piece("", self.place)
        line_end = _LINE_END.search(self.text, end)
        end = line_end.start() if line_end else len(self.text)
        return Piece(self.text[start:end], self.place.after(self.text[:start]), self.is_cut)

    @property
    def locator(self) -> str:
        """`L12-L19`; with columns where a long line was cut: `L1:524289-L1:1048576`."""
        end = self.place.after(self.text)
        if not self.is_cut and self.text[-1:] in ("\n", "\r"):
            end = Place(end.line - 1)  # the line's own end belongs to it
        if not self.is_cut:
            return f"L{self.place.line}-L{end.line}"
        return f"L{self.place.line}:{self.place.column}-L{end.line}:{max(end.column - 1, 1)}"

    @property
    def is_damaged(self) -> bool:
        """Whether bytes that could not be decoded stand in it (as lone surrogates)."""
        return has_damage(self.text)


def has_damage(text: str) -> bool:
    """Whether a lone surrogate stands in the text: a byte that could not be decoded, or half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def count_line_ends(text: str) -> int:
    """Line ends in the text: LF, CR LF or CR."""
    if "\r" not in text:
        return text.count("\n")
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def bounded(parts: Iterable[str], place: Place) -> Iterator[Piece]:
    """The joined parts as one piece, or, where longer than `LONGEST`, as several that end where readers pause."""
    buffer, size, is_long = [], 0, False
    for part in parts:
        buffer.append(part)
        size += len(part)
        if (not is_long and size <= LONGEST) or size <= CUT_TO:
            continue
        is_long = True
        text = "".join(buffer)
        start = 0
        while len(text) - start > CUT_TO:
            end = start + _cut(text[start : start + CUT_TO + 1])
            piece = Piece(text[start:end], place, place.column > 1 or text[end - 1] not in "\r\n")
            yield piece
            place, start = place.after(piece.text), end
        buffer, size = [text[start:]], len(text) - start
    if size:
        yield Piece("".join(buffer), place, place.column > 1)


def _cut(text: str) -> int:
    """Where to cut a text of more than `CUT_TO` characters."""
    paragraph = heading = 0
    for match in _PARAGRAPH_END.finditer(text, CUT_FROM, CUT_TO):
        paragraph = match.end()
        if _HEADING.match(text, paragraph):
            heading = paragraph
    cut = heading or paragraph
    for pattern in (_LINE_END, _SENTENCE_END, _SPACE):
        for match in () if cut else pattern.finditer(text, CUT_FROM, CUT_TO):
            cut = match.end()
    if not cut:
        cut = CUT_TO
        while cut > CUT_FROM and unicodedata.combining(text[cut]):
            cut -= 1
    return cut + 1 if text[cut - 1] == "\r" and text[cut] == "\n" else cut


def paragraphs(piece: Piece) -> Iterator[Piece]:
    """The piece's paragraphs (its lines, where no blank line stands in it); joined they give the piece again."""
    pattern = _PARAGRAPH_END if _PARAGRAPH_END.search(piece.text) else _LINE_END
    place, start = piece.place, 0
    for match in pattern.finditer(piece.text):
        part = Piece(piece.text[start : match.end()], place)
        yield part
        place, start = place.after(part.text), match.end()
    if start < len(piece.text):
        yield Piece(piece.text[start:], place)
