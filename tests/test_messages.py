"""What a person is told when a build cannot be made: one sentence that names the place.

That the former dataset stays is seen in `tests/faults`.
"""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.build import main
from pipelines.stages.places import Paths

ROOT = Path(__file__).parents[1]
AUTHORITY = "entity_id,kind,name,born\n"


@pytest.fixture
def alone(places: Paths, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """The folders, without a history of Dagster's."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return places


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """The one message of a build that fails."""
    assert main() == 1
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().err).strip()
    assert said.startswith("The build failed: ")
    assert "Traceback" not in said
    assert "went wrong" not in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("file", "content", "where"),
    [
        (
            "authority/people.csv",
            AUTHORITY + "Q1,person,A,\nQ1,person,B,\n",
            ["line 3", "'entity_id'", "line 2 already"],
        ),
        ("authority/people.csv", "entity_id,name\nQ1,A\n", ["line 1", "'kind'", "is missing"]),
        ("authority/people.csv", AUTHORITY + "Q1,person,A,about 1894\n", ["line 2", "'born'", "1894"]),
        ("authority/people.csv", "entity_id;kind;name\nQ1;person;A\n", ["line 1", "commas between"]),
        ("authority/people.csv", b"entity_id,kind,name\nQ1,person,R\xe1kosi\n", ["line 2", "save it as UTF-8"]),
        ("authority/people.csv", AUTHORITY + 'Q1,person,"A\n', ["line 2", "no valid CSV"]),
        ("authority/people.csv", "", ["line 1", "is missing"]),
        ("spelling.csv", "writen,preferred\na,b\n", ["line 1", "no column “written”"]),
        ("decisions.csv", "surface,entity_id\nStalin,Q9\n", ["line 2", "'Q9' is in no authority"]),
        ("gold.csv", "path,post\na,1\n", ["line 1", "'surface'", "is missing"]),
        (
            "gold.csv",
            "path,post,surface,occurrence,entity_id,kind,optional,written\na,x,A,1,,,,\n",
            ["line 2", "'post'"],
        ),
        ("SOURCES.yml", "sources: [a\n", ["line", "no YAML"]),
    ],
)
def test_a_reference_file_with_a_slip_is_named(
    alone: Paths, capsys: pytest.CaptureFixture[str], file: str, content: str | bytes, where: list[str]
) -> None:
    (alone.reference / file).write_bytes(content.encode() if isinstance(content, str) else content)
    said = refused(capsys)
    assert str(alone.reference / file) in said
    for words in where:
        assert words in said
    assert not (alone.data / "latest").exists()


def no_folder(paths: Paths) -> str:
    (paths.seeds / "one.txt").unlink()
    (paths.seeds / "two.txt").unlink()
    paths.seeds.rmdir()
    return f"There is no seeds folder {paths.seeds}."


def nothing_in_it(paths: Paths) -> str:
    (paths.seeds / "one.txt").unlink()
    (paths.seeds / "two.txt").unlink()
    return f"The seeds folder {paths.seeds} is empty."


def a_file(paths: Paths) -> str:
    no_folder(paths)
    paths.seeds.write_text("Stalin")
    return f"{paths.seeds} is a file."


def data_in_a_file(paths: Paths) -> str:
    paths.data.write_text("kept")
    return f"Nothing can be written into the data folder {paths.data} (Not a directory)."


@pytest.mark.parametrize("spoil", [no_folder, nothing_in_it, a_file, data_in_a_file])
def test_a_folder_that_will_not_do_is_named(
    alone: Paths, capsys: pytest.CaptureFixture[str], spoil: Callable[[Paths], str]
) -> None:
    expected = spoil(alone)
    assert expected in refused(capsys)


def test_no_reference_folder_is_no_failure_but_told(
    alone: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_REFERENCE", str(alone.reference / "nowhere"))
    assert main() == 0
    assert f"There is no folder {alone.reference / 'nowhere'}" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["make variables", "environment"])
@pytest.mark.parametrize("is_relative", [True, False], ids=["relative", "absolute"])
def test_make_passes_on_paths_with_spaces_and_letters_of_all_kinds(tmp_path: Path, how: str, is_relative: bool) -> None:
    """What the build is given; the recipe's program is replaced by one that says it."""
    (tmp_path / "bin").mkdir()
    told = tmp_path / "bin" / "python"
    told.write_text('#!/bin/sh\nprintf "%s\\n" "$VARIORUM_SEEDS" "$VARIORUM_REFERENCE" "$VARIORUM_DATA"\n')
    told.chmod(0o755)
    folder = os.path.relpath(tmp_path, ROOT) if is_relative else str(tmp_path)
    places = {name: f"{folder}/żółty kurz/мои {name}" for name in ("SEEDS", "REFERENCE", "DATA")}
    command = ["make", "-s", f"BIN={told.parent}", "-o", ".venv/.ready", "build"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VARIORUM_")}
    if how == "environment":
        environment |= {f"VARIORUM_{name}": place for name, place in places.items()}
    else:
        command += [f"{name}={place}" for name, place in places.items()]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == list(places.values())


def test_a_build_takes_relative_paths_with_spaces_and_letters_of_all_kinds(
    alone: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "żółty kurz"
    folder.mkdir()
    alone.seeds.rename(folder / "мои тексты")
    alone.reference.rename(folder / "référence 1")
    monkeypatch.chdir(tmp_path)
    for name, place in {"SEEDS": "мои тексты", "REFERENCE": "référence 1", "DATA": "данные 2"}.items():
        monkeypatch.setenv(f"VARIORUM_{name}", f"żółty kurz/{place}")
    assert main() == 0
    assert (folder / "данные 2" / "latest" / "mentions.parquet").exists()
