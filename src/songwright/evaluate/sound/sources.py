"""Where the ears read: sound that is given block by block, from an array or from a file.

A piece of half an hour is 700 MB of samples, and a judge hears its master and all of its stems.
Waves lie on disk as they are and are read where they are wanted; what is compressed can only be
unpacked from its beginning and is unpacked once, into memory or, when it is long, onto the disk.
"""

from __future__ import annotations

import contextlib
import struct
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from songwright.audio import Audio, checked_audio, checked_sample_rate, new_buffer
from songwright.audio.storage import opened
from songwright.errors import AudioError, FileFormatError
from songwright.evaluate.sound.wave24 import Wave24

BLOCK_SECONDS = 2
"""Blocks begin on whole seconds, so that what is counted by the second needs no memory."""

_READABLE_ANYWHERE = ("PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
_UNPACK_FRAMES = 1 << 16


class Sound(Protocol):
    """One or two channels that can be read anywhere, by one thread at a time."""

    @property
    def channels(self) -> int:
        """1 or 2."""
        ...

    @property
    def frames(self) -> int:
        """Length in samples per channel."""
        ...

    @property
    def sample_rate_hz(self) -> int:
        """8,000 to 384,000 Hz."""
        ...

    def read(self, start: int, stop: int) -> Audio:
        """Samples ``(channels, stop - start)``, not to be changed; ``0 <= start <= stop``.

        Raises
        ------
        AudioError, FileFormatError
            If a sample is not a finite number, or the file is damaged.
        """
        ...


class ArraySound:
    """Samples ``(channels, n)`` in memory.

    Raises
    ------
    AudioError
        If they are NaN or infinite, or the shape or the sample rate is wrong.
    """

    def __init__(self, audio: ArrayLike, sample_rate_hz: int, what: str = "audio") -> None:
        self._audio = checked_audio(audio, what)
        self.sample_rate_hz = checked_sample_rate(sample_rate_hz)

    @property
    def channels(self) -> int:
        return int(self._audio.shape[0])

    @property
    def frames(self) -> int:
        return int(self._audio.shape[1])

    def read(self, start: int, stop: int) -> Audio:
        return self._audio[:, start:stop]


class FileSound:
    """A WAV, FLAC, MP3, Ogg or AIFF file with one or two channels.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, cut off, or has more than two channels.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._file = opened(self.path)
        self.channels, self.frames = int(self._file.channels), int(self._file.frames)
        try:
            self.sample_rate_hz = checked_sample_rate(self._file.samplerate)
        except AudioError as error:
            raise FileFormatError(str(error)) from error
        self._wave: Wave24 | None = None
        if self.channels == 2 and self._file.subtype == "PCM_24":
            with contextlib.suppress(OSError, ValueError, struct.error):
                self._wave = Wave24(self.path, self.frames)
        packed = self._file.format == "FLAC" or self._file.subtype not in _READABLE_ANYWHERE
        self._unpacked = new_buffer(self.frames) if packed else None
        if self._unpacked is not None:
            weakref.finalize(self, self._unpacked.close)
            for start in range(0, self.frames, _UNPACK_FRAMES):
                block = self._from_file(start, min(self.frames, start + _UNPACK_FRAMES))
                self._unpacked.write(start, np.ascontiguousarray(block[[0, -1]]))
            self._file.close()

    def read(self, start: int, stop: int) -> Audio:
        if self._unpacked is not None:
            return self._unpacked.read(start, stop)[: self.channels]
        return self._from_file(start, stop)

    def _from_file(self, start: int, stop: int) -> Audio:
        try:
            if self._wave is not None:
                block = self._wave.read(start, stop)
            else:
                block = self._samples(start, stop)
        except (OSError, RuntimeError, ValueError) as error:
            raise FileFormatError(f"cannot read {self.path} as audio: {error}") from error
        if block.shape[1] < stop - start:
            found = start + block.shape[1]
            raise FileFormatError(
                f"{self.path} ends after {found} of {self.frames} samples; it is damaged"
            )
        if self._wave is not None:
            return block  # whole numbers are finite
        try:
            return checked_audio(block, str(self.path))
        except AudioError as error:
            raise FileFormatError(str(error)) from error

    def _samples(self, start: int, stop: int) -> Audio:
        if self._file.tell() != start:
            self._file.seek(start)
        data: Audio = self._file.read(stop - start, dtype="float32", always_2d=True)
        return data.T


class Listener(Protocol):
    """An analysis that hears a sound once, from its beginning to its end."""

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        ...


def blocks(sound: Sound) -> Iterator[tuple[int, int]]:
    """Bounds of consecutive blocks of `BLOCK_SECONDS`."""
    step = BLOCK_SECONDS * sound.sample_rate_hz
    yield from pairwise([*range(0, sound.frames, step), sound.frames])


def play(sound: Sound, *listeners: Listener) -> None:
    """Let several analyses hear a sound; two of them, or one and the file, work at a time.

    They share nothing but the block, which they only read.
    """
    bounds = list(blocks(sound))
    with ThreadPoolExecutor(2) as pool:
        block = sound.read(*bounds[0]) if bounds else None
        for following in [*bounds[1:], None]:
            if block is None:
                return
            hearing = [pool.submit(listener.add, block) for listener in listeners]
            coming = pool.submit(sound.read, *following) if following is not None else None
            for heard in hearing:
                heard.result()
            block = coming.result() if coming is not None else None
