"""What runs inside a worker process, and the parent's handle on it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler

from songwright.session.execution.in_process import run_task
from songwright.session.execution.protocol import FAILED, Outcome, Task, describe

_STOP_SECONDS = 2.0
_DYING_SECONDS = 0.2


class Worker:
    """One process and the task that it is working on.

    ``task`` is None when it is idle; ``attempts`` counts the workers that began this task.
    """

    def __init__(self, warm: Callable[[], object] | None) -> None:
        # A fresh interpreter: threads and locks of the parent are not copied half-way.
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=serve, args=(other, warm), daemon=True)
        self.process.start()
        other.close()  # ours is the only end left, so a dead worker reads as the end of the file
        self.task: Task | None = None
        self.attempts = 0

    def begin(self, task: Task, attempts: int) -> None:
        """Send a task. That the worker is gone shows when its outcome is read.

        Raises
        ------
        Exception
            If the task cannot travel (its function is not at the top of a module).
        """
        data = ForkingPickler.dumps((task.function, task.arguments))
        self.task, self.attempts = task, attempts
        with contextlib.suppress(OSError):
            self.pipe.send((task.id, bytes(data)))

    def outcome(self) -> Outcome | None:
        """The outcome of the task, None if the worker is gone; waits for either."""
        self.task = None
        try:
            found: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return replace(found, attempts=self.attempts)

    def stop(self, at_once: bool = False) -> str:
        """End the process, when it is idle or in the middle of its task; returns how it ended."""
        if at_once:
            # One that is dying by itself shall keep its own exit code.
            self.process.join(_DYING_SECONDS if self.task is None else 0.0)
            self.process.kill()
        self.pipe.close()  # an idle worker reads the end of the file and leaves
        self.process.join(_STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode
        self.process.close()
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


def serve(pipe: Connection, warm: Callable[[], object] | None) -> None:
    """Warm up once, then run tasks until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    failure = ""
    if warm is not None:
        try:
            warm()
        except Exception as error:
            failure = f"the worker could not warm up: {describe(error)}"
    with contextlib.suppress(EOFError, OSError):
        while True:
            name, data = pipe.recv()
            pipe.send_bytes(_answer(name, data, failure))


def _answer(name: str, data: bytes, failure: str) -> bytes:
    if failure:
        return _packed(Outcome(name, FAILED, error=failure))
    try:
        function, arguments = ForkingPickler.loads(data)
    except Exception as error:
        text = f"the worker cannot find the function of the task: {describe(error)}"
        return _packed(Outcome(name, FAILED, error=text))
    outcome = run_task(Task(name, function, arguments))
    try:
        return _packed(outcome)
    except Exception as error:
        text = f"the result cannot travel between processes: {describe(error)}"
        return _packed(Outcome(name, FAILED, error=text))


def _packed(outcome: Outcome) -> bytes:
    return bytes(ForkingPickler.dumps(outcome))
