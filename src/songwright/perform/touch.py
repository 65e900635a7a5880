"""A drummer's touch: the drum model says how hard and how late each written stroke is played.

The model keeps every stroke of the score and draws only velocity and micro-timing, as it learned
them from people playing to a click (Groove MIDI; Gillick et al., "Learning to groove with inverse
sequence transformations", ICML 2019). Its velocities are taken as a shape around the written ones,
so that accents, sections and phrases stay as loud as planned; its lateness comes on top of the
plan's swing. All blocks of two bars of a piece are sampled side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from songwright.composition.learned.drum_seam import MACHINES
from songwright.composition.learned.drum_styles import DrummerFacts, drummers
from songwright.composition.plan import Plan
from songwright.perform.chance import Chance
from songwright.perform.dynamics import NEUTRAL_VELOCITY
from songwright.perform.swing import Swing
from songwright.score import Note, Part, Score, TimeMap, instrument
from songwright.styles import PerformanceFacts, Style
from songwright.units import TICKS_PER_BEAT

if TYPE_CHECKING:
    from songwright.composition.learned.drum_sampling import DrumRow
    from songwright.models.grooves import Stroke

BLOCK_BARS = 2
TAKES = 2
"""A block that comes again is played in one of so many ways, chosen by its place."""

SHAPE = 0.6
"""Share of the model in the accents of a voice; the rest are the written ones."""

GHOST_SHAPE = 0.35
WEIGHT_LIMITS = (0.7, 1.35)
LARGEST_SECONDS = 0.04  # later or earlier is heard as a mistake
LIMBS_SECONDS = 0.012  # what is struck together stays together
MOST_OF_ROOM = 0.35  # of the distance to the nearest other onset
_TEMPERATURE, _TOP_P = 0.95, 0.95
_MOST_TOKENS = 440  # the model's context, less its own marks
_LEAST_TIMING_MS = 3.0  # a style that is tighter than this is played by a machine
_WAVE = 0.4  # share of the style's velocity spread that is left beside the model's
_VELOCITY, _LATENESS = 31, 32


class Feel(NamedTuple):
    """How a stroke is played: seconds late, and the factor on its velocity."""

    late_seconds: float
    weight: float


Touch = Mapping[tuple[int, int], Feel]
"""The feel of strokes by written tick and key."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A written note and the stroke of its block that stands for it in the model."""

    note: Note
    swung_ticks: float
    stroke: tuple[int, str]  # step from the beginning of the block, and voice


def touches(score: Score, plan: Plan, style: Style) -> dict[str, Touch]:
    """The model's touch for every drum kit of a piece that a person plays.

    Returns
    -------
    dict
        By part id. Empty for styles that a machine plays, for ``plan.maker`` ``rules``, for styles
        that ask for no human spread, and when the model is missing: the rules humanise then.
    """
    facts = drummers().get(style.id)
    playing = style.performance
    human = playing.timing_ms >= _LEAST_TIMING_MS and playing.velocity_spread > 0.0
    if facts is None or plan.maker == "rules" or not human or len(score.meters) != 1:
        return {}
    kits = [
        part
        for part in score.parts
        if part.role == "drums"
        and instrument(part.instrument).is_kit
        and part.instrument not in MACHINES
    ]
    blocks = {part.id: list(_blocks(part, score, plan, facts)) for part in kits}
    # Equal blocks are sampled once; dict.fromkeys keeps their order.
    rows = tuple(dict.fromkeys(row for own in blocks.values() for row, _ in own))
    if not rows:
        return {}
    from songwright.composition.learned.drum_sampling import sampled  # noqa: PLC0415 - numpy

    played = sampled(rows, _TEMPERATURE, _TOP_P)
    if played is None:
        return {}
    times = TimeMap.of(score)
    strokes = dict(zip(rows, played, strict=True))
    return {
        part.id: _touch(part, [(strokes[r], hits) for r, hits in blocks[part.id]], plan, facts,
                        times)
        for part in kits if blocks[part.id]
    }  # fmt: skip


def calmed(style: PerformanceFacts) -> PerformanceFacts:
    """The style without its random velocities, for a drummer who has the model's: what is left is
    the slow wave of the arm."""
    return replace(style, velocity_spread=_WAVE * style.velocity_spread)


