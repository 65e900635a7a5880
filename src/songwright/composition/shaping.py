"""Notes shaped to the curves that were drawn by hand.

The makers lean towards a curve (busier patterns where it is high); what they leave is done here,
bar by bar, to the notes: the weakest attacks of bars that are too busy go, chords turn over their
lowest note, lines move by octaves from phrase to phrase, and written dynamics make up the rest of
the energy.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.composition.colouring import coloured
from songwright.composition.plan import PartPlan, Plan
from songwright.composition.separate import apart
from songwright.score import Note, Score, instrument
from songwright.seeds import rng

Notes = Mapping[str, tuple[Note, ...]]

SHAPED = ("tension", "density", "register", "energy")
"""Curves in the order in which they are obeyed."""

_UNPITCHED = ("drums", "percussion")
_CHORDAL = ("chords", "pad", "inner", "stabs")
_SPARSEST = 0.12  # share of the fullest bar's attacks that is left at level 0
_SPAN_DB = 14.0  # from the calmest to the fullest bar of a curve from 0 to 1
_SOFTER_DB, _LOUDER_DB = 9.0, 6.0  # what dynamics alone may add; the rest is who plays what
_REACH = 22.0  # semitones between the lowest and the highest register of a curve
_PARTS_GO = (
    "percussion", "arp", "stabs", "riff", "counter", "drums", "pad", "inner", "chords", "bass",
    "lead",
)  # fmt: skip
"""Who falls silent first when a bar may not have as many attacks as there are players."""


def shaped_score(plan: Plan, score: Score) -> tuple[Plan, Score]:
    """A score that follows the plan's curves, and the plan with ranges that allow it."""
    if not any(plan.drawn(name) for name in SHAPED):
        return plan, score
    before = {p.id: p.notes for p in score.parts}
    notes = shaped(plan, before, range(plan.bars))
    parts = tuple(p.with_notes(notes[p.id]) for p in score.parts)
    ranged = []
    for part in plan.parts:
        pitches = [n.pitch for n in notes.get(part.id, ())]
        ranged.append(
            replace(part, low=min(part.low, *pitches), high=max(part.high, *pitches))
            if pitches else part
        )  # fmt: skip
    return replace(plan, parts=tuple(ranged)), replace(score, parts=parts)


def shaped(plan: Plan, notes: Notes, bars: Collection[int]) -> dict[str, tuple[Note, ...]]:
    """Notes of some parts, shaped in some bars to the plan's curves of `SHAPED`.

    Parameters
    ----------
    notes
        Of the parts that may change; all others are left out.
    bars
        0-based bars that may change.
    """
    result = dict(notes)
    if levels := plan.drawn("tension"):
        result = coloured(plan, result, bars, levels)
    if levels := plan.drawn("density"):
        result = _thinned(plan, result, bars, levels)
    if levels := plan.drawn("register"):
        result = {p: _placed(plan, plan.part(p), n, bars, levels) for p, n in result.items()}
    if levels := plan.drawn("energy"):
        result = _dynamic(plan, result, bars, levels)
    return result


