"""Algorithmic reverberation: a feedback delay network of eight lines.

J.-M. Jot and A. Chaigne, *Digital delay networks for designing artificial reverberators*, AES
90 (1991): a lossless mixing matrix (here Hadamard's) joins delay lines, and a filter in every
line sets the decay, so that decay time is a number that was asked for and not one that came out.
Diffusers (M. Schroeder, 1962) thicken the input, reflections of their own give the early part,
and four lines wander by a few samples so that no resonance stays in one place.

The network is linear: the reverberation of a sum is the sum of reverberations. Every part may
therefore carry its own, and the stems still add up to the mix.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.errors import AudioError, StyleError
from songwright.mix.convolution import convolve
from songwright.mix.filters import apply_filters, low_pass
from songwright.mix.reverb_network import BLOCK, grain_samples, reverberate
from songwright.mix.sends import SendPath, one_pole
from songwright.mix.settings import ReverbSettings

DRY = "dry"
_REFERENCE_HZ = 1_000.0
_MAKE_UP_DB = 2.5  # what low cut and absorbed highs take from steady pink noise, within 1 dB
_DIFFUSERS_MS = ((4.73, 7.31, 3.11), (5.17, 6.67, 3.49))
_DRIFT_HZ = (0.0, 0.37, 0.0, 0.53, 0.0, 0.71, 0.0, 0.89)


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """One row of ``data/reverbs.toml``; the file says what each field means."""

    lines: tuple[float, ...]
    early: tuple[float, ...]
    early_level: float
    high_ratio: float
    crossover_hz: float
    low_cut_hz: float
    drift: float
    octave: float = 0.0
    convolved: bool = False


@cache
def rooms() -> dict[str, RoomFacts]:
    """All rooms by name."""
    text = files("songwright.mix").joinpath("data/reverbs.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, RoomFacts])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"reverbs.toml: {error}") from error


def _next_prime(number: int) -> int:
    while any(number % d == 0 for d in range(2, math.isqrt(number) + 1)):
        number += 1
    return number


def line_filters(
    lengths: Samples64, rt60_seconds: float, high_ratio: float, crossover_hz: float, rate: int
) -> tuple[Samples64, Samples64, float]:
    """Gains of each line's shelf at 0 Hz and above the crossover, and its one-pole factor.

    The shelf is ``high + (low - high) * one_pole``. ``low`` is solved for so that the line decays
    by exactly ``rt60_seconds`` at 1 kHz, where the shelf already bends.
    """
    middle = 10.0 ** (-3.0 * lengths / (rt60_seconds * rate))
    high = 10.0 ** (-3.0 * lengths / (rt60_seconds * high_ratio * rate))
    pole = -math.expm1(-2.0 * math.pi * crossover_hz / rate)
    z = np.exp(-2j * np.pi * _REFERENCE_HZ / rate)
    one_pole = pole / (1.0 - (1.0 - pole) * z)
    low_bound, high_bound = middle.copy(), np.full_like(middle, 0.99999)
    for _ in range(50):
        low = 0.5 * (low_bound + high_bound)
        quiet = np.abs(high + (low - high) * one_pole) < middle
        low_bound = np.where(quiet, low, low_bound)
        high_bound = np.where(quiet, high_bound, low)
    return 0.5 * (low_bound + high_bound), high, pole


@dataclass(frozen=True, slots=True)
class _Room:
    """A room, what enters it, and the stereo samples that what comes out of it is added to."""

    target: Audio
    source: Audio
    settings: ReverbSettings
    facts: RoomFacts
    gain: float
    path: SendPath
    rate: int

    @property
    def rt60_seconds(self) -> float:
        return min(12.0, max(0.2, self.settings.rt60_seconds))

    @property
    def high_ratio(self) -> float:
        return min(1.2, self.facts.high_ratio * self.settings.brightness)

    @property
    def pre_delay_ms(self) -> float:
        return min(250.0, max(0.0, self.settings.pre_delay_ms + self.path.pre_delay_ms))


def add_reverb(
    audio: Audio,
    settings: ReverbSettings,
    send_db: float,
    sample_rate_hz: int,
    lead_in_samples: int = 0,
    loop_samples: int = 0,
    send: SendPath | None = None,
) -> None:
    """Add reverberation to stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    audio
        Changed in place; what comes out is direct sound plus reverberation.
    settings
        The room. Kind ``dry`` does nothing.
    send_db
        Send of this part; 0 dB gives reverberation at ``settings.level_db`` re the direct sound,
        for steady noise and whatever the room.
    sample_rate_hz
        Sample rate.
    lead_in_samples, loop_samples
        For a loop: the wandering of the lines is tuned to come round with its length.
    send
        What is sent and how, where it is not simply ``audio``.

    Raises
    ------
    AudioError
        If the kind of room is unknown.
    """
    if settings.kind == DRY or not audio.shape[1]:
        return
    if settings.kind not in rooms():
        raise AudioError(f"unknown reverb {settings.kind!r}; use dry, {', '.join(rooms())}")
    path = send or SendPath()
    source = audio if path.source is None else path.source
    gain = 10.0 ** ((send_db + settings.level_db) / 20.0)
    facts = rooms()[settings.kind]
    room = _Room(audio, source, settings, facts, gain, path, sample_rate_hz)
    if facts.convolved:
        _convolved(room)
    else:
        _network(room, lead_in_samples, loop_samples)


def _convolved(room: _Room) -> None:
    """Add what a synthesised impulse response makes of the source."""
    facts, path, rate, source = room.facts, room.path, room.rate, room.source
    if source is room.target or path.damp_hz:
        source = source.copy()
    if path.damp_hz:
        apply_filters(source, [low_pass(path.damp_hz, rate, 0.5)])
    key = (round(room.rt60_seconds, 3), round(room.high_ratio, 3), facts.low_cut_hz, facts.early,
           facts.early_level, room.settings.kind, rate)  # fmt: skip
    pre_delay = round(room.pre_delay_ms * rate / 1_000.0)
    convolve(room.target, source, key, pre_delay, room.gain, path)


def _network(room: _Room, lead_in_samples: int, loop_samples: int) -> None:
    """Add what the feedback network makes of the source."""
    facts, path, rate, rt60 = room.facts, room.path, room.rate, room.rt60_seconds

    def samples(milliseconds: float) -> int:
        return max(1, round(milliseconds * rate / 1_000.0))

    lengths = np.array([_next_prime(max(BLOCK + 1, samples(ms))) for ms in facts.lines])
    drift = facts.drift * rate / 1_000.0
    angles = 2.0 * np.pi * np.array(_DRIFT_HZ) / rate
    if loop_samples >= rate:
        turns = np.maximum(1.0, np.round(angles * loop_samples / (2.0 * np.pi)))
        angles = np.where(angles > 0.0, 2.0 * np.pi * turns / loop_samples, 0.0)
    elif loop_samples:  # a wandering that comes round in less than a second would be heard
        angles = np.zeros_like(angles)
    mean_lengths = lengths + np.where(angles > 0.0, drift, 0.0)
    low, high, pole = line_filters(
        mean_lengths, rt60, room.high_ratio, min(facts.crossover_hz, 0.4 * rate), rate
    )
    kept = float(np.mean(10.0 ** (-6.0 * mean_lengths / (rt60 * rate))))
    early_ms = facts.early or (1.0,)
    fading = np.array([10.0 ** (-ms / 60.0) for ms in early_ms])
    early = facts.early_level * fading / math.sqrt(float((fading**2).sum()))
    reverberate(
        room.source,
        room.target,
        path.gains(room.gain * 10.0 ** (_MAKE_UP_DB / 20.0), room.target.shape[1]),
        np.array([one_pole(facts.low_cut_hz, rate), one_pole(path.damp_hz or rate, rate)]),
        np.array([samples(ms) for ms in early_ms], dtype=np.int64),
        early.astype(np.float32),
        samples(room.pre_delay_ms),
        np.array(
            [[max(BLOCK + 1, samples(ms)) for ms in side] for side in _DIFFUSERS_MS], dtype=np.int64
        ),
        lengths.astype(np.int64),
        low.astype(np.float32),
        high.astype(np.float32),
        np.float32(pole),
        drift,
        angles,
        lead_in_samples,
        # Eight lines at one half in, four out on each side: this gain makes steady noise come
        # out as strong as it went in, whatever the size and decay of the room.
        np.float32(math.sqrt((1.0 - kept) / kept)),
        np.float32(facts.octave),
        grain_samples(rate),
    )
