"""The way in: which files are seeds, and the sources that one seed file gives.

Belongs here: the walk over the seeds folder, what is left out, files that cannot be read at all.
Not here: what a file's bytes mean (`formats`), archives.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipelines.readers import formats
from pipelines.readers.records import Record, SeedChangedError
from pipelines.readers.source import Source, survey

_TEMPORARY = ("~", ".tmp", ".part", ".partial", ".crdownload", ".swp", ".swo", ".lock")
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is no seed: hidden, an editor's or a download's temporary file, or a system's clutter."""
    return name.startswith((".", "~$", "#")) or name.endswith(_TEMPORARY) or name.lower() in _CLUTTER


def list_seeds(root: Path) -> list[str]:
    """Relative POSIX paths of all seed files under `root`, sorted by code point.

    Left out are names that open with `.`, `~$` or `#`, names that end in `~`, `.tmp`, `.part`, `.partial`, `.crdownload`, `.swp`,
    `.swo` or `.lock`, and `Thumbs.db`, `desktop.ini` and `__MACOSX`. Symbolic links are listed and not followed. A folder that
    cannot be listed is itself listed, so that it is refused visibly.
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


def companions(path: str, seeds: Collection[str]) -> list[str]:
    """Other seed files whose bytes influence how this one is read, sorted."""
    return []


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
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    try:
        status = full.lstat()
    except FileNotFoundError as error:
        raise SeedChangedError(shown) from error
    if stat.S_ISLNK(status.st_mode):
        target = os.fsencode(os.readlink(full))
        yield Source(shown, partial(_refused, "symbolic-link", f"It points to {os.fsdecode(target)!r}.", target))
    elif stat.S_ISREG(status.st_mode):
        yield Source(shown, partial(_read_file, full))
    elif stat.S_ISDIR(status.st_mode):
        yield Source(
            shown, partial(_refused, "unreadable-file", "The folder cannot be listed; check its permissions.", b"")
        )
    else:
        yield Source(shown, partial(_refused, "not-a-file", "Devices, pipes and sockets are not read.", b""))


def _read_file(full: Path, source: Source) -> Iterator[Record]:
    try:
        with full.open("rb") as file:
            before = os.fstat(file.fileno())
            yield from read_bytes(file, source)
            after = full.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise SeedChangedError(source.path)
    except FileNotFoundError as error:
        raise SeedChangedError(source.path) from error
    except OSError as error:
        yield source.refuse("unreadable-file", f"{error.strerror}; check the file's permissions and the disk.", b"")


def _refused(reason: str, detail: str, payload: bytes, source: Source) -> Iterator[Record]:
    import hashlib

    source.size_bytes, source.sha256 = len(payload), hashlib.sha256(payload).hexdigest()
    yield source.refuse(reason, detail, payload)


def read_bytes(file: BinaryIO, source: Source) -> Iterator[Record]:
    """The records of one seekable file: surveyed, identified, read."""
    seen = survey(file)
    source.size_bytes, source.sha256 = seen.size, seen.sha256
    yield from formats.read(file, seen, source)
