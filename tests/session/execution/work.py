"""Tasks for the tests; at the top of a module, so that workers find them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from songwright.errors import BriefError
from songwright.seeds import rng

WARMED: list[int] = []


def warm() -> None:
    WARMED.append(os.getpid())


def warm_badly() -> None:
    raise BriefError("no model")


def draw(seed: int) -> list[float]:
    chance = rng(seed, "task")
    return [chance.random() for _ in range(5)]


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def warmed() -> tuple[int, list[int]]:
    return os.getpid(), list(WARMED)


def fail(text: str) -> None:
    raise BriefError(text)


def divide(number: int) -> float:
    return 1 / number


def die_until(folder: str, times: int) -> int:
    """Kill the own process the first ``times`` times."""
    number = len(list(Path(folder).iterdir()))
    if number < times:
        (Path(folder) / str(number)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die() -> None:
    os._exit(3)


def pack() -> object:
    return lambda: None


def large(megabytes: int) -> bytes:
    return bytes(megabytes * 2**20)


def make_piece(folder: str, seed: int) -> str:
    """A small build in a project that all workers share."""
    from songwright.session.store import Project

    with Project.open(folder) as project:
        plan = project.make("plan", {}, {"seed": seed}, 1, lambda: repr(draw(seed)).encode())
        score = project.make("score", {"plan": plan}, {}, 1, lambda: project.read(plan) * 2)
        project.add_variant({"plan": plan, "score": score}, f"take {seed}")
        return score.key
