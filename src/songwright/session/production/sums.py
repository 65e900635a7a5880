"""The sums of the stems: one for each bus of the master, and all of them."""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from songwright.audio import (
    Audio,
    AudioBuffer,
    AudioSource,
    AudioWriter,
    FileSource,
    new_buffer,
)
from songwright.audio.pcm import add_wav_bytes, wav_head
from songwright.audio.storage import blocks
from songwright.closing import Closing
from songwright.errors import AudioError
from songwright.mix.mastering.measure import Survey
from songwright.mix.mastering.tables import buses

_FRAME_BYTES = 6  # two channels of 24 bits


class BusSums(Closing):
    """Adds finished stems up, bus by bus.

    Parameters
    ----------
    frames
        Length of every stem.
    folder
        Where long pieces keep their scratch files.
    sample_rate_hz
        Sample rate.
    """

    def __init__(self, frames: int, folder: Path, sample_rate_hz: int) -> None:
        self.frames = frames
        self.sample_rate_hz = sample_rate_hz
        self._folder = folder
        self._buffers: dict[str, AudioBuffer] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    @property
    def sources(self) -> dict[str, AudioSource]:
        """The buses that have stems, in the order of their table; silence if there is none."""
        if not self._buffers:
            self._buffers["music"] = new_buffer(self.frames, self._folder)
        return {name: self._buffers[name] for name in buses() if name in self._buffers}

    def add(self, bus: str, stem: AudioSource) -> None:
        """Add a stem to a bus; several threads may do so at once.

        Raises
        ------
        AudioError
            If it has another length.
        """
        if stem.frames != self.frames:
            raise AudioError(f"a stem has {stem.frames} samples, the piece {self.frames}")
        buffer, lock = self._bus(bus)
        for start, stop in blocks(self.frames):
            block = stem.read(start, stop)
            if block.any():
                with lock:
                    buffer.write(start, buffer.read(start, stop) + block)

    def copy_and_add(self, bus: str, source: Path, target: Path) -> None:
        """Copy a stem file and add what is in it to a bus, reading it once.

        Raises
        ------
        AudioError, FileFormatError
            If it has another length or is damaged.
        """
        head = wav_head(self.frames, 2, self.sample_rate_hz, 24)
        with source.open("rb") as reader:
            if reader.read(len(head)) == head:
                with target.open("wb") as writer:
                    writer.write(head)
                    self._copied(bus, reader, writer)
                return
        # Whole and of the right length, but not written by us in this form.
        shutil.copyfile(source, target)
        with FileSource(target) as stem:
            self.add(bus, stem)

    def _copied(self, bus: str, reader: BinaryIO, writer: BinaryIO) -> None:
        buffer, lock = self._bus(bus)
        for start, stop in blocks(self.frames):
            data = reader.read(_FRAME_BYTES * (stop - start))
            if len(data) != _FRAME_BYTES * (stop - start):
                raise AudioError(f"{reader.name} was cut off while it was read")
            writer.write(data)
            with lock:
                block = buffer.read(start, stop)
                add_wav_bytes(data, block)
                buffer.write(start, block)

    def _bus(self, name: str) -> tuple[AudioBuffer, Lock]:
        with self._lock:
            if name not in self._buffers:
                self._buffers[name] = new_buffer(self.frames, self._folder)
                self._locks[name] = Lock()
            return self._buffers[name], self._locks[name]

    def write_mix(self, path: Path) -> Survey:
        """Write the sum of all buses as a WAV file; what was measured on the way is returned."""
        survey = Survey(self.sample_rate_hz)
        sources = self.sources
        with AudioWriter(path, self.sample_rate_hz) as writer, ThreadPoolExecutor(1) as pool:
            writing: Future[None] | None = None
            for start, stop in blocks(self.frames):
                parts = {name: source.read(start, stop) for name, source in sources.items()}
                total: Audio = survey.add(parts)
                if writing is not None:
                    writing.result()
                writing = pool.submit(writer.write, total)
            if writing is not None:
                writing.result()
        return survey

    def close(self) -> None:
        """Give memory and disk space back."""
        for buffer in self._buffers.values():
            buffer.close()
