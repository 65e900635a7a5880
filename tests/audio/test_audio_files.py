"""Audio files: exact round trips, equal bytes, nothing half-written, damage named."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.audio import FORMATS, AudioWriter, checked_audio, read_audio, write_audio
from songwright.audio.ogg import SERIAL, page_checksum, with_fixed_serial
from songwright.errors import AudioError, FileFormatError, OutputError

RATE = 48_000


def noise(seconds: float, channels: int = 2, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return (0.1 * generator.standard_normal((channels, int(seconds * RATE)))).astype(np.float32)


@pytest.mark.parametrize("format", ["wav", "flac"])
@pytest.mark.parametrize("channels", [1, 2])
def test_lossless_formats_keep_24_bits(tmp_path: Path, format: str, channels: int) -> None:
    audio = noise(2.0, channels)
    path = tmp_path / f"a.{format}"
    write_audio(path, audio, RATE)
    read, rate = read_audio(path)
    assert rate == RATE
    assert read.shape == audio.shape
    assert np.abs(read - audio).max() <= 2.0**-23
    assert soundfile.info(path).subtype == "PCM_24"


@pytest.mark.parametrize("format", ["mp3", "ogg"])
def test_lossy_formats_keep_length_and_sound(tmp_path: Path, format: str) -> None:
    time = np.arange(3 * RATE) / RATE
    audio = np.stack([0.5 * np.sin(2 * np.pi * 440 * time), 0.3 * np.sin(2 * np.pi * 660 * time)])
    path = tmp_path / f"a.{format}"
    write_audio(path, audio, RATE)
    read, rate = read_audio(path)
    assert (rate, read.shape) == (RATE, audio.shape)
    assert np.abs(read - audio)[:, RATE:-RATE].max() < 0.02


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_equal_audio_gives_equal_bytes(tmp_path: Path, format: str) -> None:
    audio = noise(1.5)
    write_audio(tmp_path / "a", audio, RATE, format)
    write_audio(tmp_path / "b", audio, RATE, format)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("format", ["wav", "flac", "ogg"])
def test_blocks_of_any_size_give_the_same_file(tmp_path: Path, format: str) -> None:
    audio = noise(3.1)
    write_audio(tmp_path / "whole", audio, RATE, format)
    with AudioWriter(tmp_path / "blocks", RATE, 2, format) as writer:
        for start in range(0, audio.shape[1], 65_536):
            writer.write(audio[:, start : start + 65_536])
    assert writer.frames == audio.shape[1]
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "blocks").read_bytes()


def test_a_long_ogg_does_not_crash_the_encoder(tmp_path: Path) -> None:
    # One write of this size overruns the stack of libsndfile 1.2.2.
    long = np.zeros((2, 4_500_000), dtype=np.float32)
    write_audio(tmp_path / "long.ogg", long, RATE)
    assert read_audio(tmp_path / "long.ogg")[0].shape == long.shape


def test_stems_written_with_24_bits_sum_to_the_mix(tmp_path: Path) -> None:
    stems = [0.3 * noise(1.0, seed=seed) for seed in range(12)]
    mix = np.zeros_like(stems[0])
    read = np.zeros(stems[0].shape, dtype=np.float64)
    for index, stem in enumerate(stems):
        mix += stem
        write_audio(tmp_path / f"{index}.wav", stem, RATE)
        read += read_audio(tmp_path / f"{index}.wav")[0]
    write_audio(tmp_path / "mix.wav", mix, RATE)
    difference = np.abs(read - read_audio(tmp_path / "mix.wav")[0]).max()
    assert 20 * np.log10(difference) < -90.0


def test_silence_stays_digital_silence(tmp_path: Path) -> None:
    write_audio(tmp_path / "s.wav", np.zeros((2, 1000), np.float32), RATE)
    assert not read_audio(tmp_path / "s.wav")[0].any()


def test_samples_beyond_full_scale_are_limited_and_counted(tmp_path: Path) -> None:
    loud = np.array([[0.5, 1.5, -2.0, 0.1]], dtype=np.float32)
    with AudioWriter(tmp_path / "l.wav", RATE, 1) as writer:
        writer.write(loud)
    assert writer.clipped == 2
    read = read_audio(tmp_path / "l.wav")[0][0]
    assert read == pytest.approx([0.5, 1.0, -1.0, 0.1], abs=1e-6)


def test_an_exception_keeps_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, noise(0.1), RATE)
    before = path.read_bytes()
    with pytest.raises(AudioError), AudioWriter(path, RATE, 2) as writer:
        writer.write(noise(0.5))
        writer.write(np.full((2, 4), np.nan))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    "audio",
    [np.zeros(5), np.zeros((3, 10)), np.zeros((2, 2, 2)), np.array([[np.nan, 0.0]]),
     np.array([[np.inf, 0.0]]), np.array([[1e300, 0.0]]), np.array([["a", "b"]])],
)  # fmt: skip
def test_impossible_samples_are_refused(audio: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        checked_audio(audio)
    with pytest.raises(AudioError):
        write_audio(tmp_path / "a.wav", audio, RATE)
    assert not list(tmp_path.iterdir())


def test_checked_audio_does_not_copy_what_fits() -> None:
    audio = noise(0.01)
    assert checked_audio(audio) is audio
    assert checked_audio(audio[:, ::2]).flags.c_contiguous


def test_targets_that_cannot_be_written(tmp_path: Path) -> None:
    audio = noise(0.01)
    with pytest.raises(OutputError, match="xyz"):
        write_audio(tmp_path / "a.xyz", audio, RATE)
    with pytest.raises(OutputError):
        write_audio(tmp_path / "missing" / "a.wav", audio, RATE)
    with pytest.raises(OutputError, match="MP3"):
        write_audio(tmp_path / "a.mp3", audio, 96_000)
    with pytest.raises(AudioError):
        write_audio(tmp_path / "a.wav", audio, 100)


def damaged(tmp_path: Path) -> dict[str, Path]:
    write_audio(tmp_path / "good.wav", noise(1.0), RATE)
    write_audio(tmp_path / "good.flac", noise(1.0), RATE)
    cases = {
        "empty": b"",
        "text": b"this is not audio at all " * 20,
        "header": (tmp_path / "good.wav").read_bytes()[:30],
        "flac cut": (tmp_path / "good.flac").read_bytes()[:5_000],
    }
    paths = {"missing": tmp_path / "nothing.wav"}
    for name, data in cases.items():
        paths[name] = tmp_path / f"{name}.wav"
        paths[name].write_bytes(data)
    surround = np.zeros((100, 6))
    soundfile.write(tmp_path / "surround.wav", surround, RATE)
    paths["surround"] = tmp_path / "surround.wav"
    soundfile.write(tmp_path / "nan.wav", np.full((100, 2), np.nan), RATE, subtype="FLOAT")
    paths["nan"] = tmp_path / "nan.wav"
    return paths


def test_damaged_files_are_named(tmp_path: Path) -> None:
    for name, path in damaged(tmp_path).items():
        with pytest.raises(FileFormatError) as caught:
            read_audio(path)
        assert path.name in str(caught.value), name


def test_ogg_pages_get_serial_and_valid_checksum(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.ogg", noise(1.0), RATE)
    data = (tmp_path / "a.ogg").read_bytes()
    page_end = data.index(b"OggS", 4)
    assert struct.unpack_from("<I", data, 14)[0] == SERIAL
    first = bytearray(data[:page_end])
    (stored,) = struct.unpack_from("<I", first, 22)
    first[22:26] = bytes(4)
    assert plain_crc(bytes(first)) == stored
    with pytest.raises(ValueError, match="byte 0"):
        with_fixed_serial(b"RIFF" + bytes(40))
    with pytest.raises(ValueError, match="cut off"):
        with_fixed_serial(data[: page_end - 3])


def plain_crc(data: bytes) -> int:
    """The checksum of RFC 3533 bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x8000_0000 else crc << 1) & 0xFFFF_FFFF
    return crc


