"""What executors with workers have in common: they run one thing at a time, until closed."""

from __future__ import annotations

from songwright.closing import Closing
from songwright.errors import ExecutionError


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
