"""Bring the unrest of a fitted instrument to what is heard of it in the recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from songwright.render.fitted.model import MF_VELOCITY, DoubleArray, FittedInstrument, FloatArray
from songwright.render.fitted.tone import synthesise
from songwright.seeds import noise_rng
from training.instruments.record import RATE_HZ

KEYS = 6
FROM_SECONDS, TO_SECONDS = 0.4, 2.2
_PIECE_SECONDS, _COURSE = 0.02, 21
_LEAST, _MOST, _LEAST_DRIFT = 0.3, 1.5, 0.7
_FLOOR_DB = 40.0


def settled(
    model: FittedInstrument, recorded: Mapping[tuple[int, int], FloatArray]
) -> FittedInstrument:
    """The instrument with its unrest scaled so that the level of its tones moves as recorded.

    Partials that beat, noise and unrest all move the level of a tone; the last is what can be
    chosen. Powers of movements add up, so two renderings of a few keys, with and without it, tell
    how much is wanted. Tones with a vibrato stay as they are: most of their movement is its sway.

    Parameters
    ----------
    recorded
        Notes by pitch and velocity, float32, shape (2, samples), key down throughout.
    """
    if not model.unrest_db or model.sway_db:
        return model
    keys = [pitch for pitch in model.pitches if (pitch, MF_VELOCITY) in recorded]
    keys = keys[:: max(len(keys) // KEYS, 1)]
    truth = [movement_db(recorded[pitch, MF_VELOCITY]) for pitch in keys]
    still, moving = _rendered(replace(model, unrest_db=()), keys), _rendered(model, keys)
    own = float(np.median(np.square(moving)) - np.median(np.square(still)))
    wanted = float(np.median(np.square(truth)) - np.median(np.square(still)))
    share = np.sqrt(max(wanted, 0.0) / own) if own > 1e-4 else 1.0
    share = float(np.clip(share, _LEAST, _MOST))
    # a drift is slower than what was compared
    shares = (max(share, _LEAST_DRIFT), *[share] * (len(model.unrest_db) - 1))
    return replace(
        model,
        unrest_db=tuple(
            (round(a * part, 2), round(b * part, 2))
            for part, (a, b) in zip(shares, model.unrest_db, strict=True)
        ),
    )


def movement_db(audio: FloatArray) -> float:
    """How far the level of pieces of 20 ms is from its course over 0.4 s, standard deviation."""
    size = round(_PIECE_SECONDS * RATE_HZ)
    held = audio[:, round(FROM_SECONDS * RATE_HZ) : round(TO_SECONDS * RATE_HZ)]
    pieces = held[:, : held.shape[1] // size * size].reshape(audio.shape[0], -1, size)
    level: DoubleArray = 10.0 * np.log10((pieces.astype(np.float64) ** 2).mean(axis=(0, 2)) + 1e-14)
    level = np.maximum(level, level.max() - _FLOOR_DB)
    padded = np.pad(level, _COURSE // 2, mode="edge")
    course = np.convolve(padded, np.full(_COURSE, 1.0 / _COURSE), mode="valid")
    return float((level - course).std())


def _rendered(model: FittedInstrument, keys: Sequence[int]) -> list[float]:
    samples = round(TO_SECONDS * RATE_HZ)
    found = []
    for pitch in keys:
        random = noise_rng(0, "settle", model.id, pitch)
        audio = synthesise(model, pitch, MF_VELOCITY, samples, RATE_HZ, random)
        found.append(movement_db(audio))
    return found
