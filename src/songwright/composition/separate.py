"""Notes of one part kept apart: no key is struck while it sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.score import Note


def apart(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes in order; what still sounds gives way to what is struck, of two at once one stays."""
    result: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)):
        index = last.get(note.pitch)
        if index is not None and result[index].end_ticks > note.onset_ticks:
            before = result[index]
            if before.onset_ticks == note.onset_ticks:
                continue
            room = note.onset_ticks - before.onset_ticks
            result[index] = replace(before, duration_ticks=room)
        last[note.pitch] = len(result)
        result.append(note)
    return tuple(result)
