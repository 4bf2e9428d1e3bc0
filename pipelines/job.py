"""Runs the job with progress, and ends with what was built, or with one message that says what is wrong."""

import os
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines import lock, notify, reasons, summary
from pipelines.automation import JOB, STARTED_BY
from pipelines.definitions import build_definitions
from pipelines.lock import BuildRunning
from pipelines.names.authority import ReferenceFileError
from pipelines.readers import SeedChangedError
from pipelines.resources import REPORT, default_places
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
    summary.show(default_places(), console)
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
