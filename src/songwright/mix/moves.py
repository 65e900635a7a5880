"""What the mix of a style does over time: filters, throws, steps back, spaces of its own.

All of it is decided from the plan, before any sound; times are in bars.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from songwright.errors import StyleError
from songwright.mix.settings import (
    Chorus,
    Curve,
    DelaySend,
    MixSettings,
    PartMix,
    Phaser,
    ReverbSettings,
    Send,
)
from songwright.mix.sheet import MixDecision
from songwright.score.model import MeterChange
from songwright.score.timemap import TimeMap

if TYPE_CHECKING:
    from songwright.composition.plan import Plan, SectionPlan

DRUM_ROOM, SHIMMER = "drum_room", "shimmer"

_OPEN_HZ, _CLOSED_HZ = 18_000.0, 420.0
_GROUND_HZ, _THIN_HZ = 20.0, 230.0
_DROPS = ("drop", "chorus", "B", "post-chorus")
_CLOSES = ("intro", "breakdown", "outro")
_STEP_BACK_DB = -2.0
_ECHO_REST_DB, _THROW_DB = -6.0, 6.0
_THROW_BARS = 0.5
_SHORTEST_PHRASE = 2
_LONG_ROOMS_SECONDS = 1.0
_NARROW, _WIDE = 0.8, 1.2
_DRUM_SEND_DB = -8.0  # a short room may be heard where a hall may not
_STOP_BARS = 0.5


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """One row of ``data/moves.toml``; the file says what each field means."""

    lead_lu: float = -4.0
    kick_over_bass: bool = True
    echo: tuple[tuple[str, str, float, float], ...] = ()
    throws: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    thins: tuple[str, ...] = ()
    steps_back: tuple[str, ...] = ()
    widens: tuple[str, ...] = ()
    drum_room: bool = False
    shimmer: tuple[str, ...] = ()
    chorus: tuple[str, ...] = ()
    phaser: tuple[str, ...] = ()


@cache
def moves() -> dict[str, MoveFacts]:
    """The moves of every style, and ``default`` for all others."""
    text = files("songwright.mix").joinpath("data/moves.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, MoveFacts])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"mix/data/moves.toml: {error}") from error


def moves_of(style_id: str) -> MoveFacts:
    """The moves of a style; a style without a row has the default."""
    return moves().get(style_id, moves()["default"])


def bar_seconds(plan: Plan) -> tuple[float, ...]:
    """Times at which the bars of a plan begin and, last, its end."""
    times = TimeMap.build(plan.tempos, (MeterChange(0, plan.meter),))
    return tuple(round(times.seconds(times.bar_start(bar)), 6) for bar in range(plan.bars + 1))


def with_moves(plan: Plan, settings: MixSettings) -> tuple[MixSettings, tuple[MixDecision, ...]]:
    """Settings with the moves of the plan's style, and the reason of each move."""
    facts = moves_of(plan.style)
    times = TimeMap.build(plan.tempos, (MeterChange(0, plan.meter),))
    settings = replace(
        settings,
        bar_seconds=bar_seconds(plan),
        tempos=tuple((round(times.seconds(t.tick), 6), t.bpm) for t in plan.tempos),
        lead_aim_lu=facts.lead_lu,
        kick_over_bass=facts.kick_over_bass,
    )
    strips, decisions = dict(settings.parts), []
    for part in plan.parts:
        strip = strips[part.id]
        for change in (
            _effects,
            _echoes,
            _throws,
            _opening,
            _thinning,
            _stepping_back,
            _widening,
            _tape_stop,
        ):
            for new, control, value, reason in change(plan, facts, part.id, strip):
                strip = new
                decisions.append(MixDecision(part.id, control, value, reason))
        strips[part.id] = strip
    settings = replace(settings, parts=strips)
    settings, spaces = _spaces(facts, settings)
    return settings, (*decisions, *spaces)


Changes = Iterator[tuple[PartMix, str, str, str]]
"""The strip as it becomes, the control, its value in words, and the reason."""


def _effects(plan: Plan, facts: MoveFacts, _part: str, strip: PartMix) -> Changes:
    if strip.role in facts.chorus:
        mild = Chorus(mix=0.25) if strip.role == "bass" else Chorus()
        strip = replace(strip, chorus=mild)
        yield strip, "chorus.mix", f"{mild.mix:g}", f"the {strip.role} of {plan.style} drifts"
    if strip.role in facts.phaser:
        strip = replace(strip, phaser=Phaser())
        yield (
            strip,
            "phaser.mix",
            f"{Phaser().mix:g}",
            f"usual for the {strip.role} of {plan.style}",
        )


