"""Chords from grids: voicings led from chord to chord, struck, strummed, split over two hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.accompany.grid import bar_hits, on_chords
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import (
    below_tune,
    beside_tune,
    home,
    place,
    scale_of,
    velocity,
)
from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory import Chord
from songwright.theory.voicing import fifth_pc, third_pc, voice

_UNDER_THE_TUNE = ("chords", "pad", "stabs")
"""Roles that leave the register of the tune free; arpeggios may cross it, being thin."""

_HIGH = 60
"""A pattern that lives above this pitch is meant to lie over the tune."""

_LOW_HAND = 5
"""A hand needs this many semitones between its low note and the chord above."""


_OCTAVES_FROM, _HAND_OCTAVES_FROM = 0.8, 0.62
"""Energy from which a bass note is doubled below, and the same for one of two hands."""

_ALONE, _AMONG_BASSES, _UNDER_THE_HAND = 41, 45, 47
"""Where a low hand looks for its bass note: alone, beside a bass, and one of a pianist's two hands,
whose bass lies nearer to its chords (46: the median of lowest notes of bars in 27 piano pieces of
the Mutopia Project)."""

_LEAST_OF_A_PAD = 2
"""Notes that a pad keeps where others hold the chord too; players of chords keep their fewest."""


def _sharing(stage: Stage, bar: Bar) -> int:
    """How many others hold the chord in a section: the more do, the fewer notes each plays."""
    return sum(
        p.role in ("chords", "pad") and p.id != stage.part.id and p.id in bar.section.parts
        for p in stage.plan.parts
    )


def grid_chords(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play a chord grid over consecutive bars of one section."""
    player = Comper(stage, pattern, bars)
    notes: list[Note] = []
    open_chords: dict[int, tuple[Chord, list[int]]] = {}  # by layer: what an early chord struck
    stands_on: int | None = None  # pitch class of the bass that the left hand has struck
    alone_at = -1
    grids = [bar_hits(stage, pattern, bar) for bar in bars]
    for k, bar in enumerate(bars):
        held_on = {h.layer for h in grids[k + 1] if h.held} if k + 1 < len(bars) else set()
        for written, span in on_chords(grids[k], bar, pattern.strict, "c"):
            hit = written
            if hit.held:
                before = open_chords.pop(hit.layer, None)
                if before is not None and before[0] == span.chord:
                    for i in before[1]:
                        length = hit.end - notes[i].onset_ticks
                        notes[i] = replace(notes[i], duration_ticks=round(length * pattern.gate))
                    continue
                if hit.layer == 0 and span.begins and bar.place == 0:
                    hit = replace(hit, symbol="c", held=False)
                else:
                    continue
            if player.is_only_bass and _opens_chord(hit, span):
                if span.chord.bass_pc != stands_on or hit.start == bar.start:
                    hit, alone_at = replace(hit, symbol="b"), hit.start
            elif hit.layer and hit.start == alone_at:
                continue  # what was struck with the note that gave way is out of reach
            stands_on = span.chord.bass_pc
            ties = hit.end == bar.end and hit.layer in held_on and span.end == bar.end
            early = hit.symbol == "n" or (ties and hit.start >= span.end - 480)
            chord = span.following if early and span.changes else span.chord
            first = len(notes)
            notes += player.strike(hit, chord, bar, tied=ties)
            if ties:
                open_chords[hit.layer] = (chord, list(range(first, len(notes))))
    stage.hand.voicing = player.last
    return notes


def _opens_chord(hit: Hit, span: Span) -> bool:
    """True if a hit is the first of a chord and leaves its bass out: in short bars a grid of four
    beats goes on into the next bar, whose chord may be another one."""
    return span.begins and hit.start == span.start and hit.layer == 0 and hit.symbol not in "bcnpx"


