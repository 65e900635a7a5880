"""How the tune moves."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of


@measures(
    "step_share", "repeat_share", "mean_interval", "melodic_range", "leap_recovery", "tune_density"
)
def motion(piece: Piece) -> Findings:
    """Shares of steps and repeats, mean size of moves, range, and what follows a leap.

    Steps are counted among the moves that change the pitch. Leap recovery (own, after the
    "gap-fill" of L. B. Meyer): share of leaps of a fifth or more that turn back next.
    """
    tune = tune_of(piece)
    if tune.size < 8:
        raise NotDefined("the tune has fewer than eight notes")
    pitch = tune["pitch"].astype(int)
    moves = np.diff(pitch)
    size = np.abs(moves)
    moving = size > 0
    if moving.any():
        yield Finding("step_share", float(np.mean(size[moving] <= 2)))
    yield Finding("repeat_share", float(np.mean(~moving)))
    wide = np.flatnonzero(size > 12)
    bars = [(int(b), int(b) + 1) for b in np.unique(tune["bar"][wide])[:8]]
    note = "leaps wider than an octave" if bars else ""
    yield Finding("mean_interval", float(size.mean()), bars, note)
    yield Finding("melodic_range", float(pitch.max() - pitch.min()))
    leaps = np.flatnonzero(size[:-1] >= 7)
    if leaps.size >= 4:
        back = moves[leaps] * moves[leaps + 1] < 0
        yield Finding("leap_recovery", float(back.mean()))
    else:
        yield Finding("leap_recovery", None, why="the tune has fewer than four leaps")
    yield Finding("tune_density", tune.size / np.unique(tune["bar"]).size)
