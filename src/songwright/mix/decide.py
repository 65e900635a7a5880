"""Mixing decisions: from a plan and its style, or from any parts, to settings.

Everything here is decided before a sample exists. What depends on the sound, such as the gain
that brings a stem to its level, is measured later in `songwright.mix.strip`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from songwright.mix.ensembles import ensemble_name, ensemble_of
from songwright.mix.from_stems import decide_from_stems
from songwright.mix.moves import with_moves
from songwright.mix.roles import (
    RoleFacts,
    WordEffect,
    adjective_effect,
    production_effect,
    role_facts,
)
from songwright.mix.settings import (
    EqBand,
    LoFi,
    MasterSettings,
    MixSettings,
    PartMix,
    ReverbSettings,
    Sidechain,
)
from songwright.mix.sheet import MixDecision, MixSheet

if TYPE_CHECKING:
    from songwright.composition.plan import PartPlan, Plan
    from songwright.perform.model import PlayedPart
    from songwright.styles.model import MixFacts, Style

__all__ = ["decide_from_stems", "generic_settings", "mix_settings", "mix_sheet"]

_USUAL_SEND = 0.3  # a plan's reverb amount that gives the style's own reverb level
_NOISE_HOSTS = ("chords", "pad", "riff", "arp", "inner", "lead", "counter", "bass", "drums")
_SIDECHAIN_DB = 11.0
_DRY_DB = -16.0  # a send so low is not heard
_LEAST_DUCK_DB = 0.7  # less is not heard
_WIDEST = 0.88  # of hard left or right: a part in one ear only tires on headphones
_UNWORN, _CLEAN = 0.12, 0.03  # amounts that nobody would hear; leaving them out saves their work
_SATURATED_ROLES = ("bass", "drums", "riff", "chords", "lead", "stabs")


def mix_settings(plan: Plan, style: Style) -> MixSettings:
    """Settings for a planned piece: its style's space and tone, bent by production words.

    Parameters
    ----------
    plan
        Parts with roles, levels, places and adjectives; ending, seed and production words.
    style
        The style named by the plan.
    """
    words = production_effect(plan.production)
    facts = style.mix
    reverb = _reverb(facts, words)
    lofi = _amount(facts.lofi + words.lofi)
    saturation = _amount(facts.saturation + words.saturation)
    places = _places([(part.id, part.role, part.pan) for part in plan.parts])
    has_beat = any(part.role == "drums" for part in plan.parts)
    parts = {}
    for part in plan.parts:
        strip = _planned_part(part, facts, words, places[part.id], lofi, saturation)
        # Only the kick of a beat ducks anybody: orchestras and choirs have none.
        parts[part.id] = strip if has_beat else replace(strip, sidechain=None)
    host = _noise_host([(part.id, part.role) for part in plan.parts])
    if lofi > 0.3 and host:
        parts[host] = replace(parts[host], noise_dbfs=-64.0 + 8.0 * lofi)
    return MixSettings(
        parts=parts,
        reverb=reverb,
        master=replace(_master(facts, words, saturation, lofi), ensemble=ensemble_of(plan.parts)),
        ending=plan.ending,
        seed=plan.seed,
    )


def mix_sheet(plan: Plan, style: Style) -> MixSheet:
    """The mix of a planned piece before any sound: settings, and the reason of each.

    What depends on the sound follows in `decide_from_stems`.
    """
    settings, moved = with_moves(plan, mix_settings(plan, style))
    return MixSheet(settings, (*_reasons(plan, style, settings), *moved))


def _reasons(plan: Plan, style: Style, settings: MixSettings) -> Iterator[MixDecision]:
    room = settings.reverb
    words = f", {', '.join(plan.production)}" if plan.production else ""
    yield MixDecision("room", "kind", room.kind, f"the room of {style.id}{words}")
    yield MixDecision("room", "rt60_seconds", f"{room.rt60_seconds:.3g}", f"of {style.id}{words}")
    if settings.master.ensemble:
        yield MixDecision(
            "master", "tone", ensemble_name(settings.master.ensemble),
            "who plays has a tone of its own; the mix aims at its curve",
        )  # fmt: skip
    for part in plan.parts:
        strip = settings.parts[part.id]
        of_role = f"usual for the role {part.role}"
        yield MixDecision(
            part.id, "level_db", f"{strip.level_db:g}", "as planned" if part.level_db else of_role
        )
        if strip.pan:
            yield MixDecision(
                part.id, "pan", f"{strip.pan:+.2g}", "as planned" if part.pan else of_role
            )
        yield MixDecision(
            part.id,
            "high_pass_hz",
            f"{strip.high_pass_hz:g}",
            f"{of_role}; never above its low notes",
        )
        if strip.reverb_send_db is not None:
            yield MixDecision(
                part.id, "reverb_send_db", f"{strip.reverb_send_db:.3g}",
                f"{_depth_word(strip.reverb_send_db)}, {of_role}",
            )  # fmt: skip
        if strip.sidechain is not None:
            yield MixDecision(
                part.id, "sidechain.depth_db", f"{strip.sidechain.depth_db:.3g}",
                f"breathes with the kick in {style.id}",
            )  # fmt: skip


def _depth_word(send_db: float) -> str:
    return "near" if send_db < -4.0 else "far" if send_db > 1.5 else "in the middle"


def generic_settings(
    parts: Sequence[PlayedPart], ending: str = "ring", seed: int = 0
) -> MixSettings:
    """Settings for parts of unknown origin, such as a MIDI file: roles alone decide.

    The file's own balance is respected: channel volume (controller 7) moves the fader, and parts
    with a pan controller keep their place.
    """
    panned = {part.id for part in parts if any(point.controller == 10 for point in part.controls)}
    places = _places([(part.id, part.role, 0.0) for part in parts])
    has_beat = any(part.role == "drums" for part in parts)
    strips = {}
    for part in parts:
        facts = role_facts(part.role)
        strips[part.id] = _strip(
            part.role,
            facts,
            level_db=facts.level_db + _volume_db(part),
            pan=0.0 if part.id in panned else places[part.id],
            send_db=facts.depth_db,
            sidechain_db=facts.clear_db if has_beat else 0.0,
        )
    return MixSettings(
        parts=strips,
        reverb=ReverbSettings("chamber", 1.3, -13.0, 14.0),
        master=MasterSettings(ensemble=ensemble_of(parts)),
        ending=ending,
        seed=seed,
    )


def _planned_part(
    part: PartPlan, facts: MixFacts, words: WordEffect, pan: float, lofi: float, saturation: float
) -> PartMix:
    role = role_facts(part.role)
    own = adjective_effect(part.adjectives)
    send_db = None
    if part.reverb > 0.0:
        send_db = 20.0 * math.log10(part.reverb / _USUAL_SEND) + role.depth_db + own.reverb_db
        if send_db < _DRY_DB and part.role != "drums":  # drums may get a room of their own
            send_db = None
    strip = _strip(
        part.role,
        role,
        # A plan that says nothing about a level means the usual one of the role.
        level_db=part.level_db if part.level_db != 0.0 else role.level_db,
        pan=pan * min(1.2, facts.width + words.width),
        send_db=send_db,
        sidechain_db=max(role.clear_db, role.duck * _SIDECHAIN_DB * facts.sidechain),
    )
    compressor = strip.compressor
    if compressor is not None and words.compression:
        compressor = replace(
            compressor,
            threshold_db=compressor.threshold_db - 8.0 * words.compression,
            ratio=compressor.ratio * (1.0 + words.compression),
        )
    drive = saturation if part.role in _SATURATED_ROLES else 0.5 * saturation
    worn = _amount(lofi + own.lofi)
    return replace(
        strip,
        eq=(*strip.eq, EqBand("high_shelf", 4_000.0, own.tilt_db)) if own.tilt_db else strip.eq,
        compressor=compressor,
        saturation=amount if (amount := _amount(drive + own.saturation)) > _CLEAN else 0.0,
        width=max(0.0, min(1.6, strip.width + own.width)),
        spread=_amount(strip.spread * (facts.width + words.width) + 0.5 * own.width),
        lofi=_worn(worn, part.role) if worn > _UNWORN else None,
    )


def _strip(
    role: str,
    facts: RoleFacts,
    level_db: float,
    pan: float,
    send_db: float | None,
    sidechain_db: float,
) -> PartMix:
    return PartMix(
        role=role,
        high_pass_hz=facts.high_pass_hz,
        eq=facts.bands(),
        compressor=facts.compression(),
        level_db=level_db,
        width=facts.width,
        spread=facts.spread,
        mono_below_hz=facts.mono_below_hz,
        reverb_pre_delay_ms=facts.pre_delay_ms,
        reverb_damp_hz=facts.damp_hz,
        pan=max(-_WIDEST, min(_WIDEST, pan)),
        sidechain=Sidechain(sidechain_db) if sidechain_db > _LEAST_DUCK_DB else None,
        reverb_send_db=send_db,
    )


def _worn(amount: float, role: str) -> LoFi:
    # Drums and bass drift less: a wandering low end is heard as a fault, not as a colour.
    steady = 0.3 if role in ("bass", "drums") else 1.0
    return LoFi(
        wow_cents=16.0 * amount * steady,
        flutter_cents=4.0 * amount * steady,
        low_hz=30.0 + 50.0 * amount if role not in ("bass", "drums") else 28.0,
        high_hz=14_000.0 * (4_500.0 / 14_000.0) ** amount,
    )


def _reverb(facts: MixFacts, words: WordEffect) -> ReverbSettings:
    rt60 = facts.reverb_seconds * words.rt60_scale
    return ReverbSettings(
        kind=facts.reverb,
        rt60_seconds=rt60,
        level_db=facts.reverb_level_db + words.reverb_db,
        # Large rooms answer late; the gap keeps the direct sound clear.
        pre_delay_ms=min(45.0, 6.0 + 9.0 * rt60),
        brightness=1.0 + 0.08 * words.high_shelf_db,
    )


def _master(facts: MixFacts, words: WordEffect, saturation: float, lofi: float) -> MasterSettings:
    bands = (
        EqBand("low_shelf", 120.0, facts.low_shelf_db + words.low_shelf_db),
        EqBand("peak", 3_000.0, words.presence_db, 0.7),
        EqBand("high_shelf", 6_000.0, facts.high_shelf_db + words.high_shelf_db),
    )
    return MasterSettings(
        eq=tuple(band for band in bands if band.gain_db),
        # A mix that is meant to be dull must not be brightened again.
        tonal_match=0.75 * (1.0 - 0.5 * lofi),
        glue=_amount(facts.compression + words.glue),
        saturation=0.4 * saturation,
        soft_clip=_amount(0.3 + words.soft_clip),
        width=max(0.0, min(1.5, facts.width + words.width)),
    )


def _places(parts: Sequence[tuple[str, str, float]]) -> dict[str, float]:
    """Pan of each part: as planned, else the role's step to alternate sides, each pair wider.

    When any part has a place, the whole stage was planned, and a part in the middle stands there
    on purpose. A soloist always stands in the middle.
    """
    if len(parts) == 1 or any(pan != 0.0 for _, _, pan in parts):
        return {part_id: pan for part_id, _, pan in parts}
    places = {}
    taken = 0
    for part_id, role, pan in parts:
        step = role_facts(role).pan_step
        if step == 0.0:
            places[part_id] = pan
            continue
        side = -1.0 if taken % 2 == 0 else 1.0
        places[part_id] = side * min(0.7, step * (1.0 + 0.35 * (taken // 2)))
        taken += 1
    return places


def _noise_host(parts: Sequence[tuple[str, str]]) -> str:
    for role in _NOISE_HOSTS:
        for part_id, part_role in parts:
            if part_role == role:
                return part_id
    return ""


def _volume_db(part: PlayedPart) -> float:
    volumes = [point.value for point in part.controls if point.controller == 7]
    if not volumes:
        return 0.0
    loudest = max(volumes)  # a fade-in starts at 0, but the part is meant to reach its highest
    return max(-24.0, min(4.0, 40.0 * math.log10(max(1, loudest) / 100.0)))


def _amount(value: float) -> float:
    return max(0.0, min(1.0, value))
