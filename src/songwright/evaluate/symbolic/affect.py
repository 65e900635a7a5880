"""Valence and arousal as the notes suggest them.

Source: the directions and rough sizes of effect are those that reviews of studies with listeners
agree on (A. Gabrielsson, E. Lindström in "Handbook of Music and Emotion", 2010): mode, tempo,
register, loudness, density. It is an estimate of a tendency, not of a feeling.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.timing import everything
from songwright.evaluate.symbolic.tonality import need_key


@measures("valence", "arousal")
def affect(piece: Piece) -> Findings:
    if piece.notes.size < 8:
        raise NotDefined("there are fewer than eight pitched notes")
    key = need_key(piece)
    notes = everything(piece)
    seconds = max(1.0, float(piece.bar_lines_seconds[-1]))
    moments = np.unique(np.round(notes["onset"] / 120.0)).size / seconds  # onsets a second
    pace = float(np.tanh(np.log2(max(moments, 0.05) / 3.0)))
    tempo = float(np.tanh(np.log2(max(piece.tempo_bpm, 20.0) / 100.0) * 1.5))
    weight = (piece.notes["end"] - piece.notes["onset"]).astype(np.float64)
    height = float(np.average(piece.notes["pitch"], weights=weight))
    register = float(np.tanh((height - 60.0) / 12.0))
    loud = float(np.tanh((float(notes["velocity"].mean()) - 75.0) / 25.0))
    struck = float(np.tanh(4.0 * piece.drums.size / max(1, notes.size)))
    mode = (-1.0 if key.is_minor else 1.0) * float(np.clip(key.r, 0.3, 1.0))
    valence = 0.55 * mode + 0.2 * tempo + 0.1 * pace + 0.15 * register
    arousal = 0.3 * pace + 0.25 * tempo + 0.25 * loud + 0.2 * (2.0 * struck - 1.0)
    yield Finding("valence", float(np.clip(valence, -1.0, 1.0)))
    yield Finding("arousal", float(np.clip(arousal, -1.0, 1.0)))


def emotional_fit(
    valence: float, arousal: float, asked_valence: float, asked_arousal: float
) -> float:
    """Closeness of an estimated to an asked feeling: 1 the same, 0 at opposite corners."""
    apart = float(np.hypot(valence - asked_valence, arousal - asked_arousal))
    return 1.0 - min(1.0, apart / (2.0 * math.sqrt(2.0)))
