"""The job, the nightly schedule, and the sensor that watches seeds and reference files. Both are off until switched on."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines import work
from pipelines.readers import list_seeds
from pipelines.resources import default_place

JOB = "build"
SETTLED_SECONDS = 3

build_job = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="Reads the seeds, unifies spelling and names, checks everything, and publishes one complete dataset.",
    executor_def=dg.in_process_executor,
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    target=build_job,
    cron_schedule="0 3 * * *",
    execution_timezone="UTC",
    description="Rebuilds the dataset every night at 3:00 UTC.",
)


def look(folder: Path, files: list[str]) -> dict[str, list[int]]:
    """Size and time of change of each file; files that vanish meanwhile are left out."""
    stamps = {}
    for name in files:
        try:
            stat = os.lstat(folder / name)
        except FileNotFoundError:
            continue
        stamps[name] = [stat.st_size, stat.st_mtime_ns]
    return stamps


def watched(seeds: Path, reference: Path) -> dict[str, list[int]]:
    """Every seed file and reference file with its size and time of change."""
    raw = look(seeds, list_seeds(seeds)) if seeds.is_dir() else {}
    curated = [file.relative_to(reference).as_posix() for file in sorted(reference.rglob("*.csv"))]
    return {f"seeds/{n}": s for n, s in raw.items()} | {f"reference/{n}": s for n, s in look(reference, curated).items()}


@dg.sensor(
    job=build_job,
    name="seeds_and_reference",
    minimum_interval_seconds=15,
    description="Rebuilds the dataset when a seed or reference file is new, changed, renamed or removed. "
    "A file still being written is waited for.",
)
def watch(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    found = watched(Path(default_place("VARIORUM_SEEDS", "seeds/raw")), Path(default_place("VARIORUM_REFERENCE", "seeds/reference")))
    state = work.digest(json.dumps(found, sort_keys=True))
    before = json.loads(context.cursor) if context.cursor else {}
    if state == before.get("built"):
        yield dg.SkipReason("Nothing has changed since the last build.")
    elif state != before.get("seen"):
        context.update_cursor(json.dumps({**before, "seen": state}))
        yield dg.SkipReason("Files have changed; waiting until they are written to the end.")
    else:
        context.update_cursor(json.dumps({"built": state, "seen": state}))
        yield dg.RunRequest(run_key=state)
