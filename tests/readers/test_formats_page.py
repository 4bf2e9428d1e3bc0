"""docs/formats.md: it names what the readers and the text room know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.readers.compressed import SUFFIXES
from pipelines.readers.names import TEMPORARY
from pipelines.readers.neighbours import SETTINGS
from pipelines.readers.settings import FIELD_NAMES, parse_settings
from tests.readers.samples import every_format, read_folder, write

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))


def test_every_format_has_its_row(tmp_path: Path) -> None:
    write(tmp_path, every_format())
    seen = read_folder(tmp_path)
    formats = {source.format for source in seen.sources} - {""}
    assert len(formats) >= 12
    rows = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[^|]*)\|", PAGE, re.MULTILINE))))
    assert formats <= rows


@pytest.mark.parametrize("name", [*FIELD_NAMES, *SUFFIXES, "~$", *TEMPORARY, SETTINGS])
def test_every_field_and_suffix_is_named(name: str) -> None:
    assert name in NAMED


def test_its_settings_are_settings() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse_settings(example).fields == {"text": ("payload.html", "body"), "score": ("karma",)}


def test_every_rule_of_cleaning_is_named() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipelines" / "text").glob("*.py"))
    rules = set(re.findall(r'"(?:unicode|whitespace|punctuation)", "([a-z-]+)"', code))
    assert len(rules) >= 10
    assert rules <= NAMED
