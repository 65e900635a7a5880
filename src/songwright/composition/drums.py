"""Drums and percussion: grooves that vary, fills, crashes and a real ending.

Each bar is made on its own from the plan and a generator named after part and bar, so a change to
one bar leaves all others alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

from songwright.composition.drum_feel import groove_for, in_character, in_feel, in_section
from songwright.composition.drum_fills import (
    build_up,
    choose_fill,
    swell,
    wanted_pulses,
    with_fill,
    with_strokes,
)
from songwright.composition.drum_grid import LEVELS, TIME_VOICES, Groove
from songwright.composition.drum_meter import Stroke, pulses, strokes_of_grid
from songwright.composition.drum_voices import is_kit, key_of
from songwright.composition.learned.drum_bars import LearnedDrums
from songwright.composition.learned.drum_seam import learned_drums
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.composition.transitions import PATTERNS as TRANSITIONS
from songwright.composition.transitions import transition_notes
from songwright.score import Note
from songwright.seeds import rng
from songwright.theory import Chord

_CYMBALS = frozenset(("crash", "crash2", "china", "splash"))
_REST_OF_HAND = frozenset(("hat", "open", "ride", "bell", "china", "crash2"))

_LIBERTY = 0.08
"""How often a bar is played otherwise than the habit of its letter; machines take no liberties."""

_MACHINES = frozenset(("electronic_kit", "tr808_kit"))

_LIFT = 0.04
"""A step of energy that is felt as a lift."""

_SIDEWAYS, _STEPPING_DOWN, _INSIDE = 0.4, 0.3, 0.12
"""How often a fill leads on where nothing lifts, into a calmer section, and inside a section."""


def drum_part(part: PartPlan, plan: Plan) -> tuple[Note, ...]:
    """Write a part of role ``drums`` or ``percussion``.

    Parameters
    ----------
    part
        Its ``patterns`` name grooves from calm to busy; on kits notes are General MIDI percussion
        keys 35..81, on timpani, taiko and the like pitches within ``low``..``high``.
    plan
        The whole piece. Drums are written before the bass, which goes with their kick.

    Returns
    -------
    tuple of Note
        In order of onset; written velocities 1..127 are relative accents.

    Raises
    ------
    StyleError
        If a pattern is not among the grooves.
    """
    if part.patterns and part.patterns[0] in TRANSITIONS:
        return transition_notes(part, plan)
    notes: list[Note] = []
    learned = learned_drums(part, plan, partial(_steady_alone, part, plan))
    for section in plan.sections:
        if part.id not in section.parts:
            continue
        for bar in range(section.start_bar, min(section.end_bar, plan.bars)):
            notes += _notes(_bar(part, plan, section, bar, learned), part, plan, bar)
    return tuple(notes)


def _bar(
    part: PartPlan, plan: Plan, section: SectionPlan, bar: int, learned: LearnedDrums
) -> list[Stroke]:
    random = rng(plan.seed, "drums", part.id, bar)
    # Equal letters share their colour, so that a returning section is recognised.
    colour = rng(plan.seed, "drums", part.id, "section", section.letter)
    in_bar = bar - section.start_bar
    groove = groove_for(part, plan, section, bar)
    swings = _swings(plan)
    if bar == plan.bars - 1 and plan.ending in ("final", "hard", "ring"):
        return _last_hit(groove, part, plan.ending)
    filled = _fills_here(part, plan, section, bar, random)
    strokes = learned.grooves.get(bar) or _steady(part, plan, section, bar, random, colour)
    if section.function == "build" and part.role == "drums" and groove.fills != "none":
        voice = "floor" if groove.fills in ("epic", "march") else "snare"
        stops = section.fill and colour.random() < 0.6
        strokes = build_up(plan.meter, in_bar, section.bars, voice, stops, strokes)
    else:
        own = learned.fills.get(bar)
        strokes = _with_fill(strokes, groove, part, plan, section, bar, filled, random, swings, own)
    if section.stop and bar == section.end_bar - 1 and part.role == "drums":
        strokes = _stopped(strokes, groove, plan, section)
    strokes = _with_crash(strokes, groove, part, plan, section, bar, random, colour)
    if not strokes and in_bar == 0:
        strokes = [Stroke(0, "kick", LEVELS["o"], plan.meter.pulses_ticks[0])]
    return strokes


def _steady(
    part: PartPlan, plan: Plan, section: SectionPlan, bar: int, random: Random, colour: Random
) -> list[Stroke]:
    """The groove of a bar by the rules, before fills and crashes."""
    in_bar = bar - section.start_bar
    groove = groove_for(part, plan, section, bar)
    grid = groove.bar(in_bar, turns=_turns_here(section, bar))
    strokes = strokes_of_grid(grid, plan.meter, in_bar, _swings(plan))
    strokes = in_feel(strokes, plan.feel, groove, plan.meter, in_bar)
    strokes = in_section(strokes, groove, section, in_bar, colour)
    strokes = in_character(strokes, part, plan, groove)
    # The way a letter is played comes back with it: two bars of habit, now and then a liberty.
    free = in_bar % 4 != 0 and random.random() < _LIBERTY and part.instrument not in _MACHINES
    habit = rng(plan.seed, "drums", part.id, "habit", section.letter, in_bar % 2)
    return _played(strokes, random if free else habit, random)


def _steady_alone(part: PartPlan, plan: Plan, section: SectionPlan, bar: int) -> list[Stroke]:
    """The groove of a bar by the rules, heard apart from the writing of the part."""
    random = rng(plan.seed, "drums", part.id, bar)
    colour = rng(plan.seed, "drums", part.id, "section", section.letter)
    return _steady(part, plan, section, bar, random, colour)


def _swings(plan: Plan) -> bool:
    return plan.swing > 0.5 and plan.swing_unit_ticks == 240 and not plan.meter.is_compound


def _played(strokes: list[Stroke], habit: Random, random: Random) -> list[Stroke]:
    """Decide the strokes that come and go, and shade the rest by a few velocity steps.

    ``habit`` decides what is played, ``random`` only how hard.
    """
    result = []
    for stroke in strokes:
        # Always drawn: a stroke more or less leaves the others as they were.
        draw, shade = habit.random(), random.randint(-4, 4)
        if draw < stroke.chance:
            result.append(replace(stroke, velocity=_velocity(stroke.velocity + shade)))
    return result


def _fills_here(part: PartPlan, plan: Plan, section: SectionPlan, bar: int, random: Random) -> bool:
    """Whether a fill leads out of a bar.

    Always before the end and where the music lifts; now and then between sections of like
    strength, where the groove mostly carries on; seldom inside a section.
    """
    draw = random.random()
    if bar == plan.bars - 2 and plan.ending in ("final", "hard", "ring"):
        return section.fill
    if bar == section.end_bar - 1:
        if not section.fill:
            return False
        if bar == plan.bars - 1:
            return True  # a loop leads back to its first bar
        rise = plan.section_at(bar + 1).energy - section.energy
        odds = 1.0 if rise > _LIFT else _SIDEWAYS if rise > -_LIFT else _STEPPING_DOWN
        return draw < (odds if part.role == "drums" else odds * section.energy)
    calm = bool({"sparse", "simple"} & set(part.adjectives)) or part.density < 0.2
    if part.role != "drums" or calm or not _phrase_ends(section, bar):
        return False
    return draw < _INSIDE * (0.5 + section.energy)


def _turns_here(section: SectionPlan, bar: int) -> bool:
    """The small turn of a groove closes eight bars, or a section of four; else it goes on."""
    in_bar = bar - section.start_bar
    return in_bar % 8 == 7 or (section.bars < 8 and bar == section.end_bar - 1)


def _with_fill(
    strokes: list[Stroke],
    groove: Groove,
    part: PartPlan,
    plan: Plan,
    section: SectionPlan,
    bar: int,
    filled: bool,
    random: Random,
    swings: bool,
    learned: list[Stroke] | None = None,
) -> list[Stroke]:
    """Fills at section ends, small ones at some phrase ends, a swell before a ringing end."""
    last_bar = plan.bars - 1
    before_end = bar == last_bar - 1 and plan.ending in ("final", "hard", "ring")
    if plan.ending == "ring" and before_end and part.role == "drums":
        voice = "crash2" if is_kit(part) else "floor"
        return [s for s in strokes if s.voice not in _CYMBALS] + swell(plan.meter, voice, 92)
    if not filled:
        return strokes
    calm = bool({"sparse", "simple"} & set(part.adjectives)) or part.density < 0.2
    energy = section.energy
    # A drummer leads from one kind of section into the other with the same fill.
    following = plan.section_at(min(bar + 1, last_bar)).letter
    signature = rng(plan.seed, "drums", part.id, "fill", section.letter, following)
    size = 1
    if bar == section.end_bar - 1 or before_end:
        after = plan.section_at(bar + 1).energy if bar < last_bar else energy
        size = wanted_pulses(energy, after, signature)
        if part.role == "percussion":
            if calm:
                return strokes
            size = min(size, 2)
        if bar == last_bar or calm:
            size = 1  # a loop leads gently back to its first bar
    fill = choose_fill(groove, plan.meter, size, energy, signature)
    if fill is None:
        return strokes
    played = (
        with_strokes(strokes, learned, fill.pulses, plan.meter)
        if learned is not None
        else with_fill(strokes, fill, plan.meter, swings)
    )
    soft = 20 if "soft" in part.adjectives else 0
    drop = round(18 * max(0.0, 0.6 - energy)) + soft
    ticks = {s.tick for s in strokes}
    return [
        s if s.tick in ticks and s in strokes else replace(s, velocity=_velocity(s.velocity - drop))
        for s in played
        if s.chance == 1.0 or random.random() < s.chance
    ]


def _stopped(
    strokes: list[Stroke], groove: Groove, plan: Plan, section: SectionPlan
) -> list[Stroke]:
    """The stroke on one with the band, a hole, and a short fill on the last pulse."""
    layout = pulses(plan.meter)
    last = layout[-1][0]
    tutti = [Stroke(0, "kick", LEVELS["X"], 240)]
    backs = [v for v in ("snare", "clap", "stick") if v in groove.a]
    tutti += [Stroke(0, backs[0], LEVELS["x"], 240)] if backs else []
    if len(layout) < 3:
        return tutti
    fill = choose_fill(
        groove, plan.meter, 1, section.energy, rng(plan.seed, "drums", "stop", section.letter)
    )
    if fill is None:
        return tutti + [s for s in strokes if s.tick >= last]
    return [s for s in with_fill(tutti, fill, plan.meter, False) if s.tick == 0 or s.tick >= last]


def _phrase_ends(section: SectionPlan, bar: int) -> bool:
    """True in the last bar of a phrase that is not the last of its section."""
    end = section.start_bar
    for length in section.phrases[:-1]:
        end += length
        if bar == end - 1 and length >= 2:
            return True
    return False


def _with_crash(
    strokes: list[Stroke],
    groove: Groove,
    part: PartPlan,
    plan: Plan,
    section: SectionPlan,
    bar: int,
    random: Random,
    colour: Random,
) -> list[Stroke]:
    """A crash where a section lifts, and at the eight-bar marks of a loud one."""
    if part.role != "drums" or groove.crash == "none" or not is_kit(part):
        return strokes
    in_bar = bar - section.start_bar
    energy = section.energy
    before = plan.section_at(bar - 1) if bar > 0 else None
    if in_bar == 0:
        lifts = before is None or energy > before.energy + 0.05
        full = section.function in ("chorus", "drop", "post-chorus")
        led_in = before is not None and before.fill and energy > 0.5
        wanted = energy >= 0.35 and (lifts or full or led_in)
    else:
        wanted = in_bar % 8 == 0 and energy > 0.65 and random.random() < 0.6
    if not wanted:
        return strokes
    level = 84 + 40 * energy - (24 if groove.crash == "soft" else 0) - (14 if in_bar else 0)
    if groove.crash == "ride_crash":
        level -= 22
    if {"soft", "sparse"} & set(part.adjectives):
        level -= 20
    voice = colour.choice(("crash", "crash", "crash2"))
    rest = [s for s in strokes if s.tick > 0 or s.voice not in _REST_OF_HAND]
    if not any(s.tick == 0 and s.voice in ("kick", "floor") for s in rest):
        rest.append(Stroke(0, "kick", _velocity(round(level)), 240))
    return [Stroke(0, voice, _velocity(round(level)), 480), *rest]


def _last_hit(groove: Groove, part: PartPlan, ending: str) -> list[Stroke]:
    """The final down-beat: nothing follows it."""
    soft = groove.crash in ("none", "soft", "ride_crash") or bool(
        {"soft", "sparse"} & set(part.adjectives)
    )
    if part.role == "percussion" or not is_kit(part):
        first = groove.a or groove.b
        voices = list(first)
        voice = next((v for v in ("floor", "kick", "conga_low") if v in voices), voices[0])
        return [Stroke(0, voice, 72 if soft else 104, 240)]
    if ending == "hard":
        back = "snare" if "snare" in groove.a else "stick"
        if "clap" in groove.a and "snare" not in groove.a:
            back = "clap"
        return [
            Stroke(0, "kick", 118, 120),
            Stroke(0, back, 112, 120),
            Stroke(0, "crash", 108, 120),
        ]
    kick, cymbal = (74, 76) if soft else (116, 114)
    if ending == "ring":
        kick, cymbal = kick - 10, min(98, cymbal)
    voice = "ride" if groove.crash == "none" else "crash"
    return [Stroke(0, "kick", kick, 480), Stroke(0, voice, cymbal, 480)]


def _notes(strokes: list[Stroke], part: PartPlan, plan: Plan, bar: int) -> list[Note]:
    """Notes of a bar: one for each key and tick, each lasting to the next onset in its pulse."""
    start = bar * plan.meter.bar_ticks
    louder: dict[tuple[int, int], Stroke] = {}
    if is_kit(part) and plan.silent_voices:
        strokes = [s for s in strokes if s.voice not in plan.silent_voices]
    for stroke in _one_hat(strokes):
        if not 0 <= stroke.tick < plan.meter.bar_ticks:
            continue
        key = key_of(stroke.voice, part, _chord_at(plan, start + stroke.tick))
        if key is None:
            continue
        place = (stroke.tick, key)
        if place not in louder or louder[place].velocity < stroke.velocity:
            louder[place] = stroke
    if not louder and strokes:  # an instrument without any of the voices plays their pulse
        low, high = sorted((part.low, part.high))
        louder[(strokes[0].tick, (low + high) // 2)] = strokes[0]
    onsets = sorted({tick for tick, _ in louder})
    limits = [onset for onset, *_ in pulses(plan.meter)] + [plan.meter.bar_ticks]
    ends = {
        tick: min([*(o for o in onsets if o > tick), *(p for p in limits if p > tick)])
        for tick in onsets
    }
    return [
        Note(
            start + tick,
            ends[tick] - tick,
            key,
            stroke.velocity,
            "ghost" if stroke.is_ghost and stroke.voice not in TIME_VOICES else "",
        )
        for (tick, key), stroke in sorted(louder.items())
    ]


def _one_hat(strokes: list[Stroke]) -> list[Stroke]:
    """An open hat cannot be closed at the same moment."""
    opened = {s.tick for s in strokes if s.voice == "open"}
    closed = {s.tick for s in strokes if s.voice == "hat"}
    return [
        s
        for s in strokes
        if not (s.voice in ("hat", "pedal") and s.tick in opened)
        and not (s.voice == "pedal" and s.tick in closed)
    ]


def _chord_at(plan: Plan, tick: int) -> Chord | None:
    for span in plan.chords:
        if span.onset_ticks <= tick < span.end_ticks:
            return span.chord
    return None


def _velocity(value: int) -> int:
    return max(1, min(127, value))
