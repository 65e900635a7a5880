"""The piece as played: seconds, sounding velocities and controller curves."""

from __future__ import annotations

from dataclasses import dataclass

SLUR = "slur"
"""Articulation of a note that is not struck: it goes on with the string of the note before."""


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """One note as it sounds. ``duration_seconds`` is how long the key is held (gate).

    ``articulation`` is that of the written note, or `SLUR`.
    """

    onset_seconds: float
    duration_seconds: float
    pitch: int
    velocity: int
    articulation: str = ""


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A controller value (0..127) from a moment on; renderers interpolate between points.

    ``controller`` is a MIDI number: 1 modulation, 7 volume, 10 pan, 11 expression, 64 sustain
    pedal, 74 brightness; 128 is pitch bend with values -8192..8191 over ±2 semitones (4096 steps
    a semitone; files from outside with a wider bend range hold larger values).
    """

    seconds: float
    controller: int
    value: int


@dataclass(frozen=True, slots=True)
class PlayedPart:
    """One part as played, notes in order of onset.

    ``sound`` names a patch of the sound palette; "" is the instrument's own sound. ``tempos`` are
    (second, bpm) from which each tempo holds, for sounds that move in time with the music; beats
    are counted from the first. Empty: a steady 120.
    """

    id: str
    name: str
    role: str
    instrument: str
    notes: tuple[PlayedNote, ...]
    controls: tuple[ControlPoint, ...] = ()
    sound: str = ""
    tempos: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Performance:
    """All parts as played.

    ``duration_seconds`` is the written end of the piece, at which the audio ends too;
    ``ending`` is ``final``, ``ring``, ``fade``, ``hard`` or ``loop`` (tails wrap to the start).
    """

    parts: tuple[PlayedPart, ...]
    duration_seconds: float
    ending: str = "final"
