"""Numbers that say where a played phrase is dead, harsh or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.families_phrase import (
    LONG,
    REPEATED,
    REPEATED_VELOCITIES,
    SCALE,
    SCALE_SECONDS,
    SHORT,
    SHORT_STEP_SECONDS,
    STEP_SECONDS,
)
from songwright.units import midi_to_hz

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]

RATE_HZ = 48000
_FRAME = RATE_HZ // 200


@dataclass(frozen=True, slots=True)
class Life:
    """What a phrase does, in the terms of a player.

    Attributes
    ----------
    octave
        Pitch of the long note against its key, semitones (0: in tune).
    attack_ms
        Of the loudest repeated note, to within 6 dB of its greatest level.
    dynamics_db
        Loudest against softest repeated note.
    brightening
        Centre of the spectrum of the same two, in octaves.
    swell_db
        End of the long note against its beginning.
    flicker_db
        Standard deviation of the level of single bands around their course, in the long note.
    join_db
        How far the level falls between the notes of the slurred scale.
    gap_db
        How far it falls between staccato notes.
    edge_db
        Loudest onset of 8 kHz and above at the ends of notes, against the beginnings.
    """

    octave: float
    attack_ms: float
    dynamics_db: float
    brightening: float
    swell_db: float
    flicker_db: float
    join_db: float
    gap_db: float
    edge_db: float


def life(audio: FloatArray, pitch: int) -> Life:
    """Measure a rendered `phrase`; float32, shape (2, samples) at 48 kHz."""
    mono = audio.mean(axis=0, dtype=np.float64)
    level = _level_db(mono)
    strokes = [REPEATED[0] + STEP_SECONDS * i for i in range(len(REPEATED_VELOCITIES))]
    soft, loud = (_piece(mono, at, at + STEP_SECONDS) for at in (strokes[0], strokes[-1]))
    joins = [SCALE[0] + SCALE_SECONDS * i for i in range(1, 8)]
    shorts = [SHORT[0] + SHORT_STEP_SECONDS * i for i in range(5)]
    long = _part(level, LONG[0], LONG[1])
    return Life(
        octave=round(_pitch_error(_piece(mono, 0.6, 2.2), pitch), 2),
        attack_ms=_attack_ms(_part(level, strokes[-1], strokes[-1] + STEP_SECONDS)),
        dynamics_db=round(float(_level_db(loud).max() - _level_db(soft).max()), 1),
        brightening=round(float(np.log2(_centroid(loud) / _centroid(soft))), 2),
        swell_db=round(float(long[-80:-20].mean() - long[40:100].mean()), 1),
        flicker_db=round(_flicker_db(_piece(mono, 0.5, 2.3)), 2),
        join_db=round(float(np.mean([_fall(level, at, 0.06) for at in joins])), 1),
        gap_db=round(float(np.mean([_fall(level, at, 0.15) for at in shorts[1:]])), 1),
        edge_db=round(_edge_db(mono, strokes), 1),
    )


def _piece(mono: DoubleArray, begin: float, end: float) -> DoubleArray:
    return mono[round(begin * RATE_HZ) : round(end * RATE_HZ)]


def _part(level: DoubleArray, begin: float, end: float) -> DoubleArray:
    return level[round(begin * 200) : round(end * 200)]


def _level_db(mono: DoubleArray) -> DoubleArray:
    """Level of 5 ms frames."""
    count = mono.shape[0] // _FRAME
    squares = (mono[: count * _FRAME] ** 2).reshape(count, _FRAME).mean(axis=1)
    return np.asarray(10.0 * np.log10(squares + 1e-10))


def _attack_ms(level: DoubleArray) -> float:
    return float(np.argmax(level >= level.max() - 6.0)) * 5.0


def _centroid(piece: DoubleArray) -> float:
    power = np.abs(np.fft.rfft(piece * np.hanning(piece.shape[0]))) ** 2
    hz = np.fft.rfftfreq(piece.shape[0], 1.0 / RATE_HZ)
    return float((power * hz).sum() / max(float(power.sum()), 1e-20))


def _pitch_error(piece: DoubleArray, pitch: int) -> float:
    """Semitones between the key and the loudest harmonic series near one of its octaves."""
    power = np.abs(np.fft.rfft(piece * np.hanning(piece.shape[0]), 1 << 17))
    level = np.log(power / max(float(power.max()), 1e-12) + 1e-4)
    best, found = -np.inf, 0.0
    for octave in (-12.0, 0.0, 12.0):
        for cents in range(-100, 101, 5):
            hz = midi_to_hz(pitch + octave + cents / 100.0)
            at = hz * np.arange(1, 9) / RATE_HZ * (1 << 17)
            between = hz * (np.arange(1, 9) - 0.5) / RATE_HZ * (1 << 17)
            bins = np.arange(level.shape[0])
            score = float(np.interp(at, bins, level).sum() - np.interp(between, bins, level).sum())
            if score > best:
                best, found = score, octave + cents / 100.0
    return found


def _flicker_db(piece: DoubleArray) -> float:
    """Mean over the strong bands of the unrest of their level."""
    length, hop = 2048, 512
    view = np.lib.stride_tricks.sliding_window_view(piece, length)[::hop]
    power = np.abs(np.fft.rfft(view * np.hanning(length))) ** 2
    edges = np.geomspace(2, length // 3, 19).astype(int)
    bands = np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(edges) if b > a])
    level = 10.0 * np.log10(bands + 1e-12)
    strong = level.mean(axis=1) > level.mean(axis=1).max() - 40.0
    kernel = np.full(25, 1.0 / 25)
    rest = [row - np.convolve(np.pad(row, 12, "edge"), kernel, "valid") for row in level[strong]]
    return float(np.mean([row.std() for row in rest]))


def _fall(level: DoubleArray, at: float, before: float) -> float:
    """Lowest level around a moment against the highest before and after it."""
    centre, reach = round(at * 200), round(before * 200)
    lowest = level[centre - reach : centre + 12].min()
    around = max(level[centre - reach - 12 : centre].max(), level[centre : centre + 24].max())
    return float(lowest - around)


def _edge_db(mono: DoubleArray, strokes: list[float]) -> float:
    """Sudden treble at the ends of notes against that at their beginnings."""
    spectrum = np.fft.rfft(mono)
    spectrum[: round(8000.0 * mono.shape[0] / RATE_HZ)] = 0.0
    rise = np.diff(_level_db(np.fft.irfft(spectrum, mono.shape[0])), prepend=-100.0)
    loud = _level_db(np.fft.irfft(spectrum, mono.shape[0]))
    ends = [at + 0.8 * STEP_SECONDS for at in strokes] + [LONG[1]]
    sudden = [loud[i] for e in ends for i in range(round(e * 200) - 2, round(e * 200) + 5)
              if rise[i] > 6.0]  # fmt: skip
    starts = [loud[round(at * 200) : round(at * 200) + 8].max() for at in strokes]
    return float(max(sudden, default=-100.0) - max(starts))
