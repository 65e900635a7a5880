"""What stands above and below the notes: tempo, sections, chord symbols, dynamics, words.

Each mark is a MusicXML element and the tick it belongs to; `songwright.score.notation.measures`
places it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from songwright.score.model import Score, TempoChange
from songwright.score.notation.bars import BarLine
from songwright.score.notation.facts import chord_kind
from songwright.score.notation.spelling import Speller, fifths_of, letter_and_alter
from songwright.score.notation.staves import PrintedPart
from songwright.theory import Meter

# Percent of the velocity of a forte (90), as MusicXML counts loudness.
_LOUDNESS = {
    "pppp": 11, "ppp": 18, "pp": 37, "p": 54, "mp": 71, "mf": 89, "f": 107, "ff": 124,
    "fff": 140, "ffff": 141, "sf": 124, "sfz": 124, "fp": 107,
}  # fmt: skip

_UNMARKED_CHANGE = 0.06  # tempo changes below this are the player's freedom, not a new tempo

# Upper bound in pulses a minute of each tempo word.
_TEMPO_WORDS = (
    (40, "Grave"), (60, "Largo"), (76, "Adagio"), (106, "Andante"), (120, "Moderato"),
    (156, "Allegro"), (176, "Vivace"), (200, "Presto"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """An element and the tick it belongs to."""

    tick: int
    element: Element


def system_marks(score: Score, barline: BarLine, swing: bool) -> list[Mark]:
    """Marks for the whole score, to stand above the top part: sections, tempo, feel."""
    marks = _section_marks(score, barline)
    if swing:
        marks.append(_swing_mark())
    return [*_tempo_marks(score, barline), *marks]


def chord_marks(score: Score, part: PrintedPart, speller: Speller) -> list[Mark]:
    """Chord symbols in the part's written pitch; a chord that only goes on is not repeated."""
    marks: list[Mark] = []
    section_starts = {s.start_bar for s in score.sections}
    barline = BarLine(score)
    previous = None
    for span in score.chords:
        bar = barline.at(span.onset_ticks)
        opens = span.onset_ticks == bar.start and bar.number in section_starts
        if span.chord == previous and not opens:
            continue
        previous = span.chord
        if span.onset_ticks >= barline.end:
            break
        shift = part.transposition.shift(speller.key_at(span.onset_ticks))
        harmony = Element("harmony", {"print-frame": "no"})
        _pitch_name(harmony, "root", fifths_of(span.chord.root) + shift)
        kind = chord_kind(span.chord.quality)
        SubElement(harmony, "kind", {"text": span.chord.quality}).text = kind.kind
        if span.chord.bass:
            _pitch_name(harmony, "bass", fifths_of(span.chord.bass) + shift)
        for value, alter, action in kind.degrees:
            degree = SubElement(harmony, "degree", {"print-object": "no"})
            SubElement(degree, "degree-value").text = str(value)
            SubElement(degree, "degree-alter").text = str(alter)
            SubElement(degree, "degree-type").text = action
        marks.append(Mark(span.onset_ticks, harmony))
    return marks


def part_marks(score: Score, part: PrintedPart) -> list[Mark]:
    """Dynamics and playing techniques of one printed part."""
    marks: list[Mark] = []
    written: str | None = None
    for dynamic in sorted(score.dynamics, key=lambda d: d.tick):
        if dynamic.part_id in part.part_ids and dynamic.mark != written:
            written = dynamic.mark
            marks.append(Mark(dynamic.tick, _dynamic(written)))
    plucked = False
    for number, staff in enumerate(part.staves, start=1):
        for voice in staff.voices:
            for piece in voice:
                struck = [t.note for t in piece.tones if not t.tied_from]
                if struck and plucked != (struck[0].articulation == "pizzicato"):
                    plucked = not plucked
                    text = "pizz." if plucked else "arco"
                    marks.append(Mark(piece.start, _words(text, staff=number, italic=True)))
    return sorted(marks, key=lambda mark: mark.tick)


def place(mark: Mark, tick: int) -> Element:
    """The mark's element; a chord symbol may be told to stand after where it is written."""
    element = mark.element
    if mark.tick != tick:
        offset = Element("offset")
        offset.text = str(mark.tick - tick)
        element.append(offset)
    return element


def _section_marks(score: Score, barline: BarLine) -> list[Mark]:
    counts = Counter(s.function for s in score.sections)
    seen: Counter[str] = Counter()
    marks = []
    for section in score.sections:
        if section.start_bar >= len(barline.bars):
            continue
        seen[section.function] += 1
        text = "-".join(w[:1].upper() + w[1:] for w in section.function.split("-"))
        if counts[section.function] > 1:
            text += f"{'' if len(text) == 1 else ' '}{seen[section.function]}"
        direction, kind = _direction("above")
        rehearsal = SubElement(kind, "rehearsal", {"enclosure": "square", "font-weight": "bold"})
        rehearsal.text = text or section.letter
        marks.append(Mark(barline.bars[section.start_bar].start, direction))
    return marks


