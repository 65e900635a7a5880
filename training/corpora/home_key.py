"""The home key of a stretch, and where the music settles in another one.

Profiles of Albrecht and Shanahan, bar by bar, smoothed over five bars and joined by the cheapest
path (Viterbi); a key signature makes its two keys cheaper. A key that holds for fewer than eight
bars belongs to its surroundings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from songwright.theory.key_profiles import TONAL_PROFILES

Floats = npt.NDArray[np.float64]

SETTLED_BARS = 8
_CHANGE = 0.45
_SIGNATURE = 0.04
_LAST_BASS = 0.03

KeySpan = tuple[int, int, int, bool]
"""First bar, bar after the last, tonic pitch class, minor."""


def _profiles() -> Floats:
    """Profiles of the 24 keys, rows 0-11 major and 12-23 minor by tonic; shape (24, 12)."""
    rows = [np.roll(profile, tonic) for profile in TONAL_PROFILES.values() for tonic in range(12)]
    return np.array(rows, np.float64)


_KEYS = _profiles()


def key_of(
    chroma: Floats, fifths: int | None = None, last_bass_pc: int | None = None
) -> tuple[int, bool]:
    """Tonic and mode of summed durations of the twelve pitch classes.

    Parameters
    ----------
    chroma
        Shape (12,), from C upwards.
    fifths
        Notated signature, sharps positive; a hint.
    last_bass_pc
        Pitch class on which the music ends; a hint.
    """
    distance = _distances(chroma[None, :])[0]
    distance = distance - _signature(fifths)
    if last_bass_pc is not None:
        distance[[last_bass_pc, 12 + last_bass_pc]] -= _LAST_BASS
    best = int(np.argmin(distance))
    return best % 12, best >= 12


def settled_keys(chroma: Floats, fifths: Sequence[int | None]) -> list[KeySpan]:
    """Divide bars into spans of one key, each at least `SETTLED_BARS` long if there are so many.

    Parameters
    ----------
    chroma
        Durations of pitch classes in each bar, shape (bars, 12).
    fifths
        Notated signature of each bar, None where there is none.
    """
    bars = len(chroma)
    padded = np.pad(chroma, ((2, 2), (0, 0)), mode="edge")
    around = sum(padded[i : i + bars] for i in range(5))
    cost = _distances(np.asarray(around)) - np.array([_signature(f) for f in fifths])
    path = _cheapest(cost)
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), bars]
    spans = [[a, b] for a, b in pairwise(edges)]
    while len(spans) > 1 and min(b - a for a, b in spans) < SETTLED_BARS:
        short = min(range(len(spans)), key=lambda i: (spans[i][1] - spans[i][0], i))
        into = short - 1 if short else 1
        spans[into] = [
            min(spans[into][0], spans[short][0]), max(spans[into][1], spans[short][1])
        ]  # fmt: skip
        del spans[short]
    joined: list[KeySpan] = []
    for a, b in spans:
        key = int(np.argmin(cost[a:b].sum(axis=0)))
        if joined and joined[-1][2:] == (key % 12, key >= 12):
            joined[-1] = (joined[-1][0], b, key % 12, key >= 12)
        else:
            joined.append((a, b, key % 12, key >= 12))
    return joined


def _distances(chroma: Floats) -> Floats:
    total = chroma.sum(axis=1, keepdims=True)
    share = np.where(total > 0, chroma / np.maximum(total, 1e-9), 1 / 12)
    distance: Floats = np.sqrt(((share[:, None, :] - _KEYS[None]) ** 2).sum(axis=2))
    distance[total[:, 0] <= 0] = 0.0  # silence says nothing
    return distance


def _signature(fifths: int | None) -> Floats:
    bonus = np.zeros(24)
    if fifths is not None:
        bonus[[7 * fifths % 12, 12 + (7 * fifths + 9) % 12]] = _SIGNATURE
    return bonus


def _cheapest(cost: Floats) -> npt.NDArray[np.int64]:
    bars = len(cost)
    came = np.zeros(cost.shape, np.int64)
    total = cost[0].copy()
    here = np.arange(cost.shape[1])
    for bar in range(1, bars):
        best = int(np.argmin(total))
        jump = total[best] + _CHANGE < total
        came[bar] = np.where(jump, best, here)
        total = np.where(jump, total[best] + _CHANGE, total) + cost[bar]
    path = np.zeros(bars, np.int64)
    path[-1] = int(np.argmin(total))
    for bar in range(bars - 1, 0, -1):
        path[bar - 1] = came[bar, path[bar]]
    return path
