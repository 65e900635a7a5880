"""What a part plays at one moment, and the laws that every played part obeys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from songwright.perform.model import ControlPoint, PlayedNote
from songwright.score import Note
from songwright.units import TICKS_PER_BEAT

SHORTEST_SECONDS = 0.02
SAME_KEY_GAP_SECONDS = 0.002  # a key must come up before it can go down again
CONNECTED_TICKS = TICKS_PER_BEAT // 16  # a smaller written gap still counts as connected
DIGITS = 6  # microseconds: finer than hearing, coarse enough to be equal on every machine


@dataclass(frozen=True, slots=True)
class Group:
    """The notes of a part with one written onset, lowest first, and when they are played.

    ``room_ticks`` is the distance to the part's next onset (or the end of the piece).
    """

    tick: int
    notes: tuple[Note, ...]
    onset_seconds: float
    next_onset_seconds: float
    room_ticks: int

    @property
    def end_ticks(self) -> int:
        return max(note.end_ticks for note in self.notes)


def lawful_notes(notes: Iterable[PlayedNote], end_seconds: float) -> tuple[PlayedNote, ...]:
    """Notes in order of onset that keep the laws of a performance.

    Onsets lie in ``0..end_seconds``, every note lasts, every note is released by the end, and a
    key is up before it is struck again. Two strokes of one key that cannot be told apart (a
    doubled note) become one.
    """
    last_off = round(end_seconds - 10.0**-DIGITS, DIGITS)
    by_pitch: dict[int, list[PlayedNote]] = {}
    for note in notes:
        by_pitch.setdefault(note.pitch, []).append(note)
    kept: list[PlayedNote] = []
    for line in by_pitch.values():
        kept.extend(_one_key(line, last_off))
    kept.sort(key=lambda note: (note.onset_seconds, note.pitch))
    return tuple(kept)


def _one_key(line: list[PlayedNote], last_off: float) -> list[PlayedNote]:
    """The strokes of one key, in order and apart."""
    latest = max(0.0, last_off - SHORTEST_SECONDS)
    strokes: list[tuple[float, float, PlayedNote]] = []
    for note in sorted(line, key=lambda n: (n.onset_seconds, -n.duration_seconds, -n.velocity)):
        onset = round(min(max(0.0, note.onset_seconds), latest), DIGITS)
        off = max(note.onset_seconds + note.duration_seconds, onset + SHORTEST_SECONDS)
        if strokes and onset - strokes[-1][0] < SHORTEST_SECONDS:
            first, first_off, kept = strokes[-1]
            louder = replace(kept, velocity=max(kept.velocity, note.velocity))
            strokes[-1] = (first, max(first_off, off), louder)
            continue
        strokes.append((onset, off, note))
    result = []
    for i, (onset, off, note) in enumerate(strokes):
        limit = strokes[i + 1][0] - SAME_KEY_GAP_SECONDS if i + 1 < len(strokes) else last_off
        duration = round(min(off, limit, last_off) - onset, DIGITS)
        if duration > 0.0:
            result.append(PlayedNote(onset, duration, note.pitch, note.velocity, note.articulation))
    return result


def lawful_controls(points: Iterable[ControlPoint], end_seconds: float) -> tuple[ControlPoint, ...]:
    """Controller points in order, inside the piece, whole values, without repeats."""
    last = round(end_seconds - 10.0**-DIGITS, DIGITS)  # rounding must not lead past the end
    ordered: dict[tuple[float, int], ControlPoint] = {}
    for point in points:
        seconds = round(min(max(0.0, point.seconds), last), DIGITS)
        low, high = (-8192, 8191) if point.controller == 128 else (0, 127)
        value = min(high, max(low, point.value))
        ordered[seconds, point.controller] = ControlPoint(seconds, point.controller, value)
    return tuple(ordered[key] for key in sorted(ordered))
