"""The head of a MusicXML file: title, and who plays with which sound."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from songwright.score.notation.facts import abbreviation, drum_sign
from songwright.score.notation.notes import drum_id
from songwright.score.notation.staves import PrintedPart

_BRACKETED = {"strings", "brass", "reed", "pipe", "voice"}
_PITCHED_CHANNELS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16)
_KIT_CHANNEL = 10
_A4_MM = (210.0, 297.0)
_MARGIN_MM = 14.0
# Most staves of a system, and the staff height in millimetres: several systems on a page up to
# eleven staves, one that fills the page beyond.
_STAFF_MM = (
    (2, 6.8), (4, 6.0), (7, 5.2), (9, 4.6), (11, 4.0), (15, 5.0), (20, 4.0), (10_000, 3.2),
)  # fmt: skip


def write_head(root: Element, title: str) -> None:
    """Title and the statement of what the file spells out."""
    SubElement(SubElement(root, "work"), "work-title").text = printable(title) or "Untitled"
    encoding = SubElement(SubElement(root, "identification"), "encoding")
    SubElement(encoding, "software").text = "Songwright"
    for element in ("accidental", "beam", "stem"):
        SubElement(encoding, "supports", {"element": element, "type": "yes"})


def write_page(root: Element, staves: int) -> None:
    """An A4 page, and a staff size at which a system of so many staves fits it well.

    Tenths are tenths of the distance between staff lines; a staff is 40 of them high.
    """
    staff_mm = next(size for most, size in _STAFF_MM if staves <= most)
    defaults = SubElement(root, "defaults")
    scaling = SubElement(defaults, "scaling")
    SubElement(scaling, "millimeters").text = str(staff_mm)
    SubElement(scaling, "tenths").text = "40"
    layout = SubElement(defaults, "page-layout")
    SubElement(layout, "page-height").text = _tenths(_A4_MM[1], staff_mm)
    SubElement(layout, "page-width").text = _tenths(_A4_MM[0], staff_mm)
    margins = SubElement(layout, "page-margins", {"type": "both"})
    for side in ("left", "right", "top", "bottom"):
        SubElement(margins, f"{side}-margin").text = _tenths(_MARGIN_MM, staff_mm)


def _tenths(millimetres: float, staff_mm: float) -> str:
    return f"{millimetres * 40 / staff_mm:.2f}"


def write_part_list(root: Element, parts: list[PrintedPart]) -> None:
    """Names, instruments and MIDI programs; neighbours of one family share a bracket."""
    part_list = SubElement(root, "part-list")
    channels = iter(range(len(parts)))
    number = 0
    names = _distinct_names(parts)
    for family, run in groupby(parts, key=lambda p: p.instrument.family):
        members = list(run)
        bracket = family in _BRACKETED and len(members) > 1
        if bracket:
            number += 1
            group = SubElement(part_list, "part-group", {"type": "start", "number": str(number)})
            SubElement(group, "group-symbol").text = "bracket"
            SubElement(group, "group-barline").text = "yes"
        for part in members:
            if part.is_kit:
                _write_kit(part_list, part, names[part.id])
            else:
                channel = _PITCHED_CHANNELS[next(channels) % len(_PITCHED_CHANNELS)]
                _write_pitched(part_list, part, names[part.id], channel)
        if bracket:
            SubElement(part_list, "part-group", {"type": "stop", "number": str(number)})


def printable(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    kept = (c for c in text if ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF)
    return "".join(c for c in kept if ord(c) not in (0x7F, 0xFFFE, 0xFFFF)).strip()


def _distinct_names(parts: list[PrintedPart]) -> dict[str, str]:
    """Name of each part by id; players of the same name are numbered from the top."""
    names = {part.id: printable(part.name) or part.instrument.name for part in parts}
    counts, seen = Counter(names.values()), Counter[str]()
    for part_id, name in names.items():
        seen[name] += 1
        if counts[name] > 1:
            names[part_id] = f"{name} {seen[name]}"
    return names


def _write_names(part_list: Element, part: PrintedPart, name: str) -> Element:
    score_part = SubElement(part_list, "score-part", {"id": part.id})
    SubElement(score_part, "part-name").text = name
    SubElement(score_part, "part-abbreviation").text = abbreviation(name)
    return score_part


def _write_pitched(part_list: Element, part: PrintedPart, name: str, channel: int) -> None:
    score_part = _write_names(part_list, part, name)
    instrument_id = f"{part.id}-I1"
    _instrument(score_part, instrument_id, part.instrument.name)
    _midi(score_part, instrument_id, channel, part.instrument.program)


def _write_kit(part_list: Element, part: PrintedPart, name: str) -> None:
    score_part = _write_names(part_list, part, name)
    for key in part.drum_keys:
        _instrument(score_part, drum_id(part.id, key), drum_sign(key).name)
    for key in part.drum_keys:
        _midi(score_part, drum_id(part.id, key), _KIT_CHANNEL, part.instrument.program, key)


def _instrument(score_part: Element, instrument_id: str, name: str) -> None:
    instrument = SubElement(score_part, "score-instrument", {"id": instrument_id})
    SubElement(instrument, "instrument-name").text = name


def _midi(
    score_part: Element, instrument_id: str, channel: int, program: int, key: int | None = None
) -> None:
    midi = SubElement(score_part, "midi-instrument", {"id": instrument_id})
    SubElement(midi, "midi-channel").text = str(channel)
    SubElement(midi, "midi-program").text = str(program + 1)
    if key is not None:
        SubElement(midi, "midi-unpitched").text = str(key + 1)
    SubElement(midi, "volume").text = "80"
    SubElement(midi, "pan").text = "0"
