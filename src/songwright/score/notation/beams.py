"""Beams: eighths and shorter notes joined by pulse, so that the eye sees the beat."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from songwright.score.notation.bars import Bar
from songwright.score.notation.rhythm import Symbol
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT

_LEVELS = {"eighth": 1, "16th": 2, "32nd": 3}


def add_beams(bar: Bar, symbols: list[Symbol]) -> None:
    """Set the beams of a bar's symbols in place.

    Groups follow the pulses. Plain eighths are joined over half a bar of 4/4, a bar of 2/4 and a
    bar of 3/4. Rests and triplet brackets end a beam.
    """
    begins = _begins(bar.meter)
    groups = begins
    for start, length in _wide_groups(bar.meter):
        members = [s for s in symbols if start <= s.onset < start + length]
        if len(members) == length // 240 and all(_plain_eighth(s) for s in members):
            groups = tuple(start if start <= g < start + length else g for g in groups)
    beat_at = 0
    keyed: list[tuple[object, Symbol]] = []
    for i, symbol in enumerate(symbols):
        while beat_at + 1 < len(groups) and begins[beat_at + 1] <= symbol.onset:
            beat_at += 1
        loose = not symbol.tones or symbol.type not in _LEVELS
        keyed.append((i if loose else (groups[beat_at], symbol.triplet), symbol))
    for _, run in groupby(keyed, key=lambda pair: pair[0]):
        members = [symbol for _, symbol in run]
        if len(members) > 1:
            _beam(members)


def _beam(members: list[Symbol]) -> None:
    depth = [_LEVELS[s.type] for s in members]
    last = len(members) - 1
    for i, symbol in enumerate(members):
        beams = []
        for level in range(1, depth[i] + 1):
            before = i > 0 and depth[i - 1] >= level
            after = i < last and depth[i + 1] >= level
            if before and after:
                beams.append("continue")
            elif before:
                beams.append("end")
            elif after:
                beams.append("begin")
            else:
                beams.append(
                    "forward hook" if _points_forward(symbol, i, last) else "backward hook"
                )
        symbol.beams = tuple(beams)
    triplet = members[0].triplet
    if triplet and members[0].onset == triplet.start and members[-1].end == triplet.end:
        members[0].bracket = False


def _points_forward(symbol: Symbol, index: int, last: int) -> bool:
    """A lone short note leans on the one it makes a whole division with."""
    if index in (0, last):
        return index == 0
    return symbol.onset % (2 * symbol.ticks) == 0


def _plain_eighth(symbol: Symbol) -> bool:
    return bool(symbol.tones) and symbol.type == "eighth" and not (symbol.dots or symbol.triplet)


@cache
def _begins(meter: Meter) -> tuple[int, ...]:
    """Where beam groups begin: the pulses, long ones by quarters."""
    begins: list[int] = []
    for onset, length in zip(meter.pulse_onsets_ticks, meter.pulses_ticks, strict=True):
        whole_quarters = length % TICKS_PER_BEAT == 0
        begins.extend(range(onset, onset + length, TICKS_PER_BEAT if whole_quarters else length))
    return tuple(begins)


@cache
def _wide_groups(meter: Meter) -> tuple[tuple[int, int], ...]:
    """Start and length of stretches that eighths may share one beam over."""
    beats = meter.bar_ticks // TICKS_PER_BEAT
    if (meter.numerator, meter.denominator) == (3, 4):
        return ((0, meter.bar_ticks),)
    if meter.bar_ticks % (2 * TICKS_PER_BEAT) or meter.denominator > 4 or beats > 8:
        return ()
    return tuple((i * 2 * TICKS_PER_BEAT, 2 * TICKS_PER_BEAT) for i in range(beats // 2))
