"""Beats: partials that are two, a few hertz apart.

Courses of strings that are not quite in tune and bells that are not quite round have pairs of
partials. Windows that part neighbouring partials are too short to part a pair; its beat is read
from how the partial moves: in its own narrow band the sound is one or two damped exponentials,
whose poles are given by the shift of the signal subspace (ESPRIT, Roy & Kailath 1989).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.render.fitted.model import DoubleArray, FloatArray
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import demodulate

HOP_SECONDS = 0.012
BEGIN_SECONDS, END_SECONDS = 0.08, 3.0
HEARD_DB = -50.0
"""Partials further below the strongest are not searched."""

SLOWEST_HZ, FASTEST_HZ = 0.3, 12.0
WEAKEST_DB = -18.0
"""Twins further below their partial move its level by less than 2 dB and are left out."""

_BETTER = 6.0  # two exponentials leave so many times less power unexplained than one
_LEAST_FRAMES = 40
_LEAST_AGREED, _AGREED = 4, 0.2
_MOST_HZ = 12.7


@dataclass(frozen=True, slots=True)
class Beats:
    """The twin of each partial: distance in Hz (0: none), level against it in dB, phase.

    ``phases`` are those of the twin against its partial at the onset, radians. Shapes (K,). Twins
    whose beat is fast against the window are read too low (6 dB at one beat in a window).
    """

    hz: DoubleArray
    level_db: DoubleArray
    phases: DoubleArray

    def continued(self, frequencies: DoubleArray) -> Beats:
        """With twins for the partials of a mistuned course whose beats are too fast to be read.

        Two strings are apart by the same interval at every partial, so where the twins that were
        found agree, those above them are known.
        """
        known = np.flatnonzero(self.hz)
        if known.shape[0] < _LEAST_AGREED:
            return self
        interval = np.abs(self.hz[known]) / frequencies[known]
        middle = float(np.median(interval))
        if np.median(np.abs(interval - middle)) > _AGREED * middle:
            return self
        hz, level = self.hz.copy(), self.level_db.copy()
        fast = (self.hz == 0.0) & (frequencies * middle > FASTEST_HZ)
        # what is stored reaches no further than this; faster beats are roughness anyway
        hz[fast] = np.minimum(frequencies[fast] * middle, _MOST_HZ)
        level[fast] = float(np.median(self.level_db[known]))
        return Beats(hz, level, self.phases)


def find_beats(
    audio: FloatArray, frequencies: DoubleArray, amplitudes: DoubleArray, period: float,
    seconds: float,
) -> Beats:  # fmt: skip
    """Look for twins.

    Parameters
    ----------
    audio
        float32, shape (1 or 2, samples), begins with the note.
    frequencies, amplitudes
        Of the partials, Hz and greatest level, shape (K,).
    period
        Of the note in samples.
    seconds
        Until where the note is heard.
    """
    count = frequencies.shape[0]
    found = Beats(np.zeros(count), np.zeros(count), np.zeros(count))
    end = min(seconds, END_SECONDS)
    centres = np.arange(BEGIN_SECONDS, end, HOP_SECONDS) * RATE_HZ
    heard = np.flatnonzero(amplitudes > amplitudes.max(initial=0.0) * 10.0 ** (HEARD_DB / 20.0))
    if centres.shape[0] < _LEAST_FRAMES or heard.shape[0] == 0:
        return found
    length = int(np.clip(6.0 * period, 2048, 8192))
    louder = audio[int((audio**2).sum(axis=1).argmax())][None]
    values = demodulate(louder, centres, length, frequencies[heard])[0]
    turns = np.exp(-2j * np.pi * frequencies[heard] * centres[:, None] / RATE_HZ)
    for k, band in zip(heard, (values * turns).T, strict=True):
        twin = _twin(np.asarray(band))
        if twin is not None:
            found.hz[k], found.level_db[k], found.phases[k] = twin
    return found


def _twin(band: np.ndarray) -> tuple[float, float, float] | None:
    """Distance, level and phase of the weaker of two exponentials, or None."""
    level = np.abs(band)
    lasting = int(np.flatnonzero(level > 0.02 * level.max())[-1]) + 1
    band = band[:lasting]
    if band.shape[0] < _LEAST_FRAMES:
        return None
    one, two = (_exponentials(band, order) for order in (1, 2))
    if two[2] * _BETTER > one[2]:
        return None
    poles, parts, _ = two
    powers = (np.abs(parts) ** 2).mean(axis=0)
    main = int(powers.argmax())
    away = np.angle(poles[1 - main] / poles[main]) / (2.0 * np.pi * HOP_SECONDS)
    weaker_db = 10.0 * np.log10(powers[1 - main] / powers[main])
    if not SLOWEST_HZ <= abs(away) <= FASTEST_HZ or weaker_db < WEAKEST_DB:
        return None
    apart = np.angle(parts[0, 1 - main] / parts[0, main])
    return float(away), float(weaker_db), float(apart - 2.0 * np.pi * away * BEGIN_SECONDS)


def _exponentials(band: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Poles (order,), the parts they explain (frames, order), power left over."""
    rows = band.shape[0] // 2
    hankel = np.lib.stride_tricks.sliding_window_view(band, band.shape[0] - rows + 1)
    basis = np.linalg.svd(np.ascontiguousarray(hankel), full_matrices=False)[0][:, :order]
    poles = np.linalg.eigvals(np.linalg.lstsq(basis[:-1], basis[1:], rcond=None)[0])
    poles = poles / np.maximum(np.abs(poles), 1.0)
    powers = poles[None, :] ** np.arange(band.shape[0])[:, None]
    weights = np.linalg.lstsq(powers, band, rcond=None)[0]
    parts = powers * weights
    return poles, parts, float((np.abs(band - parts.sum(axis=1)) ** 2).sum())
