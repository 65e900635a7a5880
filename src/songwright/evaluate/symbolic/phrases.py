"""Phrases of four bars that come back: how often, and how much they were developed.

Phrases are counted from the starts of the marked sections, or from the first bar of the tune. Two
phrases are compared by the F1 score of their (onset, pitch) events at the best transposition.
"""

from __future__ import annotations

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of

PHRASE_BARS = 4
_MOST_PHRASES = 96
_EXACT, _NEAR, _VARIED = 0.99, 0.7, 0.3
_SHIFTS = range(-6, 7)


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
    slots = piece.slots_of(tune)
    slots_before = np.concatenate([[0], np.cumsum(-(-np.diff(piece.bar_starts) // SLOT_TICKS))])
    longest = max((b - a for a, b in spans), default=1)
    slots_of_bar = max(m.bar_ticks for m in piece.meters) // SLOT_TICKS
    low = int(tune["pitch"].min()) if tune.size else 0
    height = (int(tune["pitch"].max()) - low + 1 if tune.size else 1) + 2 * _SHIFTS[-1]
    width = min(longest * slots_of_bar, 1024)
    events = np.zeros((len(spans), width, height), np.float32)
    for i, (first, stop) in enumerate(spans):
        mine = tune[(tune["bar"] >= first) & (tune["bar"] < stop)]
        slot = slots[(tune["bar"] >= first) & (tune["bar"] < stop)]
        slot = slot - (slots_before[first] if first < piece.bars else 0)
        inside = slot < width
        events[i, slot[inside], mine["pitch"][inside] - low + _SHIFTS[-1]] = 1.0
    flat = events.reshape(len(spans), -1)
    count = flat.sum(axis=1).astype(np.float64)
    best = np.zeros((len(spans), len(spans)))
    for shift in _SHIFTS:
        moved = np.roll(events, shift, axis=2).reshape(len(spans), -1)
        np.maximum(best, flat @ moved.T, out=best)
    f1: Floats = 2.0 * best / np.maximum(count[:, None] + count[None, :], 1.0)
    return f1, count


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
