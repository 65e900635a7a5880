"""Workers on a Ray cluster, for batches of catalogue size (optional extra ``cluster``)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from songwright.errors import ExecutionError
from songwright.session.execution.in_process import run_task
from songwright.session.execution.local import RETRIES
from songwright.session.execution.pool import Pool
from songwright.session.execution.protocol import (
    CANCELLED,
    FAILED,
    LOST,
    Outcome,
    Task,
    describe,
)

LOCAL = "local"
"""Address that starts Ray on this machine for as long as the executor lives."""

_POLL_SECONDS = 0.25  # how soon a cancel from another thread is noticed


class RayCluster(Pool):
    """Implements `Executor` with actors on the nodes of a Ray cluster.

    Every actor is one worker: it warms up once and has one task at a time, so a lost node loses
    only the tasks that were under way on it; they are tried again elsewhere. The nodes need the
    same version of Songwright, and see folders that tasks write to under the same path.

    Parameters
    ----------
    address
        ``"local"``, ``"auto"`` (the cluster that this machine belongs to) or ``"HOST:PORT"``.
    jobs
        Workers; 0 takes one for each processor of the cluster.
    warm
        Function at the top of a module, called once in each worker before its first task.
    retries
        How often a task is tried again after its worker was lost.

    Raises
    ------
    ExecutionError
        If Ray is not installed or there is no cluster at the address.
    """

    def __init__(
        self,
        address: str = LOCAL,
        jobs: int = 0,
        warm: Callable[[], object] | None = None,
        retries: int = RETRIES,
    ) -> None:
        super().__init__(jobs)
        self._ray = _ray()
        _connect(self._ray, address, jobs)
        self.jobs = jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self.retries = retries
        self._warm = warm
        self._seat = self._ray.remote(num_cpus=1, max_restarts=0)(Seat)
        self._idle: list[Any] = []
        self._cancelled = threading.Event()

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """See `Executor.run`. At most ``jobs`` tasks are under way."""
        self._claim()
        self._cancelled.clear()
        source = iter(tasks)
        again: list[tuple[Task, int]] = []  # lost with their workers, and how often
        busy: dict[Any, tuple[Any, Task, int]] = {}
        try:
            while True:
                self._fill(source, again, busy)
                if not busy:
                    return
                ready, _ = self._ray.wait(list(busy), num_returns=1, timeout=_POLL_SECONDS)
                if self._cancelled.is_set():
                    lost, busy = list(busy.values()), {}
                    for worker, task, attempts in lost:
                        self._ray.kill(worker)
                        yield Outcome(task.id, CANCELLED, attempts=attempts)
                    return
                for reference in ready:
                    outcome = self._collect(reference, *busy.pop(reference), again)
                    self._fill(source, again, busy)  # workers go on while the reader reads
                    if outcome is not None:
                        yield outcome
        finally:
            self._running = False
            for worker, _, _ in busy.values():
                self._ray.kill(worker)

    def cancel(self) -> None:
        """See `Executor.cancel`; tasks under way are stopped at once."""
        self._cancelled.set()

    def close(self) -> None:
        """See `Executor.close`."""
        if not self._closed:
            self._closed = True
            self._idle.clear()
            self._ray.shutdown()  # ends this connection; a cluster that was there stays

    def _fill(
        self,
        source: Iterator[Task],
        again: list[tuple[Task, int]],
        busy: dict[Any, tuple[Any, Task, int]],
    ) -> None:
        """Give every free worker a task, new workers included while there are fewer than jobs."""
        while len(busy) < self.jobs:
            task, attempts = again.pop() if again else (next(source, None), 0)
            if task is None:
                return
            worker = self._idle.pop() if self._idle else self._seat.remote(self._warm)
            busy[worker.run.remote(task)] = (worker, task, attempts + 1)

    def _collect(
        self, reference: Any, worker: Any, task: Task, attempts: int, again: list[tuple[Task, int]]
    ) -> Outcome | None:
        """The outcome of a task; None when its worker was lost and it is tried again."""
        try:
            outcome: Outcome = self._ray.get(reference)
        except self._ray.exceptions.RayActorError as error:
            if attempts <= self.retries:
                again.append((task, attempts))
                return None
            reason = str(error).strip().splitlines()[0]
            text = f"its worker stopped {attempts} times (last: {reason})"
            return Outcome(task.id, LOST, error=text, attempts=attempts)
        except Exception as error:
            self._idle.append(worker)
            text = f"task or result cannot travel between machines: {describe(error)}"
            return Outcome(task.id, FAILED, error=text, attempts=attempts)
        self._idle.append(worker)
        return Outcome(outcome.id, outcome.state, outcome.value, outcome.error, attempts)


class Seat:
    """What lives in a worker of the cluster: warmed up once, then one task after the other."""

    def __init__(self, warm: Callable[[], object] | None) -> None:
        self._failure = ""
        if warm is not None:
            try:
                warm()
            except Exception as error:
                self._failure = f"the worker could not warm up: {describe(error)}"

    def run(self, task: Task) -> Outcome:
        """Run one task; every error becomes an outcome."""
        if self._failure:
            return Outcome(task.id, FAILED, error=self._failure)
        return run_task(task)


def _ray() -> ModuleType:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told what is run here
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise ExecutionError(
            'a cluster needs Ray; install it with: pip install "songwright[cluster]"'
        ) from error
    found: ModuleType = ray
    return found


def _connect(ray: ModuleType, address: str, jobs: int) -> None:
    if ray.is_initialized():
        raise ExecutionError("this process is connected to a cluster already; close that one first")
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address == LOCAL:
            ray.init(address="local", num_cpus=jobs or None, include_dashboard=False, **quiet)
        else:
            ray.init(address=address, **quiet)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise ExecutionError(
            f"there is no Ray cluster at {address!r} ({describe(error)}); "
            'start one with `ray start --head`, or use "local"'
        ) from error