def _blocks(
    part: Part, score: Score, plan: Plan, facts: DrummerFacts
) -> Iterator[tuple[DrumRow, tuple[_Hit, ...]]]:
    """Two bars at a time from the beginning of each section; bars without known voices are left
    out, and so are metres and bars that the model does not know."""
    from songwright.composition.learned.drum_sampling import DrumRow  # noqa: PLC0415
    from songwright.models.groove_grammar import GrooveRules  # noqa: PLC0415
    from songwright.models.grooves import GrooveWish, Stroke, density_of  # noqa: PLC0415

    meter = score.meters[0].meter
    if not _knows(meter.numerator, meter.denominator):
        return
    bar_ticks, swing = meter.bar_ticks, _swing(part, score, plan)
    notes: dict[int, list[Note]] = {}
    for note in part.notes:
        notes.setdefault(note.onset_ticks // bar_ticks, []).append(note)
    starts = {0, *(s.start_bar for s in score.sections)}
    bar = 0
    while bar < score.bars:
        bars = 1 if bar + 1 in starts or bar + 1 == score.bars else BLOCK_BARS
        own = [note for b in range(bar, bar + bars) for note in notes.get(b, ())]
        hits = tuple(_hits(own, bar * bar_ticks, bar_ticks, swing))
        pattern = tuple(sorted({Stroke(*hit.stroke, 80) for hit in hits}))
        if pattern and 2 * len(pattern) + len({s.onset for s in pattern}) + bars < _MOST_TOKENS:
            wish = GrooveWish(
                meter.numerator, meter.denominator, bars, facts.family, plan.tempo_bpm,
                loudness=_loudness(own, plan, bar), played=True,
            )  # fmt: skip
            wish = replace(wish, density=density_of(pattern, wish))
            names = ("touch", part.id, pattern, bar // BLOCK_BARS % TAKES)
            yield DrumRow(plan.seed, names, wish, GrooveRules(pattern=pattern)), hits
        bar += bars


def _knows(numerator: int, denominator: int) -> bool:
    from songwright.models.grid import MOST_QUARTERS, meter_index  # noqa: PLC0415

    return meter_index(numerator, denominator) > 0 and 4 * numerator <= MOST_QUARTERS * denominator


def _swing(part: Part, score: Score, plan: Plan) -> Swing:
    return Swing.of(part.notes, TimeMap.of(score), plan.swing, plan.swing_unit_ticks)


def _hits(notes: Sequence[Note], start_ticks: int, bar_ticks: int, swing: Swing) -> Iterator[_Hit]:
    """The notes on keys that the model knows, each on the step where its swing puts it."""
    from songwright.models.grid import TICKS_PER_STEP, nearest_onset  # noqa: PLC0415
    from songwright.models.grooves import VOICE_OF_KEY  # noqa: PLC0415

    bar = bar_ticks // TICKS_PER_STEP
    for note in notes:
        voice = VOICE_OF_KEY.get(note.pitch)
        if voice is not None:
            swung = swing.swung(note.onset_ticks)
            end = (1 + (note.onset_ticks - start_ticks) // bar_ticks) * bar
            step = nearest_onset((swung - start_ticks) / TICKS_PER_STEP, bar)
            yield _Hit(note, swung, (min(step, end - 3), voice))


def _loudness(notes: Sequence[Note], plan: Plan, bar: int) -> float:
    """The mean velocity that is planned, down to an edge that the model tells apart."""
    from songwright.models.grooves import LOUDNESS_EDGES  # noqa: PLC0415

    energy = plan.energy[min(bar, len(plan.energy) - 1)] if plan.energy else 0.5
    level = plan.dynamics_low + energy * (plan.dynamics_high - plan.dynamics_low)
    loudness = level / NEUTRAL_VELOCITY * fmean(n.velocity for n in notes)
    return max((edge for edge in LOUDNESS_EDGES if edge <= loudness), default=1.0)


def _touch(
    part: Part,
    blocks: Sequence[tuple[tuple[Stroke, ...], tuple[_Hit, ...]]],
    plan: Plan,
    facts: DrummerFacts,
    times: TimeMap,
) -> Touch:
    chance = Chance.of(plan.seed, "touch", part.id)
    room = _room([hit.swung_ticks for _, hits in blocks for hit in hits])
    result: dict[tuple[int, int], Feel] = {}
    for strokes, hits in blocks:
        feel = {(s.onset, s.voice): s for s in strokes}
        own = [feel[hit.stroke] for hit in hits]
        per_second = times.bpm(hits[0].note.onset_ticks) * TICKS_PER_BEAT / 60.0
        late = _lateness(hits, own, chance, facts.touch, per_second)
        for hit, ticks, weight in zip(hits, late, _weights(hits, own, chance, facts.touch),
                                      strict=True):  # fmt: skip
            most = MOST_OF_ROOM * room[hit.swung_ticks]
            place = (hit.note.onset_ticks, hit.note.pitch)
            result[place] = Feel(max(-most, min(most, ticks)) / per_second, weight)
    return result


def _room(ticks: Sequence[float]) -> dict[float, float]:
    """Distance of each onset to the nearest other one."""
    ordered = sorted(set(ticks))
    far = float(TICKS_PER_BEAT)
    gaps = [far, *(b - a for a, b in pairwise(ordered)), far]
    return {tick: min(gaps[i], gaps[i + 1]) for i, tick in enumerate(ordered)}


def _lateness(
    hits: Sequence[_Hit],
    strokes: Sequence[Stroke],
    chance: Chance,
    amount: float,
    ticks_per_second: float,
) -> list[float]:
    """Ticks late of each hit around the block's mean: push and pull are the style's affair."""
    drawn = [
        _within(s.lateness, chance.uniform(_LATENESS, h.note.onset_ticks, h.note.pitch))
        for h, s in zip(hits, strokes, strict=True)
    ]
    mean = fmean(drawn)
    limbs, largest = LIMBS_SECONDS * ticks_per_second, LARGEST_SECONDS * ticks_per_second
    together: dict[int, list[float]] = {}
    for hit, late in zip(hits, drawn, strict=True):
        together.setdefault(hit.note.onset_ticks, []).append(late - mean)
    result = []
    for hit, late in zip(hits, drawn, strict=True):
        middle = fmean(together[hit.note.onset_ticks])
        apart = max(-limbs, min(limbs, late - mean - middle))
        result.append(amount * max(-largest, min(largest, middle + apart)))
    return result


def _within(centre: int, share: float) -> float:
    """A lateness somewhere in the model's step around ``centre``; ``share`` is 0..1."""
    from songwright.models.grooves import LATENESS  # noqa: PLC0415

    i = LATENESS.index(centre)
    low = (LATENESS[i - 1] + centre) / 2 if i else centre - 8
    high = (LATENESS[i + 1] + centre) / 2 if i + 1 < len(LATENESS) else centre + 8
    return low + share * (high - low)


def _weights(
    hits: Sequence[_Hit], strokes: Sequence[Stroke], chance: Chance, amount: float
) -> list[float]:
    """Factors on the written velocities; each voice of a block keeps its mean velocity."""
    from songwright.models.grooves import VELOCITIES  # noqa: PLC0415

    width = 128 / VELOCITIES
    drawn = [
        s.velocity + width * (chance.uniform(_VELOCITY, h.note.onset_ticks, h.note.pitch) - 0.5)
        for h, s in zip(hits, strokes, strict=True)
    ]
    groups: dict[tuple[str, bool], list[int]] = {}
    for i, hit in enumerate(hits):
        groups.setdefault((hit.stroke[1], hit.note.articulation == "ghost"), []).append(i)
    weights = [1.0] * len(hits)
    for (_, ghost), members in groups.items():
        written = fmean(hits[i].note.velocity for i in members)
        played = fmean(drawn[i] for i in members)
        share = amount * (GHOST_SHAPE if ghost else SHAPE)
        for i in members:
            ratio = (drawn[i] / played) / (hits[i].note.velocity / written)
            weights[i] = max(WEIGHT_LIMITS[0], min(WEIGHT_LIMITS[1], ratio**share))
        mean = fmean(weights[i] * hits[i].note.velocity for i in members) / written
        for i in members:
            weights[i] /= mean
    return weights
