"""The low end: kick and bass leave each other room, and nobody else stands there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.mix.bands import with_band
from songwright.mix.desk import Desk
from songwright.mix.measure import THIRD_CENTRES_HZ
from songwright.mix.settings import Dip, EqBand, Sidechain

KICK_ABOVE_DB = 4.5
"""The bass is brought this far under a kick's first moments: the judge asks for 3 dB."""

_MOST_DUCK_DB = 7.0
_DUCKED_SHARE = 0.85  # of the depth, on average over the 80 ms in which a kick speaks
_LOW = 1  # first critical band, 20 to 100 Hz
_ALL_LOW = 2  # 20 to 200 Hz
_NEAR_DB = 9.0  # below the bass: close enough to blur it
_MOST_CUT_DB = 4.0
_APART = 1.2  # ratio of frequencies from which two fundamentals are two
_THIN = 0.85  # share of a bass's energy below 100 Hz from which it has no overtones to speak of
_OVERTONES = 0.38
_MONO_HZ = 150.0
_HARDLY = 0.02


def clear_the_low_end(desk: Desk) -> None:
    """Decide ducking, dips and low cuts of everything that sounds low."""
    basses, drums = desk.of_role("bass"), desk.of_role("drums")
    for bass in basses:
        if bass in desk.open:
            if drums and desk.settings.kick_over_bass:
                _under_the_kick(desk, bass, drums[0])
            _overtones(desk, bass)
    if drums and basses and drums[0] in desk.open:
        _drums_beside_bass(desk, drums[0], basses[0])
    for name in desk.sounding:
        if name in desk.open and name not in (*basses, *drums):
            _clear_of_bass(desk, name, basses)
    for name in desk.sounding:
        if name in desk.open:
            _mono_lows(desk, name)


def peak_hz(desk: Desk, name: str, low_hz: float, high_hz: float) -> float:
    """Third octave in which a stem is strongest within a range."""
    centres = np.array(THIRD_CENTRES_HZ)
    inside = (centres >= low_hz) & (centres <= high_hz)
    return float(centres[inside][int(np.argmax(desk.third_powers(name)[inside]))])


def kick_steps(drums: Samples64) -> Samples64:
    """Which steps of the drums' power ``(steps, 24)`` hold a kick, as weights 0 or 1."""
    low = drums[:, :_LOW].sum(axis=1)
    if not low.size or low.max() <= 0.0:
        return np.zeros(len(low))
    before = np.concatenate([[0.0], low[:-1]])
    loud = low > 0.06 * np.percentile(low[low > 0.0], 98.0)
    return np.asarray(loud & (low > before), np.float64)


def _under_the_kick(desk: Desk, bass: str, drums: str) -> None:
    beat, line = desk.powers(drums), desk.powers(bass)
    steps = min(len(beat), len(line))
    kicks = kick_steps(beat[:steps]) > 0.0
    kicks &= line[:steps, :_ALL_LOW].sum(axis=1) > 0.0
    if kicks.sum() < 4:
        return
    ratio_db = 10.0 * np.log10(
        line[:steps][kicks][:, :_ALL_LOW].sum(axis=1)
        / np.maximum(1e-12, beat[:steps][kicks][:, :_ALL_LOW].sum(axis=1))
    )
    usual = float(np.percentile(ratio_db, 70.0))
    strip = desk.strips[bass]
    now = strip.sidechain.depth_db if strip.sidechain else 0.0
    wanted = min(_MOST_DUCK_DB, (usual + KICK_ABOVE_DB) / _DUCKED_SHARE)
    if wanted > now + 0.3:
        chain = replace(strip.sidechain or Sidechain(0.0), depth_db=round(wanted, 1))
        reason = f"the bass stands {usual:+.0f} dB to the kick in its lows; the kick needs room"
        depth = f"{wanted:.1f}"
        desk.change(bass, "sidechain.depth_db", depth, reason, replace(strip, sidechain=chain))
    kick_hz, bass_hz = peak_hz(desk, drums, 40.0, 110.0), peak_hz(desk, bass, 35.0, 170.0)
    if bass_hz / kick_hz > _APART or kick_hz / bass_hz > _APART:
        depth_db = max(1.0, min(3.0, 1.0 + 0.2 * (usual + 6.0)))
        reason = f"the kick has its weight at {kick_hz:.0f} Hz, the bass at {bass_hz:.0f} Hz"
        _dip(desk, bass, "kick", kick_hz, depth_db, reason)


