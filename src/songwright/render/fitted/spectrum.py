"""What an instrument plays at one pitch, in all its dynamics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from songwright.render.fitted.layers import TIMES_SECONDS, layers_at
from songwright.render.fitted.model import BANDS, NOISE_BANDS_HZ, FittedInstrument
from songwright.render.fitted.touch import LEAST_TILT_DB, touches
from songwright.render.jit import DoubleArray, FloatArray, IntArray
from songwright.score.instruments import instruments
from songwright.units import midi_to_hz

FLOOR_DB = -80.0
"""Partials and bands further below the loudest partial of the touch are masked by it."""

SECTION_CENTS = 3.0
"""An instrument whose partials are wider than this is several players."""

VIBRATO_CENTS = 4.0
"""A recorded vibrato narrower than this is none."""

_HELD_FROM, _HELD_TO = 16, 20  # knots (0.56 s to 2.2 s) whose mean goes on in a held tone
_MOST_GLIDE_CENTS = 35.0  # more than that is the tracker's doubt at a soft onset
_SMEAR_DB = -16.0  # noise of a bowed or blown tone against the partials in its band
_SMEAR_FROM_DB, _SMEAR_GAIN = -20.0, 12.0
_RUMBLE_DB_PER_OCTAVE = 18.0
_NEPERS = np.log(10.0) / 20.0


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One instrument at one pitch, in all its dynamics.

    Attributes
    ----------
    velocities
        The touch of each layer, rising, float64, shape (layers,).
    partials, noise
        Level in nepers (sine peaks, band RMS), float32, shapes (layers, knots, K) and
        (layers, knots, 24); the last knot is at `TAIL_SECONDS`.
    power_db
        Level of the whole at each knot, shape (layers, knots).
    loudness_db
        The same at the loudest knot, never falling with touch, shape (layers,).
    ratios
        Frequency of each partial over the fundamental, shape (K,).
    pans_db
        Right against left of each partial, shape (K,).
    phases
        Of each partial as a sine, in cycles, shape (K,).
    glide_cents
        Onset movement of the pitch at each knot, shape (knots,).
    """

    velocities: DoubleArray
    partials: FloatArray
    noise: FloatArray
    power_db: DoubleArray
    loudness_db: DoubleArray
    ratios: DoubleArray
    pans_db: DoubleArray
    phases: DoubleArray
    glide_cents: DoubleArray

    def layer(self, velocity: float | FloatArray) -> FloatArray:
        """Place of a velocity (a number or a curve) on the layers' axis."""
        places = np.arange(self.velocities.shape[0], dtype=np.float64)
        return np.asarray(np.interp(velocity, self.velocities, places), np.float32)

    def level_db(self, velocity: float | FloatArray) -> DoubleArray:
        """Loudness of the whole at a velocity (a number or a curve)."""
        return np.asarray(np.interp(velocity, self.velocities, self.loudness_db))

    def envelope_db(self, velocity: float) -> DoubleArray:
        """Level of the whole at each knot, shape (knots,)."""
        at = float(self.layer(velocity))
        low = min(int(at), self.velocities.shape[0] - 2)
        below, above = self.power_db[low], self.power_db[low + 1]
        return np.asarray(below + (at - low) * (above - below))

    def attack_seconds(self, velocity: float) -> float:
        """Time until the level first comes within 3 dB of its greatest."""
        level = self.envelope_db(velocity)
        first = int(np.argmax(level >= level.max() - 3.0))
        return TIMES_SECONDS[first]

    def seconds(self, velocity: float, range_db: float) -> float:
        """Time until the level is ``range_db`` below its greatest for good."""
        level = self.envelope_db(velocity)
        heard = np.flatnonzero(level > level.max() - range_db)
        return TIMES_SECONDS[min(int(heard[-1]) + 1, len(TIMES_SECONDS) - 1)]


