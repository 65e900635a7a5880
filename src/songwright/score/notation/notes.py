"""One written symbol as MusicXML ``<note>`` elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from songwright.score.notation.bars import Bar, BarLine
from songwright.score.notation.facts import drum_sign
from songwright.score.notation.heads import Head
from songwright.score.notation.rhythm import Symbol, Triplet
from songwright.score.notation.voices import Slice

_ARTICULATIONS = {
    "staccato": "staccato", "tenuto": "tenuto", "accent": "accent", "marcato": "strong-accent",
}  # fmt: skip
_LONGEST_SLUR_BARS = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """Ticks at which slurs and slides of one voice begin and end."""

    slur_starts: frozenset[int]
    slur_stops: frozenset[int]
    slide_starts: frozenset[int]  # end of the note that slides
    slide_stops: frozenset[int]  # onset of the note it slides to


@dataclass(frozen=True, slots=True)
class Place:
    """Where a symbol is written: part, staff and voice numbers, and forced stem direction."""

    part_id: str
    voice: int
    staff: int = 0  # 0 when the part has one staff only
    stem: str = ""
    is_kit: bool = False
    hide_rests: bool = False


def lines_of(voice: Sequence[Slice], barline: BarLine) -> Lines:
    """Slurs over runs of single legato notes, at most two bars long, and slides to the next note.

    Legato chords have no slur: over their ties it would only be in the way.
    """
    runs: list[list[Slice]] = []
    for piece in voice:
        if len(piece.tones) > 1 or piece.tones[0].note.articulation != "legato":
            continue
        bar = barline.at(piece.start)
        joins = (
            runs
            and runs[-1][-1].end == piece.start
            and bar.number - barline.at(runs[-1][0].start).number < _LONGEST_SLUR_BARS
        )
        if joins:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    slurs = [r for r in runs if sum(not t.tied_from for p in r for t in p.tones[:1]) > 1]
    slides = [
        a.end
        for a, b in pairwise(voice)
        if a.end == b.start
        and len(a.tones) == len(b.tones) == 1
        and a.tones[0].note.articulation == "slide"
        and not (a.tones[0].tied_to or a.tones[0].note.pitch == b.tones[0].note.pitch)
    ]
    return Lines(
        frozenset(r[0].start for r in slurs),
        frozenset(r[-1].end for r in slurs),
        frozenset(slides),
        frozenset(slides),
    )


def write_symbol(
    measure: Element, bar: Bar, symbol: Symbol, heads: list[Head], lines: Lines, place: Place
) -> None:
    """Append the ``<note>`` elements of one chord or rest to a measure."""
    for i in range(max(1, len(symbol.tones))):
        hidden = not symbol.tones and place.hide_rests
        note = SubElement(measure, "note", {"print-object": "no"} if hidden else {})
        if i:
            SubElement(note, "chord")
        tone = symbol.tones[i] if symbol.tones else None
        if tone is None:
            SubElement(note, "rest", {"measure": "yes"} if symbol.whole_bar else {})
        elif place.is_kit:
            sign = drum_sign(tone.note.pitch)
            unpitched = SubElement(note, "unpitched")
            _text(unpitched, "display-step", sign.step)
            _text(unpitched, "display-octave", str(sign.octave))
        else:
            pitch = SubElement(note, "pitch")
            _text(pitch, "step", heads[i].step)
            if heads[i].alter:
                _text(pitch, "alter", str(heads[i].alter))
            _text(pitch, "octave", str(heads[i].octave))
        _text(note, "duration", str(symbol.ticks))
        if tone is not None:
            if tone.tied_from:
                SubElement(note, "tie", {"type": "stop"})
            if tone.tied_to:
                SubElement(note, "tie", {"type": "start"})
            if place.is_kit:
                SubElement(note, "instrument", {"id": drum_id(place.part_id, tone.note.pitch)})
        _text(note, "voice", str(place.voice))
        if not symbol.whole_bar:
            _text(note, "type", symbol.type)
        for _ in range(symbol.dots):
            SubElement(note, "dot")
        if tone is not None and not place.is_kit and heads[i].accidental:
            _text(note, "accidental", heads[i].accidental)
        if symbol.triplet is not None:
            _time_modification(note, symbol.triplet)
        if tone is not None:
            if place.stem and symbol.type not in ("whole", "breve"):
                _text(note, "stem", place.stem)
            _notehead(note, tone.note.pitch, tone.note.articulation, place.is_kit)
        if place.staff:
            _text(note, "staff", str(place.staff))
        if i == 0:
            for level, beam in enumerate(symbol.beams, start=1):
                _text(note, "beam", beam).set("number", str(level))
        _notations(note, bar, symbol, i, lines, str(place.voice))


def drum_id(part_id: str, key: int) -> str:
    """Identifier of one percussion sound of a part."""
    return f"{part_id}-I{key + 1}"


def _notations(
    note: Element, bar: Bar, symbol: Symbol, index: int, lines: Lines, number: str
) -> None:
    """Ties, slurs, brackets and signs; ``number`` keeps the slurs of different voices apart."""
    notations = Element("notations")
    tone = symbol.tones[index] if symbol.tones else None
    if tone is not None:
        if tone.tied_from:
            SubElement(notations, "tied", {"type": "stop"})
        if tone.tied_to:
            SubElement(notations, "tied", {"type": "start"})
    if index == 0:
        start, end = bar.start + symbol.onset, bar.start + symbol.end
        if tone is not None:
            if end in lines.slur_stops:
                SubElement(notations, "slur", {"type": "stop", "number": number})
            if start in lines.slur_starts and not tone.tied_from:
                SubElement(notations, "slur", {"type": "start", "number": number})
        _tuplet(notations, symbol)
        if tone is not None:
            if start in lines.slide_stops:
                SubElement(notations, "slide", {"type": "stop", "number": number})
            if end in lines.slide_starts:
                SubElement(
                    notations, "slide", {"type": "start", "number": number, "line-type": "solid"}
                )
            _articulations(notations, symbol)
    if len(notations):
        note.append(notations)


def _articulations(notations: Element, symbol: Symbol) -> None:
    if any(t.note.articulation == "tremolo" for t in symbol.tones):
        ornaments = SubElement(notations, "ornaments")
        _text(ornaments, "tremolo", "3").set("type", "single")
    struck = [t.note.articulation for t in symbol.tones if not t.tied_from]
    signs = [_ARTICULATIONS[name] for name in dict.fromkeys(struck) if name in _ARTICULATIONS]
    if signs:
        parent = SubElement(notations, "articulations")
        for sign in signs:
            SubElement(parent, sign)


def _tuplet(notations: Element, symbol: Symbol) -> None:
    triplet = symbol.triplet
    if triplet is None:
        return
    if symbol.onset == triplet.start:
        bracket = "yes" if symbol.bracket else "no"
        tuplet = SubElement(
            notations, "tuplet", {"type": "start", "number": "1", "bracket": bracket}
        )
        for side, count in (("tuplet-actual", "3"), ("tuplet-normal", "2")):
            numbers = SubElement(tuplet, side)
            _text(numbers, "tuplet-number", count)
            _text(numbers, "tuplet-type", triplet.normal_type)
    if symbol.end == triplet.end:
        SubElement(notations, "tuplet", {"type": "stop", "number": "1"})


def _time_modification(note: Element, triplet: Triplet) -> None:
    modification = SubElement(note, "time-modification")
    _text(modification, "actual-notes", "3")
    _text(modification, "normal-notes", "2")
    _text(modification, "normal-type", triplet.normal_type)


def _notehead(note: Element, pitch: int, articulation: str, is_kit: bool) -> None:
    head = drum_sign(pitch).head if is_kit else "normal"
    if articulation == "ghost":
        _text(note, "notehead", head).set("parentheses", "yes")
    elif head != "normal":
        _text(note, "notehead", head)


def _text(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element
