"""Dry stems on disk, so that a change of the mix needs no rendering.

They lie in the user's cache folder (`songwright.audio.cache_folder` says where;
``SONGWRIGHT_CACHE=off`` does without), named by the digest of what they depend on, as plain
float32. Silent stretches are holes in the file. A cache may always be deleted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from songwright.audio import Audio
from songwright.audio.buffers import release
from songwright.audio.cache_folder import cache_folder

LIMIT_BYTES = 2 << 30
_HELD_BYTES = 96 << 20
"""What is held in memory besides: the stems of a sketch. Reading one back takes less than a
hundredth of the time that rendering it took."""
_HELD_WITHOUT_DISK_BYTES = 384 << 20
_MAP_FROM_BYTES = 96 << 20
_BLOCK = 1 << 16
_SUFFIX = ".dry"
_UNFINISHED = ".part"
_ABANDONED_SECONDS = 86_400.0


def stem_folder() -> Path | None:
    """Folder of the dry stems, or None when nothing is to be kept."""
    return cache_folder("stems")


class DryStems:
    """The dry stems of one production: in memory as far as there is room, and on disk.

    Parameters
    ----------
    folder
        Cache folder; None or one that cannot be written keeps what fits in memory, and the rest
        is rendered again when it is needed.
    spare_bytes
        What the cache leaves free of the disk: room for what the production is there for.
    """

    def __init__(self, folder: Path | None, spare_bytes: int = 0) -> None:
        self._folder = folder
        self._spare_bytes = spare_bytes
        self._held: dict[str, Audio] = {}
        self._held_bytes = 0
        self._written: dict[str, int] = {}

    def put(self, key: str, audio: Audio) -> None:
        """Keep a stem."""
        room = _HELD_BYTES if self._on_disk(key, audio) else _HELD_WITHOUT_DISK_BYTES
        if self._held_bytes + audio.nbytes <= room:
            self._held[key] = audio
            self._held_bytes += audio.nbytes

    def _on_disk(self, key: str, audio: Audio) -> bool:
        """Write a stem, unless it is there; False where that cannot be done."""
        if self._folder is None:
            return False
        with contextlib.suppress(OSError):  # a full disk only makes the next time slower
            if not self._path(key).exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                if shutil.disk_usage(self._folder).free < self._spare_bytes + audio.nbytes:
                    return False
                self._write(self._path(key), audio)
                self._written[key] = _bytes_on_disk(self._path(key).stat())
            return True
        return False

    def get(self, key: str, frames: int) -> Audio | None:
        """A stem ``(2, frames)``, not to be changed, or None when it has to be rendered."""
        if key in self._held:
            return self._held[key]
        if self._folder is None:
            return None
        path = self._path(key)
        try:
            if path.stat().st_size != 8 * frames:
                return None
            os.utime(path)  # used last: goes last
            if 8 * frames >= _MAP_FROM_BYTES:
                return np.memmap(path, np.float32, "r", shape=(2, frames))
            return np.fromfile(path, np.float32).reshape(2, frames)
        except (OSError, ValueError):
            return None

    def has(self, key: str, frames: int) -> bool:
        """True if `get` would find it without rendering."""
        if key in self._held:
            return True
        if self._folder is None:
            return False
        with contextlib.suppress(OSError):
            return self._path(key).stat().st_size == 8 * frames
        return False

    def drop(self, key: str) -> None:
        """Give up the copy in memory, as the finished stem is there.

        A production that wrote more than the cache may hold gives up the file, too: two hundred
        parts need the disk for their stems.
        """
        held = self._held.pop(key, None)
        self._held_bytes -= held.nbytes if held is not None else 0
        if key in self._written and sum(tuple(self._written.values())) > LIMIT_BYTES:
            del self._written[key]
            with contextlib.suppress(OSError):
                self._path(key).unlink()

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key[:40]}{_SUFFIX}"

    def _write(self, path: Path, audio: Audio) -> None:
        handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for channel in audio:
                    for start in range(0, channel.size, _BLOCK):
                        block = channel[start : start + _BLOCK]
                        if block.any():
                            file.write(np.ascontiguousarray(block).data)
                        else:
                            file.seek(block.nbytes, os.SEEK_CUR)
                    release(audio)
                file.truncate(audio.nbytes)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def trim(self) -> None:
        """Delete what was not used for longest until the folder keeps to its limit."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f"*{_UNFINISHED}"):  # of runs that were killed
                if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                    path.unlink()
        with contextlib.suppress(OSError):
            found = []
            for path in self._folder.glob(f"*{_SUFFIX}"):
                facts = path.stat()
                found.append((facts.st_mtime_ns, path.name, _bytes_on_disk(facts), path))
            total = sum(size for _, _, size, _ in found)
            for _, _, size, path in sorted(found):
                if total <= LIMIT_BYTES:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                total -= size


def _bytes_on_disk(facts: os.stat_result) -> int:
    """What a file takes of the disk, holes left out."""
    return int(getattr(facts, "st_blocks", facts.st_size // 512)) * 512
