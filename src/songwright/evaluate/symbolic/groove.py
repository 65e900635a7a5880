"""Rhythm on the sixteenth grid: likeness of bars, syncopation, variety of note lengths."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Notes, Ticks
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.tonality import entropy_bits
from songwright.evaluate.tune import tune_of, tune_slots

_MOST_BARS = 400


def onset_grid(piece: Piece, notes: Notes, keys: Ticks | None = None) -> Floats:
    """Onsets of the sounding bars in the prevailing metre: 0/1, shape (bars, slots * kinds)."""
    slots = piece.prevailing_meter.bar_ticks // SLOT_TICKS
    if notes.size == 0 or slots == 0:
        return np.zeros((0, max(slots, 1)))
    usual = np.array([m == piece.prevailing_meter for m in piece.meters])
    bar, slot = notes["bar"], piece.slots_in_bar(notes)
    kinds = np.zeros(notes.size, np.int64) if keys is None else keys
    width = slots * (int(kinds.max()) + 1)
    inside = usual[bar] & (slot < slots)
    grid = np.zeros((piece.bars, width))
    grid[bar[inside], (kinds * slots + slot)[inside]] = 1.0
    sounding: Floats = grid[grid.sum(axis=1) > 0][:_MOST_BARS]
    return sounding


def mean_likeness(grid: Floats) -> tuple[float, float]:
    """Grooving similarity and onset Jaccard, mean over all pairs of rows."""
    both = grid @ grid.T
    count = grid.sum(axis=1)
    either = count[:, None] + count[None, :] - both
    pairs = np.triu_indices(len(grid), 1)
    similarity = 1.0 - (either - both)[pairs].mean() / grid.shape[1]
    jaccard = (both[pairs] / np.maximum(either[pairs], 1.0)).mean()
    return float(similarity), float(jaccard)


@measures("groove_similarity_16", "onset_jaccard_16")
def groove(piece: Piece) -> Findings:
    """Likeness of the tune's onset patterns between bars.

    Source: S.-L. Wu, Y.-H. Yang (ISMIR 2020), here with sixteenths and all pairs of bars; the
    Jaccard index (own) leaves out the empty slots that dominate the first number.
    """
    grid = onset_grid(piece, tune_of(piece))
    if len(grid) < 4:
        raise NotDefined("the tune sounds in fewer than four bars")
    similarity, jaccard = mean_likeness(grid)
    yield Finding("groove_similarity_16", similarity)
    yield Finding("onset_jaccard_16", jaccard)


@measures("drum_jaccard_16", "drum_variety")
def drums(piece: Piece) -> Findings:
    """Likeness of the drum pattern between bars, drum by drum, and the share of distinct bars."""
    if piece.drums.size < 16:
        raise NotDefined("there are no drums")
    _, kinds = np.unique(piece.drums["pitch"], return_inverse=True)
    grid = onset_grid(piece, piece.drums, kinds.astype(np.int64))
    if len(grid) < 4:
        raise NotDefined("the drums sound in fewer than four bars")
    _, jaccard = mean_likeness(grid)
    yield Finding("drum_jaccard_16", jaccard)
    yield Finding("drum_variety", len(np.unique(grid, axis=0)) / len(grid))


@once
def slot_weights(piece: Piece) -> Ticks:
    """Metrical weight of each sixteenth of the piece: 0 downbeat, -1 … -4 weaker positions."""
    weights: list[int] = []
    for start, stop, meter in zip(
        piece.bar_starts[:-1].tolist(), piece.bar_starts[1:].tolist(), piece.meters, strict=True
    ):
        weights.extend(meter.strength(at) - 4 for at in range(0, stop - start, SLOT_TICKS))
    return np.array(weights, np.int64)


@measures("syncopation", "offbeat_share", "rhythm_entropy")
def syncopation(piece: Piece) -> Findings:
    """Syncopation of the tune for each sounding bar, off-beat onsets, entropy of note spacing.

    Source: H. C. Longuet-Higgins, C. S. Lee, "The rhythmic interpretation of monophonic music"
    (Music Perception 1, 1984): a note held over a position stronger than its own counts the
    difference of their weights.
    """
    tune = tune_of(piece)
    if tune.size < 8:
        raise NotDefined("the tune has fewer than eight notes")
    weights = slot_weights(piece)
    slots = np.minimum(tune_slots(piece), weights.size - 1)
    own = weights[slots]
    held = np.zeros(slots.size)
    bars = np.zeros(piece.bars)
    following = np.append(slots[1:], weights.size)
    for i, (slot, after) in enumerate(zip(slots.tolist(), following.tolist(), strict=True)):
        between = weights[slot + 1 : min(after, slot + 16)]
        if between.size:
            held[i] = max(0, int(between.max()) - int(own[i]))
    np.add.at(bars, tune["bar"], held)
    sounding = np.unique(tune["bar"])
    most = np.sort(np.argsort(-bars, kind="stable")[:4])
    yield Finding(
        "syncopation", float(bars[sounding].mean()),
        [(int(b), int(b) + 1) for b in most if bars[b] > 0], "most syncopated bars",
    )  # fmt: skip
    yield Finding("offbeat_share", float(np.mean(own <= -3)))
    spacing = np.diff(tune_slots(piece))
    spacing = np.minimum(spacing[spacing > 0], 32)
    if spacing.size >= 8:
        yield Finding("rhythm_entropy", float(entropy_bits(np.bincount(spacing)[None, :])[0]))
