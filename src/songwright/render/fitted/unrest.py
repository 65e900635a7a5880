"""How a held tone moves by itself: breath and bow are never even, and ranks of pipes beat.

The level drifts, wavers and flutters (see `songwright.render.fitted.model.UNREST_HZ`), a part of
it in all partials together and a part in each by itself, as far as the recording was measured to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from songwright.render.fitted.model import UNREST_HZ, FittedInstrument
from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.noise import BANK_SIZE, noise_bank

PACES_HZ = (2.4, 12.0, 45.0)
"""Points of noise a second for each range: the middle of each lies at about half its pace."""

MOST_DB = 3.0
"""More than that is partials beating, which a level that wanders does not imitate."""

_ASIDE = 40_503  # apart in the noise, so that the ranges have nothing to do with each other
_AT_ONCE, _GROWS_FROM, _GROWN_AT = 0.3, 0.1, 0.6
_SHARE = 0.8  # of what was measured: what moves at random is heard more than what a player does
_DIPPED = 0.614  # mean square of smooth steps between points that were made uneven
_NEPERS = np.log(10.0) / 20.0


@dataclass(frozen=True, eq=False)
class Unrest:
    """Standard deviations in nepers for each range, shape (3,)."""

    together: FloatArray
    apart: FloatArray


@cache
def unrest_of(instrument: FittedInstrument) -> Unrest:
    """What was measured of an instrument, in bounds; nothing if nothing was."""
    if not instrument.unrest_db:
        still = np.zeros(len(UNREST_HZ), np.float32)
        return Unrest(still, still)
    depth = np.minimum(_SHARE * np.array(instrument.unrest_db), MOST_DB) * _NEPERS
    sides = np.ascontiguousarray(depth.T, np.float32)
    return Unrest(sides[0], sides[1])


@cache
def uneven_bank() -> FloatArray:
    """Noise whose slow parts are taken out, of unit power when read with smooth steps.

    Differences of neighbours of white noise: read at a pace, most of it lies between a sixth of the
    pace and the whole of it, so that a flutter does not drift.
    """
    noise = noise_bank().astype(np.float64)
    uneven = (noise - np.roll(noise, 1)) / np.sqrt(2.0 * _DIPPED)
    bank: FloatArray = uneven.astype(np.float32)
    bank.flags.writeable = False
    return bank


def paces(seconds: DoubleArray) -> DoubleArray:
    """How far reading has come in each range at each of ``seconds``, shape (3, n)."""
    aside = _ASIDE * np.arange(1, len(PACES_HZ) + 1)
    return np.asarray(np.array(PACES_HZ)[:, None] * seconds + aside[:, None])


def growth(seconds: DoubleArray) -> FloatArray:
    """Share of the unrest that is heard so long after the onset.

    The beginning of a tone is measured in steps that hold its own movement.
    """
    share = np.clip((seconds - _GROWS_FROM) / (_GROWN_AT - _GROWS_FROM), 0.0, 1.0)
    return np.asarray(_AT_ONCE + (1.0 - _AT_ONCE) * share, np.float32)


def together(unrest: Unrest, place: int, steps: DoubleArray, grown: FloatArray) -> FloatArray:
    """Amplitude factor of the whole tone where `paces` says ``steps``, shape (n,)."""
    level = np.zeros(steps.shape[1])
    for depth, row in zip(unrest.together, steps, strict=True):
        level += depth * _read(place, row)
    return np.asarray(np.exp(grown * level), np.float32) * _kept(unrest.together, grown)


def apart_loss(unrest: Unrest, grown: FloatArray) -> FloatArray:
    """Amplitude factor that keeps the power of partials that move by themselves, shape (n,)."""
    return _kept(unrest.apart, grown)


def _kept(depths: FloatArray, grown: FloatArray) -> FloatArray:
    # the mean of exp(2 u) is exp(2 s^2)
    return np.asarray(np.exp(-float((depths.astype(np.float64) ** 2).sum()) * grown**2), np.float32)


def _read(place: int, steps: DoubleArray) -> DoubleArray:
    whole = steps.astype(np.int64)
    share = steps - whole
    bow = share * share * (3.0 - 2.0 * share)
    noise, mask = uneven_bank(), BANK_SIZE - 1
    first = noise[(place + whole) & mask]
    return np.asarray(first + bow * (noise[(place + whole + 1) & mask] - first))
