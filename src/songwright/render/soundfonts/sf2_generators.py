"""Generators and modulators of SoundFont 2.04: numbers, defaults, limits, curves.

Section numbers are those of the SoundFont Technical Specification 2.04 (E-mu/Creative 2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

COUNT = 60

(START, END, LOOP_START, LOOP_END, START_COARSE, LFO_PITCH, VIBRATO_PITCH, SHAPE_PITCH, FILTER,
 FILTER_Q, LFO_FILTER, SHAPE_FILTER, END_COARSE, LFO_VOLUME) = range(14)  # fmt: skip
PAN = 17
LFO_DELAY, LFO_HZ, VIBRATO_DELAY, VIBRATO_HZ = range(21, 25)
SHAPE_DELAY = 25  # delay, attack, hold, decay, sustain, release, key to hold, key to decay
VOLUME_DELAY = 33
INSTRUMENT = 41
KEY_RANGE, VELOCITY_RANGE, LOOP_START_COARSE, FIXED_KEY, FIXED_VELOCITY, ATTENUATION = range(43, 49)
LOOP_END_COARSE, COARSE_TUNE, FINE_TUNE, SAMPLE, MODES = range(50, 55)
SCALE_TUNE, EXCLUSIVE_CLASS, ROOT_KEY = 56, 57, 58

DEFAULTS: tuple[int, ...] = tuple(
    {
        FILTER: 13500, SCALE_TUNE: 100, ROOT_KEY: -1, FIXED_KEY: -1, FIXED_VELOCITY: -1,
        LFO_DELAY: -12000, VIBRATO_DELAY: -12000,
        **{base + k: -12000 for base in (SHAPE_DELAY, VOLUME_DELAY) for k in (0, 1, 2, 3, 5)},
    }.get(number, 0)
    for number in range(COUNT)
)  # fmt: skip

LIMITS: dict[int, tuple[float, float]] = {
    FILTER: (1500, 13500), FILTER_Q: (0, 960), PAN: (-500, 500), ATTENUATION: (0, 1440),
    LFO_PITCH: (-12000, 12000), VIBRATO_PITCH: (-12000, 12000), SHAPE_PITCH: (-12000, 12000),
    LFO_FILTER: (-12000, 12000), SHAPE_FILTER: (-12000, 12000), LFO_VOLUME: (-960, 960),
    LFO_HZ: (-16000, 4500), VIBRATO_HZ: (-16000, 4500),
    COARSE_TUNE: (-120, 120), FINE_TUNE: (-99, 99), SCALE_TUNE: (0, 1200),
}  # fmt: skip
"""Limits of section 8.1.3 that a sum of preset, instrument and modulators is kept to."""

# A preset cannot say these (section 8.5): they belong to samples and instruments.
NOT_OF_PRESETS = frozenset(
    (START, END, LOOP_START, LOOP_END, START_COARSE, END_COARSE, LOOP_START_COARSE,
     LOOP_END_COARSE, FIXED_KEY, FIXED_VELOCITY, SAMPLE, MODES, EXCLUSIVE_CLASS, ROOT_KEY)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modulator:
    """A row of ``pmod`` or ``imod``: ``amount`` times two sources goes to a generator."""

    source: int
    target: int
    amount: int
    amount_source: int
    transform: int

    @property
    def identity(self) -> tuple[int, int, int, int]:
        """What must be equal for one modulator to replace another (section 9.5)."""
        return self.source, self.target, self.amount_source, self.transform


VELOCITY_TO_LEVEL = Modulator(0x0502, ATTENUATION, 960, 0, 0)
WHEEL_TO_VIBRATO = Modulator(0x0081, VIBRATO_PITCH, 50, 0, 0)
DEFAULT_MODULATORS = (VELOCITY_TO_LEVEL, WHEEL_TO_VIBRATO)
"""Of section 8.4, what is not done for the whole part (volume, pan, expression, bend).

Velocity to filter (8.4.2) is left out, as FluidSynth does: fonts are made without it in mind.
"""

_VELOCITY_TO_FILTER = (0x0102, FILTER, 0x0C02, 0)
_NONE, _VELOCITY, _KEY = 0, 2, 3
_WHEEL = 0x81
_WHOLE_PART = {0x80 | number for number in (7, 10, 11, 91, 93)} | {10, 13, 14, 16}
_AT_REST = {0x80 | 74: 64, 0x80 | 71: 64, 0x80 | 72: 64, 0x80 | 73: 64, 0x80 | 8: 64}


def modulation(modulator: Modulator, key: int, velocity: int) -> float:
    """What a modulator adds to its generator when a note starts, controllers being at rest."""
    source = modulator.source & 0xFF
    if source in _WHOLE_PART or source == _WHEEL or modulator.identity == _VELOCITY_TO_FILTER:
        return 0.0
    value = modulator.amount * _curve(modulator.source, key, velocity)
    if modulator.amount_source:
        value *= _curve(modulator.amount_source, key, velocity)
    return abs(value) if modulator.transform == 2 else value


def wheel_amount(modulator: Modulator) -> float:
    """Cents that the modulation wheel adds to vibrato through this modulator."""
    aims = modulator.target in (VIBRATO_PITCH, LFO_PITCH)
    return float(modulator.amount) if aims and modulator.source & 0xFF == _WHEEL else 0.0


def _curve(source: int, key: int, velocity: int) -> float:
    """A source through its curve (section 9.5.3), -1..1."""
    number = source & 0xFF
    if number == _NONE:
        return 1.0
    value = {_VELOCITY: velocity, _KEY: key}.get(number, _AT_REST.get(number, 0))
    backward, bipolar, kind = bool(source & 0x100), bool(source & 0x200), (source >> 10) & 0x3F
    x = (127 - value if backward else value) / (128.0 if bipolar else 127.0)
    if bipolar:
        side = 2.0 * x - 1.0
        return math.copysign(_bend(abs(side), kind), side) if kind < 3 else math.copysign(1, side)
    return _bend(x, kind)


def _bend(x: float, kind: int) -> float:
    """A 0..1 value made concave, convex or a switch; the logarithm spans 96 dB."""
    if kind == 1:
        return 1.0 if x >= 1.0 else min(-400.0 / 960.0 * math.log10(1.0 - x), 1.0)
    if kind == 2:
        return 0.0 if x <= 0.0 else max(1.0 + 400.0 / 960.0 * math.log10(x), 0.0)
    if kind == 3:
        return 1.0 if x >= 0.5 else 0.0
    return x
