"""How well sampled drums read: the musical score by which the best of several is taken.

What is asked of a groove is what a band asks of its drummer: the back-beat where the style has one,
a kick that marks the first beat, a hand that keeps time evenly, bars that belong together, neither
crowded nor bare, and the idiom of the style. Every part of the score lies in 0..1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise
from math import exp, log
from statistics import fmean

from songwright.composition.drum_meter import pulses
from songwright.composition.learned.drum_steps import StepGrid
from songwright.models.grooves import Stroke as Step

BACKS = frozenset(("snare", "rim"))
HAND_TIME = frozenset(("hat", "open", "ride"))
TOMS = frozenset(("high_tom", "mid_tom", "low_tom"))
_WEIGHTS = {
    "backbeat": 2.0,
    "one": 1.5,
    "steady": 2.0,
    "full": 1.0,
    "together": 1.5,
    "idiom": 1.5,
    "kit": 1.5,
}
_IDIOM = 0.55  # a groove that shares so much with the style's own is wholly in its idiom
_GHOST = 48  # below it a snare is a ghost note and no accent


def groove_score(
    steps: Sequence[Step], own: Sequence[Step], bars: int, grid: StepGrid, backbeat: Sequence[int]
) -> float:
    """How well a groove reads, 0..1.

    Parameters
    ----------
    steps
        The groove of ``bars`` bars.
    own
        The style's own groove (that of the rules), as long.
    backbeat
        Pulses on which the back-beat falls; empty if the style has none.
    """
    places = [onset // 40 for onset, *_ in pulses(grid.meter)]
    parts = {
        "one": _one(steps, own, bars, grid.bar),
        "steady": _steady(steps, own, bars, grid.bar),
        "full": exp(-abs(log((len(steps) + 1) / (len(own) + 1)))),
        "together": _together(steps, bars, grid.bar),
        "idiom": min(1.0, alike(steps, own) / _IDIOM),
        "kit": _kit(steps, own, bars),
    }
    backs = {b * grid.bar + places[i] for b in range(bars) for i in backbeat if i < len(places)}
    backs &= {s.onset for s in own if s.voice in BACKS}  # an introduction may do without
    if backs:
        parts["backbeat"] = _backbeat(steps, bars, grid.bar, backs)
    mean = sum(_WEIGHTS[k] * v for k, v in parts.items()) / sum(_WEIGHTS[k] for k in parts)
    return min(mean, parts.get("backbeat", 1.0))  # a broken back-beat spoils everything


def fill_score(steps: Sequence[Step], groove: Sequence[Step], grid: StepGrid) -> float:
    """How well a bar reads as a fill, 0..1.

    Its second half moves over snare and toms, more than the groove does and up to sixteenths, and
    it leads to the end of the bar.
    """
    half = grid.bar // 2
    drums = [s for s in steps if s.onset >= half and s.voice in BACKS | TOMS]
    moves = min(1.0, len({s.onset for s in drums}) / 4.0)
    crowd = len(drums) / max(1, len({s.onset for s in drums}))
    toms = min(1.0, sum(s.voice in TOMS for s in drums) / 3.0)
    leads = 1.0 if drums and max(s.onset for s in drums) >= grid.bar - 6 else 0.0
    new = 1.0 - alike([s for s in steps if s.onset >= half], [s for s in groove if s.onset >= half])
    return (2.0 * moves + toms + 1.5 * leads + new + min(1.0, 1.5 / max(1.0, crowd))) / 6.5


def alike(steps: Sequence[Step], other: Sequence[Step]) -> float:
    """Share of strokes (place and voice; an open hat is a hat) that two grooves have in common."""
    mine, theirs = _places(steps), _places(other)
    union = mine | theirs
    return len(mine & theirs) / len(union) if union else 1.0


def _places(steps: Sequence[Step]) -> set[tuple[int, str]]:
    return {(s.onset, "hat" if s.voice == "open" else s.voice) for s in steps}


def _backbeat(steps: Sequence[Step], bars: int, bar: int, wanted: Set[int]) -> float:
    """Share of back-beats that are there and accented, less accents on the first beat."""
    loud = {s.onset for s in steps if s.voice in BACKS and s.velocity >= _GHOST}
    crossed = fmean(b * bar in loud for b in range(bars))
    return max(0.0, len(wanted & loud) / len(wanted) - 0.5 * crossed)


def _one(steps: Sequence[Step], own: Sequence[Step], bars: int, bar: int) -> float:
    """Kicks on the first beat, as often as the style's own groove has them."""
    wanted = {s.onset // bar for s in own if s.voice == "kick" and s.onset % bar == 0}
    found = {s.onset // bar for s in steps if s.voice == "kick" and s.onset % bar == 0}
    if not wanted:
        return 1.0 - 0.5 * len(found) / bars
    return min(1.0, len(found) / len(wanted))


def _kit(steps: Sequence[Step], own: Sequence[Step], bars: int) -> float:
    """Each voice that the style's own groove uses in every other bar is used about as much."""
    found, wanted = Counter(s.voice for s in steps), Counter(s.voice for s in own)
    usual = [v for v in wanted if wanted[v] >= bars / 2]
    return fmean([min(1.0, 1.4 * found[v] / wanted[v]) for v in usual] or [1.0])


def _steady(steps: Sequence[Step], own: Sequence[Step], bars: int, bar: int) -> float:
    """How evenly the hand keeps time: bar like bar, and as often as in the style's own groove."""
    rows = [
        {s.onset % bar for s in steps if s.voice in HAND_TIME and s.onset // bar == b}
        for b in range(bars)
    ]
    wanted = len({s.onset for s in own if s.voice in HAND_TIME})
    if not wanted:
        return 1.0
    amount = min(1.0, sum(map(len, rows)) / wanted)
    same = fmean([_jaccard(a, b) for a, b in pairwise(rows)] or [1.0])
    return amount * same


def _together(steps: Sequence[Step], bars: int, bar: int) -> float:
    """Bars belong together: they share most of their kicks and snares."""
    rows = [
        {(s.onset % bar, s.voice) for s in steps
         if s.voice not in HAND_TIME and s.onset // bar == b}
        for b in range(bars)
    ]  # fmt: skip
    pairs = [_jaccard(rows[b], rows[b - k]) for k in (1, 2) for b in range(k, bars)]
    return min(1.0, fmean(pairs or [1.0]) / 0.6)


def _jaccard(a: Set[object], b: Set[object]) -> float:
    union = a | b
    return len(a & b) / len(union) if union else 1.0
