"""One voice of ABC notation, bar by bar: notes, ties, tuplets, slurs, marks above the staff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from songwright.export.abc_percussion import drum_letters, letter_of
from songwright.export.naming import one_line
from songwright.score import Score
from songwright.score.notation.bars import Bar, BarLine
from songwright.score.notation.beams import add_beams
from songwright.score.notation.facts import abbreviation
from songwright.score.notation.heads import Head, StaffSpelling
from songwright.score.notation.notes import Lines, lines_of
from songwright.score.notation.rhythm import Symbol, bar_symbols
from songwright.score.notation.spelling import Speller, signature_alter
from songwright.score.notation.staves import PrintedPart, Staff
from songwright.score.notation.transposition import Transposition
from songwright.score.notation.voices import Slice, Tone
from songwright.theory import Key, Meter
from songwright.theory.key import PARENT

_UNIT_TICKS = 240  # L:1/8
_MODES = {
    "major": "", "minor": "m", "dorian": "dor", "phrygian": "phr", "lydian": "lyd",
    "mixolydian": "mix", "locrian": "loc",
}  # fmt: skip
_MAJOR_KEYS = "Cb Gb Db Ab Eb Bb F C G D A E B F# C#".split()
_ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_DECORATIONS = {"staccato": ".", "accent": "!accent!", "tenuto": "!tenuto!", "marcato": "!^!"}


class Voice:
    """One voice of one staff, written bar by bar, with the marks that stand above it."""

    def __init__(
        self, score: Score, part: PrintedPart, staff: Staff, index: int,
        barline: BarLine, channel: int,
    ) -> None:  # fmt: skip
        # P3a and P3b are staves of one player, P3ax the second voice of the first.
        staff_letter = (
            chr(ord("a") + list(part.staves).index(staff)) if len(part.staves) > 1 else ""
        )
        self.id = part.id + staff_letter + ("x" if index else "")
        self.part, self.staff, self._index = part, staff, index
        self._channel = channel
        self._octave = Transposition(12 * part.transposition.octaves)
        self._barline = barline
        self._pieces = staff.voices[index] if staff.voices else ()
        self._lines = lines_of(self._pieces, barline)
        self._letters = drum_letters(part.drum_keys) if part.is_kit else {}
        self._spelling = (
            None if part.is_kit
            else StaffSpelling((self._pieces,), Speller(score), self._octave)
        )  # fmt: skip
        self._key = score.keys[0].key if score.keys else Key("C", "major")
        self._chords: list[tuple[int, str]] = []
        self._sections: dict[int, str] = {}
        self._dynamics = _dynamics(score, part) if not index else {}
        self._meter: Meter | None = barline.bars[0].meter

    def mark(self, chords: list[tuple[int, str]], sections: dict[int, str]) -> None:
        """Give this voice the chord symbols (tick, text) and section names (bar: text)."""
        self._chords, self._sections = chords, sections

    def head(self) -> str:
        """The line of the tune's head that defines the voice."""
        clef = {"percussion": "perc"}.get(self.staff.clef, self.staff.clef)
        words = [f"V:{self.id}", f"clef={clef}"]
        if self._index == 0 and self.staff is self.part.staves[0]:
            words.append(f'name="{plain(self.part.name)}"')
            words.append(f'snm="{plain(abbreviation(self.part.name))}"')
        return " ".join(words)

    def playback(self) -> Iterator[str]:
        """Lines that say how the voice sounds; abc2midi takes them after ``K:`` only."""
        yield f"V:{self.id}"
        yield f"%%MIDI channel {self._channel}"
        yield f"%%MIDI program {self.part.instrument.program}"
        # abc2midi keeps a transposition for the voices that follow, so each one says its own.
        yield f"%%MIDI transpose {-self._octave.semitones}"
        if self.part.is_kit:
            yield "K:C clef=perc"  # or the key's sharps would move drums to other keys
        for key, letter in sorted(self._letters.items()):
            yield f"%%MIDI drummap {letter} {key}"

    def bar(self, bar: Bar, key: Key | None, tempo: str) -> str:
        """One bar with its bar line."""
        text = ""
        if key is not None and not self.part.is_kit:
            text += f"[K:{key_field(key)}]"
            self._key = key
        if bar.meter != self._meter:
            self._meter = bar.meter
            text += f"[M:{bar.meter}]"
        if tempo:
            text += f"[Q:{tempo}]"
        if bar.number in self._sections:
            text += f'"^{plain(self._sections[bar.number])}"'
        text += self._notes(bar)
        return text + (" |]" if bar.number + 1 == len(self._barline.bars) else " |")

    def _notes(self, bar: Bar) -> str:
        chords = {t: c for t, c in self._chords if bar.start <= t < bar.end}
        pieces = [p for p in self._pieces if p.end > bar.start and p.start < bar.end]
        symbols = bar_symbols(bar, _cut(pieces, sorted(chords), bar))
        add_beams(bar, symbols)
        fifths = 0 if self.part.is_kit else self._key.fifths
        heads = self._spelling.bar_heads([symbols], fifths) if self._spelling else {}
        altered: set[str] = set()
        words = []
        for _, run in groupby(enumerate(symbols), key=lambda item: _beam_of(symbols, item[0])):
            group = ""
            for i, symbol in run:
                if symbol.triplet and (not i or symbols[i - 1].triplet != symbol.triplet):
                    count = sum(s.triplet == symbol.triplet for s in symbols)
                    group += f"(3:2:{count}"
                tick = bar.start + symbol.onset
                group += f'"{chords[tick]}"' if tick in chords else ""
                group += self._symbol(bar, symbol, heads.get(id(symbol), []), altered, fifths)
            words.append(group)
        return " ".join(words)

    def _symbol(
        self, bar: Bar, symbol: Symbol, heads: Sequence[Head], altered: set[str], fifths: int
    ) -> str:
        ticks = Fraction(symbol.ticks * 3, 2) if symbol.triplet else Fraction(symbol.ticks)
        length = _length(ticks)
        if not symbol.tones:
            return ("x" if self._index else "z") + length
        start, end = bar.start + symbol.onset, bar.start + symbol.end
        # A tied note is not short, and abc2midi would lose it over its staccato.
        struck = [
            t for t in symbol.tones
            if not t.tied_from and not (t.tied_to and t.note.articulation == "staccato")
        ]  # fmt: skip
        text = self._dynamic(end)
        for name in dict.fromkeys(t.note.articulation for t in struck):
            text += _DECORATIONS.get(name, "")
        text += _slur(self._lines, start, end, opening=True)
        names = []
        for i, tone in enumerate(symbol.tones):
            if self.part.is_kit:
                name = self._letters[tone.note.pitch]
            else:
                name = _pitch(heads[i], altered, fifths)
            names.append(name + ("-" if tone.tied_to else ""))
        if len(names) == 1:
            tie = "-" if names[0].endswith("-") else ""
            text += names[0].removesuffix("-") + length + tie
        else:
            text += "[" + "".join(names) + "]" + length
        return text + _slur(self._lines, start, end, opening=False)

    def _dynamic(self, end: int) -> str:
        due = [tick for tick in self._dynamics if tick < end]
        marks = [self._dynamics.pop(tick) for tick in sorted(due)]
        return f"!{marks[-1]}!" if marks else ""


