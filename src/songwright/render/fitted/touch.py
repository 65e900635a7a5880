"""What a harder touch changes: measured layers, or a law where only one touch was recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.render.fitted.layers import Layer
from songwright.render.fitted.model import MF_VELOCITY, NOISE_BANDS_HZ, FittedInstrument
from songwright.render.jit import DoubleArray
from songwright.units import midi_to_hz

LEAST_TILT_DB = 4.0
"""What the players ask for as ``least_tilt_db``: a dynamic must be heard in the colour too."""

LAW_VELOCITIES = (1, 12, 28, 48, 64, 80, 104, 127)
"""Layers that are drawn where only a law of touch is known."""

_EDGE_SLOPE = 0.75  # share of the measured slope that goes on outside the measured velocities

Touches = tuple[tuple[float, ...], DoubleArray, DoubleArray]
"""Velocities, and levels in dB of partials and noise, shapes (layers, knots, K or 24)."""


def law_db(velocity: float, exponent: float) -> float:
    """Level of a touch against the one of velocity 80: ``(velocity / 80) ** exponent`` in dB.

    Every player of this package follows such a law, so that the balance of a piece does not depend
    on whose sounds it is played with; a recording's own law only sets the colour.
    """
    return float(20.0 * exponent * np.log10(max(velocity, 1.0) / MF_VELOCITY))


def touches(
    instrument: FittedInstrument, measured: list[Layer], pitch: float, least_tilt_db: float
) -> Touches:
    """Layers from the softest to the hardest touch (see `spectrum`)."""
    if instrument.velocity_timbre == "law" or len(measured) == 1:
        return _by_law(instrument, measured[-1], pitch)
    missing = _missing_tilt_db(instrument, measured, least_tilt_db)
    if missing > 0.0:
        measured = _tilted(instrument, measured, pitch, missing)
    return _by_layers(instrument, measured)


def _by_layers(instrument: FittedInstrument, measured: list[Layer]) -> Touches:
    """Measured layers, and one beyond each end on the line through the outermost two."""
    touch = [float(velocity) for velocity in instrument.velocities]
    result = []
    for levels in ([m.partials for m in measured], [m.noise for m in measured]):
        low = (levels[0] - levels[1]) / (touch[1] - touch[0]) * (touch[0] - 1.0)
        high = (levels[-1] - levels[-2]) / (touch[-1] - touch[-2]) * (127.0 - touch[-1])
        result.append(
            np.stack(
                [
                    levels[0] + _EDGE_SLOPE * np.clip(low, -30.0, 6.0),
                    *levels,
                    levels[-1] + _EDGE_SLOPE * np.clip(high, -6.0, 6.0),
                ]
            )
        )
    return (1.0, *touch, 127.0), result[0], result[1]


def _by_law(instrument: FittedInstrument, layer: Layer, pitch: float) -> Touches:
    """Layers drawn from the one that is known."""
    over = _bands_over(pitch)
    partials, noise = [], []
    for velocity in LAW_VELOCITIES:
        level = 20.0 * instrument.velocity_exponent * np.log10(velocity / MF_VELOCITY)
        partials.append(
            layer.partials + level + instrument.tilt_db(layer.ratios, velocity)[None, :]
        )
        noise.append(layer.noise + level + instrument.tilt_db(over, velocity)[None, :])
    return tuple(float(v) for v in LAW_VELOCITIES), np.stack(partials), np.stack(noise)


def _bands_over(pitch: float) -> DoubleArray:
    """Middle of each noise band over the fundamental, shape (24,)."""
    edges = np.array(NOISE_BANDS_HZ)
    return np.asarray(np.sqrt(edges[1:] * edges[:-1]) / midi_to_hz(pitch))


def _missing_tilt_db(instrument: FittedInstrument, measured: list[Layer], least_db: float) -> float:
    """How much brighter (dB per octave, velocity 1 to 127) a hard touch would have to be."""
    if least_db <= 0.0:
        return 0.0
    soft, hard = (layer.partials.max(axis=0) for layer in (measured[0], measured[-1]))
    ratios = measured[-1].ratios
    heard = (hard > hard.max() - 45.0) & (ratios >= 0.9) & (ratios < 32.0)
    if heard.sum() < 2:
        return 0.0
    octaves = np.log2(ratios[heard])
    octaves -= octaves.mean()
    rise = float((octaves * (hard - soft)[heard]).sum() / max((octaves**2).sum(), 1e-9))
    touches = instrument.velocities
    return min(max(least_db - rise * 126.0 / (touches[-1] - touches[0]), 0.0), least_db)


def _tilted(
    instrument: FittedInstrument,
    measured: list[Layer],
    pitch: float,
    tilt_db: float,
) -> list[Layer]:
    law = replace(instrument, velocity_tilt_db=tilt_db)
    over = _bands_over(pitch)
    return [
        replace(
            layer,
            partials=layer.partials + law.tilt_db(layer.ratios, velocity)[None, :],
            noise=layer.noise + law.tilt_db(over, velocity)[None, :],
        )
        for layer, velocity in zip(measured, instrument.velocities, strict=True)
    ]
