"""Phrases of four bars that come back: how often, and how much they were developed.

Phrases are counted from the starts of the marked sections, or from the first bar of the tune. Two
phrases are compared by the F1 score of their (onset, pitch) events at the best transposition.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of

PHRASE_BARS = 4
_MOST_PHRASES = 96
_EXACT, _NEAR, _VARIED = 0.99, 0.7, 0.3
_WIDEST_SHIFT = 12


@once
def phrase_spans(piece: Piece) -> tuple[tuple[int, int], ...]:
    """Bars of each phrase: four at a time from each section start or the first tune bar."""
    tune = tune_of(piece)
    if tune.size == 0:
        return ()
    if piece.sections:
        blocks = [(s.start_bar, min(s.end_bar, piece.bars)) for s in piece.sections]
    else:
        blocks = [(int(tune["bar"][0]), int(tune["bar"][-1]) + 1)]
    spans = [
        (start, min(start + PHRASE_BARS, stop))
        for first, stop in blocks
        for start in range(first, stop, PHRASE_BARS)
    ]
    return tuple(spans[:_MOST_PHRASES])


def likeness(piece: Piece, spans: tuple[tuple[int, int], ...]) -> tuple[Floats, Floats]:
    """F1 of the tune's events between spans of bars, shape (n, n), and events in each span (n,)."""
    tune = tune_of(piece)
    if not spans or tune.size == 0:
        return np.zeros((len(spans), len(spans))), np.zeros(len(spans))
    bars = tune["bar"].astype(np.int64)
    first = np.searchsorted(bars, [a for a, _ in spans])
    stop = np.searchsorted(bars, [b for _, b in spans])
    slots_before = np.concatenate([[0], np.cumsum(-(-np.diff(piece.bar_starts) // SLOT_TICKS))])
    home = slots_before[[min(a, piece.bars) for a, _ in spans]]
    common = common_events(
        piece.slots_of(tune), tune["pitch"].astype(np.int64), first, stop, home, _WIDEST_SHIFT
    )
    count = (stop - first).astype(np.float64)
    f1: Floats = 2.0 * common / np.maximum(count[:, None] + count[None, :], 1.0)
    return f1, count


@njit(cache=True, nogil=True)
def common_events(slots, pitches, first, stop, home, widest):  # type: ignore[no-untyped-def]
    """Events that two spans share at their best transposition, for all pairs of spans.

    ``first``/``stop`` bound each span's events, ``home`` is the slot from which it is counted.
    """
    spans = len(first)
    common = np.zeros((spans, spans))
    shifts = np.zeros(2 * widest + 1)
    for a in range(spans):
        for b in range(a, spans):
            shifts[:] = 0.0
            i, j = first[a], first[b]
            while i < stop[a] and j < stop[b]:
                apart = (slots[i] - home[a]) - (slots[j] - home[b])
                if apart < 0:
                    i += 1
                elif apart > 0:
                    j += 1
                else:
                    shift = pitches[i] - pitches[j]
                    if -widest <= shift <= widest:
                        shifts[shift + widest] += 1.0
                    i += 1
                    j += 1
            common[a, b] = shifts.max()
            common[b, a] = common[a, b]
    return common


@measures("phrase_return", "development_exact", "development_near", "development_varied")
def development(piece: Piece) -> Findings:
    spans = tuple(s for s in phrase_spans(piece) if s[1] - s[0] >= 2)
    f1, count = likeness(piece, spans)
    full = np.flatnonzero(count >= 3)
    if full.size < 4:
        raise NotDefined("the tune has fewer than four phrases of four bars")
    best = np.array([f1[i, full[full < i]].max() for i in full[1:]])
    back = best >= _VARIED
    returning = [spans[i] for i, comes in zip(full[1:], back, strict=True) if comes]
    yield Finding("phrase_return", float(back.mean()), returning[:12], "phrases heard before")
    if not back.any():
        for kind in ("exact", "near", "varied"):
            yield Finding(f"development_{kind}", None, why="no phrase of the tune comes back")
        return
    exact = best >= _EXACT
    near = (best >= _NEAR) & ~exact
    for kind, which in (("exact", exact), ("near", near), ("varied", back & ~near & ~exact)):
        bars = [spans[i] for i, hit in zip(full[1:], which, strict=True) if hit]
        yield Finding(f"development_{kind}", float(which.sum() / back.sum()), bars[:12])


@measures("section_identity")
def section_identity(piece: Piece) -> Findings:
    """Same-letter minus different-letter likeness of the marked sections."""
    marks = [s for s in piece.sections if s.start_bar < piece.bars]
    spans = tuple((s.start_bar, min(s.end_bar, piece.bars)) for s in marks)
    names = [s.letter or s.function for s in marks]
    if len(set(names)) < 2 or len(set(names)) == len(names):
        raise NotDefined(
            "the sections are not marked" if not marks else "no two sections share a letter, or all"
        )
    f1, count = likeness(piece, spans)
    same: list[float] = []
    other: list[float] = []
    for i in range(len(spans)):
        for j in range(i):
            if min(count[i], count[j]) >= 4:
                (same if names[i] == names[j] else other).append(float(f1[i, j]))
    if not same or not other:
        raise NotDefined("too few of the marked sections have a tune")
    yield Finding("section_identity", float(np.mean(same) - np.mean(other)))
