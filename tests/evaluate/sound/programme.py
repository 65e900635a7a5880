"""A small band made of sines and noise, sound enough to pass every metric, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from songwright.evaluate.model import Measurement
from songwright.evaluate.sound import evaluate_sound

RATE_HZ = 48_000
BEAT_SECONDS = 0.6
BEATS = 40
SECONDS = BEATS * BEAT_SECONDS + 3.0
N = round(SECONDS * RATE_HZ)
SECTIONS = ((0.0, 12.0, "verse"), (12.0, 24.0, "chorus"))

Stereo = NDArray[np.float32]
Mono = NDArray[np.float64]


def noise(slope_db: float, seed: int, n: int = 20 * RATE_HZ, level_db: float = -20.0) -> Mono:
    """Gaussian noise whose power density falls by ``-slope_db`` per octave from 20 Hz on."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    frequency_hz = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    gain = np.zeros_like(frequency_hz)
    up = frequency_hz >= 20.0
    gain[up] = (frequency_hz[up] / 1_000.0) ** (slope_db / 6.0206)
    x = np.fft.irfft(spectrum * gain, n)
    return x / np.sqrt(np.mean(x**2)) * 10.0 ** (level_db / 20.0)


def stereo(left: Mono, right: Mono | None = None) -> Stereo:
    return np.stack([left, left if right is None else right]).astype(np.float32)


def measured(audio: np.ndarray, rate_hz: int = RATE_HZ, **more: object) -> dict[str, Measurement]:
    return {m.metric: m for m in evaluate_sound(audio, rate_hz, **more)}  # type: ignore[arg-type]


def value(audio: np.ndarray, metric: str, rate_hz: int = RATE_HZ, **more: object) -> float:
    measurement = measured(audio, rate_hz, **more)[metric]
    assert measurement.value is not None, measurement.reason
    return measurement.value


def equalised(audio: np.ndarray, gain_db: Callable[[Mono], Mono]) -> Stereo:
    """Filter with zero phase: ``gain_db`` gives the gain at frequencies in Hz."""
    frequency_hz = np.fft.rfftfreq(audio.shape[-1], 1.0 / RATE_HZ)
    gain = 10.0 ** (gain_db(np.maximum(frequency_hz, 1.0)) / 20.0)
    return np.fft.irfft(np.fft.rfft(audio) * gain, audio.shape[-1]).astype(np.float32)


def bump(centre_hz: float, gain_db: float, octaves: float) -> Callable[[Mono], Mono]:
    """A bell ``octaves`` wide on either side."""
    return lambda f: gain_db * np.exp(-0.5 * (np.log2(f / centre_hz) / octaves) ** 2)


def _place(hits: list[tuple[float, float]], sound: Callable[[Mono, float], Mono],
           seconds: float) -> Mono:  # fmt: skip
    out = np.zeros(N)
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pieces = {number: sound(time, number) for _, number in hits}
    for at, number in hits:
        begin = round(at * RATE_HZ)
        piece = pieces[number][: N - begin]
        out[begin : begin + len(piece)] += piece
    return out


def _saw(time: Mono, hz: float, partials: int = 40, slope: float = 1.0) -> Mono:
    out = np.zeros_like(time)
    for k in range(1, partials + 1):
        if k * hz < 16_000.0:
            out += np.sin(2.0 * np.pi * k * hz * time + k) / k**slope
    return out


def _hz(midi: float) -> float:
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


