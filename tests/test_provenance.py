"""The statement on where texts come from."""

from pathlib import Path

import pytest

from pipelines import provenance
from pipelines.names.authority import ReferenceFileError
from pipelines.provenance import Statement
from tests.builds import ROOT

TOLD = """
dataset:
  title: Letters
  licence: CC-BY-4.0
  creators: [Ada, Grace]
documents:
  - files: letters/*
    title: The letters
    licence: CC0-1.0
    from: https://example.org/letters
  - files: diary.txt
sources:
  general:
    title: Written down by us
    what: Facts.
anything: else
"""


def read(folder: Path, text: str | bytes) -> Statement:
    (folder / provenance.FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return provenance.read(folder)


def test_everything_that_is_said_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, TOLD)
    assert (found.title, found.licence, found.creators) == ("Letters", "CC-BY-4.0", ("Ada", "Grace"))
    assert [(d.files, d.licence, d.origin) for d in found.documents] == [
        ("letters/*", "CC0-1.0", "https://example.org/letters"),
        ("diary.txt", "", ""),
    ]
    assert found.references == {"general": "Written down by us. Facts."}


def test_a_pattern_covers_folders_below(tmp_path: Path) -> None:
    found = read(tmp_path, TOLD)
    paths = ["letters/a.txt", "letters/1956/b.zip!c.txt", "diary.txt", "diary.txt.bak", "Letters/a.txt"]
    assert found.uncovered(paths) == ["diary.txt.bak", "Letters/a.txt"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "dataset:\ndocuments:\nsources:\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Statement()


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert provenance.read(tmp_path) == Statement()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset: {license: MIT}", "`license` is not known here; known are title, description, licence"),
        ("documents:\n  - title: x\n", "every entry needs `files:`"),
        ("documents: letters", "must be a list"),
        ("documents:\n  - letters\n", "must consist of"),
        ("dataset: CC0", "must consist of"),
        ("sources: none", "must be a list of keys"),
        ("- a\n- b\n", "must consist of `dataset:`"),
        ("dataset:\n  title: a: b\n", "line 2"),
        (b"dataset:\n  title: K\xe1d\xe1r\n", "Save it as UTF-8"),
    ],
)
def test_what_would_be_passed_over_is_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ReferenceFileError, match=message) as refused:
        read(tmp_path, text)
    assert str(tmp_path / provenance.FILE) in str(refused.value)


def test_the_shipped_file_is_read() -> None:
    assert provenance.read(ROOT / "seeds" / "reference").references
