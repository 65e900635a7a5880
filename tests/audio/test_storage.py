"""Buffers in memory and on disk behave alike."""

from __future__ import annotations

import os

import numpy as np
import pytest

from songwright.audio import FileSource, new_buffer, write_audio
from songwright.audio.storage import DiskBuffer, MemoryBuffer, blocks, whole
from songwright.errors import FileFormatError, OutputError

RATE = 48_000


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_what_is_written_is_read(kind: str, tmp_path) -> None:
    frames = 10_000
    audio = np.random.default_rng(0).standard_normal((2, frames)).astype(np.float32)
    buffer = (
        DiskBuffer(frames, tmp_path)
        if kind == "disk"
        else MemoryBuffer(np.zeros((2, frames), np.float32))
    )
    assert not buffer.read(0, frames).any()
    for start, stop in blocks(frames, 3_000):
        buffer.write(start, audio[:, start:stop])
    assert np.array_equal(whole(buffer), audio)
    assert np.array_equal(buffer.read(2_990, 3_010), audio[:, 2_990:3_010])
    buffer.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "pread"), reason="scratch files need pread")
def test_long_pieces_lie_on_disk(tmp_path) -> None:
    long = new_buffer(30 * 60 * RATE, tmp_path)
    assert isinstance(long, DiskBuffer)
    long.write(29 * 60 * RATE, np.ones((2, 5), np.float32))
    assert long.read(29 * 60 * RATE, 29 * 60 * RATE + 5).all()
    long.close()
    assert isinstance(new_buffer(60 * RATE, tmp_path), MemoryBuffer)


def test_a_full_disk_is_told(tmp_path, monkeypatch) -> None:
    buffer = DiskBuffer(100, tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OutputError, match="is full"):
        buffer.write(0, np.ones((2, 100), np.float32))
    buffer.close()


def test_files_are_read_where_it_is_wanted(tmp_path) -> None:
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 9_000)).astype(np.float32)
    write_audio(tmp_path / "a.flac", audio, RATE)
    with FileSource(tmp_path / "a.flac") as source:
        assert (source.frames, source.sample_rate_hz) == (9_000, RATE)
        for start, stop in ((0, 100), (8_000, 9_000), (50, 60)):
            block = source.read(start, stop)
            assert block.shape == (2, stop - start)
            assert np.allclose(block, audio[0, start:stop], atol=1e-6)
        with pytest.raises(FileFormatError, match="damaged"):
            source.read(8_990, 9_010)
    with pytest.raises(FileFormatError, match="cannot read"):
        FileSource(tmp_path / "none.wav")
