"""The directory of a 7z archive: members, folders, methods, sizes, checksums.

Belongs here: the structures of 7-Zip's `7zFormat.txt`, every number checked against the directory's own size.
Not here: decompressing (`sevenzip`).
"""

from __future__ import annotations

import lzma
import struct
from dataclasses import dataclass, field

END, HEADER, _MAIN, _FILES, _PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER = 0, 1, 4, 5, 6, 7, 8, 9, 10, 11
_CODER_SIZES, _NUM_UNPACK, _EMPTY_STREAM, _EMPTY_FILE, _NAMES, _ATTRIBUTES, ENCODED = 12, 13, 14, 15, 17, 21, 23
_METHODS = {
    b"\x00": "copy",
    b"\x21": "lzma2",
    b"\x03\x01\x01": "lzma",
    b"\x03": "delta",
    b"\x03\x03\x01\x03": "x86",
    b"\x04": "x86",
    b"\x03\x03\x02\x05": "PowerPC",
    b"\x05": "PowerPC",
    b"\x03\x03\x04\x01": "IA64",
    b"\x06": "IA64",
    b"\x03\x03\x05\x01": "ARM",
    b"\x07": "ARM",
    b"\x03\x03\x07\x01": "ARM Thumb",
    b"\x08": "ARM Thumb",
    b"\x03\x03\x08\x05": "SPARC",
    b"\x09": "SPARC",
    b"\x03\x03\x01\x1b": "BCJ2",
    b"\x04\x02\x02": "bzip2",
    b"\x04\x01\x08": "deflate",
    b"\x04\xf7\x11\x01": "Zstandard",
    b"\x04\x01\x09": "Deflate64",
    b"\x03\x04\x01": "PPMd",
    b"\x06\xf1\x07\x01": "AES",
}
_PLAIN = ("copy", "bzip2", "deflate")
FILTERS = {
    "delta": lzma.FILTER_DELTA,
    "x86": lzma.FILTER_X86,
    "PowerPC": lzma.FILTER_POWERPC,
    "IA64": lzma.FILTER_IA64,
    "ARM": lzma.FILTER_ARM,
    "ARM Thumb": lzma.FILTER_ARMTHUMB,
    "SPARC": lzma.FILTER_SPARC,
}


class BadSevenZipError(Exception):
    """The archive's structure is broken, or encrypted."""

    def __init__(self, detail: str, is_encrypted: bool = False) -> None:
        super().__init__(detail)
        self.is_encrypted = is_encrypted


@dataclass(slots=True)
class Entry:
    """One member: name as stored, size, and where its bytes are: folder (-1 = none) and number within it."""

    name: str
    size: int = 0
    folder: int = -1
    is_folder: bool = False
    is_link: bool = False
    crc: int | None = None


@dataclass(slots=True)
class Folder:
    """One compressed stream of several members.

    Attributes:
        chain: Methods and their properties in the order of decoding.
        main: Number of the coder that gives the plain bytes.
        problem: Why it cannot be decompressed; "" = it can.
        is_encrypted: Whether a key is needed.
    """

    chain: list[tuple[str, bytes]] = field(default_factory=list)
    main: int = 0
    problem: str = ""
    is_encrypted: bool = False
    n_packed: int = 1
    offset: int = 0
    packed_size: int = 0
    sizes: list[int] = field(default_factory=list)
    crc: int | None = None
    members: list[int] = field(default_factory=list)
    member_crcs: list[int | None] = field(default_factory=list)

    @property
    def plain_size(self) -> int:
        """Size of the folder's plain bytes."""
        return self.sizes[self.main] if self.main < len(self.sizes) else 0


