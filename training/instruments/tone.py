"""Measure one recorded note: `measure` turns audio into a `FittedTone`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from songwright.render.fitted.model import (
    BEAT_STEP_HZ,
    LEVEL_STEP_DB,
    MAX_PARTIALS,
    SWAY_HARMONICS,
    UNREST_HZ,
    DoubleArray,
    FittedTone,
    FloatArray,
    SignedArray,
    gain_to_steps,
)
from songwright.units import midi_to_hz
from training.instruments.beats import Beats, find_beats
from training.instruments.levels import measure_levels
from training.instruments.movement import glide, vibrato, without_movement
from training.instruments.partials import free_partials
from training.instruments.pitch import Tuning, find_tuning
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import demodulate
from training.instruments.unrest import unrest_db

FREE_PARTIALS = 72
TOP_HZ = 18000.0
_LASTING = slice(16, 20)  # knots (0.56 s to 1.6 s) at which a held note lasts
EDGE_SECONDS = 0.3
"""Held notes are measured up to this long before the end of their audio."""

HEARD = 10.0 ** (-70.0 / 20.0)
"""Partials that never come above this share of the strongest are left out."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A tone, and what the instrument as a whole is told from many tones."""

    tone: FittedTone
    vibrato_cents: float
    vibrato_hz: float
    shimmer_db: float
    shimmer_hz: float
    bandwidth_cents: float
    width: float
    unrest_db: DoubleArray
    sway_db: DoubleArray


def trim(audio: FloatArray) -> FloatArray:
    """The audio from half a millisecond before it first comes within 55 dB of its peak."""
    level = np.abs(audio).max(axis=0)
    start = int(np.argmax(level > level.max() * 10.0 ** (-55.0 / 20.0)))
    return np.ascontiguousarray(audio[:, max(start - 24, 0) :])


def sounding_seconds(audio: FloatArray) -> float:
    """Until the last sample within 75 dB of the peak."""
    level = np.abs(audio).max(axis=0)
    loud = np.flatnonzero(level > level.max() * 10.0 ** (-75.0 / 20.0))
    return float(loud[-1] + 1) / RATE_HZ


def measure(
    audio: FloatArray,
    pitch: int,
    velocity: int,
    series: str,
    held: bool,
    places_hz: DoubleArray | None = None,
    paired: bool = False,
) -> Measured:
    """Measure a note.

    Parameters
    ----------
    audio
        float32, shape (2, samples), begins with the note (`trim`); the key is down throughout.
    series
        ``harmonic``, ``stiff`` (strings with inharmonicity) or ``free``.
    held
        True if the level stays while the key is down.
    places_hz
        Frequencies of the partials of a ``free`` note (`places_of`).
    paired
        True if partials may be two that beat (struck notes only).
    """
    if np.abs(audio[0] - audio[-1]).max() < 1e-4 * np.abs(audio).max():
        audio = audio[:1]
    seconds = sounding_seconds(audio)
    if held:
        # windows must not reach past the cut
        seconds = min(seconds, audio.shape[1] / RATE_HZ - EDGE_SECONDS)
    nominal = midi_to_hz(pitch)
    movement = None
    if series == "free":
        frequencies = places_of(audio, pitch) if places_hz is None else places_hz
        tuning = Tuning(_main_hz(frequencies, nominal))
        period = 512.0
    else:
        tuning = find_tuning(_louder(audio), nominal, series == "stiff")
        audio, tuning, movement = without_movement(audio, tuning, seconds, held)
        frequencies = tuning.partials_hz(min(int(TOP_HZ / tuning.hz), MAX_PARTIALS))
        frequencies = frequencies[frequencies < TOP_HZ]
        period = RATE_HZ / tuning.hz
    levels = measure_levels(audio, frequencies, period, seconds, held)
    amplitudes, noise = levels.amplitudes, levels.noise
    keep = amplitudes.max(axis=0, initial=0.0) > HEARD * max(amplitudes.max(initial=0.0), 1e-9)
    if series != "free" and keep.any():
        keep[: int(np.flatnonzero(keep)[-1])] = True
    top = max(amplitudes.max(initial=0.0), np.sqrt(noise).max(), 1e-9)
    level_db = float(np.float32(20.0 * np.log10(top)))
    ratios = (frequencies[keep] / tuning.hz if series == "free" else np.zeros(0)).astype(np.float32)
    tone = FittedTone(
        pitch=pitch,
        velocity=velocity,
        level_db=round(level_db, 2),
        tuning_cents=round(1200.0 * float(np.log2(tuning.hz / nominal)), 2),
        inharmonicity=float(f"{tuning.inharmonicity:.4g}"),
        ratios=ratios,
        partials=gain_to_steps(amplitudes, level_db)[:, keep],
        noise=gain_to_steps(np.sqrt(noise), level_db),
        pans=np.clip(np.rint(levels.pans_db[keep] / 0.5), -80, 80).astype(np.int8),
        phases=(np.rint(levels.phases[keep] * (128.0 / np.pi)).astype(np.int64) % 256).astype(
            np.uint8
        ),
        pitch_cents=glide(movement),
    )
    if paired and not held:
        beats = find_beats(audio, frequencies, amplitudes.max(axis=0), period, seconds)
        beats = beats if series == "free" else beats.continued(frequencies)
        tone = replace(tone, beats=_steps_of_beats(beats, keep))
    swing_cents, swing_hz = vibrato(movement, seconds) if held else (0.0, 0.0)
    ripple_db, ripple_hz, spread_cents = 0.0, 0.0, 0.0
    unrest, sway = np.zeros((len(UNREST_HZ), 2)), np.zeros(SWAY_HARMONICS)
    if held:
        unrest, sway = unrest_db(
            audio, frequencies, amplitudes.max(axis=0, initial=0.0), noise[_LASTING].mean(axis=0),
            period, seconds, movement,
        )  # fmt: skip
    if held and series != "free":
        ripple_db, ripple_hz, spread_cents = shimmer(
            audio, frequencies, amplitudes, period, seconds
        )
    return Measured(
        tone, swing_cents, swing_hz, ripple_db, ripple_hz, spread_cents, levels.width, unrest, sway
    )


