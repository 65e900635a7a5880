"""Worker processes on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import wait

from songwright.session.execution.pool import Pool
from songwright.session.execution.protocol import (
    CANCELLED,
    FAILED,
    LOST,
    Outcome,
    Task,
    describe,
)
from songwright.session.execution.worker import Worker

RETRIES = 2


class LocalProcesses(Pool):
    """Implements `Executor` with processes that live as long as the executor.

    Each worker has a pipe of its own and one task at a time, so when one dies (killed, out of
    memory) it is known which task it had: that task is tried again in a new worker, the others
    never notice. A task that raises is not tried again; it would raise again.

    Parameters
    ----------
    jobs
        Worker processes; 0 takes one for each core.
    warm
        Function at the top of a module, called once in each worker before its first task.
    retries
        How often a task is tried again after its worker was lost.
    """

    def __init__(
        self, jobs: int = 0, warm: Callable[[], object] | None = None, retries: int = RETRIES
    ) -> None:
        super().__init__(jobs)
        self.jobs = jobs or os.cpu_count() or 1
        self.retries = retries
        self._warm = warm
        self._workers: list[Worker] = []
        self._bell, self._ring = Pipe(duplex=False)  # wakes a run that waits

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """See `Executor.run`. At most ``jobs`` tasks are under way."""
        self._claim()
        source = iter(tasks)
        again: list[tuple[Task, int]] = []  # lost with their workers, and how often
        try:
            self._quiet()
            while True:
                yield from self._fill(source, again)
                busy: dict[object, Worker] = {w.pipe: w for w in self._workers if w.task}
                if not busy:
                    return
                ready = wait([self._bell, *(worker.pipe for worker in busy.values())])
                if self._bell in ready:
                    yield from self._give_up()
                    return
                arrived = [self._collect(busy[pipe], again) for pipe in ready]
                yield from self._fill(source, again)  # workers go on while the reader reads
                yield from (outcome for outcome in arrived if outcome is not None)
        finally:
            self._running = False
            for worker in [w for w in self._workers if w.task]:
                self._drop(worker)

    def cancel(self) -> None:
        """See `Executor.cancel`; tasks under way are stopped at once."""
        self._ring.send_bytes(b"!")

    def close(self) -> None:
        """See `Executor.close`."""
        self._closed = True
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def _fill(self, source: Iterator[Task], again: list[tuple[Task, int]]) -> Iterator[Outcome]:
        """Give every idle worker a task; yields tasks that cannot be sent."""
        while sum(worker.task is not None for worker in self._workers) < self.jobs:
            task, attempts = again.pop() if again else (next(source, None), 0)
            if task is None:
                return
            worker = self._idle()
            try:
                worker.begin(task, attempts + 1)
            except Exception as error:
                text = f"the task cannot travel between processes: {describe(error)}"
                yield Outcome(task.id, FAILED, error=text)

    def _idle(self) -> Worker:
        for worker in self._workers:
            if worker.task is None:
                return worker
        self._workers.append(Worker(self._warm))
        return self._workers[-1]

    def _collect(self, worker: Worker, again: list[tuple[Task, int]]) -> Outcome | None:
        """The outcome of a worker; None when it died and its task is tried again."""
        task, attempts = worker.task, worker.attempts
        outcome = worker.outcome()
        if outcome is not None or task is None:
            return outcome
        reason = self._drop(worker)
        if attempts > self.retries:
            text = f"its worker stopped {attempts} times (last: {reason})"
            return Outcome(task.id, LOST, error=text, attempts=attempts)
        again.append((task, attempts))
        return None

    def _drop(self, worker: Worker) -> str:
        self._workers.remove(worker)
        return worker.stop(at_once=True)

    def _give_up(self) -> Iterator[Outcome]:
        for worker in [w for w in self._workers if w.task]:
            task, attempts = worker.task, worker.attempts
            self._drop(worker)
            if task is not None:
                yield Outcome(task.id, CANCELLED, attempts=attempts)

    def _quiet(self) -> None:
        while self._bell.poll():
            self._bell.recv_bytes()