def _echoes(plan: Plan, facts: MoveFacts, _part: str, strip: PartMix) -> Changes:
    for role, value, send_db, feedback in facts.echo:
        if strip.role == role:
            send = DelaySend(value, send_db, feedback)
            reason = f"echoes in time at {plan.tempo_bpm:.0f} bpm, usual in {plan.style}"
            yield replace(strip, delay=send), "delay.value", f"{value} at {send_db:g} dB", reason


def _throws(plan: Plan, facts: MoveFacts, part: str, strip: PartMix) -> Changes:
    if strip.role not in facts.throws or strip.delay is None:
        return
    points: list[tuple[float, float]] = [(0.0, _ECHO_REST_DB)]
    count = 0
    for section in _playing(plan, part):
        bar = section.start_bar
        for length in section.phrases:
            bar += length
            if length >= _SHORTEST_PHRASE:
                begin = bar - _THROW_BARS
                points += [
                    (begin - 0.05, _ECHO_REST_DB), (begin, _THROW_DB),
                    (bar - 0.02, _THROW_DB), (float(bar), _ECHO_REST_DB),
                ]  # fmt: skip
                count += 1
    if count:
        curve = Curve(tuple(points), "bars")
        value = f"{_THROW_DB:+g} dB at {count} phrase ends"
        reason = "the last notes of a phrase ring on in the gap after it"
        yield _with_curve(strip, "delay_send_db", curve), "curve.delay_send_db", value, reason


def _opening(plan: Plan, facts: MoveFacts, _part: str, strip: PartMix) -> Changes:
    if strip.role not in facts.opens:
        return
    points: list[tuple[float, float]] = []
    for section, after in _with_next(plan):
        begin, end = float(section.start_bar), float(section.end_bar)
        cutoff = _cutoff_hz(section.energy)
        rises = after is not None and after.energy > section.energy + 0.1
        if section.function == "build":
            points += [(begin, cutoff), (end - 0.02, _OPEN_HZ)]
        elif section.function in _CLOSES and section.energy < 0.6:
            goal = _cutoff_hz(after.energy) if after is not None and rises else 0.6 * cutoff
            points += [(begin + 0.02, cutoff), (end - 0.02, max(_CLOSED_HZ, goal))]
        else:
            points += [(begin, _OPEN_HZ), (end - 0.02, _OPEN_HZ)]
    if all(hz == _OPEN_HZ for _, hz in points):
        return
    curve = Curve(tuple(points), "bars", "exponential")
    lowest = min(hz for _, hz in points)
    drops = [s.id for s in plan.sections if s.function in _DROPS]
    goal_text = f"opens into {drops[0]}" if drops else "opens with the energy"
    yield (
        _with_curve(strip, "low_pass_hz", curve), "curve.low_pass_hz",
        f"{lowest:,.0f} to {_OPEN_HZ:,.0f} Hz", goal_text,
    )  # fmt: skip


def _cutoff_hz(energy: float) -> float:
    """Cutoff for a level of energy 0..1: closed at 0.1, open from 0.75 on."""
    share = max(0.0, min(1.0, (energy - 0.1) / 0.65))
    return float(round(_CLOSED_HZ * (_OPEN_HZ / _CLOSED_HZ) ** share))


def _thinning(plan: Plan, facts: MoveFacts, part: str, strip: PartMix) -> Changes:
    builds = [s for s in _playing(plan, part) if s.function == "build"]
    if strip.role not in facts.thins or not builds:
        return
    points: list[tuple[float, float]] = [(0.0, _GROUND_HZ)]
    for section in builds:
        points += [
            (section.start_bar + 0.5 * section.bars, _GROUND_HZ),
            (section.end_bar - 0.06, _THIN_HZ),
            (section.end_bar - 0.01, _GROUND_HZ),
        ]  # fmt: skip
    curve = Curve(tuple(points), "bars", "exponential")
    yield (
        _with_curve(strip, "high_pass_hz", curve), "curve.high_pass_hz", f"up to {_THIN_HZ:g} Hz",
        f"the lows leave in {builds[0].id} and land with what follows",
    )  # fmt: skip


