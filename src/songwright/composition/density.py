"""Density obeyed by measuring: a score too busy or too bare is planned thinner or fuller.

The measure is the one that listeners and the report use: moments at which a pitched note begins,
for each beat, to a sixteenth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.learned.tunes import Rank
from songwright.composition.plan import Decision, PartPlan, Plan
from songwright.composition.writing import write_score
from songwright.score import Score
from songwright.units import TICKS_PER_BEAT

SPARSE_BELOW, DENSE_ABOVE = 1.35, 2.2
_MARGIN = 0.06  # the performance may move a note over a grid line
_TRIES = 6
_CALMEST = {"chords": ("sustained",), "bass": ("half_notes",), "pad": ("sustained_pad",)}
_UNPITCHED = ("drums", "percussion")
# Which parts a sparse texture gives up first.
_FIRST_TO_GO = ("arp", "riff", "stabs", "counter", "pad", "inner")


def moments_per_beat(onsets_ticks: Iterable[int], end_ticks: int) -> float:
    """Distinct onset moments, to a sixteenth, for each beat up to ``end_ticks``."""
    moments = {round(onset / (TICKS_PER_BEAT / 4)) for onset in onsets_ticks}
    return len(moments) / max(1.0, end_ticks / TICKS_PER_BEAT)


def onsets_per_beat(score: Score) -> float:
    """Moments at which a pitched note of a planned piece begins, for each beat."""
    pitched = (part for part in score.parts if part.role not in _UNPITCHED)
    onsets = (note.onset_ticks for part in pitched for note in part.notes)
    return moments_per_beat(onsets, score.bars * score.meters[0].meter.bar_ticks)


def density_class(per_beat: float) -> str:
    """``sparse``, ``medium`` or ``dense``."""
    if per_beat < SPARSE_BELOW:
        return "sparse"
    return "dense" if per_beat > DENSE_ABOVE else "medium"


def write_to_density(plan: Plan, brief: Brief, rank: Rank | None = None) -> tuple[Plan, Score]:
    """Write a plan; if it misses the density asked for, plan it thinner or fuller and try again."""
    players: list[Decision] = []
    score = write_score(plan, brief, rank, players)
    for attempt in range(1, _TRIES + 1 if brief.note_density else 1):
        found = onsets_per_beat(score)
        wanted = brief.note_density
        too_busy = (wanted == "sparse" and found > SPARSE_BELOW - _MARGIN) or (
            wanted == "medium" and found > DENSE_ABOVE - _MARGIN
        )
        too_bare = (wanted == "dense" and found < DENSE_ABOVE + _MARGIN) or (
            wanted == "medium" and found < SPARSE_BELOW + _MARGIN
        )
        if not (too_busy or too_bare):
            break
        changed = _thinner(plan, attempt) if too_busy else _fuller(plan, attempt)
        plan = replace(
            changed,
            decisions=(
                *plan.decisions,
                Decision("density", wanted, f"{found:.2f} onsets a beat: planned again"),
            ),
        )
        players.clear()
        score = write_score(plan, brief, rank, players)
    return replace(plan, decisions=(*plan.decisions, *players)), score


def _thinner(plan: Plan, attempt: int) -> Plan:
    parts = tuple(
        part
        if part.role in _UNPITCHED
        else replace(
            part,
            density=round(part.density * 0.6, 3),
            patterns=part.patterns[: max(1, len(part.patterns) - attempt)],
        )
        for part in plan.parts
    )
    if attempt >= 2:  # then whole parts go, the busiest kinds first
        for role in _FIRST_TO_GO[: 2 * (attempt - 1)]:
            kept = tuple(p for p in parts if p.role != role or p.requested)
            parts = kept if _still_music(kept) else parts
    if attempt >= 3:  # then those that stay play long notes
        parts = tuple(
            replace(part, patterns=_CALMEST[part.role]) if part.role in _CALMEST else part
            for part in parts
        )
    return _with_parts(plan, parts)


def _fuller(plan: Plan, attempt: int) -> Plan:
    parts = tuple(
        part
        if part.role in _UNPITCHED
        else replace(
            part,
            density=round(min(1.0, part.density + 0.2), 3),
            patterns=part.patterns[min(attempt, max(0, len(part.patterns) - 1)) :],
            enters_at=0.0 if attempt > 1 else part.enters_at,
        )
        for part in plan.parts
    )
    if attempt >= 2:
        parts = _with_motion(parts)
    plan = _with_parts(plan, parts)
    if attempt >= 2:  # everybody plays everywhere
        everyone = tuple(part.id for part in parts)
        plan = replace(plan, sections=tuple(replace(s, parts=everyone) for s in plan.sections))
    return plan


def _with_motion(parts: tuple[PartPlan, ...]) -> tuple[PartPlan, ...]:
    """The first accompanying part moves in eighths, later tries in sixteenths."""
    moving = {"chords": ("broken_triplets", "arpeggio_updown"), "arp": ("updown_sixteenths",),
              "pad": ("pulsing",), "bass": ("eighths",), "riff": ("ostinato_strings",)}  # fmt: skip
    for i, part in enumerate(parts):
        options = moving.get(part.role)
        if options and part.patterns != options[-1:]:
            new = replace(part, patterns=options[-1:])
            return (*parts[:i], new, *parts[i + 1 :])
    return parts


def _still_music(parts: tuple[PartPlan, ...]) -> bool:
    return any(p.role not in _UNPITCHED for p in parts)


def _with_parts(plan: Plan, parts: tuple[PartPlan, ...]) -> Plan:
    """The plan with other parts; sections lose those that left and are never empty."""
    ids = [part.id for part in parts]
    sections = []
    for section in plan.sections:
        playing = tuple(i for i in section.parts if i in ids) or tuple(ids[:1])
        sections.append(replace(section, parts=playing))
    return replace(plan, parts=parts, sections=tuple(sections))
