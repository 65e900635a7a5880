"""Room for the lead, and for parts that the others cover."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from songwright.mix.bands import with_band
from songwright.mix.desk import Desk, spreading
from songwright.mix.measure import BAND_CENTRES_HZ, STEPS_PER_SECOND
from songwright.mix.settings import Curve, Dip, EqBand

COMPETITORS = ("chords", "pad", "arp", "riff", "counter", "stabs", "inner")
"""Roles that make room for the lead."""

_MOST_DIP_DB = 4.0
_NEAR_DB = 9.0  # below the lead: close enough to cover it
_SPEAKS_HZ = (250.0, 6_000.0)  # where a lead is understood
_COVERING_SHARE = 0.7  # of the lead's energy there
_ALWAYS = 0.85  # share of the time from which a dip need not move
_GAP_SECONDS, _RAMP_SECONDS = 0.8, 0.08
_COVERED = 0.6  # masked share from which a part is brought out, as foretold (a little too high)
_MOST_LIFT_DB, _LIFT_STEP_DB = 2.5, 0.5
_MOST_BRIGHT_DB = 2.5
_UNDER_LEAD_LU = 3.0


def make_room_for_lead(desk: Desk) -> None:
    """Let the parts that cover the lead give way where it speaks, while it speaks."""
    leads = desk.of_role("lead")
    if not leads:
        return
    lead = desk.sum_of(leads)
    speaking = np.zeros(len(lead), bool)
    for name in leads:
        speaking[: len(desk.active(name))] |= desk.active(name)
    if not speaking.any():
        return
    bands = _speaking_bands(lead[speaking].sum(axis=0))
    its = float(lead[speaking][:, bands].sum())
    weight = lead[speaking].sum(axis=0)[bands]
    centres = np.log2(np.array(BAND_CENTRES_HZ)[bands])
    hz = float(2.0 ** np.average(centres, weights=weight))
    octaves = max(0.6, float(centres.max() - centres.min()))
    q = round(min(1.6, max(0.6, 1.2 / octaves)), 2)
    for name in desk.of_role(*COMPETITORS):
        if name not in desk.open:
            continue
        own = desk.powers(name)
        steps = min(len(own), len(lead))
        together = speaking[:steps] & desk.active(name)[:steps]
        if together.sum() < STEPS_PER_SECOND:
            continue
        near_db = 10.0 * math.log10(
            max(1e-12, float(own[:steps][together][:, bands].sum())) / max(1e-12, its)
        )
        depth_db = round(float(min(_MOST_DIP_DB, 0.5 * (near_db + _NEAR_DB))), 1)
        if depth_db < 1.0:
            continue
        always = together.sum() > _ALWAYS * desk.active(name).sum()
        dip = Dip("lead", round(hz), depth_db, q, None if always else while_active(speaking))
        strip = desk.strips[name]
        others = tuple(d for d in strip.dips if d.name != "lead")
        reason = f"it stands {near_db:+.0f} dB to the lead around {hz:,.0f} Hz" + (
            "" if always else "; only while the lead sounds"
        )
        desk.change(
            name, "dip.lead_db", f"{depth_db:g}", reason, replace(strip, dips=(*others, dip))
        )


def _speaking_bands(energy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Bands that hold most of a lead's energy where it is understood."""
    centres = np.array(BAND_CENTRES_HZ)
    inside = np.flatnonzero((centres > _SPEAKS_HZ[0]) & (centres < _SPEAKS_HZ[1]))
    order = inside[np.argsort(-energy[inside], kind="stable")]
    sums = np.cumsum(energy[order])
    count = 1 + int(np.searchsorted(sums, _COVERING_SHARE * sums[-1]))
    return np.sort(order[:count])


def while_active(active: NDArray[np.bool_]) -> Curve:
    """A curve that is 1 while steps are active, with short gaps closed and soft edges."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    spans = [(a / STEPS_PER_SECOND, b / STEPS_PER_SECOND) for a, b in edges.reshape(-1, 2).tolist()]
    joined: list[tuple[float, float]] = []
    for begin, end in spans:
        if joined and begin - joined[-1][1] < _GAP_SECONDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    points: list[tuple[float, float]] = []
    for begin, end in joined:
        points += [
            (round(max(0.0, begin - _RAMP_SECONDS), 3), 0.0), (round(begin, 3), 1.0),
            (round(end, 3), 1.0), (round(end + 3.0 * _RAMP_SECONDS, 3), 0.0),
        ]  # fmt: skip
    return Curve(tuple(points) or ((0.0, 0.0),))


def bring_out_covered(desk: Desk) -> None:
    """Lift parts of which most is masked: their fader a little, then where they are freest."""
    leads = desk.of_role("lead")
    for name in desk.sounding:
        if name not in desk.open or name in leads or desk.strips[name].role == "drums":
            continue
        before = share = desk.masked_share((name,))
        if share <= _COVERED:
            continue
        lifted_db = 0.0
        while share > _COVERED and lifted_db < _MOST_LIFT_DB:
            if leads and desk.level_lu((name,)) > desk.level_lu(leads) - _UNDER_LEAD_LU:
                break
            lifted_db += _LIFT_STEP_DB
            desk.add_level(name, _LIFT_STEP_DB, f"{before:.0%} of it was covered by the others")
            share = desk.masked_share((name,))
        if share > _COVERED:
            _brighten(desk, name, before)


def _brighten(desk: Desk, name: str, share: float) -> None:
    """Lift the band above 700 Hz in which a part is least covered."""
    own = desk.powers(name)
    rest = desk.sum_of(n for n in desk.sounding if n != name)[: len(own)]
    active = desk.active(name)
    mine = own[active].sum(axis=0)
    cover = (rest[active] @ spreading()).sum(axis=0)
    centres = np.array(BAND_CENTRES_HZ)
    audible = (centres > 700.0) & (centres < 6_500.0) & (mine > 1e-3 * mine.max())
    if not audible.any():
        return
    ratio = np.where(audible, mine / np.maximum(cover, 1e-12), 0.0)
    hz = float(centres[int(np.argmax(ratio))])
    strip = desk.strips[name]
    band = EqBand("peak", round(hz), _MOST_BRIGHT_DB, 0.8, "own_place")
    reason = f"{share:.0%} of it is covered; here it is freest"
    desk.change(
        name, "eq.own_place_db", f"{_MOST_BRIGHT_DB:g}", f"{reason} ({hz:,.0f} Hz)",
        replace(strip, eq=with_band(strip.eq, band)),
    )  # fmt: skip
