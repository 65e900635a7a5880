"""The tune: one line of notes that a listener would sing.

Rules, first that applies:

1. parts with the role ``lead``, when they sound in at least a third of the bars that sound;
2. the part (not bass, not pad) that is most like a tune: one note at a time, moving, in many bars,
   not low;
3. the skyline of everything that is not a bass: the highest note at each onset, unless it lies
   more than an octave below the line around it (then the tune rests and an accompaniment shows).
"""

from __future__ import annotations

import numpy as np

from songwright.evaluate.notes import Floats, Notes, Ticks
from songwright.evaluate.piece import Piece, once

_LEAD_SHARE = 1 / 3
_OVERLAP_TICKS = 60
_BELOW_SEMITONES = 12
_NOT_A_TUNE = frozenset({"bass", "pad", "chords", "stabs", "drums", "percussion"})


@once
def tune_of(piece: Piece) -> Notes:
    """The tune as notes that do not overlap; empty without pitched notes."""
    notes = piece.notes
    if notes.size == 0:
        return notes
    sounding = np.unique(notes["bar"]).size
    lead = [i for i, part in enumerate(piece.parts) if part.role == "lead"]
    mine = notes[np.isin(notes["part"], lead)]
    if np.unique(mine["bar"]).size >= _LEAD_SHARE * sounding:
        return skyline(mine)
    best = _most_tuneful(piece, sounding)
    if best is not None:
        return skyline(notes[notes["part"] == best])
    basses = [i for i, part in enumerate(piece.parts) if part.role == "bass"]
    rest = notes[~np.isin(notes["part"], basses)]
    return _above_the_accompaniment(skyline(rest if rest.size else notes))


@once
def tune_parts(piece: Piece) -> frozenset[int]:
    """Indices of the parts from which the tune is taken."""
    return frozenset(int(p) for p in np.unique(tune_of(piece)["part"]))


def skyline(notes: Notes) -> Notes:
    """The highest line through notes sorted by onset.

    A note is kept when no higher kept note still sounds; it ends at the latest when the next one
    begins.
    """
    if notes.size == 0:
        return notes.copy()
    order = np.lexsort((-notes["pitch"].astype(np.int64), notes["onset"]))
    ranked = notes[order]
    first = np.ones(ranked.size, bool)
    first[1:] = ranked["onset"][1:] != ranked["onset"][:-1]
    tops = ranked[first]
    kept: list[int] = []
    end, pitch = -1, -1
    onsets, ends, pitches = tops["onset"].tolist(), tops["end"].tolist(), tops["pitch"].tolist()
    for i, onset in enumerate(onsets):
        if onset < end - _OVERLAP_TICKS and pitches[i] < pitch:
            continue
        # Grace of players: two top notes closer than a 64th are one chord, the higher one counts.
        if kept and onset - onsets[kept[-1]] < _OVERLAP_TICKS // 2:
            if pitches[i] > pitch:
                kept[-1] = i
                end, pitch = ends[i], pitches[i]
            continue
        kept.append(i)
        end, pitch = ends[i], pitches[i]
    line = tops[kept].copy()
    line["end"][:-1] = np.minimum(line["end"][:-1], line["onset"][1:])
    return line


def _above_the_accompaniment(line: Notes) -> Notes:
    """The line without notes more than an octave below its neighbourhood of 16 notes."""
    if line.size < 8:
        return line
    pitch = line["pitch"].astype(np.float64)
    padded = np.pad(pitch, 8, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 17), axis=1)
    kept: Notes = line[pitch >= around - _BELOW_SEMITONES]
    return kept


def _most_tuneful(piece: Piece, sounding: int) -> int | None:
    """Index of the part most like a tune, None when no part is one."""
    best, best_merit = None, 0.3
    for number, part in enumerate(piece.parts):
        mine = piece.notes[piece.notes["part"] == number]
        if part.role in _NOT_A_TUNE or mine.size < 8:
            continue
        onsets = np.unique(mine["onset"])
        alone = onsets.size / mine.size
        moves = np.diff(skyline(mine)["pitch"].astype(np.int64))
        moving = float(np.count_nonzero(moves) / max(1, moves.size))
        variety = min(1.0, np.unique(mine["pitch"]).size / 7) * moving
        coverage = np.unique(mine["bar"]).size / sounding
        height = np.clip((float(np.mean(mine["pitch"])) - 40.0) / 30.0, 0.0, 1.0)
        merit = float(coverage * alone**2 * (0.3 + 0.7 * variety) * height)
        if alone > 0.6 and merit > best_merit:
            best, best_merit = number, merit
    return best


def durations_beats(notes: Notes) -> Floats:
    """Length of each note in quarter notes."""
    beats: Floats = (notes["end"] - notes["onset"]) / 480.0
    return beats


@once
def tune_slots(piece: Piece) -> Ticks:
    """Onset of each note of the tune in sixteenths from the start."""
    return piece.slots_of(tune_of(piece))
