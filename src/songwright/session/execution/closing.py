"""What executors have in common: they are closed after use, and run one thing at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from songwright.errors import ExecutionError


class Closing(ABC):
    """A context manager that closes at its end."""

    @abstractmethod
    def close(self) -> None:
        """Let the workers go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Pool(Closing):
    """An executor with workers of its own: one run at a time, none after it was closed.

    Raises
    ------
    ExecutionError
        If ``jobs`` is negative.
    """

    def __init__(self, jobs: int) -> None:
        if jobs < 0:
            raise ExecutionError("the number of jobs must be at least 1 (or 0: one for each core)")
        self._running = False
        self._closed = False

    def _claim(self) -> None:
        """Begin a run; the run itself gives the claim back."""
        if self._closed:
            raise ExecutionError("this executor was closed; make another")
        if self._running:
            raise ExecutionError("this executor is running already; use another for other tasks")
        self._running = True
