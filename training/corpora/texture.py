"""How a part moves: thick or thin, steady or free, in steps or in broken chords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.evaluate.notes import Notes

_CHORDAL = 1.3
_LONG_BEATS = 2.0
_SHORT_TICKS = 240
_STEADY_SHARE = 0.6
_LEAPING_SHARE = 0.5
_LOW_PITCH = 55.0


@dataclass(frozen=True, slots=True)
class Texture:
    """Facts of one part, and the accompaniment role they suggest.

    ``thickness`` counts pitch classes an onset (octaves are one), ``length_beats`` is the mean
    note, ``pitch`` the mean MIDI pitch, ``steady`` the share of the commonest step between onsets,
    ``leaping`` the share of moves wider than a tone, ``repeating`` the share of sounding bars that
    sound like one of the four before them.
    """

    thickness: float
    length_beats: float
    pitch: float
    step_ticks: int
    steady: float
    leaping: float
    repeating: float

    @property
    def is_broken_chord(self) -> bool:
        """Short even notes, one at a time, that leap."""
        return (
            self.thickness < _CHORDAL
            and 0 < self.step_ticks <= _SHORT_TICKS
            and self.steady >= _STEADY_SHARE
            and self.leaping >= _LEAPING_SHARE
        )

    @property
    def role(self) -> str:
        """``chords``, ``pad``, ``arp``, ``bass`` or ``counter``."""
        if self.thickness >= _CHORDAL:
            return "pad" if self.length_beats >= _LONG_BEATS else "chords"
        if self.is_broken_chord:
            return "arp"
        return "bass" if self.pitch < _LOW_PITCH else "counter"


def texture_of(notes: Notes) -> Texture:
    """Texture of notes sorted by onset; all zero without notes."""
    if notes.size == 0:
        return Texture(0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0)
    # Notes within a 32nd are one stroke: players and arpeggio signs spread chords.
    onsets = np.round(notes["onset"] / 60.0).astype(np.int64)
    pitch = notes["pitch"].astype(np.int64)
    strokes = np.unique(onsets)
    thickness = np.unique(onsets * 12 + pitch % 12).size / strokes.size
    steps = np.diff(strokes) * 60
    values, counts = np.unique(steps[steps <= 1920], return_counts=True)
    lows = np.full(strokes.size, 999, np.int64)
    np.minimum.at(lows, np.searchsorted(strokes, onsets), pitch)
    moves = np.abs(np.diff(lows))
    return Texture(
        thickness=float(thickness),
        length_beats=float(np.mean(notes["end"] - notes["onset"])) / 480.0,
        pitch=float(np.mean(pitch)),
        step_ticks=int(values[np.argmax(counts)]) if values.size else 0,
        steady=float(counts.max() / steps.size) if values.size else 0.0,
        leaping=float(np.mean(moves > 2)) if moves.size else 0.0,
        repeating=_repeating(notes),
    )


def _repeating(notes: Notes) -> float:
    """Share of sounding bars that repeat one of the four before, rhythm and pitch alike."""
    starts = np.flatnonzero(np.diff(notes["bar"], prepend=-1))
    known: list[tuple[tuple[int, int], ...]] = []
    again = 0
    for first, after in zip(starts, [*starts[1:], notes.size], strict=True):
        bar = notes[first:after]
        base = int(bar["onset"][0])
        shape = tuple(sorted(zip((bar["onset"] - base).tolist(), bar["pitch"].tolist(),
                                 strict=True)))  # fmt: skip
        again += shape in known
        known = [*known[-3:], shape]
    return again / max(1, len(starts))
