"""Bring notes onto the grid that notation can show: thirty-seconds and sixteenth triplets.

A written score is on this grid already and passes through unchanged. Notes from a performed
MIDI file are not: each beat then takes the simplest grid that its onsets agree with, and ends
meet the next onset when they nearly reach it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

from songwright.score.model import Note
from songwright.score.notation.bars import SHORTEST_TICKS, Bar, BarLine
from songwright.theory import Meter

CELL_TICKS = 240
"""Grids are chosen for half a quarter note at a time: four thirty-seconds or a triplet of 80."""

TRIPLET_TICKS = 80

# Grid step in ticks, and how many ticks of mean error a beat must save to be written on it.
_STEPS = ((480, 0.0), (240, 6.0), (120, 11.0), (160, 14.0), (60, 30.0), (80, 30.0))
_COLLISION = 30.0
_JOIN_TICKS = 90  # an end this close to an onset or bar line was meant to reach it
_SHORTEST_REST_TICKS = 180  # shorter silences come from detached playing, not from a rest
_EIGHTH_TICKS = 240
_FULL_ENOUGH = 0.8  # a note may be written this much shorter than it sounds
_PLAIN_LENGTHS = (120, 240, 480, 720, 960, 1440, 1920)
_TRIPLET_LENGTHS = (80, 160, 320, 480, 640, 960)
_BEAT_TICKS = 480


@cache
def cell_starts(meter: Meter, length: int) -> tuple[tuple[int, int], ...]:
    """Start and length in ticks of every cell of a bar, from the bar's start.

    Cells are 240 ticks long where the pulse holds a whole number of them; other pulses (of
    sixteenth metres) are one cell, which takes thirty-seconds only.
    """
    cells: list[tuple[int, int]] = []
    at = 0
    for pulse in meter.pulses_ticks:
        end = min(at + pulse, length)
        step = CELL_TICKS if (end - at) % CELL_TICKS == 0 else end - at
        while at < end:
            cells.append((at, step))
            at += step
    return tuple(cells)


def cell_of(bar: Bar, tick: int) -> tuple[int, int]:
    """Start (in ticks from the start of the piece) and length of the cell that holds a tick."""
    cells = cell_starts(bar.meter, bar.length)
    index = bisect_right(cells, (tick - bar.start, bar.length)) - 1
    start, length = cells[index]
    return bar.start + start, length


def on_grid(bar: Bar, tick: int) -> bool:
    """True when notation can show this tick exactly."""
    if tick % SHORTEST_TICKS == 0:  # bars and cells are whole thirty-seconds long
        return True
    start, length = cell_of(bar, tick)
    return length == CELL_TICKS and (tick - start) % TRIPLET_TICKS == 0


def snap(notes: Iterable[Note], barline: BarLine) -> list[Note]:
    """Notes on the grid and inside the piece, sorted by onset and pitch; duplicates joined.

    Notes that are on the grid keep onset and length. Where a note is held into the next one of
    the same pitch, it ends there.
    """
    ordered = sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, -n.duration_ticks))
    if not all(on_grid(barline.at(t), t) for n in ordered for t in _extent(n)):
        ordered = _quantised(ordered, barline)
    inside = (
        n if n.end_ticks <= barline.end else _moved(n, n.onset_ticks, barline.end) for n in ordered
    )
    return _without_unisons([n for n in inside if n.duration_ticks > 0])


def settle(notes: list[Note], barline: BarLine) -> list[Note]:
    """Give each cell of one voice a single grid, straight or triplet.

    A cell whose onsets and ends need both grids takes the one that moves them less. Notes that
    would vanish keep one grid step.
    """
    ticks = {t for n in notes for t in _extent(n)}
    if all(t % SHORTEST_TICKS == 0 for t in ticks):
        return notes
    cells: dict[int, list[int]] = {}
    for tick in ticks:
        start, _ = cell_of(barline.at(tick), tick)
        if tick != start:
            cells.setdefault(start, []).append(tick)
    moved: dict[int, int] = {}
    step_at: dict[int, int] = {}
    for start, inside in cells.items():
        straight = _to_grid(start, inside, SHORTEST_TICKS)
        triplet = _to_grid(start, inside, TRIPLET_TICKS)
        if all(a == b for a, b in straight.items()) or all(a == b for a, b in triplet.items()):
            continue
        chosen, step = (
            (straight, SHORTEST_TICKS) if _error(straight) <= _error(triplet)
            else (triplet, TRIPLET_TICKS)
        )  # fmt: skip
        moved.update(chosen)
        step_at.update(dict.fromkeys(chosen.values(), step))
    if not moved:
        return notes
    settled = []
    for note in notes:
        onset = moved.get(note.onset_ticks, note.onset_ticks)
        end = moved.get(note.end_ticks, note.end_ticks)
        if end <= onset:
            end = onset + step_at[onset]
        settled.append(note if (onset, end) == _extent(note) else _moved(note, onset, end))
    return _without_unisons(settled)


def _quantised(notes: list[Note], barline: BarLine) -> list[Note]:
    """Notes on the grid: onsets to the simplest grid of their beat, ends to written lengths."""
    beats = _loose_beats(notes, barline)
    onsets = [_snapped_onset(n.onset_ticks, beats, barline) for n in notes]
    starts = sorted(set(onsets))
    placed = []
    for note, onset in zip(notes, onsets, strict=True):
        end = onset + note.duration_ticks
        # Where the onsets are played, even an end on the grid is there by accident. Where only
        # the ends are loose, notes were shortened from their written length.
        if beats or not _plain_end(end, starts, barline):
            end = _written_end(onset, end, note.articulation == "staccato", starts, barline)
        placed.append(_moved(note, onset, end))
    return placed


def _loose_beats(notes: list[Note], barline: BarLine) -> dict[int, int]:
    """Grid step of every beat that has an onset off the grid, by the beat's start."""
    members: dict[int, list[int]] = {}
    loose: set[int] = set()
    for onset in dict.fromkeys(n.onset_ticks for n in notes):
        bar = barline.at(onset)
        # An onset just before a beat belongs to it.
        beat = bar.start + (onset - bar.start + 30) // _BEAT_TICKS * _BEAT_TICKS
        members.setdefault(beat, []).append(onset)
        if not on_grid(bar, onset):
            loose.add(beat)
    return {beat: _simplest_step(beat, members[beat]) for beat in sorted(loose)}


