"""Beats of a part: where the music stands at a moment, through its changes of tempo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from songwright.render.jit import DoubleArray

DEFAULT_BPM = 120.0


@dataclass(frozen=True)
class BeatClock:
    """Seconds to beats (quarter notes), counted from the first of ``tempos`` (second, bpm).

    Without any the tempo is a steady 120.
    """

    tempos: tuple[tuple[float, float], ...]

    @property
    def origin_seconds(self) -> float:
        """Moment of the piece at which the part begins: above 0 for a stretch of a longer part.

        What turns or swings all the time (fans, rotating speakers, choruses) stands there as it
        would have stood if the part had been played from the beginning.
        """
        return max(0.0, -self.tempos[0][0]) if self.tempos else 0.0

    @cached_property
    def _anchors(self) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
        """Second of each tempo, its beats per second, and the beats passed before it."""
        tempos = self.tempos or ((0.0, DEFAULT_BPM),)
        starts = np.array([at for at, _ in tempos])
        rates = np.array([bpm for _, bpm in tempos]) / 60.0
        return starts, rates, np.concatenate(([0.0], np.cumsum(np.diff(starts) * rates[:-1])))

    def beats(self, seconds: DoubleArray) -> DoubleArray:
        """Beats since the first tempo; earlier moments are counted back in it."""
        starts, rates, passed = self._anchors
        place = np.maximum(np.searchsorted(starts, seconds, side="right") - 1, 0)
        return np.asarray(passed[place] + (seconds - starts[place]) * rates[place])
