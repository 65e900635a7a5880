"""Chords for music that does not name them.

In several parts: the chord templates of `songwright.evaluate.chords` matched with the sounding
pitch classes of every pulse, chords of the key a little cheaper, joined by the cheapest path. For
a tune alone: one implied triad of the key a bar (I IV V vi ii iii and the flat seventh), by the
same method; it is what a folk accompanist would strum, not a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from songwright.evaluate.chords import TEMPLATES
from songwright.theory import Meter
from training.corpora.model import Chord, Note, Part

Floats = npt.NDArray[np.float64]

_QUALITIES = ("maj", "min", "7", "min7", "maj7", "dim", "dim7", "hdim7", "sus", "aug", "5")
CHORD_STEPS = MappingProxyType(
    {q: steps for q, (steps, _) in zip(_QUALITIES, TEMPLATES, strict=True)}
    | {
        "6": (0, 4, 7, 9),
        "min6": (0, 3, 7, 9),
        "minmaj7": (0, 3, 7, 11),
        "9": (0, 4, 7, 10, 2),
        "none": (),
    }
)
"""Semitones above the root of each quality of the normal form."""
_CHANGE, _WEAK_PULSE = 0.35, 0.15
_OUT_OF_KEY = 0.05
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10, 11))
_IMPLIED = (
    # Degree above the tonic, quality, price: the three chords first.
    ((0, "maj", 0.0), (5, "maj", 0.05), (7, "maj", 0.05), (9, "min", 0.12), (2, "min", 0.12),
     (4, "min", 0.2), (10, "maj", 0.12)),
    ((0, "min", 0.0), (5, "min", 0.08), (7, "maj", 0.1), (7, "min", 0.1), (10, "maj", 0.05),
     (3, "maj", 0.08), (8, "maj", 0.12), (5, "maj", 0.15)),
)  # fmt: skip
_IMPLIED_CHANGE = 0.1
_CADENCE = 0.25


def inferred_chords(
    parts: Sequence[Part], meter: Meter, bars: int, tonic_pc: int, minor: bool
) -> tuple[Chord, ...]:
    """Chords heard in the pitched parts, at most one a felt pulse; silence has none."""
    notes = [n for p in parts if p.role != "drums" for n in p.notes]
    edges, strong = _pulses(meter, bars)
    chroma, lowest = _sounding(notes, edges)
    shapes = np.array([
        [float((pc - root) % 12 in steps) for pc in range(12)]
        for steps, _ in TEMPLATES for root in range(12)
    ])  # fmt: skip
    scale = [(tonic_pc + s) % 12 for s in _SCALES[minor]]
    outside = shapes.sum(axis=1) - shapes[:, scale].sum(axis=1)
    price = np.repeat([cost for _, cost in TEMPLATES], 12) + _OUT_OF_KEY * (outside > 0)
    total = chroma.sum(axis=1, keepdims=True)
    weight = chroma / np.maximum(total, 1e-9)
    present = (weight > 0.04).astype(np.float64) @ shapes.T / shapes.sum(axis=1)
    score = weight @ shapes.T + 0.35 * present - price
    score += 0.2 * (lowest[:, None] == np.tile(np.arange(12), len(TEMPLATES))[None, :])
    score = np.where(total > 0, score, 0.0)
    path = _path(score, np.where(strong, _CHANGE, _CHANGE + _WEAK_PULSE))
    chords = []
    for first, after in _runs(path, total[:, 0] > 0):
        root, quality = int(path[first]) % 12, _QUALITIES[int(path[first]) // 12]
        bass = int(lowest[first])
        inverted = bass not in (-1, root) and shapes[path[first], bass] > 0
        start, length = int(edges[first]), int(edges[after] - edges[first])
        chords.append(Chord(start, length, root, quality, bass if inverted else -1))
    return tuple(chords)


def implied_chords(
    tune: Sequence[Note], meter: Meter, bars: int, tonic_pc: int, minor: bool
) -> tuple[Chord, ...]:
    """A triad for each bar of an unaccompanied tune, or for each half of a long one.

    Notes on pulses count twice, the first of each span thrice; changes are dearer in mid-bar.
    """
    edges, first_of_bar = _halves(meter, bars)
    accents = [n for n in tune if meter.strength(n.onset % meter.bar_ticks) >= 2]
    places = set(edges.tolist())
    firsts = [n for n in accents if n.onset in places]
    chroma = sum((_sounding(notes, edges)[0] for notes in (tune, accents, firsts)),
                 np.zeros((len(edges) - 1, 12)))  # fmt: skip
    table = _IMPLIED[minor]
    shapes = np.array([
        [float((pc - tonic_pc - degree) % 12 in CHORD_STEPS[quality]) for pc in range(12)]
        for degree, quality, _ in table
    ])  # fmt: skip
    total = chroma.sum(axis=1, keepdims=True)
    score = chroma / np.maximum(total, 1e-9) @ shapes.T - np.array([p for *_, p in table])
    sounding = np.flatnonzero(total[:, 0] > 0)
    if sounding.size == 0:
        return ()
    score[sounding[-1], 0] += _CADENCE  # tunes end at home
    change = np.where(first_of_bar, _IMPLIED_CHANGE, _IMPLIED_CHANGE + _WEAK_PULSE)
    path = _path(np.where(total > 0, score, 0.0), change)
    return tuple(
        Chord(int(edges[a]), int(edges[b] - edges[a]), (tonic_pc + table[path[a]][0]) % 12,
              table[path[a]][1])
        for a, b in _runs(path, total[:, 0] > 0)
    )  # fmt: skip


def _pulses(meter: Meter, bars: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    onsets = np.array(meter.pulse_onsets_ticks, np.int64)
    starts = np.arange(bars, dtype=np.int64)[:, None] * meter.bar_ticks
    strong = np.array([meter.strength(int(t)) >= 3 for t in onsets])
    return np.append((starts + onsets).ravel(), bars * meter.bar_ticks), np.tile(strong, bars)


def _halves(meter: Meter, bars: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Bar lines, with the middle of bars of four pulses, and which of them are bar lines."""
    bar = meter.bar_ticks
    if bar >= 1920 and len(meter.pulses_ticks) % 2 == 0:
        edges = np.arange(2 * bars + 1, dtype=np.int64) * (bar // 2)
        return edges, np.arange(2 * bars) % 2 == 0
    return np.arange(bars + 1, dtype=np.int64) * bar, np.ones(bars, bool)


def _sounding(
    notes: Sequence[Note], edges: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Beats of each pitch class between edges (spans, 12), and the lowest pitch class or -1."""
    spans = len(edges) - 1
    chroma, lowest = np.zeros((spans, 12)), np.full(spans, 999, np.int64)
    if not notes:
        return chroma, np.full(spans, -1, np.int64)
    onset = np.array([n.onset for n in notes], np.int64)
    end = onset + np.array([n.duration for n in notes], np.int64)
    pitch = np.array([n.pitch for n in notes], np.int64)
    first = np.clip(np.searchsorted(edges, onset, side="right") - 1, 0, spans - 1)
    last = np.clip(np.searchsorted(edges, end, side="left") - 1, 0, spans - 1)
    for step in range(int(np.max(last - first)) + 1):
        on = first + step <= last
        span = first[on] + step
        beats = np.minimum(end[on], edges[span + 1]) - np.maximum(onset[on], edges[span])
        np.add.at(chroma, (span, pitch[on] % 12), np.maximum(beats, 0) / 480.0)
        np.minimum.at(lowest, span, pitch[on])
    return chroma, np.where(lowest < 999, lowest % 12, -1)


def _path(score: Floats, change: Floats) -> npt.NDArray[np.int64]:
    """Best sequence of states when every change of state costs ``change`` at that place."""
    places, states = score.shape
    came = np.zeros((places, states), np.int64)
    total, here = score[0].copy(), np.arange(states)
    for i in range(1, places):
        best = int(np.argmax(total))
        jump = total[best] - change[i] > total
        came[i] = np.where(jump, best, here)
        total = np.where(jump, total[best] - change[i], total) + score[i]
    path = np.zeros(places, np.int64)
    path[-1] = int(np.argmax(total))
    for i in range(places - 1, 0, -1):
        path[i - 1] = came[i, path[i]]
    return path


def _runs(path: npt.NDArray[np.int64], sounds: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Places of equal state, first and after the last; silence before or after music is none."""
    runs: list[tuple[int, int]] = []
    heard = np.flatnonzero(sounds)
    if heard.size == 0:
        return runs
    for i in range(int(heard[0]), int(heard[-1]) + 1):
        if runs and path[i] == path[runs[-1][0]]:
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return runs
