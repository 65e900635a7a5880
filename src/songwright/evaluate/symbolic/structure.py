"""Structure indicators: how well short, middle and long segments come back.

Source: S.-L. Wu, Y.-H. Yang, "The Jazz Transformer on the Front Line" (ISMIR 2020), taken from
audio to half bars of the score, so that tempo and sound do not matter.
"""

from __future__ import annotations

import numpy as np

from songwright.evaluate.chords import chords_of, chroma_of
from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Ticks
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.fitness import best_segments, similarity_of
from songwright.evaluate.tune import tune_of

_MOST_BARS = 240
_LONGEST_BARS = 24
_MOST_UPDATES = 12e6  # of the dynamic programme; longer pieces are sampled more coarsely
_RANGES = {"structure_short": (2, 4), "structure_mid": (4, 8), "structure_long": (8, 24)}


@once
def half_bar_edges(piece: Piece) -> Ticks:
    """Tick of every half bar and the end, shape (2 * bars + 1,)."""
    starts = piece.bar_starts
    edges = np.empty(2 * piece.bars + 1, np.int64)
    edges[0::2] = starts
    edges[1::2] = (starts[:-1] + starts[1:]) // 2
    return edges


@once
def half_bar_chroma(piece: Piece) -> Floats:
    """Tune durations plus half the sounding chord tones of each half bar, shape (2 bars, 12)."""
    edges = half_bar_edges(piece)
    chroma = chroma_of(tune_of(piece), edges)
    chords = chords_of(piece)
    if chords.count:
        middle = (edges[:-1] + edges[1:]) // 2
        at = chords.at(middle)
        length = (edges[1:] - edges[:-1])[:, None] / 480.0
        chroma = chroma + np.where((at >= 0)[:, None], 0.5 * chords.member[at] * length, 0.0) / 2
    return chroma


@measures("structure_short", "structure_mid", "structure_long")
def structure(piece: Piece) -> Findings:
    chroma = half_bar_chroma(piece)[: 2 * _MOST_BARS]
    sounding = np.flatnonzero(chroma.sum(axis=1) > 0)
    if sounding.size == 0:
        raise NotDefined("there are no pitched notes")
    first = int(sounding[0]) // 2 * 2
    chroma = chroma[first : int(sounding[-1]) + 1]
    if len(chroma) < 16:
        raise NotDefined("there are fewer than eight bars")
    similarity = similarity_of(chroma)
    lengths, stride = _sampling(len(chroma))
    best, where = best_segments(similarity, lengths, stride)
    for metric, (low, high) in _RANGES.items():
        inside = np.flatnonzero((lengths >= 2 * low) & (lengths <= 2 * high))
        if inside.size == 0:
            yield Finding(metric, None, why="the piece is too short for segments of this length")
            continue
        pick = inside[int(np.argmax(best[inside]))]
        bar = (first + int(where[pick])) // 2
        bars = -(-int(lengths[pick]) // 2)
        note = f"bars {bar + 1}–{bar + bars} come back most fully"
        yield Finding(metric, float(best[pick]), [(bar, bar + bars)], note)


def _sampling(rows: int) -> tuple[Ticks, int]:
    """Segment lengths (half bars) and stride of their starts within the cost allowed."""
    longest = min(2 * _LONGEST_BARS, rows // 2)
    stride = 2
    lengths = np.arange(4, longest + 1, 2)
    while lengths.sum() * rows * (rows / stride) > _MOST_UPDATES and stride < 16:
        stride += 2
    if lengths.sum() * rows * (rows / stride) > _MOST_UPDATES:
        lengths = np.array([n for n in (4, 6, 8, 12, 16, 24, 32, 48) if n <= longest])
    return lengths.astype(np.int64), stride
