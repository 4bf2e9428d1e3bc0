"""What `pip install` from the repository installs: everything that the code reads, and nothing else."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("pipelines", "schemas")
NEEDED = ("pyproject.toml", "README.md", "LICENSE")


def test_a_wheel_has_all_files_of_the_packages(tmp_path: Path) -> None:
    if not importlib.util.find_spec("pip") or not importlib.util.find_spec("setuptools"):
        pytest.skip("Wheels are built by pip and setuptools, which this environment does without.")
    source = tmp_path / "source"
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        shutil.copyfile(REPOSITORY / name, source / name)
    given = {file.relative_to(source).as_posix() for package in PACKAGES for file in files(source / package)}
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path]
    built = subprocess.run([*command, source], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("variorum-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        installed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert installed == given
    assert {Path(name).suffix for name in given} > {".py", ".toml"}


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]
