"""Clicks: jumps of one to three samples that begin and end nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from songwright.evaluate.sound.cells import CELL_SECONDS
from songwright.evaluate.sound.sources import Sound

_CLICK_SECONDS = 0.00035
"""A spike that has passed a limiter or a converter has died away by then, either side."""
_RATTLE_SECONDS = 0.004
_TOWERS = 3.0


def click_cells(
    jump: NDArray[np.float32], energy: NDArray[np.float32], sound: Sound
) -> NDArray[np.int64]:
    """Cells of 1 ms with a jump that begins and ends nothing.

    The second difference of a click exceeds all others within 25 ms by far, while the level before
    and after is the same: a drum changes it, a saw tooth repeats its jump. And it is over at once:
    the stick on a skin rattles on for milliseconds.

    Parameters
    ----------
    jump, energy
        Of each cell (see `CellListener`), shape (cells,).
    sound
        What they were gathered from; read again around each candidate.
    """
    if len(jump) < 64:
        return np.zeros(0, np.int64)
    # Neighbours from 2 to 25 ms away, on both sides; reflecting would mirror a click onto itself.
    side = maximum_filter1d(jump, 24, mode="constant")
    before, after = _shifted(side, 14), _shifted(side, -13)
    around = np.maximum(before, after)
    mean = uniform_filter1d(energy.astype(np.float64), 20, mode="constant")
    level_before, level_after = _shifted(mean, 12) + 1e-9, _shifted(mean, -11) + 1e-9
    ratio = level_after / level_before
    isolated = (jump > 4.0 * around) & (jump > 0.01)
    steady = (ratio < 4.0) & (ratio > 0.25)
    at = np.flatnonzero(isolated & steady)
    at = at[np.diff(at, prepend=-10) > 2]
    return np.array([c for c in at if _is_over_at_once(sound, int(c))], np.int64)


def _is_over_at_once(sound: Sound, cell: int) -> bool:
    """Whether the jump of a cell towers above those before and after it, the nearest left out."""
    sample_rate_hz = sound.sample_rate_hz
    first = round((cell * CELL_SECONDS - _RATTLE_SECONDS) * sample_rate_hz)
    last = round(((cell + 1) * CELL_SECONDS + _RATTLE_SECONDS) * sample_rate_hz)
    around = sound.read(max(0, first), min(last, sound.frames))
    jumps = np.abs(np.diff(around, 2)).max(0)
    peak = int(jumps.argmax())
    near = round(_CLICK_SECONDS * sample_rate_hz)
    rest = np.concatenate([jumps[: max(0, peak - near)], jumps[peak + near + 1 :]])
    return bool(jumps[peak] > _TOWERS * rest.max(initial=0.0))


def _shifted(values: NDArray[np.floating], cells: int) -> NDArray[np.floating]:
    """Values moved later by a number of cells (earlier when negative), zeros moved in."""
    moved = np.zeros_like(values)
    if cells > 0:
        moved[cells:] = values[:-cells]
    else:
        moved[:cells] = values[-cells:]
    return moved
