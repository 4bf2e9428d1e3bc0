"""Runs the job with progress, and ends with a summary or with one message that says what is wrong."""

import os
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines import lock, notify, parquet, reasons, remote
from pipelines.automation import JOB, STARTED_BY
from pipelines.definitions import build_definitions
from pipelines.lock import BuildRunning
from pipelines.names.authority import ReferenceFileError
from pipelines.readers import SeedChangedError
from pipelines.resources import REPORT, Places, default_places
from pipelines.stages.out import unmatched_decisions
from pipelines.stages.raw import NoSeeds
from schemas.export import InvalidTable

KNOWN = (BuildRunning, InvalidTable, NoSeeds, OSError, ReferenceFileError, SeedChangedError, ValueError)


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # people get progress and a summary instead


class BuildFailed(Exception):
    """A build that published nothing; the message is for the person who started it."""


def main() -> int:
    """The exit status: 0 for a complete, valid, published build."""
    console = Console(stderr=False, highlight=False)
    definitions = build_definitions()
    try:
        run(definitions, console)
    except BuildFailed as failure:
        told = notify.send(notify.failed(str(failure)))
        for line in filter(None, (f"The build failed: {failure}", told)):
            Console(stderr=True, highlight=False).print(line, style="bold red", markup=False, soft_wrap=True)
        return 1
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        Console(stderr=True).print(
            "The build was stopped. The dataset published before is as it was.", style="bold red"
        )
        return 130
    summarise(default_places(), console)
    return 0


def run(definitions: dg.Definitions, console: Console) -> None:
    """Run the job, showing each stage as it goes.

    Raises:
        BuildFailed: a step failed, or a check stopped the release.
    """
    columns = (TextColumn("{task.description:<30}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, Any] = {}

        def report(label: str, done: int, total: int) -> None:
            if not total:
                return
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=total)
            progress.update(tasks[label], completed=done, total=total)

        REPORT.set(report)
        places, run_id = default_places(), str(uuid.uuid4())
        data = Path(places.data)
        try:
            places.refuse_wrong()
            with _instance() as instance, lock.locked(data, run_id, partial(lock.mark_failed, instance)):
                result = definitions.resolve_job_def(JOB).execute_in_process(
                    QUIET, instance, raise_on_error=False, run_id=run_id, tags={STARTED_BY: "make build"}
                )
        except KNOWN as error:
            raise BuildFailed(reasons.with_place(str(error), data)) from error
        except Exception as error:  # whatever it is, people get one message and no traceback
            raise BuildFailed(f"{reasons.OURS_SAID}{type(error).__name__}: {error}") from error
    if not result.success or not result.asset_materializations_for_node("out__dataset"):
        raise BuildFailed(reasons.with_place(_reason(result), data))


def _instance() -> Any:
    return dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()


def _reason(result: dg.ExecuteInProcessResult) -> str:
    if any(event.is_failure for event in result.all_events):
        return reasons.why(result.all_events)
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            return f"check {evaluation.check_name}: {evaluation.description}\n{evaluation.metadata['rows'].value}"
    return reasons.UNKNOWN


def summarise(places: Places, console: Console) -> None:
    """Say what was built: files, posts, names, edits, what was refused, and where the tables are."""
    paths, latest = places.paths(), Path(places.data) / "latest"
    console.print("\nThe dataset is complete.\n", style="bold green")
    if not paths.reference.is_dir():
        text = f"There is no folder {places.reference}: every name became an entity of its own."
        console.print(f"  {'Reference':<12} {text}", markup=False, soft_wrap=True)
    for label, text in _summary(latest):
        console.print(f"  {label:<12} {text}", markup=False, soft_wrap=True)
    for row in unmatched_decisions(paths).itertuples():
        text = f"decisions.csv, line {row.line}: {row.surface!r} matches nothing in these seeds."
        console.print(f"  {'Decision':<12} {text}", markup=False, soft_wrap=True)
    described = latest / "data_dictionary.md"
    console.print(f"  {'Tables':<12} {latest}{os.sep}*.parquet, described in {described}", soft_wrap=True)
    if places.publish:
        console.print(f"  {'Copied to':<12} {remote.release(places.publish, latest.resolve())}", soft_wrap=True)
    console.print()


def _summary(latest: Path) -> Iterator[tuple[str, str]]:
    sources = _table(latest / "sources.parquet", ["status", "n_posts"])
    yield "Files", f"{_n(len(sources))} ({_tally(sources['status'])}), {_n(int(sources['n_posts'].sum()))} posts"
    entities = _table(latest / "entities.parquet", ["kind", "in_authority"])
    mentions = _table(latest / "mentions.parquet", ["status"])
    known = int(entities["in_authority"].sum())
    of_kinds = f"{_n(len(entities))} entities ({_tally(entities['kind'])}), {_n(known)} of them in the authority"
    yield "Names", f"{_n(len(mentions))} mentions of {of_kinds}"
    variants = _table(latest / "variants.parquet", ["surface", "canonical", "status"])
    unified = variants[(variants["status"] == "accepted") & (variants["surface"] != variants["canonical"])]
    yield "Spellings", f"{_n(len(variants))} variants, {_n(len(unified))} unified{_example(unified)}"
    edits = _table(latest / "edits.parquet", ["kind"])
    yield "Edits", f"{_n(len(edits))} ({_tally(edits['kind'])})"
    doubtful = int((mentions["status"] == "review").sum())
    yield "Review", f"{_n(doubtful)} mentions wait for a person: {latest / 'review.csv'}"
    quarantine = _table(latest / "quarantine.parquet", ["reason"])
    if len(quarantine):
        yield "Quarantine", f"{_n(len(quarantine))} ({_tally(quarantine['reason'])}): {latest / 'quarantine.parquet'}"


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    table: pd.DataFrame = pa.concat_tables([parquet.read(file, columns) for file in files]).to_pandas()
    return table


def _n(number: int) -> str:
    return f"{number:,}"


def _tally(values: pd.Series) -> str:
    counts = values.value_counts()
    return ", ".join(f"{_n(n)} {name}" for name, n in counts[counts > 0].items()) or "none"


def _example(unified: pd.DataFrame) -> str:
    spellings = unified.groupby("canonical")["surface"].agg(list)
    most = (
        spellings[spellings.map(len) > 1].sort_values(key=lambda s: s.map(len), ascending=False, kind="stable").head(1)
    )
    return "".join(f", e.g. {', '.join(found[:4])} → {name}" for name, found in most.items())
