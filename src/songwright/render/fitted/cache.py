"""Finished tones kept on disk, so that an instrument is at sampler speed from its second use.

A tone is 16-bit with a scale for each block of samples (as in the block floating point of NICAM),
which keeps the noise 90 dB below the tone however far it has died away. What a caller gets is
always the decoded form, so audio is the same whether the tone was kept or just made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from songwright.audio.cache_folder import cache_folder
from songwright.render.jit import FloatArray

LIMIT_BYTES = 768 << 20
MEMORY_BYTES = 96 << 20
BLOCK_SAMPLES = 2048

_MAGIC = b"SWT1"
_HEADER = struct.Struct("<4sIIII")  # magic, channels, samples, check sum, reserved
_SCANNED_EVERY = 64 << 20  # bytes written between two looks at the size of the folder
_SUFFIX = ".tone"


def encode(tone: FloatArray) -> bytes:
    """Bytes of a tone, float32, shape (2, samples); equal channels are kept once."""
    channels = 1 if np.array_equal(tone[0], tone[1]) else 2
    samples = tone.shape[1]
    blocks = -(-samples // BLOCK_SAMPLES)
    padded = np.zeros((channels, blocks * BLOCK_SAMPLES), np.float32)
    padded[:, :samples] = tone[:channels]
    cut = padded.reshape(channels, blocks, BLOCK_SAMPLES)
    scales = np.abs(cut).max(axis=(0, 2)).astype(np.float32) / np.float32(32767.0)
    safe = np.where(scales > 0.0, scales, np.float32(1.0))
    steps = np.rint(cut / safe[None, :, None]).astype("<i2")
    body: bytes = scales.astype("<f4").tobytes() + steps.tobytes()
    return _HEADER.pack(_MAGIC, channels, samples, zlib.crc32(body), 0) + body


def decode(data: bytes) -> FloatArray | None:
    """The tone of these bytes, float32, shape (2, samples); None if they are damaged."""
    if len(data) < _HEADER.size:
        return None
    magic, channels, samples, check, _ = _HEADER.unpack_from(data)
    blocks = -(-samples // BLOCK_SAMPLES)
    expected = _HEADER.size + 4 * blocks + 2 * channels * blocks * BLOCK_SAMPLES
    if magic != _MAGIC or channels not in (1, 2) or len(data) != expected:
        return None
    if zlib.crc32(memoryview(data)[_HEADER.size :]) != check:
        return None
    scales = np.frombuffer(data, "<f4", blocks, _HEADER.size)
    steps = np.frombuffer(data, "<i2", offset=_HEADER.size + 4 * blocks)
    cut = steps.reshape(channels, blocks, BLOCK_SAMPLES).astype(np.float32)
    cut *= scales[None, :, None]
    tone = cut.reshape(channels, blocks * BLOCK_SAMPLES)[:, :samples]
    return np.concatenate([tone, tone]) if channels == 1 else np.ascontiguousarray(tone)


class ToneCache:
    """Tones by name. Safe for several threads and processes: files appear whole or not at all."""

    def __init__(
        self,
        folder: Path | None,
        limit_bytes: int = LIMIT_BYTES,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self.memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0
        self._unscanned = _SCANNED_EVERY  # look at what earlier processes have left

    def tone(self, name: str, make: Callable[[], FloatArray]) -> FloatArray:
        """The tone ``name``, made by ``make`` if it is not there or damaged.

        ``name`` must say everything that the sound depends on. Returns float32, (2, samples).
        """
        key = hashlib.sha256(name.encode()).hexdigest()[:40]
        kept = self._read(key)
        if kept is not None:
            return kept
        data = encode(make())
        if not self._write(key, data):
            self._remember(key, data)
        tone = decode(data)
        assert tone is not None
        return tone

    def _path(self, key: str) -> Path | None:
        return None if self.folder is None else self.folder / key[:2] / (key[2:] + _SUFFIX)

    def _read(self, key: str) -> FloatArray | None:
        with self._lock:
            held = self._memory.get(key)
            if held is not None:
                self._memory.move_to_end(key)
        if held is not None:
            return decode(held)
        path = self._path(key)
        if path is None:
            return None
        try:
            data = path.read_bytes()
            os.utime(path)  # used now: goes last when room is made
        except OSError:
            return None
        return decode(data)

    def _write(self, key: str, data: bytes) -> bool:
        path = self._path(key)
        if path is None:
            return False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:  # full, read-only or forbidden: the music must go on
            return False
        with self._lock:
            self._unscanned += len(data)
            due = self._unscanned >= min(_SCANNED_EVERY, self.limit_bytes // 4)
            if due:
                self._unscanned = 0
        if due:
            self.make_room()
        return True

    def _remember(self, key: str, data: bytes) -> None:
        with self._lock:
            if key not in self._memory:
                self._memory[key] = data
                self._held += len(data)
            while self._held > self.memory_bytes and len(self._memory) > 1:
                _, dropped = self._memory.popitem(last=False)
                self._held -= len(dropped)

    def make_room(self) -> None:
        """Delete the tones that were used longest ago until the folder is within its limit."""
        if self.folder is None:
            return
        found = []
        for path in self.folder.glob(f"??/*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime_ns, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self.limit_bytes:
            return
        for _, size, path in sorted(found):
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
            if total <= 0.9 * self.limit_bytes:
                return


@cache
def _cache_in(folder: Path | None) -> ToneCache:
    return ToneCache(folder)


def tone_folder() -> Path | None:
    """Where finished tones are kept, or None if they are not to be written."""
    return cache_folder("tones")


def tone_cache() -> ToneCache:
    """The cache of this process for the folder that the environment names now."""
    return _cache_in(tone_folder())
