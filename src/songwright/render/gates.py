"""How long each note really sounds: key, pedal, repeated keys, legato."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from songwright.perform.model import SLUR, PlayedNote

SAME_CHORD_SECONDS = 0.035
"""Notes that start closer together than this are one chord, not a line."""

LEGATO_GAP_SECONDS = 0.02

JOIN_OVERLAP_SECONDS = 0.012
"""A note of a legato line sounds on for this long under the next one."""

DETACHED = ("staccato", "marcato", "accent", "pizzicato", "tremolo")
"""Articulations that start a note afresh even inside a line."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One note with the times at which its sound is let go.

    ``index`` is the note's place in the part. ``release_seconds`` is when the damper falls, and
    ``restrike_seconds`` when the same key is struck again (infinity if never). ``from_pitch`` is
    the note from which a legato or slurred note comes; ``joined`` says that the next note takes
    over.
    """

    index: int
    note: PlayedNote
    release_seconds: float
    restrike_seconds: float
    from_pitch: int | None = None
    joined: bool = False


def gates(
    notes: tuple[PlayedNote, ...],
    pedal_spans: list[tuple[float, float]],
    legato: bool = False,
) -> list[Gate]:
    """Sounding gates of a part's notes, in the order of the notes.

    Parameters
    ----------
    pedal_spans
        Times between which the sustain pedal is down; a key let go inside such a span keeps
        sounding to its end.
    legato
        Join notes that overlap or touch in a single line. Otherwise only slurred notes are joined,
        to the note before.
    """
    starts = [span[0] for span in pedal_spans]
    next_same: dict[int, float] = {}
    restrikes = [float("inf")] * len(notes)
    for index in sorted(range(len(notes)), key=lambda i: notes[i].onset_seconds, reverse=True):
        note = notes[index]
        restrikes[index] = next_same.get(note.pitch, float("inf"))
        next_same[note.pitch] = note.onset_seconds
    joins = _line_joins(notes, legato)
    sources = {after: before for before, after in joins.items()}
    result = []
    for index, note in enumerate(notes):
        end = note.onset_seconds + max(note.duration_seconds, 0.01)
        place = bisect_right(starts, end) - 1
        if place >= 0 and end < pedal_spans[place][1]:
            end = pedal_spans[place][1]
        if index in joins:
            end = notes[joins[index]].onset_seconds + JOIN_OVERLAP_SECONDS
        source = sources.get(index)
        result.append(
            Gate(
                index,
                note,
                end,
                restrikes[index],
                None if source is None else notes[source].pitch,
                index in joins,
            )
        )
    return result


def _line_joins(notes: tuple[PlayedNote, ...], legato: bool) -> dict[int, int]:
    """Index of each note of a single line to the note that takes over from it."""
    if not legato and not any(note.articulation == SLUR for note in notes):
        return {}
    order = sorted(range(len(notes)), key=lambda i: notes[i].onset_seconds)
    joins: dict[int, int] = {}
    for place in range(1, len(order)):
        before, after = notes[order[place - 1]], notes[order[place]]
        if after.onset_seconds - before.onset_seconds < SAME_CHORD_SECONDS:
            continue
        if after.articulation in DETACHED or not (legato or after.articulation == SLUR):
            continue
        gap = after.onset_seconds - before.onset_seconds - before.duration_seconds
        if gap > LEGATO_GAP_SECONDS:
            continue
        alone_before = place < 2 or (
            notes[order[place - 2]].onset_seconds + notes[order[place - 2]].duration_seconds
            < after.onset_seconds
        )
        alone_after = place + 1 >= len(order) or (
            notes[order[place + 1]].onset_seconds - after.onset_seconds >= SAME_CHORD_SECONDS
        )
        if alone_before and alone_after and before.pitch != after.pitch:
            joins[order[place - 1]] = order[place]
    return joins