class Comper:
    """Voices chords one after the other and turns grid symbols into notes."""

    def __init__(self, stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> None:
        self.stage, self.pattern = stage, pattern
        self.low, self.high = self._register(bars)
        self.has_bass = stage.plays("bass", bars[0].section)
        self.others = _sharing(stage, bars[0])
        self.two_hands = any("b" in grid for idea in pattern.ideas for grid in idea)
        self.is_only_bass = stage.is_left_hand and self.two_hands and not self.has_bass
        self.last: tuple[int, ...] = stage.hand.voicing
        self.current: Chord | None = None
        self.age = 0
        self.phrase = bars[0].phrase - (not self.last)
        self.lifts, self.lift = -1, 4  # bar in which to change inversion, and by how much

    def _register(self, bars: Sequence[Bar]) -> tuple[int, int]:
        """Beside the tune where that is possible, under it where the role asks for it."""
        stage, role = self.stage, self.pattern.role
        low, high = home(stage, self.pattern)
        if role == "arp" or (role == "pad" and stage.part.register == "high"):
            return beside_tune(stage, bars[0], low, high, thin=role == "arp")
        if role in _UNDER_THE_TUNE and low < _HIGH:
            high = below_tune(stage, bars[0].start, bars[-1].end, low, high)
        return low, high

    def voicing(self, chord: Chord, bar: Bar) -> tuple[int, ...]:
        """The voicing of a chord after the last one.

        A chord that stays long may turn over, and every second phrase begins in another inversion.
        """
        if bar.phrase % 2 and bar.phrase_place == 0 and bar.phrase != self.phrase:
            self.lifts = bar.index
            self.lift = 4 if self.last and self.last[-1] + 4 <= self.high else -4
        self.phrase = bar.phrase
        if chord == self.current and self.last:
            stays = chord == bar.spans[0].chord and not bar.spans[0].begins
            fresh = self.age == bar.index or bar.phrase_place % 2
            if fresh or not stays or not self._turns(bar):
                return self.last
            low, high = self._hand_range()
            around = sum(self.last) / len(self.last) + (4 if self.last[-1] + 4 <= high else -4)
            self.last = self._voice(chord, (), low, high, around, bar)
        else:
            low, high = self._hand_range()
            around, before = None, self.last
            if bar.index == self.lifts and before and self.pattern.voicing != "power":
                around, before = sum(before) / len(before) + self.lift, ()
            if self.lifts == bar.index:
                self.lifts = -1
            self.last = self._voice(chord, before, low, high, around, bar)
        self.current, self.age = chord, bar.index
        return self.last

    def _turns(self, bar: Bar) -> bool:
        return self.pattern.voicing != "power" and self.stage.chance(bar, "turn").random() < 0.45

    def _hand_range(self) -> tuple[int, int]:
        """With a bass hand below, the chord hand keeps out of the lowest third."""
        if not self.two_hands or self.pattern.voicing == "open":
            return self.low, self.high
        floor = min(self.low + 12, max(self.low, self.high - 14))
        return floor, self.high

    def _voice(
        self, chord: Chord, before: tuple[int, ...], low: int, high: int,
        around: float | None, bar: Bar,
    ) -> tuple[int, ...]:  # fmt: skip
        style = self.pattern.voicing
        if style == "rootless" and not (self.has_bass or self.two_hands):
            style = "open"  # nobody else would play the root
        if style == "power" and around is None:
            around = low + 0.2 * (high - low)  # the low strings
        fewest, most = self.pattern.voices
        level = bar.section.energy - 0.15 * ("sparse" in self.stage.words)
        count = fewest + round((most - fewest) * min(1.0, max(0.0, level)))
        if style != "power":
            least = _LEAST_OF_A_PAD if self.pattern.role == "pad" else fewest
            count = min(count, max(least, count - self.others))
        # Where nobody plays the bass, the chord itself has to stand on it.
        alone = self.pattern.role == "chords" and not self.has_bass and not self.two_hands
        return voice(
            chord, before, low, high, count, style, centre=around,
            colour=frozenset(scale_of(chord, bar.key)), bottom=chord.bass_pc if alone else None,
        )  # fmt: skip

    def strike(self, hit: Hit, chord: Chord, bar: Bar, tied: bool) -> list[Note]:
        """Notes of one hit."""
        voicing = self.voicing(chord, bar)
        symbol = hit.symbol
        pitches = self._pitches(symbol, voicing, chord, bar)
        length = hit.end - hit.start
        if not tied:
            length = max(30, round(length * self.pattern.gate))
        articulation = self.pattern.articulation
        level = velocity(self.stage, bar, hit.strength, hit.accent)
        if symbol == "x":
            length, articulation, level = min(length, 50), "ghost", 40
        elif symbol == "m":
            length, articulation, level = round(length * 0.8), "staccato", level - 8
        elif symbol == "u":
            level -= 9
        elif symbol in "t123456i":
            level -= 5
        elif hit.accent and bar.energy >= 0.65 and articulation == "":
            articulation = "accent"
        level = max(20, level)
        return [Note(hit.start, length, pitch, level, articulation) for pitch in pitches]

    def _pitches(
        self, symbol: str, voicing: tuple[int, ...], chord: Chord, bar: Bar
    ) -> tuple[int, ...]:
        if symbol == "t":
            return voicing[1:] if len(voicing) > 2 else voicing
        if symbol == "h":
            return voicing[-1:]
        if symbol == "u":
            return voicing[-3:]
        if symbol == "x":
            return voicing[-2:]
        if symbol == "m":
            return voicing[:1]
        if symbol in "bfopq":
            return self._low_hand(symbol, voicing, chord, bar)
        if symbol == "e":
            return tuple(p for p in (voicing[0], voicing[0] + 12) if p <= self.stage.part.high)
        if symbol == "i":
            return voicing[1:3] or voicing
        if symbol == "g":
            return self._neighbours(voicing, chord, bar)
        if symbol.isdigit():
            number = int(symbol) - 1
            pitch = voicing[number % len(voicing)] + 12 * (number // len(voicing))
            return (pitch if pitch <= self.stage.part.high else pitch - 12,)
        return voicing

    def _low_hand(
        self, symbol: str, voicing: tuple[int, ...], chord: Chord, bar: Bar
    ) -> tuple[int, ...]:
        ceiling = max(self.low, voicing[0] - _LOW_HAND)
        if self.pattern.voicing == "open":  # the bass note is one of the strings
            ceiling = voicing[len(voicing) // 2]
        floor = max(self.stage.part.low, self.low - 5)
        around = (_AMONG_BASSES if self.has_bass else _ALONE) + (0 if self.pattern.home else 7)
        if self.stage.is_left_hand:
            around = _UNDER_THE_HAND
        root = voicing[0]
        for top in (ceiling, voicing[0] - 1, voicing[-1]):
            found = place(chord.bass_pc, around, floor, top)
            if found is not None:
                root = found
                break
        if self.has_bass and root > voicing[0] - 3:
            # No room for the root below the hand: the bass has it, so its fifth stands in.
            fifth = place(fifth_pc(chord), around, floor, ceiling)
            root = voicing[0] if fifth is None else fifth
        if symbol == "q":
            above = place(fifth_pc(chord), root + 7, root + 1, voicing[-1])
            return (voicing[0] if above is None else above,)
        if symbol == "f":
            fifth = place(fifth_pc(chord), root - 5, floor, ceiling)
            return (root if fifth is None else fifth,)
        if symbol == "o":
            return (root + 12 if root + 12 < voicing[-1] else root,)
        if symbol == "p":
            return tuple(sorted({root, place(fifth_pc(chord), root + 7, floor, ceiling) or root}))
        # A pianist's left hand strikes octaves well before a band does: it is the only bass.
        octaves_from = _HAND_OCTAVES_FROM if self.stage.is_left_hand else _OCTAVES_FROM
        loud = bar.energy >= octaves_from and not self.has_bass
        deep = root - 12 >= max(28, self.stage.part.low)
        return (root - 12, root) if loud and deep else (root,)

    def _neighbours(self, voicing: tuple[int, ...], chord: Chord, bar: Bar) -> tuple[int, ...]:
        """Third and fifth a step up, to fourth and sixth: the plagal turn of gospel and country."""
        scale = scale_of(chord, bar.key)
        root, third, fifth = chord.root_pc, third_pc(chord), fifth_pc(chord)
        fourth, sixth = (root + 5) % 12, (root + 9) % 12
        if len(chord.pcs) > 3 or fourth not in scale or sixth not in scale:
            return voicing
        steps = {third: (fourth - third) % 12, fifth: (sixth - fifth) % 12}
        turned = {p + steps.get(p % 12, 0) for p in voicing}
        return tuple(sorted(p for p in turned if p <= self.stage.part.high)) or voicing
