"""Curves in the control table, drawn or told in words: how alike they are to what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from songwright.brief.curves import points_text
from songwright.composition.drawn import levels_of
from songwright.score.midi import read_midi
from songwright.score.timemap import TimeMap
from songwright.units import TICKS_PER_BEAT

if TYPE_CHECKING:
    from songwright.brief import Brief
    from songwright.brief.model import EnergyPoint
    from songwright.composition import Plan
    from songwright.evaluate.notes import Floats
    from songwright.score import Score

CLEAR = 0.5
"""Rank correlation from which a curve counts as obeyed; half of it is a moderate likeness."""
_SHOWN = 8
_LOUDEST_BARS = 4
_CLIMAX = 0.95  # the level of what was called a climax


def curve_rows(
    brief: Brief, plan: Plan, midi: bytes
) -> list[tuple[str, str, str, str, bool | None]]:
    """For each curve of a plan: name, asked, planned, measured, and whether it is obeyed.

    Measured is Spearman's rank correlation between the level asked for and what the bars of the
    file hold; None where it is not defined.
    """
    told = bool(brief.energy) and all(curve.name != "energy" for curve in plan.curves)
    if not plan.curves and not told:
        return []
    from songwright.evaluate.curves import heard_curves, rank_correlation  # noqa: PLC0415 (NumPy)

    score = read_midi(midi)
    heard = heard_curves(score)
    asked = {c.name: points_text(c.points) for c in brief.curves}
    rows: list[tuple[str, str, str, str, bool | None]] = []
    if told:
        rows.append(_energy_row(brief, plan, score, heard["energy"]))
    for curve in plan.curves:
        likeness = rank_correlation(curve.levels, heard[curve.name])
        text = "not defined (flat)" if likeness is None else f"rank correlation {likeness:.2f}"
        rows.append(
            (f"{curve.name} curve", asked.get(curve.name, "drawn"), _sketch(curve.levels), text,
             None if likeness is None else likeness >= CLEAR)
        )  # fmt: skip
    return rows


def _energy_row(
    brief: Brief, plan: Plan, score: Score, heard: Floats
) -> tuple[str, str, str, str, bool | None]:
    """Energy told in words: likeness of the curve, and where the loudest bars are.

    A climax is met if the loudest bars lie within an eighth of the piece of it and the curve is
    moderately alike; any other curve has to be clearly alike.
    """
    from songwright.evaluate.curves import rank_correlation  # noqa: PLC0415 (NumPy)

    bar_seconds = plan.meter.bar_ticks / TICKS_PER_BEAT * 60.0 / plan.tempo_bpm
    length = plan.bars * bar_seconds
    places = [_place_seconds(point, length, bar_seconds) for point in brief.energy]
    told_from = int(min(places) / bar_seconds)  # what comes before the first point is left open
    likeness = rank_correlation(
        levels_of(brief.energy, plan.bars, bar_seconds)[told_from:], heard[told_from:]
    )
    level = [-99.0 if isnan(value) else float(value) for value in heard]  # NaN: a silent bar
    width = min(_LOUDEST_BARS, len(level))
    sums = [sum(level[i : i + width]) for i in range(len(level) - width + 1)]
    first = sums.index(max(sums))
    times = TimeMap.of(score)
    begin, end = (times.seconds(times.bar_start(bar)) for bar in (first, first + width))
    text = f"loudest from {_clock(begin)} to {_clock(end)}"
    good = None
    if likeness is not None:  # of one point alone it is not defined
        text += f"; rank correlation {likeness:.2f}"
        good = likeness >= CLEAR
    top = max(range(len(places)), key=lambda i: brief.energy[i].level)
    if brief.energy[top].level >= _CLIMAX:
        slack = length / 8.0
        near = begin - slack <= places[top] <= end + slack
        good = near and (likeness is None or likeness >= CLEAR / 2.0)
    said = dict.fromkeys(h.words for h in brief.heard if h.control == "energy")
    asked = ", ".join(said) or points_text(brief.energy)
    return "energy", asked, _sketch(plan.energy), text, good


def _place_seconds(point: EnergyPoint, length: float, bar_seconds: float) -> float:
    if point.bar is not None:
        return point.bar * bar_seconds
    return point.seconds if point.seconds is not None else point.position * length


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _sketch(levels: Sequence[float]) -> str:
    """A few levels of a curve, evenly spaced."""
    step = max(1, len(levels) // _SHOWN)
    return " ".join(f"{x:.2f}" for x in levels[::step][:_SHOWN])