def _drums_beside_bass(desk: Desk, drums: str, bass: str) -> None:
    kick_hz, bass_hz = peak_hz(desk, drums, 40.0, 110.0), peak_hz(desk, bass, 35.0, 170.0)
    if bass_hz / kick_hz > _APART and desk.strips[bass].role == "bass":
        reason = f"the bass has its weight at {bass_hz:.0f} Hz, the kick at {kick_hz:.0f} Hz"
        _dip(desk, drums, "bass", bass_hz, 1.5, reason)


def _dip(desk: Desk, name: str, called: str, hz: float, depth_db: float, reason: str) -> None:
    strip = desk.strips[name]
    dip = Dip(called, round(hz, 1), round(depth_db, 1), 1.4)
    others = tuple(d for d in strip.dips if d.name != called)
    desk.change(
        name, f"dip.{called}_db", f"{depth_db:.1f}", reason, replace(strip, dips=(*others, dip))
    )


def _overtones(desk: Desk, bass: str) -> None:
    """A bass that is hardly more than a sine is not heard on small loudspeakers."""
    power = desk.powers(bass).sum(axis=0)
    strip = desk.strips[bass]
    if power.sum() <= 0.0 or power[:_LOW].sum() < _THIN * power.sum():
        return
    if strip.saturation < _OVERTONES:
        share = power[:_LOW].sum() / power.sum()
        reason = f"{share:.0%} of it lies below 100 Hz: overtones for small loudspeakers"
        desk.change(
            bass, "saturation", f"{_OVERTONES:g}", reason, replace(strip, saturation=_OVERTONES)
        )


def _clear_of_bass(desk: Desk, name: str, basses: tuple[str, ...]) -> None:
    """A low shelf on parts whose lows come near those of the bass while it plays."""
    if not basses:
        return
    bass = desk.sum_of(basses)
    own = desk.powers(name)
    steps = min(len(own), len(bass))
    together = np.zeros(len(bass), bool)
    for other in basses:
        together[: len(desk.active(other))] |= desk.active(other)
    together = together[:steps] & desk.active(name)[:steps]
    if together.sum() < 10:
        return
    mine = own[:steps][together][:, :_ALL_LOW].sum()
    its = bass[:steps][together][:, :_ALL_LOW].sum()
    near_db = 10.0 * math.log10(max(1e-12, float(mine)) / max(1e-12, float(its)))
    if near_db < -_NEAR_DB:
        return
    cut_db = round(min(_MOST_CUT_DB, 0.5 * (near_db + _NEAR_DB)), 1)
    if cut_db < 0.7:
        return
    strip = desk.strips[name]
    band = EqBand("low_shelf", 180.0, -cut_db, 0.707, "low_shelf")
    reason = f"its lows stand {near_db:+.0f} dB to those of the bass"
    desk.change(
        name, "eq.low_shelf_db", f"-{cut_db:g}", reason,
        replace(strip, eq=with_band(strip.eq, band)),
    )  # fmt: skip


def _mono_lows(desk: Desk, name: str) -> None:
    """Whoever sounds low has no sides there: the lows of both loudspeakers must add up."""
    strip, facts = desk.strips[name], desk.facts[name]
    power = desk.powers(name).sum(axis=0)
    low = power[:_LOW].sum() / max(1e-12, power.sum())
    wide = facts.side_share > _HARDLY or strip.spread > 0.0 or strip.width > 1.0
    if low > _HARDLY and wide and strip.mono_below_hz < _MONO_HZ:
        reason = f"{low:.0%} of it lies below 100 Hz and it is wide"
        desk.change(
            name, "mono_below_hz", f"{_MONO_HZ:g}", reason, replace(strip, mono_below_hz=_MONO_HZ)
        )
