"""The range of each part: what role, instrument, register and brief allow together."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.plan import Decision, PartPlan
from songwright.composition.roles import UNPITCHED, roles
from songwright.composition.uses import Use
from songwright.errors import BriefError
from songwright.score import Instrument, instrument
from songwright.theory.pitch import pitch_name

_REGISTER_SHIFT = {"low": -12, "middle": 0, "high": 12}
_OVER_THE_MIDDLE = 6  # semitones that a register may reach beyond the middle of an instrument
_LEAST_ROOM = 4  # semitones that a part needs to make music


def ranged(
    parts: list[PartPlan], brief: Brief, use: Use, decisions: list[Decision]
) -> list[PartPlan]:
    """Give every pitched part the range that role, instrument and brief allow together."""
    low, high = _pitch_bounds(parts, brief, decisions)
    parts = _with_room(parts, low, high, decisions)
    ranged = []
    for part in parts:
        player = instrument(part.instrument)
        if player.is_kit:
            ranged.append(replace(part, low=35, high=81))
            continue
        bottom, top = _window(part, player, brief, use)
        bottom, top = _meet((bottom, top), (low, high), (player.low, player.high))
        ranged.append(replace(part, low=bottom, high=top))
    return ranged


def _window(part: PartPlan, player: Instrument, brief: Brief, use: Use) -> tuple[int, int]:
    window_low, window_high = roles()[part.role].window
    if part.staff_group and part.role == "chords":
        window_low, window_high = 31, 67  # a left hand is bass and harmony in one
    if (part.low, part.high) != (0, 127) and not brief.register:  # the style's own compass
        window_low, window_high = part.low, part.high
        part = replace(part, register="mid")
    shift = 0 if part.role == "bass" else {"low": -7, "high": 4}.get(part.register, 0)
    if part.role in ("lead", "counter") and brief.register:
        shift = _REGISTER_SHIFT[brief.register]
    if "high" in part.adjectives:
        shift += 12
    if "low" in part.adjectives or "deep" in part.adjectives:
        shift -= 12
    if part.role not in ("lead", "counter", "bass") and not use.lead:
        window_high = min(window_high, 67)  # the register of a voice stays free
    window = (window_low + shift, window_high + shift)
    comfort = (player.comfort_low, player.comfort_high)
    least = 17 if part.role in ("lead", "counter") else 12  # a tune needs an octave and a half
    if part.role in ("lead", "counter") and brief.register:
        window = _own_register(window, comfort, brief.register, least)
    return _meet(window, comfort, (player.low, player.high), least)


def _own_register(
    window: tuple[int, int], comfort: tuple[int, int], register: str, least: int
) -> tuple[int, int]:
    """A low or high window that is also low or high on the instrument that plays."""
    low, high = window
    middle = sum(comfort) // 2
    if register == "low":
        high = min(high, middle + _OVER_THE_MIDDLE)
        return min(low, high - least), high
    if register == "high":
        low = max(low, middle - _OVER_THE_MIDDLE)
        return low, max(high, low + least)
    return window


def _meet(
    wanted: tuple[int, int], inside: tuple[int, int], hard: tuple[int, int], least: int = 12
) -> tuple[int, int]:
    """``wanted`` cut to ``inside``, or the nearest ``least`` semitones if too little is left."""
    low, high = max(wanted[0], inside[0]), min(wanted[1], inside[1])
    if high - low < least:
        low, high = max(inside[0], hard[0]), min(inside[1], hard[1])
        if high - low > least:
            centre = (wanted[0] + wanted[1]) / 2
            low = round(min(max(centre - least / 2, low), high - least))
            high = low + least
    return max(low, hard[0]), min(high, hard[1])


def _pitch_bounds(
    parts: list[PartPlan], brief: Brief, decisions: list[Decision]
) -> tuple[int, int]:
    """Bounds for all pitched parts from the brief.

    Raises
    ------
    BriefError
        If an instrument that must sound cannot play inside the bounds.
    """
    low = 0 if brief.pitch_low is None else brief.pitch_low
    high = 127 if brief.pitch_high is None else brief.pitch_high
    pitched = [p for p in parts if p.role not in UNPITCHED]
    asked = [p for p in pitched if p.requested]
    if brief.pitch_octaves is not None and brief.pitch_low is None and pitched:
        span = 12 * brief.pitch_octaves
        players = [instrument(p.instrument) for p in asked or pitched]

        def room(base: int) -> tuple[int, int, int]:
            overlaps = [min(i.high, base + span) - max(i.low, base) for i in players]
            return min(12, *overlaps), min(sum(overlaps), 12 * len(overlaps)), -abs(base - 48)

        low = max(range(24, 97), key=room)
        high = low + span
        decisions.append(
            Decision("range", f"{pitch_name(low)}–{pitch_name(high)}", "where all parts can play")
        )
    for part in asked:
        player = instrument(part.instrument)
        if _room(player, low, high) < _LEAST_ROOM:
            raise BriefError(
                f"{player.name} plays {pitch_name(player.low)} to {pitch_name(player.high)} and "
                f"has no room in {pitch_name(low)} to {pitch_name(high)}; widen the range or "
                "leave it out"
            )
    return low, high


def _room(player: Instrument, low: int, high: int) -> int:
    """Semitones of an instrument's range inside bounds."""
    return min(high, player.high) - max(low, player.low)


def _with_room(
    parts: list[PartPlan], low: int, high: int, decisions: list[Decision]
) -> list[PartPlan]:
    """Leave out parts that nobody asked for and that cannot play inside the bounds.

    Raises
    ------
    BriefError
        If no part is left.
    """
    kept = []
    for part in parts:
        player = instrument(part.instrument)
        if player.is_kit or part.requested or _room(player, low, high) >= _LEAST_ROOM:
            kept.append(part)
        else:
            decisions.append(
                Decision(
                    "instruments", f"no {player.name}", "it cannot play in the range asked for"
                )
            )
    if not any(p.role not in UNPITCHED for p in kept):
        raise BriefError(
            f"no instrument of this style plays between {pitch_name(low)} and {pitch_name(high)}; "
            "widen the range or name an instrument that does"
        )
    return kept
