"""Writes docs/data_dictionary.md anew: `make docs`."""

from pathlib import Path

from pipelines.readers import REASONS
from schemas.export import data_dictionary

Path("docs/data_dictionary.md").write_text(data_dictionary(REASONS), encoding="utf-8")
