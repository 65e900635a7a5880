"""Float samples to whole numbers: rounding, dither, and the bytes of a WAV file.

Without dither a sample is rounded to the nearest step of 2⁻²³ (24 bits) or 2⁻¹⁵ (16 bits), so that
what is read back is on that grid, and a sum of a few such sounds in float32 is exact whatever its
order. With dither, triangular noise of ±1 step is added before rounding (S. Lipshitz,
R. Wannamaker, J. Vanderkooy, *Quantization and dither*, JAES 40(5), 1992): the error is then noise
of constant power and not distortion. Digital silence stays silent.
"""

from __future__ import annotations

import struct

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio.buffers import Audio
from songwright.seeds import noise_rng

BITS = (16, 24)

WholeNumbers = NDArray[np.int32]
"""Samples ``(n, channels)`` as integers of 16 or 24 bits, interleaved as files hold them."""

LARGEST_WAV_BYTES = 2**32 - 2**16
"""Samples that a WAV file can hold (its sizes have 32 bits), with room for its other chunks."""

_PCM, _EXTENSIBLE = 1, 0xFFFE
_SPEAKERS = {1: 0x4, 2: 0x1 | 0x2}  # front centre; front left and right
_SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")
"""The rest of the identifier whose first two bytes are a plain format tag."""


class Quantiser:
    """Turns a stream of blocks into whole numbers.

    Parameters
    ----------
    bits
        16 or 24.
    channels
        One or two.
    dither_seed
        Seed of the dither; None rounds without it.

    Attributes
    ----------
    clipped
        Samples beyond full scale so far, which are limited to it.
    """

    def __init__(self, bits: int, channels: int, dither_seed: int | None = None) -> None:
        self.bits = bits
        self.clipped = 0
        self._dithered = dither_seed is not None
        generator = noise_rng(dither_seed or 0, "audio", "dither")
        self._state = generator.integers(1, 2**63, size=channels, dtype=np.uint64)

    def whole(self, audio: Audio) -> WholeNumbers:
        """The next samples ``(channels, n)`` as whole numbers ``(n, channels)``."""
        numbers = np.empty((audio.shape[1], audio.shape[0]), np.int32)
        scale = np.float32(2 ** (self.bits - 1))
        self.clipped += _quantise(audio, scale, self._dithered, self._state, numbers)
        return numbers


@njit(cache=True, nogil=True)
def _quantise(audio, scale, dithered, state, numbers):  # type: ignore[no-untyped-def]
    """Scale, dither and round to the nearest, ties to even. Returns how many samples clipped."""
    clipped = 0
    top = np.float64(scale) - 1.0
    low = -np.float64(scale)
    to_unit = 1.0 / 18446744073709551616.0
    for c in range(audio.shape[0]):
        s = state[c]
        for i in range(audio.shape[1]):
            x = np.float64(audio[c, i]) * np.float64(scale)
            if x > -low or x < low:
                clipped += 1
            if dithered and x != 0.0:
                # Two draws of a 64-bit xorshift generator: their difference is triangular.
                s ^= s << np.uint64(13)
                s ^= s >> np.uint64(7)
                s ^= s << np.uint64(17)
                x += np.float64(s) * to_unit
                s ^= s << np.uint64(13)
                s ^= s >> np.uint64(7)
                s ^= s << np.uint64(17)
                x -= np.float64(s) * to_unit
            numbers[i, c] = np.int32(np.rint(min(top, max(low, x))))
        state[c] = s
    return clipped


def put_on_grid(audio: Audio, bits: int = 24) -> None:
    """Round samples to what a file of 16 or 24 bits will hold, in place."""
    _put_on_grid(audio, np.float32(2 ** (bits - 1)))


@njit(cache=True, nogil=True)
def _put_on_grid(audio, scale):  # type: ignore[no-untyped-def]
    top = np.float64(scale) - 1.0
    for c in range(audio.shape[0]):
        for i in range(audio.shape[1]):
            x = np.rint(np.float64(audio[c, i]) * np.float64(scale))
            audio[c, i] = min(top, max(-np.float64(scale), x)) / np.float64(scale)


@njit(cache=True, nogil=True)
def _pack_24(numbers, packed):  # type: ignore[no-untyped-def]
    for i in range(numbers.shape[0]):
        value = numbers[i]
        packed[3 * i] = value & 0xFF
        packed[3 * i + 1] = (value >> 8) & 0xFF
        packed[3 * i + 2] = (value >> 16) & 0xFF


@njit(cache=True, nogil=True)
def _add_24(packed, audio):  # type: ignore[no-untyped-def]
    """Add packed 24-bit stereo samples to samples ``(2, n)``; exact below 2."""
    unit = np.float32(1.0 / 8388608.0)
    for i in range(audio.shape[1]):
        for c in range(2):
            at = 6 * i + 3 * c
            value = np.int32(packed[at]) | (np.int32(packed[at + 1]) << 8)
            value |= np.int32(np.int8(packed[at + 2])) << 16
            audio[c, i] += np.float32(value) * unit


def add_wav_bytes(data: bytes, audio: Audio) -> None:
    """Add the PCM of a 24-bit stereo WAV file to samples ``(2, n)`` of the same length."""
    _add_24(np.frombuffer(data, np.uint8), audio)


def wav_bytes(numbers: WholeNumbers, bits: int) -> memoryview:
    """Whole numbers as little-endian PCM of 16 or 24 bits."""
    flat = numbers.reshape(-1)
    if bits == 16:
        return flat.astype("<i2").data.cast("B")
    packed = np.empty(3 * len(flat), np.uint8)
    _pack_24(flat, packed)
    return packed.data


def wav_head(frames: int, channels: int, sample_rate_hz: int, bits: int) -> bytes:
    """What stands before the samples of a PCM WAV file: 44 bytes, or 68 above 16 bits.

    There the format is written as ``WAVE_FORMAT_EXTENSIBLE`` with its speakers, which Microsoft's
    standard asks for above 16 bits or two channels (*Multiple channel audio data and WAVE files*,
    2007); the plain form is "legacy" to strict readers, such as ``flac``.
    """
    width = channels * bits // 8
    size = frames * width
    tag = _EXTENSIBLE if bits > 16 else _PCM
    form = struct.pack(
        "<HHIIHH", tag, channels, sample_rate_hz, sample_rate_hz * width, width, bits
    )
    if bits > 16:
        form += struct.pack("<HHIH", 22, bits, _SPEAKERS[channels], _PCM) + _SUBFORMAT
    return b"".join((
        b"RIFF", struct.pack("<I", 20 + len(form) + size + size % 2), b"WAVEfmt ",
        struct.pack("<I", len(form)), form, b"data", struct.pack("<I", size),
    ))  # fmt: skip
