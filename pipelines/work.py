"""The keyed store of finished work: what was made once from the same bytes is not made again.

A piece of work is a folder named by a key made of everything it depends on. It appears whole or not at all.
What the work means belongs to `pipelines.passes`; when a build is published, to `pipelines.release`.
"""

import gc
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parent
SCHEMAS = PACKAGE.parent / "schemas"
LIBRARIES = (
    *("pandas", "pyarrow", "pandera", "regex", "ftfy", "lxml", "rapidfuzz", "selectolax", "chardet", "markdown-it-py"),
    *("pypdfium2", "py3langid", "babel", "mimesis"),
)
UNFINISHED = ".tmp-"
YOUNG_OBJECTS = 1_000_000  # a pass makes many small objects and hardly a cycle: looking for cycles costs a sixth of it


def digest(*parts: str | bytes) -> str:
    """A key of 32 hex digits made of all parts, in their order."""
    hasher = hashlib.sha256()
    for part in parts:
        data = (
            part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        )  # names of files may be no UTF-8
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()[:32]


@cache
def code_version(*rooms: str) -> str:
    """A key of the code in `rooms` (below `pipelines/`), of `schemas/`, and of the libraries that shape the data."""
    files = [file for room in rooms for file in _files(PACKAGE / room)] + _files(SCHEMAS)
    contents = [file.relative_to(PACKAGE.parent).as_posix().encode() + b"\0" + file.read_bytes() for file in files]
    return digest(*_versions(), *contents)


@cache
def _versions() -> list[str]:
    return [f"{name} {metadata.version(name)}" for name in LIBRARIES]


def _files(place: Path) -> list[Path]:
    if not place.exists():
        raise FileNotFoundError(f"There is no room {place}.")
    if place.is_file():
        return [place]
    return sorted(f for f in place.rglob("*") if f.is_file() and "__pycache__" not in f.parts)


class Store:
    """Finished pieces of work below one folder, one folder a step."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, step: str, key: str) -> Path:
        """Where the work with this key lies, finished or not yet made."""
        return self.root / step / key

    def has(self, step: str, key: str) -> bool:
        """Whether the work is finished."""
        return self.place(step, key).is_dir()

    def sweep(self, is_kept: Callable[[str], bool]) -> None:
        """Remove the finished work whose key is not kept."""
        for piece in self.root.glob("*/*"):
            if not is_kept(piece.name):
                shutil.rmtree(piece)

    def sweep_unfinished(self) -> None:
        """Remove what a killed build left unfinished."""
        for piece in self.root.glob(f"*/{UNFINISHED}*"):
            shutil.rmtree(piece)


def make(place: Path, write: Callable[[Path], None]) -> Path:
    """The finished work at `place`: what is there already, else what `write` puts into the empty folder it is given."""
    if place.is_dir():
        return place
    unfinished = place.with_name(f"{UNFINISHED}{place.name}-{os.uname().nodename}-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    with _few_collections():
        write(unfinished)
    try:
        unfinished.rename(place)
    except OSError:  # another worker was as fast: its work has the same bytes
        if not place.is_dir():
            raise
        shutil.rmtree(unfinished)
    return place


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cyclic garbage seldom, and not among what was there before (lexicons, modules); afterwards as before."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
