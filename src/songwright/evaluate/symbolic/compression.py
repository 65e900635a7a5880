"""How much shorter a piece can be said than played: a measure of pattern, blind to what kind."""

from __future__ import annotations

import zlib

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.piece import Piece
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.cosiatec import compress
from songwright.evaluate.symbolic.repetition import tune_bars
from songwright.evaluate.tune import tune_of, tune_slots

_MOST_NOTES = 256
_LONGEST_REST = 64


@measures("compression_cosiatec", "compression_zlib")
def compression(piece: Piece) -> Findings:
    tune = tune_of(piece)
    if tune.size < 16:
        raise NotDefined("the tune has fewer than sixteen notes")
    # A rest of any length counts as at most four bars, so that the kernel's grid stays small.
    steps = np.minimum(np.diff(tune_slots(piece), prepend=tune_slots(piece)[0]), _LONGEST_REST)
    pairs = np.stack([np.cumsum(steps), tune["pitch"].astype(np.int64)], axis=1)
    points = np.unique(pairs[:_MOST_NOTES], axis=0)
    points -= points.min(axis=0)
    ratio = compress(points)
    bars = (0, int(tune["bar"][min(_MOST_NOTES, tune.size) - 1]) + 1)
    yield Finding("compression_cosiatec", ratio, [bars])
    text = b"".join(
        bytes(value & 0xFF for pair in bar for value in pair) for bar in tune_bars(piece)
    )
    # zlib's own frame of 8 bytes would tell short pieces from long ones.
    yield Finding("compression_zlib", len(text) / max(1, len(zlib.compress(text, 9)) - 8))
