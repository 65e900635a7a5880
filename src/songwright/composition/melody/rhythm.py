"""Rhythms of melodies: bars built pulse by pulse, chosen among candidates by how well they sing.

A pulse (a beat, or a dotted beat in compound metre) takes one *figure*: the places at which notes
begin. Drawing figures rather than single onsets keeps rhythms idiomatic: a sixteenth never stands
where nothing on the pulse supports it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from songwright.composition.melody.idioms import Idiom, Spans, idiom_cell
from songwright.styles import MelodyFacts
from songwright.theory import Meter

# Figure (onsets in parts of the pulse): (weight, syncopation, smallest part used)
_SIMPLE: dict[tuple[float, ...], tuple[float, float, int]] = {
    (): (1.6, 0.25, 1),
    (0.0,): (3.0, 0.0, 1),
    (0.0, 0.5): (3.0, 0.1, 2),
    (0.5,): (2.2, 0.8, 2),
    (0.0, 0.75): (0.8, 0.4, 4),
    (0.0, 0.5, 0.75): (1.0, 0.25, 4),
    (0.0, 0.25, 0.5): (0.6, 0.3, 4),
    (0.0, 0.25, 0.5, 0.75): (0.7, 0.1, 4),
    (0.5, 0.75): (0.4, 0.8, 4),
    (0.25, 0.75): (0.15, 1.0, 4),
    (0.75,): (0.2, 0.9, 4),
}
_IDIOMATIC = 0.88  # share of new cells taken from the idiom; the others are nobody's habit
_TRIPLET = (0.0, 1 / 3, 2 / 3)
_COMPOUND: dict[tuple[float, ...], tuple[float, float, int]] = {
    (): (0.8, 0.25, 1),
    (0.0,): (2.5, 0.0, 1),
    (0.0, 2 / 3): (3.0, 0.1, 2),
    (0.0, 1 / 3, 2 / 3): (2.5, 0.0, 2),
    (0.0, 1 / 3): (0.6, 0.5, 2),
    (2 / 3,): (0.7, 0.7, 2),
    (0.0, 0.5, 2 / 3): (0.5, 0.1, 4),
    (1 / 3, 2 / 3): (0.4, 0.8, 2),
}


@dataclass(frozen=True, slots=True)
class RhythmTaste:
    """What the style and the moment ask of a rhythm; ``notes_per_bar`` counts onsets."""

    notes_per_bar: float
    syncopation: float
    shortest: int
    triplets: float

    @staticmethod
    def of(facts: MelodyFacts, notes_per_bar: float) -> RhythmTaste:
        return RhythmTaste(notes_per_bar, facts.syncopation, facts.shortest, facts.triplets)


def bar_onsets(meter: Meter, taste: RhythmTaste, rng: Random) -> tuple[int, ...]:
    """Onsets in ticks of one bar."""
    onsets: list[int] = []
    pulses = meter.pulses_ticks
    wanted = taste.notes_per_bar / len(pulses)
    starts = meter.pulse_onsets_ticks
    for index, (start, length) in enumerate(zip(starts, pulses, strict=True)):
        figure = _figure(length, index, wanted, taste, rng)
        onsets += [start + round(part * length) for part in figure]
    return tuple(onsets)


def _figure(
    length: int, index: int, wanted: float, taste: RhythmTaste, rng: Random
) -> tuple[float, ...]:
    compound = length % 720 == 0
    table = dict(_COMPOUND if compound else _SIMPLE)
    if not compound and taste.triplets > 0 and length == 480:
        table[_TRIPLET] = (3.0 * taste.triplets, 0.0, 2)
    fineness = taste.shortest if length <= 480 or compound else taste.shortest * length // 480
    weights = []
    for figure, (weight, syncopated, smallest) in table.items():
        if smallest > fineness:
            weights.append(0.0)
            continue
        near = math.exp(-((len(figure) - wanted) ** 2) / (0.9 if wanted > 0.7 else 0.35))
        taste_for = math.exp(-2.2 * max(0.0, syncopated - taste.syncopation))
        downbeat = 0.15 if index == 0 and (not figure or figure[0] > 0) else 1.0
        weights.append(weight * near * taste_for * downbeat + 1e-6)
    return rng.choices(list(table), weights)[0]


def cell_rhythm(
    meter: Meter, bars: int, taste: RhythmTaste, rng: Random, candidates: int = 6
) -> tuple[int, ...]:
    """Onsets of a motif of ``bars`` bars: the best of several drawings.

    In a motif of two bars the second answers the first: it keeps its head and then thins out.
    """
    best: tuple[float, tuple[int, ...]] | None = None
    for _ in range(candidates):
        onsets = list(bar_onsets(meter, taste, rng))
        for bar in range(1, bars):
            onsets += _answer(onsets, bar, meter, taste, rng)
        score = _appeal(onsets, meter, bars, taste) + rng.random() * 0.8
        if onsets and (best is None or score > best[0]):
            best = (score, tuple(onsets))
    return best[1] if best is not None else (0,)


def _answer(
    onsets: Sequence[int], bar: int, meter: Meter, taste: RhythmTaste, rng: Random
) -> list[int]:
    size = meter.bar_ticks
    first = [o for o in onsets if o < size]
    kind = rng.random()
    if kind < 0.45:  # same head, then a long note
        split = meter.pulse_onsets_ticks[len(meter.pulses_ticks) // 2]
        kept = [o for o in first if o <= split]
        return [bar * size + o for o in kept] or [bar * size]
    if kind < 0.65:  # the whole rhythm again
        return [bar * size + o for o in first]
    sparser = RhythmTaste(
        max(1.0, taste.notes_per_bar * 0.7), taste.syncopation, taste.shortest, taste.triplets
    )
    return [bar * size + o for o in bar_onsets(meter, sparser, rng)]


def _appeal(onsets: Sequence[int], meter: Meter, bars: int, taste: RhythmTaste) -> float:
    """How well a rhythm would sing: right density, one long note, contrast of values."""
    if not onsets:
        return -10.0
    total = bars * meter.bar_ticks
    gaps = [b - a for a, b in zip(onsets, [*onsets[1:], total], strict=True)]
    density = len(onsets) / bars
    score = -abs(density - taste.notes_per_bar * 0.9) / max(1.0, taste.notes_per_bar)
    score += 0.5 if gaps[-1] >= max(gaps) * 0.99 else 0.0  # ends on its longest note
    values = len(set(gaps))
    score += 0.4 if values in (2, 3) else (-0.5 if values == 1 and len(gaps) > 4 else 0.0)
    off = sum(meter.strength(o % meter.bar_ticks) <= 1 for o in onsets) / len(onsets)
    score -= abs(off - (0.3 + 0.55 * taste.syncopation)) * 1.2
    return score


def held(onsets: Sequence[int], length: int, meter: Meter) -> Spans:
    """Each note up to the next one, two bars at most."""
    ends = [*onsets[1:], length]
    longest = 2 * meter.bar_ticks
    return tuple((o, max(60, min(e - o, longest))) for o, e in zip(onsets, ends, strict=True))


def draw_cell(
    meter: Meter, bars: int, taste: RhythmTaste, idiom: Idiom | None, rng: Random
) -> Spans:
    """The rhythm of new material: mostly a cell of the idiom, else drawn pulse by pulse."""
    if idiom is not None and rng.random() < _IDIOMATIC:
        cell = idiom_cell(idiom, meter, bars, taste.notes_per_bar, taste.shortest, rng)
        if cell is not None:
            return cell
    onsets = cell_rhythm(meter, bars, taste, rng)
    return held(onsets, bars * meter.bar_ticks, meter)


def varied(spans: Spans, rng: Random) -> Spans:
    """Split one long note or join two short ones; the rest stays recognisable."""
    longest = max(range(len(spans)), key=lambda i: (spans[i][1], -i))
    onset, duration = spans[longest]
    if duration >= 480 and (rng.random() < 0.7 or len(spans) < 3):
        half = duration // 480 * 240
        halves = ((onset, half), (onset + half, duration - half))
        return (*spans[:longest], *halves, *spans[longest + 1 :])
    if len(spans) > 2:
        drop = rng.randrange(1, len(spans))
        start = spans[drop - 1][0]
        end = spans[drop][0] + spans[drop][1]
        return (*spans[: drop - 1], (start, end - start), *spans[drop + 1 :])
    return spans


def breathe(spans: Spans, length: int, meter: Meter, rest: float, rng: Random) -> Spans:
    """End a phrase on a longer note, with room for breath after it.

    No note begins in the last part of the cell; the last one that does is held, and as often as
    people do (about four phrases in ten) it leaves at least a beat of silence.
    """
    pulse = meter.pulses_ticks[-1]
    room = max(pulse, round(rest * min(length, 2 * meter.bar_ticks) / pulse) * pulse)
    kept = [s for s in spans if s[0] <= length - room] or list(spans[:1])
    onset, _ = kept[-1]
    kept[-1] = (onset, final_length(length - onset, meter, rest, rng))
    return tuple(kept)


def final_length(space: int, meter: Meter, rest: float, rng: Random) -> int:
    """How long the last note of a phrase is held of the ``space`` until the next phrase."""
    pulse = meter.pulses_ticks[-1]
    hold = min(space, 2 * meter.bar_ticks)
    if space > pulse and rng.random() < 0.4 + 0.6 * rest:
        most = max(1, (space - pulse // 2) // pulse)
        hold = min(space - pulse // 2, pulse * rng.randint((most + 1) // 2, most))
    return max(120, hold)
