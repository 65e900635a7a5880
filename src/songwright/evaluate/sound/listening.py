"""The normal form of a sound: what every metric of sound reads.

`listen` takes the samples once through each analysis; metrics only combine the figures. Metrics
are added with one table in ``data/sound_metrics.toml`` and one function marked ``@hears``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Evidence, Measurement, NotDefined
from songwright.evaluate.registry import undefined
from songwright.evaluate.sound.excerpts import ExcerptListener, Excerpts
from songwright.evaluate.sound.long_spectra import LongListener, LongSpectra
from songwright.evaluate.sound.manner import PLAIN, Manner
from songwright.evaluate.sound.pitch_peaks import level_step
from songwright.evaluate.sound.scan import Scan, ScanListener
from songwright.evaluate.sound.short_spectra import ShortListener, ShortSpectra
from songwright.evaluate.sound.sources import Sound, play
from songwright.evaluate.sound.spans import Seconds
from songwright.evaluate.sound.stems import StemSet
from songwright.evaluate.sound.true_peaks import PeakListener

SILENCE = 1e-5
"""Amplitude (-100 dBFS) that a file must reach somewhere to count as sounding."""

Section = tuple[float, float, str]
"""Start and end in seconds, and the function or name of a section."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A sounding file and what was gathered from it.

    Attributes
    ----------
    sound
        What sounds, not silent, for the few metrics that look at some samples again.
    true_peaks
        Highest magnitude between the samples in each second; shape (seconds,).
    excerpts
        What was kept of the samples themselves.
    is_loop
        The end is meant to run into the start.
    manner
        How it is meant to sound: gives the curve that its spectrum is held against.
    """

    sound: Sound
    scan: Scan
    short: ShortSpectra
    long: LongSpectra
    true_peaks: Samples64
    excerpts: Excerpts
    stems: StemSet | None = None
    sections: tuple[Section, ...] = ()
    is_loop: bool = False
    manner: Manner = PLAIN

    @property
    def sample_rate_hz(self) -> int:
        """Of the file."""
        return self.sound.sample_rate_hz

    @property
    def seconds(self) -> float:
        """Length of the file."""
        return float(self.sound.frames) / self.sample_rate_hz

    def need_stereo(self) -> None:
        """Stop a metric that compares two channels."""
        if self.scan.channels == 1:
            raise NotDefined("the file is mono")

    def need_stems(self) -> StemSet:
        """The stems, or stop a metric that needs them."""
        if self.stems is None or not self.stems.levels:
            raise NotDefined("there are no stems")
        return self.stems


def listen(sound: Sound) -> Listening | None:
    """Take a sound once through every analysis; None for silence."""
    if not sound.frames:
        return None
    shape = sound.channels, sound.frames, sound.sample_rate_hz
    short, long = ShortListener(*shape), LongListener(*shape)
    steps, peaks = ScanListener(*shape), PeakListener(*shape)
    excerpts = ExcerptListener(sound.channels, sound.frames, level_step(sound.sample_rate_hz))
    play(sound, short, steps, long, peaks, excerpts)
    figures = steps.result()
    if figures.peaks.max() < SILENCE:
        return None
    return Listening(
        sound, figures, short.result(), long.result(), peaks.result(), excerpts.result()
    )


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
