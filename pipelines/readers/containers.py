"""From a file's bytes to its sources: the file itself, or what a compressed file or an archive holds.

Belongs here: unpacking, one level of nesting, the paths of members, neighbours inside an archive.
Not here: how archives are read (`archives`, `compressed`), what plain files mean (`formats`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import BinaryIO

from pipelines.readers import formats
from pipelines.readers.archives import Archive, Refused, archive_kind, open_archive
from pipelines.readers.compressed import BombError, Budget, DamagedError, compression, reader, spool
from pipelines.readers.neighbours import Neighbours, settings_for, sibling
from pipelines.readers.records import PAYLOAD_LIMIT, Record
from pipelines.readers.source import Source, survey

MAX_DEPTH = 2
"""Containers within each other: an archive in an archive is read, an archive in that one is not."""


def sources(
    file: BinaryIO, path: str, neighbours: Neighbours, budget: Budget, depth: int = 0, stored: BinaryIO | None = None
) -> Iterator[Source]:
    """The sources that a file gives: itself, or its members.

    Args:
        file: The bytes to be read, seekable, open until the generator ends.
        path: As it is to be published.
        neighbours: What lies beside it.
        budget: How many bytes it may unpack to.
        depth: In how many containers it lies.
        stored: The compressed file that `file` was unpacked from: its bytes are the source's own.
    """
    file.seek(0)
    head = file.read(64)
    packed, kind = compression(head), archive_kind(head)
    if kind == "zip" and formats.is_zipped_document(file):
        kind = ""
    if not packed and not kind:
        yield Source(path, partial(_read_plain, file, stored or file, neighbours))
    elif depth >= MAX_DEPTH:
        yield _refused_file(stored or file, path, "nested-archive", "Unpack the archives in it, and give those.")
    elif packed:
        yield from _unpacked(file, path, packed, neighbours, budget, depth, stored)
    else:
        yield from _members(file, path, kind, neighbours, budget, depth, stored)


def refused_source(path: str, reason: str, detail: str, payload: bytes) -> Source:
    """A source refused without a look at what it means."""

    def read(source: Source) -> Iterator[Record]:
        source.size_bytes, source.sha256 = len(payload), hashlib.sha256(payload).hexdigest()
        yield source.refuse(reason, detail, payload)

    return Source(path, read)


def _read_plain(file: BinaryIO, stored: BinaryIO, neighbours: Neighbours, source: Source) -> Iterator[Record]:
    seen = survey(file)
    own = seen if stored is file else survey(stored)
    source.size_bytes, source.sha256, source.head = own.size, own.sha256, own.head
    yield from formats.read(file, seen, source, neighbours)


def _refused_file(file: BinaryIO, path: str, reason: str, detail: str) -> Source:
    def read(source: Source) -> Iterator[Record]:
        seen = survey(file)
        source.size_bytes, source.sha256 = seen.size, seen.sha256
        yield source.refuse(reason, detail, seen.head)

    return Source(path, read)


def _unpacked(
    file: BinaryIO, path: str, packed: str, neighbours: Neighbours, budget: Budget, depth: int, stored: BinaryIO | None
) -> Iterator[Source]:
    """What a file compressed as one stream holds; it keeps the compressed file's path, size and sha256."""
    try:
        plain = spool(reader(file, packed).read, budget)
    except BombError as error:
        yield _refused_file(stored or file, path, "archive-bomb", f"{error}.")
    except DamagedError as error:
        yield _refused_file(stored or file, path, "damaged-archive", f"Its {packed} stream is damaged: {error}.")
    else:
        with plain:
            yield from sources(plain, path, neighbours, budget, depth + 1, stored or file)


def _members(
    file: BinaryIO, path: str, kind: str, neighbours: Neighbours, budget: Budget, depth: int, stored: BinaryIO | None
) -> Iterator[Source]:
    """The members of an archive; the archive itself is a source only where it gives none."""
    try:
        archive = open_archive(file, kind)
    except BombError as error:
        yield _refused_file(stored or file, path, "archive-bomb", f"It has {error}.")
        return
    except DamagedError as error:
        yield _refused_file(stored or file, path, error.reason, f"Its directory cannot be read: {error}.")
        return
    inside = _Inside(archive, path, neighbours, budget)
    is_empty = True
    for member, content in archive.contents(budget):
        is_empty = False
        shown = inside.path_of(member.index)
        if isinstance(content, Refused):
            yield Source(shown, partial(_refuse_member, content))
        else:
            with content:
                yield from sources(content, shown, inside.beside(shown), budget, depth + 1)
    if is_empty:
        yield _refused_file(stored or file, path, "empty-archive", "It holds no files.")


def _refuse_member(content: Refused, source: Source) -> Iterator[Record]:
    source.size_bytes, source.sha256 = content.size, content.sha256
    yield source.refuse(content.reason, content.detail, content.payload[:PAYLOAD_LIMIT])


class _Inside:
    """The members of an archive by their paths; names that come twice get `#2`, `#3` and so on."""

    def __init__(self, archive: Archive, path: str, outer: Neighbours, budget: Budget) -> None:
        self.archive, self.outer, self.budget = archive, outer, budget
        self.index_of: dict[str, int] = {}
        times: dict[str, int] = {}
        for member in archive.members:
            base = shown = f"{path}!{member.name}"
            while shown in self.index_of:
                times[base] = times.get(base, 1) + 1
                shown = f"{base}#{times[base]}"
            self.index_of[shown] = member.index
        self._paths = {index: shown for shown, index in self.index_of.items()}

    def path_of(self, index: int) -> str:
        """The member's path."""
        return self._paths[index]

    def beside(self, path: str) -> Neighbours:
        """The neighbours of one member."""
        return _Beside(self, path)


class _Beside:
    """The neighbours of an archive's member: other members, then what lies beside the archive."""

    def __init__(self, inside: _Inside, path: str) -> None:
        self._inside, self._path = inside, path

    def find(self, table: str) -> str:
        """Path of the dump's other table in the same archive; "" = none."""
        return sibling(self._path, table, self._inside.index_of)

    def settings(self) -> str:
        """Path of the settings that hold here; "" = none."""
        return settings_for(self._path, self._inside.index_of) or self._inside.outer.settings()

    @contextmanager
    def _member(self, index: int) -> Iterator[BinaryIO]:
        content = self._inside.archive.open(self._inside.archive.members[index], self._inside.budget.anew())
        if isinstance(content, Refused):
            raise DamagedError(content.detail)
        with content:
            name = compression(content.read(16))
            if not name:
                yield content
                return
            with spool(reader(content, name).read, self._inside.budget.anew()) as plain:
                yield plain

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """The neighbour's bytes."""
        index = self._inside.index_of.get(path)
        return self._inside.outer.open(path) if index is None else self._member(index)
