"""What assets are given: the places, the settings, the workers, and the lock that keeps two builds apart."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr, model_validator

from pipelines import environment, lock, memory, release, remote, watch
from pipelines.environment import Engine
from pipelines.names.settings import NameSettings
from pipelines.settings import Settings
from pipelines.stages.folders import refuse_overlaps
from pipelines.stages.places import Paths, Task
from pipelines.text import spelling
from pipelines.workers import Cluster, Processes, Team

NAMES = NameSettings()
MOST_WORKERS = 1000
ADDRESS = re.compile(r"([a-z]+://)?([^\s:/\[\]]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}/?")
Report = Callable[[str, int, int], None]


def _log(label: str, done: int, total: int) -> None:
    if total and (done in (0, total) or done % max(total // 10, 1) == 0):
        LOG.info("%s: %d of %d", label, done, total)


LOG = dg.get_dagster_logger("variorum")
REPORT: ContextVar[Report] = ContextVar("report", default=_log)
"""Who is told the label, what is done and how much there is: the run's log, or the terminal of `make build`."""


class BadSetting(Exception):
    """A setting that makes no sense; nothing is started with it. (No ValueError: pydantic would wrap its message.)"""


class Places(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The places of a build, each the environment's if left out.

    What is given may lie in object storage, at an address such as `s3://bucket/folder`.
    """

    seeds: str = Field(
        default="",
        description="Folder or address of the raw documents; empty = what VARIORUM_SEEDS says, else `seeds/raw`.",
    )
    reference: str = Field(
        default="",
        description="Folder or address of authority, spelling and decisions; empty = what VARIORUM_REFERENCE says, "
        "else `seeds/reference`.",
    )
    data: str = Field(default="", description="Folder for all outputs; empty = what VARIORUM_DATA says, else `data`.")
    publish: str = Field(
        default="",
        description="Address to which each release is copied as well; empty = none, so that a trial with other places "
        "is not published. Builds without places of their own go where VARIORUM_PUBLISH says.",
    )

    _held: ExitStack = PrivateAttr(default_factory=ExitStack)

    @model_validator(mode="before")
    @classmethod
    def _told(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What was given, made absolute, and the environment's places for those left out."""
        return given | {name: environment.place(name, given.get(name)) for name in environment.PLACES}

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Refuse wrong places, keep other builds away, sweep what a killed one left, fetch and tell what there is."""
        self.refuse_wrong()
        if self.publish:
            remote.refuse_unreachable(self.publish)
        instance = context.instance or dg.DagsterInstance.ephemeral()
        found_dead = partial(lock.mark_failed, instance)
        with ExitStack() as held:  # which lets the next build in, where this one cannot begin
            held.enter_context(lock.locked(Path(self.data), context.run.run_id if context.run else "", found_dead))
            self._sweep_unfinished()
            remote.fetch(self.seeds, self.reference, Path(self.data), REPORT.get())
            for event in watch.changes(instance, watch.watched(self.paths())):
                instance.report_runless_asset_event(event)
            self._held = held.pop_all()

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Let the next build in."""
        self._held.close()

    def _sweep_unfinished(self) -> None:
        self.paths().store.sweep_unfinished()
        for pattern in ("*.tmp-*", "manifests/*.tmp-*", "tables/*.tmp", "inputs/*.tmp", "inputs/.tmp-*"):
            for left in (Path(self.data) / ".work").glob(pattern):
                left.unlink()
        release.sweep_unfinished(Path(self.data))

    def refuse_wrong(self) -> None:
        """Nothing, where a build can work with these places.

        Raises:
            RemoteError, FoldersOverlap: it cannot; the message says what to name instead.
            ValueError: the environment says wrongly how many builds are kept there.
        """
        kept_builds()
        remote.refuse_wrong_places(self.seeds, self.reference, self.data, self.publish)
        given = {"seeds": self.seeds, "reference": self.reference}
        folders = {name: Path(place) for name, place in given.items() if not environment.is_address(place)}
        refuse_overlaps(Path(self.data), folders)

    def paths(self) -> Paths:
        """The folders that the stages work on; for an address, that of its image."""
        data = Path(self.data)
        return Paths(remote.local(self.seeds, data), remote.local(self.reference, data), data)

    def copy_release(self, build: Path) -> None:
        """Copy a finished build to where it is published besides."""
        remote.copy(build, self.publish, REPORT.get())


def default_places() -> Places:
    """The places of builds for which nobody names others."""
    places = {name: environment.place(name) for name in environment.PLACES}
    return Places(**places, publish=os.environ.get("VARIORUM_PUBLISH") or "")


def kept_builds() -> int:
    """How many builds are kept in the data folder, with the published one.

    Raises:
        ValueError: VARIORUM_KEEP is no such number.
    """
    told = os.environ.get("VARIORUM_KEEP") or str(release.KEPT_BUILDS)
    if not told.isdecimal() or not int(told):
        raise ValueError(f"VARIORUM_KEEP must be a number of builds from 1, or empty for five, not {told!r}.")
    return int(told)


class Dialect(StrEnum):
    """What is done about British and American spellings."""

    keep = "keep"
    british = "british"
    american = "american"


class Rules(dg.ConfigurableResource):  # type: ignore[type-arg]
    """How certain a name must be, and what is done about spelling."""

    accept: float = Field(
        default=NAMES.accept,
        description="Names this certain are accepted, and their spelling unified: from 0.5 to 1.",
    )
    review: float = Field(
        default=NAMES.review,
        description="Names this certain are linked, marked for review, and left as written: from 0 to `accept`.",
    )
    dialect: Dialect = Field(
        default=Dialect.keep, description="British and American spellings: `keep` both, or write one."
    )
    old_quotations: bool = Field(
        default=False, description="Whether the spelling of passages in older English is corrected, too."
    )

    @model_validator(mode="after")
    def _in_range(self) -> "Rules":
        if not 0.5 <= self.accept <= 1:
            raise BadSetting(f"accept must be at least 0.5 and at most 1, not {self.accept}.")
        if not 0 <= self.review <= self.accept:
            raise BadSetting(f"review must be from 0 to accept ({self.accept}), not {self.review}.")
        return self

    def settings(self) -> Settings:
        """The settings as the stages want them."""
        names = replace(NAMES, accept=self.accept, review=self.review)
        return Settings(names, spelling.Settings(Dialect(self.dialect).value, self.old_quotations))


class Workers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs the passes: in processes of this machine, or on a Dask cluster. The results are the same."""

    engine: Engine = Field(
        default=Engine.default,
        description="`processes` of this machine, or `dask`; by default what VARIORUM_ENGINE says, else `processes`, "
        "but `dask` where there is a scheduler.",
    )
    number: int = Field(default=0, description="How many workers; 0 = what VARIORUM_WORKERS says, else one a core.")
    scheduler: str = Field(
        default="",
        description="Address of the Dask scheduler; empty = what VARIORUM_SCHEDULER says, else a cluster on this "
        "machine.",
    )

    _team: Team | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _in_range(self) -> "Workers":
        if not 0 <= self.number <= MOST_WORKERS:
            raise BadSetting(f"number of workers must be from 0 (one a core) to {MOST_WORKERS}, not {self.number}.")
        if self.scheduler and not ADDRESS.fullmatch(self.scheduler):
            raise BadSetting(f"scheduler must be an address like tcp://host:8786, not {self.scheduler!r}.")
        if self.scheduler and self.engine is Engine.processes:
            raise BadSetting("engine is `processes`, which has no scheduler: leave scheduler empty, or choose `dask`.")
        return self

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Refuse what the environment says wrongly before anything is begun."""
        self._engine()

    def run(self, label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:
        """Run all calls. A worker that dies is replaced; what it had not finished is done again, up to three times.

        Args:
            label: what is done, for people.
            function: a pure function from files to files.
            calls: its arguments, once a call.
            size: bytes that all calls work on; little work is done here and now, unless it was begun ahead, or is of
                several calls and there were workers before.
        """
        report = partial(_counted, REPORT.get(), label, len(calls))
        report(0)
        self._team = self._team or Team(self._engine())
        is_much = size >= environment.INLINE_BYTES or (self._team.was_started and len(calls) > 1)
        if self._team.engine.is_elsewhere and (is_much or self._team.has_begun(function, calls)):
            memory.give_back()
            return self._team.run(function, calls, report) if calls else None
        for done, call in enumerate(calls, 1):
            function(*call)
            report(done)
        return None

    def ahead(self, tasks: Sequence[Task], size: int) -> None:
        """Begin tasks that a later `run` waits for, beside what is done here; where there are no workers, it runs them.

        Args:
            tasks: functions as for `run`, and what they are called with, hashable.
            size: bytes that all tasks work on; workers are not started for little work.
        """
        team = self._team = self._team or Team(self._engine())
        if tasks and team.engine.is_elsewhere and (team.was_started or size >= environment.INLINE_BYTES):
            team.ahead(tasks)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Let the workers go that were started for a run."""
        self.close()

    def close(self) -> None:
        """Let the workers go."""
        if self._team:
            self._team.close()

    def _engine(self) -> Processes | Cluster:
        return environment.workers(Engine(self.engine), self.number, self.scheduler)


def _counted(report: Report, label: str, total: int, done: int) -> None:
    report(label, done, total)
