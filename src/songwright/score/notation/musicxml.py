"""MusicXML 4.0 of a score (W3C Music Notation Community Group, June 2021), uncompressed."""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element

from songwright.errors import ScoreError
from songwright.score.model import Score
from songwright.score.notation.bars import BarLine
from songwright.score.notation.directions import chord_marks, part_marks, system_marks
from songwright.score.notation.measures import PartWriter
from songwright.score.notation.partlist import write_head, write_page, write_part_list
from songwright.score.notation.spelling import Speller
from songwright.score.notation.staves import printed_parts

_PROLOGUE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(score: Score, swing: bool = False) -> bytes:
    """Notation of a score as the bytes of a ``.musicxml`` file.

    One division of the file is one tick of the score (480 to the quarter note). Every voice of
    every measure adds up to the bar. Notes off the grid of thirty-seconds and sixteenth triplets
    are moved onto it first. Transposing instruments get written pitch and key; the parts of a
    staff group become the staves of one part; drum lengths run to the next stroke or beat.

    Parameters
    ----------
    score
        The piece. Instruments must be in the instrument table.
    swing
        Write "Swing" over the first bar; the notes stay even eighths, as players expect.

    Returns
    -------
    bytes
        UTF-8 XML, the same for the same score in any process.

    Raises
    ------
    StyleError
        If an instrument is unknown.
    ScoreError
        If there is no part, or a metre change cuts a bar off the grid.
    """
    if not score.parts:
        raise ScoreError("a score without parts cannot be notated; add a part")
    barline = BarLine(score)
    speller = Speller(score)
    parts = printed_parts(score, barline)
    head = Element("score-partwise")
    write_head(head, score.title)
    write_page(head, sum(len(part.staves) for part in parts))
    write_part_list(head, parts)
    lines: list[str] = [_PROLOGUE, '<score-partwise version="4.0">\n']
    for element in head:
        _serialise(element, " ", lines)
    top = system_marks(score, barline, swing)
    chords_on = next((part for part in parts if not part.is_kit), None)
    for i, part in enumerate(parts):
        marks = top if i == 0 else []
        if part is chords_on:
            marks = [*marks, *chord_marks(score, part, speller)]
        marks = sorted([*marks, *part_marks(score, part)], key=lambda mark: mark.tick)
        # Each part becomes text at once: a whole score as a tree is a hundred thousand elements.
        _serialise(PartWriter(score, part, barline, speller, marks).write(), " ", lines)
    lines.append("</score-partwise>\n")
    return "".join(lines).encode("utf-8")


def _serialise(element: Element, margin: str, lines: list[str]) -> None:
    """One element a line, children a space further in; without namespaces, and so twice as fast."""
    tag = opening = element.tag
    for name, value in element.items():
        opening += f' {name}="{_escape(value)}"'
    if len(element):
        lines.append(f"{margin}<{opening}>\n")
        inner = margin + " "
        for child in element:
            _serialise(child, inner, lines)
        lines.append(f"{margin}</{tag}>\n")
    elif element.text:
        lines.append(f"{margin}<{opening}>{_escape(element.text)}</{tag}>\n")
    else:
        lines.append(f"{margin}<{opening}/>\n")


@lru_cache(maxsize=1024)
def _escape(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
