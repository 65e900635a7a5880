"""What happens inside a note: swells, vibrato, slides and slow changes of brightness.

Each curve is anchored at the notes it belongs to and held in between, so that an edit changes only
the curve under the notes that were edited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi, sin

from songwright.perform.facts import FamilyFacts
from songwright.perform.model import ControlPoint
from songwright.perform.shape import Shape
from songwright.perform.sounding import Group
from songwright.score import Instrument, TimeMap
from songwright.units import TICKS_PER_BEAT

MODULATION, EXPRESSION, BRIGHTNESS, BEND = 1, 11, 74, 128
EXPRESSION_REST = 108  # expression of notes too short to swell
SWELL_DEPTH = 34  # controller steps between the ends and the peak of a full swell
SWELL_PEAK = 0.55  # of the note
ENERGY_STEPS = 30  # expression that a held note gains when the energy rises from 0 to 1
LONG_NOTE_SECONDS = 1.0
VIBRATO_NOTE_SECONDS = 0.6
SLIDE_SEMITONES = 1.0
SLIDE_SECONDS = 0.09
BEND_PER_SEMITONE = 4096
BRIGHTNESS_REST, BRIGHTNESS_SWING = 64, 22
_HOLD = 0.004  # seconds between a held value and the jump after it


@dataclass(frozen=True, slots=True)
class Expression:
    """Controller curves of one part."""

    instrument: Instrument
    family: FamilyFacts
    phrasing: float
    shape: Shape
    times: TimeMap
    evolving: bool
    solo: bool

    def points(self, groups: Sequence[Group]) -> Iterator[ControlPoint]:
        """All controller points for the groups of a part, in no particular order."""
        if self.family.swell:
            yield ControlPoint(0.0, EXPRESSION, EXPRESSION_REST)
        for group in groups:
            if self.family.swell:
                yield from self._swell(group)
            if self.solo and self.family.vibrato and len(group.notes) == 1:
                yield from self._vibrato(group)
            if self.family.bends and len(group.notes) == 1:
                yield from self._slide(group)
        if self.evolving and groups:
            yield from self._evolution(groups)

    def _length(self, group: Group) -> float:
        """Seconds for which the group can be shaped: until it ends or the next one begins."""
        end = self.times.seconds(group.end_ticks)
        return max(0.0, min(end, group.next_onset_seconds) - group.onset_seconds)

    def _swell(self, group: Group) -> Iterator[ControlPoint]:
        length, start = self._length(group), group.onset_seconds
        if length < LONG_NOTE_SECONDS:
            yield ControlPoint(start, EXPRESSION, EXPRESSION_REST)
            yield ControlPoint(start + length - _HOLD, EXPRESSION, EXPRESSION_REST)
            return
        depth = SWELL_DEPTH * self.family.swell * (0.35 + 0.65 * self.phrasing)
        end_tick = min(group.end_ticks, group.tick + group.room_ticks)
        rise = self.shape.energy(max(group.tick, end_tick - 1)) - self.shape.energy(group.tick)
        edge = EXPRESSION_REST - 0.55 * depth
        for share in (0.0, 0.3, SWELL_PEAK, 0.8, 1.0):
            angle = share / SWELL_PEAK if share <= SWELL_PEAK else (1 - share) / (1 - SWELL_PEAK)
            value = edge + depth * sin(pi / 2 * angle) + ENERGY_STEPS * rise * share
            seconds = start + share * length - (_HOLD if share == 1.0 else 0.0)
            yield ControlPoint(seconds, EXPRESSION, _whole(value))

    def _vibrato(self, group: Group) -> Iterator[ControlPoint]:
        length, start = self._length(group), group.onset_seconds
        if length < VIBRATO_NOTE_SECONDS:
            return
        depth = self.family.vibrato * (0.6 + 0.4 * self.shape.energy(group.tick))
        # A player lets the pitch settle before the vibrato begins.
        yield ControlPoint(start, MODULATION, 0)
        yield ControlPoint(start + 0.3 * length, MODULATION, 0)
        yield ControlPoint(start + 0.62 * length, MODULATION, _whole(depth))
        yield ControlPoint(start + 0.88 * length, MODULATION, _whole(0.75 * depth))
        yield ControlPoint(start + length - _HOLD, MODULATION, 0)

    def _slide(self, group: Group) -> Iterator[ControlPoint]:
        if group.notes[0].articulation != "slide":
            return
        start = group.onset_seconds
        length = min(SLIDE_SECONDS, 0.5 * self._length(group))
        if start > _HOLD:
            yield ControlPoint(start - _HOLD, BEND, 0)
        yield ControlPoint(start, BEND, -round(SLIDE_SEMITONES * BEND_PER_SEMITONE))
        yield ControlPoint(start + length, BEND, 0)

    def _evolution(self, groups: Sequence[Group]) -> Iterator[ControlPoint]:
        """Brightness that opens and closes with the phrases; one point every two beats."""
        first, last = groups[0].tick, groups[-1].end_ticks
        for tick in range(first - first % (2 * TICKS_PER_BEAT), last, 2 * TICKS_PER_BEAT):
            arc = self.shape.arc(tick) * 0.7 + (self.shape.energy(tick) - 0.5) * 0.6
            value = BRIGHTNESS_REST + BRIGHTNESS_SWING * arc
            yield ControlPoint(self.times.seconds(tick), BRIGHTNESS, _whole(value))


def _whole(value: float) -> int:
    return max(0, min(127, round(value)))