def _stepping_back(plan: Plan, facts: MoveFacts, part: str, strip: PartMix) -> Changes:
    leads = {p.id for p in plan.parts if p.role == "lead"}
    if strip.role not in facts.steps_back or not leads:
        return
    mine = _playing(plan, part)
    under = [s for s in mine if leads & set(s.parts)]
    if not under or len(under) == len(mine):
        return  # with the lead always there, the fader says it all
    points: list[tuple[float, float]] = []
    for section in mine:
        level = _STEP_BACK_DB if section in under else 0.0
        points += [(section.start_bar + 0.1, level), (section.end_bar - 0.15, level)]
    yield (
        _with_curve(strip, "level_db", Curve(tuple(points), "bars")), "curve.level_db",
        f"{_STEP_BACK_DB:g} dB in {len(under)} of {len(mine)} sections", "under the lead",
    )  # fmt: skip


def _widening(plan: Plan, facts: MoveFacts, part: str, strip: PartMix) -> Changes:
    mine = _playing(plan, part)
    energies = [s.energy for s in mine]
    if strip.role not in facts.widens or not mine or max(energies) - min(energies) < 0.15:
        return
    low, high = min(energies), max(energies)
    points: list[tuple[float, float]] = []
    for section in mine:
        share = (section.energy - low) / (high - low)
        width = round(_NARROW + (_WIDE - _NARROW) * share, 3)
        points += [(section.start_bar + 0.02, width), (section.end_bar - 0.1, width)]
    widest = next(s.id for s in mine if s.energy == high)
    yield (
        _with_curve(strip, "width", Curve(tuple(points), "bars")), "curve.width",
        f"{_NARROW:g} to {_WIDE:g}", f"widest in {widest}, where the energy is highest",
    )  # fmt: skip


def _tape_stop(plan: Plan, _facts: MoveFacts, part: str, strip: PartMix) -> Changes:
    for section, after in _with_next(plan):
        if section.tape_stop and part in section.parts:
            stop = (section.end_bar - _STOP_BARS, float(section.end_bar))
            where = f"before {after.id}" if after is not None else "at the end"
            yield (
                replace(strip, tape_stops=(stop,)), "tape_stop",
                f"bars {stop[0] + 1:g} to {stop[1] + 1:g}", f"the band winds down {where}",
            )  # fmt: skip


def _spaces(facts: MoveFacts, settings: MixSettings) -> tuple[MixSettings, tuple[MixDecision, ...]]:
    """Rooms of their own for some roles, in place of the song's."""
    parts, spaces, decisions = dict(settings.parts), dict(settings.spaces), []
    room = settings.reverb
    for name, strip in settings.parts.items():
        if strip.reverb_send_db is None:
            continue
        send_db = strip.reverb_send_db
        if facts.drum_room and strip.role == "drums" and room.rt60_seconds > _LONG_ROOMS_SECONDS:
            send_db = max(_DRUM_SEND_DB, send_db)
            spaces[DRUM_ROOM] = ReverbSettings("room", 0.45, room.level_db + 1.0, 4.0)
            parts[name] = replace(strip, reverb_send_db=None, sends=(Send(DRUM_ROOM, send_db),))
            reason = f"{room.rt60_seconds:.1f} s of {room.kind} would blur the beat"
            decisions.append(MixDecision(name, f"send.{DRUM_ROOM}_db", f"{send_db:.3g}", reason))
        elif strip.role in facts.shimmer:
            spaces[SHIMMER] = replace(room, kind="shimmer", level_db=room.level_db - 1.0)
            parts[name] = replace(strip, reverb_send_db=None, sends=(Send(SHIMMER, send_db),))
            reason = "octaves above it grow out of its reverberation"
            decisions.append(MixDecision(name, f"send.{SHIMMER}_db", f"{send_db:.3g}", reason))
    return replace(settings, parts=parts, spaces=spaces), tuple(decisions)


def _with_curve(strip: PartMix, control: str, curve: Curve) -> PartMix:
    return replace(strip, curves={**strip.curves, control: curve})


def _playing(plan: Plan, part: str) -> list[SectionPlan]:
    return [section for section in plan.sections if part in section.parts]


def _with_next(plan: Plan) -> Iterator[tuple[SectionPlan, SectionPlan | None]]:
    for number, section in enumerate(plan.sections):
        after = plan.sections[number + 1] if number + 1 < len(plan.sections) else None
        yield section, after