class Cursor:
    """A cursor over a header; everything it reads is checked against the header's end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        out = self.data[self.at : self.at + size]
        if len(out) != size:
            raise BadSevenZipError("the header ends early")
        self.at += size
        return out

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes."""
        first, mask, value = self.byte(), 0x80, 0
        for position in range(8):
            if not first & mask:
                return value + ((first & (mask - 1)) << (8 * position))
            value += self.byte() << (8 * position)
            mask >>= 1
        return value

    def count(self) -> int:
        """A number of things that the directory describes, so no larger than it has bits."""
        number = self.number()
        if number > len(self.data) * 8:
            raise BadSevenZipError("a count in the header is larger than the header can hold")
        return number

    def bits(self, count: int) -> list[bool]:
        """A bit a thing, the highest first."""
        raw = self.take((count + 7) // 8)
        return [bool(raw[i >> 3] & (0x80 >> (i & 7))) for i in range(count)]

    def optional_bits(self, count: int) -> list[bool]:
        """The same, left out where all are set."""
        return [True] * count if self.byte() else self.bits(count)

    def crcs(self, count: int) -> list[int | None]:
        """A checksum a thing, None where none is known."""
        return [struct.unpack("<I", self.take(4))[0] if is_set else None for is_set in self.optional_bits(count)]


def read_directory(data: Cursor) -> tuple[list[Folder], list[Entry]]:
    """The folders and members behind the byte `HEADER`."""
    folders, entries = list[Folder](), list[Entry]()
    while (kind := data.byte()) != END:
        if kind == _MAIN:
            folders = read_streams(data)
        elif kind == _FILES:
            entries = _read_files(data, folders)
        else:
            raise BadSevenZipError(f"the directory holds an unknown part {kind}")
    return folders, entries


def _read_files(data: Cursor, folders: list[Folder]) -> list[Entry]:
    count = data.count()
    empty, empty_file, names, attributes = [False] * count, list[bool](), [""] * count, [0] * count
    while (kind := data.byte()) != END:
        part = Cursor(data.take(data.number()))
        if kind == _EMPTY_STREAM:
            empty = part.bits(count)
        elif kind == _EMPTY_FILE:
            empty_file = part.bits(sum(empty))
        elif kind == _NAMES:
            names = _names(part, count)
        elif kind == _ATTRIBUTES:
            is_set = part.optional_bits(count)
            part.byte()
            attributes = [struct.unpack("<I", part.take(4))[0] if known else 0 for known in is_set]
    places = (
        (number, size, crc)
        for number, folder in enumerate(folders)
        for size, crc in zip(folder.members, folder.member_crcs, strict=True)
    )
    empties, entries = iter(empty_file), list[Entry]()
    for name, is_empty, attribute in zip(names, empty, attributes, strict=True):
        entry = Entry(name, is_link=attribute >> 16 & 0xF000 == 0xA000 or bool(attribute & 0x400))
        if is_empty:
            entry.is_folder = not next(empties, False)
        else:
            place = next(places, None)
            if place is None:
                raise BadSevenZipError("the directory names more members than there are")
            entry.folder, entry.size, entry.crc = place
        entries.append(entry)
    return entries


def _names(data: Cursor, count: int) -> list[str]:
    if data.byte():
        raise BadSevenZipError("the members' names lie outside the directory")
    names = data.data[data.at :].decode("utf-16-le", "replace").split("\0")
    if len(names) < count:
        raise BadSevenZipError("names of members are missing")
    return names[:count]


def read_streams(data: Cursor) -> list[Folder]:
    """The folders of a StreamsInfo, with their places in the file and their members' sizes."""
    position, packed_sizes, folders = 32, list[int](), list[Folder]()
    while (kind := data.byte()) != END:
        if kind == _PACK:
            position = 32 + data.number()
            packed_sizes = _pack_sizes(data)
        elif kind == _UNPACK:
            folders = _folders(data)
        elif kind == _SUBSTREAMS:
            _substreams(data, folders)
        else:
            raise BadSevenZipError(f"the directory holds an unknown part {kind}")
    sizes = iter(packed_sizes)
    for folder in folders:
        own = [next(sizes, -1) for _ in range(folder.n_packed)]
        if -1 in own or position > 1 << 62:
            raise BadSevenZipError("the directory names more streams than there are")
        folder.offset, folder.packed_size = position, sum(own)
        position += sum(own)
        if not folder.members and folder.sizes:
            folder.members, folder.member_crcs = [folder.plain_size], [folder.crc]
    return folders


def _pack_sizes(data: Cursor) -> list[int]:
    count, sizes = data.count(), list[int]()
    while (kind := data.byte()) != END:
        if kind == _SIZE:
            sizes = [data.number() for _ in range(count)]
        elif kind == _CRC:
            data.crcs(count)
        else:
            raise BadSevenZipError(f"the directory holds an unknown part {kind}")
    return sizes


def _folders(data: Cursor) -> list[Folder]:
    if data.byte() != _FOLDER:
        raise BadSevenZipError("the directory holds no folders")
    count = data.count()
    if data.byte():
        raise BadSevenZipError("the folders' descriptions lie outside the directory")
    n_outputs = list[int]()
    folders = []
    for _ in range(count):
        folder, outputs = _folder(data)
        folders.append(folder)
        n_outputs.append(outputs)
    if data.byte() != _CODER_SIZES:
        raise BadSevenZipError("the sizes of the folders are missing")
    for folder, outputs in zip(folders, n_outputs, strict=True):
        folder.sizes = [data.number() for _ in range(outputs)]
    while (kind := data.byte()) != END:
        if kind != _CRC:
            raise BadSevenZipError(f"the directory holds an unknown part {kind}")
        for folder, crc in zip(folders, data.crcs(count), strict=True):
            folder.crc = crc
    return folders


def _folder(data: Cursor) -> tuple[Folder, int]:
    """A folder's coders in the order of decoding; what cannot be decoded is a problem noted in it."""
    folder, coders, n_in, n_out = Folder(), list[tuple[str, bytes]](), 0, 0
    for _ in range(data.count()):
        flags = data.byte()
        method = data.take(flags & 15)
        inputs, outputs = (data.count(), data.count()) if flags & 16 else (1, 1)
        properties = data.take(data.number()) if flags & 32 else b""
        coders.append((_METHODS.get(method, f"method {method.hex()}"), properties))
        n_in, n_out = n_in + inputs, n_out + outputs
    if not n_out:
        raise BadSevenZipError("a folder has no method")
    source_of = {data.number(): data.number() for _ in range(n_out - 1)}
    folder.n_packed = n_in - (n_out - 1)
    if folder.n_packed > 1:
        for _ in range(folder.n_packed):
            data.number()
    folder.is_encrypted = any(name == "AES" for name, _ in coders)
    _set_chain(folder, coders, source_of, is_simple=n_in == n_out == len(coders))
    return folder, n_out


def _set_chain(folder: Folder, coders: list[tuple[str, bytes]], source_of: dict[int, int], is_simple: bool) -> None:
    """Notes the coders in the order of decoding: `source_of` gives the coder whose output a coder reads."""
    folder.main = next((number for number in range(len(coders)) if number not in source_of.values()), 0)
    order, at = [folder.main], folder.main
    while at in source_of and len(order) < len(coders):
        at = source_of[at]
        order.append(at)
    sound = is_simple and len(order) == len(coders) and all(0 <= number < len(coders) for number in order)
    folder.chain = [coders[number] for number in reversed(order)] if sound else []
    first, filters = [name for name, _ in folder.chain][:1], [name for name, _ in folder.chain][1:]
    is_known = first and (
        (first[0] in ("lzma", "lzma2") and len(filters) <= 3 and all(name in FILTERS for name in filters))
        or (first[0] in _PLAIN and not filters)
    )
    if not is_known:
        names = " + ".join(name for name, _ in coders)
        folder.problem = f"compressed with {names}, which is not read; pack it anew with LZMA2"


def _substreams(data: Cursor, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    kind = data.byte()
    if kind == _NUM_UNPACK:
        counts = [data.count() for _ in folders]
        kind = data.byte()
    for folder, count in zip(folders, counts, strict=True):
        total = folder.plain_size
        sizes = [data.number() for _ in range(count - 1)] if kind == _SIZE else []
        if len(sizes) != max(0, count - 1) or sum(sizes) > total:
            raise BadSevenZipError("the members' sizes do not fit")
        folder.members = [*sizes, total - sum(sizes)] if count else []
        folder.member_crcs = [folder.crc if count == 1 else None] * count
    if kind == _SIZE:
        kind = data.byte()
    if kind == _CRC:
        missing = [(folder, i) for folder in folders for i, crc in enumerate(folder.member_crcs) if crc is None]
        for (folder, i), crc in zip(missing, data.crcs(len(missing)), strict=True):
            folder.member_crcs[i] = crc
        kind = data.byte()
    if kind != END:
        raise BadSevenZipError(f"the directory holds an unknown part {kind}")
