"""Bytes to text: which encoding, and decoding that loses nothing.

Belongs here: BOM, strict UTF-8, detection, decoding in blocks, the way back to the exact bytes.
Not here: encodings that a format declares inside its own markup (that format's module), repairs of mojibake.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.readers.source import Survey

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, and how bytes that it does not allow pass through: as lone surrogates, which `encode` turns back.

    Attributes:
        name: Canonical name of the Python codec, as recorded.
        bom: The byte order mark that opens the file, left out of the text.
    """

    name: str
    bom: bytes = b""

    @property
    def _codec(self) -> str:
        return "utf-8" if self.name == "utf-8-sig" else self.name

    @property
    def _errors(self) -> str:
        return "surrogatepass" if self.name.startswith(("utf-16", "utf-32")) else "surrogateescape"

    def decode(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text of a file given in blocks, without its BOM.

        Raises:
            UnicodeDecodeError: Only for UTF-16 and UTF-32 that end amid a character or leave Unicode's range.
        """
        decoder = codecs.getincrementaldecoder(self._codec)(self._errors)
        skip = len(self.bom)
        for block in blocks:
            if text := decoder.decode(block[skip:]):
                yield text
            skip = 0
        if text := decoder.decode(b"", True):
            yield text

    def encode(self, text: str) -> bytes:
        """The exact bytes that `text` was decoded from."""
        return text.encode(self._codec, self._errors)


def detect(survey: Survey, blocks: Iterable[bytes]) -> Encoding | None:
    """The encoding of a file that is no blank file, or None where its bytes are no text in any encoding known here.

    Args:
        survey: What one pass over the file told.
        blocks: The whole file, read again only where it is not ASCII.
    """
    for bom, name in _BOMS:
        if survey.head.startswith(bom):
            return Encoding(name, bom)
    if survey.n_nul:
        return _wide(survey)
    if survey.n_controls > max(1, survey.size // 100):
        return None
    if survey.is_ascii or _is_utf8(blocks):
        return Encoding("utf-8")
    return _legacy(survey.head)


def _is_utf8(blocks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(survey: Survey) -> Encoding | None:
    """UTF-16 or UTF-32 without a BOM, known by where the NULs of ASCII characters stand."""
    head = survey.head[: 1 << 16]
    for name, width, places in (
        ("utf-32-le", 4, (1, 2, 3)),
        ("utf-32-be", 4, (0, 1, 2)),
        ("utf-16-le", 2, (1,)),
        ("utf-16-be", 2, (0,)),
    ):
        if survey.size % width:
            continue
        cut = head[: len(head) // width * width]
        try:
            text = cut.decode(name)
        except UnicodeDecodeError as error:
            if error.start < len(cut) - 4:
                continue
            text = cut[: error.start].decode(name)
        if "\0" in text or not text:
            continue
        if all(cut[place::width].count(0) for place in places) and _is_prose(text):
            return Encoding(name)
    return None


def _is_prose(text: str) -> bool:
    """Whether nearly all characters are letters, digits, white space or punctuation of few scripts."""
    good = sum(
        1 for char in text[:4096] if char.isalnum() or char.isspace() or char.isprintable() and ord(char) < 0x2100
    )
    scripts = {ord(char) >> 8 for char in text[:4096]}
    return good >= 0.98 * len(text[:4096]) and len(scripts) <= max(4, len(text[:4096]) // 16)


def _legacy(head: bytes) -> Encoding | None:
    """An encoding of 8-bit times."""
    from charset_normalizer import from_bytes

    best = from_bytes(head[: 1 << 16]).best()
    return Encoding(codecs.lookup(best.encoding).name) if best else None
