"""Cutting a stream into overlapping frames that do not depend on how it arrives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songwright.audio import Audio

Views = list[NDArray[np.float32]]
"""Frames ``(frames, size)`` of each channel."""


class Stretch:
    """The end of a stream that is still needed, in a room that is used again and again.

    Attributes
    ----------
    start
        Place of the first sample that is kept.
    """

    def __init__(self, channels: int) -> None:
        self.start = 0
        self._room: Audio = np.zeros((channels, 0), np.float32)
        self._first = self._last = 0  # of the room, what is in use

    @property
    def samples(self) -> Audio:
        """View ``(channels, n)`` of what is kept; good until more is added."""
        return self._room[:, self._first : self._last]

    @property
    def end(self) -> int:
        """Number of samples that have come by."""
        return self.start + self._last - self._first

    def add(self, block: Audio) -> None:
        """Take the next samples."""
        kept = self.samples
        count = kept.shape[1]
        needed = count + block.shape[1]
        if needed > self._room.shape[1]:
            self._room = np.empty((len(block), needed + needed // 4), np.float32)
        self._room[:, :count] = kept
        self._room[:, count:needed] = block
        self._first, self._last = 0, needed

    def forget(self, before: int) -> None:
        """Drop what lies before a place."""
        self._first += before - self.start
        self.start = before


class Frames:
    """Frames of a stream, in batches of a fixed number.

    A sound shorter than one frame is padded with silence.

    Parameters
    ----------
    channels, length
        Of the stream.
    size, hop
        Length and distance of the frames in samples.
    batch
        Frames given at once. Sums over a batch come out the same for every length of the blocks.
    """

    def __init__(self, channels: int, length: int, size: int, hop: int, batch: int) -> None:
        self.count = max(1, (length - size) // hop + 1)
        self._length, self._size, self._hop, self._batch = length, size, hop, batch
        self._stretch = Stretch(channels)
        self._next = 0

    def add(self, block: Audio) -> Iterator[tuple[slice, Views]]:
        """Take the next samples; yields which frames are complete, and their views."""
        stretch = self._stretch
        stretch.add(block)
        if stretch.end == self._length < self._size:
            stretch.add(np.zeros((len(block), self._size - self._length), np.float32))
        while self._next < self.count:
            last = min(self._next + self._batch, self.count)
            first_sample = self._next * self._hop
            end_sample = (last - 1) * self._hop + self._size
            if end_sample > stretch.end:
                break
            here = stretch.samples[:, first_sample - stretch.start : end_sample - stretch.start]
            yield slice(self._next, last), [framed(c, self._size, self._hop) for c in here]
            self._next = last
        stretch.forget(min(self._next * self._hop, stretch.end))


def framed(channel: NDArray[np.float32], size: int, hop: int) -> NDArray[np.float32]:
    """View of a channel as frames ``(frames, size)``; a short channel is padded with silence."""
    if channel.size < size:
        channel = np.pad(channel, (0, size - channel.size))
    return np.lib.stride_tricks.sliding_window_view(channel, size)[::hop]
