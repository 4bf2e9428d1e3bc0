"""Assembly only: everything Dagster loads."""

from typing import Any

import dagster as dg

from pipelines.assets import ASSETS
from pipelines.automation import build_job, keep_house, nightly, rebuild, tell_failure
from pipelines.checks import CHECKS
from pipelines.resources import Rules, Workers, default_places


def build_definitions(**overrides: Any) -> dg.Definitions:
    """The definitions, with resources replaced by `overrides`."""
    resources = {
        "places": default_places(),
        "rules": Rules(),
        "workers": Workers(),
    }
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        jobs=[build_job],
        schedules=[nightly],
        sensors=[rebuild, keep_house, tell_failure],
        resources=resources | overrides,
        executor=dg.in_process_executor,
    )


defs = build_definitions()
