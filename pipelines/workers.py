"""Where the passes run: processes of this machine, or a Dask cluster. Both are executors as Python knows them.

Here: starting workers, letting them go, replacing those that die. What a user may set is in
`pipelines.resources`, what the workers do in `pipelines.passes`. Nothing here knows Dagster.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any, Protocol

from pipelines import work

TRIES = 3
CONNECT_SECONDS = 30
READY_SECONDS = 3  # whether there is a scheduler at all is told later, by who needs it
Call = Callable[..., Path]


class WorkersDied(RuntimeError):
    """Workers died again and again on the same work."""


class OtherCode(RuntimeError):
    """A worker of a cluster runs other code than the build."""


class Engine(Protocol):
    """A kind of workers."""

    number: int
    is_kept: bool
    """Whether workers stay from one stage to the next."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether work goes to another process at all."""

    def get_ready(self) -> None:
        """Load beforehand, meanwhile, what workers need."""

    def start(self, held: ExitStack) -> Executor:
        """Workers ready for work, which end with `held`."""

    def died(self) -> tuple[type[BaseException], ...]:
        """What is raised when a worker died."""


class Processes:
    """Processes of this machine. They are forked from one that has loaded everything, so that a start costs little.

    So they live for one stage: between stages their memory belongs to what is done here for the whole corpus.
    """

    is_kept = False

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def is_elsewhere(self) -> bool:
        """One worker is this process itself."""
        return self.number > 1

    def get_ready(self) -> None:
        """Start the process that they are forked from: it loads everything on another core."""
        multiprocessing.get_context("forkserver").set_forkserver_preload(["pipelines.passes.warm"])
        forkserver.ensure_running()

    def start(self, held: ExitStack) -> Executor:
        """The processes."""
        self.get_ready()
        context = multiprocessing.get_context("forkserver")
        executor = _ProcessPool(self.number, mp_context=context, initializer=_end_with_parent)
        held.callback(executor.shutdown, wait=True, cancel_futures=True)
        return executor

    def died(self) -> tuple[type[BaseException], ...]:
        """A broken pool: all its processes are lost."""
        return (BrokenProcessPool,)


class _ProcessPool(ProcessPoolExecutor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with _without_main():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _without_main() -> Iterator[None]:
    """Let processes start without the main module: they would import it, and Dagster with it, and use neither."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _end_with_parent() -> None:
    """End this worker when the process that wants its work has ended; else it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class Cluster:
    """Workers of a Dask cluster: that of a scheduler, else one on this machine."""

    is_kept = True

    def __init__(self, scheduler: str, number: int) -> None:
        self.scheduler = scheduler
        self.number = number

    @property
    def is_elsewhere(self) -> bool:
        """A cluster's workers always are other processes."""
        return True

    def get_ready(self) -> None:
        """Let the workers of a cluster that is up load everything meanwhile; one of our own is started for its work."""
        if not self.scheduler:
            return
        distributed = _distributed()
        with distributed.Client(self.scheduler, timeout=READY_SECONDS, set_as_default=False) as client:
            for worker in client.scheduler_info(n_workers=-1)["workers"]:
                distributed.fire_and_forget(client.submit(_load, workers=[worker], pure=False))

    def start(self, held: ExitStack) -> Executor:
        """The cluster's workers, as many as there are at any time."""
        distributed = _distributed()
        address = self.scheduler
        if not address:
            with _without_main():
                local = distributed.LocalCluster(
                    n_workers=self.number, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
                )
            address = held.enter_context(local)
        try:
            client = held.enter_context(distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except OSError:
            raise OSError(
                f"No Dask scheduler answers at {self.scheduler}. Start one (docs/scale.md), or correct "
                "VARIORUM_SCHEDULER, or leave it empty for workers on this machine."
            ) from None
        return _ClusterExecutor(client.get_executor(pure=False), work.code_version("."))

    def died(self) -> tuple[type[BaseException], ...]:
        """A task that took several workers with it; single workers are replaced by the cluster itself."""
        killed: type[BaseException] = _distributed().KilledWorker
        return (killed,)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise OSError(
            "The engine `dask` needs further packages: install variorum with its extra `cluster`, "
            "or set VARIORUM_ENGINE=processes."
        ) from None
    return distributed


def _load() -> None:
    importlib.import_module("pipelines.passes.warm")


class _ClusterExecutor(Executor):
    """Work for a cluster, done only where the code is the same as here."""

    def __init__(self, executor: Executor, code: str) -> None:
        self._executor = executor
        self._code = code

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(_same_code, self._code, fn, *args, **kwargs)


def _same_code(code: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if work.code_version(".") != code:
        raise OtherCode(
            f"The worker on {os.uname().nodename} runs other code or libraries than this build, so its results could "
            "differ. Install the same version of variorum there, and start its workers again."
        )
    return function(*args, **kwargs)


class Team:
    """Workers that are started when they are needed; a cluster's are kept until `close`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._held = ExitStack()
        self._executor: Executor | None = None
        self._begun: dict[tuple[Call, tuple[Any, ...]], Future[Path]] = {}
        self.was_started = False
        """Whether there were workers before: it costs little to have them again."""

    def run(self, function: Call, calls: Sequence[tuple[Any, ...]], report: Callable[[int], None]) -> None:
        """Run all calls. Workers that die are replaced; what they had not finished is done again, up to three times.

        Raises:
            WorkersDied: they died each time.
        """
        for left in range(TRIES - 1, -1, -1):
            try:
                self._run(function, calls, report)
                break
            except self.engine.died():
                self._let_go()
                if not left:
                    raise WorkersDied(
                        f"Workers died {TRIES} times on the same work, most likely for want of memory. Try with fewer: "
                        "VARIORUM_WORKERS=1."
                    ) from None
        if not self.engine.is_kept:
            self._let_go()

    def ahead(self, tasks: Sequence[tuple[Call, tuple[Any, ...]]]) -> None:
        """Begin tasks for a `run` of the same ones to wait for, beside whatever is done until then."""
        workers = self._workers() if self.engine.is_kept else self.engine.start(ExitStack())
        self.was_started = True
        self._begun |= {(function, call): workers.submit(function, *call) for function, call in tasks}
        if not self.engine.is_kept:
            workers.shutdown(wait=False)  # they end with the work that they have

    def has_begun(self, function: Call, calls: Sequence[tuple[Any, ...]]) -> bool:
        """Whether any of the calls was begun ahead."""
        return any((function, call) in self._begun for call in calls)

    def _run(self, function: Call, calls: Sequence[tuple[Any, ...]], report: Callable[[int], None]) -> None:
        futures: list[Future[Path]] = []
        try:
            for call in calls:
                begun = self._begun.pop((function, call), None)
                futures.append(begun or self._workers().submit(function, *call))
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                report(done)
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def _workers(self) -> Executor:
        if self._executor is None:
            self._executor = self.engine.start(self._held)
            self.was_started = True
        return self._executor

    def _let_go(self) -> None:
        self._executor = None
        self._held.close()

    def close(self) -> None:
        """Let the workers go; what was begun and nobody waited for is given up."""
        for future in self._begun.values():
            future.cancel()
        wait_for(self._begun.values())
        self._begun.clear()
        self._let_go()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
