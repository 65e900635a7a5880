"""What an accompanist sees before playing: bars, chords, form, register and the tune.

A `Stage` is made once for each part from the plan and the parts already written. Everything a
pattern needs is then a plain attribute of a `Bar`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from songwright.composition.accompany.tune import Tune
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import ChordSpan, Instrument, Note, instrument
from songwright.seeds import rng
from songwright.styles import Style
from songwright.theory import Chord, Key, Meter

_KICKS = (35, 36)
"""General MIDI percussion keys of the bass drums."""

_KICK_COUNTS_FROM = 58
"""Softer strokes are ghosts that nobody plays along with."""


@dataclass(frozen=True, slots=True)
class Span:
    """A chord as far as it sounds in one bar, in ticks.

    ``begins`` is False when the chord was already sounding before the bar line; ``following`` is
    the chord after it; ``changes`` says that the following chord begins where this span ends.
    """

    start: int
    end: int
    chord: Chord
    begins: bool
    following: Chord
    changes: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in which the part plays.

    ``place`` counts bars from the start of the section; ``spans`` cover the bar without gaps;
    ``chord_age`` counts the bar lines over which the bar's first chord has been held.
    """

    index: int
    start: int
    end: int
    section: SectionPlan
    place: int
    energy: float
    spans: tuple[Span, ...]
    phrase: int
    phrase_place: int
    chord_age: int
    phrase_ends: bool
    section_ends: bool
    last: bool

    @property
    def key(self) -> Key:
        return self.section.key

    @property
    def following(self) -> Chord:
        """The chord after the bar line."""
        span = self.spans[-1]
        return span.following if span.changes else span.chord

    def span_at(self, tick: int) -> Span:
        """The chord that sounds at a tick of this bar."""
        for span in self.spans:
            if tick < span.end:
                return span
        return self.spans[-1]


@dataclass
class Hand:
    """Where the player's hand lies: carried from bar to bar, put back at each section."""

    voicing: tuple[int, ...] = ()
    pitch: int | None = None


@dataclass(frozen=True)
class Stage:
    """One part's view of the piece.

    ``tune`` holds the lead melody, ``bass`` the bass line and ``kick`` the strokes of the kit's
    bass drum, where they are written already. ``memory`` keeps choices that are made once for a
    section.
    """

    part: PartPlan
    plan: Plan
    style: Style
    instrument: Instrument
    bars: tuple[Bar, ...]
    tune: Tune
    bass: Tune
    kick: Tune
    hand: Hand = field(default_factory=Hand)
    memory: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def meter(self) -> Meter:
        return self.plan.meter

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.part.adjectives)

    @cached_property
    def is_left_hand(self) -> bool:
        """True for one of the two hands of a player at a piano or another keyboard like it."""
        return bool(self.part.staff_group) and self.instrument.family == "piano"

    @cached_property
    def density(self) -> float:
        """The part's density 0..1."""
        return min(1.0, max(0.0, self.part.density))

    @cached_property
    def desk(self) -> str:
        """Id of the first part with the same role and patterns: a doubled part plays its ideas."""
        return self._desk[0].id

    @cached_property
    def enters_at(self) -> float:
        """Energy from which the first player of the desk plays: doubles grow busy together."""
        return min(p.enters_at for p in self._desk)

    @cached_property
    def _desk(self) -> list[PartPlan]:
        mine = self.part
        same = [p for p in self.plan.parts if (p.role, p.patterns) == (mine.role, mine.patterns)]
        return same or [mine]

    def idea(self, bar: Bar, what: str = "") -> Random:
        """Generator of the idea that belongs to a section letter: the same each time it returns."""
        return rng(self.plan.seed, "accompany", self.desk, bar.section.letter, what)

    def chance(self, bar: Bar, what: str = "") -> Random:
        """Generator of one bar's small liberties; other bars never notice."""
        return rng(self.plan.seed, "accompany", self.desk, "bar", bar.index, what)

    def plays(self, role: str, section: SectionPlan) -> bool:
        """True when some part of this role plays in the section."""
        return any(p.role == role and p.id in section.parts for p in self.plan.parts)


