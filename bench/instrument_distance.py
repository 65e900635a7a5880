"""How far a rendered note is from a recorded one: spectrum over time, attack, decay, brightness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from training.instruments.record import RATE_HZ
from training.instruments.release import FRAME, decay_seconds, levels_db
from training.instruments.spectrum import CENTRES_HZ, band_power, frames

FloatArray = NDArray[np.float32]

TIMES_SECONDS = np.concatenate(
    (np.array([0.004, 0.01, 0.018, 0.028, 0.04]), np.geomspace(0.06, 1.8, 15))
)
EARLY = 5
"""So many of the times are looked at with a window of 8 ms, the others with 43 ms."""

RANGE_DB = 60.0
"""Bands this far below the loudest moment are not heard and not compared."""


@dataclass(frozen=True, slots=True)
class Distance:
    """Errors of one note; ``decay`` and ``centroid`` as shares of the recorded value.

    ``movement_db`` is signed: negative where the note stands stiller than the recording.
    """

    spectral_db: float
    attack_ms: float
    decay: float
    centroid: float
    movement_db: float


def begin(audio: FloatArray) -> FloatArray:
    """The note from where it first comes within 40 dB of its peak."""
    level = np.abs(audio).max(axis=0)
    return audio[:, int(np.argmax(level > 0.01 * level.max())) :]


def spectrum_db(audio: FloatArray) -> NDArray[np.float64]:
    """Level of the 24 bands at `TIMES_SECONDS`, loudest cell at 0 dB, shape (20, 24)."""
    centres = TIMES_SECONDS * RATE_HZ
    powers = np.concatenate(
        (
            band_power(frames(audio, centres[:EARLY], 384)),
            band_power(frames(audio, centres[EARLY:], 2048)),
        )
    )
    level = 10.0 * np.log10(powers + 1e-14)
    return np.asarray(level - level.max())


def spectral_distance_db(recorded: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Root mean square difference in dB of two results of `spectrum_db`.

    Cells below -60 dB count as -60 dB, cells below it in both are left out, and a difference in
    overall level is taken out (it is the mixer's affair).
    """
    a, b = np.maximum(recorded, -RANGE_DB), np.maximum(other, -RANGE_DB)
    heard = (a > -RANGE_DB) | (b > -RANGE_DB)
    apart = (b - a)[heard]
    return float(np.sqrt(np.mean((apart - np.median(apart)) ** 2)))


def attack_ms(audio: FloatArray) -> float:
    """Time from 40 dB below the peak until the 5 ms level is first within 6 dB of its greatest.

    Only the first half second counts: later swells belong to the player.
    """
    level = levels_db(audio[:, : RATE_HZ // 2])
    return float(np.argmax(level >= level.max() - 6.0)) * 1000.0 * FRAME / RATE_HZ


def fall_seconds(audio: FloatArray) -> float:
    """Time to fall by 60 dB, from the first 25 dB after the greatest level."""
    level = levels_db(audio[:, : 2 * RATE_HZ])
    return min(decay_seconds(level[int(level.argmax()) :], 25.0), 30.0)


def centroid_hz(audio: FloatArray) -> float:
    """Centre of the mean band powers of the first 1.5 s."""
    powers = band_power(frames(audio, np.arange(1, 35) * 2048, 2048)).mean(axis=0)
    return float((powers * CENTRES_HZ).sum() / max(float(powers.sum()), 1e-20))


def movement_db(audio: FloatArray) -> float:
    """Unrest of the level between 0.3 and 2 s, standard deviation in dB.

    Strokes, beats, chops: the level of 20 ms pieces against its course over 0.4 s. Pieces more
    than 40 dB below the loudest count as that.
    """
    level = levels_db(audio[:, round(0.3 * RATE_HZ) : 2 * RATE_HZ])
    if level.shape[0] < 100:
        return 0.0
    pieces = level[: level.shape[0] // 4 * 4].reshape(-1, 4).mean(axis=1)
    pieces = np.maximum(pieces, pieces.max() - 40.0)
    around = np.convolve(np.pad(pieces, 10, mode="edge"), np.full(21, 1.0 / 21), mode="valid")
    return float((pieces - around).std())


def distance(recorded: FloatArray, other: FloatArray) -> Distance:
    """Errors of a note against its recording; both float32 (2, samples) at 48 kHz."""
    recorded, other = begin(recorded), begin(other)
    falls = fall_seconds(recorded), fall_seconds(other)
    centroids = centroid_hz(recorded), centroid_hz(other)
    return Distance(
        spectral_distance_db(spectrum_db(recorded), spectrum_db(other)),
        abs(attack_ms(other) - attack_ms(recorded)),
        abs(falls[1] - falls[0]) / max(falls[0], 0.01),
        abs(centroids[1] - centroids[0]) / max(centroids[0], 1.0),
        movement_db(other) - movement_db(recorded),
    )
