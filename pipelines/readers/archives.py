"""Archives of several members: which members there are, which are refused and why, and their bytes.

Belongs here: zip and 7z behind one face; unsafe names, links, encryption.
Not here: the limits and temporary files (`compressed`), what the members mean.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from pipelines.readers.compressed import BombError, Budget, DamagedError, spool
from pipelines.readers.names import is_left_out
from pipelines.readers.records import PAYLOAD_LIMIT
from pipelines.readers.sevenzip import SIGNATURE, SevenZip
from pipelines.readers.sevenzip_directory import BadSevenZipError, Entry

MAX_MEMBERS = 1 << 20
"""An archive of more members is taken for a bomb."""

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    struct.error,
    ValueError,
    IndexError,
)
_UNSAFE = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that is not read: reason, detail, its bytes (or those stored for it), and their size and sha256."""

    reason: str
    detail: str
    payload: bytes
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name with `/`, and where the archive has it."""

    name: str
    index: int


class Archive(Protocol):
    """What zip and 7z have in common; folders and members that are no seeds are left out."""

    members: list[Member]

    def contents(self, budget: Budget) -> Iterator[tuple[Member, BinaryIO | Refused]]:
        """Each member with its bytes, or why it is refused."""
        ...

    def open(self, member: Member, budget: Budget) -> BinaryIO | Refused:
        """One member's bytes."""
        ...


def archive_kind(head: bytes) -> str:
    """`zip` or `7z` by the file's first bytes, or ""."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    return "7z" if head.startswith(SIGNATURE) else ""


def open_archive(file: BinaryIO, kind: str) -> Archive:
    """The archive in an open file.

    Raises:
        DamagedError: Its directory cannot be read.
        BombError: It has too many members.
    """
    archive: Archive
    try:
        archive = _Zip(file) if kind == "zip" else _SevenZip(file)
    except (*_ZIP_ERRORS, BadSevenZipError, MemoryError) as error:
        is_encrypted = isinstance(error, BadSevenZipError) and error.is_encrypted
        reason = "encrypted" if is_encrypted else "damaged-archive"
        raise DamagedError(str(error) or type(error).__name__, reason) from error
    if len(archive.members) > MAX_MEMBERS:
        raise BombError(f"{len(archive.members)} members")
    return archive


def _name(raw: str) -> str:
    """A member's name as part of a path: `/` between folders, valid Unicode."""
    return raw.replace("\\", "/").encode("utf-8", "backslashreplace").decode()


def _is_seed(raw: str) -> bool:
    """Whether a member is no hidden or temporary file, nor in such a folder."""
    return not any(is_left_out(part) for part in _name(raw).split("/") if part not in ("..", "."))


def _problem(name: str, is_link: bool) -> tuple[str, str] | None:
    if is_link:
        return "symbolic-link", "Links in archives are not followed."
    if not name or _UNSAFE.search(name):
        return "unsafe-path", "The member's name is absolute, leaves the archive, or holds control characters."
    return None


def _refused(reason: str, detail: str, file: BinaryIO) -> Refused:
    digest, size, head = hashlib.sha256(), 0, b""
    while block := file.read(1 << 20):
        head = head or block
        digest.update(block)
        size += len(block)
    return Refused(reason, detail, head[:PAYLOAD_LIMIT], size, digest.hexdigest())


def _refused_stored(reason: str, detail: str, stored: bytes) -> Refused:
    note = f"{detail} The payload is the member as it is stored in the archive."
    return Refused(reason, note, stored, len(stored), hashlib.sha256(stored).hexdigest())


