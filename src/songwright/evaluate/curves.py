"""Curves as they are heard: energy, density, register and tension of each bar of a score.

Tension is the dissonance of what sounds together: the mean over all pairs of sounding pitch
classes of a bar, weighted by time, of the negative of their consonance as listeners have rated it
(the aggregate of D. Huron, *Interval-class content in equally tempered pitch-class sets*, Music
Perception 11(3), 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import piece_of
from songwright.evaluate.symbolic.arrangement import bar_energy_db
from songwright.score import Note, Part, Score

_CONSONANCE = {1: -1.428, 2: -0.582, 3: 0.594, 4: 0.386, 5: 1.240, 6: -0.453}
_LOUDEST_SILENCE_DB = -25.0  # bars below it are silent


def heard_curves(score: Score) -> dict[str, Floats]:
    """For each curve a value a bar, NaN where it is not defined (nothing sounds).

    Parameters
    ----------
    score
        With one metre.

    Returns
    -------
    dict
        ``energy`` in dB, ``density`` in attacks (of all parts), ``register`` as the mean MIDI
        pitch weighted by duration, ``tension`` as mean dissonance; arrays of shape (bars,).
    """
    bar = score.meters[0].meter.bar_ticks
    energy = np.asarray(bar_energy_db(piece_of(score)), np.float64)[: score.bars]
    pitched = [p for p in score.parts if p.role not in ("drums", "percussion")]
    notes = [n for p in pitched for n in p.notes]
    return {
        "energy": np.where(energy > _LOUDEST_SILENCE_DB, energy, np.nan),
        "density": _density(score.parts, score.bars, bar),
        "register": _register(notes, score.bars, bar),
        "tension": _tension(notes, score.bars, bar),
    }


def _density(parts: Sequence[Part], bars: int, bar: int) -> Floats:
    counts = np.zeros(bars)
    for part in parts:
        for tick in {n.onset_ticks for n in part.notes}:
            counts[min(bars - 1, tick // bar)] += 1.0
    return counts


def _register(notes: Sequence[Note], bars: int, bar: int) -> Floats:
    weight, total = np.zeros(bars), np.zeros(bars)
    for note in notes:
        at = min(bars - 1, note.onset_ticks // bar)
        length = min(note.duration_ticks, bar)
        weight[at] += length
        total[at] += length * note.pitch
    return np.where(weight > 0.0, total / np.maximum(weight, 1.0), np.nan)


def _tension(notes: Sequence[Note], bars: int, bar: int) -> Floats:
    """Mean dissonance of the pairs of pitch classes of half bars, weighted by how long they sound.

    Broken chords count as if they were struck; two chords of a bar are not heard as one.
    """
    window = bar / 2
    sounds = np.zeros((2 * bars, 12))
    for note in notes:
        last = min(2 * bars - 1, int((note.end_ticks - 1) / window))
        for at in range(int(note.onset_ticks / window), last + 1):
            inner = min(note.end_ticks, (at + 1) * window) - max(note.onset_ticks, at * window)
            sounds[at, note.pitch % 12] += inner
    sounds = np.sqrt(sounds)  # a doubled note is not twice as much of a chord
    weight, total = np.zeros(2 * bars), np.zeros(2 * bars)
    for a, b in combinations(range(12), 2):
        both = sounds[:, a] * sounds[:, b]
        weight += both
        total -= both * _CONSONANCE[min(b - a, 12 - b + a)]
    halves = np.where(weight > 0.0, total / np.maximum(weight, 1e-9), np.nan).reshape(bars, 2)
    defined = np.isfinite(halves)
    sums = np.where(defined, halves, 0.0).sum(axis=1)
    count = defined.sum(axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def rank_correlation(asked: Sequence[float], heard: Floats) -> float | None:
    """Spearman's rank correlation of two curves, -1..1; ties share their mean rank.

    Bars in which ``heard`` is NaN do not count. None if fewer than four do, or one curve is flat.
    """
    wanted = np.asarray(asked, np.float64)[: heard.size]
    defined = np.isfinite(heard[: wanted.size])
    x, y = wanted[defined], heard[: wanted.size][defined]
    if x.size < 4 or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means = ends - (counts - 1) / 2.0
    return np.asarray(means[index], np.float64)
