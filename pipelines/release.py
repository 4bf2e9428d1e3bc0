"""Publishing: all tables of one build appear at once under `latest`, with what describes them.

A build's folder is made beside the published ones and renamed when it is whole; then the link `latest` is replaced in
one step. Whatever is killed and when, `latest` leads to one complete build. A build is named by its content, which
depends on seeds, reference files and code alone; so what changed since the build before lies beside the builds.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import card, changes, describe, parquet, work
from pipelines.changes import CHECKSUMS
from pipelines.provenance import Statement
from pipelines.readers import REASONS
from schemas.export import data_dictionary

SINGLE_FILE_BYTES = 4 << 20
"""Tables of more are folders of parts: writing them again for every release would take longer than the rest of a build
that changes little, and no two releases would share a file."""
KEPT_BUILDS = 5
CHANGES_TEXT, CHANGES_TABLE = "CHANGES.md", "changes.parquet"


def publish(
    data: Path,
    tables: Iterable[tuple[str, list[Path]]],
    beside: Mapping[str, str],
    statement: Statement | None = None,
    copy: Callable[[Path], object] | None = None,
    keep: int = KEPT_BUILDS,
) -> Path:
    """The folder of the published build.

    Args:
        data: where `builds/`, `latest` and what changed are.
        tables: every table with the files of its parts, in order.
        beside: further files of the release, name to content.
        statement: what is said of the sources.
        copy: is given the finished build before `latest` leads to it, to copy it elsewhere; where that fails, nothing
            is published.
        keep: how many builds stay, with this one.
    """
    builds, latest = data / "builds", data / "latest"
    if latest.is_dir() and not latest.is_symlink():
        raise FileExistsError(f"{latest} is a folder, not the link to a build. Move it away, then build again.")
    builds.mkdir(parents=True, exist_ok=True)
    sweep_unfinished(data)
    unfinished = builds / f"{work.UNFINISHED}{os.getpid()}"
    unfinished.mkdir()
    try:
        sums = _fill(unfinished, tables, beside, statement, data / ".work" / "joined")
        build = builds / hashlib.sha256(sums.encode()).hexdigest()[:16]
        _keep(unfinished, build)
        if copy:
            copy(build)
        _tell_changes(data, latest.resolve() if latest.exists() else None, build)
        _point(latest, build)
    finally:
        sweep_unfinished(data)  # where it failed for a full disk, there is room again
    sweep_builds(data, keep)
    return build


def _fill(
    folder: Path,
    tables: Iterable[tuple[str, list[Path]]],
    beside: Mapping[str, str],
    statement: Statement | None,
    joined: Path,
) -> str:
    """Lay everything of a release into its folder; the checksums of it all."""
    for name, parts in tables:
        _place_table(folder / f"{name}.parquet", parts, joined)
    release = describe.look(folder, statement)
    described = {
        "README.md": card.card(release),
        "data_dictionary.md": data_dictionary(REASONS),
        **describe.files(release),
        **beside,
    }
    for name, content in described.items():
        (folder / name).write_text(content, encoding="utf-8")
    sums = _checksums(folder, release)
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8")
    return sums


def _place_table(target: Path, parts: list[Path], joined: Path) -> None:
    """One file for small tables, else a folder of parts.

    Large parts are linked, not copied, where the file system can; they are write-protected, as one who writes into a
    release would write into the finished work that later builds are made of.
    """
    if sum(part.stat().st_size for part in parts) <= SINGLE_FILE_BYTES:
        shutil.copyfile(parts[0] if len(parts) == 1 else _joined(target.stem, parts, joined), target)
    elif len(parts) == 1:
        _link(parts[0], target)
    else:
        target.mkdir()
        for number, part in enumerate(parts):
            _link(part, target / f"part-{number:05d}.parquet")


def _joined(name: str, parts: list[Path], folder: Path) -> Path:
    """The file with the rows of all parts, in order; that of the build before where the parts are the same."""
    key = work.digest(work.code_version("parquet.py"), *(describe.sha256(part) for part in parts))
    file = folder / f"{name}-{key}.parquet"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for former in folder.glob(f"{name}-*"):
            former.unlink()
        unfinished = file.with_suffix(".tmp")
        parquet.write(pa.concat_tables([parquet.read(part) for part in parts]), unfinished)
        unfinished.replace(file)
    return file


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
    target.chmod(0o444)


def _keep(unfinished: Path, build: Path) -> None:
    """Give the finished folder its name; if that build is there already, and whole, it stays as it is."""
    if build.is_dir():
        if _sizes(build) == _sizes(unfinished):
            shutil.rmtree(unfinished)
            os.utime(build)  # it is the newest again
            return
        build.rename(build.with_name(f"{work.UNFINISHED}{build.name}"))  # somebody damaged it
    unfinished.rename(build)


def _sizes(folder: Path) -> list[tuple[str, int]]:
    return [(file.relative_to(folder).as_posix(), file.stat().st_size) for file in _files(folder)]


def _tell_changes(data: Path, before: Path | None, build: Path) -> None:
    """Write what this build changes beside the builds; one that changes nothing leaves what was told."""
    if before == build.resolve():
        return
    try:
        found = changes.compare(before, build)
    except (OSError, pa.ArrowException, KeyError):  # the build before is damaged, or from a time with other columns
        before, found = None, changes.compare(None, build)
    _replace(data / CHANGES_TEXT, lambda file: file.write_text(changes.text(found, before, build), encoding="utf-8"))
    _replace(data / CHANGES_TABLE, lambda file: pq.write_table(changes.table(found, before, build), file))


def _replace(file: Path, write: Callable[[Path], object]) -> None:
    unfinished = file.with_name(f"{work.UNFINISHED}{file.name}")
    write(unfinished)
    unfinished.replace(file)


def _point(latest: Path, build: Path) -> None:
    """Let `latest` lead to the build, in one step."""
    target = build.relative_to(latest.parent)
    if latest.is_symlink() and latest.readlink() == target:
        return
    link = latest.with_name(f"{work.UNFINISHED}latest-{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)
    link.replace(latest)


def sweep_unfinished(data: Path) -> None:
    """Remove what killed builds left."""
    for left in (data / "builds").glob(f"{work.UNFINISHED}*"):
        shutil.rmtree(left)
    for left in data.glob(f"{work.UNFINISHED}*"):
        left.unlink()


def sweep_builds(data: Path, keep: int = KEPT_BUILDS) -> None:
    """Remove all but the newest `keep` builds; never the one that `latest` leads to."""
    published = (data / "latest").resolve()
    builds = sorted(
        (b for b in (data / "builds").iterdir() if b.is_dir()), key=lambda b: b.stat().st_mtime_ns, reverse=True
    )
    others = [build for build in builds if build != published]
    for build in others[keep - 1 :]:
        gone = build.with_name(f"{work.UNFINISHED}{build.name}")
        build.rename(gone)
        shutil.rmtree(gone)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _checksums(folder: Path, release: describe.Release) -> str:
    known = {name: sha for table in release.tables for name, sha in zip(table.files, table.sha256, strict=True)}
    names = [file.relative_to(folder).as_posix() for file in _files(folder)]
    lines = [f"{known.get(name) or describe.sha256(folder / name)}  {name}" for name in names]
    return "\n".join(lines) + "\n"
