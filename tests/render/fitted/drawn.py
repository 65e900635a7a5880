"""Fitted instruments drawn by hand, whose sound is known in advance."""

from __future__ import annotations

import numpy as np

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.fitted.model import (
    BANDS,
    KNOTS,
    KNOTS_MS,
    SILENT,
    ByteArray,
    FittedInstrument,
    FittedTone,
)
from songwright.units import midi_to_hz

RATE_HZ = 48000
SECONDS = np.array(KNOTS_MS) / 1000.0
DECAY_DB = 12.0  # of the fundamental, a second
ATTACK_SECONDS = 0.05
NOISE_DB = -55.0


def steps(level_db: np.ndarray, top_db: float) -> ByteArray:
    below = np.rint((top_db - level_db) / 0.5)
    return np.where(below >= SILENT, SILENT, np.maximum(below, 0)).astype(np.uint8)


def tone(pitch: int, velocity: int, kind: str, noise_db: float = NOISE_DB) -> FittedTone:
    """Ten partials; louder is brighter; struck tones decay, held ones rise in 50 ms and stay."""
    k = np.arange(1, min(10, int(18000 / midi_to_hz(pitch))) + 1)
    level = -20.0 + 0.2 * (velocity - 80) - (12.0 - 0.05 * velocity) * np.log2(k)
    if kind == "struck":
        levels = level[None, :] - DECAY_DB * SECONDS[:, None] * np.sqrt(k)[None, :]
    else:
        rise = np.clip(20.0 * np.log10(np.maximum(SECONDS, 0.0005) / ATTACK_SECONDS), -40.0, 0.0)
        levels = level[None, :] + rise[:, None]
    top = float(levels.max())
    return FittedTone(
        pitch, velocity, top, 0.0, 0.0, np.zeros(0, np.float32), steps(levels, top),
        steps(np.full((KNOTS, BANDS), noise_db), top),
        np.zeros(k.shape[0], np.int8), np.full(k.shape[0], 192, np.uint8), np.zeros(KNOTS, np.int8),
    )  # fmt: skip


def drawn(kind: str, noise_db: float = NOISE_DB, **facts: object) -> FittedInstrument:
    """An instrument of such tones, every octave, three touches; T60 0.2 s after key up."""
    tones = tuple(
        tone(pitch, velocity, kind, noise_db)
        for pitch in (36, 48, 60, 72, 84)
        for velocity in (40, 80, 115)
    )
    return FittedInstrument(
        "drawn",
        kind,
        "drawn",
        0.0,
        tones,
        release_seconds=((60.0, 0.2),),
        **facts,  # type: ignore[arg-type]
    )


def part(
    notes: list[tuple[float, float, int, int]],
    controls: list[tuple[float, int, int]] | None = None,
    articulation: str = "",
) -> PlayedPart:
    """A part from ``(onset, duration, pitch, velocity)`` and ``(seconds, controller, value)``."""
    return PlayedPart(
        "test", "Test", "lead", "violin",
        tuple(PlayedNote(*note, articulation) for note in notes),
        tuple(ControlPoint(*point) for point in controls or []),
    )  # fmt: skip


def level_db(mono: np.ndarray, start: float, end: float) -> float:
    """RMS of a stretch in dB."""
    piece = mono[round(start * RATE_HZ) : round(end * RATE_HZ)].astype(np.float64)
    return float(10.0 * np.log10(np.mean(piece**2) + 1e-20))


def largest_jump(mono: np.ndarray) -> float:
    """Largest second difference over the one that the waveform's own RMS would explain."""
    bend = np.abs(np.diff(mono.astype(np.float64), 2))
    return float(bend.max() / (np.sqrt(np.mean(bend**2)) + 1e-12))
