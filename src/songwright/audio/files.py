"""Audio files in and out: WAV and FLAC with 16 or 24 bits, MP3, Ogg Vorbis.

Writing goes beside the target and is renamed at the end, so a full disk never costs an older
file. Samples are handed to the encoder in blocks: one large Ogg write overruns the stack of
libsndfile 1.2.2, and a writer fed block by block need not hold the piece in memory.

Stems and mixes are rounded to 24 bits without dither: the error lies at -146 dBFS, below any
converter's own noise, and on that grid the sum of the stems *is* the mix. Finished masters are
dithered (see `songwright.audio.pcm`).
"""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
from numpy.typing import ArrayLike

from songwright.audio.buffers import Audio, checked_audio, checked_sample_rate
from songwright.audio.ogg import with_fixed_serial
from songwright.audio.pcm import BITS, LARGEST_WAV_BYTES, Quantiser, wav_bytes, wav_head
from songwright.closing import Closing
from songwright.errors import AudioError, FileFormatError, OutputError

BLOCK_FRAMES = 65_536

FORMATS: dict[str, dict[str, Any]] = {
    "wav": {"format": "WAV", "subtype": "PCM_24"},
    "flac": {"format": "FLAC", "subtype": "PCM_24"},
    "mp3": {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "bitrate_mode": "VARIABLE",
        "compression_level": 0.1,
    },
    "ogg": {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.2},
}
"""Encoder settings by format name, which is also the file name's suffix."""

_MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


