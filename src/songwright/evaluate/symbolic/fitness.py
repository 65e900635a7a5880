"""Kernel of the structure indicators: fitness of a segment by its repetitions.

Source: M. Müller, N. Jiang, P. Grosche, "A Robust Fitness Measure for Capturing Repetitions in
Music Recordings With Applications to Audio Thumbnailing", IEEE TASLP 21 (2013). A *path family*
of a segment is a set of paths over its columns of the self-similarity matrix whose rows do not
overlap; the best one is found by dynamic programming, here with score, cells and rows carried
along instead of traced back.
"""

from __future__ import annotations

import numpy as np

from songwright.evaluate.notes import Floats, Ticks
from songwright.render.jit import kernel

_NEVER = -1.0e18


@kernel
def segment_fitness(similarity, start, length):  # type: ignore[no-untyped-def]
    """Fitness of the segment ``start .. start + length`` of a thresholded similarity matrix.

    Returns the harmonic mean of normalised score and normalised coverage, at least 0.
    """
    rows = similarity.shape[0]
    states = length + 1  # state 0: between two paths; state m: a path has reached column m - 1
    score = np.full((3, states), _NEVER)
    cells = np.zeros((3, states))
    covered = np.zeros((3, states))
    begun = np.zeros((3, states))
    for row in range(rows):
        now, last, before = row % 3, (row - 1) % 3, (row - 2) % 3
        # Between paths: rest stays, or a path that reached the last column is closed.
        if row == 0:
            score[now, 0], cells[now, 0], covered[now, 0] = 0.0, 0.0, 0.0
        else:
            score[now, 0] = score[last, 0]
            cells[now, 0] = cells[last, 0]
            covered[now, 0] = covered[last, 0]
            if score[last, states - 1] > score[now, 0]:
                score[now, 0] = score[last, states - 1]
                cells[now, 0] = cells[last, states - 1]
                covered[now, 0] = covered[last, states - 1] + row - begun[last, states - 1]
        score[now, 1] = score[now, 0] + similarity[row, start]
        cells[now, 1] = cells[now, 0] + 1.0
        covered[now, 1] = covered[now, 0]
        begun[now, 1] = row
        for m in range(2, states):
            best, at_row, at_m = _NEVER, last, m - 1
            if row >= 1:
                if score[last, m - 1] > best:
                    best, at_row, at_m = score[last, m - 1], last, m - 1
                if m >= 3 and score[last, m - 2] > best:
                    best, at_row, at_m = score[last, m - 2], last, m - 2
            if row >= 2 and score[before, m - 1] > best:
                best, at_row, at_m = score[before, m - 1], before, m - 1
            if best <= _NEVER / 2:
                score[now, m] = _NEVER
                continue
            score[now, m] = best + similarity[row, start + m - 1]
            cells[now, m] = cells[at_row, at_m] + 1.0
            covered[now, m] = covered[at_row, at_m]
            begun[now, m] = begun[at_row, at_m]
    end = (rows - 1) % 3
    total, path_cells, rows_covered = score[end, 0], cells[end, 0], covered[end, 0]
    if score[end, states - 1] > total:
        total, path_cells = score[end, states - 1], cells[end, states - 1]
        rows_covered = covered[end, states - 1] + rows - begun[end, states - 1]
    if path_cells <= 0.0:
        return 0.0
    gain = max(0.0, (total - length) / path_cells)
    coverage = max(0.0, (rows_covered - length) / rows)
    if gain + coverage <= 0.0:
        return 0.0
    return 2.0 * gain * coverage / (gain + coverage)


@kernel
def best_fitness(similarity, lengths, stride):  # type: ignore[no-untyped-def]
    """Best fitness and its start for each length; starts every ``stride`` rows."""
    rows = similarity.shape[0]
    best = np.zeros(len(lengths))
    where = np.zeros(len(lengths), np.int64)
    for i in range(len(lengths)):
        start = 0
        while start + lengths[i] <= rows:
            value = segment_fitness(similarity, start, lengths[i])  # type: ignore[no-untyped-call]
            if value > best[i]:
                best[i] = value
                where[i] = start
            start += stride
    return best, where


def best_segments(similarity: Floats, lengths: Ticks, stride: int) -> tuple[Floats, Ticks]:
    """Best fitness and its start (both (n,)) for each of n segment lengths."""
    best, where = best_fitness(similarity, lengths, stride)  # type: ignore[no-untyped-call]
    return best, where


def similarity_of(chroma: Floats, smooth: int = 4, keep: float = 0.25) -> Floats:
    """Transposition-invariant self-similarity, smoothed along diagonals and thresholded.

    Parameters
    ----------
    chroma
        Shape (n, 12), any scale.
    smooth
        Length of the diagonal filter, applied forward and backward (the greater one counts).
    keep
        Share of cells that keep a positive value, rescaled to 0..1; the others become -2.
    """
    norm = np.linalg.norm(chroma, axis=1, keepdims=True)
    unit = chroma / np.where(norm > 0, norm, 1.0)
    best = np.full((len(unit), len(unit)), -np.inf)
    for shift in range(12):
        raw = unit @ np.roll(unit, shift, axis=1).T
        np.maximum(best, _diagonal_mean(raw, smooth), out=best)
        np.maximum(best, _diagonal_mean(raw[::-1, ::-1], smooth)[::-1, ::-1], out=best)
    floor = float(np.quantile(best, 1.0 - keep))
    top = float(best.max())
    scaled = (best - floor) / max(top - floor, 1e-9)
    similarity: Floats = np.where(best >= floor, scaled, -2.0)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def _diagonal_mean(matrix: Floats, length: int) -> Floats:
    """Mean of ``length`` cells from each cell down its diagonal; the edge repeats zeros."""
    size = len(matrix)
    total = matrix.copy()
    for step in range(1, length):
        if step < size:
            total[: size - step, : size - step] += matrix[step:, step:]
    return total / length
