"""The last look at a part: inside its bars and range, one note at a time where it must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.composition.accompany.stage import Stage
from songwright.score import Note

_SHORT_WORDS = frozenset({"staccato", "short", "spiccato"})
_LONG_WORDS = frozenset({"legato", "sustained", "smooth"})
_PLUCKED = {"pizzicato_strings": "pizzicato"}
_LONGEST_TIE_BARS = 4


def tidy(notes: Sequence[Note], stage: Stage, start: int, end: int) -> list[Note]:
    """Make the notes of one section playable, in order of onset.

    ``start`` and ``end`` bound the section in ticks.
    """
    low, high = stage.part.low, stage.part.high
    inside = [
        n if n.end_ticks <= end else replace(n, duration_ticks=end - n.onset_ticks)
        for n in notes
        if low <= n.pitch <= high and start <= n.onset_ticks < end
    ]
    ordered = _no_collision(inside)
    if not stage.instrument.polyphonic:
        ordered = _one_at_a_time(ordered, lowest=stage.part.role == "bass")
    return _worded(ordered, stage)


def tied(notes: Sequence[Note], bar_ticks: int) -> list[Note]:
    """Hold notes that come again at once in place of striking them anew, up to four bars long."""
    open_notes: dict[int, int] = {}
    result: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)):
        k = open_notes.get(note.pitch)
        if k is not None and result[k].end_ticks == note.onset_ticks:
            total = result[k].duration_ticks + note.duration_ticks
            if total <= _LONGEST_TIE_BARS * bar_ticks:
                result[k] = replace(result[k], duration_ticks=total)
                continue
        open_notes[note.pitch] = len(result)
        result.append(note)
    return result


def _no_collision(notes: list[Note]) -> list[Note]:
    """No pitch sounds twice at once: the earlier note gives way."""
    last: dict[int, int] = {}
    result: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, -n.duration_ticks)):
        k = last.get(note.pitch)
        if k is not None:
            if result[k].onset_ticks == note.onset_ticks:
                continue
            if result[k].end_ticks > note.onset_ticks:
                length = note.onset_ticks - result[k].onset_ticks
                result[k] = replace(result[k], duration_ticks=length)
        last[note.pitch] = len(result)
        result.append(note)
    return result


def _one_at_a_time(notes: list[Note], lowest: bool) -> list[Note]:
    by_onset: dict[int, list[Note]] = defaultdict(list)
    for note in notes:
        by_onset[note.onset_ticks].append(note)
    chosen = [
        (min if lowest else max)(by_onset[onset], key=lambda n: n.pitch)
        for onset in sorted(by_onset)
    ]
    result: list[Note] = []
    for k, note in enumerate(chosen):
        length = note.duration_ticks
        if k + 1 < len(chosen):
            length = min(length, chosen[k + 1].onset_ticks - note.onset_ticks)
        result.append(replace(note, duration_ticks=length))
    return result


def _worded(notes: list[Note], stage: Stage) -> list[Note]:
    """Apply the part's own words to length and articulation."""
    pluck = _PLUCKED.get(stage.part.instrument)
    if _SHORT_WORDS & stage.words:
        notes = [
            replace(n, duration_ticks=max(30, n.duration_ticks // 2), articulation="staccato")
            if n.duration_ticks <= 480 and n.articulation != "ghost" else n
            for n in notes
        ]  # fmt: skip
    elif _LONG_WORDS & stage.words:
        notes = _lengthened(notes)
    if pluck:
        notes = [replace(n, articulation=pluck) for n in notes]
    return notes


def _lengthened(notes: list[Note]) -> list[Note]:
    """Hold each note to the next attack when the gap is an eighth or less."""
    onsets = sorted({n.onset_ticks for n in notes})
    following = dict(pairwise(onsets))
    result = []
    for note in notes:
        room = following.get(note.onset_ticks, note.end_ticks) - note.onset_ticks
        near = 0 < room - note.duration_ticks <= 240
        if near and note.articulation in ("", "staccato", "legato"):
            result.append(replace(note, duration_ticks=room, articulation="legato"))
        else:
            result.append(note)
    return result
