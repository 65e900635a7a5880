"""Whole numbers: rounding, dither, bytes; the bytes of a WAV file by hand."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from songwright.audio import AudioWriter, read_audio, write_audio
from songwright.audio.pcm import Quantiser, add_wav_bytes, put_on_grid, wav_bytes
from songwright.errors import OutputError

RATE = 48_000


def noise(count: int, level: float = 0.3) -> np.ndarray:
    sound = level * np.random.default_rng(2).standard_normal((2, count))
    return sound.clip(-0.99, 0.99).astype(np.float32)


def test_the_grid_survives_a_file(tmp_path) -> None:
    audio = noise(70_000)
    put_on_grid(audio)
    write_audio(tmp_path / "a.wav", audio, RATE)
    assert np.array_equal(read_audio(tmp_path / "a.wav")[0], audio)
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [0, 1, 3, 70_001])
def test_other_readers_agree(tmp_path, channels: int, frames: int) -> None:
    audio = noise(frames)[:channels]
    write_audio(tmp_path / "a.wav", audio, 44_100)
    read, rate = soundfile.read(tmp_path / "a.wav", dtype="float64", always_2d=True)
    assert rate == 44_100
    assert read.shape == (frames, channels)
    if frames:
        assert np.abs(read.T - audio).max() <= 2.0**-24 + 1e-9


def test_sums_on_the_grid_do_not_depend_on_their_order() -> None:
    stems = [np.roll(noise(5_000, 0.01 * (k + 1)), k, axis=1) for k in range(9)]
    for stem in stems:
        put_on_grid(stem)
    forward, back = (np.zeros((2, 5_000), np.float32) for _ in range(2))
    for stem in stems:
        forward += stem
    for stem in reversed(stems):
        back += stem
    assert np.abs(forward).max() < 2.0
    assert np.array_equal(forward, back)
    assert np.array_equal(forward, sum(s.astype(np.float64) for s in stems))


def test_bytes_of_a_file_add_up() -> None:
    audio, other = noise(1_000), noise(1_000, 0.1)[:, ::-1].copy()
    put_on_grid(audio)
    put_on_grid(other)
    total = other.copy()
    add_wav_bytes(bytes(wav_bytes(Quantiser(24, 2).whole(audio), 24)), total)
    assert np.array_equal(total, audio + other)


def test_dither_makes_the_error_independent_of_the_signal() -> None:
    time = np.arange(RATE) / RATE
    quiet = np.tile((0.4 * 2.0**-15 * np.sin(2 * np.pi * 1_000 * time)).astype(np.float32), (2, 1))
    plain = Quantiser(16, 2).whole(quiet)
    dithered = Quantiser(16, 2, dither_seed=7).whole(quiet)
    assert not plain.any()  # below half a step: rounding loses it altogether
    spectrum = np.abs(np.fft.rfft(dithered[:, 0].astype(float)))
    assert np.argmax(spectrum[1:]) + 1 == 1_000  # dither keeps it, under noise
    assert spectrum[1_000] / (RATE / 2) == pytest.approx(0.4, rel=0.1)
    error = dithered[:, 0] - quiet[0].astype(float) * 2**15
    assert np.var(error) == pytest.approx(0.25, rel=0.05)  # triangular: 1/6, and rounding: 1/12


def test_dither_is_seeded_and_leaves_silence_alone(tmp_path) -> None:
    audio = noise(10_000)
    audio[:, 4_000:6_000] = 0.0
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        with AudioWriter(tmp_path / f"{name}.wav", RATE, bits=16, dither_seed=seed) as writer:
            writer.write(audio)
    a, b, c = ((tmp_path / f"{n}.wav").read_bytes() for n in "abc")
    assert a == b != c
    assert not read_audio(tmp_path / "a.wav")[0][:, 4_000:6_000].any()


def test_the_end_of_the_scale() -> None:
    audio = np.array([[1.0, -1.0, 1.5, -1.5]], np.float32)
    quantiser = Quantiser(16, 1)
    assert quantiser.whole(audio)[:, 0].tolist() == [32_767, -32_768, 32_767, -32_768]
    assert quantiser.clipped == 2


def test_flac_with_16_bits(tmp_path) -> None:
    audio = noise(10_000)
    with AudioWriter(tmp_path / "a.flac", RATE, bits=16) as writer:
        writer.write(audio)
    assert soundfile.info(tmp_path / "a.flac").subtype == "PCM_16"
    assert np.abs(read_audio(tmp_path / "a.flac")[0] - audio).max() <= 2.0**-16 + 1e-9


def test_a_full_disk_is_told_and_costs_nothing(tmp_path, monkeypatch) -> None:
    write_audio(tmp_path / "a.wav", noise(100), RATE)
    before = (tmp_path / "a.wav").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("songwright.audio.files.wav_bytes", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write_audio(tmp_path / "a.wav", noise(200), RATE)
    assert (tmp_path / "a.wav").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
