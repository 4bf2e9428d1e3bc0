"""The job, the nightly schedule, and what looks at the folders and runs between builds.

Schedule and sensor that start builds are off until switched on. What only shows the state of things is always on.
How a build is made belongs to `pipelines.assets`.
"""

import json
import os
from collections.abc import Iterator

import dagster as dg

from pipelines import environment, lock, notify, reasons, remote, watch, work
from pipelines.resources import Places, default_places

JOB = "build"
STARTED_BY = "variorum/started_by"


def between_looks(told: str) -> int:
    """Seconds between two looks at the folders: 15 if nothing is told.

    Raises:
        ValueError: what is told is no such number.
    """
    if told and (not told.isdecimal() or not int(told)):
        raise ValueError(f"VARIORUM_SENSOR_SECONDS must be a number of seconds from 1, or empty for 15, not {told!r}.")
    return int(told or 15)


SECONDS = between_looks(os.environ.get("VARIORUM_SENSOR_SECONDS", ""))
"""How often folders are looked at; a file that changes between two looks is still being written."""
ONCE_MORE = {"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"}
"""Runs that nobody watches are started once more if their process dies; a step that failed would only fail again."""
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

build_job = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="Reads the seeds, unifies spelling and names, checks everything, and publishes one complete dataset.",
    executor_def=dg.in_process_executor,
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    target=build_job,
    cron_schedule=os.environ.get("VARIORUM_SCHEDULE") or "0 3 * * *",
    execution_timezone="UTC",
    tags=ONCE_MORE,
    description="Rebuilds the dataset every night at 3:00 UTC, or when VARIORUM_SCHEDULE (in the form of cron) says. "
    "Off until switched on.",
)


@dg.sensor(
    job=build_job,
    name="seeds_and_reference",
    minimum_interval_seconds=SECONDS,
    description="Rebuilds the dataset when a seed or reference file is new, changed, renamed or removed. "
    "A file still being written is waited for. Off until switched on.",
)
def rebuild(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A build when the files differ from those of the last request, have settled, and no other build is under way.

    Each request has a number of its own: files that go back to an earlier state are a change like any other.
    """
    state = _state(default_places())
    before = json.loads(context.cursor) if context.cursor else {"number": 0}
    if state == before.get("built"):
        yield dg.SkipReason(_why_nothing(context.instance, _request(before["number"], state)))
    elif state != before.get("seen"):
        context.update_cursor(json.dumps({**before, "seen": state}))
        yield dg.SkipReason("Files have changed; waiting until they are written to the end.")
    elif context.instance.get_runs(dg.RunsFilter(job_name=JOB, statuses=UNFINISHED), limit=1):
        yield dg.SkipReason("Files have changed, but a build is under way; the next one starts when it has ended.")
    else:
        number = before["number"] + 1
        context.update_cursor(json.dumps({"built": state, "seen": state, "number": number}))
        yield dg.RunRequest(run_key=_request(number, state), tags=ONCE_MORE)


def _request(number: int, state: str) -> str:
    return f"{number}-{state}"


def _why_nothing(instance: dg.DagsterInstance, request: str) -> str:
    """Why files that a build was asked for already start none, for those who look whether theirs is in the dataset."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": request}), limit=1)
    if runs and runs[0].status is dg.DagsterRunStatus.FAILURE:
        return (
            f"The build of these files failed, see run {runs[0].run_id[:8]}; the next one starts when a file changes."
        )
    return "Nothing has changed since the last build."


def _state(places: Places) -> str:
    """A key that changes when a seed or reference file does; of an address, when an object does."""
    given = {place for place in (places.seeds, places.reference) if environment.is_address(place)}
    here = [
        watch.version(stamps)
        for asset, stamps in watch.watched(places.paths()).items()
        if (places.seeds if asset == watch.FILES else places.reference) not in given
    ]
    return work.digest(*here, *(watch.version(remote.look(address)) for address in sorted(given)))


@dg.sensor(
    name="housekeeping",
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Shows assets as unsynced when the files they are made of have changed, and marks runs as failed whose "
    "process has died. Starts nothing; on from the beginning.",
)
def keep_house(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """What Dagster is told of files that have changed and settled."""
    paths = default_places().paths()
    if dead := lock.dead_run(paths.data):
        lock.mark_failed(context.instance, dead)
    found = watch.watched(paths)
    before = json.loads(context.cursor) if context.cursor else {}
    settled = {asset: stamps for asset, stamps in found.items() if before.get(asset) == watch.version(stamps)}
    events = list(watch.changes(context.instance, settled))
    quiet = None if events else dg.SkipReason("No file has changed.")
    seen = {asset: watch.version(stamps) for asset, stamps in found.items()}
    return dg.SensorResult(asset_events=events, skip_reason=quiet, cursor=json.dumps(seen))


@dg.run_failure_sensor(
    name="failure_notice",
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING if notify.is_wanted() else dg.DefaultSensorStatus.STOPPED,
    description="Tells the webhook in VARIORUM_WEBHOOK why a run failed. On if there is one.",
)
def tell_failure(context: dg.RunFailureSensorContext) -> None:
    """Send the first line of why; `make build` does so itself."""
    if STARTED_BY in context.dagster_run.tags:
        return
    events = [*context.get_step_failure_events(), context.failure_event]
    if problem := notify.send(notify.failed(reasons.why(events))):
        context.log.warning(problem)
