"""Bass lines from grids: roots that lead on, fifths, octaves, approaches and ghosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from songwright.composition.accompany.grid import bar_hits, on_chords
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place, place_any, scale_of, velocity
from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory import Chord
from songwright.theory.voicing import fifth_pc, seventh_pc, third_pc

_FREE = ("n", "a", "x")
"""Symbols that do not state the chord's bass."""


def grid_bass(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play a bass grid over consecutive bars of one section."""
    low, high = home(stage, pattern)
    line = BassLine(low, high, stage.hand.pitch, reach=reach_of(pattern))
    notes: list[Note] = []
    early: Chord | None = None  # the chord whose bass already sounds before its bar
    grids = [bar_hits(stage, pattern, bar) for bar in bars]
    for k, bar in enumerate(bars):
        rng = stage.chance(bar, "bass")
        ties_on = k + 1 < len(bars) and _opens_held(grids[k + 1])
        stated: set[int] = set()
        for written, span in on_chords(grids[k], bar, pattern.strict, "r"):
            hit = written
            if hit.held:
                if early == span.chord and notes and notes[-1].end_ticks == hit.start:
                    notes[-1] = replace(notes[-1], duration_ticks=hit.end - notes[-1].onset_ticks)
                    stated.add(span.start)
                    continue
                if not span.begins and not notes:
                    continue
                hit = replace(hit, symbol="r", held=False, strength=4)
            symbol = hit.symbol
            if span.start not in stated and symbol not in _FREE:
                symbol = "r"
                stated.add(span.start)
            pitch = line.pitch(symbol, span, bar, rng)
            early = span.following if symbol == "n" else None
            length = hit.end - hit.start
            ends_bar = hit.end == bar.end
            if not (symbol == "n" and ties_on and ends_bar):
                length = max(30, round(length * pattern.gate))
            notes.append(bass_note(stage, pattern, bar, replace(hit, symbol=symbol), pitch, length))
    stage.hand.pitch = line.last
    return notes


def reach_of(pattern: Pattern) -> int:
    """Semitones above the root that the pattern wants free."""
    used = {letter.lower() for idea in pattern.ideas for bar in idea for letter in bar}
    return 12 if used & set("os") else 9 if "6" in used else 7 if "5" in used else 0


def _opens_held(found: list[Hit]) -> bool:
    return any(h.held for h in found)


def bass_note(stage: Stage, pattern: Pattern, bar: Bar, hit: Hit, pitch: int, length: int) -> Note:
    """One note of a bass line, with the accent and articulation that its symbol asks for."""
    if hit.symbol == "x":
        return Note(hit.start, min(length, 60), pitch, 42, "ghost")
    articulation = pattern.articulation
    if hit.accent and bar.energy >= 0.6 and not articulation:
        articulation = "accent"
    level = velocity(stage, bar, hit.strength, hit.accent)
    if hit.symbol in "os":
        level = min(118, level + 4)
        articulation = "slide" if hit.symbol == "s" else articulation
    return Note(hit.start, length, pitch, level, articulation)


class BassLine:
    """Chooses octaves so that roots lead on and the line stays low.

    ``low``/``high`` bound every pitch; ``last`` is the pitch played before, or None; ``reach`` is
    the room wanted above a root, in semitones.
    """

    def __init__(self, low: int, high: int, last: int | None = None, reach: int = 0) -> None:
        self.reach = reach
        self.low, self.high, self.last = low, high, last
        self.middle = low + 0.38 * (high - low)
        self.root = last

    def pitch(self, symbol: str, span: Span, bar: Bar, rng: Random) -> int:
        """Pitch of a grid symbol over a chord; it becomes the line's last note."""
        chord = span.chord
        if symbol == "x" and self.last is not None:
            return self.last
        if symbol in ("r", "x"):
            found = self.root = self.place_root(chord.bass_pc)
        elif symbol == "n":
            found = self.root = self.place_root(span.following.bass_pc)
        elif symbol == "a":
            return self._set(self.approach(span, bar, rng))
        elif symbol in "os":
            root = self._root_of(chord)
            found = root + 12 if root + 12 <= self.high else root
        else:
            found = self._degree(symbol, chord, bar)
        return self._set(found)

    def place_root(self, pc: int) -> int:
        """A root near the last one, drawn towards the low middle of the register."""
        candidates = [p for p in range(self.low, self.high + 1) if p % 12 == pc]
        if not candidates:
            return min(max(round(self.middle), self.low), self.high)
        before = self.middle if self.root is None else self.root
        if self.last is not None:
            before = (before + self.last) / 2
        return min(
            candidates,
            key=lambda p: (
                abs(p - before) + 1.2 * abs(p - self.middle)
                + 2.0 * max(0, p + self.reach - self.high), p,
            ),
        )  # fmt: skip

    def approach(self, span: Span, bar: Bar, rng: Random) -> int:
        """A note a step from the next chord's bass, from the side the line comes from."""
        target = self.place_root(span.following.bass_pc)
        scale = scale_of(span.chord, bar.key)
        options = [
            p for p in (target - 1, target - 2, target + 1, target + 2)
            if self.low <= p <= self.high and p != self.last
        ]  # fmt: skip
        if not options:
            return target
        before = self.last if self.last is not None else target
        side = [p for p in options if (p - target) * (before - target) > 0] or options
        diatonic = [p for p in side if p % 12 in scale]
        return rng.choice(diatonic or side)

    def _root_of(self, chord: Chord) -> int:
        if self.root is None or self.root % 12 != chord.bass_pc:
            self.root = self.place_root(chord.bass_pc)
        return self.root

    def _degree(self, symbol: str, chord: Chord, bar: Bar) -> int:
        root = self._root_of(chord)
        if symbol in "5v":  # v is the fifth below the root, where there is room
            pc, up = fifth_pc(chord), root + 7
            fits = up <= self.high if symbol == "5" else root - 5 < self.low
            around: float = up if fits else root - 5
        else:
            around = root if self.last is None else self.last
            if symbol == "3":
                pc, around = third_pc(chord), root + 3.5
            elif symbol == "7":
                pc = self._seventh(chord, bar)
            else:
                scale = scale_of(chord, bar.key)
                pc = scale[(int(symbol) - 1) % len(scale)]
        found = place(pc, around, self.low, self.high)
        return found if found is not None else place_any(chord.pcs, root, self.low, self.high)

    def _seventh(self, chord: Chord, bar: Bar) -> int:
        """The chord's seventh; over a triad the flat seventh of the key, else its sixth."""
        seventh = seventh_pc(chord)
        if seventh is not None:
            return seventh
        scale = scale_of(chord, bar.key)
        flat = (chord.root_pc + 10) % 12
        return flat if flat in scale else scale[5 % len(scale)]

    def _set(self, pitch: int) -> int:
        self.last = min(max(pitch, self.low), self.high)
        return self.last
