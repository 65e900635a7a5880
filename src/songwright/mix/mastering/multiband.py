"""Three bands, each held back where it jumps out of its usual level.

The bands come from fourth-order crossovers of S. Linkwitz and R. Riley (*Active crossover
networks for noncoincident drivers*, JAES 24(1), 1976), whose low and high outputs add up to an
all-pass. The high output is taken as the all-pass minus the low one, so with all gains at 1 the
sum has a flat magnitude to the last bit of the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.filters import BUTTERWORTH_Q, low_pass

CROSSOVERS_HZ = (140.0, 2_600.0)
BANDS = 3
STEP = 16
"""Frames between two values of a band's gain."""

_ABOVE_USUAL_DB = 4.5
"""A band may rise this far over its mean level before it is touched."""

_MOST_DB = 5.0
_EMPTY_DB = -60.0
_KNEE_DB = 5.0
_DETECTOR_MS = (60.0, 25.0, 12.0)
_ATTACK_MS = (25.0, 14.0, 7.0)
_RELEASE_MS = (180.0, 140.0, 100.0)
_FULL_RATIO = 3.0


def all_pass(crossover_hz: float, sample_rate_hz: int) -> list[float]:
    """Biquad row of the all-pass that the two sides of a crossover add up to.

    For a Butterworth denominator it is its mirror image over itself.
    """
    _, _, _, a1, a2 = low_pass(crossover_hz, sample_rate_hz, BUTTERWORTH_Q)
    return [a2, a1, 1.0, a1, a2]


@njit(cache=True, nogil=True)
def _section(x, row, state):  # type: ignore[no-untyped-def]
    y = row[0] * x + state[0]
    state[0] = row[1] * x - row[3] * y + state[1]
    state[1] = row[2] * x - row[4] * y
    return y


@njit(cache=True, nogil=True)
def _hold(audio, rows, filters, gains, limits):  # type: ignore[no-untyped-def]
    """Split stereo samples in three, hold each band, add them up; in place.

    ``rows``: low-pass and all-pass of the lower crossover, then of the upper one. ``filters``
    (2, 7, 2) are their states. ``gains`` (3, 4): smoothed power, reduction in dB, gain, sum of
    reductions. ``limits`` (3, 6): threshold dB, 1 - 1/ratio, detector, attack and release factors
    a step, most reduction.
    """
    n = audio.shape[1]
    low = np.zeros((2, STEP))
    middle = np.zeros((2, STEP))
    whole = np.zeros((2, STEP))
    for start in range(0, n, STEP):
        m = min(STEP, n - start)
        power = np.zeros(3)
        for c in range(2):
            state = filters[c]
            for t in range(m):
                x = np.float64(audio[c, start + t])
                lower = _section(_section(x, rows[0], state[0]), rows[0], state[1])
                upper = _section(x, rows[1], state[2]) - lower
                lower = _section(lower, rows[3], state[3])
                mid = _section(_section(upper, rows[2], state[4]), rows[2], state[5])
                both = _section(upper, rows[3], state[6])
                low[c, t] = lower
                middle[c, t] = mid
                whole[c, t] = lower + both
                power[0] += lower * lower
                power[1] += mid * mid
                power[2] += (both - mid) ** 2
            for k in range(7):
                if abs(state[k, 0]) + abs(state[k, 1]) < 1e-30:
                    state[k, 0] = 0.0
                    state[k, 1] = 0.0
        slides = np.zeros(3)
        begin = np.zeros(3)
        for b in range(3):
            threshold, slope, detector, attack, release, most = limits[b]
            gains[b, 0] += detector * (power[b] / (2 * m) - gains[b, 0])
            over = 10.0 * math.log10(gains[b, 0] + 1e-14) - threshold
            if over <= -0.5 * _KNEE_DB:
                wanted = 0.0
            elif over < 0.5 * _KNEE_DB:
                wanted = slope * (over + 0.5 * _KNEE_DB) ** 2 / (2.0 * _KNEE_DB)
            else:
                wanted = slope * over
            wanted = min(wanted, most)
            factor = attack if wanted > gains[b, 1] else release
            gains[b, 1] = wanted + factor * (gains[b, 1] - wanted)
            if gains[b, 1] < 1e-9:
                gains[b, 1] = 0.0
            target = 10.0 ** (-gains[b, 1] / 20.0) if gains[b, 1] > 0.0 else 1.0
            begin[b] = gains[b, 2]
            slides[b] = (target - gains[b, 2]) / m
            gains[b, 2] = target
            gains[b, 3] += gains[b, 1]
        for c in range(2):
            for t in range(m):
                high = whole[c, t] - low[c, t] - middle[c, t]
                audio[c, start + t] = (
                    (begin[0] + slides[0] * (t + 1)) * low[c, t]
                    + (begin[1] + slides[1] * (t + 1)) * middle[c, t]
                    + (begin[2] + slides[2] * (t + 1)) * high
                )


class Multiband:
    """The three bands of one master, block after block.

    Parameters
    ----------
    usual_db
        Mean level of each band (RMS of both channels, dBFS) at the place where it works.
    amount
        0..1: at 1 a band that rises is held at a ratio of 3 to 1, by at most 5 dB.
    sample_rate_hz
        Sample rate.
    """

    def __init__(self, usual_db: Sequence[float], amount: float, sample_rate_hz: int) -> None:
        rate = sample_rate_hz
        low, high = CROSSOVERS_HZ
        high = min(high, 0.4 * rate)
        self._rows = np.array([
            low_pass(low, rate), all_pass(low, rate), low_pass(high, rate), all_pass(high, rate),
        ])  # fmt: skip
        self._filters = np.zeros((2, 7, 2))
        self._gains = np.zeros((BANDS, 4))
        self._gains[:, 2] = 1.0
        self._steps = 0

        def factor(milliseconds: float) -> float:
            return math.exp(-STEP / (rate * milliseconds / 1_000.0))

        slope = 1.0 - 1.0 / (1.0 + (_FULL_RATIO - 1.0) * amount)
        # In a band where nothing plays there is nothing to hold but noise.
        slopes = [slope if level > _EMPTY_DB else 0.0 for level in usual_db]
        self._limits = np.array([
            [usual_db[b] + _ABOVE_USUAL_DB, slopes[b], 1.0 - factor(_DETECTOR_MS[b]),
             factor(_ATTACK_MS[b]), factor(_RELEASE_MS[b]), _MOST_DB]
            for b in range(BANDS)
        ])  # fmt: skip

    def process(self, block: Audio) -> None:
        """Hold the next samples ``(2, n)`` in place; n a multiple of `STEP` but for the last."""
        _hold(block, self._rows, self._filters, self._gains, self._limits)
        self._steps += -(-block.shape[1] // STEP)

    @property
    def mean_db(self) -> tuple[float, ...]:
        """Mean reduction of each band so far, from low to high."""
        return tuple(float(total) / max(1, self._steps) for total in self._gains[:, 3])


def usual_levels_db(
    centre_hz: Samples64, level_db: Samples64, response_db: Samples64
) -> tuple[float, ...]:
    """Level of each band, from third octaves and the response of what stands before."""
    power = 10.0 ** ((level_db + response_db) / 10.0)
    edges = (0.0, *CROSSOVERS_HZ, 1e9)
    levels = []
    for low, high in pairwise(edges):
        total = float(power[(centre_hz >= low) & (centre_hz < high)].sum())
        levels.append(10.0 * math.log10(max(total, 1e-14)))
    return tuple(levels)
