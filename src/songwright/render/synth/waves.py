"""Wavetables: cycles of many timbres, each at every width of spectrum that a pitch leaves room for.

A wave has one or more *frames* between which an oscillator can move. Each frame is kept once for
every third of an octave of fundamental, with just the harmonics that stay below the Nyquist
frequency over that stretch: nothing folds back, however a note bends. Waves with formants read them
at the true frequency, so that a vowel stays a vowel over the whole keyboard.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from songwright.errors import StyleError
from songwright.render.jit import DoubleArray, FloatArray
from songwright.seeds import noise_rng

TABLE_SIZE = 4096
LEVELS_PER_OCTAVE = 3
LOWEST_HZ = 27.5
TOP_SHARE = 0.46
"""Highest harmonic as a share of the sample rate."""

Spectrum = np.ndarray[tuple[int, ...], np.dtype[np.complex128]]
"""Complex amplitudes of the harmonics 1.. of each frame, shape (frames, harmonics)."""

_DRAWN = 1 << 14

FORMANTS = {
    "a": ((730, 0, 90), (1090, -4, 110), (2440, -16, 170), (3400, -24, 250)),
    "o": ((500, 0, 80), (850, -6, 90), (2400, -26, 170), (3300, -30, 250)),
    "u": ((320, 0, 60), (800, -14, 90), (2250, -32, 170), (3200, -36, 250)),
    "e": ((530, 0, 80), (1840, -8, 120), (2480, -12, 170), (3500, -20, 250)),
    "i": ((290, 0, 60), (2250, -14, 120), (2900, -16, 180), (3600, -22, 250)),
}
"""Hz, dB and bandwidth of the resonances of sung vowels (averages after Peterson, Barney 1952)."""

DRAWBARS = (
    (0, 8, 8, 6, 0, 0, 0, 0, 0),
    (8, 8, 8, 0, 0, 0, 0, 0, 0),
    (8, 8, 8, 8, 0, 4, 0, 0, 6),
    (8, 8, 8, 8, 8, 8, 8, 8, 8),
)
_DRAWBAR_HARMONICS = (1, 3, 2, 4, 6, 8, 10, 12, 16)  # of the 16-foot stop


def _plain(levels: DoubleArray) -> Spectrum:
    """Harmonics in sine phase, one frame."""
    return np.asarray(levels * -1j, np.complex128)[None, :]


def _from_cycles(cycles: DoubleArray, count: int) -> Spectrum:
    """Harmonics of drawn cycles, shape (frames, points)."""
    full = np.fft.rfft(cycles, axis=1) / (cycles.shape[1] / 2)
    return np.asarray(full[:, 1 : count + 1], np.complex128)


def _turn() -> DoubleArray:
    return np.asarray(np.arange(_DRAWN) / _DRAWN, np.float64)


def _saw(k: DoubleArray, _: float) -> Spectrum:
    return _plain(1.0 / k)


def _square(k: DoubleArray, _: float) -> Spectrum:
    return _plain(np.where(k % 2 == 1, 1.0 / k, 0.0))


def _triangle(k: DoubleArray, _: float) -> Spectrum:
    return _plain(np.where(k % 2 == 1, np.where(k % 4 == 1, 1.0, -1.0) / k**2, 0.0))


def _sine(k: DoubleArray, _: float) -> Spectrum:
    return _plain(np.where(k == 1, 1.0, 0.0))


def _pulse(k: DoubleArray, _: float) -> Spectrum:
    """From a square to a needle; the middle of the pulse stays in place, so that frames blend."""
    shares = np.linspace(0.5, 0.06, 12)[:, None]
    return np.asarray(np.sin(np.pi * k * shares) / k, np.complex128)


def _organ(k: DoubleArray, _: float) -> Spectrum:
    out = np.zeros((len(DRAWBARS), k.shape[0]), np.complex128)
    for frame, pulls in enumerate(DRAWBARS):
        for pull, harmonic in zip(pulls, _DRAWBAR_HARMONICS, strict=True):
            if pull and harmonic <= k.shape[0]:
                out[frame, harmonic - 1] = -1j * 10.0 ** ((pull - 8) * 3.0 / 20.0)
    return out


def _bell(k: DoubleArray, _: float) -> Spectrum:
    """Few harmonics far apart, as if struck; later frames reach higher."""
    sets = ((1, 4, 7), (1, 4, 7, 10, 13), (1, 3, 7, 12, 17, 21), (1, 5, 9, 14, 19, 26, 33))
    out = np.zeros((len(sets), k.shape[0]), np.complex128)
    for frame, harmonics in enumerate(sets):
        for place, harmonic in enumerate(harmonics):
            if harmonic <= k.shape[0]:
                out[frame, harmonic - 1] = -1j * (0.75**place) * (-1.0) ** place
    return out


def _formants(k: DoubleArray, hz: float, vowels: str, tilt: float) -> Spectrum:
    random = noise_rng(0, "waves", "vowel phases").random(4096)[: k.shape[0]]
    frequency = k * hz
    out = []
    for vowel in vowels:
        gain = np.full(k.shape[0], 10.0 ** (-46.0 / 20.0))
        for centre, db, width in FORMANTS[vowel]:
            shape = 1.0 / np.sqrt(1.0 + ((frequency - centre) / width) ** 2)
            gain += 10.0 ** (db / 20.0) * shape
        out.append(gain * k**-tilt * np.exp(2j * np.pi * random))
    return np.array(out, np.complex128)


def _vowel(k: DoubleArray, hz: float) -> Spectrum:
    return _formants(k, hz, "uoaei", 0.35)


def _choir(k: DoubleArray, hz: float) -> Spectrum:
    return _formants(k, hz, "uoa", 0.7)


def _digital(k: DoubleArray, _: float) -> Spectrum:
    """Eight spectra drawn by lot, loosely falling, as on early wavetable synthesisers."""
    random = noise_rng(0, "waves", "digital")
    levels = 10.0 ** (random.normal(0.0, 9.0, (8, 2048)) / 20.0)[:, : k.shape[0]]
    gate = (random.random((8, 2048)) < 0.55)[:, : k.shape[0]] | (k <= 2)
    phases = random.random(2048)[: k.shape[0]]
    return np.asarray(levels * gate * k**-1.1 * np.exp(2j * np.pi * phases), np.complex128)


def _glass(k: DoubleArray, _: float) -> Spectrum:
    """A fundamental with a thin shimmer of high, sparse harmonics."""
    random = noise_rng(0, "waves", "glass")
    out = []
    for frame in range(6):
        centre = 5.0 + 3.5 * frame
        sparse = (random.random(2048) < 0.35)[: k.shape[0]]
        shimmer = 0.35 * np.exp(-(((k - centre) / 3.0) ** 2)) * sparse
        out.append(np.where(k == 1, 1.0, shimmer + np.where(k == 2, 0.12, 0.0)) * -1j)
    return np.array(out, np.complex128)


def _metal(k: DoubleArray, _: float) -> Spectrum:
    """Clusters of odd high harmonics: hard, hollow, clangorous."""
    random = noise_rng(0, "waves", "metal")
    out = []
    for _frame in range(6):
        chosen = random.choice(np.arange(2, 44), 14, replace=False)
        level = np.isin(k, chosen) * 0.5 * k**-0.25 + np.where(k == 1, 0.9, 0.0)
        out.append(level * np.exp(2j * np.pi * random.random(2048)[: k.shape[0]]))
    return np.array(out, np.complex128)


def _sync(k: DoubleArray, _: float) -> Spectrum:
    """A saw restarted by another: the slave runs at 1 to 5 times the master."""
    t = _turn()
    ratios = np.linspace(1.0, 5.0, 24)[:, None]
    cycles = 2.0 * ((t * ratios) % 1.0) - 1.0
    return _from_cycles(cycles - cycles.mean(axis=1, keepdims=True), k.shape[0])


def _fold(k: DoubleArray, _: float) -> Spectrum:
    """A sine folded back on itself, further from frame to frame."""
    t = _turn()
    depth = np.linspace(0.6, 5.5, 12)[:, None]
    return _from_cycles(np.sin(depth * np.sin(2.0 * np.pi * t) + 0.25) - np.sin(0.25), k.shape[0])


def _growl(k: DoubleArray, _: float) -> Spectrum:
    """A saw through a comb whose notches travel: the wave of wobbling basses."""
    frames = np.linspace(0.0, 1.0, 16)[:, None]
    comb = np.abs(np.cos(np.pi * k * (0.02 + 0.11 * frames))) ** 1.5
    peak = 1.0 + 2.5 * np.exp(-(((k - (3.0 + 22.0 * frames)) / 3.0) ** 2))
    return np.asarray(-1j * comb * peak / k, np.complex128)


def _brass(k: DoubleArray, _: float) -> Spectrum:
    """From a covered to a blaring tone: the spectrum widens from frame to frame."""
    corner = np.array([2.0, 4.0, 8.0, 16.0])[:, None]
    return np.asarray(-1j * k**-0.4 / (1.0 + (k / corner) ** 2.2), np.complex128)


def _reed(k: DoubleArray, _: float) -> Spectrum:
    """Odd harmonics first, then more even ones: between clarinet and harmonium."""
    even = np.array([0.05, 0.3, 0.8])[:, None]
    return np.asarray(-1j * np.where(k % 2 == 1, 1.0, even) * np.exp(-k / 18.0) / k**0.6)


def _strings(k: DoubleArray, hz: float) -> Spectrum:
    """A saw with the body of a string section: broad hills, treble rolled off."""
    frequency = k * hz
    hills = 1.0 + 1.2 * np.exp(-(((frequency - 500.0) / 200.0) ** 2))
    hills += 0.9 * np.exp(-(((frequency - 1300.0) / 500.0) ** 2))
    soft = 1.0 / (1.0 + (frequency / 4500.0) ** 2)
    return _plain(hills * soft / k)


def _hollow(k: DoubleArray, _: float) -> Spectrum:
    """A pipe: fundamental, twelfth and little else; the second frame adds breathy height."""
    soft = np.where(k % 2 == 1, k**-2.0, 0.04 / k)
    high = soft + 0.12 * np.exp(-(((k - 9.0) / 3.0) ** 2))
    return np.asarray(-1j * np.stack((soft, high)), np.complex128)


def _steps(k: DoubleArray, _: float) -> Spectrum:
    """A triangle in sixteen steps, the bass of a games console."""
    t = np.floor(_turn() * 32.0) / 32.0
    cycle = 4.0 * np.abs(t - 0.5) - 1.0
    return _from_cycles((cycle - cycle.mean())[None, :], k.shape[0])


def _octaves(k: DoubleArray, _: float) -> Spectrum:
    """Only powers of two: a tone without a certain octave."""
    power = np.log2(k) % 1.0 == 0.0
    fall = np.array([0.9, 0.5, 0.2])[:, None]
    return np.asarray(-1j * power * k**-fall, np.complex128)


WAVES: dict[str, Callable[[DoubleArray, float], Spectrum]] = {
    "sine": _sine, "triangle": _triangle, "saw": _saw, "square": _square, "pulse": _pulse,
    "organ": _organ, "bell": _bell, "vowel": _vowel, "choir": _choir, "digital": _digital,
    "glass": _glass, "metal": _metal, "sync": _sync, "fold": _fold, "growl": _growl,
    "brass": _brass, "reed": _reed, "strings": _strings, "hollow": _hollow, "steps": _steps,
    "octaves": _octaves,
}  # fmt: skip


def level_count(sample_rate_hz: float) -> int:
    """How many widths of spectrum there are up to a lone fundamental."""
    top = TOP_SHARE * sample_rate_hz
    return math.ceil(LEVELS_PER_OCTAVE * math.log2(top / LOWEST_HZ)) + 1


@cache
def wave_tables(name: str, sample_rate_hz: int) -> FloatArray:
    """All cycles of a wave, shape (frames, levels, TABLE_SIZE + 1), RMS 1 each.

    Level ``n`` serves fundamentals up to ``LOWEST_HZ * 2 ** (n / LEVELS_PER_OCTAVE)``; the last
    point of a cycle repeats the first.

    Raises
    ------
    StyleError
        If there is no such wave.
    """
    if name not in WAVES:
        raise StyleError(f"there is no wave {name!r}; the waves are: {', '.join(WAVES)}")
    levels = level_count(sample_rate_hz)
    made = []
    for level in range(levels):
        highest = LOWEST_HZ * 2.0 ** (level / LEVELS_PER_OCTAVE)
        count = int(min(max(TOP_SHARE * sample_rate_hz / highest, 1.0), TABLE_SIZE // 4))
        middle = highest * 2.0 ** (-0.5 / LEVELS_PER_OCTAVE)
        harmonics = WAVES[name](np.arange(1.0, count + 1.0), middle)
        spectrum = np.zeros((harmonics.shape[0], TABLE_SIZE // 2 + 1), np.complex128)
        spectrum[:, 1 : count + 1] = harmonics[:, :count]
        cycles = np.fft.irfft(spectrum, TABLE_SIZE, axis=1) * (TABLE_SIZE / 2.0)
        rms = np.sqrt(np.sum(np.abs(spectrum) ** 2, axis=1, keepdims=True) / 2.0)
        cycles /= np.maximum(rms, 1e-9)
        made.append(np.concatenate((cycles, cycles[:, :1]), axis=1))
    tables = np.stack(made, axis=1).astype(np.float32)
    tables.flags.writeable = False
    return tables
