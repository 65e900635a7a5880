"""Kernel of the structure indicators: fitness of a segment by its repetitions.

Source: M. Müller, N. Jiang, P. Grosche, "A Robust Fitness Measure for Capturing Repetitions in
Music Recordings With Applications to Audio Thumbnailing", IEEE TASLP 21 (2013). A *path family*
of a segment is a set of paths over its columns of the self-similarity matrix whose rows do not
overlap; the best one is found by dynamic programming, here with score, cells and rows carried
along instead of traced back.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from songwright.evaluate.notes import Floats, Ticks

_NEVER = -1.0e18


@njit(cache=True, nogil=True)
def segment_fitness(similarity, start, length):  # type: ignore[no-untyped-def]
    """Fitness of the segment ``start .. start + length`` of a thresholded similarity matrix.

    Returns the harmonic mean of normalised score and normalised coverage, at least 0.
    """
    rows = similarity.shape[0]
    states = length + 1  # state 0: between two paths; state m: a path has reached column m - 1
    score = np.full((3, states), _NEVER)
    cells = np.zeros((3, states))
    gained = np.zeros((3, states))  # rows of closed paths minus the row where the open one began
    now, last, before = 0, 2, 1
    for row in range(rows):
        score_now, score_last, score_before = score[now], score[last], score[before]
        cells_now, cells_last, cells_before = cells[now], cells[last], cells[before]
        gained_now, gained_last, gained_before = gained[now], gained[last], gained[before]
        if row == 0:
            score_now[0], cells_now[0], gained_now[0] = 0.0, 0.0, 0.0
        elif score_last[length] > score_last[0]:  # a path that reached the last column is closed
            score_now[0] = score_last[length]
            cells_now[0] = cells_last[length]
            gained_now[0] = gained_last[length] + row
        else:
            score_now[0] = score_last[0]
            cells_now[0] = cells_last[0]
            gained_now[0] = gained_last[0]
        score_now[1] = score_now[0] + similarity[row, start]
        cells_now[1] = cells_now[0] + 1.0
        gained_now[1] = gained_now[0] - row
        for m in range(2, states):
            # Steps of a path: one column on, two columns on, or one column on in two rows.
            best, count, gain = score_last[m - 1], cells_last[m - 1], gained_last[m - 1]
            if m > 2 and score_last[m - 2] > best:
                best, count, gain = score_last[m - 2], cells_last[m - 2], gained_last[m - 2]
            if score_before[m - 1] > best:
                best, count, gain = score_before[m - 1], cells_before[m - 1], gained_before[m - 1]
            score_now[m] = best + similarity[row, start + m - 1]
            cells_now[m] = count + 1.0
            gained_now[m] = gain
        now, last, before = before, now, last
    total, path_cells, rows_covered = score[last, 0], cells[last, 0], gained[last, 0]
    if score[last, length] > total:
        total, path_cells = score[last, length], cells[last, length]
        rows_covered = gained[last, length] + rows
    if path_cells <= 0.0:
        return 0.0
    gain = max(0.0, (total - length) / path_cells)
    coverage = max(0.0, (rows_covered - length) / rows)
    if gain + coverage <= 0.0:
        return 0.0
    return 2.0 * gain * coverage / (gain + coverage)


@njit(cache=True, nogil=True)
def best_fitness(similarity, lengths, stride):  # type: ignore[no-untyped-def]
    """Best fitness and its start for each length; starts every ``stride`` rows."""
    rows = similarity.shape[0]
    best = np.zeros(len(lengths))
    where = np.zeros(len(lengths), np.int64)
    for i in range(len(lengths)):
        start = 0
        while start + lengths[i] <= rows:
            value = segment_fitness(similarity, start, lengths[i])
            if value > best[i]:
                best[i] = value
                where[i] = start
            start += stride
    return best, where


def best_segments(similarity: Floats, lengths: Ticks, stride: int) -> tuple[Floats, Ticks]:
    """Best fitness and its start (both (n,)) for each of n segment lengths."""
    best, where = best_fitness(similarity, lengths, stride)
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
    best = smoothed_likeness(unit, smooth)
    floor = float(np.quantile(best, 1.0 - keep))
    top = float(best.max())
    scaled = (best - floor) / max(top - floor, 1e-9)
    similarity: Floats = np.where(best >= floor, scaled, -2.0)
    np.fill_diagonal(similarity, 1.0)
    return similarity


@njit(cache=True, nogil=True)
def smoothed_likeness(unit, length):  # type: ignore[no-untyped-def]
    """Cosine of rows at the best of twelve transpositions, averaged along diagonals.

    The average runs over ``length`` cells forward or backward, whichever is greater; cells past
    the edge are zero. The result is symmetric, so only one triangle is computed.
    """
    size = unit.shape[0]
    best = np.zeros((size, size))
    line = np.zeros(size + 2 * length)
    for offset in range(size):
        cells = size - offset
        for shift in range(12):
            line[:] = 0.0
            for i in range(cells):
                total = 0.0
                for pc in range(12):
                    total += unit[i, pc] * unit[i + offset, (pc + shift) % 12]
                line[length + i] = total
            forward = 0.0
            backward = 0.0
            for step in range(length):
                forward += line[length + step]
            for i in range(cells):
                backward += line[length + i] - line[i]
                value = max(forward, backward) / length
                best[i, i + offset] = max(best[i, i + offset], value)
                forward += line[2 * length + i] - line[length + i]
    for i in range(size):
        for j in range(i):
            best[i, j] = best[j, i]
    return best
