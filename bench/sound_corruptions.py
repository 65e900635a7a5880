"""Ways to spoil a mix or a stem that a judge of sound must notice.

Each takes a programme and a seed and returns its mix and, where a stem was spoilt, the stems. Apart
from that one fault the sound stays what it was; the caller brings it back to its loudness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.seeds import noise_rng

RATE_HZ = 48_000
Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Spoil = Callable[[Audio, int], Audio]
SpoilStems = Callable[[Mapping[str, Audio], int], dict[str, Audio]]


def equalised(audio: Audio, gain_db: Curve) -> Audio:
    """Filter without delay; ``gain_db`` gives the gain at frequencies in Hz."""
    n = audio.shape[1]
    frequency_hz = np.maximum(np.fft.rfftfreq(n, 1.0 / RATE_HZ), 1.0)
    spectrum = np.fft.rfft(audio) * 10.0 ** (gain_db(frequency_hz) / 20.0)
    return np.asarray(np.fft.irfft(spectrum, n), np.float32)


def low_pass(cutoff_hz: float) -> Curve:
    """Butterworth, 24 dB per octave."""
    return lambda f: -10.0 * np.log10(1.0 + (f / cutoff_hz) ** 8)


def high_pass(cutoff_hz: float) -> Curve:
    """Butterworth, 24 dB per octave."""
    return lambda f: -10.0 * np.log10(1.0 + (cutoff_hz / f) ** 8)


def plateau(low_hz: float, high_hz: float, gain_db: float) -> Curve:
    """``gain_db`` between two frequencies, gone a third of an octave beyond."""
    return lambda f: np.interp(
        np.log2(f), np.log2([low_hz / 1.26, low_hz, high_hz, high_hz * 1.26]),
        [0.0, gain_db, gain_db, 0.0],
    )  # fmt: skip


def rms(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio.astype(np.float64) ** 2)))


def clipped(mix: Audio, _seed: int) -> Audio:
    """The peaks go 6 dB over and are cut off."""
    top = np.abs(mix).max() / 2.0
    return np.clip(mix, -top, top)


def crushed(mix: Audio, _seed: int) -> Audio:
    """A soft clipper driven by 24 dB: no transients are left."""
    return np.asarray(np.tanh(mix / np.abs(mix).max() * 10.0**1.2), np.float32)


def levelled(mix: Audio, _seed: int) -> Audio:
    """Gain rides every second to the same level, up to 30 dB: nothing is loud or soft any more."""
    power = np.asarray(mix.astype(np.float64) ** 2).mean(axis=0)
    sums = np.concatenate([[0.0], np.cumsum(power)])
    half, n = RATE_HZ // 2, mix.shape[1]
    begin = np.clip(np.arange(n) - half, 0, n)
    end = np.clip(np.arange(n) + half, 0, n)
    level = np.sqrt((sums[end] - sums[begin]) / (end - begin))
    return np.asarray(mix / np.maximum(level, 10.0**-1.5 * rms(mix)) * rms(mix), np.float32)


def opposed(mix: Audio, _seed: int) -> Audio:
    """The right channel with its polarity inverted."""
    return np.stack([mix[0], -mix[1]])


def opposed_lows(mix: Audio, _seed: int) -> Audio:
    """Below 150 Hz the right channel has its polarity inverted."""
    right = mix[1:]
    return np.concatenate([mix[:1], right - np.float32(2.0) * equalised(right, low_pass(150.0))])


def mono(mix: Audio, _seed: int) -> Audio:
    """Both channels carry their mean."""
    return np.repeat(mix.mean(axis=0, keepdims=True), 2, axis=0)


def low_passed(mix: Audio, _seed: int) -> Audio:
    """Nothing above 3 kHz."""
    return equalised(mix, low_pass(3_000.0))


def thin(mix: Audio, _seed: int) -> Audio:
    """Nothing below 400 Hz."""
    return equalised(mix, high_pass(400.0))


def harsh(mix: Audio, _seed: int) -> Audio:
    """12 dB more from 2 to 5 kHz."""
    return equalised(mix, plateau(2_000.0, 5_000.0, 12.0))


def muddy(mix: Audio, _seed: int) -> Audio:
    """9 dB more from 200 to 400 Hz."""
    return equalised(mix, plateau(200.0, 400.0, 9.0))


def sibilant(mix: Audio, seed: int) -> Audio:
    """A hundred esses a minute: noise of 5 to 10 kHz for 90 ms, 6 dB below the music."""
    n = mix.shape[1]
    hiss = noise_rng(seed, "esses").standard_normal((1, n))
    band = equalised(
        np.asarray(hiss, np.float32),
        lambda f: high_pass(5_000.0)(f) + low_pass(10_000.0)(f),
    )
    gate = np.interp(
        np.arange(n) / RATE_HZ % 0.6, [0.0, 0.01, 0.08, 0.09, 0.6], [0.0, 1.0, 1.0, 0.0, 0.0]
    )
    return np.asarray(mix + band * gate * (0.5 * rms(mix) / rms(band)), np.float32)


def hissing(mix: Audio, seed: int) -> Audio:
    """White noise at -50 dBFS on both sides, 30 dB below the music."""
    noise = noise_rng(seed, "hiss").standard_normal(mix.shape)
    return np.asarray(mix + noise * 10.0 ** (-50.0 / 20.0), np.float32)


def whistling(mix: Audio, _seed: int) -> Audio:
    """A tone of 3,517 Hz, 20 dB below the music."""
    tone = np.sin(2.0 * np.pi * 3_517.0 / RATE_HZ * np.arange(mix.shape[1]))
    return np.asarray(mix + tone * (2.0**0.5 * rms(mix) * 0.1), np.float32)


def offset(mix: Audio, _seed: int) -> Audio:
    """One hundredth of full scale on both channels."""
    return mix + np.float32(0.01)


def clicking(mix: Audio, seed: int) -> Audio:
    """Thirty clicks a minute: one sample off by half of the highest peak."""
    n = mix.shape[1]
    at = noise_rng(seed, "clicks").integers(0, n, round(n / RATE_HZ / 2.0))
    spoilt = mix.copy()
    spoilt[:, at] += np.float32(0.5 * np.abs(mix).max())
    return spoilt


def dropping_out(mix: Audio, seed: int) -> Audio:
    """Ten times a minute 60 to 200 ms are missing."""
    n = mix.shape[1]
    rng = noise_rng(seed, "gaps")
    spoilt = mix.copy()
    for begin in rng.integers(0, round(0.8 * n), round(n / RATE_HZ / 6.0)):
        spoilt[:, begin : begin + int(rng.integers(2_880, 9_600))] = 0.0
    return spoilt


def cut(mix: Audio, _seed: int) -> Audio:
    """It ends at its loudest moment between 60 and 80 %."""
    cells = mix[:, : mix.shape[1] // 480 * 480].reshape(2, -1, 480)
    power = np.asarray(cells.astype(np.float64) ** 2).mean(axis=(0, 2))
    first, last = round(0.6 * power.size), round(0.8 * power.size)
    end = first + int(np.argmax(power[first:last])) + 1
    return np.ascontiguousarray(mix[:, : end * 480])


def buried_lead(stems: Mapping[str, Audio], _seed: int) -> dict[str, Audio]:
    """The lead 12 dB down."""
    return {**stems, "lead": stems["lead"] * np.float32(0.25)}


def hidden_lead(stems: Mapping[str, Audio], _seed: int) -> dict[str, Audio]:
    """The lead 24 dB down."""
    return {**stems, "lead": stems["lead"] * np.float32(10.0**-1.2)}


def booming_bass(stems: Mapping[str, Audio], _seed: int) -> dict[str, Audio]:
    """The bass 15 dB up below 120 Hz: it stands in the way of the kick."""
    return {**stems, "bass": equalised(stems["bass"], lambda f: 15.0 + low_pass(120.0)(f))}


def opposed_others(stems: Mapping[str, Audio], _seed: int) -> dict[str, Audio]:
    """The accompaniment with the polarity of its right channel inverted."""
    return {**stems, "others": opposed(stems["others"], 0)}


def always(_mix: Audio) -> bool:
    return True


def has_lows(mix: Audio) -> bool:
    """At least a twentieth of the energy lies below 120 Hz."""
    return rms(equalised(mix, low_pass(120.0))) ** 2 >= 0.05 * rms(mix) ** 2


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to spoil a sound.

    Attributes
    ----------
    spoils
        Metrics that are there to notice it. Others may, but only these are asked to.
    needs
        Stems without which there is nothing to spoil.
    applies
        Whether a mix has what the fault spoils.
    """

    spoils: tuple[str, ...]
    mix: Spoil | None = None
    stems: SpoilStems | None = None
    needs: tuple[str, ...] = ()
    applies: Callable[[Audio], bool] = always


