"""Holes in the sound: a stretch that is missing, as when a buffer ran empty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songwright.evaluate.model import Measurement
from songwright.evaluate.sound.cells import CELL_SECONDS
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import Scan
from songwright.evaluate.sound.spans import moments

_LOUD = 0.03  # of the highest peak (-30 dB): a hole in a fading tail is not heard
_NOTHING = 1e-4  # of what sounded before (-80 dB)
_BESIDE = 10  # cells (ms) that say what sounded on either side of a hole
_TORN = 0.5  # of the level beside it is left at the edge; a fade of 5 ms has less
_SHORTEST, _LONGEST = 3, 2_000  # cells; longer is a rest, however abrupt


@hears("dropouts")
def dropouts(sound: Listening) -> Iterator[Measurement]:
    starts, ends = holes(sound.scan)
    minutes = max(1.0, sound.seconds / 60.0)
    middle = np.asarray((starts + ends) * (CELL_SECONDS / 2.0), np.float64)
    longest = float((ends - starts).max(initial=0)) * CELL_SECONDS
    note = f"nothing at all for up to {1_000.0 * longest:.0f} ms" if len(starts) else ""
    yield found("dropouts", len(starts) / minutes, moments(middle, max(0.05, longest)), note)


def holes(scan: Scan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First cell of each hole and the cell after its last.

    Sound stops and comes back within a millisecond or two, at nearly the level that it had. A rest
    is no hole: notes fade, if only for some milliseconds, and what follows is an attack.
    """
    peak = scan.cell_peak
    if not peak.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    empty = peak <= max(1e-6, _LOUD * _NOTHING * float(peak.max()))
    edges = np.diff(empty.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    loud = _LOUD * float(peak.max())
    kept = [
        (start, end)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if _SHORTEST <= end - start <= _LONGEST and _is_torn(peak, start, end, loud)
    ]
    return (np.array([start for start, _ in kept], np.int64),
            np.array([end for _, end in kept], np.int64))  # fmt: skip


def _is_torn(peak: NDArray[np.float32], start: int, end: int, loud: float) -> bool:
    before, after = peak[max(0, start - _BESIDE) : start], peak[end : end + _BESIDE]
    if before.size < _BESIDE or after.size < _BESIDE:
        return False
    level_before, level_after = float(before.max()), float(after.max())
    if min(level_before, level_after) < loud:
        return False
    # The cell in which it breaks off may hold only a few samples: look at two.
    edge_before, edge_after = float(before[-2:].max()), float(after[:2].max())
    return (
        edge_before > _TORN * level_before
        and edge_after > _TORN * level_after
        and 0.25 < level_before / level_after < 4.0
    )