def _tempo_marks(score: Score, barline: BarLine) -> list[Mark]:
    """Metronome marks where the tempo is set, words where it bends, sound everywhere."""
    marks: list[Mark] = []
    tempos = [t for t in score.tempos if t.tick < barline.end]
    shown = before_bend = 0.0
    bending = 0
    for i, tempo in enumerate(tempos):
        meter = barline.at(tempo.tick).meter
        if i == 0:
            marks.append(Mark(0, _metronome(tempo.bpm, meter, _tempo_word(tempo.bpm, meter))))
            shown = tempo.bpm
            continue
        trend = _sign(tempo.bpm - tempos[i - 1].bpm)
        goes_on = (
            i + 1 < len(tempos)
            and _sign(tempos[i + 1].bpm - tempo.bpm) == trend
            and tempos[i + 1].tick - tempo.tick <= meter.bar_ticks
        )
        if bending and trend == bending:
            marks.append(Mark(tempo.tick, _sound_tempo(tempo.bpm)))
            bending = trend if goes_on else 0
            shown = tempo.bpm
        elif goes_on and trend:
            goal = _end_of_bend(tempos, i, trend)
            before_bend, bending = tempos[i - 1].bpm, trend
            text = "rit." if trend < 0 else "accel."
            visible = abs(goal / before_bend - 1.0) >= 0.03
            marks.append(
                Mark(
                    tempo.tick,
                    _words(text, italic=True, tempo_bpm=tempo.bpm)
                    if visible
                    else _sound_tempo(tempo.bpm),
                )
            )
        elif abs(tempo.bpm / shown - 1.0) < _UNMARKED_CHANGE:
            marks.append(Mark(tempo.tick, _sound_tempo(tempo.bpm)))
        else:
            returns = before_bend and abs(tempo.bpm / before_bend - 1.0) < 0.015
            element = (
                _words("a tempo", italic=True, tempo_bpm=tempo.bpm)
                if returns
                else _metronome(tempo.bpm, meter, "")
            )
            marks.append(Mark(tempo.tick, element))
            shown = tempo.bpm
    return marks


def _end_of_bend(tempos: list[TempoChange], start: int, trend: int) -> float:
    end = start
    while end + 1 < len(tempos) and _sign(tempos[end + 1].bpm - tempos[end].bpm) == trend:
        end += 1
    return tempos[end].bpm


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _tempo_word(bpm: float, meter: Meter) -> str:
    pulses = bpm / _beat_unit(meter)[1]
    return next((word for bound, word in _TEMPO_WORDS if pulses < bound), "Prestissimo")


def _beat_unit(meter: Meter) -> tuple[str, float, bool]:
    """Note type of the felt beat, its length in quarter notes, and whether it is dotted."""
    if meter.is_compound and meter.denominator == 8:
        return "quarter", 1.5, True
    if meter.denominator == 2:
        return "half", 2.0, False
    return "quarter", 1.0, False


def _metronome(bpm: float, meter: Meter, word: str) -> Element:
    direction, kind = _direction("above")
    if word:
        SubElement(kind, "words", {"font-weight": "bold"}).text = f"{word} "
        kind = SubElement(direction, "direction-type")
    unit, quarters, dotted = _beat_unit(meter)
    metronome = SubElement(kind, "metronome", {"parentheses": "no"})
    SubElement(metronome, "beat-unit").text = unit
    if dotted:
        SubElement(metronome, "beat-unit-dot")
    SubElement(metronome, "per-minute").text = str(round(bpm / quarters))
    SubElement(direction, "sound", {"tempo": _decimal(bpm)})
    return direction


def _sound_tempo(bpm: float) -> Element:
    # A bare <sound> would be printed as a metronome mark by MuseScore 3; blank words are not.
    direction, kind = _direction("above")
    SubElement(kind, "words").text = " "
    SubElement(direction, "sound", {"tempo": _decimal(bpm)})
    return direction


def _swing_mark() -> Mark:
    direction, kind = _direction("above")
    # Words only: readers of MusicXML 3 call a file with the <swing> of version 4 invalid.
    SubElement(kind, "words", {"font-weight": "bold"}).text = "Swing"
    return Mark(0, direction)


def _dynamic(mark: str) -> Element:
    direction, kind = _direction("below")
    SubElement(SubElement(kind, "dynamics"), mark)
    SubElement(direction, "staff").text = "1"
    if mark in _LOUDNESS:
        SubElement(direction, "sound", {"dynamics": str(_LOUDNESS[mark])})
    return direction


def _words(text: str, staff: int = 1, italic: bool = False, tempo_bpm: float = 0.0) -> Element:
    direction, kind = _direction("above")
    SubElement(kind, "words", {"font-style": "italic"} if italic else {}).text = text
    SubElement(direction, "staff").text = str(staff)
    if tempo_bpm:
        SubElement(direction, "sound", {"tempo": _decimal(tempo_bpm)})
    return direction


def _direction(placement: str) -> tuple[Element, Element]:
    direction = Element("direction", {"placement": placement})
    return direction, SubElement(direction, "direction-type")


def _pitch_name(parent: Element, role: str, fifths: int) -> None:
    letter, alter = letter_and_alter(fifths)
    name = SubElement(parent, role)
    SubElement(name, f"{role}-step").text = letter
    if alter:
        SubElement(name, f"{role}-alter").text = str(alter)


def _decimal(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