def attacks(plan: Plan, notes: Notes) -> list[int]:
    """Attacks in each bar: moments at which a part begins to sound, summed over the parts."""
    counts = [0] * plan.bars
    for own in notes.values():
        for tick in {n.onset_ticks for n in own}:
            counts[min(plan.bars - 1, tick // plan.meter.bar_ticks)] += 1
    return counts


def _thinned(
    plan: Plan, notes: Notes, bars: Collection[int], levels: Sequence[float]
) -> dict[str, tuple[Note, ...]]:
    counts = attacks(plan, notes)
    top = max(levels)
    fullest = sorted(
        counts[b] for b in range(plan.bars) if levels[b] >= top - 0.15 and counts[b]
    ) or [max(counts)]  # fmt: skip
    most = fullest[len(fullest) // 2] / _share(top)  # attacks in a bar of level 1
    gone: dict[str, set[int]] = defaultdict(set)
    for bar in sorted(bars):
        allowed = max(1, round(most * _share(levels[bar])))
        for part, tick in _weakest(plan, notes, bar)[: max(0, counts[bar] - allowed)]:
            gone[part].add(tick)
    return {p: _without(plan, plan.part(p), own, gone[p]) for p, own in notes.items()}


def _share(level: float) -> float:
    return _SPARSEST + (1.0 - _SPARSEST) * level


def _weakest(plan: Plan, notes: Notes, bar: int) -> list[tuple[str, int]]:
    """The attacks of a bar, those first that are missed least; equal bars give equal orders."""
    length, meter = plan.meter.bar_ticks, plan.meter
    start = bar * length
    ranked: list[tuple[float, float, str, int]] = []
    for part_id, own in notes.items():
        role = plan.part(part_id).role
        ticks = sorted({n.onset_ticks for n in own if start <= n.onset_ticks < start + length})
        stream = rng(plan.seed, "thin", part_id)
        chances = {t: stream.random() for t in range(0, length, 60)}
        for i, tick in enumerate(ticks):
            inner = tick - start
            # The first attack of each part stays until only few players may be heard at all.
            first = 6.0 + _PARTS_GO.index(role) if i == 0 else 0.0
            worth = meter.strength(inner) + 1.5 * (role == "lead") + 0.7 * (role == "bass") + first
            ranked.append((worth, chances.get(inner, 0.5), part_id, tick))
    return [(part, tick) for _, _, part, tick in sorted(ranked)]


def _without(
    plan: Plan, part: PartPlan, notes: Sequence[Note], gone: Collection[int]
) -> tuple[Note, ...]:
    """Notes less some attacks; what is left of a sounding part rings into the gap."""
    if not gone:
        return tuple(notes)
    kept = [n for n in notes if n.onset_ticks not in gone]
    if part.role in _UNPITCHED:
        return tuple(kept)
    bar = plan.meter.bar_ticks
    onsets = sorted({n.onset_ticks for n in kept})
    following = dict(pairwise([*onsets, plan.bars * bar]))
    result = []
    for note in kept:
        end = (note.onset_ticks // bar + 1) * bar
        cut = [t for t in gone if note.onset_ticks < t < min(end, following[note.onset_ticks])]
        room = min(end, following[note.onset_ticks]) - note.onset_ticks
        if cut and min(cut) - note.end_ticks < 240 and note.duration_ticks < room:
            note = replace(note, duration_ticks=room)  # noqa: PLW2901 (the note that is kept)
        result.append(note)
    return tuple(result)


def _dynamic(
    plan: Plan, notes: Notes, bars: Collection[int], levels: Sequence[float]
) -> dict[str, tuple[Note, ...]]:
    """Velocities bar by bar, so that the energy of the notes follows the curve.

    The energy of a bar is the sum of velocity squared times beats, a drum stroke counting as half
    a beat (as in `songwright.evaluate`).
    """
    bar = plan.meter.bar_ticks
    power = [0.0] * plan.bars
    for part_id, own in notes.items():
        drum = plan.part(part_id).role in _UNPITCHED
        for note in own:
            beats = 0.5 if drum else min(4.0, note.duration_ticks / 480)
            power[min(plan.bars - 1, note.onset_ticks // bar)] += (note.velocity / 127) ** 2 * beats
    sounding = sorted(p for p in power if p > 0.0)
    if not sounding:
        return dict(notes)
    middle = 10.0 * math.log10(sounding[len(sounding) // 2])
    centre = sum(levels) / len(levels)
    gains = {}
    for b in bars:
        if power[b] > 0.0:
            wanted = middle + _SPAN_DB * (levels[b] - centre)
            missing = wanted - 10.0 * math.log10(power[b])
            gains[b] = 10.0 ** (max(-_SOFTER_DB, min(_LOUDER_DB, missing)) / 20.0)
    return {
        p: tuple(
            replace(n, velocity=max(12, min(122, round(n.velocity * gains.get(n.onset_ticks // bar,
                                                                                1.0)))))
            for n in own
        )
        for p, own in notes.items()
    }  # fmt: skip


def _placed(
    plan: Plan, part: PartPlan, notes: Sequence[Note], bars: Collection[int],
    levels: Sequence[float],
) -> tuple[Note, ...]:  # fmt: skip
    """A part in the register that the curve asks for, as far as its instrument reaches."""
    if part.role in _UNPITCHED or part.role == "bass" or not notes:
        return tuple(notes)
    length = plan.meter.bar_ticks
    middle = sum(n.pitch for n in notes) / len(notes)
    player = instrument(part.instrument)
    low, high = player.comfort_low, player.comfort_high
    low, high = min(low, part.low), max(high, part.high)
    by_bar: dict[int, list[Note]] = defaultdict(list)
    for note in notes:
        by_bar[note.onset_ticks // length].append(note)
    result = [n for b, own in by_bar.items() if b not in bars for n in own]
    for group in _phrases(plan):
        inner = [b for b in group if b in bars and b in by_bar]
        if not inner:
            continue
        if part.role in _CHORDAL:
            for b in inner:
                aim = middle + _REACH * (levels[b] - 0.5)
                result += _turned(by_bar[b], aim, low, high)
            continue
        aim = middle + _REACH * (sum(levels[b] for b in inner) / len(inner) - 0.5)
        line = [n for b in inner for n in by_bar[b]]
        shift = _octave(line, aim, low, high)
        result += [replace(n, pitch=n.pitch + shift) for n in line]
    return apart(result)


def _phrases(plan: Plan) -> list[range]:
    """Bars in pairs within phrases: an octave may change where a motif begins."""
    result = []
    for section in plan.sections:
        at = section.start_bar
        for length in section.phrases:
            result += [range(b, min(b + 2, at + length)) for b in range(at, at + length, 2)]
            at += length
    return result


def _octave(notes: Sequence[Note], aim: float, low: int, high: int) -> int:
    pitches = [n.pitch for n in notes]
    mean = sum(pitches) / len(pitches)
    fitting = [
        s for s in (0, -12, 12, -24, 24) if low <= min(pitches) + s and max(pitches) + s <= high
    ]
    return min(fitting, key=lambda s: (abs(mean + s - aim), abs(s)), default=0)


def _turned(notes: Sequence[Note], aim: float, low: int, high: int) -> list[Note]:
    """Chords turned over until their mean is near the aim: lowest notes up, or highest down."""
    table = sorted({n.pitch for n in notes})
    moved = list(table)
    for _ in range(3 * len(table)):
        mean = sum(moved) / len(moved)
        order = sorted(range(len(moved)), key=lambda i: moved[i])
        step = 12.0 / len(moved)
        if aim - mean > step / 2 and moved[order[0]] + 12 <= high:
            moved[order[0]] += 12
        elif mean - aim > step / 2 and moved[order[-1]] - 12 >= low:
            moved[order[-1]] -= 12
        else:
            break
    new = dict(zip(table, moved, strict=True))
    return [replace(n, pitch=new[n.pitch]) for n in notes]