def _simplest_step(beat: int, onsets: list[int]) -> int:
    def cost(option: tuple[int, float]) -> float:
        step, penalty = option
        snapped = [round((t - beat) / step) * step for t in onsets]
        error = sum(abs(t - beat - s) for t, s in zip(onsets, snapped, strict=True)) / len(onsets)
        # Onsets further apart than a strum must stay apart.
        merged = sum(
            b - a > 35 and sa == sb
            for (a, b), (sa, sb) in zip(pairwise(onsets), pairwise(snapped), strict=True)
        )
        return error + penalty + _COLLISION * merged

    return min(_STEPS, key=cost)[0]


def _snapped_onset(onset: int, beats: dict[int, int], barline: BarLine) -> int:
    bar = barline.at(onset)
    beat = bar.start + (onset - bar.start + 30) // _BEAT_TICKS * _BEAT_TICKS
    step = beats.get(beat)
    if step is not None:
        onset = min(beat + round((onset - beat) / step) * step, barline.end - SHORTEST_TICKS)
    return _nearest(onset, barline)


def _plain_end(end: int, starts: list[int], barline: BarLine) -> bool:
    """True for an end on an onset, or on a sixteenth with a whole sixteenth of rest after it."""
    following = starts[bisect_left(starts, end) :][:1]
    if following == [end]:
        return True
    rests = not following or following[0] - end >= 120
    return rests and (end - barline.at(end).start) % 120 == 0


def _written_end(onset: int, end: int, staccato: bool, starts: list[int], barline: BarLine) -> int:
    """Where a note ends as written: at the next onset or bar line that it nearly reaches, or
    after the shortest plain value that holds it."""
    index = bisect_left(starts, end)
    bar = barline.at(end)
    near = [t for t in (*starts[max(0, index - 1) : index + 1], bar.end) if t > onset]
    joined = [t for t in near if abs(t - end) <= _JOIN_TICKS]
    if joined:
        return min(joined, key=lambda t: abs(t - end))
    following = starts[bisect_right(starts, onset) :][:1]
    limit = following[0] if following and following[0] >= end else barline.end
    if limit - end < _SHORTEST_REST_TICKS:
        return limit
    position = onset - barline.at(onset).start
    length = end - onset
    if staccato or position % _EIGHTH_TICKS == 0:  # no sixteenth and rest where an eighth will do
        length = max(length, _EIGHTH_TICKS)
    triplet = position % SHORTEST_TICKS != 0
    values = _TRIPLET_LENGTHS if triplet else _PLAIN_LENGTHS
    value = next((v for v in values if v >= _FULL_ENOUGH * length), round(length / 480) * 480)
    snapped = _nearest(min(onset + value, limit), barline)
    return snapped if snapped > onset else _next_line(onset, barline)


def _nearest(tick: int, barline: BarLine) -> int:
    """Nearest tick of the grid."""
    bar = barline.at(tick)
    if tick >= bar.end:
        return bar.end
    start, length = cell_of(bar, tick)
    return start + _nearest_line(tick - start, length)


@lru_cache(maxsize=4096)
def _nearest_line(inside: int, length: int) -> int:
    """Nearest line to a tick inside a cell; straight values win ties."""
    lines = [*range(0, length + 1, SHORTEST_TICKS)]
    if length == CELL_TICKS:
        lines += [*range(TRIPLET_TICKS, length, TRIPLET_TICKS)]
    nearest: int = min(lines, key=lambda line: abs(inside - line))
    return nearest


def _next_line(tick: int, barline: BarLine) -> int:
    """The first tick after ``tick`` that shares its grid."""
    start, _ = cell_of(barline.at(tick), tick)
    return tick + (SHORTEST_TICKS if (tick - start) % SHORTEST_TICKS == 0 else TRIPLET_TICKS)


def _to_grid(start: int, ticks: list[int], step: int) -> dict[int, int]:
    return {t: start + round((t - start) / step) * step for t in ticks}


def _error(moved: dict[int, int]) -> int:
    return sum(abs(a - b) for a, b in moved.items())


def _without_unisons(notes: list[Note]) -> list[Note]:
    """Join notes of equal onset and pitch; cut a note where its own pitch starts again."""
    kept: dict[tuple[int, int], Note] = {}
    for note in notes:
        key = (note.onset_ticks, note.pitch)
        if key not in kept or note.duration_ticks > kept[key].duration_ticks:
            kept[key] = note
    next_onset: dict[int, int] = {}
    result: list[Note] = []
    for onset, pitch in sorted(kept, reverse=True):
        note = kept[onset, pitch]
        end = min(note.end_ticks, next_onset.get(pitch, note.end_ticks))
        next_onset[pitch] = onset
        result.append(note if end == note.end_ticks else _moved(note, onset, end))
    return result[::-1]


def _extent(note: Note) -> tuple[int, int]:
    return note.onset_ticks, note.end_ticks


def _moved(note: Note, onset: int, end: int) -> Note:
    return Note(onset, end - onset, note.pitch, note.velocity, note.articulation)
