"""Motifs as repeated n-grams of interval and inter-onset interval."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of, tune_slots


@once
def tune_tokens(piece: Piece) -> tuple[tuple[int, int], ...]:
    """(interval in semitones, inter-onset interval in sixteenths) of each move of the tune."""
    pitch = np.diff(tune_of(piece)["pitch"].astype(int)).tolist()
    steps = np.minimum(np.diff(tune_slots(piece)), 32).tolist()
    return tuple(zip(pitch, steps, strict=True))


def coverage(tokens: tuple[tuple[int, int], ...], n: int) -> float:
    """Share of tokens that lie in an n-gram occurring at least twice."""
    if len(tokens) < n:
        return 0.0
    places: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for i in range(len(tokens) - n + 1):
        places.setdefault(tokens[i : i + n], []).append(i)
    inside = np.zeros(len(tokens), bool)
    for starts in places.values():
        if len(starts) > 1:
            for start in starts:
                inside[start : start + n] = True
    return float(inside.mean())


@measures("motif_coverage_5", "motif_coverage_8")
def motif_coverage(piece: Piece) -> Findings:
    tokens = tune_tokens(piece)
    if len(tokens) < 16:
        raise NotDefined("the tune has fewer than seventeen notes")
    yield Finding("motif_coverage_5", coverage(tokens, 5))
    yield Finding("motif_coverage_8", coverage(tokens, 8))
