"""Inner voices between a given soprano and bass: part-writing as shortest path.

For each chord every sensible pair of alto and tenor is listed; the pairs are linked phrase by
phrase by dynamic programming, so that a voice may step early towards what comes later. The prices
state the rules of four-part writing: complete chords, no doubled third, spacing of at most an
octave between upper voices, small steps, no parallel fifths or octaves, no crossing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.composition.plan import PartPlan
from songwright.theory import Chord
from songwright.theory.voicing import parallels, seventh_pc, third_pc

_KEEP = 8
"""Pairs kept for each chord: the best few are enough and keep the search quick."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch over which the inner voices stand still, with the outer voices around it.

    ``ceiling`` is the lowest note of the tune in the slot; ``soprano`` and ``bass`` sound at its
    start (None where nobody plays).
    """

    start: int
    end: int
    chord: Chord
    soprano: int | None
    ceiling: int
    bass: int | None


def inner_parts(stage: Stage, bar: Bar) -> list[PartPlan]:
    """The inner parts of a section from the highest to the lowest."""
    found = [p for p in stage.plan.parts if p.role == "inner" and p.id in bar.section.parts]
    return sorted(found, key=lambda p: -(p.low + p.high))


def slots(stage: Stage, bars: Sequence[Bar]) -> list[Slot]:
    """Divide consecutive bars where the chord changes or the tune would cross a held voice."""
    found = []
    for bar in bars:
        for span in bar.spans:
            edges = _edges(stage, bar, span)
            for start, end in pairwise(edges):
                sung, low = stage.tune.at(start), stage.tune.lowest(start, end)
                bass = stage.bass.at(start)
                found.append(
                    Slot(
                        start, end, span.chord, sung.pitch if sung else None,
                        127 if low is None else low, bass.pitch if bass else None,
                    )
                )  # fmt: skip
    return found


def _edges(stage: Stage, bar: Bar, span: Span) -> list[int]:
    """A new slot begins on a pulse where the soprano leaps by a fourth or the bass moves."""
    edges = [span.start]
    for onset in stage.meter.pulse_onsets_ticks[1:]:
        at = bar.start + onset
        if not span.start < at < span.end:
            continue
        now, before = stage.tune.at(at), stage.tune.at(at - 1)
        low, under = stage.bass.at(at), stage.bass.at(at - 1)
        leaps = now and before and abs(now.pitch - before.pitch) >= 5
        if leaps or (low and under and low.pitch != under.pitch):
            edges.append(at)
    return [*edges, span.end]


def solve(
    wanted: Sequence[Slot], ranges: Sequence[tuple[int, int]], before: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Pitches of the inner voices, highest first, for each slot of a phrase.

    Parameters
    ----------
    wanted
        Slots in order.
    ranges
        Lowest and highest pitch of each inner voice (one or two voices), highest voice first.
    before
        Pitches at the end of the phrase before, or empty.
    """
    if not wanted:
        return []
    layers = [_candidates(slot, ranges) for slot in wanted]
    costs = [[price + (_motion(before, pair) if before else 0.0) for price, pair in layers[0]]]
    links: list[list[int]] = [[]]
    for k in range(1, len(layers)):
        row, link = [], []
        for price, pair in layers[k]:
            best, best_cost = 0, float("inf")
            for j, (_, earlier) in enumerate(layers[k - 1]):
                cost = costs[-1][j]
                if cost >= best_cost:
                    continue
                cost += _motion(earlier, pair)
                if cost < best_cost and earlier != pair:
                    cost += _faults(wanted[k - 1], wanted[k], earlier, pair)
                if cost < best_cost:
                    best, best_cost = j, cost
            row.append(best_cost + price)
            link.append(best)
        costs.append(row)
        links.append(link)
    index = min(range(len(costs[-1])), key=lambda i: costs[-1][i])
    path = []
    for k in range(len(layers) - 1, -1, -1):
        path.append(layers[k][index][1])
        index = links[k][index] if k else 0
    return path[::-1]


def _candidates(
    slot: Slot, ranges: Sequence[tuple[int, int]]
) -> list[tuple[float, tuple[int, ...]]]:
    pcs = set(slot.chord.pcs)
    floor = slot.bass if slot.bass is not None else 0
    columns = []
    for low, high in ranges:
        column = [p for p in range(max(low, floor), min(high, slot.ceiling) + 1) if p % 12 in pcs]
        columns.append(column or [p for p in range(low, high + 1) if p % 12 in pcs] or [low])
    if len(columns) == 1:
        pairs: list[tuple[int, ...]] = [(a,) for a in columns[0]]
    else:
        pairs = [(a, t) for a in columns[0] for t in columns[1] if t <= a] or [
            (columns[0][0], columns[1][0])
        ]
    priced = [(_price(slot, pair, ranges), pair) for pair in pairs]
    return sorted(priced)[:_KEEP]


def _price(slot: Slot, pair: tuple[int, ...], ranges: Sequence[tuple[int, int]]) -> float:
    chord = slot.chord
    outer = [p for p in (slot.bass, slot.soprano) if p is not None]
    sounding = [p % 12 for p in (*pair, *outer)]
    third, seventh = third_pc(chord), seventh_pc(chord)
    price = 0.0 if third in sounding else 8.0
    price += 0.0 if seventh is None or seventh in sounding else 4.0
    price += 0.0 if chord.root_pc in sounding else 3.0
    price += 4.0 * max(0, sounding.count(third) - 1)
    if seventh is not None:
        price += 4.0 * max(0, sounding.count(seventh) - 1)
    price += 1.0 * (len(set(chord.pcs) - set(sounding)))
    for upper, lower in zip(
        ((slot.soprano,) if slot.soprano is not None else ()) + pair, pair, strict=False
    ):
        if slot.soprano is not None:
            price += 1.5 * max(0, upper - lower - 12)
    if len(pair) == 2:
        price += 1.5 * max(0, pair[0] - pair[1] - 12) + (2.5 if pair[0] == pair[1] else 0.0)
    if slot.soprano is not None and pair[0] >= slot.ceiling:
        price += 2.5 + 4.0 * (pair[0] > slot.ceiling)
    if slot.bass is not None and pair[-1] <= slot.bass:
        price += 4.0
    for pitch, (low, high) in zip(pair, ranges, strict=False):
        price += 0.15 * abs(pitch - (low + high) / 2)
    return price


def _motion(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    cost = 0.0
    for a, b in zip(before, after, strict=False):
        step = abs(a - b)
        cost += 0.9 * step + (1.5 * (step - 4) if step > 4 else 0.0)
    return cost


def _faults(earlier: Slot, later: Slot, before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """Parallels with any voice, and voices that leap over where a neighbour just was."""
    outer: list[tuple[int, int]] = []
    if earlier.bass is not None and later.bass is not None:
        outer.append((earlier.bass, later.bass))
    if earlier.soprano is not None and later.soprano is not None:
        outer.append((earlier.soprano, later.soprano))
    cost = 0.0
    if len(before) == 2 and parallels(before, after):
        cost += 25.0
    for a, b in zip(before, after, strict=False):
        cost += sum(25.0 for c, d in outer if parallels((c, a), (d, b)))
    if len(before) == 2 and (after[1] > before[0] or after[0] < before[1]):
        cost += 4.0
    return cost
