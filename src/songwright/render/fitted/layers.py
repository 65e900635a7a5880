"""The measured tones of one touch, brought to a pitch.

Between the measured pitches the partials are interpolated by their number and the noise by its
frequency bands, both straight in dB, as is usual for harmonic instruments (Serra & Smith 1990).
Free partials (bells, bars, skins) have no numbers that match: the nearest tone is moved as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from songwright.render.fitted.model import (
    BEAT_STEP_HZ,
    KNOTS,
    KNOTS_MS,
    LEVEL_STEP_DB,
    SILENT,
    ByteArray,
    FittedInstrument,
    FittedTone,
)
from songwright.render.jit import DoubleArray
from songwright.units import midi_to_hz

TAIL_SECONDS = 18.0
"""A knot after the last measured one, on the line on which the sound was falling."""

TIMES_SECONDS = (*(ms / 1000.0 for ms in KNOTS_MS), TAIL_SECONDS)
_TAIL_FALL_DB = 6.0  # a struck note never stays where it was last heard
_MISTUNED = 0.02  # a free partial this near to the fundamental gives the pitch
_MATCH = 0.03  # free partials of two touches are one if their ratios differ by less than this


@dataclass(frozen=True, eq=False)
class Layer:
    """Tones of one touch at one pitch.

    ``partials`` and ``noise`` are in dB, shapes (26, K) and (26, 24), at `TIMES_SECONDS`;
    ``ratios``, ``pans_db`` and ``phases`` (of a sine, in cycles) have shape (K,), ``glide_cents``
    (25,). ``twins`` has shape (3, K): distance of the second of a beating pair in units of the
    fundamental (0: there is none), its level in dB, its phase in cycles, against the first.
    """

    partials: DoubleArray
    noise: DoubleArray
    ratios: DoubleArray
    pans_db: DoubleArray
    phases: DoubleArray
    glide_cents: DoubleArray
    twins: DoubleArray


def layers_at(instrument: FittedInstrument, pitch: float) -> list[Layer]:
    """One layer for each measured touch, all with the partials of the richest one."""
    measured = [_layer(instrument, pitch, velocity) for velocity in instrument.velocities]
    if any(tone.ratios.shape[0] for tone in instrument.tones):
        return [_matched(layer, measured[-1].ratios) for layer in measured]
    count = max(layer.ratios.shape[0] for layer in measured)
    ratios = max(measured, key=lambda layer: layer.ratios.shape[0]).ratios
    return [replace(_widened(layer, count), ratios=ratios) for layer in measured]


def _layer(instrument: FittedInstrument, pitch: float, velocity: int) -> Layer:
    """The tones around a pitch, interpolated."""
    row = [tone for tone in instrument.tones if tone.velocity == velocity]
    row.sort(key=lambda tone: abs(tone.pitch - pitch))
    near = row[0]
    far = next((tone for tone in row if (tone.pitch - pitch) * (near.pitch - pitch) < 0), near)
    if far is near or near.ratios.shape[0] or far.ratios.shape[0]:
        return _of_tone(near, near.partials.shape[1])
    share = (pitch - near.pitch) / (far.pitch - near.pitch)
    count = max(near.partials.shape[1], far.partials.shape[1])
    a, b = _of_tone(near, count), _of_tone(far, count)
    stiffness = near.inharmonicity + share * (far.inharmonicity - near.inharmonicity)
    return Layer(
        a.partials + share * (b.partials - a.partials),
        a.noise + share * (b.noise - a.noise),
        _series(count, stiffness),
        a.pans_db + share * (b.pans_db - a.pans_db),
        a.phases,
        a.glide_cents + share * (b.glide_cents - a.glide_cents),
        a.twins,
    )


def _series(count: int, inharmonicity: float) -> DoubleArray:
    k = np.arange(1, count + 1, dtype=np.float64)
    ratios = k * np.sqrt(1.0 + inharmonicity * k**2)
    return np.asarray(ratios / ratios[0])


def _of_tone(tone: FittedTone, count: int) -> Layer:
    free = tone.ratios.shape[0] > 0
    ratios = _tuned(tone) if free else _series(count, tone.inharmonicity)
    layer = Layer(
        _with_tail(_decibels(tone.partials, tone.level_db)),
        _with_tail(_decibels(tone.noise, tone.level_db)),
        ratios,
        tone.pans.astype(np.float64) * LEVEL_STEP_DB,
        tone.phases.astype(np.float64) / 256.0 + 0.25,
        tone.pitch_cents.astype(np.float64),
        _twins(tone),
    )
    return layer if free else _widened(layer, count)


def _twins(tone: FittedTone) -> DoubleArray:
    if tone.beats.shape[1] == 0:
        return np.zeros((3, tone.partials.shape[1]))
    hz, level, phase = tone.beats.astype(np.float64)
    over = BEAT_STEP_HZ / midi_to_hz(tone.pitch)
    return np.stack([hz * over, level * LEVEL_STEP_DB, phase / 256.0])


def _tuned(tone: FittedTone) -> DoubleArray:
    """Free ratios, moved together so that the partial that gives the pitch is in tune.

    The ear takes the pitch of a bell or a rank of pipes from the strongest of the first three
    harmonics.
    """
    ratios = tone.frequency_ratios()
    harmonics = np.clip(np.rint(ratios), 1.0, 3.0)
    near = np.flatnonzero(np.abs(ratios / harmonics - 1.0) < _MISTUNED)
    if near.shape[0] == 0:
        return ratios
    leading = near[np.argmin(tone.partials[:, near].min(axis=0))]
    return np.asarray(ratios * (harmonics[leading] / ratios[leading]))


def _decibels(steps: ByteArray, level_db: float) -> DoubleArray:
    below = np.where(steps == SILENT, 200.0, LEVEL_STEP_DB * steps)
    # what is silent is taken as just inaudible, so that interpolation has somewhere to fall to
    return np.asarray(level_db - np.minimum(below, 100.0))


def _with_tail(levels: DoubleArray) -> DoubleArray:
    """Append the knot at `TAIL_SECONDS`."""
    end, before = KNOTS_MS[-1] / 1000.0, KNOTS_MS[-2] / 1000.0
    slope = np.minimum((levels[-1] - levels[-2]) / (end - before), 0.0)
    fall = np.minimum(slope * (TAIL_SECONDS - end), -_TAIL_FALL_DB)
    return np.concatenate([levels, (levels[-1] + fall)[None]])


def _padded(values: DoubleArray, count: int) -> DoubleArray:
    missing = count - values.shape[0]
    return np.pad(values, (0, missing), mode="edge") if missing > 0 else values[:count]


def _widened(layer: Layer, count: int) -> Layer:
    """The same layer with ``count`` partials; the added ones go on where the series ended."""
    missing = count - layer.partials.shape[1]
    if missing <= 0:
        return layer
    last = np.minimum(layer.partials[:, -1], layer.partials.max() - 70.0)
    added = last[:, None] - 3.0 * np.arange(missing)[None, :]
    return Layer(
        np.concatenate([layer.partials, added], axis=1),
        layer.noise,
        layer.ratios,
        _padded(layer.pans_db, count),
        _padded(layer.phases, count),
        layer.glide_cents,
        np.pad(layer.twins, ((0, 0), (0, missing))),
    )


def _matched(layer: Layer, ratios: DoubleArray) -> Layer:
    """The layer's levels for another layer's free partials."""
    distance = np.abs(layer.ratios[None, :] / ratios[:, None] - 1.0)
    nearest = distance.argmin(axis=1)
    known = distance.min(axis=1) < _MATCH
    quiet = layer.partials.max() - 100.0
    levels = np.where(known[None, :], layer.partials[:, nearest], quiet)
    return Layer(
        levels,
        layer.noise,
        ratios,
        layer.pans_db[nearest],
        layer.phases[nearest],
        layer.glide_cents,
        layer.twins[:, nearest],
    )


assert len(TIMES_SECONDS) == KNOTS + 1
