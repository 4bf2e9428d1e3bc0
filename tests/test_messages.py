"""What a person is told when a build cannot be made: one sentence that names the place.

That the former dataset stays is seen in `tests/faults`.
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipelines import parquet, reasons, watch
from pipelines.build import main
from pipelines.stages.places import Paths
from tests.runs import build

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


def place(monkeypatch: pytest.MonkeyPatch, paths: Paths, **folders: Path) -> Paths:
    """The paths with other folders, as the environment names them."""
    for name, folder in folders.items():
        monkeypatch.setenv(f"VARIORUM_{name.upper()}", str(folder))
    return replace(paths, **folders)


OVERLAPS = {
    "data is seeds": (lambda p: {"data": p.seeds}, "is the seeds folder too"),
    "data in seeds": (lambda p: {"data": p.seeds / "deep" / "data"}, "lies inside the seeds folder"),
    "data in seeds by a link": (lambda p: {"data": link(p.seeds) / "data"}, "lies inside the seeds folder"),
    "data in reference": (lambda p: {"data": p.reference / "data"}, "lies inside the reference folder"),
    "data is reference": (lambda p: {"data": p.reference}, "is the reference folder too"),
    "seeds are the published build": (lambda p: {"seeds": p.data / "latest"}, "lies among the builds"),
    "seeds in an old build": (lambda p: {"seeds": p.data / "builds" / "1234"}, "lies among the builds"),
    "reference in what is kept": (lambda p: {"reference": p.data / ".work" / "r"}, "lies among the builds"),
}


def link(folder: Path) -> Path:
    place = folder.with_name("link")
    place.symlink_to(folder, target_is_directory=True)
    return place


@pytest.mark.parametrize("case", OVERLAPS)
def test_folders_that_overlap_are_refused_before_anything_is_written(
    alone: Paths,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other, how = OVERLAPS[case]
    paths = place(monkeypatch, alone, **other(alone))
    before = sorted(alone.seeds.parent.rglob("*"))
    said = refused(capsys)
    assert how in said
    assert str(paths.data) in said
    run = build(instance)
    assert not run.success
    assert f"The build failed: {reasons.why(run.all_events)}" == said
    assert sorted(alone.seeds.parent.rglob("*")) == before


def test_seeds_and_reference_may_lie_beside_the_builds(
    alone: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project with its dataset on top, and folders whose names only begin alike."""
    for name in ("seeds", "reference"):
        getattr(alone, name).rename(alone.seeds.parent / f"data-{name}")
    folders = {name: alone.seeds.parent / f"data-{name}" for name in ("seeds", "reference")}
    place(monkeypatch, alone, **folders)
    assert main() == 0
    place(monkeypatch, alone, data=alone.data.parent, **folders)
    assert main() == 0, capsys.readouterr().err


@pytest.mark.parametrize("where", ["inside", "the same"])
def test_reference_files_among_the_seeds_are_no_seeds(
    alone: Paths, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    inside = alone.seeds / "curated" if where == "inside" else alone.seeds
    inside.mkdir(exist_ok=True)
    (inside / "decisions.csv").write_text("surface,entity_id\n")
    (inside / "spelling.csv").write_text("written,preferred\n")
    (inside / "SOURCES.yml").write_text("{}\n")
    (alone.reference / "authority").rename(inside / "authority")
    (inside / "authority" / "notes.txt").write_text("Stalin died.")
    paths = place(monkeypatch, alone, reference=inside)
    assert main() == 0
    sources = set(parquet.read(alone.data / "latest" / "sources.parquet")["path"].to_pylist())
    notes = (inside / "authority" / "notes.txt").relative_to(alone.seeds).as_posix()
    assert sources == {"one.txt", "two.txt", notes} == set(watch.watched(paths)["raw/files"])


def test_seeds_may_lie_in_the_reference_folder(alone: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = alone.reference / "texts"
    alone.seeds.rename(texts)
    (texts / "decisions.csv").write_text("text\nStalin died.\n")  # among the texts it is one
    paths = place(monkeypatch, alone, seeds=texts)
    assert main() == 0
    sources = set(parquet.read(alone.data / "latest" / "sources.parquet")["path"].to_pylist())
    assert sources == {"one.txt", "two.txt", "decisions.csv"} == set(watch.watched(paths)["raw/files"])


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
