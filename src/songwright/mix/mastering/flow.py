"""Walks through a piece: blocks prepared in one thread while others are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from songwright.audio import Audio, AudioSource

T = TypeVar("T")

BLOCK_FRAMES = 1 << 15
"""Frames of a block; a multiple of every step that a processor counts in."""


def ahead(
    make: Callable[[int, int], T],
    bounds: Iterable[tuple[int, int]],
    threads: int = 1,
    waiting: int = 3,
) -> Iterator[tuple[int, int, T]]:
    """Call ``make(start, stop)`` for each block ahead of its use, and give the results in order.

    With one thread the calls are in order too, so that ``make`` may carry state.
    """
    with ThreadPoolExecutor(threads) as pool:
        queue: deque[tuple[int, int, Future[T]]] = deque()
        for start, stop in bounds:
            queue.append((start, stop, pool.submit(make, start, stop)))
            if len(queue) > waiting:
                first, last, done = queue.popleft()
                yield first, last, done.result()
        while queue:
            first, last, done = queue.popleft()
            yield first, last, done.result()


class Looped:
    """A source that goes round: some of its end before its start, of its start after its end."""

    def __init__(self, source: AudioSource, lead_in: int, after: int) -> None:
        self._source = source
        self._lead_in = lead_in
        self._frames = lead_in + source.frames + after

    @property
    def frames(self) -> int:
        return self._frames

    def read(self, start: int, stop: int) -> Audio:

        turn = self._source.frames
        pieces = []
        at = start - self._lead_in
        left = stop - start
        while left > 0:
            here = at % turn
            count = min(left, turn - here)
            pieces.append(self._source.read(here, here + count))
            at, left = at + count, left - count
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
