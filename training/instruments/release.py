"""How long a note rings after its key comes up."""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.model import DoubleArray, FloatArray
from training.instruments.record import RATE_HZ

NO_DAMPER_SECONDS = 30.0
FRAME = RATE_HZ // 200


def levels_db(audio: FloatArray) -> DoubleArray:
    """Level of 5 ms frames."""
    count = audio.shape[1] // FRAME
    squares = (audio[:, : count * FRAME].astype(np.float64) ** 2).sum(axis=0)
    return np.asarray(10.0 * np.log10(squares.reshape(count, FRAME).mean(axis=1) + 1e-14))


def decay_seconds(level_db: DoubleArray, drop_db: float = 30.0) -> float:
    """Time to fall by 60 dB from the slope of the first ``drop_db``; 0 if nothing sounds."""
    start = level_db[0]
    if start < -110.0 or level_db.shape[0] < 4:
        return 0.0
    below = np.flatnonzero(level_db < start - drop_db)
    end = int(below[0]) + 1 if below.shape[0] else level_db.shape[0]
    end = max(end, 3)
    slope = np.polyfit(np.arange(end) * (FRAME / RATE_HZ), level_db[:end], 1)[0]
    return float(np.clip(-60.0 / slope, 0.01, 60.0)) if slope < -1.0 else 60.0


def release_seconds(audio: FloatArray, key_up_seconds: float, held: bool) -> float:
    """T60 after the key comes up; `NO_DAMPER_SECONDS` if it makes no difference.

    Parameters
    ----------
    audio
        The note with its release, shape (2, samples), from the moment the key goes down.
    held
        True if the note would last; else the release is compared with the decay before it.
    """
    level = levels_db(audio)
    up = int(key_up_seconds * RATE_HZ / FRAME) + 1
    if level[up] < level.max() - 50.0:
        return NO_DAMPER_SECONDS
    after = decay_seconds(level[up:])
    before = 60.0 if held else decay_seconds(level[up // 2 : up])
    if not held and after > 0.6 * before:
        return NO_DAMPER_SECONDS
    return round(after, 3)
