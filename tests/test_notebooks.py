"""The notebooks run from top to bottom on a fresh dataset, and lie in git without outputs."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pipelines import release
from tests.builds import ROOT
from tests.releases import part_of, written

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IDS = [path.stem for path in NOTEBOOKS]
SECONDS = 300
pytestmark = pytest.mark.filterwarnings("ignore")  # what Jupyter's own libraries warn of is theirs


def read(path: Path) -> Any:
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def execute(path: Path, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The notebook after running all its cells against the dataset in `data`."""
    monkeypatch.setenv("VARIORUM_DATA", os.path.relpath(data, folder))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
    notebook = read(path)
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def printed(notebook: Any) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_runs_and_changes_nothing(
    path: Path, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(data_folder)
    notebook = execute(path, data_folder, tmp_path, monkeypatch)
    assert snapshot(data_folder) == before
    assert {file.name for file in tmp_path.iterdir()} <= {"ipython", "runtime"}
    said = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    assert [text for output in said for text in output.text.splitlines() if "Warning" in text or "Error" in text] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_runs_on_a_dataset_of_folders_without_names_or_edits(
    path: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = part_of(dataset)
    empty = {name: few[name].slice(0, 0) for name in ("mentions", "variants", "entities", "edits")}
    empty["posts"] = few["posts"].set_column(
        few["posts"].column_names.index("text"), few["posts"].schema.field("text"), few["posts"]["text_raw"]
    )
    monkeypatch.setattr(release, "SINGLE_FILE_BYTES", 0)
    review = (dataset / "review.csv").read_text().splitlines()[0] + "\n"
    release.publish(tmp_path / "data", written({**few, **empty}, tmp_path / "work", 2), {"review.csv": review})
    (tmp_path / "desk").mkdir()
    execute(path, tmp_path / "data", tmp_path / "desk", monkeypatch)


def test_the_audit_gives_every_text_back(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = execute(ROOT / "notebooks" / "04_auditing_edits_and_deciding.ipynb", data_folder, tmp_path, monkeypatch)
    assert "come back exactly as they were written" in printed(notebook)
    assert "surface,post_id,entity_id,reason,decided_by,decided_on" in printed(notebook)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_lies_in_git_without_outputs(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(content)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(path))
    assert not any(cell["metadata"] for cell in content["cells"])
    assert content["metadata"].keys() == {"kernelspec", "language_info"}
    assert content["metadata"]["language_info"] == {"name": "python"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_follows_latest_once_and_reads_nothing_else(path: Path) -> None:
    sources = [cell.source for cell in code_cells(path)]
    assert 'RELEASE = (DATA / "latest").resolve(strict=True)' in sources[0]
    assert 'os.environ.get("VARIORUM_DATA")' in sources[0]
    assert not any("latest" in source or "pipelines" in source or "DATA /" in source for source in sources[1:])
