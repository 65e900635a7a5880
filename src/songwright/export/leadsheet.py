"""A lead sheet: the tune and the chord symbols on one staff."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from songwright.errors import ScoreError
from songwright.score import Note, Part, Score, instrument

# Who has the tune when nobody is called lead, in order.
_TUNEFUL = ("lead", "counter", "riff", "inner", "arp", "chords", "pad", "stabs", "bass")
_COMFORTABLE = (60, 84)  # of a treble staff with few ledger lines
_MELODY_INSTRUMENT = "flute"  # reads at sounding pitch in the treble clef


def melody_part(score: Score) -> Part:
    """The part that has the tune: the lead, else the most tuneful role that plays.

    Raises
    ------
    ScoreError
        If nothing but drums plays.
    """
    pitched = [p for p in score.parts if p.notes and not instrument(p.instrument).is_kit]
    if not pitched:
        raise ScoreError("a piece of drums alone has no tune; export its MIDI or notation instead")
    order = {role: i for i, role in enumerate(_TUNEFUL)}
    return min(pitched, key=lambda p: order.get(p.role, len(order)))


def lead_sheet(score: Score) -> Score:
    """The tune at sounding pitch, moved by octaves onto a treble staff, with all chord symbols.

    Where the part plays chords only its top notes stay.

    Raises
    ------
    ScoreError
        If nothing but drums plays.
    """
    source = melody_part(score)
    notes = _top_line(source.notes)
    shift = _octaves(notes)
    melody = Part(
        "melody",
        "Melody",
        "lead",
        _MELODY_INSTRUMENT,
        tuple(replace(n, pitch=n.pitch + shift) for n in notes),
    )
    return replace(score, parts=(melody,), dynamics=())


def _top_line(notes: tuple[Note, ...]) -> list[Note]:
    """The highest note of each onset, ended where the next one begins."""
    top: dict[int, Note] = {}
    for note in notes:
        held = top.get(note.onset_ticks)
        if held is None or note.pitch > held.pitch:
            top[note.onset_ticks] = note
    line = [top[onset] for onset in sorted(top)]
    following = [n.onset_ticks for n in line[1:]] + [max(n.end_ticks for n in line)]
    return [
        replace(n, duration_ticks=min(n.duration_ticks, end - n.onset_ticks))
        for n, end in zip(line, following, strict=True)
    ]


def _octaves(notes: list[Note]) -> int:
    """Semitones, whole octaves, that bring the middle of the tune onto the staff."""
    middle = median(n.pitch for n in notes)
    shift = 0
    while middle + shift < _COMFORTABLE[0] + 2:
        shift += 12
    while middle + shift > _COMFORTABLE[1]:
        shift -= 12
    return shift if all(0 <= n.pitch + shift <= 127 for n in notes) else 0
