"""From flags on a time grid to stretches in seconds that a report can point at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Seconds = tuple[tuple[float, float], ...]


def stretches(
    flags: NDArray[np.bool_],
    step_seconds: float,
    width_seconds: float | None = None,
    join_seconds: float = 0.5,
    most: int = 6,
) -> Seconds:
    """The longest stretches in which flags are set, in order of time.

    Parameters
    ----------
    flags
        One flag a step, shape (n,).
    step_seconds, width_seconds
        Distance of two flags, and length of what one flag speaks for (default: one step).
    join_seconds
        Gaps up to this length do not split a stretch.
    most
        Number of stretches kept.
    """
    at = np.flatnonzero(flags)
    if not at.size:
        return ()
    width = step_seconds if width_seconds is None else width_seconds
    breaks = np.flatnonzero(np.diff(at) * step_seconds > max(join_seconds, step_seconds * 1.5)) + 1
    runs = [(int(run[0]), int(run[-1])) for run in np.split(at, breaks)]
    longest = sorted(runs, key=lambda run: (run[0] - run[1], run[0]))[:most]
    return tuple(
        (round(first * step_seconds, 3), round(last * step_seconds + width, 3))
        for first, last in sorted(longest)
    )


def moments(seconds: NDArray[np.float64], width_seconds: float = 0.05, most: int = 12) -> Seconds:
    """Short stretches around single moments, the first ``most`` of them."""
    half = width_seconds / 2.0
    return tuple((round(max(0.0, float(t) - half), 3), round(float(t) + half, 3))
                 for t in seconds[:most])  # fmt: skip
