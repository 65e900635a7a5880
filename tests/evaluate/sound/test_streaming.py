"""What is heard does not depend on where it is read from, nor on how much of it at a time."""

from __future__ import annotations

import dataclasses
import struct
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.audio import AudioWriter, read_audio
from songwright.errors import FileFormatError
from songwright.evaluate.sound import (
    ArraySound,
    FileSound,
    Listening,
    evaluate_listening,
    hear_sound,
    sources,
    stems,
)
from songwright.evaluate.sound.flat_tops import flat_tops
from songwright.evaluate.sound.frames import Frames
from songwright.evaluate.sound.listening import listen
from songwright.evaluate.sound.stems import stem_levels
from songwright.evaluate.sound.wave24 import Wave24

from .programme import RATE_HZ, SECONDS, band, mixed, noise, stereo


def spoiled(channels: int = 2) -> np.ndarray:
    """A mix with clicks, clipping, and a peak on the border of each second."""
    audio = mixed(band())[:channels].copy()
    audio[:, :: RATE_HZ // 2] += 0.3
    audio[:, 7 * RATE_HZ - 2 : 7 * RATE_HZ + 2] = 0.9
    return np.clip(audio * 2.0, -0.9, 0.9)


def figures(thing: object) -> list[bytes]:
    """Every number of a tree of dataclasses, to the bit."""
    if isinstance(thing, np.ndarray):
        return [np.ascontiguousarray(thing).tobytes()]
    if dataclasses.is_dataclass(thing):
        return [b for f in dataclasses.fields(thing) for b in figures(getattr(thing, f.name))]
    return [] if isinstance(thing, ArraySound) else [repr(thing).encode()]


@pytest.mark.parametrize("rate_hz", [RATE_HZ, 44_100, 11_025])
@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_of_any_length_give_the_same_bits(
    rate_hz: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = ArraySound(spoiled(channels)[:, : 12 * RATE_HZ + 321], rate_hz)
    heard: list[list[bytes]] = []
    for seconds in (1, 3, 1_000):
        monkeypatch.setattr(sources, "BLOCK_SECONDS", seconds)
        listening = listen(sound)
        assert isinstance(listening, Listening)
        tops = flat_tops(sound, listening.scan)
        assert tops[0] > 0
        answers = evaluate_listening(listening)
        levels = [figures(stem_levels(sound, role)) for role in ("bass", "lead")]
        heard.append([*figures(listening), repr((tops, answers, levels)).encode()])
    assert heard[0] == heard[1] == heard[2]


def test_frames_are_those_of_the_whole() -> None:
    audio = np.arange(1_000, dtype=np.float32)[None]
    frames = Frames(1, 1_000, 64, 24, 7)
    bounds = [0, 3, 400, 401, 990, 1_000]
    got = [v[0].copy() for a, b in pairwise(bounds)
           for _, v in frames.add(audio[:, a:b])]  # fmt: skip
    expected = np.lib.stride_tricks.sliding_window_view(audio[0], 64)[::24]
    assert np.array_equal(np.concatenate(got), expected)
    assert {len(v) for v in got[:-1]} == {7}
    assert frames.count == len(expected)


FORMATS = (
    ("wav", "PCM_24", 2), ("wav", "PCM_24", 1), ("wav", "PCM_16", 2), ("wav", "FLOAT", 2),
    ("flac", "PCM_24", 2), ("flac", "PCM_16", 1), ("ogg", "VORBIS", 2), ("aiff", "PCM_16", 2),
    ("mp3", "MPEG_LAYER_III", 2),
)  # fmt: skip


@pytest.mark.parametrize(("suffix", "subtype", "channels"), FORMATS)
def test_files_are_read_anywhere(
    suffix: str, subtype: str, channels: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"some.{suffix}"
    soundfile.write(path, spoiled(channels)[:, : 3 * RATE_HZ].T, RATE_HZ, subtype=subtype)
    whole, rate_hz = read_audio(path)
    for limit in (1 << 30, 0):  # unpacked in memory, unpacked on disk
        monkeypatch.setattr("songwright.audio.storage._IN_MEMORY_FRAMES", limit)
        sound = FileSound(path)
        assert (sound.channels, sound.frames) == whole.shape
        assert sound.sample_rate_hz == rate_hz == RATE_HZ
        for start, stop in ((5, 77), (0, 50_000), (whole.shape[1] - 9, whole.shape[1]), (3, 3)):
            block = sound.read(start, stop)
            assert block.flags.c_contiguous or suffix != "wav"
            assert np.array_equal(block, whole[:, start:stop])
        assert np.array_equal(sound.read(0, sound.frames), whole)


def with_chunk_before_samples(data: bytes) -> bytes:
    at = data.index(b"data")
    chunk = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    return data[:4] + struct.pack("<I", len(data) + len(chunk) - 8) + data[8:at] + chunk + data[at:]


def test_waves_of_24_bits_with_other_chunks(tmp_path: Path) -> None:
    path, odd = tmp_path / "a.wav", tmp_path / "b.wav"
    audio = spoiled()[:, :RATE_HZ]
    with AudioWriter(path, RATE_HZ) as writer:
        writer.write(audio)
    odd.write_bytes(with_chunk_before_samples(path.read_bytes()))
    for file in (path, odd):
        assert np.array_equal(Wave24(file, RATE_HZ).read(100, 900), read_audio(file)[0][:, 100:900])
    soundfile.write(path, audio.T, RATE_HZ, subtype="PCM_16")
    for wrong in (RATE_HZ, RATE_HZ - 1):
        with pytest.raises(ValueError, match="form"):
            Wave24(path, wrong)


def test_a_file_that_loses_its_end_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with AudioWriter(path, RATE_HZ) as writer:
        writer.write(spoiled()[:, : 2 * RATE_HZ])
    sound = FileSound(path)
    path.write_bytes(path.read_bytes()[: 6 * RATE_HZ])
    with pytest.raises(FileFormatError, match="damaged"):
        sound.read(RATE_HZ, 2 * RATE_HZ)


def test_memory_hardly_grows_with_the_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute of one stereo stem is 23 MB as samples; of master and stems less is kept."""
    for room in (sources, stems):  # what two threads hold when they meet is chance
        monkeypatch.setattr(room, "ThreadPoolExecutor", lambda _: ThreadPoolExecutor(1))
    minute = stereo(noise(-4.0, 3, 20 * RATE_HZ), noise(-4.0, 4, 20 * RATE_HZ))
    most = []
    for minutes in (1, 7):
        path = tmp_path / f"{minutes}.wav"
        with AudioWriter(path, RATE_HZ) as writer:
            for _ in range(3 * minutes):
                writer.write(minute)
        parts = dict.fromkeys(("lead", "bass", "drums", "pad"), path)
        tracemalloc.start()
        heard = hear_sound(FileSound(path), parts)
        evaluate_listening(heard)
        most.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
    assert heard is not None
    assert heard.seconds > SECONDS
    assert most[0] < 60.0
    assert (most[1] - most[0]) / 6.0 < 8.0
