"""Tunes that run through a chord and come back by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from songwright.theory import Chord

_MOST = 4
"""Notes of a run: the triad and its octave."""


def broken_chord(
    onsets: Sequence[int],
    targets: Sequence[float],
    bar_ticks: int,
    chord_at: Callable[[int], Chord],
    compass: tuple[int, int],
) -> tuple[list[float], list[int | None]]:
    """Targets and wanted intervals of a cell whose first bar runs through its chord.

    The run goes up where that leaves the contour room, else down, for at most `_MOST` notes within
    ``compass`` (MIDI pitches, both included). Then a step turns back, as after any leap, and from
    there on ``targets`` hold and no interval is wanted. ``onsets`` are ticks from the start of the
    cell; what comes before it is an upbeat.
    """
    low, high = compass
    rises = targets[0] < (low + 2 * high) / 3
    pitches = list(targets)
    intervals: list[int | None] = [None] * len(onsets)
    pitch: int | None = None
    ran = 0
    for k, onset in enumerate(onsets):
        if onset < 0:
            continue
        before = pitch
        begins = round(targets[k]) - (5 if rises else -5)
        pitch = _next_tone(begins if pitch is None else pitch, chord_at(onset).pcs[:3], rises)
        ran += 1
        if onset >= bar_ticks or not low <= pitch <= high or ran > _MOST:
            if ran > 1:
                intervals[k] = -2 if rises else 2
            break
        pitches[k] = float(pitch)
        if before is not None:
            intervals[k] = pitch - before
    return pitches, intervals


def _next_tone(pitch: int, pcs: Sequence[int], rises: bool) -> int:
    """The nearest note of some pitch classes above or below a pitch."""
    way = 1 if rises else -1
    return next(p for p in range(pitch + way, pitch + 13 * way, way) if p % 12 in pcs)
