"""Rhythms of closes: how a phrase arrives at its last note.

Tunes land on the bar, on its middle, late after an appoggiatura (a feminine ending), or early in
syncopated idioms; the notes before keep the pace of the motif or slow down.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from songwright.composition.melody.idioms import Spans
from songwright.composition.melody.rhythm import RhythmTaste, final_length
from songwright.theory import Meter


def closing(
    head: Spans,
    length: int,
    meter: Meter,
    taste: RhythmTaste,
    rest: float,
    holds: bool,
    rng: Random,
) -> Spans:
    """A cell that closes: the head of a motif, an approach, the last note.

    ``head`` is the rhythm of the cell's material, ``length`` the cell in ticks; ``holds`` lets the
    last note fill what is left more often (the end of a section); else it may leave a breath.
    """
    bar = meter.bar_ticks
    start = max(0, length - bar)
    landing = _landing(start, length, meter, taste, rng)
    kept = [(o, d) for o, d in head if o < start and o < landing]
    pace = taste.notes_per_bar / len(meter.pulses_ticks)
    onsets = [o for o, _ in kept]
    onsets += [
        o for o in _approach(start if length > bar else 0, landing, meter, pace, rng)
        if not onsets or o > onsets[-1]
    ]  # fmt: skip
    onsets.append(landing)
    ends = [*onsets[1:], length]
    spans = [(o, e - o) for o, e in zip(onsets, ends, strict=True)]
    known = dict(kept)
    spans = [(o, min(d, known.get(o, d))) for o, d in spans]
    space = length - landing
    fills = holds and rng.random() < 0.5
    last = min(space, 2 * bar) if fills else final_length(space, meter, rest, rng)
    spans[-1] = (landing, last)
    return tuple(spans)


def _landing(start: int, length: int, meter: Meter, taste: RhythmTaste, rng: Random) -> int:
    """Tick at which the last note begins."""
    pulses = meter.pulse_onsets_ticks
    middle = pulses[len(pulses) // 2]
    options: list[tuple[int, float]] = []
    if start > 0:
        options.append((start, 3.0))
        if taste.syncopation > 0.25:
            options.append((start - 240, 5.0 * (taste.syncopation - 0.15)))
    if len(pulses) > 1:
        options.append((start + middle, 2.2))
    if len(pulses) > 2:
        options.append((start + pulses[1], 0.9))
    if not options:
        options.append((start + (length - start) // 2, 1.0))
    return rng.choices([t for t, _ in options], [w for _, w in options])[0]


def _approach(start: int, landing: int, meter: Meter, pace: float, rng: Random) -> Sequence[int]:
    """Onsets in the last bar before the landing: its beats, or beats and halves."""
    onsets: list[int] = []
    for onset, pulse in zip(meter.pulse_onsets_ticks, meter.pulses_ticks, strict=True):
        at = start + onset
        if at >= landing:
            break
        if onset and pace < 0.7 and rng.random() < 0.5:
            continue
        onsets.append(at)
        part = pulse // 3 * 2 if pulse % 720 == 0 else pulse // 2
        if at + part < landing and rng.random() < min(0.75, 0.45 * pace):
            onsets.append(at + part)
    return onsets
