"""Publishing: all tables of one build appear at once under `latest`, with what describes them.

A build's folder is made beside the published ones and renamed when it is whole; then the link `latest` is replaced in one
step. Whatever is killed and when, `latest` leads to one complete build.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from pipelines import parquet, work
from pipelines.readers import REASONS
from schemas.export import data_dictionary, frictionless_fields
from schemas.tables import TABLES

SINGLE_FILE_BYTES = 16 << 20
KEPT_BUILDS = 5
CHECKSUMS = "checksums.sha256"


def publish(data: Path, tables: Iterable[tuple[str, list[Path]]], beside: Mapping[str, str]) -> Path:
    """The folder of the published build.

    Args:
        data: where `builds/` and `latest` are.
        tables: every table with the files of its parts, in order.
        beside: further files of the release, name to content.
    """
    builds = data / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    sweep_unfinished(data)
    unfinished = builds / f"{work.UNFINISHED}{os.getpid()}"
    unfinished.mkdir()
    for name, parts in tables:
        _place_table(unfinished / f"{name}.parquet", parts)
    described = {"data_dictionary.md": data_dictionary(REASONS), **beside}
    for name, content in described.items():
        (unfinished / name).write_text(content, encoding="utf-8")
    (unfinished / "datapackage.json").write_text(_datapackage(unfinished), encoding="utf-8")
    sums = _checksums(unfinished)
    (unfinished / CHECKSUMS).write_text(sums, encoding="utf-8")
    build = builds / hashlib.sha256(sums.encode()).hexdigest()[:16]
    if build.is_dir():
        shutil.rmtree(unfinished)
    else:
        unfinished.rename(build)
    _point(data / "latest", build)
    sweep_builds(data)
    return build


def _place_table(target: Path, parts: list[Path]) -> None:
    """One file for small tables, else a folder of parts; parts are linked, not copied, where the file system can."""
    if len(parts) == 1:
        _link(parts[0], target)
    elif sum(part.stat().st_size for part in parts) <= SINGLE_FILE_BYTES:
        parquet.write(pa.concat_tables([parquet.read(part) for part in parts]), target)
    else:
        target.mkdir()
        for number, part in enumerate(parts):
            _link(part, target / f"part-{number:05d}.parquet")


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _point(latest: Path, build: Path) -> None:
    """Let `latest` lead to the build, in one step."""
    target = build.relative_to(latest.parent)
    if latest.is_symlink() and Path(os.readlink(latest)) == target:
        return
    link = latest.with_name(f"{work.UNFINISHED}latest-{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)
    link.replace(latest)


def sweep_unfinished(data: Path) -> None:
    """Remove what killed builds left."""
    for left in (data / "builds").glob(f"{work.UNFINISHED}*"):
        shutil.rmtree(left)
    for left in data.glob(f"{work.UNFINISHED}latest-*"):
        left.unlink()


def sweep_builds(data: Path, keep: int = KEPT_BUILDS) -> None:
    """Remove all but the newest `keep` builds; never the one that `latest` leads to."""
    published = (data / "latest").resolve()
    builds = sorted((b for b in (data / "builds").iterdir() if b.is_dir()), key=lambda b: b.stat().st_mtime_ns, reverse=True)
    others = [build for build in builds if build != published]
    for build in others[keep - 1 :]:
        gone = build.with_name(f"{work.UNFINISHED}{build.name}")
        build.rename(gone)
        shutil.rmtree(gone)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _checksums(folder: Path) -> str:
    lines = []
    for file in _files(folder):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.relative_to(folder).as_posix()}")
    return "\n".join(lines) + "\n"


def _datapackage(folder: Path) -> str:
    resources = []
    for name, spec in TABLES.items():
        files = _files(folder / f"{name}.parquet") or [folder / f"{name}.parquet"]
        paths = [file.relative_to(folder).as_posix() for file in files]
        schema = {"fields": frictionless_fields(name), "primaryKey": list(spec.key)}
        resources.append(
            {
                "name": name,
                "path": paths[0] if len(paths) == 1 else paths,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "description": (spec.model.__doc__ or "").strip(),
                "bytes": sum(file.stat().st_size for file in files),
                "schema": schema,
            }
        )
    package = {"name": "variorum-dataset", "title": "Variorum dataset", "resources": resources}
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"