@cache
def _stems() -> dict[str, Stereo]:
    random = np.random.default_rng(7)
    beats = [i * BEAT_SECONDS for i in range(BEATS)]
    roots = [45, 41, 48, 43]
    root = [roots[(i // 4) % 4] for i in range(BEATS)]
    hiss = random.standard_normal(RATE_HZ)

    kick = _place(
        [(t, 0.0) for t in beats[::2]],
        lambda t, _: np.sin(2 * np.pi * (52.0 * t - 2.0 * np.exp(-t / 0.02)))
        * np.exp(-t / 0.09) * (1 - np.exp(-t / 0.0005)) * np.minimum(1.0, (0.5 - t) / 0.05),
        0.5,
    )  # fmt: skip
    snare = _place(
        [(t, 0.0) for t in beats[1::2]],
        lambda t, _: (0.5 * hiss[: len(t)] + np.sin(2 * np.pi * 190.0 * t))
        * np.exp(-t / 0.05) * (1 - np.exp(-t / 0.0004)),
        0.4,
    )  # fmt: skip
    hats = _place(
        [(t + d, 0.0) for t in beats[20:] for d in (0.0, 0.3)],
        lambda t, _: hiss[: len(t)] * np.exp(-t / 0.025) * (1 - np.exp(-t / 0.0003)),
        0.2,
    )
    hats = equalised(hats, lambda f: -24.0 * np.maximum(0.0, np.log2(6_000.0 / f))).astype(float)
    bass = _place(
        [(t + 0.25, _hz(r)) for t, r in zip(beats, root, strict=True)],
        lambda t, hz: _saw(t, hz, 24, 1.3) * np.minimum(1.0, t / 0.005)
        * np.minimum(1.0, np.maximum(0.0, 0.3 - t) / 0.03),
        0.3,
    )  # fmt: skip
    chords = np.zeros((2, N))
    for voice, interval in enumerate((12, 16, 19, 24)):
        gains = ((0.9, 0.5), (0.5, 0.9), (0.75, 0.55), (0.55, 0.75))[voice]
        tone = _place(
            [(t, _hz(r + interval)) for t, r in zip(beats[::4], root[::4], strict=True)],
            lambda t, hz: _saw(t, hz, 30, 1.2) * np.minimum(1.0, t / 0.02)
            * np.minimum(1.0, np.maximum(0.0, 2.5 - t) / 0.3) * np.exp(-t / 1.5),
            2.5,
        )  # fmt: skip
        chords += np.array(gains)[:, None] * tone
    tune = [76, 74, 72, 74, 76, 79, 77, 76, 74, 72, 71, 72, 74, 71, 69, 67]
    lead = _place(
        [(t, _hz(tune[i % 16])) for i, t in enumerate(beats)],
        lambda t, hz: _saw(t + 1e-4 * np.sin(2 * np.pi * 5.5 * t), hz, 24, 1.1)
        * np.minimum(1.0, t / 0.01) * np.minimum(1.0, np.maximum(0.0, 0.55 - t) / 0.05),
        0.55,
    )  # fmt: skip
    lift = np.where(np.arange(N) < 12.0 * RATE_HZ, 0.72, 1.0)
    air = np.stack([noise(-4.0, 11, N, -90.0), noise(-4.0, 12, N, -90.0)])
    stems = {
        "drums": stereo(0.5 * kick + 0.16 * snare + 0.10 * hats) + air.astype(np.float32),
        "bass": stereo(0.07 * bass * lift),
        "keys": (0.042 * chords * lift).astype(np.float32),
        "lead": stereo(0.085 * lead * lift),
    }
    return {k: _with_room(v, i) for i, (k, v) in enumerate(stems.items())}


def _with_room(audio: Stereo, number: int) -> Stereo:
    """A second of decaying noise above 200 Hz, different on both sides."""
    length = RATE_HZ
    decay = np.exp(-np.arange(length) / (0.15 * RATE_HZ))
    tail = np.random.default_rng(100 + number).standard_normal((2, length)) * decay
    size = 1 << int(np.ceil(np.log2(N + length)))
    frequency_hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    gate = frequency_hz**2 / (frequency_hz**2 + 250.0**2) / (1.0 + frequency_hz / 6_000.0)
    wet = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(tail, size) * gate, size)[:, :N]
    return (audio + 0.004 * wet).astype(np.float32)


def band() -> dict[str, Stereo]:
    """Fresh copies of the stems."""
    return {name: stem.copy() for name, stem in _stems().items()}


def mixed(stems: dict[str, Stereo]) -> Stereo:
    return np.sum(list(stems.values()), axis=0).astype(np.float32)
