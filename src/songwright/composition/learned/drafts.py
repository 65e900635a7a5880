"""A theme while it grows: what each phrase is told and must keep, and which candidate stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from songwright.composition.learned.line_rules import Ground, on_grid
from songwright.composition.learned.line_score import score_line
from songwright.composition.learned.phrases import Phrase, Stretch, phrases_of
from songwright.composition.learned.returning import band_of_return, rhythm_of_return
from songwright.composition.learned.rhythm import GivenRhythm
from songwright.composition.learned.upbeats import with_upbeats
from songwright.composition.melody.cells import Cell
from songwright.composition.melody.idioms import Spans
from songwright.composition.melody.layout import CellPlan
from songwright.composition.melody.theme import Setting, Theme
from songwright.errors import ConstraintError
from songwright.models.critic import Critic
from songwright.models.grid import TICKS_PER_STEP
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar
from songwright.models.line_traits import line_traits
from songwright.models.lines import Frame
from songwright.models.variation import varied
from songwright.score import Note
from songwright.seeds import rng
from songwright.styles import MelodyFacts

SHORTLIST = 3
"""Lines of a phrase that a judge is asked about: those that the score likes best."""

CRITIC_WEIGHT = 0.25
"""What one nat of the critic's odds counts beside the costs of `score_line`."""

_QUOTE = 0.8  # likeness of an introduction's beginning to the theme that it announces

Judge = Callable[[str, Sequence[Sequence[Note]]], Sequence[float]]
"""Values for several continuations of a theme (its name, notes so far for each), higher better."""


@dataclass(frozen=True)
class Request:
    """A theme that is asked for.

    ``layout`` are its cells; ``written`` is a theme whose rhythm is to be kept, or None;
    ``quotes`` names another request whose first phrase this one begins with; ``locked`` are notes
    (in ticks from the section's start) that must be exactly there.
    """

    name: str
    setting: Setting
    facts: MelodyFacts
    layout: tuple[CellPlan, ...]
    written: Theme | None = None
    quotes: str = ""
    locked: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Heard:
    """A line that a phrase hears before it is sampled, and what it was written against."""

    line: tuple[Sound, ...]
    frame: Frame


