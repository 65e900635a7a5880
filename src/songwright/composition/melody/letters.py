"""The themes of a piece: one for each letter, kin to the theme that the piece is about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

from songwright.brief.model import Brief
from songwright.composition.melody.appeal import strangeness
from songwright.composition.melody.cells import Cell, inverted, thinned
from songwright.composition.melody.develop import WIDE
from songwright.composition.melody.idioms import Spans, idiom_of
from songwright.composition.melody.ornaments import ornamented
from songwright.composition.melody.rhythm import RhythmTaste
from songwright.composition.melody.theme import Setting, Theme, compose_theme
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.styles import MelodyFacts, Style
from songwright.theory import Chord
from songwright.units import seconds_of_bar

# Sections that carry the tune by which the piece is known, the first that a form has.
_HOOKS = ("chorus", "drop", "A", "post-chorus", "verse", "B")
_CALM = ("intro", "outro", "breakdown", "interlude", "build")
_QUOTES = ("intro", "outro", "interlude")  # they speak of the main theme
_DEVELOPMENTS = ("C", "D")  # in styles whose music travels
_DEVELOPS = 0.5  # how often they develop the main theme; the others bring an idea of their own
_ELSEWHERE = (-8.0, -5.0, 5.0, 8.0)  # semitones
_ATTEMPTS = 5  # themes written for a letter; the most natural one is kept


@dataclass(frozen=True)
class Composer:
    """What is common to all themes of a piece."""

    plan: Plan
    part: PartPlan
    brief: Brief
    style: Style
    sampled: Mapping[str, Theme] = field(default_factory=dict)
    """Themes that a model has written, by name (see `theme_name`)."""

    def theme(self, section: SectionPlan) -> Theme:
        """The theme of a section's letter, long enough for its longest section.

        Solos are improvised: each has its own. The theme of the main section is made first.
        """
        main = self.main
        if section.function != "solo" and section.letter == main.letter:
            return self._main_theme
        return self._best(section, self.bars_of(section), self._main_theme)

    @cached_property
    def main(self) -> SectionPlan:
        """The section whose theme is the piece's own."""
        playing = [s for s in self.plan.sections if self.part.id in s.parts]
        tunes = [s for s in playing if s.function != "solo"] or playing
        ranked = [s for name in _HOOKS for s in tunes if s.function == name]
        return (ranked or tunes)[0]

    @cached_property
    def _main_theme(self) -> Theme:
        return self._best(self.main, self.bars_of(self.main), None)

    def bars_of(self, section: SectionPlan) -> int:
        """Bars of the longest section that has this section's theme."""
        if section.function == "solo":
            return section.bars
        return max(
            s.bars for s in self.plan.sections
            if s.letter == section.letter and self.part.id in s.parts and s.function != "solo"
        )  # fmt: skip

    def _best(self, section: SectionPlan, bars: int, main: Theme | None) -> Theme:
        """The theme of a section, with its ornaments: a sampled one if there is, else by rules."""
        theme = self.sampled.get(theme_name(section)) or self.ruled(section, bars, main)
        if self.brief.motif and section.letter == self.main.letter:
            return theme  # it is sung as it was given
        stream = self._stream("ornaments", section)
        notes = ornamented(
            theme.notes, self.style.melody, section.key, chord_lookup(self.plan, section),
            self.plan.meter, self.plan.tempo_bpm, (self.part.low, self.part.high), stream,
        )  # fmt: skip
        return Theme(tuple(notes), theme.cells, theme.layout)

    def ruled(self, section: SectionPlan, bars: int, main: Theme | None) -> Theme:
        """A theme by rules, without ornaments: the most natural one of several."""
        best: tuple[float, Theme] | None = None
        for attempt in range(_ATTEMPTS):
            theme = self._attempt(section, bars, main, attempt)
            cost = strangeness(theme.notes)
            if best is None or cost < best[0]:
                best = (cost, theme)
        assert best is not None
        return best[1]

    def _stream(self, what: str, section: SectionPlan, *more: int) -> Random:
        if section.function == "solo":
            return rng(self.plan.seed, what, section.id, *more)
        return rng(self.plan.seed, what, section.letter, *more)

    def _attempt(self, section: SectionPlan, bars: int, main: Theme | None, attempt: int) -> Theme:
        setting, facts, scheme, motifs, stream = self.order(section, bars, main, attempt)
        return compose_theme(setting, facts, scheme, stream, motifs)

    def order(
        self, section: SectionPlan, bars: int, main: Theme | None, attempt: int
    ) -> tuple[Setting, MelodyFacts, str, dict[str, Cell], Random]:
        """What a theme is asked to be: setting, facts, scheme, cells to use, and its generator."""
        stream = self._stream("theme", section, attempt)
        calm, solo = section.function in _CALM, section.function == "solo"
        facts = self._facts(calm, solo)
        quotes = section.function in _QUOTES and main is not None
        scheme = self._scheme(section, bars, facts, stream)
        per_bar = notes_per_bar(self.plan, self.part, self.brief, facts, section.energy)
        per_bar *= 0.7 if calm else 1.25 if solo else 1.0
        setting = self._setting(section, bars, facts, per_bar, stream)
        motifs: dict[str, Cell] = {}
        if self.brief.motif:
            motifs["a"] = self._given(section, main is None, setting, per_bar, quotes, stream)
        elif main is not None and "a" in main.cells:
            motif = main.cells["a"]
            if quotes:
                count = max(2, round(per_bar * setting.cell_bars * 1.3))
                motifs["a"] = thinned(motif, self.plan.meter, count)
            elif section.function in _DEVELOPMENTS and self.style.harmony.areas:
                if stream.random() < _DEVELOPS:
                    motifs["a"] = motif  # it speaks of the main theme from its first note
            elif not solo and stream.random() < 0.4:
                motifs["b"] = motif  # the answer speaks of the main theme
        return setting, facts, scheme, motifs, stream

    def _given(
        self, section: SectionPlan, is_main: bool, setting: Setting, per_bar: float, quotes: bool,
        stream: Random,
    ) -> Cell:  # fmt: skip
        """The motif that was given: as it is in the main theme, thinned in sections that quote it,
        as it is or upside down in other ones."""
        cell = given_cell(self.brief, self.plan)
        if quotes:
            return thinned(cell, self.plan.meter, max(2, round(per_bar * setting.cell_bars * 1.3)))
        if is_main or section.function == "solo" or stream.random() < 0.5:
            return cell
        return Cell(cell.spans, inverted(cell.pitches, cell.key), cell.key)

    def _facts(self, calm: bool, solo: bool) -> MelodyFacts:
        facts = self.style.melody
        if calm:
            return replace(facts, rest=max(facts.rest, 0.35))
        if solo:
            return replace(
                facts, leap=min(1.0, facts.leap + 0.15), rest=facts.rest * 0.7,
                chromatic=facts.chromatic * 1.3, range_semitones=facts.range_semitones + 3,
                syncopation=min(1.0, facts.syncopation + 0.1),
            )  # fmt: skip
        return facts

    def _cell_bars(self, per_bar: float) -> int:
        if not self.brief.motif:
            return cell_bars(self.plan, per_bar)
        last = max(n.onset_ticks for n in self.brief.motif)
        return min(2, last // self.plan.meter.bar_ticks + 1)

    def _scheme(self, section: SectionPlan, bars: int, facts: MelodyFacts, stream: Random) -> str:
        if section.function == "solo":
            return "solo"
        if section.function == "intro":
            return "intro"
        if section.function in ("outro", "interlude"):
            return "outro"
        names = list(facts.phrase_form)
        scheme = stream.choices(names, [facts.phrase_form[n] for n in names])[0]
        return "sentence" if scheme == "aab" and bars % 3 else scheme

    def _setting(
        self,
        section: SectionPlan,
        bars: int,
        facts: MelodyFacts,
        per_bar: float,
        stream: Random,
    ) -> Setting:
        plan, part = self.plan, self.part
        phrases = section.phrases
        if sum(phrases) != bars:
            phrases = _phrases(bars, self.style.phrase_bars)
        # Choruses sit higher than verses: the register follows the energy.
        reach = min(facts.range_semitones, part.high - part.low) / 2
        middle = (part.low + part.high) / 2
        room = max(0.0, (part.high - part.low) / 2 - reach)
        centre = middle + room * (1.4 * section.energy - 0.8) + 4.0 * (section.energy - 0.5)
        if part.high - part.low >= WIDE and section.letter != self.main.letter:
            # Where the compass is wide, other themes lie elsewhere in it.
            centre += stream.choice(_ELSEWHERE)
        centre = min(max(centre, part.low + 0.5 * reach), part.high - 0.7 * reach)
        calm = section.function in _CALM
        idiom = idiom_of(facts.rhythms, self.style.family)
        upbeat: Spans = ()
        if not calm and stream.random() < idiom.pickup:
            upbeat = stream.choice(idiom.upbeats)
        chord_at = chord_lookup(plan, section)
        last = chord_at(bars * plan.meter.bar_ticks - 1)
        return Setting(
            plan.meter, phrases, chord_at, section.key, part.low, part.high, centre,
            reach * (0.75 if calm else 1.0), RhythmTaste.of(facts, per_bar),
            last.root_pc == section.key.tonic_pc, self._cell_bars(per_bar), idiom, upbeat,
            section.letter == self.main.letter and bool(self.brief.motif),
        )  # fmt: skip


def given_cell(brief: Brief, plan: Plan) -> Cell:
    """The motif of a brief, which is in the plan's key, as a cell."""
    spans = tuple((n.onset_ticks, n.duration_ticks) for n in brief.motif)
    return Cell(spans, tuple(n.pitch for n in brief.motif), plan.key)


def theme_name(section: SectionPlan) -> str:
    """What a section's theme is called: its letter, or its own id when it is improvised."""
    return section.id if section.function == "solo" else section.letter


def chord_lookup(plan: Plan, section: SectionPlan) -> Callable[[int], Chord]:
    """The chord at a tick counted from the start of a section."""
    return _lookup(plan.chords, section.start_bar * plan.meter.bar_ticks)


def _lookup(chords: Sequence[ChordSpan], offset: int) -> Callable[[int], Chord]:
    onsets = [c.onset_ticks for c in chords]

    def chord_at(tick: int) -> Chord:
        return chords[max(0, bisect_right(onsets, tick + offset) - 1)].chord

    return chord_at


def notes_per_bar(
    plan: Plan, part: PartPlan, brief: Brief, facts: MelodyFacts, energy: float
) -> float:
    """Onsets in a bar that style, density, energy and metre ask for."""
    density = 0.55 + 0.9 * part.density
    density *= {"sparse": 0.75, "dense": 1.25}.get(brief.note_density, 1.0)
    scale = plan.meter.bar_ticks / 1920
    return max(0.8, facts.notes_per_bar * scale * density * (0.75 + 0.5 * energy))


def cell_bars(plan: Plan, per_bar: float) -> int:
    """A motif lasts two bars, or one when bars are long (over 3.2 seconds) and full."""
    seconds = seconds_of_bar(plan.meter.bar_ticks, plan.tempo_bpm)
    return 1 if seconds > 3.2 and per_bar >= 4 else 2


def _phrases(bars: int, phrase: int) -> tuple[int, ...]:
    whole, rest = divmod(bars, phrase)
    return (phrase,) * whole + ((rest,) if rest else ())