class _Zip:
    """A zip archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file)
        self._infos = [info for info in self._zip.infolist() if not info.is_dir() and _is_seed(_zip_name(info))]
        self.members = [Member(_name(_zip_name(info)), number) for number, info in enumerate(self._infos)]

    def contents(self, budget: Budget) -> Iterator[tuple[Member, BinaryIO | Refused]]:
        """Each member with its bytes, or why it is refused."""
        for member in self.members:
            yield member, self.open(member, budget)

    def open(self, member: Member, budget: Budget) -> BinaryIO | Refused:
        """One member's bytes."""
        info = self._infos[member.index]
        if info.flag_bits & 0x41:
            return _refused_stored(
                "encrypted", "The member is encrypted; unpack it with its password.", self._stored(info)
            )
        try:
            with self._zip.open(info) as stream:
                plain = spool(stream.read, budget, _ZIP_ERRORS)
        except BombError as error:
            return _refused_stored("archive-bomb", f"{error}.", self._stored(info))
        except NotImplementedError:
            detail = f"Its compression method {info.compress_type} is not read; pack it with Deflate."
            return _refused_stored("unsupported-compression", detail, self._stored(info))
        except (*_ZIP_ERRORS, DamagedError) as error:
            return _refused_stored("damaged-archive", f"The member is damaged: {error}.", self._stored(info))
        problem = _problem(member.name, stat.S_ISLNK(info.external_attr >> 16))
        if problem:
            with plain:
                return _refused(*problem, plain)
        return plain

    def _stored(self, info: zipfile.ZipInfo) -> bytes:
        """The member's compressed bytes, at most 1 MiB of them; nothing where the directory points outside the file."""
        if not 0 <= info.header_offset < 1 << 62:
            return b""
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        if len(header) < 30:
            return b""
        name_size, extra_size = struct.unpack("<HH", header[26:])
        self._file.seek(info.header_offset + 30 + name_size + extra_size)
        return self._file.read(min(info.compress_size, PAYLOAD_LIMIT))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The member's name; names without the UTF-8 flag are read as UTF-8 where they are, else in code page 437."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


class _SevenZip:
    """A 7z archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = SevenZip(file)
        self._entries = [entry for entry in self._archive.entries if not entry.is_folder and _is_seed(entry.name)]
        self.members = [Member(_name(entry.name), number) for number, entry in enumerate(self._entries)]

    def contents(self, budget: Budget) -> Iterator[tuple[Member, BinaryIO | Refused]]:
        """Each member with its bytes, or why it is refused, in the archive's order."""
        folder, streams = -1, self._archive.contents()
        broken = dict[int, tuple[str, str]]()
        for member, entry in zip(self.members, self._entries, strict=True):
            if entry.folder not in (-1, folder):
                folder, streams = entry.folder, self._archive.contents(only=entry)
            yield member, self._content(member, entry, streams, broken, budget)

    def open(self, member: Member, budget: Budget) -> BinaryIO | Refused:
        """One member's bytes; all that lie before it in its stream are decompressed too."""
        entry = self._entries[member.index]
        return self._content(member, entry, self._archive.contents(only=entry), {}, budget)

    def _content(
        self,
        member: Member,
        entry: Entry,
        streams: Iterator[tuple[Entry, Callable[[int], bytes]]],
        broken: dict[int, tuple[str, str]],
        budget: Budget,
    ) -> BinaryIO | Refused:
        folder = self._archive.folders[entry.folder] if entry.folder >= 0 else None
        if folder and folder.problem:
            broken[entry.folder] = "encrypted" if folder.is_encrypted else "unsupported-compression", folder.problem
        if entry.folder in broken:
            return _refused_stored(*broken[entry.folder], self._archive.stored(entry, PAYLOAD_LIMIT))
        try:
            read = _nothing if entry.folder < 0 else _reader_of(entry, streams)
            plain = spool(read, budget, _ZIP_ERRORS)
        except BombError as error:
            broken[entry.folder] = "archive-bomb", f"{error}."
        except (*_ZIP_ERRORS, DamagedError) as error:
            broken[entry.folder] = "damaged-archive", f"The member, or one before it, is damaged: {error}."
        else:
            problem = _problem(member.name, entry.is_link)
            if not problem:
                return plain
            with plain:
                return _refused(*problem, plain)
        return _refused_stored(*broken[entry.folder], self._archive.stored(entry, PAYLOAD_LIMIT))


def _nothing(_: int) -> bytes:
    return b""


def _reader_of(entry: Entry, streams: Iterator[tuple[Entry, Callable[[int], bytes]]]) -> Callable[[int], bytes]:
    for candidate, read in streams:
        if candidate is entry:
            return read
    raise EOFError("the stream ends before the member")
