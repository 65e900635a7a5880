"""Drum touch and timing: are ours within what people differ by?

For each voice and metrical place, the Kolmogorov-Smirnov distance between the velocities (and the
micro-timing) of sampled drums and those of held-out drummers; beside it the distance between
training and held-out drummers, and between held-out drummers among themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from songwright.models.grooves import Stroke

PLACES = {0: "beat", 6: "eighth", 3: "sixteenth", 9: "sixteenth", 4: "triplet", 8: "triplet"}
MEASURES = ("velocity", "lateness")
LEAST = 40
Key = tuple[str, str]
Values = dict[Key, list[float]]


@dataclass(frozen=True, slots=True)
class Distance:
    """KS distances of one measure, voice and place."""

    measure: str
    voice: str
    place: str
    strokes: int
    made: float
    rules: float | None
    training: float | None
    """Training drummers against held-out ones: what people differ by."""

    @property
    def within(self) -> bool:
        return self.training is not None and self.made <= self.training


def values_of(grooves: Iterable[Sequence[Stroke]], measure: str) -> Values:
    """Velocities or lateness by voice and place in the quarter."""
    found: defaultdict[Key, list[float]] = defaultdict(list)
    for strokes in grooves:
        for stroke in strokes:
            place = PLACES[stroke.onset % 12]
            found[stroke.voice, place].append(float(getattr(stroke, measure)))
    return dict(found)


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Kolmogorov-Smirnov distance: the widest gap between two distribution functions."""
    a, b = np.sort(one), np.sort(other)
    points = np.union1d(a, b)
    gaps = np.searchsorted(a, points, "right") / len(a) - np.searchsorted(b, points, "right") / len(
        b
    )
    return float(np.abs(gaps).max())


def distances(
    made: Sequence[Sequence[Stroke]],
    held_out: Sequence[Sequence[Stroke]],
    training: Sequence[Sequence[Stroke]],
    rules: Sequence[Sequence[Stroke]] = (),
) -> list[Distance]:
    """One row for each measure, voice and place with at least `LEAST` strokes on every side."""
    rows = []
    for measure in MEASURES:
        tables = [values_of(g, measure) for g in (made, held_out, training, rules)]
        ours, human, learned, ruled = tables
        for key in sorted(human):
            if min(len(human[key]), len(ours.get(key, ()))) < LEAST:
                continue
            base = learned.get(key, [])
            of_rules = ruled.get(key, [])
            rows.append(Distance(
                measure, *key, len(human[key]), distance(ours[key], human[key]),
                distance(of_rules, human[key]) if len(of_rules) >= LEAST else None,
                distance(base, human[key]) if len(base) >= LEAST else None,
            ))  # fmt: skip
    return rows


def summary(rows: Sequence[Distance], measure: str) -> tuple[float, float, float, float]:
    """Median distance of ours, of the rules and of training drummers; share of rows within."""
    own = [r for r in rows if r.measure == measure]
    compared = [r for r in own if r.training is not None]
    return (
        median([r.made for r in own] or [float("nan")]),
        median([r.rules for r in own if r.rules is not None] or [float("nan")]),
        median([r.training for r in compared if r.training is not None] or [float("nan")]),
        sum(r.within for r in compared) / max(1, len(compared)),
    )
