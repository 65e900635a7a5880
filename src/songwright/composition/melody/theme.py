"""Themes: phrases of cells that return and develop.

A theme is laid out as cells of one or two bars with labels. Equal letters share rhythm and contour;
marks say how a return differs: moved along the scale (sequence), turned upside down (inversion),
cut to its head (fragmentation), slowed into a close (cadence).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from songwright.composition.melody.broken import broken_chord
from songwright.composition.melody.cadence import closing
from songwright.composition.melody.cells import Cell, inverted, moved, pitch_at
from songwright.composition.melody.contours import NEAR, led_from, shapes
from songwright.composition.melody.idioms import Idiom, Spans
from songwright.composition.melody.layout import CellPlan, layout
from songwright.composition.melody.line import Moment, pitch_line
from songwright.composition.melody.rhythm import RhythmTaste, breathe, draw_cell, varied
from songwright.score import Note
from songwright.styles import MelodyFacts
from songwright.theory import Chord, Key, Meter

_WIDE_LEAPS = 0.6
"""The taste for leaps from which tunes also run through chords, and how often they do."""
_THROUGH_CHORDS = 0.35

_BREATH_TICKS = 480
"""Rests from which a line need not go on from where it was. In scores of quartets and orchestras a
note after such a rest lies more than a fourth away three times as often as without one."""

_PER_SEMITONE_OF_JOIN = 0.15


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a theme is set: harmony, metre, register and density.

    ``chord_at`` takes ticks from the start of the section. ``centre`` is the pitch around which the
    line moves; ``reach`` how many semitones its contour spans to either side. ``closes`` asks for a
    full close at the end; ``upbeat`` is sung before the bars that begin a phrase.
    """

    meter: Meter
    phrases: tuple[int, ...]
    chord_at: Callable[[int], Chord]
    key: Key
    low: int
    high: int
    centre: float
    reach: float
    taste: RhythmTaste
    closes: bool
    cell_bars: int
    idiom: Idiom | None = None
    upbeat: Spans = ()
    states: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """Notes in ticks from the start of the section (an upbeat is negative), the cells by letter, of
    which other themes may be made, and how cells were laid out."""

    notes: tuple[Note, ...]
    cells: dict[str, Cell]
    layout: tuple[CellPlan, ...] = ()


def compose_theme(
    setting: Setting,
    facts: MelodyFacts,
    scheme: str,
    rng: Random,
    motifs: dict[str, Cell] | None = None,
) -> Theme:
    """Write a theme for a section.

    ``motifs`` are cells of another theme that stand in for material of the same letter, so that
    the two are kin.
    """
    writer = _Writer(setting, facts, rng, dict(motifs or {}))
    cells = layout(setting.phrases, scheme, setting.cell_bars, rng)
    sounding = [i for i, cell in enumerate(cells) if cell.label != "-"]
    climax = _climax(sounding)
    for index, cell in enumerate(cells):
        if cell.label != "-":
            is_last = index == sounding[-1]
            writer.write(cell, is_last, index == climax)
        writer.start += cell.bars * setting.meter.bar_ticks
    return Theme(tuple(writer.notes), writer.sung, tuple(cells))


def _climax(sounding: Sequence[int]) -> int:
    """The cell that holds the highest note: about two thirds through, never the close."""
    if len(sounding) < 3:
        return sounding[0] if sounding else 0
    return sounding[min(len(sounding) - 2, round(0.66 * (len(sounding) - 1)))]