@dataclass
class Draft:
    """A theme while it grows. Lines are in steps from their phrase, in the key of C."""

    request: Request
    tempo_bpm: float
    seed: int
    lines: list[tuple[Sound, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        request = self.request
        ground = Ground(request.setting, request.facts, self.tempo_bpm)
        ground.check()
        bar = request.setting.meter.bar_ticks
        if not all(on_grid(n.onset_ticks, bar) for n in request.locked):
            raise ConstraintError("a locked note is not on the grid of the models")
        locked = tuple(
            Sound(n.onset_ticks // TICKS_PER_STEP, max(1, n.duration_ticks // TICKS_PER_STEP),
                  n.pitch + ground.shift)
            for n in request.locked
        )  # fmt: skip
        self.ground = replace(ground, locked=locked)
        self.phrases = phrases_of(request.layout)
        if request.written is not None:  # phrases in which nothing is sung are not sampled
            sung = tuple(p for p in self.phrases if self._written_rhythm(p))
            self.phrases = sung or self.phrases[:1]
        self.delay = 1 if request.quotes else 0

    @property
    def last_step(self) -> int:
        return self.delay + len(self.phrases) - 1

    def number_at(self, step: int) -> int | None:
        """The phrase that is sampled in a step; a quoting theme waits until it can quote."""
        number = step - self.delay
        return number if 0 <= number < len(self.phrases) else None

    @property
    def opening(self) -> Heard:
        """The first phrase, once it is there."""
        return Heard(self.lines[0], self.ground.frame(self.phrases[0].stretch))

    def copies(self, number: int) -> bool:
        """Take over a phrase to the letter if that was asked for and its harmony is the same."""
        phrase = self.phrases[number]
        if phrase.mark != "" or phrase.source is None or phrase.ends or self.ground.locked:
            return False
        if self.ground.frame(phrase.stretch) != self.ground.frame(phrase.source):
            return False
        if self.request.written is not None and (
            self._written_rhythm(phrase) != self._written_rhythm(replace(
                phrase, start_bar=phrase.source[0], bars=phrase.source[1]))
        ):  # fmt: skip
            return False
        self.lines.append(self._between(phrase.source))
        return True

    def grammar(
        self, number: int, k: int, family: str, quoted: Heard | None, stream: Random
    ) -> LineGrammar:
        """The grammar of candidate ``k`` of a phrase, which hears the stretch that it is like."""
        phrase, ground = self.phrases[number], self.ground
        heard, likeness = quoted, _QUOTE if quoted is not None else None
        rhythm, band = self._written_rhythm(phrase), None
        if phrase.source is not None:
            heard = Heard(self._between(phrase.source), ground.frame(phrase.source))
            likeness = phrase.likeness
            source = self._notes(heard.line)
            if rhythm is None and not ground.locked:
                own = rng(self.seed, "learned return", self.request.name, number)
                rhythm = rhythm_of_return(phrase, source, ground.setting, ground.facts, own)
            if rhythm is not None and not all(self._fits(onset) for onset, _ in rhythm):
                rhythm = None
            if rhythm is not None:
                band = band_of_return(phrase, source, rhythm, ground.setting, k)
        wish = ground.wish(phrase, family, likeness, stream)
        rules = ground.rules(phrase, stream, rhythm, band)
        frame = ground.frame(phrase.stretch)
        line = heard.line if heard is not None else ()
        if phrase.source is None and rhythm is None and line:
            rules = varied(rules, frame, line, _QUOTE)  # the model alone would not quote
        told = None if heard is None else replace(wish, likeness=None, contour="", ends=None)
        before = None if heard is None else heard.frame
        if rhythm is None:
            return LineGrammar(frame, wish, rules, line, before, told)
        given = GivenRhythm(frame, wish, rules, line, before, told)
        given.give(rhythm)
        return given

    def choose(
        self,
        number: int,
        grammars: Sequence[LineGrammar],
        judge: Judge | None,
        critic: Critic | None = None,
    ) -> None:
        """Keep the best candidate: singable, dutiful, and what a person might have written."""
        phrase = self.phrases[number]
        reference = None if phrase.source is None else self._between(phrase.source)
        before = self._so_far()
        lines = [self._mended(g.line, phrase) for g in grammars]
        costs = [score_line(line, phrase, self.ground, before, reference) for line in lines]
        if critic is not None:
            frame, minor = self.ground.frame(phrase.stretch), self.request.setting.key.is_minor
            for k, line in enumerate(lines):
                costs[k] -= CRITIC_WEIGHT * critic.odds(line_traits(line, frame, minor))
        order = sorted(range(len(lines)), key=lambda k: (costs[k], k))
        best = order[0]
        if judge is not None:
            few = order[:SHORTLIST]
            so_far = [self._notes(before + self._placed(lines[k], phrase)) for k in few]
            values = judge(self.request.name, so_far)
            best = max(zip(few, values, strict=True), key=lambda row: (row[1], -row[0]))[0]
        self.lines.append(lines[best])

    def theme(self) -> Theme:
        """The finished theme, with its upbeats and its cells by letter."""
        request, setting = self.request, self.request.setting
        exact = {n.onset_ticks: n for n in request.locked}
        notes = [exact.get(n.onset_ticks, n) for n in self._notes(self._so_far())]
        stream = rng(self.seed, "learned upbeats", request.name)
        upbeat: dict[int, Spans] = {}
        if request.written is not None:
            first = tuple((n.onset_ticks, n.duration_ticks) for n in request.written.notes
                          if n.onset_ticks < 0)  # fmt: skip
            upbeat = {0: first} if first else {}
        elif setting.upbeat and not request.locked:
            bar = setting.meter.bar_ticks
            upbeat = {p.start_bar * bar: setting.upbeat for p in self.phrases if p.starts}
        whole = with_upbeats(notes, upbeat, setting, stream)
        return Theme(tuple(whole), self._cells(whole), request.layout)

    def _so_far(self) -> tuple[Sound, ...]:
        placed = [self._placed(line, p) for line, p in zip(self.lines, self.phrases, strict=False)]
        return tuple(sound for line in placed for sound in line)

    def _placed(self, line: Sequence[Sound], phrase: Phrase) -> tuple[Sound, ...]:
        first = phrase.start_bar * self.ground.bar
        return tuple(s._replace(onset=s.onset + first) for s in line)

    def _between(self, stretch: Stretch) -> tuple[Sound, ...]:
        """The notes of some bars so far, in steps from the first of them."""
        first, last = stretch[0] * self.ground.bar, sum(stretch) * self.ground.bar
        return tuple(
            s._replace(onset=s.onset - first, duration=min(s.duration, last - s.onset))
            for s in self._so_far() if first <= s.onset < last
        )  # fmt: skip

    def _fits(self, onset_ticks: int) -> bool:
        return on_grid(onset_ticks, self.request.setting.meter.bar_ticks)

    def _written_rhythm(self, phrase: Phrase) -> Spans | None:
        """Onsets and lengths of the written theme within a phrase; None where rhythm is free."""
        if self.request.written is None:
            return None
        bar = self.request.setting.meter.bar_ticks
        first, last = phrase.start_bar * bar, (phrase.start_bar + phrase.bars) * bar
        spans = [
            (n.onset_ticks - first, n.duration_ticks) for n in self.request.written.notes
            if first <= n.onset_ticks < last
        ]  # fmt: skip
        if not all(self._fits(onset) for onset, _ in spans):
            raise ConstraintError("the rhythm is finer than the grid of the models")
        return tuple(spans)

    def _mended(self, line: Sequence[Sound], phrase: Phrase) -> tuple[Sound, ...]:
        """One note at a time, each until the next; the last one of a phrase on its goal."""
        ordered = sorted(line)
        kept = [
            a._replace(duration=min(a.duration, b.onset - a.onset)) for a, b in pairwise(ordered)
        ] + ordered[-1:]
        locked = {s.onset - phrase.start_bar * self.ground.bar for s in self.ground.locked}
        if kept and phrase.ends and kept[-1].onset not in locked:
            step = phrase.start_bar * self.ground.bar + kept[-1].onset
            kept[-1] = kept[-1]._replace(pitch=self._goal(kept[-1].pitch, phrase, step))
        return tuple(kept)

    def _goal(self, pitch: int, phrase: Phrase, step: int) -> int:
        low, high = self.ground.compass(phrase)
        goals = self.ground.goals(phrase, step)
        inside = [p for p in range(low, high + 1) if p % 12 in goals]
        return min(inside, key=lambda p: (abs(p - pitch), p), default=pitch)

    def _notes(self, sounds: Sequence[Sound]) -> list[Note]:
        setting, shift = self.request.setting, self.ground.shift
        total = sum(setting.phrases) * setting.meter.bar_ticks
        lengths: dict[int, int] = {}
        if self.request.written is not None:
            lengths = {n.onset_ticks: n.duration_ticks for n in self.request.written.notes}
        notes: list[Note] = []
        for sound in sounds:
            onset = sound.onset * TICKS_PER_STEP
            length = lengths.get(onset, sound.duration * TICKS_PER_STEP)
            strength = setting.meter.strength(onset % setting.meter.bar_ticks)
            pitch = min(max(sound.pitch - shift, setting.low), setting.high)
            notes.append(Note(onset, min(length, total - onset), pitch, 74 + 4 * min(3, strength)))
        return [
            replace(a, duration_ticks=min(a.duration_ticks, b.onset_ticks - a.onset_ticks))
            for a, b in pairwise(notes)
        ] + notes[-1:]

    def _cells(self, notes: Sequence[Note]) -> dict[str, Cell]:
        """The first statement of each letter, as other themes may develop it."""
        bar, start = self.request.setting.meter.bar_ticks, 0
        cells: dict[str, Cell] = {}
        for plan in self.request.layout:
            end = start + plan.bars * bar
            own = [n for n in notes if start <= n.onset_ticks < end]
            if plan.label != "-" and own and plan.label[0] not in cells:
                spans = tuple(
                    (n.onset_ticks - start, min(n.duration_ticks, end - n.onset_ticks)) for n in own
                )
                pitches = tuple(n.pitch for n in own)
                cells[plan.label[0]] = Cell(spans, pitches, self.request.setting.key)
            start = end
        return cells
