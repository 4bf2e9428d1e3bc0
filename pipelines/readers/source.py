"""Sources and the stored bytes behind them.

Belongs here: one source (a seed file or an archive's member), its identity, the survey of its bytes in one pass.
Not here: what the bytes mean; where seeds are found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipelines.readers.records import PAYLOAD_LIMIT, Record, Refusal, payload_note, refuse

BLOCK = 1 << 20
"""Bytes read at a time."""


class Source:
    """One source: a seed file or a member of an archive.

    `format`, `encoding`, `size_bytes`, `sha256`, `refused` are final once `records()` is exhausted. A file refused as a
    whole has `refused` set and yields one `Refusal` with the locator `file`.

    Attributes:
        path: Relative POSIX path; members of archives as `dump.zip!inner/name.xml`.
        format: Code of the format, e.g. `upvote-thread`; "" where none was recognised.
        encoding: Canonical name of the Python codec; "" where the bytes are no text.
        size_bytes: Of the file or member itself.
        sha256: Of the same bytes, in hexadecimal.
        refused: Whether the whole file was refused.
        head: The first MiB of the file itself, for readers that refuse it.
    """

    def __init__(self, path: str, read: Callable[[Source], Iterator[Record]]) -> None:
        self.path = path
        self.format = ""
        self.encoding = ""
        self.size_bytes = 0
        self.sha256 = ""
        self.refused = False
        self.head = b""
        self._read = read

    def records(self) -> Iterator[Record]:
        """Every record of the source in file order. To be called once."""
        return self._read(self)

    def refuse(self, reason: str, detail: str, head: bytes | None = None) -> Refusal:
        """The refusal of the whole source; `head` is its bytes, or at least their first MiB, where not yet known."""
        head = self.head if head is None else head
        self.refused = True
        if self.size_bytes > PAYLOAD_LIMIT:
            detail = f"{detail} {payload_note(self.size_bytes, self.sha256)}"
        return refuse("file", reason, detail, head[:PAYLOAD_LIMIT])


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over all bytes tells.

    Attributes:
        head: The first MiB.
        n_controls: C0 control characters other than white space, backspace and escape; NUL counted apart.
    """

    size: int
    sha256: str
    head: bytes
    n_nul: int
    n_controls: int
    is_blank: bool
    is_ascii: bool


_CONTROLS = bytes(code for code in range(1, 32) if code not in b"\t\n\x0b\x0c\r\x08\x1b") + b"\x7f"
_NO_CONTROLS = bytes(code for code in range(256) if code not in _CONTROLS)


def survey(file: BinaryIO) -> Survey:
    """Identity and nature of a file's bytes, read once from the start in constant memory."""
    file.seek(0)
    digest = hashlib.sha256()
    head = b""
    size = n_nul = n_controls = 0
    is_blank = is_ascii = True
    while block := file.read(BLOCK):
        head = head or block
        size += len(block)
        digest.update(block)
        n_nul += block.count(0)
        n_controls += len(block.translate(None, _NO_CONTROLS))
        is_blank = is_blank and not block.strip()
        is_ascii = is_ascii and block.isascii()
    return Survey(size, digest.hexdigest(), head, n_nul, n_controls, is_blank, is_ascii)


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file's bytes from the start, a block at a time."""
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
