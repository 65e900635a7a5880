"""Tonal balance at its source: a hump of the whole mix is cut on the parts that make it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.mix.bands import with_band
from songwright.mix.desk import Desk
from songwright.mix.filters import low_pass, response_db
from songwright.mix.measure import THIRD_CENTRES_HZ
from songwright.mix.settings import EqBand
from songwright.mix.tonal import deviation_db, target_curve_db

_HUMP_DB, _LACK_DB = 2.5, 4.0
_MOST_CUT_DB, _MOST_LIFT_DB = 4.0, 3.0
_CARRIERS, _CARRIER_SHARE = ("lead", "drums"), 0.65  # who carries a piece is touched less
_OCTAVE = 0.9  # cuts nearer than this many octaves add up
_GRAVE_DB, _MOST_GRAVE_CUT_DB = 7.0, 6.0  # a hump that is no matter of taste any more
_MAKES_IT = 0.2  # share of a band's power from which a part makes the hump
_ROUNDS = 6
_SILENT_DB = -12.0  # what a band in which a band of players has nothing counts
_AIR = EqBand("high_shelf", 7_000.0, 0.0, 0.707, "air")
_WEIGHT = EqBand("peak", 110.0, 0.0, 0.9, "weight")
_CLARITY = EqBand("high_shelf", 2_800.0, 0.0, 0.707, "clarity")
_LACKS = ((_WEIGHT, 79.0, 160.0), (_CLARITY, 2_500.0, 6_300.0), (_AIR, 6_300.0, 12_600.0))
_NOISE_DB = 45.0  # below a part's strongest band: lifting its air would lift its noise


def even_the_tone(desk: Desk) -> None:
    """Cut humps of the foretold mix, lift what it lacks against the curve."""
    taken: dict[str, list[tuple[float, float]]] = {}
    if not desk.sounding:
        return
    for _ in range(_ROUNDS):
        if not _cut_highest_hump(desk, taken):
            break
    for what, low_hz, high_hz in _LACKS:
        worn = any(strip.lofi is not None for strip in desk.strips.values())
        if not (worn and what is _AIR):  # a record has no air to lift
            _lift(desk, what, low_hz, high_hz)


def deviation_of(desk: Desk) -> Samples64:
    """Foretold third octaves of the mix against the curve, their mean 0; NaN where nothing plays.

    The mix aims at the curve of its ensemble or of recordings; what tone its style has is added in
    mastering.
    """
    centres = np.array(THIRD_CENTRES_HZ)
    total = np.sum([desk.third_powers(name) for name in desk.sounding], axis=0)
    level = 10.0 * np.log10(np.maximum(total, 1e-12))
    target = target_curve_db(centres, desk.settings.master.ensemble)
    worn = [s.lofi.high_hz for s in desk.strips.values() if s.lofi is not None]
    if worn:
        target = target + response_db([low_pass(float(np.median(worn)), 96_000)], centres, 96_000)
    return deviation_db(centres, level, target)


def _smooth(deviation: Samples64) -> Samples64:
    """Mean over three neighbours: a hump is broader than one string's note."""
    padded = np.pad(deviation, 1, mode="edge")
    triple = np.stack([padded[:-2], padded[1:-1], padded[2:]])
    known = np.isfinite(triple)
    count = np.maximum(1, known.sum(axis=0))
    mean = np.where(known, triple, 0.0).sum(axis=0) / count
    return np.where(np.isfinite(deviation), mean, np.nan)


def _cut_highest_hump(desk: Desk, taken: dict[str, list[tuple[float, float]]]) -> bool:
    centres = np.array(THIRD_CENTRES_HZ)
    smooth = _smooth(deviation_of(desk))
    for at in np.argsort(-np.nan_to_num(smooth, nan=-99.0)):
        height_db = float(smooth[at])
        if not height_db > _HUMP_DB:
            return False
        if _cut(desk, taken, float(centres[at]), int(at), height_db):
            return True
    return False


def _cut(
    desk: Desk, taken: dict[str, list[tuple[float, float]]], hz: float, at: int, height_db: float
) -> bool:
    """Cut the parts that make a hump; False where nothing is left to cut."""
    powers = {name: desk.third_powers(name) for name in desk.sounding}
    near = slice(max(0, at - 1), at + 2)
    total = sum(float(p[near].sum()) for p in powers.values())
    done = False
    for name, power in powers.items():
        share = float(power[near].sum()) / max(1e-12, total)
        if name not in desk.open or share < _MAKES_IT:
            continue
        strip = desk.strips[name]
        most = _MOST_GRAVE_CUT_DB if height_db > _GRAVE_DB else _MOST_CUT_DB
        if strip.role in _CARRIERS:
            most *= _CARRIER_SHARE
        cuts = taken.setdefault(name, [])
        room_db = most - sum(db for at_hz, db in cuts if abs(math.log2(at_hz / hz)) < _OCTAVE)
        cut_db = round(min(room_db, 0.8 * (height_db - 1.0)), 1)
        if cut_db < 0.7:
            continue
        cuts.append((hz, cut_db))
        done = True
        band_name = f"hump_{hz:.0f}hz"
        earlier = next((b.gain_db for b in strip.eq if b.name == band_name), 0.0)
        band = EqBand("peak", round(hz, 1), round(earlier - cut_db, 1), 1.1, band_name)
        reason = f"the mix has {height_db:+.0f} dB at {hz:,.0f} Hz, {share:.0%} of it from here"
        desk.change(
            name, f"eq.{band_name}_db", f"{band.gain_db:g}", reason,
            replace(strip, eq=with_band(strip.eq, band)),
        )  # fmt: skip
    return done


def _lift(desk: Desk, what: EqBand, low_hz: float, high_hz: float) -> None:
    """Lift a range that the mix lacks on the parts that have most of what there is."""
    centres = np.array(THIRD_CENTRES_HZ)
    inside = (centres >= low_hz) & (centres <= high_hz)
    deviation = deviation_of(desk)[inside]
    # What is silent is lacking in a band of players; an ensemble's curve knows where it is silent.
    silent_db = 0.0 if desk.settings.master.ensemble else _SILENT_DB
    missing = -float(np.mean(np.nan_to_num(deviation, nan=silent_db)))
    if missing < _LACK_DB:
        return
    powers = {name: desk.third_powers(name) for name in desk.sounding}
    total = sum(float(p[inside].sum()) for p in powers.values())
    for name, power in powers.items():
        share = float(power[inside].sum()) / max(1e-12, total)
        noise = float(power[inside].max()) < float(power.max()) * 10.0 ** (-_NOISE_DB / 10.0)
        if name not in desk.open or share < _MAKES_IT or noise:
            continue
        lift_db = round(min(_MOST_LIFT_DB, 0.4 * missing), 1)
        strip = desk.strips[name]
        band = replace(what, gain_db=lift_db)
        reason = (
            f"the mix lacks {missing:.0f} dB from {low_hz:,.0f} to {high_hz:,.0f} Hz, "
            f"{share:.0%} of what there is comes from here"
        )
        desk.change(
            name, f"eq.{what.name}_db", f"{lift_db:g}", reason,
            replace(strip, eq=with_band(strip.eq, band)),
        )  # fmt: skip
