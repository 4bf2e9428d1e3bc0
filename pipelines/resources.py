"""What assets are given: the places, the settings, the workers, and the lock that keeps two builds apart."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from enum import StrEnum
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr, model_validator

from pipelines import lock, release, watch
from pipelines.names.settings import NameSettings
from pipelines.settings import Settings
from pipelines.stages.places import Paths
from pipelines.text import spelling

REPOSITORY = Path(__file__).parent.parent
TRIES = 3
INLINE_BYTES = 1 << 22  # a worker's start costs as much as working on so much
NAMES = NameSettings()
Report = Callable[[str, int, int], None]


def _log(label: str, done: int, total: int) -> None:
    if total and (done in (0, total) or done % max(total // 10, 1) == 0):
        LOG.info("%s: %d of %d", label, done, total)


LOG = dg.get_dagster_logger("variorum")
REPORT: ContextVar[Report] = ContextVar("report", default=_log)
"""Who is told the label, what is done and how much there is: the run's log, or the terminal of `make build`."""


def default_place(variable: str, default: str) -> str:
    """A place from the environment, else the default below the repository."""
    return str(Path(os.environ.get(variable) or REPOSITORY / default).absolute())


class Places(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The three folders of a build."""

    seeds: str = Field(description="Folder with the raw documents (VARIORUM_SEEDS).")
    reference: str = Field(description="Folder with authority, spelling and decision files (VARIORUM_REFERENCE).")
    data: str = Field(description="Folder for all outputs (VARIORUM_DATA).")

    _held: ExitStack = PrivateAttr(default_factory=ExitStack)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Keep other builds away while this one runs, sweep what a killed one left, and tell what files there are."""
        instance = context.instance or dg.DagsterInstance.ephemeral()
        found_dead = partial(lock.mark_failed, instance)
        self._held.enter_context(lock.locked(Path(self.data), context.run.run_id if context.run else "", found_dead))
        self._sweep_unfinished()
        for event in watch.changes(instance, watch.watched(self.paths())):
            instance.report_runless_asset_event(event)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Let the next build in."""
        self._held.close()

    def _sweep_unfinished(self) -> None:
        self.paths().store.sweep_unfinished()
        for pattern in ("*.tmp-*", "manifests/*.tmp-*", "tables/*.tmp", "inputs/*.tmp"):
            for left in (Path(self.data) / ".work").glob(pattern):
                left.unlink()
        release.sweep_unfinished(Path(self.data))

    def paths(self) -> Paths:
        """The places as the stages want them."""
        return Paths(Path(self.seeds), Path(self.reference), Path(self.data))


class BadSetting(Exception):
    """A setting that makes no sense; nothing is started with it. (No ValueError: pydantic would wrap its message.)"""


class Dialect(StrEnum):
    """What is done about British and American spellings."""

    keep = "keep"
    british = "british"
    american = "american"


class Rules(dg.ConfigurableResource):  # type: ignore[type-arg]
    """How certain a name must be, and what is done about spelling."""

    accept: float = Field(
        default=NAMES.accept,
        description="Names this certain are accepted, and their spelling unified: above 0.5, at most 1.",
    )
    review: float = Field(
        default=NAMES.review,
        description="Names this certain are linked, marked for review, and left as written: from 0 to `accept`.",
    )
    dialect: Dialect = Field(
        default=Dialect.keep, description="British and American spellings: `keep` both, or write one."
    )

    @model_validator(mode="after")
    def _in_range(self) -> "Rules":
        if not 0.5 < self.accept <= 1:
            raise BadSetting(f"accept must be above 0.5 and at most 1, not {self.accept}.")
        if not 0 <= self.review <= self.accept:
            raise BadSetting(f"review must be from 0 to accept ({self.accept}), not {self.review}.")
        return self

    def settings(self) -> Settings:
        """The settings as the stages want them."""
        names = replace(NAMES, accept=self.accept, review=self.review)
        return Settings(names, spelling.Settings(Dialect(self.dialect).value))


class Engine(StrEnum):
    """Where the passes run."""

    processes = "processes"
    dask = "dask"


class Workers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs the passes: in processes of this machine, or on a Dask cluster. The results are the same."""

    engine: Engine = Field(default=Engine.processes, description="`processes` of this machine, or `dask`.")
    number: int = Field(default=0, description="How many processes; 0 = one a core.")
    scheduler: str = Field(default="", description="Address of the Dask scheduler; empty = a cluster on this machine.")

    @model_validator(mode="after")
    def _in_range(self) -> "Workers":
        if self.number < 0:
            raise BadSetting(f"number of workers must be 0 (one a core) or more, not {self.number}.")
        return self

    def run(self, label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:
        """Run all calls. A worker that dies is replaced; what it had not finished is done again, up to three times.

        Args:
            label: what is done, for people.
            function: a pure function from files to files.
            calls: its arguments, once a call.
            size: bytes that all calls work on; little work is done here and now.
        """
        for left in range(TRIES - 1, -1, -1):
            try:
                return self._run(label, function, calls, size)
            except BrokenProcessPool:
                if not left:
                    raise
        return None

    def _run(self, label: str, function: Callable[..., Path], calls: Sequence[tuple[Any, ...]], size: int) -> None:
        REPORT.get()(label, 0, len(calls))
        number = self.number or os.cpu_count() or 1
        if min(number, len(calls)) <= 1 or size < INLINE_BYTES:
            for done, call in enumerate(calls, 1):
                function(*call)
                REPORT.get()(label, done, len(calls))
            return
        with self._executor(min(number, len(calls))) as executor:
            futures: list[Future[Path]] = [executor.submit(function, *call) for call in calls]
            try:
                for done, future in enumerate(as_completed(futures), 1):
                    future.result()
                    REPORT.get()(label, done, len(calls))
            except BaseException:
                for future in futures:
                    future.cancel()
                raise

    @contextmanager
    def _executor(self, number: int) -> Iterator[Executor]:
        if Engine(self.engine) is Engine.dask:
            from distributed import Client

            with Client(self.scheduler or None) as client:  # type: ignore[no-untyped-call]
                yield client.get_executor(pure=False)
            return
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.passes.apply", "pipelines.passes.clean", "pipelines.passes.read"])
        with ProcessPoolExecutor(number, mp_context=context, initializer=end_with_parent) as executor:
            yield executor


def end_with_parent() -> None:
    """End this worker when the process that wants its work has ended; else it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
