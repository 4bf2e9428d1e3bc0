"""Tests of `schemas.frames`."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from schemas.export import arrow_schema
from schemas.tables import TABLES
fields = [len(arrow_schema(name)) for name in TABLES]
print(min(fields) > 0, "dask" in sys.modules, "scipy" in sys.modules)
import dask.dataframe
print(dask.dataframe.DataFrame.__name__)
"""


def test_models_are_made_without_other_libraries_of_frames_which_can_be_loaded_afterwards() -> None:
    pytest.importorskip("dask.dataframe", reason="Dask is not installed here.")
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False", "DataFrame"]
