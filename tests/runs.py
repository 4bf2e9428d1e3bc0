"""Runs of the build's job in this process, as Dagster keeps them."""

from typing import Any

import dagster as dg

from pipelines import automation
from pipelines.definitions import build_definitions


def build(instance: dg.DagsterInstance, **config: Any) -> dg.ExecuteInProcessResult:
    """The job run to its end, over the folders that the environment names."""
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = build_definitions().resolve_job_def(automation.JOB)
    return job.execute_in_process({**quiet, **config}, instance, raise_on_error=False)


def a_run(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, tags: dict[str, str] | None = None
) -> dg.DagsterRun:
    """A run that has got so far, by hand."""
    job = build_definitions().resolve_job_def(automation.JOB)
    return instance.create_run_for_job(job, status=status, tags=tags)


def keep_house(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    """One tick of the sensor that shows the state of things, with its events told to Dagster."""
    result = automation.keep_house(dg.build_sensor_context(instance, cursor))
    assert isinstance(result, dg.SensorResult)
    for event in result.asset_events:
        instance.report_runless_asset_event(event)
    return result