def set_stage(
    part: PartPlan, plan: Plan, style: Style, written: Mapping[str, tuple[Note, ...]]
) -> Stage:
    """Collect what one part has to know."""
    leads = [n for p in plan.parts if p.role == "lead" for n in written.get(p.id, ())]
    basses = [n for p in plan.parts if p.role == "bass" for n in written.get(p.id, ())]
    kicks = [
        n for p in plan.parts if p.role == "drums" and instrument(p.instrument).is_kit
        for n in written.get(p.id, ())
        if n.pitch in _KICKS and n.velocity >= _KICK_COUNTS_FROM
    ]  # fmt: skip
    return Stage(
        part, plan, style, instrument(part.instrument), _bars(part, plan), Tune.of(leads),
        Tune.of(basses), Tune.of(kicks),
    )  # fmt: skip


def _bars(part: PartPlan, plan: Plan) -> tuple[Bar, ...]:
    length = plan.meter.bar_ticks
    onsets = [span.onset_ticks for span in plan.chords]
    last = max((s.end_bar for s in plan.sections), default=plan.bars) - 1
    bars: list[Bar] = []
    for section in plan.sections:
        if part.id not in section.parts or not plan.chords:
            continue
        phrases = _phrases(section)
        for place in range(section.bars):
            index = section.start_bar + place
            energy = plan.energy[index] if index < len(plan.energy) else section.energy
            phrase, phrase_place, phrase_ends = phrases[place]
            start = index * length
            spans = _spans(plan, onsets, start, start + length)
            age = 0
            if bars and bars[-1].index == index - 1 and not spans[0].begins:
                age = 1 + (bars[-1].chord_age if len(bars[-1].spans) == 1 else 0)
            bars.append(
                Bar(
                    index, start, start + length, section, place, energy,
                    spans, phrase, phrase_place, age, phrase_ends,
                    place == section.bars - 1, index == last,
                )
            )  # fmt: skip
    return tuple(bars)


def _phrases(section: SectionPlan) -> list[tuple[int, int, bool]]:
    """Number of its phrase, place in it and whether it ends one, for each bar of a section."""
    places: list[tuple[int, int, bool]] = []
    for number, bars in enumerate(section.phrases or (section.bars,)):
        places += [(number, i, i == bars - 1) for i in range(bars)]
    while len(places) < section.bars:
        places.append((places[-1][0] if places else 0, len(places), False))
    return places


def _spans(plan: Plan, onsets: list[int], start: int, end: int) -> tuple[Span, ...]:
    """The chords of one bar; a chord that is merely written again does not begin anew."""
    chords = plan.chords
    i = max(0, bisect_right(onsets, start) - 1)
    spans: list[Span] = []
    while i < len(chords) and (chords[i].onset_ticks < end or not spans):
        chord = chords[i].chord
        begin = max(start, chords[i].onset_ticks) if spans else start
        stop = min(end, chords[i + 1].onset_ticks) if i + 1 < len(chords) else end
        begins = chords[i].onset_ticks == begin and (i == 0 or chords[i - 1].chord != chord)
        following = _following(chords, i, plan.ending)
        changes = following != chord and (i + 1 == len(chords) or chords[i + 1].onset_ticks == stop)
        if spans and spans[-1].chord == chord:
            begin, begins = spans[-1].start, spans[-1].begins
            spans.pop()
        spans.append(Span(begin, max(begin + 1, stop), chord, begins, following, changes))
        i += 1
    return tuple(spans)


def _following(chords: tuple[ChordSpan, ...], i: int, ending: str) -> Chord:
    if i + 1 < len(chords):
        return chords[i + 1].chord
    return chords[0].chord if ending == "loop" else chords[i].chord
