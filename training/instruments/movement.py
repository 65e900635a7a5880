"""Movement of the pitch of a recorded note: onset glide, vibrato, and the note without them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, map_coordinates

from songwright.render.fitted.model import KNOTS, KNOTS_MS, DoubleArray, FloatArray, SignedArray
from training.instruments.pitch import Tuning
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import demodulate


@dataclass(frozen=True, slots=True)
class Movement:
    """The pitch against its mean, in cents, at ``seconds``."""

    seconds: DoubleArray
    cents: DoubleArray


def follow(audio: FloatArray, tuning: Tuning, seconds: float) -> Movement:
    """How the pitch moves, from the phases of the strongest low partials.

    Each partial votes with its power; what moves faster than about 12 Hz is smoothed away.
    """
    hop = RATE_HZ // 250
    length = int(np.clip(3.0 * RATE_HZ / tuning.hz, 512, 4096))
    frequencies = tuning.partials_hz(int(np.clip(5000.0 / tuning.hz, 1, 10)))
    centres = np.arange(0, min(int(seconds * RATE_HZ), audio.shape[1]), hop)
    values = demodulate(audio, centres, length, frequencies).sum(axis=0)
    expected = 2.0 * np.pi * frequencies * hop / RATE_HZ
    steps = np.angle(values[1:] * np.conj(values[:-1]) * np.exp(-1j * expected))
    weight = np.abs(values[1:] * values[:-1]) + 1e-15
    ratio = (weight * steps / expected).sum(axis=1) / weight.sum(axis=1)
    cents = 1731.0 * gaussian_filter1d(ratio, 3.0, mode="nearest")
    return Movement((centres[1:] - hop / 2) / RATE_HZ, np.clip(cents, -150.0, 150.0))


def straighten(audio: FloatArray, movement: Movement) -> FloatArray:
    """The audio at a speed that takes the movement of its pitch away (cubic interpolation)."""
    samples = np.arange(audio.shape[1])
    speed = 2.0 ** (-movement.cents / 1200.0)
    speed = np.interp(samples / RATE_HZ, movement.seconds, speed)
    at = np.concatenate(([0.0], np.cumsum(speed)[:-1]))
    rows = [map_coordinates(row, at[None], order=3, mode="constant") for row in audio]
    return np.asarray(rows, np.float32)


def without_movement(
    audio: FloatArray, tuning: Tuning, seconds: float, held: bool
) -> tuple[FloatArray, Tuning, Movement | None]:
    """Straighten the pitch where that makes the partials clearer."""
    stretch = min(seconds, 2.2 if held else 1.2)
    movement = follow(audio, tuning, stretch)
    late = movement.cents[movement.seconds > min(0.08, 0.4 * stretch)]
    if late.shape[0] < 8 or np.abs(movement.cents - np.median(late)).max() < 4.0:
        return audio, tuning, None
    centre = float(np.median(late))
    moved = Movement(movement.seconds, np.clip(movement.cents - centre, -120.0, 120.0))
    shifted = Tuning(tuning.hz * 2.0 ** (centre / 1200.0), tuning.inharmonicity)
    straight = straighten(audio, moved)
    if _clearness(straight, shifted, stretch) > 1.03 * _clearness(audio, tuning, stretch):
        return straight, shifted, moved
    return audio, tuning, None


def _clearness(audio: FloatArray, tuning: Tuning, seconds: float) -> float:
    """How much of the level lies in the places of the partials, upper partials as much as lower."""
    frequencies = tuning.partials_hz(int(np.clip(6000.0 / tuning.hz, 1, 24)))
    length = int(min(16 * RATE_HZ / tuning.hz, 0.5 * seconds * RATE_HZ, 16384))
    centres = np.linspace(0.5 * length, max(seconds * RATE_HZ - 0.5 * length, 0.6 * length), 8)
    values = np.abs(demodulate(audio, centres, length, frequencies)) ** 2
    return float(np.sqrt(values.mean(axis=(0, 1))).sum())


def glide(movement: Movement | None) -> SignedArray:
    """The slow part of the movement at the knots, cents, int8."""
    if movement is None:
        return np.zeros(KNOTS, np.int8)
    slow = _slow(movement)
    at = np.array(KNOTS_MS) / 1000.0
    cents = np.where(at > movement.seconds[-1], 0.0, np.interp(at, movement.seconds, slow))
    return np.clip(np.rint(cents), -120, 120).astype(np.int8)


def _slow(movement: Movement) -> DoubleArray:
    # quick at the onset, where the glide is, slow later, where the vibrato is
    quick = _smoothed(movement.cents, 4)
    slow = _smoothed(movement.cents, 60)
    late = np.clip((movement.seconds - 0.08) / 0.15, 0.0, 1.0)
    return np.asarray(quick * (1.0 - late) + slow * late)


def _smoothed(values: DoubleArray, steps: int) -> DoubleArray:
    box = np.ones(2 * steps + 1) / (2 * steps + 1)
    return np.convolve(np.pad(values, steps, mode="edge"), box, mode="valid")


def vibrato(movement: Movement | None, seconds: float) -> tuple[float, float]:
    """Half the swing in cents and the rate in Hz of a regular movement; (0, 0) if there is none."""
    if movement is None or seconds < 1.0:
        return 0.0, 0.0
    swing = (movement.cents - _smoothed(movement.cents, 40))[movement.seconds > 0.4]
    if swing.shape[0] < 150:
        return 0.0, 0.0
    spectrum = np.abs(np.fft.rfft(swing * np.hanning(swing.shape[0]), 4096)) ** 2
    hz = np.fft.rfftfreq(4096, 1.0 / 250.0)
    inside = (hz > 3.5) & (hz < 8.5)
    peak = hz[inside][int(spectrum[inside].argmax())]
    if not 3.8 < peak < 8.2:
        return 0.0, 0.0
    near = np.abs(hz - peak) < 1.2
    if spectrum[near].sum() < 0.45 * spectrum[hz > 1.5].sum():
        return 0.0, 0.0
    return float(np.sqrt(2.0) * swing.std()), float(peak)
