"""Curves drawn by hand, resolved to a level for each bar, and what they do to the chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import Brief, EnergyPoint
from songwright.composition.plan import Decision, DrawnCurve, Plan
from songwright.errors import BriefError
from songwright.score import ChordSpan
from songwright.theory import Key
from songwright.theory.roman import roman_of
from songwright.units import seconds_of_bar

# Chord qualities from plain to tense, by the kind of triad: each step is more dissonant by the mean
# consonance of its dyads (Huron 1994, see `songwright.evaluate.curves`).
_LADDERS = {
    "major": ("", "", "6", "maj7", "maj9", "maj7#11"),
    "dominant": ("", "", "7", "9", "7b9", "7#11"),
    "minor": ("m", "m", "m7", "m9", "mMaj7", "m13"),
    "diminished": ("dim", "dim", "m7b5", "m7b5", "dim7", "dim7"),
}


def levels_of(
    points: Sequence[EnergyPoint], bars: int, bar_seconds: float, first: float | None = None
) -> tuple[float, ...]:
    """The level 0..1 in the middle of each bar; straight between points, level beyond them.

    Parameters
    ----------
    points
        At least one.
    bars, bar_seconds
        Length of the piece and of a bar.
    first
        Level at the beginning, if no point is there; the first point's when None.

    Raises
    ------
    BriefError
        If a point that is told in bars lies after the end.
    """
    for point in points:
        if point.bar is not None and point.bar > bars:
            raise BriefError(
                f"the curve has a point at bar line {point.bar:g}, but the piece has {bars} bars; "
                "ask for more bars or move the point"
            )
    line = sorted((_place(p, bars, bar_seconds), p.level) for p in points)
    if line[0][0] > 0:
        line.insert(0, (0.0, line[0][1] if first is None else first))
    if line[-1][0] < bars:
        line.append((float(bars), line[-1][1]))
    levels = []
    for bar in range(bars):
        x = bar + 0.5
        k = max(i for i, p in enumerate(line) if p[0] <= x)
        (x0, y0), (x1, y1) = line[k], line[min(k + 1, len(line) - 1)]
        levels.append(y0 if x1 <= x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    return tuple(levels)


def _place(point: EnergyPoint, bars: int, bar_seconds: float) -> float:
    if point.bar is not None:
        return point.bar
    if point.seconds is not None:
        return min(float(bars), point.seconds / bar_seconds)
    return point.position * bars


def with_curves(plan: Plan, brief: Brief) -> Plan:
    """The plan with the curves of a brief; a tension curve also colours the chords.

    Chords that were asked for stay as they were asked for.
    """
    if not brief.curves:
        return plan
    bar_seconds = seconds_of_bar(plan.meter.bar_ticks, plan.tempo_bpm)
    curves = tuple(
        DrawnCurve(c.name, tuple(round(x, 4) for x in levels_of(c.points, plan.bars, bar_seconds)))
        for c in brief.curves
    )
    plan = replace(plan, curves=curves)
    tension = plan.drawn("tension")
    if not tension:
        return plan
    if brief.chart or any(section.chart for section in brief.form):
        why = "the chords were asked for; the curve of tension does not change them"
        return replace(plan, decisions=(*plan.decisions, Decision("tension", "kept", why)))
    return replace(plan, chords=tense(plan, plan.chords, tension))


def tense(
    plan: Plan, chords: Sequence[ChordSpan], levels: Sequence[float]
) -> tuple[ChordSpan, ...]:
    """Chords coloured to a level for each bar: from plain triads (0) to altered chords (1).

    Roots stay, and so does the last chord of a piece that comes to rest. Suspended, augmented and
    power chords stay as they are.
    """
    bar = plan.meter.bar_ticks
    result = []
    for i, span in enumerate(chords):
        closes = i + 1 == len(chords) and plan.ending not in ("loop", "fade")
        at = min(span.onset_ticks // bar, len(levels) - 1)
        key = plan.section_at(at).key
        kind = _kind(span, key)
        if closes or not kind:
            result.append(span)
            continue
        ladder = _LADDERS[kind]
        quality = ladder[min(len(ladder) - 1, int(levels[at] * len(ladder)))]
        chord = replace(span.chord, quality=quality)
        result.append(replace(span, chord=chord, roman=roman_of(chord, key)))
    return tuple(result)


def _kind(span: ChordSpan, key: Key) -> str:
    steps = {(pc - span.chord.root_pc) % 12 for pc in span.chord.pcs}
    if 4 in steps and 7 in steps:
        leads = (span.chord.root_pc - key.tonic_pc) % 12 == 7 or 10 in steps
        return "dominant" if leads else "major"
    if 3 in steps and 7 in steps:
        return "minor"
    return "diminished" if {3, 6} <= steps else ""
