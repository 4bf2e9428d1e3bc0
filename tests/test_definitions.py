"""What Dagster is told of every asset, kept as a golden file: a change of it is a change that users see.

After a change that is meant: `VARIORUM_UPDATE=1 python -m pytest tests/test_definitions.py`, and read the difference.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from pipelines.assets import TABLE_KEYS
from pipelines.definitions import build_definitions, defs
from pipelines.invariants import INVARIANTS
from pipelines.resources import Places, Workers
from schemas.tables import TABLES

REPOSITORY = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "definitions.json"


def told() -> dict[str, Any]:
    specs = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
    return {spec.key.to_user_string(): asset(spec) for spec in specs}


def asset(spec: dg.AssetSpec) -> dict[str, Any]:
    return {
        "group": spec.group_name,
        "kinds": sorted(spec.kinds),
        "owners": list(spec.owners),
        "about": spec.tags["about"],
        "description": spec.description,
        "has_code_version": bool(spec.code_version),
        "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
        "columns": [column.name for column in columns(spec)],
    }


def columns(spec: dg.AssetSpec) -> list[dg.TableColumn]:
    schema = spec.metadata.get("dagster/column_schema")
    return list(getattr(schema, "value", schema).columns) if schema else []


def test_assets_are_told_as_agreed() -> None:
    if os.environ.get("VARIORUM_UPDATE"):
        GOLDEN.write_text(json.dumps(told(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_asset_says_what_it_is() -> None:
    for spec in defs.resolve_all_asset_specs():
        name = spec.key.to_user_string()
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name
        assert spec.group_name in {"raw", "reference", "core", "out"}, name
        assert spec.key.path[0] == spec.group_name, name
        assert spec.code_version or not spec.deps, f"{name} is made, but has no code version"


def test_every_table_is_an_asset_with_its_columns_described() -> None:
    assert {key.path[-1] for key in TABLE_KEYS} == set(TABLES)
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    for key in TABLE_KEYS:
        assert columns(specs[key])
        assert all(column.description for column in columns(specs[key])), key


def test_every_invariant_is_a_check() -> None:
    keys = defs.resolve_asset_graph().asset_check_keys
    assert {key.name for key in keys} == set(INVARIANTS) | {"nothing_is_quarantined", "agrees_with_gold"}


def test_resources_can_be_replaced() -> None:
    elsewhere = Places(seeds="/a", reference="/b", data="/c")
    definitions = build_definitions(places=elsewhere, workers=Workers(number=1))
    assert definitions.resources and definitions.resources["places"] is elsewhere


def test_there_is_one_job_and_everything_that_starts_it() -> None:
    repository = defs.get_repository_def()
    assert {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")} == {"build"}
    assert {sensor.name for sensor in repository.sensor_defs} == {
        "seeds_and_reference",
        "housekeeping",
        "failure_notice",
    }
    assert {schedule.name for schedule in repository.schedule_defs} == {"nightly"}


def test_the_workspace_file_loads_the_same_definitions() -> None:
    [entry] = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    module = entry["python_module"]
    assert module["module_name"] == "pipelines.definitions"
    assert (REPOSITORY / module["working_directory"]).resolve() == REPOSITORY


def test_dg_finds_no_fault() -> None:
    dg_command = str(Path(sys.executable).parent / "dg")
    found = subprocess.run([dg_command, "check", "defs"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_shipped_dagster_configuration_is_valid(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_bytes((REPOSITORY / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 0, "only runs that ask for it are started again"
        assert not instance.run_retries_retry_on_asset_or_op_failure
