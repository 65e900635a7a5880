"""How stems begin and end: laid out on the exact length, wrapped for loops, faded to zero.

A last chord is written to the end of its bar, and the file ends there. Who can hold a note lets go
a little earlier, as players do, so that the room is heard to answer within the length that was
asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import release

ENDINGS = ("final", "ring", "fade", "hard", "loop")

_HARD_SECONDS = 0.02
_FINAL_SECONDS = 1.5
_RING_SECONDS = 2.0
_FADE_SECONDS = 6.0
_RELEASE_SECONDS = 0.5
_ROOM_SHARE = 0.6  # of the decay time: by then the room is 36 dB down
_LEAST_ROOM_SECONDS, _MOST_ROOM_SECONDS = 0.7, 2.0
_TAIL_BEND = 2.0  # a last chord keeps its level; only its tail is shaped
_FADE_BLOCK = 65_536
_COPY_BLOCK = 1 << 22


def lay_out(dry: Audio, length_samples: int, ending: str, lead_in_samples: int = 0) -> Audio:
    """Copy a dry stem to its place in the piece.

    Parameters
    ----------
    dry
        Stereo samples ``(2, n)``; what is longer than the piece is the tail of its last notes.
    length_samples
        Length of the piece.
    ending
        With ``loop`` the tail is added to the start, as often as it goes round; otherwise it is
        cut.
    lead_in_samples
        For ``loop``: this much of the end is put before the start, so that filters, compressors
        and reverberation that follow are in full swing when the loop begins.

    Returns
    -------
    Audio
        New array ``(2, lead_in_samples + length_samples)``.
    """
    laid = np.zeros((2, lead_in_samples + length_samples), dtype=np.float32)
    if not length_samples:
        return laid
    piece = laid[:, lead_in_samples:]
    kept = min(length_samples, dry.shape[1])
    release(dry)  # what lies on disk need not be held beside its copy
    for start in range(0, kept, _COPY_BLOCK):
        stop = min(kept, start + _COPY_BLOCK)
        piece[:, start:stop] = dry[:, start:stop]
        release(dry)
    if ending != "loop":
        return laid
    for start in range(length_samples, dry.shape[1], length_samples):
        tail = dry[:, start : start + length_samples]
        piece[:, : tail.shape[1]] += tail
    end = lead_in_samples
    while end > 0:
        count = min(end, length_samples)
        laid[:, end - count : end] = piece[:, length_samples - count :]
        end -= count
    return laid


def fade_samples(ending: str, length_samples: int, sample_rate_hz: int) -> int:
    """Length of the closing fade; never more than two fifths of the piece."""
    seconds = {
        "hard": _HARD_SECONDS,
        "ring": _RING_SECONDS,
        "fade": _FADE_SECONDS,
        "loop": 0.0,
    }.get(ending, _FINAL_SECONDS)
    return min(round(seconds * sample_rate_hz), 2 * length_samples // 5)


def let_go(
    audio: Audio, last_onset_seconds: float, rt60_seconds: float, sample_rate_hz: int
) -> None:
    """Release in place what a part still holds at the end of a piece, before it goes to its room.

    Parameters
    ----------
    audio
        The part without its room, ``(2, n)``, as long as the piece.
    last_onset_seconds
        Onset of its last note, which keeps at least half of its length.
    rt60_seconds
        Decay time of the room, 0 where there is none: the longer, the sooner the release.
    """
    length = audio.shape[1]
    room = min(max(_ROOM_SHARE * rt60_seconds, _LEAST_ROOM_SECONDS), _MOST_ROOM_SECONDS)
    count = round(_RELEASE_SECONDS * sample_rate_hz)
    onset = min(max(round(last_onset_seconds * sample_rate_hz), 0), length)
    first = max(length - round(room * sample_rate_hz) - count, (onset + length) // 2)
    count = min(count, length - first)
    if count > 0:
        fade_out(audio[:, : first + count], count)
        audio[:, first + count :] = 0.0


def close(audio: Audio, ending: str, sample_rate_hz: int) -> None:
    """Fade the end of a stem in place so that its last sample is zero.

    The curve is the same for every stem, so faded stems add up to the faded mix. A loop is left
    alone: its end runs into its start.
    """
    bend = 1.0 if ending in ("fade", "hard") else _TAIL_BEND
    fade_out(audio, fade_samples(ending, audio.shape[1], sample_rate_hz), bend)


def fade_out(audio: Audio, count: int, bend: float = 1.0) -> None:
    """Fade the last ``count`` samples of ``(channels, samples)`` to zero on cos², in place.

    ``bend`` above 1 holds the level longer: with 2 it is down by 1.4 dB half-way, with 1 by 6 dB.
    """
    first = audio.shape[1] - count
    for start in range(0, count, _FADE_BLOCK):
        stop = min(count, start + _FADE_BLOCK)
        audio[:, first + start : first + stop] *= fade_gain(start, stop, count, bend)


def fade_gain(start: int, stop: int, count: int, bend: float = 1.0) -> NDArray[np.float32]:
    """Gains of samples ``start`` to ``stop`` of a fade of ``count``; the last is exactly zero."""
    turn = np.arange(start + 1, stop + 1) / count
    curve = np.cos(0.5 * np.pi * turn**bend) ** 2
    if stop == count:
        curve[-1] = 0.0
    return curve.astype(np.float32)
