"""The seam: tasks go in, outcomes come out in the order in which they finish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from songwright.errors import ExecutionError, SongwrightError

DONE, FAILED, LOST, CANCELLED = "done", "failed", "lost", "cancelled"


@dataclass(frozen=True, slots=True)
class Task:
    """One call. ``function`` stands at the top of a module, so that other processes find it.

    Everything that decides the result is in ``arguments``, a seed included: a task that is tried
    again, elsewhere, returns the same.
    """

    id: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    ``state`` is ``done``, ``failed`` (it raised; ``error`` says what), ``lost`` (every worker that
    tried it died) or ``cancelled``. ``attempts`` counts the workers that began it.
    """

    id: str
    state: str
    value: Any = None
    error: str = ""
    attempts: int = 1

    def result(self) -> Any:
        """The value; `ExecutionError` if there is none."""
        if self.state != DONE:
            raise ExecutionError(f"task {self.id}: {self.error or self.state}")
        return self.value


class Executor(AbstractContextManager["Executor", None], Protocol):
    """Runs tasks. Use it as a context manager, or call `close`."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Outcomes, each as soon as it is there.

        ``tasks`` is read only as far as there are workers free, and workers get a new task only
        when the reader takes an outcome: neither end can flood the other. Leaving the loop early
        gives up the tasks that are under way.
        """

    def cancel(self) -> None:
        """Stop a `run` from any thread: tasks under way come out as ``cancelled``, others not."""

    def close(self) -> None:
        """Let the workers go."""


def gather(executor: Executor, tasks: Iterable[Task]) -> list[Outcome]:
    """Run tasks and return their outcomes in the order of the tasks.

    Raises
    ------
    ExecutionError
        If two tasks have the same id.
    """
    listed = list(tasks)
    place = {task.id: number for number, task in enumerate(listed)}
    if len(place) < len(listed):
        raise ExecutionError("two tasks have the same id")
    return sorted(executor.run(listed), key=lambda outcome: place[outcome.id])


def describe(error: BaseException) -> str:
    """An error as one line: our own sentences as they are, others with their type."""
    return str(error) if isinstance(error, SongwrightError) else f"{type(error).__name__}: {error}"
