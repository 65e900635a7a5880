"""Broken chords and arpeggios: the notes of a chord one after the other in a steady flow."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from songwright.composition.accompany.comping import Comper
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import scale_of, up_scale, velocity
from songwright.composition.accompany.rhythm import Hit, thinned, triplet_pulse
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.composition.plan import PartPlan
from songwright.score import Note

_ALBERTI = (0, 2, 1, 2)
_CELL = 8


def flow(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Run through the chords of consecutive bars in the pattern's order."""
    player = Comper(stage, pattern, bars)
    ostinato = _ostinato(stage.idea(bars[0], pattern.name), 3 * pattern.span)
    notes: list[Note] = []
    for bar in bars:
        unit = _unit(stage, pattern)
        turned = _turned(stage, bar)
        for span in bar.spans:
            ladder = _ladder(pattern, player, span, bar, triplet_pulse(stage.meter))
            order = ostinato
            if pattern.order != "ostinato":
                order = _order(pattern, len(ladder), (bar.end - bar.start) // unit)
            steps = list(range(span.start, span.end, unit))
            found = [
                Hit(at - bar.start, min(at + unit, span.end) - bar.start,
                    str(k), strength=stage.meter.strength(at - bar.start))
                for k, at in enumerate(steps)
            ]  # fmt: skip
            keep = {span.start - bar.start}
            if pattern.thin and unit <= pattern.unit:
                found = thinned(found, stage.density, keep, stage.idea(bar, "thin"))
            leads = turned and span.changes and span.end == bar.end
            for i, hit in enumerate(found):
                k = int(hit.symbol)
                place = -k if turned and k >= len(steps) // 2 else k
                pitch = ladder[order[place % len(order)] % len(ladder)]
                if leads and i == len(found) - 1 and i > 1:
                    pitch = _leading(notes[-1].pitch, span, bar, stage.part)
                notes.append(_note(stage, pattern, bar, hit, found[i + 1 : i + 2], pitch))
    stage.hand.voicing = player.last
    return notes


def _leading(pitch: int, span: Span, bar: Bar, part: PartPlan) -> int:
    """A scale step away from ``pitch`` towards the nearest note of the next chord."""
    following = set(span.following.pcs)
    near = sorted(range(pitch - 12, pitch + 13), key=lambda p: (abs(p - pitch), p))
    goal = next((p for p in near if p % 12 in following and abs(p - pitch) > 1), pitch)
    step = up_scale(pitch, 1 if goal > pitch else -1, scale_of(span.chord, bar.key))
    return step if part.low <= step <= part.high else pitch


def _unit(stage: Stage, pattern: Pattern) -> int:
    """Length of a step; triplets follow the pulse, sparse parts take twice as long."""
    unit = pattern.unit
    if triplet_pulse(stage.meter):
        third = stage.meter.unit_ticks
        unit = third if unit in (160, 240) else max(60, unit * third // 240)
    if stage.density < 0.22 and unit <= 240:
        unit *= 2
    return unit


def _turned(stage: Stage, bar: Bar) -> bool:
    """Whether the figure turns round in the middle of this bar, as it may at phrase ends."""
    if not (bar.phrase_ends or bar.phrase_place % 4 == 3):
        return False
    return stage.chance(bar, "turned").random() < 0.65


def _rungs(available: int, pattern: Pattern, triplet: bool) -> int:
    """How many notes to use, so that the figure comes round with the beat where it can."""
    if pattern.role == "chords" or pattern.order == "octaves":
        return available
    beat = 3 if triplet else 4
    wanted = beat * pattern.span
    return wanted if wanted <= available else min(available, max(beat, 3))


def _ladder(
    pattern: Pattern, player: Comper, span: Span, bar: Bar, triplet: bool
) -> tuple[int, ...]:
    """The notes to run through, upwards."""
    voicing = list(player.voicing(span.chord, bar))
    top = max(player.high, voicing[-1])
    ladder = list(voicing)
    octaves = pattern.span if pattern.role == "chords" else pattern.span + 1
    for octave in range(1, octaves):
        ladder += [p + 12 * octave for p in voicing if p + 12 * octave <= top]
    ladder = ladder[: _rungs(len(ladder), pattern, triplet)]
    if pattern.order == "octaves":
        ladder = [p for v in voicing for p in (v, v + 12 if v + 12 <= top else v)]
    elif pattern.role == "chords" and not player.has_bass:
        # Alone, the left hand states the bass first.
        bass = player.strike(Hit(span.start, span.end, "b"), span.chord, bar, True)[0].pitch
        if bass < ladder[0] - 2:
            ladder = [bass, *ladder]
    return tuple(dict.fromkeys(ladder)) if pattern.order != "octaves" else tuple(ladder)


def _order(pattern: Pattern, count: int, steps: int) -> tuple[int, ...]:
    """Rungs of the ladder in the order of play, ``steps`` to a bar."""
    up = tuple(range(count))
    if pattern.order == "down":
        return up[::-1]
    if pattern.order == "alberti" and count >= 3:
        return (0, count - 1, 1, count - 1) if count == 3 else (0, *_ALBERTI[1:])
    if pattern.order == "updown" or pattern.role == "chords":
        # A hand's figure turns so that it comes round with the beat.
        there_and_back = up + up[-2:0:-1] if count > 2 else up
        cycle = 6 if steps % 8 and steps % 6 == 0 else 8
        if pattern.order == "up" and (count == 4 or count > cycle) and cycle == 8:
            return up[:cycle]
        return there_and_back if cycle % len(there_and_back) == 0 else there_and_back[:cycle]
    return up


def _ostinato(rng: Random, reach: int) -> tuple[int, ...]:
    """A cell of eight steps that keeps coming back to its first note."""
    cell = [0]
    for k in range(1, _CELL):
        if k % 4 == 0:
            cell.append(0)
        else:
            nearby = [s for s in range(reach) if s != cell[-1] and abs(s - cell[-1]) <= 2]
            cell.append(rng.choice(nearby or [0]))
    return tuple(cell)


def _note(stage: Stage, pattern: Pattern, bar: Bar, hit: Hit, later: list[Hit], pitch: int) -> Note:
    start = bar.start + hit.start
    end = bar.start + hit.end
    if pattern.articulation == "legato" and later:
        end = bar.start + later[0].start
    level = velocity(stage, bar, hit.strength, accent=False) - 4
    if hit.start == 0:
        level += 5
    length = max(20, round((end - start) * pattern.gate))
    return Note(start, length, pitch, level, pattern.articulation)
