"""Decisions by hand: ``bass.eq.low_shelf_db=-2`` laid over a sheet.

An assignment is ``PART.CONTROL=VALUE``, or ``+=`` and ``-=`` to change a number by an amount. The
part is an id, a role (then all parts of it), ``room``, ``space.NAME`` or ``master``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any, TypeVar

from songwright.errors import AudioError
from songwright.mix.assignment import Assignment, parsed
from songwright.mix.bands import NAMED_BANDS, band_called, named, with_band
from songwright.mix.controls import (
    BAND,
    BAND_FIELDS,
    ControlFacts,
    controls,
    shown,
    text_of,
)
from songwright.mix.reverb import DRY, rooms
from songwright.mix.settings import (
    AUTOMATED,
    Chorus,
    Compressor,
    Curve,
    DeEsser,
    DelaySend,
    Insert,
    LoFi,
    MixSettings,
    PartMix,
    Phaser,
    ReverbSettings,
    Send,
    Sidechain,
    Transient,
)
from songwright.mix.sheet import MixDecision, MixSheet

MASTER, ROOM, SPACE = "master", "room", "space"
T = TypeVar("T")
_BY_HAND = "set by hand"
PROCESSORS: dict[str, Callable[[], Any]] = {
    "compressor": Compressor,
    "transient": Transient,
    "deesser": DeEsser,
    "chorus": Chorus,
    "phaser": Phaser,
    "delay": DelaySend,
    "sidechain": lambda: Sidechain(6.0),
    "lofi": LoFi,
}
"""What a strip can be given beyond gain and equaliser, as it is when it is switched on."""

_MAY_BE_OFF = {"reverb_send_db": -3.0, "noise_dbfs": -60.0}
"""Controls that may be off, and the value from which += then starts."""


def overridden(sheet: MixSheet, assignments: Iterable[str]) -> MixSheet:
    """A sheet with assignments laid over it, in their order.

    Parameters
    ----------
    sheet
        As decided; not changed.
    assignments
        Such as ``"bass.eq.low_shelf_db=-2"``, ``"pad.level_db-=3"``, ``"lead.reverb_send_db=2"``,
        ``"keys.compressor=off"``, ``"lead.effects=/plugins/Warm.vst3"``,
        ``"pad.curve.low_pass_hz=0:400, 8:9000"`` (bars),
        ``"room.rt60_seconds=2.2"``, ``"master.target_lufs=-9"``.

    Raises
    ------
    AudioError
        If one is no assignment, names what does not exist (the message lists what does), or has
        a value outside its range.
    """
    for text in assignments:
        sheet = _assigned(sheet, parsed(text))
    return sheet


def targets(settings: MixSettings, name: str) -> tuple[str, ...]:
    """Ids of the parts that a name stands for: the part of that id, else all of that role."""
    if name in settings.parts:
        return (name,)
    return tuple(part for part, strip in settings.parts.items() if strip.role == name)


def _assigned(sheet: MixSheet, given: Assignment) -> MixSheet:
    settings, head = sheet.settings, given.path[0]
    if head == MASTER and head not in settings.parts:
        master = _field_set(settings.master, given, given.path[1:], MASTER)
        decision = _decision(MASTER, given.control, getattr(master, given.control))
        return sheet.with_decisions(replace(settings, master=master), [decision])
    if head == ROOM and head not in settings.parts:
        room = _room_set(settings.reverb, given, given.path[1:])
        decision = _decision(ROOM, given.control, getattr(room, given.control))
        return sheet.with_decisions(replace(settings, reverb=room), [decision])
    if head == SPACE and head not in settings.parts:
        return _space_assigned(sheet, given)
    ids = targets(settings, head)
    if not ids:
        roles = sorted({strip.role for strip in settings.parts.values()} - set(settings.parts))
        raise AudioError(
            f"{given.text}: there is no part {head!r}; there are {', '.join(settings.parts)}"
            f"{', the roles ' + ', '.join(roles) if roles else ''}, room, space and master"
        )
    parts, decisions = dict(settings.parts), []
    for part in ids:
        parts[part] = _strip_set(parts[part], given, settings)
        name = ".".join((*given.path[1:], given.control))
        decisions.append(MixDecision(part, name, shown(parts[part], name), _BY_HAND))
    return sheet.with_decisions(replace(settings, parts=parts), decisions)


def _with(value: T, name: str, new: object) -> T:
    """A frozen value with the field of a name replaced."""
    changes: dict[str, Any] = {name: new}
    return replace(value, **changes)  # type: ignore[type-var]


def _decision(part: str, control: str, value: object) -> MixDecision:
    return MixDecision(part, control, text_of(value), _BY_HAND)


def _space_assigned(sheet: MixSheet, given: Assignment) -> MixSheet:
    spaces = sheet.settings.spaces
    name = given.path[1] if len(given.path) > 1 else ""
    if not name:
        known = ", ".join(spaces) or "none yet"
        raise AudioError(f"{given.text}: write space.NAME.CONTROL=VALUE; spaces: {known}")
    space = _room_set(spaces.get(name, ReverbSettings()), given, given.path[2:])
    decision = _decision(f"{SPACE}.{name}", given.control, getattr(space, given.control))
    return sheet.with_decisions(replace(sheet.settings, spaces={**spaces, name: space}), [decision])


def _room_set(room: ReverbSettings, given: Assignment, rest: tuple[str, ...]) -> ReverbSettings:
    changed: ReverbSettings = _field_set(room, given, rest, ROOM)
    if changed.kind not in (DRY, *rooms()):
        raise AudioError(
            f"{given.text}: unknown reverb {changed.kind!r}; use {', '.join((DRY, *rooms()))}"
        )
    return changed


def _field_set(value: Any, given: Assignment, rest: tuple[str, ...], what: str) -> Any:
    """A frozen value with one of its plain fields set, numbers, words and flags."""
    plain = [
        f.name for f in fields(value) if isinstance(getattr(value, f.name), float | str | bool)
    ]
    if rest or given.control not in plain:
        raise AudioError(f"{given.text}: {what} has the controls {', '.join(plain)}")
    before = getattr(value, given.control)
    if isinstance(before, bool):
        return _with(value, given.control, given.flag())
    if isinstance(before, str):
        return _with(value, given.control, given.value)
    facts = controls(what).get(given.control)
    low, high = (facts.low, facts.high) if facts is not None else (-1e6, 1e6)
    return _with(value, given.control, given.number(before, low, high))


def _strip_set(strip: PartMix, given: Assignment, settings: MixSettings) -> PartMix:
    group, control = given.path[1:], given.control
    if group == ("eq",):
        return _eq_set(strip, given)
    if group == ("dip",):
        return _dip_set(strip, given)
    if group == ("send",):
        return _send_set(strip, given, settings)
    if group == ("curve",):
        return _curve_set(strip, given)
    if not group and control in PROCESSORS:
        on = given.flag() and (getattr(strip, control) or PROCESSORS[control]())
        return _with(strip, control, on or None)
    if not group and control == "tape_stop":
        return replace(strip, tape_stops=_tape_stops(given))
    if not group and control == "effects":
        return replace(strip, effects=_effects(strip, given))
    if not group and control == "mute":
        return replace(strip, mute=given.flag())
    name = ".".join((*group, control))
    facts = controls().get(name)
    if facts is None:
        raise AudioError(
            f"{given.text}: there is no control {name!r}; there are mute, effects, tape_stop, "
            f"{', '.join(controls())}, eq.BAND_db, eq.BAND_hz, eq.BAND_q, dip.NAME_db, "
            "send.SPACE_db and curve.CONTROL"
        )
    if not group:
        if control in _MAY_BE_OFF and given.value.lower() == "off":
            return _with(strip, control, None)
        before = getattr(strip, control)
        start = _MAY_BE_OFF.get(control, 0.0) if before is None else before
        return _with(strip, control, given.number(start, facts.low, facts.high))
    processor = getattr(strip, group[0]) or PROCESSORS[group[0]]()
    return _with(strip, group[0], _processor_set(processor, given, facts))


def _processor_set(processor: Any, given: Assignment, facts: ControlFacts) -> Any:
    before = getattr(processor, given.control)
    if isinstance(before, bool):
        return _with(processor, given.control, given.flag())
    if isinstance(before, str):
        from songwright.mix.delay import beats_of  # noqa: PLC0415 (loads the kernels)

        beats_of(given.value)  # an unknown note value is named here, not when the stem is made
        return _with(processor, given.control, given.value)
    return _with(processor, given.control, given.number(before, facts.low, facts.high))


def _eq_set(strip: PartMix, given: Assignment) -> PartMix:
    found = BAND.match(given.control)
    band = band_called(strip.eq, found[1]) if found else None
    if found is None or band is None:
        own = [b.name for b in named(strip.eq) if b.name not in NAMED_BANDS]
        raise AudioError(
            f"{given.text}: write eq.BAND_db, eq.BAND_hz or eq.BAND_q with one of the bands "
            f"{', '.join([*NAMED_BANDS, *own])}"
        )
    name, low, high = BAND_FIELDS[found[2]]
    value = given.number(getattr(band, name), low, high)
    return replace(strip, eq=with_band(strip.eq, _with(band, name, value)))


def _dip_set(strip: PartMix, given: Assignment) -> PartMix:
    name = given.control.removesuffix("_db")
    if name == given.control or name not in {d.name for d in strip.dips}:
        known = ", ".join(f"dip.{d.name}_db" for d in strip.dips) or "none"
        raise AudioError(f"{given.text}: the dips of this part are {known}")
    dips = tuple(
        replace(d, depth_db=given.number(d.depth_db, 0.0, 24.0)) if d.name == name else d
        for d in strip.dips
    )
    return replace(strip, dips=tuple(d for d in dips if d.depth_db > 0.0))


def _send_set(strip: PartMix, given: Assignment, settings: MixSettings) -> PartMix:
    name = given.control.removesuffix("_db")
    if name == given.control or name not in settings.spaces:
        known = ", ".join(f"send.{s}_db" for s in settings.spaces) or "none"
        raise AudioError(
            f"{given.text}: the sends are {known}; space.NAME.kind=plate makes another space"
        )
    others = tuple(s for s in strip.sends if s.space != name)
    if given.value.lower() == "off":
        return replace(strip, sends=others)
    before = next((s.level_db for s in strip.sends if s.space == name), -12.0)
    return replace(strip, sends=(*others, Send(name, given.number(before, -60.0, 18.0))))


def _tape_stops(given: Assignment) -> tuple[tuple[float, float], ...]:
    """``8.5-9`` (bars, 1-based as in a score) or ``off``."""
    if given.value.lower() == "off":
        return ()
    try:
        begin, end = (float(bar) - 1.0 for bar in given.value.split("-"))
    except ValueError:
        begin, end = 0.0, -1.0
    if not 0.0 <= begin < end:
        raise AudioError(f"{given.text}: write the bars, such as 8.5-9, or off")
    return ((begin, end),)


def _effects(strip: PartMix, given: Assignment) -> tuple[Insert, ...]:
    """``/plugins/Warm.vst3?drive=0.4&mix=0.5`` or ``off``; ``+=`` puts one behind the others."""
    if given.value.lower() == "off":
        return ()
    path, _, text = given.value.partition("?")
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    if given.sign == "-=" or not path or not all(name and sign for name, sign, _ in pairs):
        raise AudioError(
            f"{given.text}: write effects=FILE.vst3, effects+=FILE.vst3?NAME=VALUE&NAME=VALUE or "
            "effects=off"
        )
    insert = Insert(path, tuple((name.strip(), value.strip()) for name, _, value in pairs))
    return (*strip.effects, insert) if given.sign == "+=" else (insert,)


def _curve_set(strip: PartMix, given: Assignment) -> PartMix:
    name = given.control
    if name not in AUTOMATED:
        raise AudioError(f"{given.text}: curves can move {', '.join(AUTOMATED)}")
    others = {k: c for k, c in strip.curves.items() if k != name}
    if given.value.lower() == "off":
        return replace(strip, curves=others)
    try:
        pairs = [point.split(":") for point in given.value.split(",")]
        points = tuple((float(at), float(value)) for at, value in pairs)
    except ValueError:
        points = ()
    if not points or any(b[0] < a[0] for a, b in pairwise(points)):
        raise AudioError(f"{given.text}: write BAR:VALUE, BAR:VALUE with bars in ascending order")
    shape = "exponential" if name.endswith("_hz") else "linear"
    return replace(strip, curves={**others, name: Curve(points, "bars", shape)})
