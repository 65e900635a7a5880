"""Slurs of fretted strings: which notes a fretting hand sounds without the pick.

A finger hammers on to a higher fret of the string that sounds, or pulls off to a lower one. Players
do it where hands are quick: from a note on the beat to its neighbour off the beat (in swung eighths
from off the beat into it), within the four frets that a hand covers, twice at most before the
string must be picked again. Lines that are written legato are slurred wherever that is possible.
Letting chords ring is not slurring: only roles with a share of slurs have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from songwright.perform.chance import Chance
from songwright.perform.facts import SlurFacts
from songwright.perform.sounding import CONNECTED_TICKS, Group
from songwright.perform.swing import Swing
from songwright.units import TICKS_PER_BEAT

SWUNG_FROM = 0.6
"""Share of a pair of eighths from which its second note leads into the next beat."""

_LEFT_OPEN = ("", "legato", "accent", "tenuto", "slide")  # a string that can be slurred from
_PULSE, _MAIN = 2, 3  # metrical strengths: a beat, the main division of a bar


@dataclass(frozen=True, slots=True)
class FrettingHand:
    """The left hand of a part on a fretted instrument.

    ``share`` of the slurs that lie in the hand are played; whether one is depends on its tick and
    pitch alone (``chance`` is the node of the part).
    """

    share: float
    swing: Swing
    facts: SlurFacts
    chance: Chance

    def slurs(self, groups: Sequence[Group]) -> Iterator[int]:
        """Written onsets of the notes that are hammered on or pulled off, in order.

        ``groups`` are all notes of the part by onset, in order.
        """
        ringing = 0  # the last end of the notes before the last two
        hand: list[int] = []  # pitches since the pick
        for place in range(1, len(groups)):
            before, after = groups[place - 1], groups[place]
            if place > 1:
                ringing = max(ringing, groups[place - 2].end_ticks)
            reached = [*(hand or [before.notes[0].pitch]), after.notes[0].pitch]
            slurred = (
                _connected(before, after)
                and ringing <= after.tick
                and len(reached) <= self.facts.most + 1
                and max(reached) - min(reached) <= self.facts.reach_semitones
                and self._likely(before, after)
            )
            if slurred:
                yield after.tick
            hand = reached if slurred else []

    def _likely(self, before: Group, after: Group) -> bool:
        """True if this player slurs here."""
        elapsed = after.onset_seconds - before.onset_seconds
        here, there = self._strength(after.tick), self._strength(before.tick)
        first, second = before.notes[0], after.notes[0]
        if first.articulation == second.articulation == "legato":
            return elapsed <= self.facts.longest_legato_seconds and here < _MAIN
        if second.articulation or elapsed > self.facts.longest_seconds:
            return False
        swung = self.swing.share >= SWUNG_FROM and self.swing.unit_ticks == TICKS_PER_BEAT // 2
        strong, weak = (here, there) if swung else (there, here)
        if weak >= _PULSE or weak >= strong:
            return False
        return self.chance.uniform(second.onset_ticks, second.pitch) < self.share

    def _strength(self, tick: int) -> int:
        times = self.swing.times
        return times.meter(tick).strength(times.position(tick)[1])


def _connected(before: Group, after: Group) -> bool:
    """True for two single notes of different pitch, one right after the other."""
    if len(before.notes) > 1 or len(after.notes) > 1:
        return False
    first, second = before.notes[0], after.notes[0]
    near = abs(first.end_ticks - second.onset_ticks) <= CONNECTED_TICKS
    return near and first.pitch != second.pitch and first.articulation in _LEFT_OPEN
