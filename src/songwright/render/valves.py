"""A driven guitar amplifier: two gain stages, a power stage whose supply sags, one chain.

What a guitarist hears as an amplifier rather than as a clipped string is here in order: the bass
is cut and the middle pushed before the distortion, so that chords growl and low notes do not
flap; an asymmetric first stage feeds a second one through a coupling capacitor and the stray
capacitance of the valve, which rounds the fizz between them; and the supply gives way when the
amplifier is loud, so the pick stands out of the note and the note blooms as the supply comes back
(J. Pakarinen and D. Yeh, "A Review of Digital Techniques for Modeling Vacuum-Tube Guitar
Amplifiers", Computer Music Journal 33:2, 2009). Everything that bends the wave runs at four times
the sample rate. Facts of the amplifiers are in ``data/amplifiers.toml``.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from songwright.errors import StyleError
from songwright.render.jit import FloatArray, kernel
from songwright.render.oversampling import (
    bend,
    give_back,
    interpolate,
    interpolation_filter,
    take_in,
)
from songwright.units import db_to_gain

SAG_ATTACK_SECONDS = 0.018
SAG_RELEASE_SECONDS = 0.08


@dataclass(frozen=True, slots=True)
class Valves:
    """One driven amplifier.

    Attributes
    ----------
    tight_hz
        High-pass of the input, 12 dB per octave: lower strings enter with less bass.
    push_hz, push_q, push_db
        Bell of the input: where the distortion speaks.
    first_db, second_db, power_db
        Gain into the first, the second and the power stage.
    lean
        Bias of the first stage (even harmonics); the second leans half as much the other way.
    coupling_hz, treble_hz
        High-pass and low-pass between the stages, 6 dB per octave.
    sag
        How far the supply gives way under full load: the power stage then gets ``1 / (1 + sag)``.
    """

    tight_hz: float
    push_hz: float
    push_q: float
    push_db: float
    first_db: float
    second_db: float
    power_db: float
    lean: float
    coupling_hz: float
    treble_hz: float
    sag: float


@cache
def amplifiers() -> dict[str, Valves]:
    """All driven amplifiers by name.

    Raises
    ------
    StyleError
        If the table is damaged.
    """
    text = files("songwright.render").joinpath("data/amplifiers.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, Valves])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"render/data/amplifiers.toml: {error}") from error


@kernel
def shape_input(
    mono: FloatArray,
    tight_hz: float,
    push_hz: float,
    push_q: float,
    push_gain: float,
    sample_rate_hz: float,
) -> None:
    """High-pass of 12 dB per octave and a bell, in place; shape (samples,).

    Both are trapezoidal state-variable filters (V. Zavalishin, "The Art of VA Filter Design").
    """
    g = math.tan(math.pi * tight_hz / sample_rate_hz)
    k = math.sqrt(2.0)
    a1 = 1.0 / (1.0 + g * (g + k))
    a2 = g * a1
    a3 = g * a2
    h = math.tan(math.pi * push_hz / sample_rate_hz)
    narrow = 1.0 / (push_q * math.sqrt(push_gain))
    b1 = 1.0 / (1.0 + h * (h + narrow))
    b2 = h * b1
    b3 = h * b2
    lift = narrow * (push_gain - 1.0)
    s1 = s2 = u1 = u2 = 0.0
    for n in range(mono.shape[0]):
        x = float(mono[n])
        v3 = x - s2
        v1 = a1 * s1 + a2 * v3
        v2 = s2 + a2 * s1 + a3 * v3
        s1 = 2.0 * v1 - s1 + 1e-20
        s2 = 2.0 * v2 - s2
        x = x - k * v1 - v2
        v3 = x - u2
        v1 = b1 * u1 + b2 * v3
        v2 = u2 + b2 * u1 + b3 * v3
        u1 = 2.0 * v1 - u1 + 1e-20
        u2 = 2.0 * v2 - u2
        mono[n] = x + lift * v1


@kernel
def _couple(
    wave: FloatArray, low: float, high: float, first: float, second: float
) -> tuple[float, float]:
    """One-pole high-pass and low-pass in place; returns their states."""
    for n in range(wave.shape[0]):
        x = float(wave[n])
        first += low * (x - first) + 1e-20
        second += high * ((x - first) - second)
        wave[n] = second
    return first, second


@kernel
def _sag(wave: FloatArray, sag: float, rise: float, fall: float, load: float) -> float:
    """Take from the wave what the supply cannot give, in place; returns the load."""
    for n in range(wave.shape[0]):
        x = float(wave[n])
        apart = abs(x) - load
        load += (rise if apart > 0.0 else fall) * apart + 1e-20
        wave[n] = x / (1.0 + sag * load)
    return load


@kernel
def drive_stages(
    mono: FloatArray,
    filters: FloatArray,
    gains: FloatArray,
    lean: float,
    coupling_hz: float,
    treble_hz: float,
    sag: float,
    sample_rate_hz: float,
) -> None:
    """Two stages and the power stage at a multiple of the rate, in place; shape (samples,).

    Parameters
    ----------
    filters
        `songwright.render.oversampling.interpolation_filter`; its delay is removed.
    gains
        Into the first, the second and the power stage, shape (3,).
    """
    phases, taps = filters.shape
    chunk = 2048
    past = taps - 1
    slow = np.zeros(past + chunk, np.float32)
    fast = np.zeros((phases, past + chunk), np.float32)
    wave = np.empty(phases * chunk, np.float32)
    row = np.empty(chunk, np.float32)
    rate = sample_rate_hz * phases
    low = 1.0 - math.exp(-2.0 * math.pi * coupling_hz / rate)
    high = 1.0 - math.exp(-2.0 * math.pi * treble_hz / rate)
    rise = 1.0 - math.exp(-1.0 / (SAG_ATTACK_SECONDS * rate))
    fall = 1.0 - math.exp(-1.0 / (SAG_RELEASE_SECONDS * rate))
    first = second = load = 0.0
    for begin in range(0, mono.shape[0] + past, chunk):
        take_in(mono, begin, slow, fast, chunk)
        for phase in range(phases):
            interpolate(slow, filters[phase], row)
            for n in range(chunk):
                wave[n * phases + phase] = row[n]
        bend(wave, gains[0], lean)
        first, second = _couple(wave, low, high, first, second)
        bend(wave, gains[1], -0.5 * lean)
        load = _sag(wave, sag, rise, fall, load)
        bend(wave, gains[2], 0.0)
        for phase in range(phases):
            for n in range(chunk):
                fast[phase, past + n] = wave[n * phases + phase]
        give_back(fast, filters, row, mono, begin)


def overdrive(mono: FloatArray, facts: Valves, drive_db: float, sample_rate_hz: int) -> None:
    """Send a mono part through a driven amplifier, in place; shape (samples,).

    ``drive_db`` is added to the gain of the first stage.
    """
    rate = float(sample_rate_hz)
    push = db_to_gain(facts.push_db)
    shape_input(mono, facts.tight_hz, facts.push_hz, facts.push_q, push, rate)
    gains = np.array(
        [
            db_to_gain(facts.first_db + drive_db),
            db_to_gain(facts.second_db),
            db_to_gain(facts.power_db),
        ],
        np.float32,
    )
    drive_stages(
        mono, interpolation_filter(), gains, facts.lean, facts.coupling_hz, facts.treble_hz,
        facts.sag, rate,
    )  # fmt: skip
