"""The time grid: sixteenths and eighth-note triplets of the quarters of a bar."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ticks = npt.NDArray[np.int64]

POINTS = np.array([0, 120, 160, 240, 320, 360, 480], np.int64)
"""Places in a quarter of 480 ticks; the last is the next quarter."""
FAR_TICKS = 20
"""An onset further than this from every point is off the grid."""
MOST_OFF = 0.10
"""Share of such onsets from which music is left out (thirty-seconds, quintuplets, free playing)."""


def snap(ticks: Ticks, bar_ticks: int = 480) -> Ticks:
    """The nearest grid points; halfway goes to the earlier one.

    Quarters are counted from the bar line: the triplets of the second bar of 3/8 begin at 720.
    """
    bar, place = np.divmod(ticks, bar_ticks)
    quarter, rest = np.divmod(place, 480)
    nearest = np.argmin(np.abs(rest[:, None] - POINTS[None, :]), axis=1)
    snapped: Ticks = bar * bar_ticks + quarter * 480 + POINTS[nearest]
    return snapped


def off_grid_share(ticks: Ticks, bar_ticks: int = 480) -> float:
    """Share of different onsets that lie more than `FAR_TICKS` from the grid."""
    onsets = np.unique(ticks)
    if onsets.size == 0:
        return 0.0
    return float(np.mean(np.abs(onsets - snap(onsets, bar_ticks)) > FAR_TICKS))
