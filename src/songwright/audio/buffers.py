"""The one shape of audio in Songwright: float32 ``(channels, samples)``, ±1.0 is full scale.

Compiled kernels are specialised on exactly this layout; everything from outside passes through
`checked_audio` first, so that a NaN or a transposed array is named where it enters and not found
later as a silent master.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songwright.errors import AudioError

Audio = NDArray[np.float32]
"""Samples of shape ``(channels, samples)``."""

Samples64 = NDArray[np.float64]

MAX_CHANNELS = 2
_CHECKED_FRAMES = 1 << 22


def checked_audio(audio: ArrayLike, what: str = "audio", channels: int | None = None) -> Audio:
    """Return samples as a contiguous float32 array ``(channels, samples)``, or refuse them.

    Parameters
    ----------
    audio
        Samples of shape ``(channels, samples)`` with one or two channels; may be empty.
    what
        Name used in error messages.
    channels
        Number of channels that is required, if any.

    Returns
    -------
    Audio
        The same array when it already fits, else a converted copy.

    Raises
    ------
    AudioError
        If the shape is wrong or a sample is not a finite number.
    """
    array: NDArray[Any] = np.asarray(audio)
    if array.ndim != 2 or not 1 <= array.shape[0] <= MAX_CHANNELS:
        raise AudioError(
            f"{what} has shape {array.shape}; pass (channels, samples) with one or two channels"
        )
    if channels is not None and array.shape[0] != channels:
        raise AudioError(f"{what} has {array.shape[0]} channel(s); {channels} are needed")
    if array.dtype.kind not in "fiu":
        raise AudioError(f"{what} holds {array.dtype} values; pass floating-point samples")
    with np.errstate(over="ignore"):
        samples = np.ascontiguousarray(array, dtype=np.float32)
    # Extremes instead of isfinite(...).all(): NaN and infinity show in them, without a temporary
    # array as long as the piece.
    for start in range(0, samples.shape[1], _CHECKED_FRAMES):
        block = samples[:, start : start + _CHECKED_FRAMES]
        if not (np.isfinite(block.min()) and np.isfinite(block.max())):
            raise AudioError(
                f"{what} holds NaN or infinite samples; the stage that made it is at fault"
            )
        release(samples)
    return samples


def release(array: Audio) -> None:
    """Let a memory-mapped array's pages go; they come back from disk when they are touched.

    Arrays that are not mapped are left alone.
    """
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is not None and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def checked_sample_rate(sample_rate_hz: int) -> int:
    """Return a usable sample rate, 8,000 to 384,000 Hz, or raise `AudioError`."""
    if not 8_000 <= sample_rate_hz <= 384_000:
        raise AudioError(f"sample rate {sample_rate_hz} Hz is outside 8,000 to 384,000 Hz")
    return int(sample_rate_hz)