@dataclass
class _Writer:
    """Carries a theme from cell to cell."""

    setting: Setting
    facts: MelodyFacts
    rng: Random
    known: dict[str, Cell]

    def __post_init__(self) -> None:
        self.notes: list[Note] = []
        self.sung: dict[str, Cell] = {}
        self.start = 0
        self.before: tuple[int, ...] = ()
        self.shapes = shapes(self.rng)
        self.total = sum(self.setting.phrases) * self.setting.meter.bar_ticks
        self.travel = 0

    def write(self, cell: CellPlan, is_last: bool, is_climax: bool) -> None:
        """Add one cell."""
        setting, rng, label, ends = self.setting, self.rng, cell.label, cell.ends
        length = cell.bars * setting.meter.bar_ticks
        source = self.known.get(label[0])
        spans = self._rhythm(label, cell.bars, source, is_last)
        if ends and not label.endswith("."):
            spans = breathe(spans, length, setting.meter, self.facts.rest, rng)
        if setting.states and not self.sung and source is not None and label == "a":
            self._state(source, length)
            return
        if cell.starts and setting.upbeat and spans[0][0] == 0:
            spans = self._room_for(setting.upbeat) + spans
        end = ("close" if is_last and setting.closes else "open") if ends else ""
        breath = self._breathes(self.start + spans[0][0])
        goes_on = None if breath else self.before[-1]
        moments = self._moments(label, spans, source, end, length, is_climax, goes_on)
        pitches = pitch_line(
            moments, setting.low, setting.high, self.facts, rng, self.before, breath=breath
        )
        if label[0] not in self.sung:
            self.sung[label[0]] = Cell(spans, pitches, setting.key)
            self.known[label[0]] = self.sung[label[0]]
        self._place(spans, pitches)

    def _state(self, motif: Cell, length: int) -> None:
        """The given motif, note by note; it is what all that comes back comes back from."""
        low, high = self.setting.low, self.setting.high
        up = (self.setting.key.tonic_pc - motif.key.tonic_pc + 6) % 12 - 6
        sung = [p + up for p in motif.pitches]
        mean = sum(sung) / len(sung)
        fitting = [
            s for s in range(-48, 49, 12)
            if low <= min(sung) + s and max(sung) + s <= high
        ]  # fmt: skip
        shift = min(fitting, key=lambda s: abs(mean + s - self.setting.centre), default=None)
        if shift is None:  # too wide for the part: the nearest octave, notes beyond it folded in
            shift = round((self.setting.centre - mean) / 12) * 12
        pitches = [_folded(p + shift, low, high) for p in sung]
        spans = tuple((o, min(d, length - o)) for o, d in motif.spans if o < length)
        self.sung["a"] = self.known["a"] = Cell(
            spans, tuple(pitches[: len(spans)]), self.setting.key
        )
        self._place(spans, pitches[: len(spans)])

    def _room_for(self, upbeat: Spans) -> Spans:
        """The upbeat as far as the phrase before leaves room; its last note gives way."""
        if not self.notes:
            return upbeat
        last = self.notes[-1]
        least = last.onset_ticks + min(last.duration_ticks, 240) - self.start
        return tuple(span for span in upbeat if span[0] >= least)

    def _breathes(self, onset: int) -> bool:
        """Whether a note would be the first, or follow a rest."""
        return not self.notes or onset - self.notes[-1].end_ticks >= _BREATH_TICKS

    def _place(self, spans: Spans, pitches: Sequence[int]) -> None:
        meter = self.setting.meter
        first = self.start + spans[0][0]
        while self.notes and self.notes[-1].onset_ticks >= first:
            self.notes.pop()
        if self.notes and self.notes[-1].end_ticks > first:
            last = self.notes[-1]
            kept = first - last.onset_ticks
            if spans[0][0] < 0 and kept >= 720 and self.rng.random() < 0.5:
                kept -= 240  # a breath before the upbeat
            self.notes[-1] = replace(last, duration_ticks=kept)
        for (onset, duration), pitch in zip(spans, pitches, strict=True):
            at = self.start + onset
            velocity = 74 + 4 * min(3, meter.strength(at % meter.bar_ticks))
            self.notes.append(Note(at, min(duration, self.total - at), pitch, velocity))
        self.before = (*self.before, *pitches)[-2:]

    def _rhythm(self, label: str, bars: int, source: Cell | None, is_last: bool) -> Spans:
        """Rhythm of a cell: drawn anew, or taken from the cell that it develops."""
        setting, rng = self.setting, self.rng
        bar = setting.meter.bar_ticks
        length = bars * bar
        if label.endswith("."):
            kind = "b" if rng.random() < 0.4 else "a"
            head = source or self.known.get(kind, self.known.get("a"))
            spans = _inside(head.spans, length) if head is not None else ()
            return closing(
                spans, length, setting.meter, setting.taste, self.facts.rest, is_last, rng
            )
        if source is None:
            taste = setting.taste
            if label[0] != "a":  # contrast: busier or calmer than a
                factor = rng.choice((0.75, 1.25))
                taste = replace(taste, notes_per_bar=taste.notes_per_bar * factor)
            known = [cell.spans for cell in self.sung.values()]
            for _ in range(3):  # new material has a rhythm of its own
                spans = draw_cell(setting.meter, bars, taste, setting.idiom, rng)
                if spans not in known:
                    break
            return spans
        spans = _inside(source.spans, length)
        if label.endswith("!") and bars > 1:  # the head of the motif, once in each bar
            head_spans = _inside(source.spans, bar)
            return tuple((b * bar + o, d) for b in range(bars) for o, d in head_spans)
        if label.endswith("~"):
            return varied(spans, rng)
        return spans

    def _moments(
        self,
        label: str,
        spans: Spans,
        source: Cell | None,
        end: str,
        length: int,
        is_climax: bool,
        goes_on: int | None,
    ) -> list[Moment]:
        setting = self.setting
        onsets = [o for o, _ in spans]
        repeats = source is not None and not label.endswith(".")
        if repeats and source is not None:
            targets, intervals = self._repeated(label, onsets, source, is_climax, goes_on)
            fidelity, grip = 0.45, 0.6
        else:
            targets = self._contour(label, onsets, length, is_climax)
            if goes_on is not None:
                targets = led_from(goes_on, targets, onsets, length)
            intervals, fidelity, grip = [None] * len(onsets), 0.4, 0.0
            is_close = label.endswith(".")
            if not is_close and label[0] == "a":
                intervals, grip = self._signature(onsets), 0.6
            elif not is_close and self._runs_through():
                targets, intervals = broken_chord(
                    onsets, targets, setting.meter.bar_ticks,
                    lambda onset: setting.chord_at(self.start + onset),
                    (setting.low, min(setting.high, round(setting.centre + setting.reach))),
                )  # fmt: skip
                grip = 0.75
        peak = setting.centre + setting.reach
        ceiling = 127 if is_climax else math.floor(peak)
        moments = []
        for k, (onset, duration) in enumerate(spans):
            at = self.start + onset
            chord, strength = self._heard(at, duration)
            wants = intervals[k] if k else None
            moments.append(
                Moment(
                    at, duration, strength, chord, setting.key, targets[k], fidelity,
                    end if k == len(spans) - 1 else "", wants, grip if wants is not None else 0.0,
                    ceiling,
                )
            )  # fmt: skip
        return moments

    def _runs_through(self) -> bool:
        """Whether new material runs through its chord: players' tunes do, voices keep to steps."""
        return self.facts.leap >= _WIDE_LEAPS and self.rng.random() < _THROUGH_CHORDS

    def _heard(self, at: int, duration: int) -> tuple[Chord, int]:
        """Chord and strength of a note: one that is tied over a strong beat belongs to it."""
        meter = self.setting.meter
        bar = meter.bar_ticks
        strength = meter.strength(at % bar)
        if strength <= 1:
            for early in (240, 120):
                ahead = at + early
                stronger = meter.strength(ahead % bar)
                if duration > early and stronger >= 3:
                    return self.setting.chord_at(ahead), max(strength, stronger - 1)
        # A note that outlasts its chord belongs to the one that sounds for most of it.
        return self.setting.chord_at(at + duration * 2 // 5), strength

    def _contour(
        self, label: str, onsets: Sequence[int], length: int, is_climax: bool
    ) -> list[float]:
        """Targets for new material: its shape on the arc of the whole section.

        Cells join without leaps, so it is the shapes that carry a tune through its compass.
        """
        setting = self.setting
        shape = self.shapes["c" if label.endswith(".") else label[0]]
        lift = 0.35 * setting.reach if is_climax else 0.0
        return [
            setting.centre + self._arc(o) + lift + 0.8 * setting.reach * shape(max(0.0, o / length))
            for o in onsets
        ]

    def _arc(self, tick: float) -> float:
        """The section as a whole rises to a climax at about two thirds and comes down."""
        x = (self.start + tick) / self.total
        return self.setting.reach * (0.7 * math.sin(math.pi * min(1.0, max(x, 0) / 1.32)) - 0.32)

    def _signature(self, onsets: Sequence[int]) -> list[int | None]:
        """One interval that makes a new motif itself: a leap onto a beat, or none.

        It lies within a bar: people leap as often there as over bar lines.
        """
        wants: list[int | None] = [None] * len(onsets)
        if self.rng.random() < min(0.35 + self.facts.leap, 4.0 * self.facts.leap):
            meter = self.setting.meter
            strong = [
                k for k, o in enumerate(onsets)
                if 0 < k < 5 and 2 <= meter.strength(o % meter.bar_ticks) < 4
            ]  # fmt: skip
            if strong:
                leaps = (5, 7, 4, -5, -3, 9, 12, -7, 3) if self.facts.leap > 0.3 else (
                    5, 4, -3, 3, -5, 7)  # fmt: skip
                k = self.rng.choice(strong)
                wants[k] = self.rng.choice(leaps)
        return wants

    def _repeated(
        self,
        label: str,
        onsets: Sequence[int],
        source: Cell,
        is_climax: bool,
        goes_on: int | None,
    ) -> tuple[list[float], list[int | None]]:
        """Targets and intervals of a cell that comes back: as it was, or moved along the scale."""
        setting = self.setting
        bar = setting.meter.bar_ticks
        is_fragment = label.endswith("!")
        heads = [o if o < 0 or not is_fragment else o % bar for o in onsets]
        shift = (setting.key.tonic_pc - source.key.tonic_pc + 6) % 12 - 6
        pitches = [p + shift for p in pitch_at(source, heads)]
        if label.endswith("^"):
            pitches = list(inverted(pitches, setting.key))
        moves = label.endswith(("'", "!"))
        if self.facts.scale == "blues" and not moves:
            steps = 0  # the second line of a blues says the first one again
        else:
            steps = self._best_steps(pitches, onsets, moves, is_climax, goes_on)
        each = 0
        if is_fragment:
            each = 1 if is_climax or self.rng.random() < 0.6 else -1
        sung = [
            moved(p, setting.key, steps + each * max(0, o // bar))
            for p, o in zip(pitches, onsets, strict=True)
        ]
        intervals: list[int | None] = [None]
        intervals += [b - a for a, b in pairwise(sung)]
        return [float(p) for p in sung], intervals

    def _best_steps(
        self,
        pitches: Sequence[int],
        onsets: Sequence[int],
        moves: bool,
        is_climax: bool,
        goes_on: int | None,
    ) -> int:
        """Steps of the scale by which a motif moves so that its strong notes fit the harmony, and
        its first one the line that ``goes_on`` from a pitch."""
        setting = self.setting
        bar = setting.meter.bar_ticks
        best, best_cost = 0, math.inf
        for steps in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5):
            cost = 0.3 * abs(steps) + 0.2 * self.rng.random()
            if moves:
                cost += 1.2 if steps == 0 else 0.0
                cost -= 0.25 if steps * self.travel > 0 else 0.0  # sequences go on one way
            if is_climax:
                cost -= 0.25 * steps
            if goes_on is not None:
                leap = abs(moved(pitches[0], setting.key, steps) - goes_on)
                cost += _PER_SEMITONE_OF_JOIN * max(0, leap - NEAR)
            for pitch, onset in zip(pitches, onsets, strict=True):
                sung = moved(pitch, setting.key, steps)
                chord = setting.chord_at(self.start + onset)
                strength = setting.meter.strength((self.start + onset) % bar)
                near = min(abs((sung - pc + 6) % 12 - 6) for pc in chord.pcs)
                cost += near * (0.2 + 0.3 * strength) / len(pitches) * 2.0
                cost += 0.5 * max(0.0, setting.low - sung, sung - setting.high)
            if cost < best_cost:
                best, best_cost = steps, cost
        if best:
            self.travel = 1 if best > 0 else -1
        return best


def _inside(spans: Spans, length: int) -> Spans:
    """Notes of a rhythm between a bar line and ``length`` ticks after it, without its upbeat."""
    kept = tuple((o, min(d, length - o)) for o, d in spans if 0 <= o < length)
    return kept or ((0, length),)


def _folded(pitch: int, low: int, high: int) -> int:
    """The nearest octave of a pitch within bounds of at least an octave."""
    while pitch > high:
        pitch -= 12
    while pitch < low:
        pitch += 12
    return pitch
