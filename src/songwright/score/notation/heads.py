"""Note heads of one bar: written step, octave and alteration, and which accidentals to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songwright.score.model import Note
from songwright.score.notation.rhythm import Symbol
from songwright.score.notation.spelling import (
    Speller,
    letter_and_alter,
    octave_of,
    signature_alter,
)
from songwright.score.notation.transposition import Transposition
from songwright.score.notation.voices import Slice

_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}


@dataclass(frozen=True, slots=True)
class Head:
    """One written head; ``accidental`` is empty when none is printed."""

    step: str
    alter: int
    octave: int
    accidental: str = ""


class StaffSpelling:
    """Written names of every note of one staff, each chosen once so that ties keep their name."""

    def __init__(
        self, voices: Sequence[Sequence[Slice]], speller: Speller, transposition: Transposition
    ) -> None:
        self._names: dict[tuple[int, int], Head] = {}
        for voice in voices:
            for i, piece in enumerate(voice):
                following = voice[i + 1].tones if i + 1 < len(voice) else ()
                for tone in piece.tones:
                    if not tone.tied_from:
                        goals = [t.note.pitch for t in following]
                        self._name(tone.note, goals, speller, transposition)

    def _name(
        self, note: Note, goals: list[int], speller: Speller, transposition: Transposition
    ) -> None:
        goal = min(goals, key=lambda p: abs(p - note.pitch)) if goals else None
        place = speller.fifths(note.pitch, note.onset_ticks, goal)
        place += transposition.shift(speller.key_at(note.onset_ticks))
        written = note.pitch + transposition.semitones
        letter, alter = letter_and_alter(place)
        if abs(alter) > 2 or (abs(alter) == 2 and transposition.fifths):
            # A transposed name may need a double accidental where a plain one will do.
            letter, alter = letter_and_alter(place - 12 if alter > 0 else place + 12)
        octave = octave_of(written, letter, alter)
        self._names[note.onset_ticks, note.pitch] = Head(letter, alter, octave)

    def bar_heads(self, rows: Iterable[list[Symbol]], key_fifths: int) -> dict[int, list[Head]]:
        """Heads of a bar's symbols by ``id`` of the symbol, with the accidentals they need.

        An accidental holds for its own step and octave until the bar line; a tie carries it over
        the bar line for the tied note alone.
        """
        heads: dict[int, list[Head]] = {}
        in_force: dict[tuple[str, int], int] = {}
        ordered = sorted((s for row in rows for s in row if s.tones), key=lambda s: s.onset)
        for symbol in ordered:
            written = []
            for tone in symbol.tones:
                head = self._names[tone.note.onset_ticks, tone.note.pitch]
                if not tone.tied_from:
                    place = (head.step, head.octave)
                    before = in_force.get(place)
                    if before is None:
                        before = signature_alter(head.step, key_fifths)
                    if before != head.alter:
                        in_force[place] = head.alter
                        head = Head(head.step, head.alter, head.octave, _SIGNS[head.alter])
                written.append(head)
            heads[id(symbol)] = written
        return heads
