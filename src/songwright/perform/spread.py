"""Chords that are not struck at once: strummed guitars, rolled harps and pianos."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.perform.chance import Chance
from songwright.perform.dynamics import INNER_NOTE, TOP_NOTE
from songwright.perform.facts import PlayingFacts
from songwright.score import Note
from songwright.styles import PerformanceFacts
from songwright.units import TICKS_PER_BEAT

DEFAULT_STRUM_MS = 14.0  # a plectrum needs this long over six strings even when it hurries
HARP_MS_PER_NOTE = 32.0
PIANO_MS_PER_NOTE = 24.0
LONGEST_ROLL_MS = 260.0
SLOW_BPM = 92.0  # below it a pianist rolls some of the long chords
PIANO_ROLL_CHANCE = 0.35
UP_STRUM_VELOCITY = 0.9
AHEAD = 0.3  # share of the spread that sounds before the beat, so that its middle is on it
_WIDTH, _ROLL = 21, 22


@dataclass(frozen=True, slots=True)
class SpreadChord:
    """Delay in seconds and velocity factor of each note of a chord, lowest note first."""

    delays_seconds: tuple[float, ...]
    factors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spreader:
    """Decides how one part spreads its chords."""

    instrument: str
    style: PerformanceFacts
    facts: PlayingFacts
    tempo_bpm: float
    pedalled: bool
    onsets: frozenset[int]
    chance: Chance

    def spread(
        self, chord: tuple[Note, ...], tick_in_beat: int, hold_seconds: float
    ) -> SpreadChord:
        """Spread a chord.

        Parameters
        ----------
        chord
            Notes with one written onset, lowest first.
        tick_in_beat
            Position of the onset in its beat; says which way the strumming hand moves.
        hold_seconds
            Written length of the shortest note; a spread takes at most 40 % of it.
        """
        count = len(chord)
        if count < 2:
            return SpreadChord((0.0,) * count, (1.0,) * count)
        factors = [INNER_NOTE] * count
        factors[0], factors[-1] = 1.0, TOP_NOTE
        if self.instrument in self.facts.strummed:
            width, up = self._strum_seconds(chord), self._is_up(chord[0].onset_ticks, tick_in_beat)
        else:
            width, up = self._roll_seconds(chord), False
        width = min(width, 0.4 * hold_seconds)
        if width <= 0.0:
            return SpreadChord((0.0,) * count, tuple(factors))
        step = width / (count - 1)
        lead_in = AHEAD * width if self.instrument in self.facts.strummed else 0.0
        delays = [step * i - lead_in for i in range(count)]
        if up:
            delays.reverse()
            factors = [f * UP_STRUM_VELOCITY for f in factors]
        return SpreadChord(tuple(delays), tuple(factors))

    def _strum_seconds(self, chord: tuple[Note, ...]) -> float:
        if self.style.timing_ms == 0.0 and self.style.strum_ms == 0.0:
            return 0.0
        full = (self.style.strum_ms or DEFAULT_STRUM_MS) / 1000.0
        uneven = 1.0 + 0.15 * self.chance.gauss(_WIDTH, chord[0].onset_ticks)
        strings = min(1.0, (len(chord) - 1) / 5.0)
        return full * max(0.4, strings) * max(0.5, min(1.5, uneven))

    def _is_up(self, tick: int, tick_in_beat: int) -> bool:
        """The hand swings like a pendulum: down on the beat, up between the downs."""
        eighth, sixteenth = TICKS_PER_BEAT // 2, TICKS_PER_BEAT // 4
        beat = tick - tick_in_beat
        busy = beat + sixteenth in self.onsets or beat + 3 * sixteenth in self.onsets
        if busy:
            return tick_in_beat % eighth == sixteenth
        return tick_in_beat == eighth

    def _roll_seconds(self, chord: tuple[Note, ...]) -> float:
        shortest = min(note.duration_ticks for note in chord)
        if len(chord) < 3 or shortest < 2 * TICKS_PER_BEAT or self.style.timing_ms == 0.0:
            return 0.0
        if self.instrument in self.facts.rolled:
            return min(LONGEST_ROLL_MS, HARP_MS_PER_NOTE * (len(chord) - 1)) / 1000.0
        slow = self.pedalled and self.tempo_bpm <= SLOW_BPM and len(chord) >= 4
        if slow and self.chance.uniform(_ROLL, chord[0].onset_ticks) < PIANO_ROLL_CHANCE:
            wide = self.style.strum_ms or PIANO_MS_PER_NOTE * (len(chord) - 1)
            return min(LONGEST_ROLL_MS, wide) / 1000.0
        return 0.0
