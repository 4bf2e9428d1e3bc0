"""The way in: which files are seeds, and the sources that one seed file gives.

Belongs here: the walk over the seeds folder, what is left out, files that cannot be read at all.
Not here: what a file's bytes mean (`formats`), archives.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from pipelines.readers.compressed import Budget
from pipelines.readers.containers import refused_source, sources
from pipelines.readers.names import is_left_out
from pipelines.readers.neighbours import Folder
from pipelines.readers.records import SeedChangedError
from pipelines.readers.source import Source


def list_seeds(root: Path) -> list[str]:
    """Relative POSIX paths of all seed files under `root`, sorted by code point.

    Left out are names that open with `.`, `~$`, `#`, names that end in `~`, `.tmp`, `.part`, `.partial`, `.crdownload`,
    `.swp` or `.swo`, and `Thumbs.db`, `desktop.ini` and `__MACOSX`. Symbolic links are listed and not followed. Folders
    that cannot be listed are listed themselves, so that they are refused visibly.
    """
    found: list[str] = []

    def walk(folder: str, prefix: str) -> None:
        try:
            entries = list(os.scandir(folder))
        except PermissionError:
            found.append(prefix.rstrip("/"))
            return
        for entry in entries:
            if is_left_out(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path, f"{prefix}{entry.name}/")
            else:
                found.append(prefix + entry.name)

    walk(os.fspath(root), "")
    return sorted(found)


def shown(path: str) -> str:
    """The path as it is recorded: bytes that are no UTF-8 as `\\xff`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read_seed(root: Path, path: str, seeds: Collection[str]) -> Iterator[Source]:
    """The sources of one seed file: one, or for an archive one a member. Never raises for bad data.

    The records of a source are to be exhausted before the next source is asked for.

    Args:
        root: The seeds folder.
        path: A path as `list_seeds` gives it.
        seeds: All of them: companions are looked up there.

    Raises:
        SeedChangedError: The file vanished or changed while it was read.
    """
    full = root / path
    name = shown(path)
    try:
        status = full.lstat()
    except FileNotFoundError as error:
        raise SeedChangedError(name) from error
    if stat.S_ISLNK(status.st_mode):
        target = os.fsencode(full.readlink())
        yield refused_source(name, "symbolic-link", f"It points to {os.fsdecode(target)!r}.", target)
    elif stat.S_ISREG(status.st_mode):
        yield from _read_file(full, name, Folder(root, path, seeds))
    elif stat.S_ISDIR(status.st_mode):
        detail = "The folder cannot be listed; check its permissions."
        yield refused_source(name, "unreadable-file", detail, b"")
    else:
        yield refused_source(name, "not-a-file", "Devices, pipes and sockets are not read.", b"")


def _read_file(full: Path, name: str, neighbours: Folder) -> Iterator[Source]:
    try:
        file = full.open("rb")
    except FileNotFoundError as error:
        raise SeedChangedError(name) from error
    except OSError as error:
        yield refused_source(name, "unreadable-file", f"{error.strerror}; check the file's permissions.", b"")
        return
    with file:
        before = os.fstat(file.fileno())
        yield from sources(file, name, neighbours, Budget(before.st_size))
        try:
            after = full.stat()
        except FileNotFoundError as error:
            raise SeedChangedError(name) from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise SeedChangedError(name)
