"""7z archives: the members' names and their bytes, in constant memory.

Belongs here: the container of 7-Zip's `7zFormat.txt`, with the methods that Python's own library decompresses.
Not here: what is done with members, limits against bombs, zip.

Read are copy, bzip2, Deflate, LZMA and LZMA2, the latter two behind filters too. PPMd, Deflate64, Zstandard, BCJ2 and
encryption are refused by name. Written here because the libraries for it are under the LGPL or need one
installed beside Python.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import BinaryIO, Protocol

from pipelines.readers.sevenzip_directory import (
    ENCODED,
    END,
    FILTERS,
    HEADER,
    BadSevenZipError,
    Cursor,
    Entry,
    Folder,
    read_directory,
    read_streams,
)

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
_MAX_HEADER = 1 << 26
_MAX_DICTIONARY = 1 << 28
_BLOCK = 1 << 18
_HELD_BACK = 16
"""A filter for machine code waits for at most so many bytes."""


class SevenZip:
    """An open archive.

    Attributes:
        entries: All members, in the archive's order.
        folders: The compressed streams.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Reads the archive's directory.

        Raises:
            BadSevenZipError: The archive is damaged or its directory cannot be decompressed.
        """
        self._file = file
        self.folders: list[Folder] = []
        self.entries: list[Entry] = []
        data = Cursor(self._header())
        kind = data.byte()
        while kind == ENCODED:
            folders = read_streams(data)
            if len(folders) != 1 or folders[0].problem:
                problem = folders[0].problem if folders else "the directory is missing"
                raise BadSevenZipError(problem, any(folder.is_encrypted for folder in folders))
            if sum(folders[0].members) > _MAX_HEADER:
                raise BadSevenZipError("the directory is larger than any directory should be")
            data = Cursor(b"".join(self._decompress(folders[0])))
            kind = data.byte()
        if kind != HEADER:
            raise BadSevenZipError("there is no directory")
        self.folders, self.entries = read_directory(data)

    def contents(self, only: Entry | None = None) -> Iterator[tuple[Entry, Callable[[int], bytes]]]:
        """Each member that has bytes, with a function that reads on in it; to be used in this order.

        With `only`, just the members that lie in the same folder as this one. Folders with a problem are left out.
        """
        wanted = {only.folder} if only else {number for number, folder in enumerate(self.folders) if not folder.problem}
        members = groupby((entry for entry in self.entries if entry.folder in wanted), key=lambda entry: entry.folder)
        for number, group in members:
            stream = _Stream(self._decompress(self.folders[number]))
            for entry in group:
                part = _Part(stream, entry)
                yield entry, part.read
                part.skip()

    def stored(self, entry: Entry, limit: int) -> bytes:
        """The first bytes of the compressed stream in which a member lies."""
        if entry.folder < 0:
            return b""
        folder = self.folders[entry.folder]
        self._file.seek(folder.offset)
        return self._file.read(min(limit, folder.packed_size))

    def _header(self) -> bytes:
        self._file.seek(0)
        start = self._file.read(32)
        if len(start) < 32 or not start.startswith(SIGNATURE):
            raise BadSevenZipError("the signature is damaged")
        crc, offset, size, header_crc = struct.unpack("<IQQI", start[8:])
        if zlib.crc32(start[12:]) != crc:
            raise BadSevenZipError("the start of the archive is damaged")
        if not size:
            return bytes((HEADER, END))
        if size > _MAX_HEADER or offset > 1 << 62:
            raise BadSevenZipError("the directory is larger than any directory should be")
        self._file.seek(32 + offset)
        header = self._file.read(size)
        if len(header) < size or zlib.crc32(header) != header_crc:
            raise BadSevenZipError("the directory at the archive's end is damaged or missing")
        return header

    def _decompress(self, folder: Folder) -> Iterator[bytes]:
        """The folder's plain bytes in blocks; an early end raises EOFError."""
        total, produced = sum(folder.members), 0
        for block in self._decode(folder, _decoder(folder.chain), total):
            produced += len(block)
            yield block
        missing = total - produced
        if 0 < missing <= _HELD_BACK and len(folder.chain) > 1 and folder.chain[0][0] == "lzma":
            yield self._end(folder, missing)
        elif missing:
            raise EOFError("the compressed stream ends early")

    def _decode(self, folder: Folder, decoder: _Decoder, total: int) -> Iterator[bytes]:
        left, position = folder.packed_size, folder.offset
        while total and not decoder.eof:
            packed = b""
            if decoder.needs_input:
                self._file.seek(position)
                packed = self._file.read(min(_BLOCK, left))
                if not packed:
                    return
                position, left = position + len(packed), left - len(packed)
            block = decoder.decompress(packed, min(_BLOCK * 4, total))
            total -= len(block)
            if block:
                yield block

    def _end(self, folder: Folder, size: int) -> bytes:
        """The last bytes of a filtered LZMA stream.

        Without an end mark the library waits for more and holds them back. A filter never changes the last bytes of a
        stream, so the same stream without the filter has them.
        """
        tail = b""
        for block in self._decode(folder, _decoder(folder.chain[:1]), sum(folder.members)):
            tail = (tail + block)[-_HELD_BACK:]
        return tail[-size:]


