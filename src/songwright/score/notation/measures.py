"""The measures of one printed part, from attributes to bar line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from songwright.score.model import Score
from songwright.score.notation.bars import Bar, BarLine
from songwright.score.notation.beams import add_beams
from songwright.score.notation.directions import Mark, place
from songwright.score.notation.heads import StaffSpelling
from songwright.score.notation.notes import Place, lines_of, write_symbol
from songwright.score.notation.rhythm import bar_symbols
from songwright.score.notation.spelling import Speller
from songwright.score.notation.staves import PrintedPart, Staff
from songwright.score.notation.voices import Slice
from songwright.theory import Key, Meter
from songwright.theory.key import PARENT
from songwright.units import TICKS_PER_BEAT

_CLEFS = {
    "treble": ("G", "2"), "bass": ("F", "4"), "alto": ("C", "3"), "tenor": ("C", "4"),
    "percussion": ("percussion", ""),
}  # fmt: skip
_VOICES_PER_STAFF = 4  # readers count voices 1-4 on the first staff, 5-8 on the second


class PartWriter:
    """Writes one part measure by measure; ``marks`` must be sorted by tick."""

    def __init__(
        self,
        score: Score,
        part: PrintedPart,
        barline: BarLine,
        speller: Speller,
        marks: Sequence[Mark],
    ) -> None:
        self._part = part
        self._barline = barline
        self._marks = marks
        self._mark_ticks = [m.tick for m in marks]
        self._keys = {barline.nearest_start(c.tick): c.key for c in score.keys}
        self._section_ends = {s.end_bar - 1 for s in score.sections}
        self._staves = [
            _StaffWriter(part, number, staff, barline, speller)
            for number, staff in enumerate(part.staves, start=1)
        ]

    def write(self) -> Element:
        """The ``<part>`` with all its measures."""
        part = Element("part", {"id": self._part.id})
        key, meter = self._keys.get(0, Key("C", "major")), None
        for bar in self._barline.bars:
            measure = SubElement(part, "measure", {"number": str(bar.number + 1)})
            key = self._keys.get(bar.number, key)
            self._write_attributes(measure, bar, key, bar.meter if bar.meter != meter else None)
            meter = bar.meter
            fifths = 0 if self._part.is_kit else self._part.transposition.key_fifths(key)
            for number, staff in enumerate(self._staves):
                if number:
                    _backup(measure, bar)
                staff.write_bar(measure, bar, fifths, self._marks_of(bar) if number == 0 else ())
            self._write_barline(measure, bar)
        return part

    def _marks_of(self, bar: Bar) -> Sequence[Mark]:
        return self._marks[
            bisect_left(self._mark_ticks, bar.start) : bisect_left(self._mark_ticks, bar.end)
        ]

    def _write_attributes(self, measure: Element, bar: Bar, key: Key, meter: Meter | None) -> None:
        first = bar.number == 0
        if not (first or bar.number in self._keys or meter):
            return
        attributes = SubElement(measure, "attributes")
        if first:
            SubElement(attributes, "divisions").text = str(TICKS_PER_BEAT)
        if first or (bar.number in self._keys and not self._part.is_kit):
            _write_key(attributes, self._part, key)
        if meter:
            time = SubElement(attributes, "time")
            SubElement(time, "beats").text = str(meter.numerator)
            SubElement(time, "beat-type").text = str(meter.denominator)
        if first:
            self._write_staves(attributes)

    def _write_staves(self, attributes: Element) -> None:
        staves = self._part.staves
        if len(staves) > 1:
            SubElement(attributes, "staves").text = str(len(staves))
        for number, staff in enumerate(staves, start=1):
            clef = SubElement(attributes, "clef", {"number": str(number)})
            sign, line = _CLEFS[staff.clef]
            SubElement(clef, "sign").text = sign
            if line:
                SubElement(clef, "line").text = line
        by = self._part.transposition
        if by.semitones:
            transpose = SubElement(attributes, "transpose")
            SubElement(transpose, "diatonic").text = str(-by.diatonic)
            SubElement(transpose, "chromatic").text = str(-by.rest)
            if by.octaves:
                SubElement(transpose, "octave-change").text = str(-by.octaves)

    def _write_barline(self, measure: Element, bar: Bar) -> None:
        last = bar.number + 1 == len(self._barline.bars)
        if last or bar.number in self._section_ends:
            barline = SubElement(measure, "barline", {"location": "right"})
            SubElement(barline, "bar-style").text = "light-heavy" if last else "light-light"


class _StaffWriter:
    """One staff: its voices cut into bars, spelled and beamed."""

    def __init__(
        self,
        part: PrintedPart,
        number: int,
        staff: Staff,
        barline: BarLine,
        speller: Speller,
    ) -> None:
        self._part = part
        self._number = number
        self._voices = staff.voices or ((),)
        self._ends = [[piece.end for piece in voice] for voice in self._voices]
        self._starts = [[piece.start for piece in voice] for voice in self._voices]
        self._lines = [lines_of(voice, barline) for voice in self._voices]
        self._spelling: StaffSpelling | None = None
        if not part.is_kit:
            self._spelling = StaffSpelling(staff.voices, speller, part.transposition)

    def write_bar(self, measure: Element, bar: Bar, key_fifths: int, marks: Sequence[Mark]) -> None:
        """Append the notes of a bar, voice after voice, with marks among the first voice's."""
        sounding = [self._sounding(i, bar) for i in range(len(self._voices))]
        rows = [bar_symbols(bar, pieces) for pieces in sounding]
        heads = self._spelling.bar_heads(rows, key_fifths) if self._spelling else {}
        divided = len(sounding) > 1 and bool(sounding[1])
        for index, symbols in enumerate(rows):
            if index and not sounding[index]:
                continue
            if index:
                _backup(measure, bar)
            add_beams(bar, symbols)
            where = self._place(index, divided, alone=not sounding[index])
            waiting = list(marks) if index == 0 else []
            inside: list[Mark] = []
            for symbol in symbols:
                while waiting and waiting[0].tick < bar.start + symbol.end:
                    mark, tick = waiting.pop(0), bar.start + symbol.onset
                    if mark.tick > tick and mark.element.tag == "direction":
                        inside.append(mark)
                    else:
                        measure.append(place(mark, tick))
                spelled = heads.get(id(symbol), [])
                write_symbol(measure, bar, symbol, spelled, self._lines[index], where)
            _write_inside(measure, bar, inside)

    def _sounding(self, voice: int, bar: Bar) -> Sequence[Slice]:
        first = bisect_right(self._ends[voice], bar.start)
        return self._voices[voice][first : bisect_left(self._starts[voice], bar.end)]

    def _place(self, index: int, divided: bool, alone: bool) -> Place:
        several = len(self._part.staves) > 1
        stem = ""
        if divided or (self._part.is_kit and len(self._voices) > 1):
            stem = "down" if index else "up"
        return Place(
            self._part.id,
            voice=(self._number - 1) * _VOICES_PER_STAFF + index + 1,
            staff=self._number if several else 0,
            stem=stem,
            is_kit=self._part.is_kit,
            hide_rests=index > 0 or (divided and alone),
        )


def _write_key(attributes: Element, part: PrintedPart, key: Key) -> None:
    element = SubElement(attributes, "key")
    fifths = 0 if part.is_kit else part.transposition.key_fifths(key)
    SubElement(element, "fifths").text = str(fifths)
    if not part.is_kit:
        mode = PARENT.get(key.mode, key.mode)
        SubElement(element, "mode").text = "major" if mode == "whole-tone" else mode


def _write_inside(measure: Element, bar: Bar, marks: Sequence[Mark]) -> None:
    """Directions in the midst of a note: the writer goes back to where they stand.

    MuseScore 3 reads no ``<offset>`` of a direction and would hear a tempo when the note begins.
    """
    at = bar.end
    for mark in reversed(marks):  # only ever back: a forward between makes rests in some readers
        if mark.tick < at:
            _move(measure, "backup", at - mark.tick)
        measure.append(mark.element)
        at = mark.tick
    if at < bar.end:
        _move(measure, "forward", bar.end - at)


def _backup(measure: Element, bar: Bar) -> None:
    _move(measure, "backup", bar.length)


def _move(measure: Element, way: str, ticks: int) -> None:
    SubElement(SubElement(measure, way), "duration").text = str(ticks)
