"""Stops: the band strikes the first beat of a bar and is silent, so that a lift has a hole to fall
into. Funk, soul and blues live on them; only the tune goes on. Drums and bass lead out of the hole
together: a fill and a pickup on the last pulse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from songwright.composition.plan import SectionPlan
from songwright.score import Note
from songwright.seeds import rng
from songwright.theory import Meter

_LIFT = 0.1
"""Rise of energy that a stop prepares."""

_SHORTEST = 4
"""Bars of a section that can stop without being nothing but a stop."""

_GOES_ON = frozenset({"lead", "drums"})
"""Roles that are not silenced here: the tune goes on, drums write their own stop."""

_STROKE = 100
"""Least velocity of the stroke: it is the point of the bar, also where a scratch was written."""

_PULSES_WITH_PICKUP = 3
"""Pulses that a bar needs for a stroke, a hole and a pickup; drums fill from as many."""


def with_stops(sections: Sequence[SectionPlan], often: float, seed: int) -> tuple[SectionPlan, ...]:
    """The sections, with a stop in the last bar of some that lead into a lift.

    ``often`` is the share 0..1 of such joins that stop; a join of the same letters decides alike.
    """
    result = list(sections)
    for i in range(len(result) - 1):
        here, there = result[i], result[i + 1]
        chosen = rng(seed, "stops", here.letter, there.letter).random() < often
        rises = there.energy - here.energy > _LIFT
        if chosen and rises and here.fill and here.bars >= _SHORTEST and here.function != "build":
            result[i] = replace(here, stop=True)
    return tuple(result)


def stopped(
    role: str, notes: Iterable[Note], sections: Sequence[SectionPlan], meter: Meter
) -> tuple[Note, ...]:
    """The notes of a part with its stops: one short, strong stroke on the first beat, then nothing.

    Notes that ring into the bar are damped with the stroke. What a bass has on the last pulse of
    the bar stays, as its pickup into the next section.
    """
    if role in _GOES_ON:
        return tuple(notes)
    pulse = meter.pulses_ticks[0]
    picks_up = role == "bass" and len(meter.pulses_ticks) >= _PULSES_WITH_PICKUP
    pickup = meter.pulses_ticks[-1] if picks_up else 0
    bars = [
        ((s.end_bar - 1) * meter.bar_ticks, s.end_bar * meter.bar_ticks)
        for s in sections if s.stop
    ]  # fmt: skip
    result = []
    for note in notes:
        kept: Note | None = note
        for start, end in bars:
            if end - pickup <= note.onset_ticks < end:
                kept = note
            elif start <= note.onset_ticks < end:
                kept = _struck(note, start, pulse)
            elif note.onset_ticks < start < note.end_ticks:
                kept = _until(note, start + pulse)
        if kept is not None:
            result.append(kept)
    return tuple(result)


def _struck(note: Note, start: int, pulse: int) -> Note | None:
    if note.onset_ticks >= start + pulse // 2:
        return None
    sounding = "" if note.articulation == "ghost" else note.articulation
    stroke = replace(note, velocity=max(note.velocity, _STROKE), articulation=sounding)
    return _until(stroke, start + pulse)


def _until(note: Note, end: int) -> Note:
    return note if note.end_ticks <= end else replace(note, duration_ticks=end - note.onset_ticks)