class _Decoder(Protocol):
    @property
    def needs_input(self) -> bool: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Deflate:
    def __init__(self) -> None:
        self._object = zlib.decompressobj(-15)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._object.eof

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._object.decompress(self._object.unconsumed_tail + data, max_length)
        self.needs_input = not self._object.unconsumed_tail
        return out


class _Copy:
    """Bytes that are stored as they are."""

    def __init__(self) -> None:
        self._rest = b""
        self.eof = False

    @property
    def needs_input(self) -> bool:
        return not self._rest

    def decompress(self, data: bytes, max_length: int) -> bytes:
        ready = self._rest + data
        out, self._rest = ready[:max_length], ready[max_length:]
        return out


def _decoder(chain: list[tuple[str, bytes]]) -> _Decoder:
    """The decoder of a chain of methods that has no problem.

    Raises:
        ValueError: The methods' properties are damaged.
    """
    method, properties = chain[0]
    if method == "copy":
        return _Copy()
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    if method == "deflate":
        return _Deflate()
    filters = [_filter(name, given) for name, given in reversed(chain[1:])]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*filters, _lzma(method, properties)])


def _filter(name: str, properties: bytes) -> dict[str, int]:
    if name == "delta":
        return {"id": FILTERS[name], "dist": properties[0] + 1 if properties else 1}
    return {"id": FILTERS[name]}


def _lzma(method: str, properties: bytes) -> dict[str, int]:
    if method == "lzma2":
        if len(properties) != 1 or properties[0] > 40:
            raise ValueError("the properties of LZMA2 are damaged")
        size = 0xFFFFFFFF if properties[0] == 40 else (2 | properties[0] & 1) << (properties[0] // 2 + 11)
        chain = {"id": lzma.FILTER_LZMA2, "dict_size": size}
    else:
        if len(properties) != 5 or properties[0] >= 9 * 5 * 5:
            raise ValueError("the properties of LZMA are damaged")
        rest, lc = divmod(properties[0], 9)
        pb, lp = divmod(rest, 5)
        size = max(4096, struct.unpack("<I", properties[1:])[0])
        chain = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": size}
    if size > _MAX_DICTIONARY:
        raise ValueError("the dictionary is larger than 256 MiB; pack the archive with a smaller one")
    return chain


class _Stream:
    """Decompressed blocks, read in portions."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""

    def read(self, size: int) -> bytes:
        if not self._rest:
            self._rest = next(self._blocks, b"")
        out, self._rest = self._rest[:size], self._rest[size:]
        return out


class _Part:
    """One member's share of a folder's stream; a wrong checksum raises ValueError at its end."""

    def __init__(self, stream: _Stream, entry: Entry) -> None:
        self._stream, self._left, self._crc, self._wanted = stream, entry.size, 0, entry.crc

    def read(self, size: int) -> bytes:
        block = self._stream.read(min(size, self._left)) if self._left else b""
        if self._left and not block:
            raise EOFError("the compressed stream ends early")
        self._left -= len(block)
        self._crc = zlib.crc32(block, self._crc)
        if block and not self._left and self._wanted not in (None, self._crc):
            raise ValueError("the checksum does not fit")
        return block

    def skip(self) -> None:
        self._wanted = None
        while self._left:
            self.read(_BLOCK)
