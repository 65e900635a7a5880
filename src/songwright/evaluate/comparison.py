"""Several pieces side by side: a ranking, and which groups decide it.

Only metrics that judge all of the pieces take part, so that a piece gains nothing by leaving
something undefined. The grade is half the mean of the groups and half the worst group: no average
hides a failure. It ranks likeness to human music of the kind, not worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from songwright.evaluate.judgement import Group, Judged, Judgement, groups_of

_CLEAR = 0.03
"""Groups closer than this do not decide anything."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A group in which a piece differs from the one it is held against.

    ``ahead`` is the difference of the means (negative: behind); ``metrics`` are the names of those
    that differ most in that direction.
    """

    group: str
    mine: float
    other: float
    metrics: tuple[str, ...]

    @property
    def ahead(self) -> float:
        return round(self.mine - self.other, 4)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A piece in a ranking. The first is held against the second, all others against the first."""

    name: str
    rank: int
    grade: float
    groups: tuple[Group, ...]
    against: str
    reasons: tuple[Deciding, ...]


def rank(pieces: Sequence[tuple[str, Judgement]]) -> tuple[Ranked, ...]:
    """Rank pieces by grade, the best first; pieces with equal grades keep their order.

    Raises
    ------
    ValueError
        If no metric judges all of them (a sound beside a MIDI file).
    """
    shared = set.intersection(
        *({m.id for m in judgement.metrics if m.score is not None} for _, judgement in pieces)
    )
    if not shared:
        raise ValueError("no metric judges all of these pieces")
    rows = []
    for name, judgement in pieces:
        metrics = tuple(m for m in judgement.metrics if m.id in shared)
        groups = groups_of(metrics)
        means = [g.mean for g in groups]
        rows.append((round((fmean(means) + min(means)) / 2.0, 4), name, groups, metrics))
    rows.sort(key=lambda row: -row[0])
    ranked = []
    for place, (grade, name, groups, metrics) in enumerate(rows):
        other = rows[(1 if place == 0 else 0) if len(rows) > 1 else 0]
        reasons = _reasons(groups, metrics, other[2], other[3])
        against = other[1] if len(rows) > 1 else ""
        ranked.append(Ranked(name, place + 1, grade, groups, against, reasons))
    return tuple(ranked)


def _reasons(
    groups: Sequence[Group],
    metrics: Sequence[Judged],
    other_groups: Sequence[Group],
    other_metrics: Sequence[Judged],
) -> tuple[Deciding, ...]:
    theirs = {m.id: m.score or 0.0 for m in other_metrics}
    decisive = []
    for mine, other in zip(groups, other_groups, strict=True):
        ahead = mine.mean - other.mean
        if abs(ahead) < _CLEAR:
            continue
        sign = 1.0 if ahead > 0 else -1.0
        gaps = sorted(
            ((sign * ((m.score or 0.0) - theirs[m.id]), m.facts.name)
             for m in metrics if m.facts.dimension == mine.name),
            key=lambda gap: -gap[0],
        )  # fmt: skip
        names = tuple(name for gap, name in gaps[:3] if gap > 0)
        decisive.append(Deciding(mine.name, mine.mean, other.mean, names))
    return tuple(sorted(decisive, key=lambda d: -abs(d.ahead)))
