"""The highest level between the samples, second by second."""

from __future__ import annotations

import numpy as np

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.truepeak import OVERSAMPLING, peak_envelope
from songwright.evaluate.sound.frames import Stretch

_REACH = 32  # samples to either side that the interpolation of true peaks looks at


class PeakListener:
    """Hears a stream of ``length`` samples, length > 0, and finds the true peak of each second."""

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        self._length, self._rate = length, sample_rate_hz
        self._peaks = np.zeros(-(-length // sample_rate_hz))
        self._room = np.zeros(sample_rate_hz + 3 * _REACH, np.float32)
        self._stretch = Stretch(channels)
        self._next = 0

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        stretch, rate = self._stretch, self._rate
        stretch.add(block)
        while self._next < len(self._peaks):
            end = min(self._length, (self._next + 1) * rate + _REACH)
            if end > stretch.end:
                break
            self._peaks[self._next] = self._peak_of(self._next, end)
            self._next += 1
        stretch.forget(min(max(0, self._next * rate - _REACH), stretch.end))

    def _peak_of(self, second: int, end: int) -> float:
        first = second * self._rate
        begin = max(0, first - _REACH)
        offset = self._stretch.start
        around = np.ascontiguousarray(self._stretch.samples[:, begin - offset : end - offset])
        here = around[:, first - begin : first - begin + self._rate]
        highest = float(max(here.max(), -here.min()))
        last = first - begin + self._rate
        if end == self._length:  # an abrupt end rings on into the silence
            around = np.pad(around, ((0, 0), (0, _REACH)))
            last = around.shape[1]
        envelope = self._room[: around.shape[1]]
        envelope[:] = 0.0
        peak_envelope(around, highest, OVERSAMPLING, envelope)
        return max(highest, float(envelope[first - begin : last].max()))

    def result(self) -> Samples64:
        """True peak of each second as an amplitude; shape (seconds,)."""
        return self._peaks
