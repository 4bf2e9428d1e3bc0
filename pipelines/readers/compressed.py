"""Files compressed as one stream: gzip, bzip2, xz, Zstandard.

Belongs here: decompressing into a spooled temporary file, in bounded memory, with the limits that stop bombs.
Not here: archives of several members.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard

SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
BLOCK = 1 << 20
IN_MEMORY = 16 << 20
"""Decompressed bytes kept in memory before they go to a temporary file."""
RATIO_FROM, MAX_RATIO = 64 << 20, 250
"""Beyond the first number of bytes, more than the second number of times the compressed size is taken for a bomb."""
MAX_BYTES = 256 << 30
"""Nothing is decompressed to more bytes than this."""

_ZSTD_INPUT = 1 << 11
"""Fed at a time: 2 KiB can unpack to 64 MiB at most."""

_MAGIC = ((b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")


class BombError(Exception):
    """A stream that decompresses beyond the limits."""


class DamagedError(Exception):
    """A stream or archive that cannot be read to its end; `reason` is its quarantine code."""

    def __init__(self, detail: str, reason: str = "damaged-archive") -> None:
        super().__init__(detail)
        self.reason = reason


def compression(head: bytes) -> str:
    """`gzip`, `bzip2`, `xz`, `zstd` by the file's first bytes, or ""."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name if name != "bzip2" or head[4:10] in _BZIP2_BLOCKS else ""
    return ""


class Budget:
    """How many bytes a file may unpack to, all its members together."""

    def __init__(self, compressed_size: int) -> None:
        self.compressed_size = compressed_size
        self._left = min(MAX_BYTES, max(RATIO_FROM, MAX_RATIO * compressed_size))

    def take(self, size: int) -> None:
        """Spends `size` bytes, or raises BombError."""
        self._left -= size
        if self._left < 0:
            raise BombError(f"{self.compressed_size} bytes unpack to more than any text does")

    def anew(self) -> Budget:
        """The same limit, nothing spent."""
        return Budget(self.compressed_size)


STREAM_ERRORS = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
"""What the libraries raise for a stream that is broken."""


def spool(
    read: Callable[[int], bytes], budget: Budget, errors: tuple[type[Exception], ...] = STREAM_ERRORS
) -> BinaryIO:
    """A seekable temporary file with all bytes that `read` gives, checked against the limits.

    Raises:
        BombError: The limits were passed.
        DamagedError: The stream is broken or ends early.
    """
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  the caller closes it
    try:
        while block := _checked(read, file.tell(), errors):
            budget.take(len(block))
            file.write(block)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _checked(read: Callable[[int], bytes], done: int, errors: tuple[type[Exception], ...]) -> bytes:
    try:
        return read(BLOCK)
    except errors as error:
        raise DamagedError(f"{error or type(error).__name__}, after {done} sound bytes") from error


def reader(file: BinaryIO, name: str) -> IO[bytes]:
    """The decompressed stream of `file`, which must stay open."""
    file.seek(0)
    if name == "gzip":
        return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))
    if name == "bzip2":
        return bz2.BZ2File(file)
    if name == "xz":
        return lzma.LZMAFile(file, format=lzma.FORMAT_XZ)
    return cast(IO[bytes], _Zstandard(file))


class _Zstandard:
    """A Zstandard stream of any number of frames that must end with its last frame."""

    def __init__(self, file: BinaryIO) -> None:
        self._chunks = self._decompress(file)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        out, self._rest = self._rest[:size], self._rest[size:]
        return out

    @staticmethod
    def _decompress(file: BinaryIO) -> Iterator[bytes]:
        rest = file.read(_ZSTD_INPUT)
        while rest:
            frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            while rest and not frame.eof:
                yield frame.decompress(rest)
                rest = frame.unused_data if frame.eof else file.read(_ZSTD_INPUT)
            if not frame.eof:
                raise EOFError("the stream ends amid a frame")
            rest = rest or file.read(_ZSTD_INPUT)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, decompressed where it is compressed as one stream."""
    with path.open("rb") as file:
        name = compression(file.read(16))
        file.seek(0)
        if not name:
            yield file
            return
        with spool(reader(file, name).read, Budget(path.stat().st_size)) as plain:
            yield plain
