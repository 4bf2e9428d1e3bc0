"""What the seed and reference files look like now, and how that is told to Dagster.

Looking is cheap: names, sizes and times, never contents. What is done about a change is decided in
`pipelines.automation`.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from pipelines import gold, preview, provenance, work
from pipelines.stages.core import DECISIONS_FILE, SPELLING_FILE
from pipelines.stages.folders import given_files, seed_files
from pipelines.stages.places import Paths

Stamps = dict[str, list[int]]

FILES = "raw/files"
DATA_VERSION = "dagster/data_version"


def look(folder: Path, files: list[str]) -> Stamps:
    """Size, times of change and number of each file; files that vanish meanwhile are left out."""
    stamps = {}
    for name in files:
        try:
            stat = os.lstat(folder / name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        stamps[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    return stamps


def watched(paths: Paths) -> dict[str, Stamps]:
    """Every seed and reference file with its stamp, by the asset that stands for it."""
    stamps = look(paths.reference, [file.relative_to(paths.reference).as_posix() for file in given_files(paths)])
    return {
        FILES: look(paths.seeds, seed_files(paths)) if paths.seeds.is_dir() else {},
        "reference/authority": {name: stamp for name, stamp in stamps.items() if name.startswith("authority/")},
        "reference/spelling": {name: stamp for name, stamp in stamps.items() if name == SPELLING_FILE},
        "reference/decisions": {name: stamp for name, stamp in stamps.items() if name == DECISIONS_FILE},
        "reference/gold": {name: stamp for name, stamp in stamps.items() if name == gold.FILE},
        "reference/provenance": {name: stamp for name, stamp in stamps.items() if name == provenance.FILE},
    }


def version(stamps: Mapping[str, Sequence[int | str]]) -> str:
    """A key that changes when a file does."""
    return work.digest(json.dumps(stamps, sort_keys=True))


def changes(instance: dg.DagsterInstance, found: dict[str, Stamps]) -> Iterator[dg.AssetMaterialization]:
    """An event for each asset whose files are not as Dagster was told last.

    These are materialisations, not observations: of assets that Dagster does not make itself, it compares the data
    versions of materialisations alone when it says what is unsynced.
    """
    for asset, stamps in found.items():
        key = dg.AssetKey(asset.split("/"))
        told = instance.get_latest_materialization_event(key)
        now = version(stamps)
        if told and told.asset_materialization and (told.asset_materialization.tags or {}).get(DATA_VERSION) == now:
            continue
        metadata = {"dagster/row_count": len(stamps), "files": preview.listing(list(stamps))}
        yield dg.AssetMaterialization(key, metadata=metadata, tags={DATA_VERSION: now})
