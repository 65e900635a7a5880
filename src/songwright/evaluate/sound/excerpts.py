"""What is kept of the samples themselves: every so many-th of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.audio import Audio

_FIELD_POINTS = 240_000


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Few of the samples of a sound.

    Attributes
    ----------
    thinned
        Every so many-th sample, enough to tell where it sounds: see `Thinner`.
    field
        At most 480,000 samples spread over the whole; shape (channels, points).
    """

    thinned: Audio
    field: Audio


class Thinner:
    """Hears a stream of ``length`` samples and keeps every ``step``-th, from the first one on."""

    def __init__(self, channels: int, length: int, step: int) -> None:
        self._step, self._at = step, 0
        self._filled = 0
        self.kept: Audio = np.zeros((channels, -(-length // step)), np.float32)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        some = block[:, -self._at % self._step :: self._step]
        self.kept[:, self._filled : self._filled + some.shape[1]] = some
        self._filled += some.shape[1]
        self._at += block.shape[1]


class ExcerptListener:
    """Hears a stream of ``length`` samples and keeps `Excerpts`.

    Parameters
    ----------
    channels, length
        Of the stream.
    thin
        Distance of the samples of ``thinned``.
    """

    def __init__(self, channels: int, length: int, thin: int) -> None:
        self._thinned = Thinner(channels, length, thin)
        self._field = Thinner(channels, length, max(1, length // _FIELD_POINTS))

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        self._thinned.add(block)
        self._field.add(block)

    def result(self) -> Excerpts:
        """What was kept, once the whole stream was heard."""
        return Excerpts(self._thinned.kept, self._field.kept)
