"""One note of a fitted instrument as sound: its partials and its noise, moved as it is played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.render.fitted.bands import BANK_SIZE, add_bands, band_bank
from songwright.render.fitted.layers import TIMES_SECONDS
from songwright.render.fitted.model import (
    BANDS,
    LEVEL_STEP_DB,
    SWAY_HARMONICS,
    FittedInstrument,
)
from songwright.render.fitted.partials import LONGEST_SEGMENT, add_partials, ramp
from songwright.render.fitted.spectrum import Spectrum, is_section, spectrum
from songwright.render.fitted.unrest import (
    apart_loss,
    growth,
    paces,
    together,
    uneven_bank,
    unrest_of,
)
from songwright.render.jit import DoubleArray, FloatArray, IntArray
from songwright.render.noise import BANK_SIZE as WANDER_SIZE
from songwright.render.noise import noise_bank
from songwright.units import midi_to_hz

STEREO_WIDTH = 0.05
STEREO_PAN_DB = 1.0
_FINE_SECONDS, _FINE = 0.012, 16  # the onset is drawn in steps of a third of a millisecond
_NEAR_SECONDS, _NEAR = 0.056, 48
_CONTACT_SECONDS = 0.0015
_SPEED_OF_SPREAD_HZ = 5.0  # how fast the players of a section drift about their pitch
_APART = 7919  # the whole tone reads the noise elsewhere than its partials
_NEPERS = np.log(10.0) / 20.0
_KNOT_NUMBERS = np.arange(len(TIMES_SECONDS), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Motion:
    """How a note is played: curves with one value for each of its ``edges`` (sample positions).

    ``hz`` is the fundamental, ``cycles`` the periods it has gone through, ``times`` seconds in
    the measured note (which may run faster or stand still), ``velocities`` the touch that the
    timbre follows, ``gains`` amplitude factors, ``shaken`` the periods of the vibrato so far and
    ``depths`` how deep it is against the one that was measured.
    """

    edges: IntArray
    hz: DoubleArray
    cycles: DoubleArray
    times: FloatArray
    velocities: FloatArray
    gains: FloatArray
    shaken: DoubleArray
    depths: FloatArray


@dataclass(frozen=True, eq=False)
class Chances:
    """What is drawn once for a note: the same chances and motion give the same samples.

    Arrays of shape (2, K) hold left and right: ``phases`` in cycles, ``places`` in the noise that
    fluctuations are read from. ``noise_places`` has shape (2, 24), ``levels_db`` shape (K,),
    ``sways`` (phases in cycles of what follows a vibrato) shape (harmonics, K).
    ``elapsed_seconds`` have gone by in the line before the note: its fluctuations go on from there.
    """

    phases: DoubleArray
    places: IntArray
    noise_places: IntArray
    levels_db: DoubleArray
    sways: DoubleArray
    elapsed_seconds: float = 0.0


def grid(samples: int, sample_rate_hz: int) -> IntArray:
    """Edges for a note that begins at its onset: close together there, 256 samples apart later."""
    fine = int(_FINE_SECONDS * sample_rate_hz) // _FINE * _FINE
    near = fine + int((_NEAR_SECONDS - _FINE_SECONDS) * sample_rate_hz) // _NEAR * _NEAR
    edges = np.concatenate(
        [
            np.arange(0, fine, _FINE),
            np.arange(fine, near, _NEAR),
            np.arange(near, max(samples, near) + 1, LONGEST_SEGMENT),
        ]
    )
    edges = edges[edges < samples]
    return np.append(edges, samples).astype(np.int64)


def cycles_of(edges: IntArray, hz: DoubleArray, sample_rate_hz: int) -> DoubleArray:
    """Periods since the first edge of a tone whose frequency runs straight between edges."""
    steps = np.diff(edges) * (hz[1:] + hz[:-1]) * (0.5 / sample_rate_hz)
    return np.concatenate(([0.0], np.cumsum(steps)))


def chances(
    instrument: FittedInstrument,
    voice: Spectrum,
    random: np.random.Generator,
    level_db: float = 0.0,
) -> Chances:
    """Draw phases and fluctuations of one note; ``level_db`` is the spread of its partials.

    The phases of one string, reed or lip are those of the recording, give or take a little; those
    of a section have nothing to do with each other.
    """
    count = voice.ratios.shape[0]
    spread = 1.0 if is_section(instrument) else 0.06
    left = voice.phases + spread * (random.random(count) - 0.5)
    apart = 0.5 * instrument.width * (random.random(count) - 0.5)
    places = random.integers(0, WANDER_SIZE, (2, count))
    if not is_section(instrument):
        places[1] = places[0]
    return Chances(
        np.stack([left, left + apart]),
        places,
        random.integers(0, BANK_SIZE, (2, BANDS)),
        np.asarray(level_db * random.standard_normal(count)),
        random.random((SWAY_HARMONICS, count)),
    )


def is_stereo(instrument: FittedInstrument) -> bool:
    """False if left and right would be the same."""
    loudest = max((int(np.abs(tone.pans).max(initial=0)) for tone in instrument.tones), default=0)
    return instrument.width > STEREO_WIDTH or loudest * LEVEL_STEP_DB > STEREO_PAN_DB


def draw(
    instrument: FittedInstrument,
    voice: Spectrum,
    motion: Motion,
    chance: Chances,
    left: FloatArray,
    right: FloatArray | None,
    sample_rate_hz: int,
    sway_db: tuple[float, ...] = (),
) -> None:
    """Add the sound of one note between its first and its last edge.

    Parameters
    ----------
    left, right
        Contiguous, shape (samples,). Without ``right`` the note is in one channel; that is enough
        where `is_stereo` says so.
    sway_db
        How far the level of single partials follows the vibrato at each of its harmonics (standard
        deviation).
    """
    places = np.interp(motion.times, TIMES_SECONDS, _KNOT_NUMBERS)
    knots = np.asarray(places, np.float32)
    layers = voice.layer(motion.velocities)
    count = voice.ratios.shape[0]
    seconds = chance.elapsed_seconds + motion.edges / sample_rate_hz
    unrest = unrest_of(instrument)
    steps = paces(seconds)
    jitter = np.zeros(count, np.float32)
    rate_hz = 2.0 * max(instrument.shimmer_hz, 0.2)
    if is_section(instrument):
        rate_hz = max(rate_hz, _SPEED_OF_SPREAD_HZ)
        wide_hz = voice.ratios * float(motion.hz[-1]) * _cents(instrument.bandwidth_cents)
        # the slope of the noise has an RMS of about 1.5 times the rate at which it is read
        jitter = np.asarray(wide_hz / (1.5 * rate_hz), np.float32)
    grown = growth(seconds)
    place = int(chance.places[0, 0]) + _APART
    gains = np.asarray(motion.gains * together(unrest, place, steps, grown), np.float32)
    tonal = gains * apart_loss(unrest, grown)
    steady = chance.levels_db[:count] * _NEPERS
    levels = np.ascontiguousarray(voice.partials + steady.astype(np.float32))
    sway = _sway(motion, chance.sways[:, :count], sway_db)
    for channel, side in enumerate((left, right)):
        if side is None:
            continue
        add_partials(
            side, motion.edges, motion.cycles, motion.hz / sample_rate_hz, knots, layers,
            tonal, levels, voice.ratios, chance.phases[channel, :count].copy(),
            _weights(voice, channel if right is not None else -1), noise_bank(),
            uneven_bank(), chance.places[channel, :count].copy(), seconds * rate_hz, steps, jitter,
            unrest.apart, grown, sway, ramp(),
        )  # fmt: skip
    # both sides differ from each other by noise of their own, one plus and one minus
    width = min(max(instrument.width, 1e-4), 1.0)
    angle = 0.5 * np.arccos(1.0 - width) if right is not None else 0.0
    add_bands(
        left, left if right is None else right, motion.edges, knots, layers, gains,
        voice.noise, band_bank(sample_rate_hz), chance.noise_places, float(np.cos(angle)),
        float(np.sin(angle)), ramp(),
    )  # fmt: skip


def _sway(motion: Motion, phases: DoubleArray, sway_db: tuple[float, ...]) -> FloatArray:
    """Nepers by which each partial follows the vibrato, shape (edges, K), or (0, 0) if none does.

    A deeper vibrato reaches further resonances, which is where the harmonics come from: each grows
    with a power of the depth. The mean power stays.
    """
    if not any(sway_db) or not motion.depths.any():
        return np.zeros((0, 0), np.float32)
    levels = np.zeros((motion.edges.shape[0], phases.shape[1]))
    for n, spread_db in enumerate(sway_db, start=1):
        spread = spread_db * _NEPERS * motion.depths.astype(np.float64) ** n
        turns = n * motion.shaken[:, None] + phases[n - 1]
        levels += np.sqrt(2.0) * spread[:, None] * np.cos(2.0 * np.pi * turns)
        levels -= spread[:, None] ** 2
    return np.asarray(levels, np.float32)


def _weights(voice: Spectrum, channel: int) -> FloatArray:
    """Amplitude factor of each partial in a channel (-1: the only one)."""
    if channel < 0:
        return np.ones(voice.ratios.shape[0], np.float32)
    right_over_left = 10.0 ** (voice.pans_db / 20.0)
    left = np.sqrt(2.0 / (1.0 + right_over_left**2))
    return np.asarray(left if channel == 0 else left * right_over_left, np.float32)


def _cents(cents: float) -> float:
    return float(2.0 ** (cents / 1200.0) - 1.0)


def synthesise(
    instrument: FittedInstrument,
    pitch: float,
    velocity: float,
    samples: int,
    sample_rate_hz: int,
    random: np.random.Generator,
) -> FloatArray:
    """One note as it was measured, without release: key held down throughout.

    Parameters
    ----------
    pitch, velocity
        MIDI numbers, fractions allowed.
    samples
        Length of the result.
    random
        Phases and fluctuations are drawn from it.

    Returns
    -------
    numpy.ndarray
        float32, shape (2, samples), at the level of the recording.
    """
    voice = spectrum(instrument, pitch)
    return draw_plain(instrument, voice, pitch, velocity, samples, sample_rate_hz, random)


def draw_plain(
    instrument: FittedInstrument,
    voice: Spectrum,
    pitch: float,
    velocity: float,
    samples: int,
    sample_rate_hz: int,
    random: np.random.Generator,
    level_db: float = 0.0,
    begin: int = 0,
) -> FloatArray:
    """`synthesise` from a spectrum at hand.

    ``level_db`` spreads the partials at random; the samples before ``begin`` are left out (a long
    tone can so be made in pieces).
    """
    edges = grid(samples, sample_rate_hz)
    times = np.asarray(edges / sample_rate_hz, np.float32)
    glide = np.interp(times, TIMES_SECONDS, voice.glide_cents)
    hz = midi_to_hz(pitch) * 2.0 ** (glide / 1200.0)
    # what was measured at the onset is the mean over a short window; a hammer takes its time too
    rise = np.clip(edges / (_CONTACT_SECONDS * sample_rate_hz), 0.0, 1.0)
    gains = np.asarray(np.sin(0.5 * np.pi * rise) ** 2, np.float32)
    motion = Motion(
        edges,
        hz,
        cycles_of(edges, hz, sample_rate_hz),
        times,
        np.full(edges.shape[0], velocity, np.float32),
        gains,
        np.zeros(edges.shape[0]),
        np.zeros(edges.shape[0], np.float32),
    )
    if begin > 0:
        motion = _from(motion, begin)
    chance = chances(instrument, voice, random, level_db)
    out = np.zeros((2, samples - begin), np.float32)
    right = out[1] if is_stereo(instrument) else None
    draw(instrument, voice, motion, chance, out[0], right, sample_rate_hz)
    if right is None:
        out[1] = out[0]
    return out


def _from(motion: Motion, begin: int) -> Motion:
    """The motion from one of its edges on."""
    first = int(np.searchsorted(motion.edges, begin))
    return Motion(*(getattr(motion, name)[first:] for name in Motion.__dataclass_fields__))
