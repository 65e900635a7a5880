"""Drum grooves and fills by the model, held to what the rules' groove says of style and energy.

For each letter the rules' own groove of four bars is heard first: it says how dense the drums are,
which hand keeps time and on which drums, and stands before the sampled bars as what the drummer
played last. Of several sampled grooves the one that reads best is taken (`drum_judge`); returns of
a section vary its last bar, and fills are sampled after the groove that they leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from songwright.composition.drum_meter import Stroke
from songwright.composition.learned.drum_bars import LearnedDrums, Steady
from songwright.composition.learned.drum_judge import (
    BACKS,
    HAND_TIME,
    TOMS,
    alike,
    fill_score,
    groove_score,
)
from songwright.composition.learned.drum_sampling import DrumRow, sampled
from songwright.composition.learned.drum_steps import (
    KIT_VOICE,
    StepGrid,
    bars_of,
    full_levels,
    steps_of,
)
from songwright.composition.learned.drum_styles import MODEL, DrummerFacts
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.models.critic import Critic, load_critic
from songwright.models.grid import MOST_QUARTERS, STEPS_PER_QUARTER, meter_index
from songwright.models.groove_grammar import GrooveRules
from songwright.models.groove_traits import groove_traits
from songwright.models.grooves import GrooveWish, bar_likeness
from songwright.models.grooves import Stroke as Step

BLOCK_BARS, HEARD_BARS = 4, 2
BUSY_BAR = 18
"""Strokes to the bar from which a groove is two bars long: as much for the ear, and to sample."""

MOST_ROWS = 24
"""Grooves that are sampled side by side: six for each of four letters, fewer each of more."""

CANDIDATES, FILL_CANDIDATES, TAIL_CANDIDATES = 6, 4, 2
GROOVE_FLOOR, FILL_FLOOR = 0.88, 0.75
"""Scores below which the rules' own groove or fill stays, unless the model alone was asked for."""

CRITIC_WEIGHT = 0.01
"""What one nat of the critic's odds counts beside a groove's score of 0..1."""

TAIL_LIKENESS = (0.6, 0.97)
_LEAST_DENSITY = 1.2  # strokes to the quarter; a groove thinner than this is an effect of its own
_TEMPERATURE, _TOP_P = 0.85, 0.9
_FILL_LEVEL = 104.0
_FILL_DENSITY = 2.75
_VOICES = frozenset(KIT_VOICE.values())


@dataclass(slots=True)
class _Block:
    """The groove of a letter: the rules' own, what the model makes of it, and where it is used."""

    name: tuple[object, ...]
    own: tuple[Step, ...]
    bars: int
    grid: StepGrid
    energy: float
    sections: list[SectionPlan] = field(default_factory=list)
    groove: tuple[Step, ...] | None = None
    tail: tuple[Step, ...] | None = None
    fill: tuple[Step, ...] | None = None
    fill_score: float = 0.0

    @property
    def heard(self) -> tuple[Step, ...]:
        return self.groove or self.own

    @property
    def end(self) -> tuple[Step, ...]:
        """The last two bars."""
        return _cut(self.heard, max(0, self.bars - HEARD_BARS), self.bars, self.grid.bar)

    @property
    def end_bars(self) -> int:
        return min(HEARD_BARS, self.bars)


