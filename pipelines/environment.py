"""What the environment says of places and workers. Read before Dagster is loaded, and by `pipelines.resources`.

Whether places make sense is checked there, as those that are given in the UI are.
"""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipelines.stages.places import Paths
from pipelines.workers import Cluster, Processes, cores

REPOSITORY = Path(__file__).parent.parent
INLINE_BYTES = 1 << 22  # a worker's start costs as much as working on so much
PLACES = {
    "seeds": ("VARIORUM_SEEDS", "seeds/raw"),
    "reference": ("VARIORUM_REFERENCE", "seeds/reference"),
    "data": ("VARIORUM_DATA", "data"),
}
"""The variable that names a place, and the folder below the repository where nobody does."""


class Engine(StrEnum):
    """Where the passes run."""

    default = "default"
    processes = "processes"
    dask = "dask"


def is_address(place: str) -> bool:
    """Whether a place is no folder of this machine."""
    return "://" in place


def place(name: str, told: Any = "") -> Any:
    """A place that is told, else the environment's, else that below the repository; what is no text stays as it is."""
    variable, default = PLACES[name]
    named = (place for place in (told, os.environ.get(variable)) if place is not None and str(place).strip())
    found = next(named, str(REPOSITORY / default))
    if not isinstance(found, str) or is_address(found):
        return found
    return str(Path(os.path.expanduser(found)).absolute())  # noqa: PTH111  (Path.expanduser refuses what has no owner)


def workers(told: Engine = Engine.default, number: int = 0, scheduler: str = "") -> Processes | Cluster:
    """The workers that are told, and what the environment says of them where nothing is told.

    Raises:
        ValueError: the environment says it wrongly.
    """
    number = number or _number_of_workers() or cores()
    scheduler = scheduler or os.environ.get("VARIORUM_SCHEDULER", "")
    if told is Engine.default:
        told = _engine() or (Engine.dask if scheduler else Engine.processes)
    return Cluster(scheduler, number) if told is Engine.dask else Processes(number)


def _number_of_workers() -> int:
    told = os.environ.get("VARIORUM_WORKERS") or "0"
    if not told.isdecimal():
        raise ValueError(f"VARIORUM_WORKERS must be a number of workers, or empty for one a core, not {told!r}.")
    return int(told)


def _engine() -> Engine | None:
    told = os.environ.get("VARIORUM_ENGINE")
    if told and told not in (Engine.processes, Engine.dask):
        raise ValueError(f"VARIORUM_ENGINE must be `processes` or `dask`, or empty, not {told!r}.")
    return Engine(told) if told else None


def get_ready() -> None:
    """Let workers load what they need if this is a first build of much text; other builds may not need any."""
    try:
        paths = Paths(*(Path(place(name)) for name in PLACES))
        engine = workers()
        if engine.is_elsewhere and not paths.has_manifest("seeds") and _holds_much(paths.seeds):
            engine.get_ready()
    except (OSError, ValueError):  # who uses the environment will say what is wrong
        return


def _holds_much(folder: Path) -> bool:
    """Whether files are more than what is worked on here and now."""
    total = 0
    for size in _sizes(folder):
        total += size
        if total >= INLINE_BYTES:
            return True
    return False


def _sizes(folder: Path) -> Iterator[int]:
    for root, _, files in os.walk(folder):
        yield from ((Path(root) / file).lstat().st_size for file in files)
