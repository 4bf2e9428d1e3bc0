"""The places of a build, and the manifests by which one stage tells the next what it made."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pipelines.work import Store, digest

Manifest = dict[str, Any]
MADE_OF = {
    "records": ("seeds",),
    "passages": ("records",),
    "surfaces": ("passages",),
    "corrections": ("surfaces",),
    "readings": ("surfaces",),
    "parts": ("passages", "readings", "corrections"),
    "sources": ("records",),
    "quarantine": ("records",),
    "variants": ("parts",),
    "entities": ("parts", "readings", "variants"),
    "report": ("parts", "sources", "quarantine", "variants", "entities"),
}
"""Which stages' manifests a stage reads."""


class Run(Protocol):
    """Runs calls that work on `size` bytes somewhere, and shows progress under a label."""

    def __call__(self, label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:
        """Run `function` on every call."""


Task = tuple[Callable[..., Path], tuple[Any, ...]]
"""A function, and what it is called with."""


class Ahead(Protocol):
    """Begins tasks that a later `Run` waits for, beside what is done until then."""

    def __call__(self, tasks: Sequence[Task], size: int) -> None:
        """Begin every task; they work on `size` bytes."""


@dataclass(frozen=True)
class Paths:
    """The three places of a build."""

    seeds: Path
    reference: Path
    data: Path

    @cached_property
    def work(self) -> Path:
        """What is kept between builds; nothing in it is published."""
        return self.data / ".work"

    @cached_property
    def store(self) -> Store:
        """The finished work."""
        return Store(self.work / "store")

    def has_manifest(self, stage: str) -> bool:
        """Whether a stage has left one, in this build or one before."""
        return (self.work / "manifests" / f"{stage}.json").exists()

    def read_manifest(self, stage: str) -> Manifest:
        """What a stage left for the next one."""
        manifest: Manifest = json.loads((self.work / "manifests" / f"{stage}.json").read_text())
        return manifest

    def write_manifest(self, stage: str, manifest: Manifest) -> Manifest:
        """Leave for the next stage what this one made; its key is the digest of all it says.

        Beside it stands what it was made of: not in the key, as what comes out the same is not made again further on.
        """
        place = self.work / "manifests" / f"{stage}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        full = {"key": digest(json.dumps(manifest, sort_keys=True)), "made_of": self._made_of(stage), **manifest}
        unfinished = place.with_suffix(f".tmp-{os.getpid()}")
        unfinished.write_text(json.dumps(full, indent=1))
        unfinished.replace(place)
        return full

    def outdated(self) -> list[str]:
        """The assets that were not made of what those before them have left; none after a whole build."""
        found = [stage for stage in MADE_OF if self._left(stage).get("made_of") != self._made_of(stage)]
        return [stage.replace("parts", "texts") for stage in found]

    def _made_of(self, stage: str) -> dict[str, str]:
        return {name: self._left(name).get("key", "") for name in MADE_OF.get(stage, ())}

    def _left(self, stage: str) -> Manifest:
        return self.read_manifest(stage) if self.has_manifest(stage) else {}

    def sweep(self) -> None:
        """Remove from the store what no manifest names any more."""
        named = "\n".join(file.read_text() for file in sorted((self.work / "manifests").glob("*.json")))
        self.store.sweep(lambda key: key in named)
