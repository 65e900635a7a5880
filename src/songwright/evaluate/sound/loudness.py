"""Loudness, peaks, and the distance between them (BS.1770-4, EBU Tech 3341 and 3342)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.audio.loudness import gated_loudness, loudness_range
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import COUNT, STEP_SECONDS, Scan
from songwright.evaluate.sound.spans import stretches

_OFFSET_LUFS = -0.691
_MOMENTARY, _SHORT = 4, 30  # steps of 100 ms


def level_lufs(power: Samples64) -> Samples64:
    """Loudness of K-weighted powers (sums over the channels); silence reads -120 LUFS."""
    return np.asarray(_OFFSET_LUFS + 10.0 * np.log10(np.maximum(power, 10.0**-11.9309)))


def window_powers(energies: Samples64, counts: Samples64, steps: int) -> Samples64:
    """Mean power over windows of ``steps`` steps, one starting at each step."""
    if len(energies) < steps:
        return np.zeros(0)
    power = energies / np.maximum(counts, 1.0)
    return np.convolve(power, np.full(steps, 1.0 / steps), mode="valid")


def whole_steps(scan: Scan) -> int:
    """Number of steps of full length; a meter leaves the rest at the end out."""
    counts = scan.column(COUNT)
    if len(counts) > 1 and counts[-1] < counts[:-1].min():
        return len(counts) - 1
    return len(counts)


def integrated(energies: Samples64, counts: Samples64) -> float | None:
    """Gated loudness in LUFS of K-weighted energies in steps; None for silence.

    Less than 400 ms is taken as one block of its length.
    """
    powers = window_powers(energies, counts, _MOMENTARY)
    if not powers.size:
        powers = np.array([energies.sum() / max(counts.sum(), 1.0)])
    return gated_loudness(powers)


def short_term(scan: Scan) -> tuple[Samples64, Samples64]:
    """Middle in seconds and loudness in LUFS of windows of 3 s, every 100 ms."""
    n = whole_steps(scan)
    powers = window_powers(scan.weighted[:n], scan.column(COUNT)[:n], _SHORT)
    middle = np.asarray((np.arange(len(powers)) + _SHORT / 2) * STEP_SECONDS, np.float64)
    return middle, level_lufs(powers)


@hears("loudness_integrated", "true_peak", "loudness_range", "plr", "psr_p5")
def loudness(sound: Listening) -> Iterator[Measurement]:
    scan, n = sound.scan, whole_steps(sound.scan)
    peak_second = int(np.argmax(sound.true_peaks))
    peak_db = 20.0 * float(np.log10(sound.true_peaks[peak_second]))
    at = (float(peak_second), round(min(peak_second + 1.0, sound.seconds), 3))
    yield found("true_peak", peak_db, (at,), "the highest peak")
    lufs = integrated(scan.weighted[:n], scan.column(COUNT)[:n])
    if lufs is None:
        raise NotDefined("it is quieter than -70 LUFS throughout")
    powers = window_powers(scan.weighted[:n], scan.column(COUNT)[:n], _SHORT)
    loudest = _window(int(np.argmax(powers)), sound) if powers.size else ()
    yield found("loudness_integrated", lufs, loudest, "the loudest 3 s" if loudest else "")
    yield found("plr", peak_db - lufs)
    if not powers.size:
        raise NotDefined("it is shorter than 3 s")
    spread = loudness_range(powers)
    if spread is not None:
        audible = np.where(level_lufs(powers) > -70.0, powers, np.inf)
        yield found("loudness_range", spread,
                    tuple(sorted((*_window(int(np.argmin(audible)), sound), *loudest))),
                    "the quietest and the loudest 3 s")  # fmt: skip
    yield _psr(sound, powers)


def _window(step: int, sound: Listening) -> tuple[tuple[float, float], ...]:
    start = step * STEP_SECONDS
    return ((round(start, 1), round(min(start + 3.0, sound.seconds), 1)),)


def _psr(sound: Listening, powers: Samples64) -> Measurement:
    """PSR once a second: windows that begin on a whole second share the peaks by second."""
    levels = level_lufs(powers[::10])
    peaks = sound.true_peaks
    seconds = min(len(levels), len(peaks) - 2)
    if seconds < 1:
        raise NotDefined("it is shorter than 3 s")
    highest = np.max([peaks[i : i + seconds] for i in range(3)], axis=0)
    psr = 20.0 * np.log10(np.maximum(highest, 1e-6)) - levels[:seconds]
    audible = levels[:seconds] > -50.0
    if not audible.any():
        raise NotDefined("it is quieter than -50 LUFS throughout")
    value = float(np.percentile(psr[audible], 5.0))
    return found("psr_p5", value, stretches(audible & (psr <= value), 1.0, 3.0), "the flattest")
