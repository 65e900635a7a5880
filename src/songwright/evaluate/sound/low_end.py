"""The low end: is it centred, does it boom, do kick and bass leave each other room?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from songwright.audio.buffers import Samples64
from songwright.audio.spectrum import band_levels
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import LOW_LL, LOW_LR, LOW_RR, STEP_SECONDS
from songwright.evaluate.sound.spans import moments, stretches
from songwright.evaluate.sound.stems import THUMPS_PER_SECOND

_WINDOW = 4  # steps of 100 ms
_EMPTY = 1e-4  # of the whole energy
_FAINT = 1e-2  # lows that carry less of the energy do not matter to any loudspeaker


@hears("low_correlation")
def low_correlation(sound: Listening) -> Iterator[Measurement]:
    sound.need_stereo()
    left, right, both = (sound.scan.column(c) for c in (LOW_LL, LOW_RR, LOW_LR))
    energy = (left + right) / 2.0
    if energy.sum() <= _FAINT * sound.scan.energy.sum():
        raise NotDefined("hardly anything sounds below 120 Hz")
    value = both.sum() / (np.sqrt(left.sum() * right.sum()) + 1e-12 * energy.sum())
    box = np.ones(_WINDOW)
    if len(energy) < _WINDOW:
        yield found("low_correlation", float(value))
        return
    l4, r4, lr4 = (np.convolve(x, box, "valid") for x in (left, right, both))
    loud = l4 + r4 > 0.01 * (l4 + r4).max()
    apart = loud & (lr4 < 0.5 * np.sqrt(l4 * r4))
    yield found("low_correlation", float(value), stretches(apart, STEP_SECONDS, 0.4),
                "left and right differ in the lows" if apart.any() else "")  # fmt: skip


@hears("sub_share")
def sub_share(sound: Listening) -> Iterator[Measurement]:
    long = sound.long
    levels = band_levels(
        long.frequency_hz, long.power, np.array([20.0, 20.0]), np.array([60.0, 250.0])
    )
    sub, low = 10.0 ** (levels / 10.0)
    if low <= _EMPTY * long.power.sum():
        raise NotDefined("nothing sounds below 250 Hz")
    yield found("sub_share", float(sub / low))


@hears("kick_bass_clash")
def kick_bass_clash(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    drums, basses = stems.of_role("drums"), stems.of_role("bass")
    if not drums or not basses:
        raise NotDefined("there are no stems of drums and of bass")
    kick = _sum(tuple(stems.levels[name].thumps for name in drums))
    bass = _sum(tuple(stems.levels[name].thumps for name in basses))
    share, at = clash(kick, bass)
    if at is None:
        raise NotDefined("the drums have no kick")
    yield found("kick_bass_clash", share, moments(at / THUMPS_PER_SECOND, 0.2),
                "the first kicks that the bass covers" if len(at) else "")  # fmt: skip


def _sum(curves: tuple[Samples64, ...]) -> Samples64:
    total = np.zeros(max(len(curve) for curve in curves))
    for curve in curves:
        total[: len(curve)] += curve
    return total


def kicks(thumps: Samples64) -> NDArray[np.int64]:
    """Cells of 10 ms in which a kick begins: 9 dB over the 150 ms before, 15 dB below the loudest.

    Parameters
    ----------
    thumps
        Energy of 40 to 120 Hz of the drums every 10 ms.
    """
    if len(thumps) < 30 or thumps.max() <= 0.0:
        return np.zeros(0, np.int64)
    level = 10.0 * np.log10(np.maximum(thumps, 1e-6 * thumps.max()))
    lowest = minimum_filter1d(level, 15, mode="nearest", origin=7)  # this cell and 14 before
    rising = level - np.concatenate([[level[0]], level[:-1]])
    steepest = rising >= maximum_filter1d(rising, 15, mode="nearest")
    ahead = maximum_filter1d(level, 8, mode="nearest", origin=-4)
    loud = ahead > np.percentile(level, 99.0) - 15.0
    return np.flatnonzero(steepest & loud & (rising > 1.0) & (ahead - lowest > 9.0))


def clash(kick: Samples64, bass: Samples64) -> tuple[float, NDArray[np.int64] | None]:
    """Share of kicks whose first 80 ms the bass fills to within 3 dB, and those kicks."""
    starts = kicks(kick)
    if not len(starts):
        return 0.0, None
    reach = 8
    longest = max(len(kick), len(bass)) + reach
    sums = [
        np.concatenate([[0.0], np.cumsum(np.pad(x, (0, longest - len(x))))]) for x in (kick, bass)
    ]
    of_kick, of_bass = (s[starts + reach] - s[starts] for s in sums)
    covered = of_bass > of_kick * 10.0**-0.3
    return float(covered.mean()), starts[covered]
