"""Bytes to text: which encoding, and decoding that loses nothing.

Belongs here: BOM, strict UTF-8, detection, decoding in blocks, the way back to the exact bytes.
Not here: encodings that a format declares inside its own markup (that format's module), repairs of mojibake.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipelines.readers.legacy import MULTIBYTE, legacy_codec, sample
from pipelines.readers.source import Survey

_DECLARED = re.compile(
    rb"""(?:<\?xml[^>]*?encoding\s*=\s*["']|<meta[^>]*?charset\s*=\s*["']?)\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE
)
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "x-user-defined": ""}
"""What these names mean in practice (WHATWG Encoding Standard)."""

_BYTE = 0xDC00
_BYTES = "variorum-bytes"
_WIDE_BYTES = re.compile("([\udc00-\udcff]+)")


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    """What cannot be decoded as UTF-16 or UTF-32, each byte as a lone surrogate of its own."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_BYTE + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_BYTES, _keep_bytes)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, and how bytes that it does not allow pass through: as lone surrogates, which `encode` turns back.

    Attributes:
        name: Canonical name of the Python codec, as recorded; it decodes the whole file.
        bom: The byte order mark that opens the file, left out of the text.
        codec: The codec for what follows the mark; "" = the same.
    """

    name: str
    bom: bytes = b""
    codec: str = ""

    @property
    def _codec(self) -> str:
        return self.codec or self.name

    @property
    def _is_wide(self) -> bool:
        return self.name.startswith(("utf-16", "utf-32"))

    def decode(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text of a file given in blocks, without its BOM."""
        decoder = codecs.getincrementaldecoder(self._codec)(_BYTES if self._is_wide else "surrogateescape")
        skip = len(self.bom)
        for block in blocks:
            if text := decoder.decode(block[skip:]):
                yield text
            skip = 0
        if text := decoder.decode(b"", True):
            yield text

    def encode(self, text: str) -> bytes:
        """The exact bytes that `text` was decoded from."""
        if not self._is_wide:
            return text.encode(self._codec, "surrogateescape")
        parts = _WIDE_BYTES.split(text)  # text, bytes, text, ..., text
        return b"".join(
            bytes(ord(char) - _BYTE for char in part) if number % 2 else part.encode(self._codec)
            for number, part in enumerate(parts)
        )


def declared_in(head: bytes) -> str:
    """The codec that an XML declaration or an HTML `meta` element names, "" where there is none or it is unknown."""
    match = _DECLARED.search(head[:2048])
    if not match or head.lstrip()[:1] != b"<":
        return ""
    name = match[1].decode().lower()
    try:
        name = codecs.lookup(_WEB_NAMES.get(name, name)).name
    except LookupError:
        return ""
    return "" if name.startswith(("utf-16", "utf-32")) else name


def detect(survey: Survey, blocks: Callable[[], Iterable[bytes]], declared: str = "") -> Encoding | None:
    """The encoding of a file that is no blank file, or None where its bytes are no text in any encoding known here.

    Args:
        survey: What one pass over the file told.
        blocks: Gives the whole file, which is read again only where it is not ASCII.
        declared: The codec that the file or its folder's settings name; UTF-8 that is sound is UTF-8 all the same.
    """
    for bom, name, codec in _BOMS:
        if survey.head.startswith(bom):
            return Encoding(name, bom, codec)
    if survey.n_nul:
        return _wide(survey)
    if survey.n_controls > max(4, survey.size // 50):
        return None
    if survey.is_ascii or _is_utf8(blocks()):
        return Encoding("utf-8")
    if declared and declared != "utf-8" and _fits(declared, blocks()):
        return Encoding(declared)
    name = legacy_codec(sample(blocks()))
    return Encoding(name) if name else None


def _fits(codec: str, blocks: Iterable[bytes]) -> bool:
    """Whether a codec that a file or a person names reads it all and gives the way back."""
    try:
        decoder = codecs.getincrementaldecoder(codec)("strict" if codec in MULTIBYTE else "surrogateescape")
        for block in blocks:
            text = decoder.decode(block)
            if codec not in MULTIBYTE and text.encode(codec, "surrogateescape") != block:
                return False
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


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
        1 for char in text[:4096] if char.isalnum() or char.isspace() or (char.isprintable() and ord(char) < 0x2100)
    )
    scripts = {ord(char) >> 8 for char in text[:4096]}
    return good >= 0.98 * len(text[:4096]) and len(scripts) <= max(4, len(text[:4096]) // 16)
