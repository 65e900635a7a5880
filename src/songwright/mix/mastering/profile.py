"""The gain into the limiter that gives a loudness, found without running the limiter.

While the chain runs, the peak and the K-weighted energy of every 32 samples are noted: three
minutes become 270,000 pairs. On these, clip and limiter are imitated in milliseconds, so the
search for the gain costs nothing, and what the imitation gets wrong (a tenth of a decibel or two)
is seen after the first true pass and taken off.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.loudness import integrated_of_steps, k_weighting
from songwright.mix.limiter import LOOK_AHEAD_SECONDS, release_paces

CELL = 32
_BETWEEN_SAMPLES = 1.05  # what the true peak of usual music has over its sample peak


@njit(cache=True, nogil=True)
def _note(audio, filters, state, energy, peak):  # type: ignore[no-untyped-def]
    """Energy and peak of each cell of stereo samples; state (2, 4) goes on."""
    b0, b1, b2, a1, a2 = filters[0]
    c1, c2 = filters[1, 3], filters[1, 4]
    n = audio.shape[1]
    for c in range(2):
        s1, s2, t1, t2 = state[c]
        for k in range(energy.shape[0]):
            total = 0.0
            highest = peak[k]
            for i in range(k * CELL, min(n, (k + 1) * CELL)):
                x = np.float64(audio[c, i])
                y = b0 * x + s1
                s1 = b1 * x - a1 * y + s2
                s2 = b2 * x - a2 * y
                z = y + t1
                t1 = t2 - 2.0 * y - c1 * z
                t2 = y - c2 * z
                total += z * z
                highest = max(highest, abs(x))
            energy[k] += total
            peak[k] = highest
            if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-150:
                s1 = s2 = t1 = t2 = 0.0
        state[c] = (s1, s2, t1, t2)


@njit(cache=True, nogil=True)
def _imitate(energy, peak, gain, knee, top, ceiling, ahead, paces, cells, steps):  # type: ignore[no-untyped-def]
    """Power of each tenth of a second after gain, clip and limiter.

    ``paces`` are those of the limiter's stages, per cell.
    """
    fast, slow_up, slow_down = paces
    n = peak.shape[0]
    need = np.zeros(n)
    clipped = np.ones(n)
    for k in range(n):
        p = peak[k] * gain
        if p > knee:
            over = (p - knee) / (top - knee)
            bent = knee + (top - knee) * over / (1.0 + over)
            # Only the tips of the wave are rounded: half of their reduction counts for the cell.
            clipped[k] = 0.5 + 0.5 * bent / p
            p = bent
        if p > ceiling:
            need[k] = 1.0 - ceiling / p
    quick = slow = before = 0.0
    for k in range(n):
        highest = 0.0
        for j in range(k, min(n, k + ahead)):
            highest = max(highest, need[j])
        slow += (slow_up if highest > slow else slow_down) * (highest - slow)
        quick = max(highest, slow + (quick - slow) * fast)
        # The running means of the limiter are as long as two or three cells.
        g = gain * (1.0 - 0.5 * (quick + before)) * clipped[k]
        before = quick
        steps[int(k / cells)] += energy[k] * g * g


class Profile:
    """Energy and peaks of what goes into the limiter.

    Parameters
    ----------
    frames
        Length of what will be noted.
    sample_rate_hz
        Sample rate.
    """

    def __init__(self, frames: int, sample_rate_hz: int) -> None:
        count = -(-frames // CELL)
        self._rate = sample_rate_hz
        self._energy = np.zeros(count)
        self._peak = np.zeros(count)
        self._filters = k_weighting(sample_rate_hz)
        self._state = np.zeros((2, 4))

    def add(self, start: int, block: Audio) -> None:
        """Note samples ``(2, n)`` that stand at ``start``, a multiple of `CELL`, in order."""
        first = start // CELL
        last = first + -(-block.shape[1] // CELL)
        _note(block, self._filters, self._state, self._energy[first:last], self._peak[first:last])

    def loudness_lufs(
        self, gain: float, ceiling: float, clip: tuple[float, float], first: int, frames: int
    ) -> float | None:
        """Loudness that a gain will give, for ``frames`` samples from ``first`` on.

        ``ceiling`` and ``clip`` (where the soft clip begins, and what it never passes) are
        amplitudes; a ``clip`` that begins above everything is none.
        """
        begin = first // CELL
        energy = self._energy[begin : begin + -(-frames // CELL)]
        peak = self._peak[begin : begin + len(energy)]
        cells = self._rate / 10.0 / CELL
        steps = np.zeros(max(1, math.ceil(len(energy) / cells)))
        _imitate(
            energy, peak * _BETWEEN_SAMPLES, float(gain), float(clip[0]), float(clip[1]),
            float(ceiling),
            max(1, round(LOOK_AHEAD_SECONDS * self._rate / CELL)),
            release_paces(self._rate / CELL), cells, steps,
        )  # fmt: skip
        lengths = np.full(len(steps), self._rate / 10.0)
        lengths[-1] = max(1.0, frames - (len(steps) - 1) * self._rate / 10.0)
        powers: Samples64 = steps / lengths
        # A last step that is not full counts only where there is hardly another.
        return integrated_of_steps(powers[:-1] if len(powers) > 4 else powers)


def gain_for(
    profile: Profile,
    wanted_lufs: float,
    ceiling: float,
    clip: tuple[float, float],
    first: int,
    frames: int,
    most_db: float,
) -> float:
    """Gain in dB at which the imitation reaches a loudness; at most ``most_db``.

    Loudness grows with gain ever more slowly, so the answer is found by halving.
    """

    def reached(gain_db: float) -> float:
        found = profile.loudness_lufs(10.0 ** (gain_db / 20.0), ceiling, clip, first, frames)
        return -200.0 if found is None else found

    low, high = -60.0, most_db
    if reached(high) <= wanted_lufs:
        return high
    # Without any limiting the answer is known; begin the halving around it.
    plain = profile.loudness_lufs(1.0, 1e9, (1e9, 2e9), first, frames)
    if plain is not None:
        low = max(low, min(high, wanted_lufs - plain) - 0.5)
        if reached(low) > wanted_lufs:
            low = -60.0
    for _ in range(24):
        middle = 0.5 * (low + high)
        if reached(middle) < wanted_lufs:
            low = middle
        else:
            high = middle
        if high - low < 0.004:
            break
    return 0.5 * (low + high)