class AudioWriter(Closing):
    """A file that takes audio block by block and appears under its name when it is complete.

    Use it as a context manager; leaving the block with an exception removes what was written.

    Parameters
    ----------
    path
        Target file; its folder must exist.
    sample_rate_hz, channels
        What every block will have; one or two channels.
    format
        ``wav``, ``flac``, ``mp3`` or ``ogg``; empty takes it from the suffix of `path`.
    bits
        16 or 24; WAV and FLAC only.
    dither_seed
        Dithers WAV and FLAC with this seed; None rounds.

    Attributes
    ----------
    frames
        Samples per channel written so far.

    Raises
    ------
    OutputError
        If the format is unknown or the file cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        sample_rate_hz: int,
        channels: int = 2,
        format: str = "",
        bits: int = 24,
        dither_seed: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.format = (format or self.path.suffix.lstrip(".")).lower()
        if self.format not in FORMATS:
            raise OutputError(f"cannot write {self.format!r} audio; use {', '.join(FORMATS)}")
        if bits not in BITS:
            raise OutputError(f"cannot write {bits} bits; use 16 or 24")
        self._rate = checked_sample_rate(sample_rate_hz)
        if self.format == "mp3" and self._rate not in _MP3_RATES:
            raise OutputError(
                f"MP3 cannot hold {self._rate} Hz; use 44,100 or 48,000 Hz or another format"
            )
        self.channels = channels
        self.frames = 0
        self._quantiser = Quantiser(bits, channels, dither_seed)
        self._over = 0
        self._beside = self.path.with_name(f".{self.path.name}.part")
        self._wav: BinaryIO | None = None
        self._encoder: soundfile.SoundFile | None = None
        try:
            if self.format == "wav":
                self._wav = self._beside.open("wb")
                self._wav.write(wav_head(0, channels, self._rate, bits))
            else:
                settings = dict(FORMATS[self.format])
                if self.format == "flac":
                    settings["subtype"] = f"PCM_{bits}"
                self._encoder = soundfile.SoundFile(
                    self._beside, "w", samplerate=self._rate, channels=channels, **settings
                )
        except (OSError, RuntimeError, TypeError) as error:
            self.discard()
            raise OutputError(f"cannot write {self.path}: {error}") from error

    @property
    def clipped(self) -> int:
        """Samples beyond full scale so far; integer formats cannot hold them."""
        return self._over + self._quantiser.clipped

    def write(self, audio: ArrayLike) -> None:
        """Append samples of shape ``(channels, samples)``."""
        samples = checked_audio(audio, f"audio for {self.path.name}", self.channels)
        for start in range(0, samples.shape[1], BLOCK_FRAMES):
            block = samples[:, start : start + BLOCK_FRAMES]
            try:
                self._write_block(block)
            except OSError as error:
                full = error.errno == errno.ENOSPC
                why = "the disk is full" if full else error.strerror or str(error)
                raise OutputError(f"cannot write {self.path}: {why}") from error
            except (RuntimeError, AssertionError) as error:
                raise OutputError(f"cannot write {self.path}: is the disk full? {error}") from error
        self.frames += samples.shape[1]

    def _write_block(self, block: Audio) -> None:
        if self._wav is not None:
            data = wav_bytes(self._quantiser.whole(block), self._quantiser.bits)
            if self._wav.tell() + len(data) > LARGEST_WAV_BYTES:
                raise OutputError(f"{self.path} is too long for a WAV file; use FLAC")
            self._wav.write(data)
        elif self._encoder is not None and self.format == "flac":
            # libsndfile takes the upper bits of 32.
            numbers = self._quantiser.whole(block)
            self._encoder.write(numbers << (32 - self._quantiser.bits))
        elif self._encoder is not None:
            self._over += int(np.count_nonzero(np.abs(block) > 1.0))
            self._encoder.write(block.T)

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            if self._wav is not None:
                if self._wav.tell() % 2:
                    self._wav.write(b"\0")
                self._wav.seek(0)
                self._wav.write(
                    wav_head(self.frames, self.channels, self._rate, self._quantiser.bits)
                )
                self._wav.close()
            elif self._encoder is not None:
                self._encoder.close()
            if soundfile.info(self._beside).frames < self.frames and self.format != "mp3":
                raise OutputError(f"cannot write {self.path}: the file came out short (disk full?)")
            if self.format == "ogg":
                self._beside.write_bytes(with_fixed_serial(self._beside.read_bytes()))
            self._beside.replace(self.path)
        except (OSError, RuntimeError, ValueError) as error:
            self._beside.unlink(missing_ok=True)
            raise OutputError(f"cannot write {self.path}: {error}") from error
        except OutputError:
            self._beside.unlink(missing_ok=True)
            raise

    def discard(self) -> None:
        """Remove what was written; the target keeps what it held before."""
        for file in (self._wav, self._encoder):
            with contextlib.suppress(OSError, RuntimeError):  # it is thrown away in any case
                if file is not None:
                    file.close()
        self._beside.unlink(missing_ok=True)


def write_audio(path: str | Path, audio: ArrayLike, sample_rate_hz: int, format: str = "") -> None:
    """Write samples ``(channels, samples)``; equal input gives equal bytes in every format.

    Parameters
    ----------
    path, sample_rate_hz, format
        See `AudioWriter`.
    audio
        One or two channels; samples beyond ±1 are limited.

    Raises
    ------
    AudioError
        If the samples are NaN, infinite or of the wrong shape.
    OutputError
        If the file cannot be written; an older file of that name is kept.
    """
    samples = checked_audio(audio, f"audio for {Path(path).name}")
    with AudioWriter(path, sample_rate_hz, samples.shape[0], format) as writer:
        writer.write(samples)


def read_audio(path: str | Path) -> tuple[Audio, int]:
    """Read a WAV, FLAC, MP3, Ogg or AIFF file with one or two channels.

    Returns
    -------
    audio : (channels, samples) float32
    sample_rate_hz : int

    Raises
    ------
    FileFormatError
        If the file is missing, damaged, cut off, has more than two channels or holds NaN.
    """
    try:
        with soundfile.SoundFile(path) as file:
            if file.channels > 2:
                raise FileFormatError(f"{path} has {file.channels} channels; give mono or stereo")
            promised, sample_rate_hz = int(file.frames), int(file.samplerate)
            audio = np.zeros((file.channels, promised), dtype=np.float32)
            filled = 0
            while filled < promised:
                block = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
                if not len(block):
                    break
                audio[:, filled : filled + len(block)] = block.T
                filled += len(block)
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        raise FileFormatError(f"cannot read {path} as audio: {error}") from error
    if filled < promised:
        raise FileFormatError(f"{path} ends after {filled} of {promised} samples; it is damaged")
    try:
        checked_sample_rate(sample_rate_hz)
        return checked_audio(audio, str(path)), sample_rate_hz
    except AudioError as error:
        raise FileFormatError(str(error)) from error
