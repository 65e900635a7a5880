"""The normal form of a sound: what every metric of sound reads.

`listen` takes the samples once through each analysis; metrics only combine the figures. Metrics
are added with one table in ``data/sound_metrics.toml`` and one function marked ``@hears``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.truepeak import OVERSAMPLING, peak_envelope
from songwright.evaluate.model import Evidence, Measurement, NotDefined
from songwright.evaluate.registry import undefined
from songwright.evaluate.sound.long_spectra import LongSpectra, long_spectra
from songwright.evaluate.sound.manner import PLAIN, Manner
from songwright.evaluate.sound.scan import Scan, scan
from songwright.evaluate.sound.short_spectra import ShortSpectra, short_spectra
from songwright.evaluate.sound.spans import Seconds
from songwright.evaluate.sound.stems import StemSet

SILENCE = 1e-5
"""Amplitude (-100 dBFS) that a file must reach somewhere to count as sounding."""

Section = tuple[float, float, str]
"""Start and end in seconds, and the function or name of a section."""

_REACH = 32  # samples to either side that the interpolation of true peaks looks at


@dataclass(frozen=True, slots=True)
class Listening:
    """A sounding file and what was gathered from it.

    Attributes
    ----------
    audio
        Samples ``(channels, n)``, n > 0, not silent.
    true_peaks
        Highest magnitude between the samples in each second; shape (seconds,).
    is_loop
        The end is meant to run into the start.
    manner
        How it is meant to sound: gives the curve that its spectrum is held against.
    """

    audio: Audio
    sample_rate_hz: int
    scan: Scan
    short: ShortSpectra
    long: LongSpectra
    true_peaks: Samples64
    stems: StemSet | None = None
    sections: tuple[Section, ...] = ()
    is_loop: bool = False
    manner: Manner = PLAIN

    @property
    def seconds(self) -> float:
        """Length of the file."""
        return float(self.audio.shape[1]) / self.sample_rate_hz

    def need_stereo(self) -> None:
        """Stop a metric that compares two channels."""
        if self.scan.channels == 1:
            raise NotDefined("the file is mono")

    def need_stems(self) -> StemSet:
        """The stems, or stop a metric that needs them."""
        if self.stems is None or not self.stems.levels:
            raise NotDefined("there are no stems")
        return self.stems


def listen(audio: Audio, sample_rate_hz: int) -> Listening:
    """Analyse samples that `songwright.audio.checked_audio` has passed, not silent, n > 0.

    The four analyses only read the samples and share nothing else, so two run at a time.
    """
    with ThreadPoolExecutor(2) as pool:
        steps = pool.submit(scan, audio, sample_rate_hz)
        short = pool.submit(short_spectra, audio, sample_rate_hz)
        long = pool.submit(long_spectra, audio, sample_rate_hz)
        peaks = pool.submit(true_peaks_by_second, audio, sample_rate_hz)
        return Listening(
            audio, sample_rate_hz, steps.result(), short.result(), long.result(), peaks.result()
        )


def true_peaks_by_second(audio: Audio, sample_rate_hz: int) -> Samples64:
    """True peak of each second as an amplitude; shape (seconds,)."""
    n = audio.shape[1]
    peaks = np.zeros(-(-n // sample_rate_hz))
    envelope = np.zeros(sample_rate_hz + 2 * _REACH, np.float32)
    for second in range(len(peaks)):
        begin = max(0, second * sample_rate_hz - _REACH)
        end = min(n, (second + 1) * sample_rate_hz + _REACH)
        block = np.ascontiguousarray(audio[:, begin:end])
        if end == n:  # an abrupt end rings on into the silence
            block = np.pad(block, ((0, 0), (0, _REACH)))
        here = audio[:, second * sample_rate_hz : (second + 1) * sample_rate_hz]
        highest = float(max(here.max(), -here.min()))
        room = envelope if len(envelope) >= block.shape[1] else np.zeros(block.shape[1], np.float32)
        room = room[: block.shape[1]]
        room[:] = 0.0
        peak_envelope(block, highest, OVERSAMPLING, room)
        first = second * sample_rate_hz - begin
        last = block.shape[1] if end == n else first + sample_rate_hz
        peaks[second] = max(highest, float(room[first:last].max()))
    return peaks


def found(metric: str, value: float, seconds: Seconds = (), note: str = "") -> Measurement:
    """A defined measurement; a value that is not finite means that there was nothing to measure."""
    if not math.isfinite(value):
        return undefined(metric, "there is nothing to measure it on")
    return Measurement(metric, round(float(value), 6), Evidence((), seconds, note))


SoundMetric = Callable[[Listening], Iterator[Measurement]]

_functions: list[tuple[tuple[str, ...], SoundMetric]] = []


def hears(*metrics: str) -> Callable[[SoundMetric], SoundMetric]:
    """Register a function as the one that answers ``metrics``."""

    def register(function: SoundMetric) -> SoundMetric:
        _functions.append((metrics, function))
        return function

    return register


def answers(listening: Listening) -> dict[str, Measurement]:
    """Ask every registered metric; each of its ids is answered, if only by a reason."""
    given: dict[str, Measurement] = {}
    for metrics, function in _functions:
        why = "there is nothing to measure it on"
        try:
            for measurement in function(listening):
                given[measurement.metric] = measurement
        except NotDefined as reason:
            why = str(reason)
        for metric in metrics:
            given.setdefault(metric, undefined(metric, why))
    return given