def spectrum(
    instrument: FittedInstrument, pitch: float, least_tilt_db: float = 0.0, clean: bool = False
) -> Spectrum:
    """What ``instrument`` plays at ``pitch`` (MIDI number with fraction).

    ``least_tilt_db`` is a brightening in dB per octave between velocities 1 and 127 (see
    `FittedInstrument.tilt_db`). Recordings whose measured touches differ by less in colour, mostly
    because one recording was scaled, are tilted up to it; the one for velocity 80 stays. ``clean``
    takes the rumble below held tones away.
    """
    measured = layers_at(instrument, pitch)
    lead = measured[-1]
    velocities, partials, noise = touches(instrument, measured, pitch, least_tilt_db)
    glide = np.append(lead.glide_cents, lead.glide_cents[-1])
    glide = np.clip(glide, -_MOST_GLIDE_CENTS, _MOST_GLIDE_CENTS)
    glide -= glide[_HELD_FROM : _HELD_TO + 1].mean() if instrument.kind == "held" else glide[-1]
    if instrument.kind == "held":
        for levels in (partials, noise):
            levels[:, _HELD_TO:] = levels[:, _HELD_FROM : _HELD_TO + 1].mean(axis=1)[:, None]
        if instrument.vibrato_cents > VIBRATO_CENTS and not is_section(instrument):
            _gather(partials, noise, lead.ratios * midi_to_hz(pitch))
        if clean:
            noise -= _rumble_db(float(lead.ratios.min(initial=1.0)) * midi_to_hz(pitch))
    ratios, pans_db, phases = lead.ratios, lead.pans_db, lead.phases
    pairs = np.flatnonzero(lead.twins[0])
    if pairs.shape[0]:
        away, below_db, turned = lead.twins[:, pairs]
        partials = _paired(partials, pairs, below_db)
        ratios = np.concatenate([ratios, ratios[pairs] + away])
        pans_db = np.concatenate([pans_db, pans_db[pairs]])
        phases = np.concatenate([phases, phases[pairs] + turned])
    peak = partials.max(axis=(1, 2), keepdims=True)
    partials = np.where(partials < peak + FLOOR_DB, -200.0, partials)
    noise = np.where(noise < peak + FLOOR_DB, -200.0, noise)
    tones = np.ascontiguousarray(partials * _NEPERS, np.float32)
    hiss = np.ascontiguousarray(noise * _NEPERS, np.float32)
    power = _power_db(tones, hiss)
    loudness = np.maximum.accumulate(power.max(axis=1))
    return Spectrum(
        np.asarray(velocities, np.float64),
        tones,
        hiss,
        power,
        np.asarray(loudness + 1e-3 * np.arange(loudness.shape[0])),
        ratios,
        pans_db,
        phases,
        np.asarray(glide),
    )


def _paired(partials: DoubleArray, pairs: IntArray, below_db: DoubleArray) -> DoubleArray:
    """Levels with the twins of ``pairs`` at the end; each pair has the power of its one partial."""
    shared_db = 10.0 * np.log10(1.0 + 10.0 ** (below_db / 10.0))
    partials = partials.copy()
    partials[:, :, pairs] -= shared_db
    return np.concatenate([partials, partials[:, :, pairs] + below_db], axis=2)


@lru_cache(maxsize=48)
def played_spectrum(instrument: FittedInstrument, pitch: int) -> Spectrum:
    """The spectrum as the players use it: louder is always brighter, nothing rumbles."""
    return spectrum(instrument, float(pitch), LEAST_TILT_DB, clean=True)


def is_section(instrument: FittedInstrument) -> bool:
    """True if the instrument is several players or several ranks of pipes or reeds."""
    known = instruments().get(instrument.id)
    if known is not None and not known.polyphonic:
        return False  # the spread of a soloist is what is left of a vibrato
    return instrument.bandwidth_cents > SECTION_CENTS


def _gather(partials: DoubleArray, noise: DoubleArray, hz: DoubleArray) -> None:
    """Give back to the partials what a recorded vibrato has smeared, in place.

    High partials of a shaken tone move faster than an analysis follows, and a part of them is
    taken for noise. Where a band holds partials, noise above what a steady bow makes is theirs.
    """
    band_of = np.searchsorted(NOISE_BANDS_HZ, hz) - 1
    for band in range(BANDS):
        inside = band_of == band
        if not inside.any():
            continue
        tonal = 0.5 * (10.0 ** (partials[:, :, inside] / 10.0)).sum(axis=2)
        noisy = 10.0 ** (noise[:, :, band] / 10.0)
        smeared = np.maximum(noisy - tonal * 10.0 ** (_SMEAR_DB / 10.0), 0.0)
        smeared = np.where(tonal > noisy * 10.0 ** (_SMEAR_FROM_DB / 10.0), smeared, 0.0)
        smeared = np.minimum(smeared, (_SMEAR_GAIN - 1.0) * tonal)
        gain = 1.0 + smeared / np.maximum(tonal, 1e-30)
        partials[:, :, inside] += 10.0 * np.log10(gain)[:, :, None]
        noise[:, :, band] = 10.0 * np.log10(np.maximum(noisy - smeared, 1e-20))


def _rumble_db(lowest_hz: float) -> DoubleArray:
    """What is taken off each noise band below the tone, shape (24,).

    Neither a bow nor a breath makes noise more than an octave below the lowest partial: strings and
    bores do not answer there. What recordings have is the room, the hum and steps between loops.
    """
    edges = np.array(NOISE_BANDS_HZ)
    octaves = np.log2(0.5 * lowest_hz / np.sqrt(edges[1:] * edges[:-1]))
    return np.asarray(_RUMBLE_DB_PER_OCTAVE * np.maximum(octaves, 0.0))


def _power_db(partials: FloatArray, noise: FloatArray) -> DoubleArray:
    """Level of the sum at each layer and knot, dB."""
    power = 0.5 * np.exp(2.0 * partials.astype(np.float64)).sum(axis=2)
    power += np.exp(2.0 * noise.astype(np.float64)).sum(axis=2)
    return np.asarray(10.0 * np.log10(power + 1e-20))
