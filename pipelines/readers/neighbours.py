"""What lies beside a seed file and influences how it is read.

Belongs here: the names of companions, opening them as plain bytes, on disk or in an archive.
Not here: what is done with them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from pipelines.readers.compressed import SUFFIXES, opened
from pipelines.readers.records import SeedChangedError

SETTINGS = "variorum.toml"
_TABLES = ("Posts.xml", "Comments.xml", "Users.xml")
_USED_BY = {"Posts.xml": ("Users.xml",), "Comments.xml": ("Posts.xml", "Users.xml")}


class Neighbours(Protocol):
    """The files beside the one that is read."""

    def find(self, table: str) -> str:
        """Path of the dump's other table, e.g. `Users.xml`, in the same folder; "" = none."""
        ...

    def settings(self) -> str:
        """Path of the `variorum.toml` that holds here; "" = none."""
        ...

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """The neighbour's bytes, decompressed, seekable."""
        ...


def table_of(path: str) -> tuple[str, str]:
    """Folder with the dump's prefix, and the table: `a/site-`, `Posts.xml`; the table is "" for other files."""
    plain = path
    for suffix in SUFFIXES:
        plain = plain.removesuffix(suffix)
    for table in _TABLES:
        if plain.lower().endswith(table.lower()):
            prefix = plain[: len(plain) - len(table)]
            if not prefix or prefix[-1] in "/-_.!":
                return prefix, table
    return "", ""


def sibling(path: str, table: str, seeds: Collection[str]) -> str:
    """Path of another table of the same dump among the seeds, compressed or not; "" = none."""
    prefix, own = table_of(path)
    if not own or own == table:
        return ""
    for suffix in ("", *SUFFIXES):
        for name in (table, table.lower()):
            if prefix + name + suffix in seeds:
                return prefix + name + suffix
    return ""


def settings_for(path: str, seeds: Collection[str]) -> str:
    """Path of the nearest `variorum.toml` in the file's folder or above; "" = none."""
    for end in range(len(path), -1, -1):
        candidate = path[:end] + SETTINGS
        if (not end or path[end - 1] in "/!") and candidate in seeds and candidate != path:
            return candidate
    return ""


def companions(path: str, seeds: Collection[str]) -> list[str]:
    """Other seed files whose bytes influence how this one is read, sorted."""
    if posixpath.basename(path) == SETTINGS:
        return []
    _, table = table_of(path)
    found = {sibling(path, other, seeds) for other in _USED_BY.get(table, ())}
    found.add(settings_for(path, seeds))
    return sorted(found - {""})


class Folder:
    """The neighbours of a seed file on disk."""

    def __init__(self, root: Path, path: str, seeds: Collection[str]) -> None:
        self._root, self._path, self._seeds = root, path, seeds

    def find(self, table: str) -> str:
        """Path of the dump's other table; "" = none."""
        return sibling(self._path, table, self._seeds)

    def settings(self) -> str:
        """Path of the settings that hold here; "" = none."""
        return settings_for(self._path, self._seeds)

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """The neighbour's bytes, decompressed."""
        try:
            with opened(self._root / path) as file:
                yield file
        except FileNotFoundError as error:
            raise SeedChangedError(path) from error
