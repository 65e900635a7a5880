"""What a sampled phrase must keep: compass, places, density, chord tones, its close."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from random import Random

from songwright.composition.learned.chords import kind_of
from songwright.composition.learned.phrases import Phrase, Stretch
from songwright.composition.learned.returning import Band
from songwright.composition.melody.idioms import Spans
from songwright.composition.melody.theme import Setting
from songwright.errors import ConstraintError
from songwright.models.grid import (
    HIGHEST,
    LOWEST,
    MOST_QUARTERS,
    POSITION_INDEX,
    POSITIONS,
    STEPS_PER_QUARTER,
    TICKS_PER_STEP,
)
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineRules
from songwright.models.lines import Frame, Harmony, Wish
from songwright.styles import MelodyFacts
from songwright.theory import MODES, Chord, Key
from songwright.units import TICKS_PER_BEAT

_NARROWEST = 12  # semitones of any phrase: every pitch class lies in them
_HARMONY_STEPS = 6  # chords are looked up on every half quarter


@dataclass(frozen=True)
class Ground:
    """A theme's setting in the models' terms: steps, and pitches in the key of C."""

    setting: Setting
    facts: MelodyFacts
    tempo_bpm: float
    locked: tuple[Sound, ...] = field(default=())

    @property
    def bar(self) -> int:
        """Length of a bar in steps."""
        return self.setting.meter.bar_ticks // TICKS_PER_STEP

    @property
    def shift(self) -> int:
        """Semitones from the written key to C, the shorter way."""
        return (6 - self.setting.key.tonic_pc) % 12 - 6

    def check(self) -> None:
        """Raise if the models do not know the metre.

        Raises
        ------
        ConstraintError
            If bars are too long, or off the grid.
        """
        meter = self.setting.meter
        if (
            meter.bar_ticks > MOST_QUARTERS * TICKS_PER_BEAT
            or meter.bar_ticks % (TICKS_PER_STEP * 3)
        ):  # fmt: skip
            raise ConstraintError(f"the models do not know the metre {meter}")

    def frame(self, stretch: Stretch) -> Frame:
        """Metre, bars and chords of some bars."""
        meter, chords = self.setting.meter, list[Harmony]()
        start_bar, bars = stretch
        first = start_bar * self.bar
        for step in range(0, bars * self.bar, _HARMONY_STEPS):
            chord = self.setting.chord_at((first + step) * TICKS_PER_STEP)
            root, quality = kind_of(chord, self.setting.key)
            if not chords or (chords[-1].root, chords[-1].quality) != (root, quality):
                chords.append(Harmony(step, root, quality))
        return Frame(meter.numerator, meter.denominator, bars, tuple(chords))

    def compass(self, phrase: Phrase) -> tuple[int, int]:
        """Bounds of a phrase: the theme's window; only the climax may use its top."""
        setting = self.setting
        low = math.floor(setting.centre - 0.85 * setting.reach)
        high = math.ceil(setting.centre + (1.0 if phrase.is_climax else 0.75) * setting.reach)
        missing = max(0, _NARROWEST - (high - low))
        low, high = low - (missing + 1) // 2, high + missing // 2
        low, high = max(low, setting.low), min(high, setting.high)
        if high - low < _NARROWEST:  # the part's own edge is near: take what lies on the other side
            low = max(setting.low, min(low, high - _NARROWEST))
            high = min(setting.high, max(high, low + _NARROWEST))
        return max(LOWEST, low + self.shift), min(HIGHEST, high + self.shift)

    def wish(self, phrase: Phrase, family: str, likeness: float | None, stream: Random) -> Wish:
        """What the model is told of a phrase."""
        low, high = self.compass(phrase)
        contour = "arch" if phrase.is_climax else "falling" if phrase.is_last else ""
        if phrase.start_bar == 0:
            contour = stream.choice(("arch", "rising", "valley", ""))
        return Wish(
            "lead", family, self.setting.key.is_minor, self.onsets(phrase) * STEPS_PER_QUARTER
            / (phrase.bars * self.bar), low, high, contour=contour, likeness=likeness,
            tempo_bpm=self.tempo_bpm, ends=phrase.ends,
        )  # fmt: skip

    def onsets(self, phrase: Phrase) -> float:
        """How many notes are wanted; a phrase that ends leaves room for its breath."""
        per_bar = self.setting.taste.notes_per_bar
        return max(1.0, per_bar * (phrase.bars - (0.5 if phrase.ends else 0.0)))

    def rules(
        self, phrase: Phrase, stream: Random, rhythm: Spans | None, band: Band | None = None
    ) -> LineRules:
        """Hard constraints of a phrase.

        With a ``rhythm`` (ticks in the phrase) notes begin there only; where a ``band`` says so,
        and the harmony lets them, with its pitch classes only.
        """
        low, high = self.compass(phrase)
        steps = phrase.bars * self.bar
        first = phrase.start_bar * self.bar
        landing, silent = self._close(phrase, stream)
        if rhythm is not None:
            landing = silent = rhythm[-1][0] // TICKS_PER_STEP
        places = None if rhythm is None else {onset // TICKS_PER_STEP for onset, _ in rhythm}
        allowed = self._positions()
        classes: list[frozenset[int] | None] = []
        for step in range(steps):
            if (places is not None and step not in places) or step > silent:
                classes.append(frozenset())
            elif step >= landing and (phrase.ends or rhythm is not None):
                classes.append(self.goals(phrase, first + step))
            else:
                here = self._pitch_classes(first + step)
                near = here & (band or {}).get(step * TICKS_PER_STEP, here)
                classes.append(near or here)
        locked = tuple(
            s._replace(onset=s.onset - first) for s in self.locked
            if first <= s.onset < first + steps
        )  # fmt: skip
        for sound in locked:  # what is locked may lie outside the window, not outside the part
            low, high = min(low, sound.pitch), max(high, sound.pitch)
        classes = [c if c is None or not c or _held(c, low, high) else None for c in classes]
        free = sum(
            classes[b * self.bar + p] != frozenset()
            for b in range(phrase.bars) for p in allowed if p < self.bar
        )  # fmt: skip
        wanted = self.onsets(phrase)
        least, most = math.floor(0.7 * wanted), math.ceil(1.2 * wanted)
        if places is not None:
            least = most = len(places)
        elif locked:
            least = 0
        leap = self.facts.leap
        return LineRules(
            low, high, least_onsets=min(least, free), most_onsets=max(1, most),
            positions=frozenset(allowed) if places is None else None,
            pitch_classes=tuple(classes), locked=locked, most_repeats=16,
            widest_leap=7 if leap < 0.1 else 9 if leap < 0.3 else 12,
        )  # fmt: skip

    def _positions(self) -> list[int]:
        """Steps of the bar on which the style's notes begin."""
        fine = {0, 3, 6, 9} if self.facts.shortest >= 4 else {0, 6}
        if self.facts.triplets > 0 and not self.setting.meter.is_compound:
            fine |= {4, 8}
        return [p for p in POSITIONS if p < self.bar and p % STEPS_PER_QUARTER in fine]

    def _close(self, phrase: Phrase, stream: Random) -> tuple[int, int]:
        """From which step on only the goal may begin, and the last step on which a note may."""
        steps = phrase.bars * self.bar
        if not phrase.ends:
            return steps, steps
        meter, rest = self.setting.meter, self.facts.rest
        pulse = meter.pulses_ticks[-1]
        length = steps * TICKS_PER_STEP
        room = max(pulse, round(rest * min(length, 2 * meter.bar_ticks) / pulse) * pulse)
        silent = max(0, (length - room) // TICKS_PER_STEP)
        start = steps - self.bar
        onsets = [start + tick // TICKS_PER_STEP for tick in meter.pulse_onsets_ticks]
        middle = onsets[len(onsets) // 2]
        landing = stream.choices((onsets[0], middle), (3.0, 2.0))[0]
        return min(landing, silent), silent

    def goals(self, phrase: Phrase, step: int) -> frozenset[int]:
        """Where a phrase may come to rest: the tonic at a full close, else a note of the chord."""
        chord, key = self.setting.chord_at(step * TICKS_PER_STEP), self.setting.key
        if phrase.is_last and self.setting.closes and key.tonic_pc in chord.pcs:
            return frozenset((0,))
        return _above(frozenset(chord.pcs[:3]), key)

    def _pitch_classes(self, step: int) -> frozenset[int]:
        """Notes that may begin at a step of the section: of the chord where it is strong."""
        tick = step * TICKS_PER_STEP
        meter, key = self.setting.meter, self.setting.key
        strength = meter.strength(tick % meter.bar_ticks)
        chord = self.setting.chord_at(tick)
        if strength == 4 or (strength == 3 and self.facts.lean < 0.5):
            return _above(frozenset(chord.pcs[:4]), key)
        if strength <= 1 and self.facts.chromatic >= 0.15:
            return frozenset(range(12))
        return _above(scale_over(chord, key, self.facts.scale), key)


def _held(classes: frozenset[int], low: int, high: int) -> bool:
    """Whether a compass holds any of some pitch classes."""
    return high - low >= 11 or any(p % 12 in classes for p in range(low, high + 1))


@cache
def _above(pcs: frozenset[int], key: Key) -> frozenset[int]:
    """Pitch classes as semitones above the tonic."""
    return frozenset((pc - key.tonic_pc) % 12 for pc in pcs)


@cache
def scale_over(chord: Chord, key: Key, scale: str) -> frozenset[int]:
    """Pitch classes that are at home over a chord: its own and the scale's, without those whose
    place a chromatic chord note takes."""
    own = set(chord.pcs)
    home = set(key.scale_pcs) | set(key.diatonic_pcs)
    if scale == "blues":
        home |= {(key.tonic_pc + s) % 12 for s in MODES["blues"]}
    foreign = {pc for pc in own if pc not in home}
    for pc in foreign:
        raised = (pc - chord.root_pc) % 12 in (4, 8, 11)
        home.discard((pc - 1) % 12 if raised else (pc + 1) % 12)
    return frozenset(home | own)


def on_grid(onset_ticks: int, bar_ticks: int) -> bool:
    """Whether the models can begin a note there."""
    within = onset_ticks % bar_ticks
    return within % TICKS_PER_STEP == 0 and within // TICKS_PER_STEP in POSITION_INDEX