FAULTS: dict[str, Fault] = {
    "clipped": Fault(("clipping",), clipped),
    "crushed": Fault(("crest_factor", "plr", "psr_p5"), crushed),
    "levelled": Fault(("loudness_range",), levelled),
    "opposed": Fault(("mono_loss", "mono_correlation_p5"), opposed),
    "opposed lows": Fault(("low_correlation",), opposed_lows, applies=has_lows),
    "mono": Fault(("stereo_width",), mono),
    "low-passed": Fault(("flatness", "centroid_p90", "harshness"), low_passed),
    "thin": Fault(("psd_slope", "tonal_balance"), thin),
    "harsh": Fault(("harshness",), harsh),
    "muddy": Fault(("mud",), muddy),
    "sibilant": Fault(("sibilance",), sibilant),
    "hiss": Fault(("noise_floor", "flatness"), hissing),
    "whistle": Fault(("resonances",), whistling),
    "offset": Fault(("dc_offset",), offset),
    "clicks": Fault(("clicks",), clicking),
    "gaps": Fault(("dropouts",), dropping_out),
    "cut": Fault(("cut_tail",), cut),
    "detuned lead": Fault(("stem_tuning", "out_of_tune")),
    "lead -12 dB": Fault(("lead_masked", "lead_level"), stems=buried_lead, needs=("lead",)),
    "lead -24 dB": Fault(("lead_masked", "lead_level"), stems=hidden_lead, needs=("lead",)),
    "bass on kick": Fault(
        ("kick_over_bass", "kick_bass_clash"), stems=booming_bass, needs=("bass", "drums")
    ),
    "stem opposed": Fault(("stem_mono_loss",), stems=opposed_others, needs=("lead", "others")),
}