def _dynamics(score: Score, part: PrintedPart) -> dict[int, str]:
    marks: dict[int, str] = {}
    last = ""
    for dynamic in sorted(score.dynamics, key=lambda d: d.tick):
        if dynamic.part_id in part.part_ids and dynamic.mark != last:
            last = marks[dynamic.tick] = dynamic.mark
    return marks


def _pitch(head: Head, altered: set[str], fifths: int) -> str:
    """A note name. An accidental is written whenever any rule could read another note."""
    accidental = ""
    if head.alter != signature_alter(head.step, fifths):
        altered.add(head.step)
        accidental = _ACCIDENTALS[head.alter]
    elif head.step in altered:
        accidental = _ACCIDENTALS[head.alter]
    return accidental + letter_of(head.step, head.octave)


def _length(ticks: Fraction) -> str:
    units = ticks / _UNIT_TICKS
    if units.denominator == 1:
        return "" if units == 1 else str(units.numerator)
    top = "" if units.numerator == 1 else str(units.numerator)
    return f"{top}/{units.denominator}"


def _cut(pieces: Sequence[Slice], ticks: Sequence[int], bar: Bar) -> list[Slice]:
    """Slices cut, and tied, where a chord symbol must stand; silence is cut by empty slices."""
    cut: list[Slice] = []
    at = bar.start
    silent: list[tuple[int, int]] = []
    for piece in pieces:
        if piece.start > at:
            silent.append((at, piece.start))
        edges = [piece.start, *(t for t in ticks if piece.start < t < piece.end), piece.end]
        for start, end in pairwise(edges):
            tones = tuple(
                Tone(t.note, t.tied_from or start > piece.start, t.tied_to or end < piece.end)
                for t in piece.tones
            )
            cut.append(Slice(start, end, tones))
        at = piece.end
    if at < bar.end:
        silent.append((at, bar.end))
    for start, end in silent:
        edges = [*(t for t in ticks if start < t < end), end]
        cut += [Slice(a, b, ()) for a, b in pairwise(edges)]
    return sorted(cut, key=lambda piece: piece.start)


def _slur(lines: Lines, start: int, end: int, opening: bool) -> str:
    if opening:
        return "(" if start in lines.slur_starts else ""
    return ")" if end in lines.slur_stops else ""


def _beam_of(symbols: Sequence[Symbol], index: int) -> int:
    """Index of the first symbol under the same beam: what is beamed is written together."""
    while index and symbols[index].beams and symbols[index].beams[0] in ("continue", "end"):
        index -= 1
    return index


def plain(text: str) -> str:
    """One line without the marks that ABC reads."""
    return one_line(text).replace('"', "'").replace("\\", "/").replace("%", "\\%").strip()


def key_field(key: Key) -> str:
    """A ``K:`` field; scales without a name of their own get the signature they are written in."""
    mode = PARENT.get(key.mode, key.mode)
    if mode in _MODES and abs(key.fifths) <= 7:
        return key.tonic + _MODES[mode]
    return _MAJOR_KEYS[key.fifths + 7]
