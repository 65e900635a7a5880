"""Sound that is read and written block by block, in memory or on disk.

Pieces of a few minutes are held in memory. Longer ones lie in a scratch file, which is read and
written with plain file calls: unlike a memory map, what was read does not count as the process's
own memory, so thirty minutes need no more of it than three.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from songwright.audio.buffers import Audio
from songwright.closing import Closing
from songwright.errors import FileFormatError, OutputError

BLOCK_FRAMES = 1 << 16
"""Frames of a block: small enough for the cache, large enough that calls cost nothing."""

_IN_MEMORY_FRAMES = 4 * 60 * 48_000
"""Three buses of five minutes would be 345 MB: a third of what a whole production may take."""

_SAMPLE_BYTES = 4


class AudioSource(Protocol):
    """Stereo sound that can be read anywhere."""

    @property
    def frames(self) -> int:
        """Length in samples per channel."""
        ...

    def read(self, start: int, stop: int) -> Audio:
        """Samples ``(2, stop - start)`` float32, not to be changed; ``0 ≤ start ≤ stop ≤ frames``.

        One thread at a time.
        """
        ...


class AudioBuffer(AudioSource, Protocol):
    """Stereo sound that can be written too; unwritten samples are silence."""

    def write(self, start: int, block: Audio) -> None:
        """Put samples ``(2, n)`` at a position."""
        ...

    def close(self) -> None:
        """Give memory or disk space back."""
        ...


class MemoryBuffer:
    """A buffer around an array ``(2, n)``."""

    def __init__(self, array: Audio) -> None:
        self.array = array

    @property
    def frames(self) -> int:
        return int(self.array.shape[1])

    def read(self, start: int, stop: int) -> Audio:
        return np.ascontiguousarray(self.array[:, start:stop])

    def write(self, start: int, block: Audio) -> None:
        self.array[:, start : start + block.shape[1]] = block

    def close(self) -> None:
        self.array = np.zeros((2, 0), np.float32)


class DiskBuffer:
    """A buffer in a nameless file of a folder, one channel after the other.

    Raises
    ------
    OutputError
        If the disk is full.
    """

    def __init__(self, frames: int, folder: Path | None = None) -> None:
        self._frames = frames
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by close)
            self._file.truncate(2 * frames * _SAMPLE_BYTES)
        except OSError as error:
            raise _disk_error(error, folder) from error
        self._folder = folder

    @property
    def frames(self) -> int:
        return self._frames

    def mapped(self) -> Audio:
        """All of it as one array that is read from disk where it is touched."""
        self._file.flush()
        return np.memmap(self._file, np.float32, "r", shape=(2, self._frames))

    def read(self, start: int, stop: int) -> Audio:
        block = np.empty((2, stop - start), np.float32)
        for c in range(2):
            room, at = block[c].data.cast("B"), self._at(c, start)
            while room:
                data = os.pread(self._file.fileno(), len(room), at)
                if not data:
                    raise OutputError("a scratch file on disk was cut off while it was in use")
                room[: len(data)] = data
                room, at = room[len(data) :], at + len(data)
        return block

    def write(self, start: int, block: Audio) -> None:
        try:
            for c in range(2):
                data, at = np.ascontiguousarray(block[c]).data.cast("B"), self._at(c, start)
                while data:
                    done = os.pwrite(self._file.fileno(), data, at)
                    data, at = data[done:], at + done
        except OSError as error:
            raise _disk_error(error, self._folder) from error

    def _at(self, channel: int, start: int) -> int:
        return (channel * self._frames + start) * _SAMPLE_BYTES

    def close(self) -> None:
        self._file.close()


def _disk_error(error: OSError, folder: Path | None) -> OutputError:
    where = folder or tempfile.gettempdir()
    if error.errno == errno.ENOSPC:
        return OutputError(f"the disk that holds {where} is full; free some space and try again")
    return OutputError(f"{where} cannot hold a scratch file: {error.strerror or error}")


def new_buffer(frames: int, folder: Path | None = None) -> AudioBuffer:
    """A silent buffer: in memory up to four minutes at 48 kHz, above in a file in ``folder``."""
    if frames <= _IN_MEMORY_FRAMES or not hasattr(os, "pread"):
        return MemoryBuffer(np.zeros((2, frames), np.float32))
    return DiskBuffer(frames, folder)


def opened(path: Path) -> soundfile.SoundFile:
    """A sound file to be read.

    Raises
    ------
    FileFormatError
        If it is missing, damaged, or has more than two channels.
    """
    try:
        file = soundfile.SoundFile(path)
    except (OSError, RuntimeError) as error:
        raise FileFormatError(f"cannot read {path} as audio: {error}") from error
    if file.channels > 2:
        file.close()
        raise FileFormatError(f"{path} has {file.channels} channels; give mono or stereo")
    return file


class FileSource(Closing):
    """A stereo sound file that is read where it is wanted; mono is given on both sides.

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, cut off, or has more than two channels.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._file = opened(self.path)
        self._next = 0

    @property
    def frames(self) -> int:
        return int(self._file.frames)

    @property
    def sample_rate_hz(self) -> int:
        return int(self._file.samplerate)

    def read(self, start: int, stop: int) -> Audio:
        try:
            if self._next != start:
                self._file.seek(start)
            data = self._file.read(stop - start, dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as error:
            raise FileFormatError(f"cannot read {self.path} as audio: {error}") from error
        if len(data) != stop - start:
            raise FileFormatError(
                f"{self.path} ends after {start + len(data)} of {self.frames} samples; "
                "it is damaged"
            )
        self._next = stop
        rows = [0, min(1, data.shape[1] - 1)]
        return np.ascontiguousarray(data.T[rows])

    def close(self) -> None:
        self._file.close()


def blocks(frames: int, size: int = BLOCK_FRAMES) -> Iterator[tuple[int, int]]:
    """Bounds of consecutive blocks."""
    for start in range(0, frames, size):
        yield start, min(frames, start + size)


def whole(source: AudioSource) -> Audio:
    """All samples of a source as one array."""
    if isinstance(source, MemoryBuffer):
        return source.array
    array = np.empty((2, source.frames), np.float32)
    for start, stop in blocks(source.frames):
        array[:, start:stop] = source.read(start, stop)
    return array
