"""Short parts and measurements that the tests of the renderer share."""

from __future__ import annotations

import numpy as np

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.engine import render_part

RATE_HZ = 48000


def part(
    instrument: str,
    notes: list[tuple[float, float, int, int]],
    controls: list[tuple[float, int, int]] | None = None,
    articulation: str = "",
) -> PlayedPart:
    """A part from ``(onset, duration, pitch, velocity)`` and ``(seconds, controller, value)``."""
    return PlayedPart(
        "test",
        "Test",
        "lead",
        instrument,
        tuple(PlayedNote(*note, articulation) for note in notes),
        tuple(ControlPoint(*point) for point in controls or []),
    )


def play(
    instrument: str,
    notes: list[tuple[float, float, int, int]],
    seconds: float,
    controls: list[tuple[float, int, int]] | None = None,
    articulation: str = "",
) -> np.ndarray:
    return render_part(
        part(instrument, notes, controls, articulation), round(seconds * RATE_HZ), RATE_HZ
    )


def rms_db(audio: np.ndarray, start: float = 0.0, end: float | None = None) -> float:
    """Level of a stretch of stereo audio in dB."""
    last = audio.shape[1] if end is None else round(end * RATE_HZ)
    piece = audio[:, round(start * RATE_HZ) : last].astype(np.float64)
    return float(10.0 * np.log10(np.mean(piece**2) + 1e-20))


def spectrum(mono: np.ndarray, size: int = 1 << 18) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and amplitudes through a Blackman-Harris-like window (side lobes -92 dB)."""
    n = np.arange(mono.shape[0]) / mono.shape[0]
    window = (
        0.35875
        - 0.48829 * np.cos(2 * np.pi * n)
        + 0.14128 * np.cos(4 * np.pi * n)
        - 0.01168 * np.cos(6 * np.pi * n)
    )
    return np.fft.rfftfreq(size, 1 / RATE_HZ), np.abs(np.fft.rfft(mono * window, size))


def pitch_cents(mono: np.ndarray, expected_hz: float, reach_cents: float = 60.0) -> float:
    """Cents by which the strongest of the first three harmonics is off."""
    hz, level = spectrum(mono, 1 << 20)
    best = (0.0, 0.0)
    for harmonic in (1, 2, 3):
        edges = expected_hz * harmonic * 2.0 ** (np.array([-reach_cents, reach_cents]) / 1200)
        low, high = np.searchsorted(hz, edges)
        peak = low + int(np.argmax(level[low:high]))
        best = max(best, (level[peak], 1200 * np.log2(hz[peak] / (expected_hz * harmonic))))
    return float(best[1])


def centroid_hz(mono: np.ndarray) -> float:
    """Amplitude-weighted mean frequency."""
    hz, level = spectrum(mono)
    return float((hz * level).sum() / level.sum())
