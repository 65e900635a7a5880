"""Which of several themes to keep: how close each is to the way people's tunes move.

The bands are the fifth to ninety-fifth percentile of human melodies (909 pop songs and folk and
art-song corpora); inside the middle half of a band a feature costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.score import Note

# feature: (p5, p25, p75, p95)
_BANDS = {
    "steps": (0.40, 0.50, 0.66, 0.78),
    "repeats": (0.04, 0.10, 0.28, 0.41),
    "mean_interval": (1.6, 2.0, 2.9, 3.6),
    "range": (7.0, 10.0, 17.0, 22.0),
    "turns": (0.25, 0.35, 0.58, 0.72),
    "variety": (0.16, 0.22, 0.42, 0.6),
}


def features(notes: Sequence[Note]) -> dict[str, float]:
    """Share of steps and repeats among moves, mean interval, range, share of turns, variety."""
    pitches = [n.pitch for n in notes]
    moves = [b - a for a, b in pairwise(pitches)]
    if not moves:
        return dict.fromkeys(_BANDS, 0.0)
    going = [m for m in moves if m]
    turns = sum((a > 0) != (b > 0) for a, b in pairwise(going))
    return {
        "steps": sum(0 < abs(m) <= 2 for m in moves) / len(moves),
        "repeats": sum(m == 0 for m in moves) / len(moves),
        "mean_interval": sum(map(abs, moves)) / len(moves),
        "range": float(max(pitches) - min(pitches)),
        "turns": turns / max(1, len(going) - 1),
        "variety": len(set(pitches)) / len(pitches) ** 0.75,
    }


def strangeness(notes: Sequence[Note]) -> float:
    """Sum over the features of how far each lies outside the middle half of human melodies."""
    if len(notes) < 4:
        return 0.0
    total = 0.0
    for name, value in features(notes).items():
        p5, p25, p75, p95 = _BANDS[name]
        if value < p25:
            total += (p25 - value) / (p25 - p5)
        elif value > p75:
            total += (value - p75) / (p95 - p75)
    high = max(n.pitch for n in notes)
    total += 0.15 * max(0, sum(n.pitch == high for n in notes) - 4)  # a climax is rare
    return total
