"""A right hand that is more than one finger: octaves at a climax, thirds and sixths before it.

For a tune that shares a keyboard with its accompaniment. It stays on top; what is added belongs to
the chord, sounds with the weightier notes and leaves the keys of the other hand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.accompany.tune import Tune
from songwright.composition.melody.letters import chord_lookup
from songwright.composition.plan import PartPlan, Plan
from songwright.score import Note, instrument

_OCTAVES_FROM = 0.58  # energy of the section
_THIRDS_FROM = 0.38
_LEAST_TICKS = 240


def doubled(
    notes: Sequence[Note], plan: Plan, part: PartPlan, left: Sequence[Note]
) -> tuple[Note, ...]:
    """The tune with its doublings, in order of onset; unchanged for players of one line.

    ``left`` are the notes of the other hand, above which the doublings stay.
    """
    if not part.staff_group or not instrument(part.instrument).polyphonic:
        return tuple(notes)
    other = Tune.of(left)
    bar = plan.meter.bar_ticks
    result: list[Note] = []
    for note in notes:
        index = note.onset_ticks // bar
        section = plan.section_at(index)
        chord = chord_lookup(plan, section)(note.onset_ticks - section.start_bar * bar)
        strong = plan.meter.strength(note.onset_ticks % bar) >= 2
        if note.duration_ticks < _LEAST_TICKS or not (strong or note.duration_ticks >= 480):
            below = None
        elif section.energy >= _OCTAVES_FROM:
            below = note.pitch - 12
        elif section.energy >= _THIRDS_FROM and note.pitch % 12 in chord.pcs:
            under = [p for p in range(note.pitch - 9, note.pitch - 2) if p % 12 in chord.pcs]
            below = under[-1] if under else None
        else:
            below = None
        top = other.highest(note.onset_ticks, note.end_ticks)
        if below is not None and below >= part.low and (top is None or below > top):
            result.append(replace(note, pitch=below, velocity=max(1, note.velocity - 8)))
        result.append(note)
    return tuple(result)