def _steps_of_beats(beats: Beats, keep: np.ndarray) -> SignedArray:
    """`FittedTone.beats`; nothing at all if no partial beats."""
    hz = np.clip(np.rint(beats.hz[keep] / BEAT_STEP_HZ), -127, 127)
    if not hz.any():
        return np.zeros((3, 0), np.int8)
    level = np.rint(beats.level_db[keep] / LEVEL_STEP_DB)
    phase = np.rint(beats.phases[keep] * (128.0 / np.pi)).astype(np.int64) % 256
    return np.stack(
        [hz.astype(np.int8), level.astype(np.int8), phase.astype(np.uint8).view(np.int8)]
    )


def places_of(audio: FloatArray, pitch: int) -> DoubleArray:
    """Frequencies of the partials of a note that form no series, Hz, rising."""
    nominal = midi_to_hz(pitch)
    lowest = max(0.22 * nominal, 25.0)
    return free_partials(_louder(audio), FREE_PARTIALS, lowest)


def _louder(audio: FloatArray) -> FloatArray:
    return np.asarray(audio[int((audio**2).sum(axis=1).argmax())])


def _main_hz(frequencies: DoubleArray, nominal: float) -> float:
    """The partial that gives the note its name, if there is one within 80 cents."""
    near = frequencies[np.abs(np.log2(np.maximum(frequencies, 1.0) / nominal)) < 80.0 / 1200.0]
    return float(near[np.abs(near - nominal).argmin()]) if near.shape[0] else nominal


def shimmer(
    audio: FloatArray, frequencies: DoubleArray, amplitudes: DoubleArray, period: float,
    seconds: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Level fluctuation of the strongest partials (dB, Hz) and their spread in cents."""
    strong = np.argsort(-amplitudes.max(axis=0))[:8]
    length = int(np.clip(8 * period, 2048, 12288))
    hop = 960
    centres = np.arange(0.5 * RATE_HZ, (seconds - 0.1) * RATE_HZ, hop)
    if centres.shape[0] < 20:
        return 0.0, 0.0, 0.0
    values = demodulate(audio[:1], centres, length, frequencies[strong])[0]
    level = 20.0 * np.log10(np.abs(values) + 1e-9)
    time = np.linspace(-1.0, 1.0, level.shape[0])
    level = level - level.mean(axis=0)
    level -= time[:, None] * (level * time[:, None]).sum(axis=0) / (time**2).sum()
    # what is heard to flicker is the strong partials; weak ones are restless with noise
    weight = np.abs(values).mean(axis=0)
    weight = weight / weight.sum()
    deviation = float((level.std(axis=0) * weight).sum())
    crossings = (np.diff(np.sign(level), axis=0) != 0).sum(axis=0)
    rate = 0.5 * float((crossings * weight).sum()) / (centres.shape[0] * hop / RATE_HZ)
    steps = np.angle(values[1:] * np.conj(values[:-1])
                     * np.exp(-2j * np.pi * frequencies[strong] * hop / RATE_HZ))  # fmt: skip
    hz = steps * RATE_HZ / (2.0 * np.pi * hop)
    spread = float(np.median(1731.0 * (hz.std(axis=0) / frequencies[strong])))
    return deviation, rate, spread
