"""The raw stages: which seed files there are, and their records as read."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from pipelines import work
from pipelines.passes import read as reading
from pipelines.readers import companions
from pipelines.stages.folders import seed_files
from pipelines.stages.places import Manifest, Paths, Run
from pipelines.stages.told import tell


class NoSeeds(FileNotFoundError):
    """There is no seeds folder, or nothing in it."""


def list_sources(paths: Paths) -> Manifest:
    """All seed files with size and SHA-256; files that have not changed since the last look are not read again."""
    if paths.seeds.exists() and not paths.seeds.is_dir():
        raise NoSeeds(f"{paths.seeds} is a file. Name the folder it lies in with SEEDS=.")
    if not paths.seeds.is_dir():
        raise NoSeeds(f"There is no seeds folder {paths.seeds}. Put your texts there, or name another with SEEDS=.")
    found = seed_files(paths)
    if not found:
        raise NoSeeds(f"The seeds folder {paths.seeds} is empty. Put your texts there, or name another with SEEDS=.")
    known_file = paths.work / "hashes.json"
    known = json.loads(known_file.read_text()) if known_file.exists() else {}
    hashes = {path: _hashed(paths.seeds / path, known.get(path)) for path in found}
    known_file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = known_file.with_suffix(f".tmp-{os.getpid()}")
    unfinished.write_text(json.dumps(hashes))
    unfinished.replace(known_file)
    return paths.write_manifest("seeds", {"seeds": {path: entry["sha256"] for path, entry in hashes.items()}})


def _hashed(file: Path, known: dict[str, Any] | None) -> dict[str, Any]:
    try:
        stat = os.lstat(file)
        stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        if known and known["stamp"] == stamp:
            return known
        if file.is_symlink() or not file.is_file():
            return {"stamp": stamp, "sha256": work.digest("no file", str(file))}
        with file.open("rb") as stream:
            return {"stamp": stamp, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
    except PermissionError:
        return {"stamp": [], "sha256": work.digest("unreadable")}


def read_records(paths: Paths, run: Run) -> Manifest:
    """READ for every seed file."""
    seeds: dict[str, str] = paths.read_manifest("seeds")["seeds"]
    version = work.code_version("readers", "passes/read.py")
    pieces, calls = [], []
    for path, sha in seeds.items():
        beside = companions(path, seeds)
        key = work.digest(version, path, sha, *(f"{other} {seeds[other]}" for other in beside))
        pieces.append({"path": path, "key": key})
        if not paths.store.has("read", key):
            calls.append((paths.seeds, path, (path, *beside), paths.store.place("read", key)))
    sizes = {path: (paths.seeds / path).lstat().st_size for _, path, *_ in calls}
    calls.sort(key=lambda call: -sizes[call[1]])  # the largest first, so that no worker is left alone with it
    run("Reading", reading.read, calls, sum(sizes.values()))
    told = work.digest(work.code_version("stages", "passes/read.py"), *(piece["key"] for piece in pieces))
    work.make(paths.store.place("told", told), lambda folder: tell(paths, pieces, folder))
    return paths.write_manifest("records", {"pieces": pieces, "told": told})