def write_drums(
    part: PartPlan, plan: Plan, facts: DrummerFacts, steady: Steady
) -> LearnedDrums | None:
    """The bars that the model writes; None if there is nothing for it to do or it is missing."""
    meter = plan.meter
    knows = meter_index(meter.numerator, meter.denominator)
    if not knows or 4 * meter.numerator > MOST_QUARTERS * meter.denominator:
        return None
    blocks = _blocks(part, plan, steady)
    if not blocks:
        return None
    strict = plan.maker != "learned"
    if facts.groove == "learned" and not _grooves(blocks, part, plan, facts, strict):
        return None
    if not _tails_and_fills(blocks, part, plan, facts, strict):
        return None
    grooves: dict[int, list[Stroke]] = {}
    fills: dict[int, list[Stroke]] = {}
    for block in blocks:
        levels = full_levels(block.own)
        fill = bars_of(block.fill, 1, block.grid, _fill_levels(levels))[0] if block.fill else None
        groove = _bars(block, levels)
        for section in block.sections:
            for bar in range(section.start_bar, section.end_bar):
                if fill:
                    fills[bar] = fill
                if groove:
                    in_bar = bar - section.start_bar
                    turn = (in_bar // block.bars + section.occurrence) % 2
                    grooves[bar] = groove[turn][in_bar % block.bars]
    return LearnedDrums(grooves, fills)


def _blocks(part: PartPlan, plan: Plan, steady: Steady) -> list[_Block]:
    """One for each letter and hand that keeps time; thin grooves and build-ups are left out."""
    swings = plan.swing > 0.5 and plan.swing_unit_ticks == 240 and not plan.meter.is_compound
    blocks: dict[tuple[object, ...], _Block] = {}
    for section in plan.sections:
        if part.id not in section.parts or section.bars < 2 or section.function == "build":
            continue
        bars = min(BLOCK_BARS, section.bars)
        strokes = [steady(section, section.start_bar + k) for k in range(bars)]
        if not {s.voice for bar in strokes for s in bar} <= _VOICES:
            continue  # a cowbell or a second crash is no drum of the model
        if sum(map(len, strokes)) > BUSY_BAR * bars:
            bars = min(HEARD_BARS, bars)
            strokes = strokes[:bars]
        thirds = {s.tick % 480 for bar in strokes for s in bar} & {160, 320}
        triplets = swings or bool(thirds)
        grid = StepGrid(plan.meter, swings, triplets, not swings or bool(thirds))
        own = steps_of(strokes, grid)
        if len(own) * STEPS_PER_QUARTER < _LEAST_DENSITY * bars * grid.bar:
            continue
        name = (section.letter, _keeper(own), bars)
        block = blocks.setdefault(name, _Block(name, own, bars, grid, section.energy))
        block.sections.append(section)
    return list(blocks.values())


def _keeper(own: Iterable[Step]) -> str:
    counts = Counter(s.voice for s in own)
    voice = max(("hat", "ride", "open"), key=lambda v: counts[v])
    return voice if counts[voice] >= 0.15 * counts.total() else "none"


def _wish(block: _Block, bars: int, strokes: int, plan: Plan, facts: DrummerFacts) -> GrooveWish:
    """Wishes that all stretches of a block share."""
    level = plan.dynamics_low + block.energy * (plan.dynamics_high - plan.dynamics_low)
    return GrooveWish(
        plan.meter.numerator, plan.meter.denominator, bars, facts.family, plan.tempo_bpm,
        density=strokes * STEPS_PER_QUARTER / (bars * block.grid.bar), loudness=level,
        fills=(False,) * bars, played=True, triplets=block.grid.triplets,
        timekeeper=_keeper(block.own),
    )  # fmt: skip


def _grooves(
    blocks: Sequence[_Block], part: PartPlan, plan: Plan, facts: DrummerFacts, strict: bool
) -> bool:
    """Sample grooves and keep the best of each block; False without the model."""
    count = max(2, min(CANDIDATES, MOST_ROWS // len(blocks)))
    rows = []
    for block in blocks:
        used = {s.voice for s in block.own}
        head = _cut(block.own, 0, HEARD_BARS, block.grid.bar)
        wish = _wish(block, block.bars, len(block.own), plan, facts)
        likeness = bar_likeness(block.own, block.grid.bar, block.bars)
        wish = replace(wish, likeness=min(0.9, max(0.6, likeness or 0.8)))
        rules = GrooveRules(
            voices=frozenset(used | ({"open"} if "hat" in used else set())) - {"crash"},
            positions=block.grid.positions,
            least_strokes=round(0.7 * len(block.own)),
            most_strokes=round(1.3 * len(block.own)) + 2,
            together=3,
        )
        reference = _wish(block, min(HEARD_BARS, block.bars), len(head), plan, facts)
        rows += [
            DrumRow(plan.seed, ("learned drums", part.id, *block.name, k), wish, rules, head,
                    reference)
            for k in range(count)
        ]  # fmt: skip
    found = sampled(tuple(rows), _TEMPERATURE, _TOP_P)
    if found is None:
        return False
    critic = load_critic(MODEL)
    for i, block in enumerate(blocks):
        scored = [
            (groove_score(c, block.own, block.bars, block.grid, facts.backbeat), c)
            for c in found[i * count : (i + 1) * count]
        ]
        wish = rows[i * count].wish
        score, best = max(
            scored, key=lambda pair: pair[0] + CRITIC_WEIGHT * _odds(critic, pair[1], wish)
        )
        if score >= GROOVE_FLOOR or not strict:
            block.groove = best
    return True


def _odds(critic: Critic | None, strokes: Sequence[Step], wish: GrooveWish) -> float:
    return 0.0 if critic is None else critic.odds(groove_traits(strokes, wish))


def _tails_and_fills(
    blocks: Sequence[_Block], part: PartPlan, plan: Plan, facts: DrummerFacts, strict: bool
) -> bool:
    """Vary the ends of learned grooves and write fills, in one go; False without the model."""
    rows: list[DrumRow] = []
    owners: list[tuple[_Block, str]] = []
    for block in blocks:
        heard = _wish(block, block.end_bars, len(block.end), plan, facts)
        used = {s.voice for s in block.heard}
        last = _cut(block.heard, block.bars - 1, block.bars, block.grid.bar)
        wish = replace(_wish(block, 1, len(last), plan, facts), likeness=0.9)
        rules = GrooveRules(voices=frozenset(used), positions=block.grid.positions, together=3,
                            least_strokes=round(0.8 * len(last)),
                            most_strokes=round(1.2 * len(last)) + 1)  # fmt: skip
        jobs = []
        if block.groove is not None and len(block.sections) + block.sections[0].bars // 8 > 1:
            jobs += [("tail", wish, rules)] * TAIL_CANDIDATES
        if facts.fills == "learned" and BACKS & used:
            jobs += [("fill", *_fill_wish(block, plan, facts))] * FILL_CANDIDATES
        for k, (kind, wanted, own_rules) in enumerate(jobs):
            names = ("learned drums", part.id, *block.name, kind, k)
            rows.append(DrumRow(plan.seed, names, wanted, own_rules, block.end, heard))
            owners.append((block, kind))
    found = sampled(tuple(rows), _TEMPERATURE, _TOP_P) if rows else ()
    if found is None:
        return False
    for (block, kind), steps in zip(owners, found, strict=True):
        if kind == "tail":
            low, high = TAIL_LIKENESS
            share = alike(steps, _cut(block.heard, block.bars - 1, block.bars, block.grid.bar))
            if block.tail is None and low <= share <= high:
                block.tail = steps
            continue
        score = fill_score(steps, _cut(block.heard, 0, 1, block.grid.bar), block.grid)
        if (score >= FILL_FLOOR or not strict) and score > block.fill_score:
            block.fill_score, block.fill = score, steps
    return True


def _fill_wish(block: _Block, plan: Plan, facts: DrummerFacts) -> tuple[GrooveWish, GrooveRules]:
    wish = _wish(block, 1, 0, plan, facts)
    rules = GrooveRules(
        # Without the hand that keeps time: where a fill is short, the groove before it has one.
        voices=frozenset(TOMS | {"snare", "kick"}),
        positions=block.grid.positions,
        least_strokes=2 * block.grid.bar // STEPS_PER_QUARTER,
        most_strokes=max(6, 4 * block.grid.bar // STEPS_PER_QUARTER),
        together=2,
    )
    return replace(wish, fills=(True,), density=_FILL_DENSITY, timekeeper=""), rules


def _bars(block: _Block, levels: Mapping[str, float]) -> list[list[list[Stroke]]] | None:
    """The groove in bars as first heard, and with its end varied."""
    if block.groove is None:
        return None
    plain = bars_of(block.groove, block.bars, block.grid, levels)
    if block.tail is None:
        return [plain, plain]
    return [plain, plain[:-1] + bars_of(block.tail, 1, block.grid, levels)]


def _fill_levels(levels: Mapping[str, float]) -> dict[str, float]:
    return {**dict.fromkeys((*TOMS, "snare"), _FILL_LEVEL), **{k: v for k, v in levels.items()
            if k in HAND_TIME | {"kick"}}}  # fmt: skip


def _cut(steps: Sequence[Step], first: int, last: int, bar: int) -> tuple[Step, ...]:
    """The bars ``first`` to ``last``, counted from the first one's beginning."""
    return tuple(
        s._replace(onset=s.onset - first * bar) for s in steps if first <= s.onset // bar < last
    )
