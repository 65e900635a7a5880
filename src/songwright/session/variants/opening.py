"""What a brief leaves open, drawn: other moods near the one asked for, tempos, players, shapes.

Seeds alone already change progression, theme, groove and form. With ``diverse`` above 0 the
controls that nobody fixed are drawn too; those that somebody fixed are never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from random import Random

from songwright.brief import Affect, Brief, EnergyPoint, Heard, InstrumentRequest, TempoRequest
from songwright.composition.uses import use_of
from songwright.score import instrument
from songwright.seeds import MAX_SEED, rng
from songwright.styles import Style, style

DRAWN = "variant"
"""`Heard.source` of a control that was drawn for a variant."""

_OPEN_SHIFT, _ASKED_SHIFT = 0.35, 0.1  # standard deviation of a mood number at ``diverse`` 1
_LEAST_SHIFT = 0.1  # smaller ones change nothing that can be heard
_TEMPO_ROOM = 0.04  # either side of the tempo drawn, so that a length can still be met
_SHAPES = {
    "grows to the end": ((0.0, 0.3), (0.85, 0.95)),
    "an arch": ((0.0, 0.35), (0.55, 0.9), (1.0, 0.35)),
    "full from the start": ((0.0, 0.75), (0.5, 0.6), (1.0, 0.85)),
    "a late drop": ((0.0, 0.5), (0.6, 0.3), (0.7, 0.95), (1.0, 0.8)),
}

_Drawn = tuple[Brief, str] | None


def variant_seed(seed: int, number: int) -> int:
    """Seed of variant ``number`` (from 0) of a batch."""
    return rng(seed, "variant", number).randrange(MAX_SEED)


def open_brief(brief: Brief, style_id: str, seed: int, diverse: float) -> Brief:
    """Draw some of the controls that a brief leaves open.

    Parameters
    ----------
    brief
        What was asked for; every control in it stays as it is.
    style_id
        The style that the piece would have anyway; it says what is usual.
    seed
        Of the variant (see `variant_seed`).
    diverse
        0 draws nothing; 1 draws most of what is open and widely.

    Returns
    -------
    Brief
        Each control that was drawn stands in ``heard`` with the source `DRAWN`.
    """
    if diverse <= 0.0:
        return brief
    drawn = brief
    heard: list[Heard] = []
    home = style(style_id)
    if not brief.style:
        near = _near_style(brief, home, rng(seed, "open", "style"), diverse)
        if near is not home:
            heard.append(Heard("style", "left open", near.name, DRAWN))
        home = near
        drawn = replace(drawn, style=home.id)
    for name, draw in _DRAWS.items():
        found = draw(drawn, home, rng(seed, "open", name), diverse)
        if found is not None:
            drawn, value = found
            heard.append(Heard(name, "left open", value, DRAWN))
    return replace(drawn, heard=(*brief.heard, *heard))


def choices_of(brief: Brief) -> tuple[str, ...]:
    """What was drawn for a variant, in words."""
    return tuple(f"{h.control} {h.value}" for h in brief.heard if h.source == DRAWN)


def _near_style(brief: Brief, home: Style, chance: Random, diverse: float) -> Style:
    """Seldom, and only when variants shall differ much, a neighbour of the nearest style."""
    if brief.instruments or not home.near or chance.random() >= diverse - 0.5:
        return home
    return style(chance.choice(home.near))


def _mood(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:
    """A neighbour of the mood: numbers that were asked for move little, the others more."""
    values: dict[str, float] = {}
    for entry in fields(Affect):
        asked = getattr(brief.affect, entry.name)
        middle = asked or getattr(home.affect, entry.name)
        spread = diverse * (_ASKED_SHIFT if asked else _OPEN_SHIFT)
        found = min(1.0, max(-1.0, chance.gauss(middle, spread)))
        if (asked and abs(found) < abs(asked) / 2) or found * asked < 0.0:
            found = asked / 2  # sad stays sad
        values[entry.name] = round(found, 2)
    moved = max(
        abs(value - (getattr(brief.affect, name) or getattr(home.affect, name)))
        for name, value in values.items()
    )
    if moved < _LEAST_SHIFT:
        return None
    names = ("valence", "arousal", "tension")
    text = ", ".join(f"{name} {values[name]:+.2f}" for name in names)
    return replace(brief, affect=Affect(**values)), text


def _tempo(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:
    if brief.tempo is not None or chance.random() >= diverse:
        return None
    facts = home.tempo
    middle = chance.uniform(facts.low_bpm, facts.high_bpm)
    low = max(facts.low_bpm, middle * (1 - _TEMPO_ROOM))
    high = min(facts.high_bpm, middle * (1 + _TEMPO_ROOM))
    found = TempoRequest(float(round(low)), float(round(max(low + 1, high))))
    return replace(brief, tempo=found), f"{found.low_bpm:g}–{found.high_bpm:g} BPM"


def _feel(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:
    has_drums = any(part.role == "drums" for part in home.parts)
    straight = home.swing <= 0.55
    if brief.feel or not has_drums or not straight or chance.random() >= 0.25 * diverse:
        return None
    return replace(brief, feel="half-time"), "half-time"


def _energy(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:  # noqa: ARG001
    if brief.energy or brief.intensity or chance.random() >= 0.5 * diverse:
        return None
    name = chance.choice(list(_SHAPES))
    points = tuple(EnergyPoint(level, place) for place, level in _SHAPES[name])
    return replace(brief, energy=points), name


def _register(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:  # noqa: ARG001
    bounds = (brief.pitch_low, brief.pitch_high, brief.pitch_octaves)
    is_open = not brief.register and all(bound is None for bound in bounds)
    if not is_open or chance.random() >= 0.3 * diverse:
        return None
    found = chance.choice(("low", "high"))
    return replace(brief, register=found), f"{found} lead"


def _lead(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:
    """Another player of the tune that the style knows."""
    if not use_of(brief.use, home.family).lead or any(r.role == "lead" for r in brief.instruments):
        return None
    usual = next((part.instruments for part in home.parts if part.role == "lead"), ())
    return _player(brief, usual, "lead", chance, diverse)


def _colour(brief: Brief, home: Style, chance: Random, diverse: float) -> _Drawn:
    """A player that a neighbouring style knows and this one does not."""
    known = {i for part in home.parts for i in part.instruments}
    near = [part for name in home.near for part in style(name).parts]
    parts = [p for p in near if p.role in ("riff", "arp", "pad") and set(p.instruments) - known]
    if not parts:
        return None
    part = chance.choice(parts)
    others = tuple(i for i in part.instruments if i not in known)
    return _player(brief, others, part.role, chance, 0.5 * diverse)


def _player(
    brief: Brief, candidates: tuple[str, ...], role: str, chance: Random, share: float
) -> _Drawn:
    barred = {i for avoid in brief.avoid for i in avoid.instruments}
    barred_roles = {r for avoid in brief.avoid for r in avoid.roles}
    asked = {i for request in brief.instruments for i in request.instruments}
    allowed = [i for i in candidates if i not in barred | asked]
    closed = brief.only_these or role in barred_roles or not allowed
    if closed or chance.random() >= share:
        return None
    chosen = chance.choice(allowed)
    name = instrument(chosen).name
    request = InstrumentRequest(name.lower(), (chosen,), role)
    return replace(brief, instruments=(*brief.instruments, request)), f"{name} ({role})"


_DRAWS: dict[str, Callable[[Brief, Style, Random, float], _Drawn]] = {
    "mood": _mood, "tempo": _tempo, "feel": _feel, "energy": _energy, "register": _register,
    "lead": _lead, "colour": _colour,
}  # fmt: skip
