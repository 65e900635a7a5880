"""Blocks of one or two bars that the parts model fills, and what each is written against.

The rules write the part first. What they settle by the plan holds for the model too: where the part
rests, its register, how many notes it plays and on which grid. The model chooses the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import ceil

from songwright.composition.accompany.endings import HELD, SHORT
from songwright.composition.accompany.register import scale_of
from songwright.composition.accompany.stage import Bar, Stage
from songwright.composition.accompany.tune import Tune
from songwright.composition.learned.chords import kind_of
from songwright.composition.learned.part_styles import Manner, PartFacts, manner
from songwright.models.grid import (
    HIGHEST,
    LOWEST,
    POSITION_INDEX,
    STEPS_PER_QUARTER,
    TICKS_PER_STEP,
    nearest_onset,
)
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineRules
from songwright.models.lines import Frame, Harmony, Wish
from songwright.score import Note

SINGLE = frozenset(("inner", "counter", "bass", "arp", "riff"))
"""Roles that play one note at a time."""

_BARS = 2
_EIGHTHS = frozenset(range(0, 72, 6))
_SIXTEENTHS = frozenset(range(0, 72, 3))
_TRIPLETS = frozenset(range(0, 72, 4))
_ROOM = {"inner": 10, "counter": 12, "bass": 12, "chords": 16, "pad": 14}
_LEAST_ROOM = 14
_MOST_REPEATS = 64  # that one note is not all there is, is a matter of the score
_STRONG = 2
_STRONG_IN_PART_WRITING = 3  # there a weak pulse may carry a passing note or a suspension
_FULL = 0.93


def to_c(bar: Bar) -> int:
    """Semitones that bring the key of a bar to C by the shorter way."""
    return (6 - bar.key.tonic_pc) % 12 - 6


@dataclass(frozen=True)
class Block:
    """One or two bars of a phrase.

    ``number`` counts the blocks of its section; ``ruled`` are the rules' notes that begin in it,
    ``held`` all that sound.
    """

    stage: Stage
    facts: PartFacts
    bars: tuple[Bar, ...]
    number: int
    ruled: tuple[Note, ...]
    written: Mapping[str, tuple[Note, ...]]
    held: tuple[Note, ...]

    @property
    def letter(self) -> tuple[str, int]:
        """What it shares with the same place of other sections of its letter."""
        return self.bars[0].section.letter, self.number

    @property
    def start(self) -> int:
        return self.bars[0].start

    @property
    def end(self) -> int:
        return self.bars[-1].end

    @property
    def steps(self) -> int:
        return (self.end - self.start) // TICKS_PER_STEP

    @cached_property
    def shift(self) -> int:
        return to_c(self.bars[0])

    @cached_property
    def manner(self) -> Manner:
        return manner(self.stage.part.role)

    @cached_property
    def is_tight(self) -> bool:
        """Whether the rhythm is a figure of the style, which only takes other pitches."""
        part_writing = self.facts.strict or self.stage.part.role == "pad"
        return self.manner.rhythm == "steady" and not part_writing

    @cached_property
    def ruled_steps(self) -> dict[int, Note]:
        """The rules' notes by the step on which they begin, the longest of each."""
        found: dict[int, Note] = {}
        for note in sorted(self.ruled, key=lambda n: (n.duration_ticks, n.pitch)):
            found[(note.onset_ticks - self.start) // TICKS_PER_STEP] = note
        return found

    @cached_property
    def onsets(self) -> int:
        """Different onsets that the rules play; a voice that never rests moves with the chords."""
        changes = len(self.frame.harmony) if self.is_full else 1
        return max(changes, len(self.ruled_steps))

    @cached_property
    def is_full(self) -> bool:
        """Whether an inner voice or pad of the rules sounds all the time."""
        if self.stage.part.role not in ("inner", "pad"):
            return False
        spans = [(max(n.onset_ticks, self.start), min(n.end_ticks, self.end)) for n in self.held]
        return sum(b - a for a, b in spans) >= _FULL * (self.end - self.start)

    @cached_property
    def chords(self) -> list[frozenset[int]]:
        """Pitch classes of the chord at each step, in C."""
        rows: list[frozenset[int]] = []
        for bar in self.bars:
            for tick in range(bar.start, bar.end, TICKS_PER_STEP):
                pcs = bar.span_at(tick).chord.pcs
                rows.append(frozenset((pc + self.shift) % 12 for pc in pcs))
        return rows

    @cached_property
    def voices(self) -> int:
        """Most notes at once."""
        if self.stage.part.role in SINGLE or not self.stage.instrument.polyphonic:
            return 1
        most = max(Counter(n.onset_ticks for n in self.ruled).values(), default=3)
        return min(4, most)

    @cached_property
    def window(self) -> tuple[int, int]:
        """Sounding pitches in which the block lies: around those of the rules."""
        part = self.stage.part
        pitches = [n.pitch for n in self.ruled] or [n.pitch for n in self.held]
        room = _ROOM.get(part.role, _LEAST_ROOM)
        low, high = min(pitches) - 2, max(pitches) + 2
        spare = max(0, room - (high - low))
        low, high = low - (spare + 1) // 2, high + spare // 2
        return max(part.low, low), min(part.high, high)

    @cached_property
    def frame(self) -> Frame:
        """Metre, chords, tune and bass in steps and in C."""
        stage = self.stage
        meter, role = stage.meter, stage.part.role
        bass = () if role == "bass" else self.heard(stage.bass)
        return Frame(
            meter.numerator, meter.denominator, len(self.bars), self._harmony(),
            _single(self.heard(stage.tune)), bass,
        )  # fmt: skip

    @cached_property
    def others(self) -> tuple[tuple[Sound, ...], ...]:
        """Other single lines of the same rank, written before: the other inner voices."""
        plan, mine = self.stage.plan, self.stage.part
        if mine.role not in ("inner", "counter"):
            return ()
        ids = [p.id for p in plan.parts if p.role in ("inner", "counter") and p.id in self.written]
        return tuple(self.heard(Tune.of(self.written[i])) for i in ids if i != mine.id)

    def heard(self, line: Tune) -> tuple[Sound, ...]:
        """Notes of another part that sound in the block; one held over begins before step 0."""
        bar = self.stage.meter.bar_ticks // TICKS_PER_STEP
        found = []
        for note in line.sounding(self.start, self.end):
            at = (note.onset_ticks - self.start) / TICKS_PER_STEP
            onset = nearest_onset(at, bar) if at >= 0 else round(at)
            length = max(1, round(note.duration_ticks / TICKS_PER_STEP))
            found.append(Sound(onset, length, note.pitch + self.shift))
        return tuple(sorted(found))

    def _harmony(self) -> tuple[Harmony, ...]:
        rows: list[Harmony] = []
        for bar in self.bars:
            for span in bar.spans:
                root, quality = kind_of(span.chord, bar.key)
                if not rows or rows[-1][1:] != (root, quality):
                    rows.append(Harmony((span.start - self.start) // TICKS_PER_STEP, root, quality))
        return tuple(rows)

    def wish(self, like: float | None) -> Wish:
        """What is wished of the model; ``like`` is the likeness to the reference, if any."""
        stage, bar = self.stage, self.bars[-1]
        low, high = self.bounds
        role = stage.part.role
        if role == "chords" and self.voices == 1:
            role = "arp"  # a broken chord
        return Wish(
            role=role, family=self.facts.family, minor=bar.key.is_minor,
            density=self.onsets * STEPS_PER_QUARTER / self.steps, low=low, high=high,
            likeness=like, tempo_bpm=stage.plan.tempo_bpm, ends=bar.phrase_ends,
        )  # fmt: skip

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The window in C, within what the models can write."""
        low, high = self.window
        return max(LOWEST, low + self.shift), min(HIGHEST, high + self.shift)

    @cached_property
    def rules(self) -> LineRules:
        """What must hold: register, density, grid; chord notes on pulses, the scale between."""
        low, high = self.bounds
        places = self.places
        classes = self._classes(places)
        open_ = sum(
            any(p % 12 in row for p in range(low, high + 1)) for row in classes
        )  # fmt: skip
        spare = self.manner.spare
        least = min(open_, ceil((1 - spare) * self.onsets))
        most = max(least, round((1 + spare) * self.onsets) + (not self.is_tight))
        return LineRules(
            low, high, self.voices, least, most, places, classes,
            most_repeats=_MOST_REPEATS, widest_leap=self.manner.leap,
        )  # fmt: skip

    @cached_property
    def places(self) -> frozenset[int]:
        """Steps of the bar that may begin notes: eighths, and finer ones where the rules do."""
        bar = self.stage.meter.bar_ticks // TICKS_PER_STEP
        used = {(n.onset_ticks % self.stage.meter.bar_ticks) // TICKS_PER_STEP for n in self.ruled}
        grid = _EIGHTHS
        odd = used - _EIGHTHS
        if odd:
            triplets = len(odd & _TRIPLETS - _SIXTEENTHS) > len(odd) / 2
            grid = _TRIPLETS if triplets else _SIXTEENTHS
        return frozenset(s for s in grid if s < bar and s in POSITION_INDEX)

    def _classes(self, places: frozenset[int]) -> tuple[frozenset[int], ...]:
        """Pitch classes that may begin at each step of the block; none off the grid."""
        stage, single = self.stage, self.stage.part.role in ("inner", "counter", "bass", "riff")
        lowest = stage.part.role == "bass" or (self.voices == 1 and not stage.bass.notes)
        length = stage.meter.bar_ticks // TICKS_PER_STEP
        strong = _STRONG_IN_PART_WRITING if self.facts.strict else _STRONG
        tune = sounding(self.frame.tune, self.steps)
        rows: list[frozenset[int]] = [frozenset()] * self.steps
        for b, bar in enumerate(self.bars):
            for place in places:
                tick = bar.start + place * TICKS_PER_STEP
                span = bar.span_at(tick)
                pcs = {(pc + self.shift) % 12 for pc in span.chord.pcs}
                allowed = set(pcs)
                if self.is_tight and b * length + place not in self.ruled_steps:
                    continue
                if single and stage.meter.strength(tick - bar.start) < strong:
                    allowed |= {(pc + self.shift) % 12 for pc in scale_of(span.chord, bar.key)}
                if tick == span.start and span.begins and lowest:
                    allowed = {(span.chord.bass_pc + self.shift) % 12}
                sung = {p % 12 for p in tune[b * length + place]}
                rubs = {pc for pc in allowed - pcs if {(pc + 1) % 12, (pc - 1) % 12} & sung}
                rows[b * length + place] = frozenset(allowed - rubs)
        return tuple(rows)


def _single(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The highest note at each onset that lies in the block, as the corpora's tunes have it."""
    highest = {s.onset: s for s in sounds if s.onset >= 0}
    return tuple(highest[onset] for onset in sorted(highest))


def sounding(line: Sequence[Sound], steps: int) -> list[tuple[int, ...]]:
    """The pitches that sound at each step, from low to high."""
    rows: list[list[int]] = [[] for _ in range(steps)]
    for sound in line:
        for step in range(max(0, sound.onset), min(steps, sound.onset + sound.duration)):
            rows[step].append(sound.pitch)
    return [tuple(sorted(row)) for row in rows]


def blocks_of(
    stage: Stage,
    facts: PartFacts,
    ruled: Sequence[Note],
    written: Mapping[str, tuple[Note, ...]],
) -> list[Block]:
    """The blocks of a part, phrase by phrase; the last bar of an ending piece stays the rules'."""
    closes = stage.plan.ending in (*HELD, *SHORT)
    line = Tune.of(ruled)
    found: list[Block] = []
    for _, group in groupby(stage.bars, key=lambda bar: bar.section.id):
        number = 0
        for _, phrase in groupby(group, key=lambda bar: bar.phrase):
            bars = [bar for bar in phrase if not (closes and bar.last)]
            for first in range(0, len(bars), _BARS):
                own = tuple(bars[first : first + _BARS])
                start, end = own[0].start, own[-1].end
                found.append(
                    Block(stage, facts, own, number, line.between(start, end), written,
                          tuple(line.sounding(start, end)))
                )  # fmt: skip
                number += 1
    return found
