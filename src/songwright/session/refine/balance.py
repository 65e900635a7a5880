"""Edits of the mix: they change channel strips, never a note."""

from __future__ import annotations

from dataclasses import replace

from songwright.mix import MixSettings
from songwright.mix.settings import EqBand, PartMix, Sidechain
from songwright.session.refine.model import Edit, StripChange
from songwright.session.refine.scope import parts_of
from songwright.session.refine.state import Piece

_LEAST_DUCK_DB = 1.0
_WIDEST = 2.0
_MUDDY_ROLES = ("chords", "pad", "arp", "riff", "inner", "stabs", "counter")


def balanced(piece: Piece, edit: Edit) -> Piece:
    """Change the strips of the parts in the scope; the whole mix where no part is named.

    ``level`` (amount in dB), ``pan`` (-1..1), ``mute``, ``unmute``, ``solo``, ``brighter`` (dB,
    negative is darker), ``wider`` (factor), ``closer`` (dB less reverberation), ``less mud`` (dB),
    ``softer`` (dB less at 3 kHz), ``duck`` (dB more under the kick), ``drive`` (0..1 more
    overtones), ``loudness`` (LUFS of the master).
    """
    chosen = parts_of(edit.scope, piece.plan)
    if edit.kind == "loudness":
        return replace(piece, overall=replace(piece.overall, loudness_lufs=edit.amount))
    if not edit.scope.parts and edit.kind in ("brighter", "wider", "softer"):
        return replace(piece, overall=_changed(piece.overall, edit))
    if edit.kind == "solo":
        others = [p.id for p in piece.plan.parts if p.id not in chosen]
        strips = {p: replace(piece.strip(p), mute=True) for p in others}
        strips |= {p: replace(piece.strip(p), mute=False) for p in chosen}
        return replace(piece, strips={**piece.strips, **strips})
    if not edit.scope.parts and edit.kind == "less mud":
        chosen = tuple(p.id for p in piece.plan.parts if p.role in _MUDDY_ROLES)
    strips = {p: _changed(piece.strip(p), edit) for p in chosen}
    return replace(piece, strips={**piece.strips, **strips})


def _changed(strip: StripChange, edit: Edit) -> StripChange:
    amount = edit.amount
    match edit.kind:
        case "level":
            return replace(strip, level_db=max(-60.0, min(24.0, strip.level_db + amount)))
        case "pan":
            return replace(strip, pan=max(-1.0, min(1.0, amount)))
        case "mute" | "unmute":
            return replace(strip, mute=edit.kind == "mute")
        case "brighter":
            return replace(strip, bright_db=max(-18.0, min(18.0, strip.bright_db + amount)))
        case "wider":
            return replace(strip, width=max(0.0, min(_WIDEST, strip.width * amount)))
        case "closer":
            return replace(strip, reverb_db=max(-40.0, min(12.0, strip.reverb_db - amount)))
        case "less mud":
            return replace(strip, mud_db=max(-18.0, strip.mud_db - amount))
        case "softer":
            return replace(strip, presence_db=max(-18.0, strip.presence_db - amount))
        case "duck":
            return replace(strip, duck_db=max(0.0, min(18.0, strip.duck_db + amount)))
        case _:
            return replace(strip, drive=max(0.0, min(1.0, strip.drive + amount)))


def settled(
    settings: MixSettings, strips: dict[str, StripChange], overall: StripChange
) -> MixSettings:
    """Settings as the style decided them, with what was changed by hand."""
    parts = dict(settings.parts)
    for name, change in strips.items():
        if name in parts:
            parts[name] = _strip(parts[name], change)
    for name, strip in parts.items():
        if overall.width != 1.0:
            parts[name] = replace(strip, width=min(_WIDEST, strip.width * overall.width))
    master = settings.master
    bands = _bands(overall)
    master = replace(
        master,
        eq=(*master.eq, *bands),
        width=min(1.5, master.width * overall.width),
        target_lufs=(
            master.target_lufs if overall.loudness_lufs is None else overall.loudness_lufs
        ),
        # What was asked for by hand must not be taken back by the pull to the usual balance.
        tonal_match=0.5 * master.tonal_match if bands else master.tonal_match,
    )
    return replace(settings, parts=parts, master=master)


def _bands(change: StripChange) -> tuple[EqBand, ...]:
    bands = (
        EqBand("high_shelf", 4_000.0, change.bright_db),
        EqBand("peak", 300.0, change.mud_db, 0.9),
        EqBand("peak", 3_200.0, change.presence_db, 0.8),
    )
    return tuple(band for band in bands if band.gain_db)


def _strip(strip: PartMix, change: StripChange) -> PartMix:
    depth = (strip.sidechain.depth_db if strip.sidechain else 0.0) + change.duck_db
    send = strip.reverb_send_db
    return replace(
        strip,
        level_db=strip.level_db + change.level_db,
        pan=strip.pan if change.pan is None else change.pan,
        width=max(0.0, min(_WIDEST, strip.width * change.width)),
        # A mono sound has no sides to widen: it is spread instead.
        spread=max(0.0, min(1.0, strip.spread * change.width + max(0.0, change.width - 1.0) * 0.3)),
        reverb_send_db=send if send is None else send + change.reverb_db,
        eq=(*strip.eq, *_bands(change)),
        saturation=min(1.0, strip.saturation + change.drive),
        mute=strip.mute or change.mute,
        sidechain=Sidechain(depth) if depth >= _LEAST_DUCK_DB else strip.sidechain,
    )
