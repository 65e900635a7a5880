"""Sections with a place of their own in the control table: where they begin in the file."""

from __future__ import annotations

from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING

from songwright.brief.places import place_text
from songwright.export.measured import MeasuredRow, clock_tenths
from songwright.score.midi import read_midi
from songwright.score.timemap import TimeMap
from songwright.units import seconds_of_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from songwright.brief import Brief
    from songwright.brief.model import SectionPlace
    from songwright.composition import Plan

_LIFTS = {"drop": 1, "breakdown": -1}
"""Sections that are known by the energy that comes or goes with them."""
_BARS = 4  # on either side of the place, for the change of energy


def place_rows(brief: Brief, plan: Plan, midi: bytes) -> tuple[MeasuredRow, ...]:
    """Name, asked, planned, measured, and whether it is obeyed, for each placed section.

    Measured are the marker in the MIDI file, which has to lie within a bar of the time asked for,
    and by how much the four bars from there are louder than the four before: a drop has to be
    louder, a breakdown softer.
    """
    if not brief.places:
        return ()
    from songwright.evaluate.curves import heard_curves  # noqa: PLC0415 (NumPy)

    score = read_midi(midi)
    times = TimeMap.of(score)
    energy = [float(value) for value in heard_curves(score)["energy"]]
    starts = [(s.function, s.start_bar, times.seconds(times.bar_start(s.start_bar)))
              for s in score.sections]  # fmt: skip
    planned = {(s.function, s.start_bar) for s in plan.sections}
    return tuple(_row(place, starts, planned, energy, plan) for place in brief.places)


def _row(
    place: SectionPlace,
    starts: Sequence[tuple[str, int, float]],
    planned: set[tuple[str, int]],
    energy: Sequence[float],
    plan: Plan,
) -> MeasuredRow:
    asked = place_text(place)
    of_kind = [s for s in starts if s[0] == place.function]
    if place.ordinal:
        heads = [s for before, s in pairwise([("", 0, 0.0), *starts])
                 if s[0] == place.function != before[0]]  # fmt: skip
        at = place.ordinal - (place.ordinal > 0)
        of_kind = [heads[at]] if -len(heads) <= at < len(heads) else []
    if not of_kind:
        return "section", asked, "not in the form", "not in the file", False
    length = seconds_of_bar(plan.meter.bar_ticks, plan.tempo_bpm)

    def off_bars(start: tuple[str, int, float]) -> float:
        if place.seconds is None:
            return abs(start[1] - (place.bar or 0))
        return abs(start[2] - place.seconds) / length

    best = min(of_kind, key=off_bars)
    _, bar, seconds = best
    text = f"from bar {bar + 1} ({clock_tenths(seconds)})"
    shown = text if (place.function, bar) in planned else "elsewhere"
    good = off_bars(best) <= (1.0 if place.bar is None else 0.0)
    change = _mean(energy[bar : bar + _BARS]) - _mean(energy[max(0, bar - _BARS) : bar])
    if place.function in _LIFTS and bar and not isnan(change):
        text += f", {change:+.1f} dB"
        good = good and change * _LIFTS[place.function] > 0.0
    return "section", asked, shown, text, good


def _mean(levels: Sequence[float]) -> float:
    heard = [level for level in levels if not isnan(level)]
    return sum(heard) / len(heard) if heard else float("nan")
