"""Whole builds for tests, in this process and without Dagster."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines import parquet, release
from pipelines.invariants import Offences
from pipelines.settings import Settings
from pipelines.stages import core, counted, out, raw, surfaces, verify
from pipelines.stages.places import Paths

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def inline(label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:
    for call in calls:
        function(*call)


def write_seeds(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def run_stages(paths: Paths, settings: Settings | None = None, run: Any = inline) -> dict[str, Offences]:
    settings = settings or Settings()
    raw.list_sources(paths)
    raw.read_records(paths, run)
    core.prepare_groups(paths, run)
    surfaces.merge(paths, run)
    core.judge_words(paths, settings, run)
    core.resolve_names(paths, settings, run)
    out.apply_groups(paths, settings, run)
    out.sources_table(paths)
    out.quarantine_table(paths)
    counted.variants_table(paths, run)
    counted.entities_table(paths, run)
    return verify.all_offences(paths, run)


def build(paths: Paths, settings: Settings | None = None) -> Path:
    verify.refuse_broken(run_stages(paths, settings))
    release.publish(paths.data, out.table_files(paths), out.beside(paths))
    return paths.data / "latest"


def tables(latest: Path) -> dict[str, pd.DataFrame]:
    found = {}
    for file in sorted(latest.glob("*.parquet")):
        parts = sorted(file.glob("*.parquet")) if file.is_dir() else [file]
        found[file.stem] = pd.concat([parquet.read(part).to_pandas() for part in parts], ignore_index=True)
    return found
