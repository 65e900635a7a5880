"""How like one line is to another, and which way it goes: the soft controls of a phrase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Sound(NamedTuple):
    """A note of a model: steps (twelfths of a quarter) and a MIDI pitch in the key of C."""

    onset: int
    duration: int
    pitch: int


CONTOURS = ("flat", "rising", "falling", "arch", "valley")
CONTOUR_LEVEL = 1.5
"""Semitones by which thirds of a phrase must differ to count."""


def contour(line: Sequence[Sound]) -> str:
    """Shape of a line by the mean pitches of its first, middle and last third of notes.

    Lines of fewer than three notes are flat.
    """
    if len(line) < 3:
        return "flat"
    first, middle, last = thirds(line)
    if middle > max(first, last) + CONTOUR_LEVEL:
        return "arch"
    if middle < min(first, last) - CONTOUR_LEVEL:
        return "valley"
    if last > first + CONTOUR_LEVEL:
        return "rising"
    return "falling" if last < first - CONTOUR_LEVEL else "flat"


def thirds(line: Sequence[Sound]) -> tuple[float, float, float]:
    """Mean pitches of the first, middle and last third of the notes: at least three."""
    third = len(line) / 3
    parts = [[s.pitch for s in line[round(i * third) : round((i + 1) * third)]] for i in range(3)]
    first, middle, last = (sum(part) / len(part) for part in parts)
    return first, middle, last


def likeness(line: Sequence[Sound], other: Sequence[Sound], bar_steps: int) -> float:
    """How much of a line is that of another, from 0 (nothing) to 1 (the same up to transposition).

    Half counts rhythm (shared onsets against all onsets, bar by bar), half melody: of the shared
    onsets, those reached by the same step or leap within a semitone, so that sequences along the
    scale count as the same.
    """
    if not line or not other:
        return 0.0
    shift = other[0].onset // bar_steps * bar_steps - line[0].onset // bar_steps * bar_steps
    mine = {s.onset + shift: _arrival(line, i) for i, s in enumerate(line)}
    theirs = {s.onset: _arrival(other, i) for i, s in enumerate(other)}
    shared = mine.keys() & theirs.keys()
    rhythm = len(shared) / len(mine.keys() | theirs.keys())
    same = sum(_alike(mine[onset], theirs[onset]) for onset in shared)
    return 0.5 * rhythm + 0.5 * same / max(len(mine), len(theirs))


def _arrival(line: Sequence[Sound], index: int) -> int | None:
    return line[index].pitch - line[index - 1].pitch if index else None


def _alike(a: int | None, b: int | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1 and (a == 0) == (b == 0)
