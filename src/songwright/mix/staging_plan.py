"""Levels and places from measurement: the lead stands where its style has it, nobody in his way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from songwright.mix.desk import Desk
from songwright.mix.settings import DeEsser, Transient
from songwright.mix.unmasking import COMPETITORS

_TOLERANCE_LU = 0.4
_MOST_LEAD_DB, _MOST_MUSIC_DB, _MOST_RHYTHM_DB = 3.5, 2.0, 1.5
_STEP_DB = 0.5
_LEAD_MASKED = 0.3
_ABOVE_AIM_LU = 1.0  # a lead may stand this far above its place
_BAND = 4  # sounding parts from which there is a mix, not a soloist with something behind
_MOVABLE = ("counter", "riff", "chords", "arp", "stabs", "percussion")
_SAME_PLACE, _STEP_ASIDE, _WIDEST = 0.16, 0.35, 0.7
_ALIKE = 0.8
_SPITTING_DB, _SOFT_DRUMS_DB = -7.0, 13.0


def stage_levels(desk: Desk) -> None:
    """Bring the lead to its level in the mix: its own fader first, then those around it."""
    leads = desk.of_role("lead")
    if not leads or len(desk.sounding) < _BAND:
        return
    aim = desk.settings.lead_aim_lu
    found = desk.level_lu(leads)
    if found > aim + _ABOVE_AIM_LU:
        _lower_lead(desk, leads, found)
        return
    reason = f"the lead stood at {found:.1f} LU to the mix, its place is {aim:.1f}"
    rest = ("drums", "bass", "percussion")
    for names, most_db, step_db in (
        (leads, _MOST_LEAD_DB, _STEP_DB),
        (desk.of_role(*COMPETITORS), _MOST_MUSIC_DB, -_STEP_DB),
        (desk.of_role(*rest), _MOST_RHYTHM_DB, -_STEP_DB),
    ):
        moved = 0.0
        while moved < most_db and _buried(desk, leads, aim):
            for name in names:
                if name in desk.open:
                    desk.add_level(name, step_db, reason)
            moved += _STEP_DB


def _buried(desk: Desk, leads: tuple[str, ...], aim_lu: float) -> bool:
    low = desk.level_lu(leads) < aim_lu - _TOLERANCE_LU
    return low or desk.masked_share(leads) > _LEAD_MASKED


def _lower_lead(desk: Desk, leads: tuple[str, ...], found: float) -> None:
    highest = desk.settings.lead_aim_lu + _ABOVE_AIM_LU
    reason = f"it stood at {found:.1f} LU to the mix, so far above the others that they were lost"
    lowered = 0.0
    while desk.level_lu(leads) > highest and lowered < _MOST_LEAD_DB:
        for name in leads:
            if name in desk.open:
                desk.add_level(name, -_STEP_DB, reason)
        lowered += _STEP_DB


def place_parts(desk: Desk) -> None:
    """Move parts of one colour that play together from one place to two."""
    names = desk.of_role(*_MOVABLE)
    if len(names) < 2:
        return
    spectra = {n: np.sqrt(desk.powers(n).sum(axis=0)) for n in names}
    for number, name in enumerate(names):
        for other in names[:number]:
            if name not in desk.open and other not in desk.open:
                continue
            mine, its = spectra[name], spectra[other]
            alike = float(mine @ its / max(1e-12, np.linalg.norm(mine) * np.linalg.norm(its)))
            one, two = desk.strips[other], desk.strips[name]
            if (
                abs(one.pan - two.pan) > _SAME_PLACE
                or alike < _ALIKE
                or not _meet(desk, name, other)
            ):
                continue
            mover, stays = (name, other) if name in desk.open else (other, name)
            _step_aside(desk, mover, stays, names)


def _meet(desk: Desk, one: str, two: str) -> bool:
    """Whether two stems sound together for a fifth of the time of the rarer."""
    a, b = desk.active(one), desk.active(two)
    steps = min(len(a), len(b))
    together = int((a[:steps] & b[:steps]).sum())
    return together > 0.2 * min(int(a.sum()), int(b.sum()))


def _step_aside(desk: Desk, mover: str, stays: str, names: tuple[str, ...]) -> None:
    """To the side that has less on it."""
    strip = desk.strips[mover]
    others = [n for n in names if n != mover]
    weight = sum(desk.strips[n].pan * float(np.sqrt(desk.powers(n).sum())) for n in others)
    side = -1.0 if weight > 0.0 else 1.0
    here = desk.strips[stays].pan
    pan = here + side * _STEP_ASIDE
    if abs(pan) > _WIDEST:
        pan = here - side * _STEP_ASIDE
    pan = round(max(-_WIDEST, min(_WIDEST, pan)), 2)
    if pan != strip.pan:
        reason = f"{stays} has the same colour and stood in the same place"
        desk.change(mover, "pan", f"{pan:+g}", reason, replace(strip, pan=pan))


def touch_dynamics(desk: Desk) -> None:
    """Attack for drums that have none, and a de-esser for a lead that spits."""
    for name in desk.of_role("drums"):
        facts, strip = desk.facts[name], desk.strips[name]
        if name in desk.open and facts.crest_db < _SOFT_DRUMS_DB and strip.transient is None:
            attack_db = round(min(4.0, 0.7 * (_SOFT_DRUMS_DB - facts.crest_db) + 1.0), 1)
            reason = f"peaks only {facts.crest_db:.0f} dB over the mean"
            desk.change(
                name, "transient.attack_db", f"{attack_db:g}", reason,
                replace(strip, transient=Transient(attack_db)),
            )  # fmt: skip
    for name in desk.of_role("lead"):
        if name not in desk.open or desk.strips[name].deesser is not None:
            continue
        power = desk.powers(name)
        highs_db = 10.0 * math.log10(
            max(1e-12, float(power[:, 19:23].sum())) / max(1e-12, float(power.sum()))
        )
        if highs_db > _SPITTING_DB:
            deesser = DeEsser(5_500.0, round(highs_db, 1), 4.0)
            reason = f"5 to 12 kHz lie only {-highs_db:.0f} dB under the whole"
            desk.change(
                name, "deesser.most_db", "4", reason, replace(desk.strips[name], deesser=deesser)
            )
