"""How busy, in which feel and in which colour a groove is played in its section."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from random import Random

from songwright.composition.drum_grid import LEVELS, TIME_VOICES, Groove, grooves
from songwright.composition.drum_meter import Stroke, pulses
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.composition.roles import roles
from songwright.errors import StyleError
from songwright.theory import Meter

_SHIFT = {
    "sparse": -0.4, "simple": -0.15, "soft": -0.15, "driving": 0.15, "dense": 0.25, "busy": 0.3,
}  # fmt: skip
_CALM_FUNCTIONS = frozenset(("intro", "breakdown", "outro", "interlude"))
_FULL_FUNCTIONS = frozenset(("chorus", "post-chorus", "drop", "solo"))
_BACKBEAT = frozenset(("snare", "clap", "stick"))


def groove_for(part: PartPlan, plan: Plan, section: SectionPlan, bar: int) -> Groove:
    """The groove of a bar: calm to busy by energy and density, then by metre and tempo.

    Raises
    ------
    StyleError
        If the part names a pattern that is not in the groove files.
    """
    names = part.patterns or roles()[part.role].patterns
    level = _busyness(part, plan, section, bar)
    name = names[max(0, min(len(names) - 1, int(level * len(names))))]
    try:
        groove = grooves()[name]
    except KeyError:
        known = ", ".join(grooves())
        raise StyleError(f"there is no groove {name!r}; there are: {known}") from None
    other = groove.meters.get(str(plan.meter), "")
    if not other and plan.meter.is_compound:
        other = groove.meters.get("12/8", "")
    if other:
        return grooves()[other]
    if plan.tempo_bpm >= groove.fast_from_bpm:
        return grooves()[groove.fast]
    if plan.tempo_bpm < groove.slow_below_bpm:
        return grooves()[groove.slow]
    return groove


def _busyness(part: PartPlan, plan: Plan, section: SectionPlan, bar: int) -> float:
    """0 calm … 1 busy. Half of it is the energy itself, half its place in this piece."""
    heard = [s.energy for s in plan.sections if part.id in s.parts]
    low, high = min(heard), max(heard)
    energy = section.energy
    start = section.start_bar
    for length in section.phrases:  # a phrase that stands out of its section has its own level
        if start <= bar < start + length:
            bars = plan.energy[start : start + length]
            mean = sum(bars) / len(bars) if bars else energy
            energy = mean if abs(mean - energy) > 0.12 else energy
        start += length
    place = (energy - low) / (high - low) if high - low > 0.1 else energy
    shift = sum(_SHIFT.get(word, 0.0) for word in part.adjectives)
    if drawn := plan.drawn("density"):
        shift += 0.8 * (drawn[min(bar, len(drawn) - 1)] - 0.5)
    return 0.5 * energy + 0.5 * place + 0.8 * (part.density - 0.5) + shift


def in_feel(
    strokes: list[Stroke], feel: str, groove: Groove, meter: Meter, bar: int
) -> list[Stroke]:
    """Half-time or double-time feel: the drums move, the hand that keeps time does not."""
    if feel == "half-time" and not groove.half:
        half = meter.bar_ticks // 2
        first = bar % 2 == 0
        return [s for s in strokes if s.voice in TIME_VOICES] + [
            replace(s, tick=2 * (s.tick if first else s.tick - half))
            for s in strokes
            if s.voice not in TIME_VOICES and (s.tick < half) == first and not s.is_ghost
        ]
    if feel == "double-time" and not groove.double:
        hand = [s for s in strokes if s.voice in TIME_VOICES]
        moved = {s.voice for s in strokes} - TIME_VOICES
        back = next((v for v in ("snare", "clap", "stick") if v in moved), "")
        if "kick" not in moved or not back:
            return strokes
        for onset, length, triple in pulses(meter):
            off = 2 * length // 3 if triple else length // 2
            hand.append(Stroke(onset, "kick", LEVELS["x"], length // 2))
            hand.append(Stroke(onset + off, back, LEVELS["X"], length - off))
        return hand
    return strokes


def in_section(
    strokes: list[Stroke], groove: Groove, section: SectionPlan, bar: int, random: Random
) -> list[Stroke]:
    """Ride in choruses; a thinner groove in quiet intros, breakdowns and outros."""
    if section.function in _FULL_FUNCTIONS and groove.ride and section.energy >= 0.6:
        crash_ride = section.energy > 0.85 and groove.fills in ("rock", "metal")
        voice = "crash2" if crash_ride and random.random() < 0.4 else "ride"
        return [
            replace(s, voice=voice) if s.voice == "hat" else s
            for s in strokes
            if s.voice != "open"
            and not (voice == "crash2" and s.voice == "hat" and s.velocity < LEVELS["m"] + 1)
        ]
    if section.function in _CALM_FUNCTIONS and groove.crash != "none" and len(strokes) > 6:
        if section.energy < 0.3:
            first = bar % 2 == 0
            thin = [s for s in strokes if s.voice in TIME_VOICES or (s.tick == 0 and first)]
        elif section.energy < 0.45:
            thin = [s for s in strokes if s.voice not in _BACKBEAT]
        else:
            thin = strokes
        return thin or strokes
    return strokes


def in_character(strokes: list[Stroke], part: PartPlan, plan: Plan, groove: Groove) -> list[Stroke]:
    """What the adjectives of the part ask for: sparse, simple, soft, driving, dense, busy."""
    words = set(part.adjectives)
    if "sparse" in words or part.density < 0.2:
        strokes = _sparse(strokes, plan.meter)
    if "simple" in words:
        strokes = [s for s in strokes if s.chance == 1.0 and not s.is_ghost]
    if words & {"dense", "busy"}:
        strokes = [replace(s, chance=min(1.0, 1.8 * s.chance)) for s in strokes]
    if ("dense" in words or part.density > 0.8) and plan.tempo_bpm < 130 and groove.crash != "none":
        strokes = strokes + list(_in_between(strokes))
    if "soft" in words:
        soft = {"snare": "stick"} if any(s.voice == "hat" for s in strokes) else {}
        strokes = [
            replace(s, velocity=max(20, s.velocity - 20), voice=soft.get(s.voice, s.voice))
            for s in strokes
            if not (s.is_ghost and s.voice in soft)
        ]
    if "driving" in words:
        onsets = set(plan.meter.pulse_onsets_ticks)
        strokes = [
            replace(s, velocity=min(124, s.velocity + (14 if s.tick in onsets else 6)))
            for s in strokes
        ]
    return strokes


def _sparse(strokes: list[Stroke], meter: Meter) -> list[Stroke]:
    """Only strokes on strong places; of a voice with many strokes, every other one."""
    kept = [
        s
        for s in strokes
        if s.chance == 1.0 and not s.is_ghost and (meter.strength(s.tick) >= 2 or s.velocity >= 98)
    ]
    if len(kept) > 3:
        kept = [s for s in kept if s.voice not in TIME_VOICES or meter.strength(s.tick) >= 3]
    return kept or [s for s in strokes if s.chance == 1.0][:1]


def _in_between(strokes: Iterable[Stroke]) -> Iterable[Stroke]:
    """Soft sixteenths between the eighths of a closed hat or a shaker."""
    for voice in ("hat", "shaker"):
        row = sorted((s for s in strokes if s.voice == voice), key=lambda s: s.tick)
        for here, there in itertools.pairwise(row):
            if there.tick - here.tick == 240:
                yield Stroke(here.tick + 120, voice, LEVELS["g"] + 8, 120)
