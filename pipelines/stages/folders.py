"""Which folders a build can work in, and which of the files in them are seeds."""

import os
from collections.abc import Mapping
from pathlib import Path

from pipelines import gold, provenance
from pipelines.readers import list_seeds
from pipelines.stages.core import reference_files
from pipelines.stages.places import Paths


class FoldersOverlap(ValueError):
    """A folder lies where a build would take what it writes for what it was given."""


def refuse_overlaps(written: Path, folders: Mapping[str, Path]) -> None:
    """Nothing, where what is given and what is written lie apart. Links are followed.

    Args:
        written: the data folder.
        folders: what is given, by what it holds (`seeds`, `reference`).

    Raises:
        FoldersOverlap: the data folder is or lies in a folder that is given, or such a folder lies among the builds.
    """
    data = _real(written)
    kept_by_us = (data / "builds", data / "latest", data / ".work")
    for name, given in folders.items():
        place = _real(given)
        if data.is_relative_to(place):
            how = f"is the {name} folder too" if data == place else f"lies inside the {name} folder {given}"
            raise FoldersOverlap(
                f"The data folder {written} {how}, where a build would mix what it writes with what it is given: "
                "name another with DATA=."
            )
        if any(place.is_relative_to(own) for own in kept_by_us):
            raise FoldersOverlap(
                f"The {name} folder {given} lies among the builds of the data folder {written}, which come and go: "
                f"name another with {name.upper()}=."
            )


def given_files(paths: Paths) -> list[Path]:
    """All files of the reference folder that a build reads."""
    others = (paths.reference / gold.FILE, paths.reference / provenance.FILE)
    return [*reference_files(paths), *(file for file in others if file.is_file())]


def seed_files(paths: Paths) -> list[str]:
    """Relative POSIX paths of all seed files; a reference file is none, also where it lies among them."""
    seeds, reference = _real(paths.seeds), _real(paths.reference)
    if not reference.is_relative_to(seeds) and not seeds.is_relative_to(reference):
        return list_seeds(paths.seeds)
    given = {_real(file) for file in given_files(paths)}
    return [path for path in list_seeds(paths.seeds) if seeds / path not in given]


def _real(place: Path) -> Path:
    return Path(os.path.realpath(place))