def test_page_checksum_is_not_zlibs_own() -> None:
    for data in (b"", b"a", bytes(range(256))):
        assert page_checksum(data) == plain_crc(data)
    assert page_checksum(b"abc") != zlib.crc32(b"abc")


def test_a_full_disk_is_said_and_keeps_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.flac"
    write_audio(path, noise(0.1), RATE)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise soundfile.LibsndfileError(2)

    monkeypatch.setattr(soundfile.SoundFile, "write", full)
    with pytest.raises(OutputError, match="disk full"):
        write_audio(path, noise(1.0), RATE)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.flac"]


@pytest.mark.parametrize(("bits", "tag", "samples_at"), [(16, 1, 44), (24, 0xFFFE, 68)])
@pytest.mark.parametrize(("channels", "speakers"), [(1, 4), (2, 3)])
def test_wav_heads_follow_the_standard(
    bits: int, tag: int, samples_at: int, channels: int, speakers: int, tmp_path: Path
) -> None:
    path = tmp_path / "tone.wav"
    with AudioWriter(path, 48_000, channels, bits=bits) as writer:
        writer.write(np.full((channels, 101), 0.25, np.float32))
    data = path.read_bytes()
    assert int.from_bytes(data[20:22], "little") == tag
    assert data[samples_at - 8 : samples_at - 4] == b"data"
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    facts = soundfile.info(str(path))
    assert (facts.format, facts.subtype) == ("WAVEX" if bits == 24 else "WAV", f"PCM_{bits}")
    if bits == 24:
        assert int.from_bytes(data[40:44], "little") == speakers
    flac = shutil.which("flac")
    if flac is not None:  # a strict reader, without a warning
        subprocess.run([flac, "-s", "--warnings-as-errors", "-o", str(tmp_path / "tone.flac"),
                        str(path)], check=True)  # fmt: skip
