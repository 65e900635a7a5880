"""The simplest executor: one task after the other, here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from songwright.closing import Closing
from songwright.session.execution.protocol import CANCELLED, DONE, FAILED, Outcome, Task, describe


class InProcess(Closing):
    """Implements `Executor` without other processes: for tests, small work and debugging.

    Parameters
    ----------
    warm
        Called once before the first task (to load models).
    """

    def __init__(self, warm: Callable[[], object] | None = None) -> None:
        self._warm = warm
        self._cancelled = threading.Event()

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """See `Executor.run`."""
        self._cancelled.clear()
        if self._warm is not None:
            self._warm()
            self._warm = None
        for task in tasks:
            outcome = run_task(task)
            if self._cancelled.is_set():
                yield Outcome(task.id, CANCELLED)
                return
            yield outcome
            if self._cancelled.is_set():
                return

    def cancel(self) -> None:
        """See `Executor.cancel`; the task under way runs to its end first."""
        self._cancelled.set()

    def close(self) -> None:
        """See `Executor.close`."""


def run_task(task: Task) -> Outcome:
    """Call a task's function; every error becomes an outcome."""
    try:
        return Outcome(task.id, DONE, task.function(*task.arguments))
    except Exception as error:
        return Outcome(task.id, FAILED, error=describe(error))
