"""Tape stop: for a moment the sound winds down, as when a machine loses its current."""

from __future__ import annotations

import numpy as np

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.curves import Timeline, seconds_of_bars

_FADE_SHARE = 0.12  # of its length: a tape that stands still must not leave a constant
_RESUME_SECONDS = 0.002


def wind_down(audio: Audio, stops: tuple[tuple[float, float], ...], timeline: Timeline) -> None:
    """Let stereo samples ``(2, n)`` wind down in place.

    From the begin of each stop to its end the speed falls evenly from 1 to 0, and with it the
    pitch; at its end the sound goes on where it would be without the stop. The tape moves as a
    function of time alone: parts that stop together stay together, and their sum is the stop of
    their sum.

    Parameters
    ----------
    audio
        Changed in place.
    stops
        (begin, end) in bars, ascending.
    timeline
        Times of the samples and of the bars.
    """
    if not timeline.bar_seconds:
        return
    rate = timeline.sample_rate_hz
    turns = (-1, 0, 1) if timeline.loop_samples else (0,)
    for begin_bar, end_bar in stops:
        seconds = seconds_of_bars(np.array([begin_bar, end_bar]), timeline.bar_seconds)
        for turn in turns:
            shift = timeline.lead_in_samples + turn * timeline.loop_samples
            begin, end = (round(float(s) * rate) + shift for s in seconds)
            end = min(end, audio.shape[1])  # the last bar line may be rounded past the last sample
            if 0 <= begin < end <= audio.shape[1]:
                _stop(audio, begin, end, rate)


def _stop(audio: Audio, begin: int, end: int, rate: int) -> None:
    length = end - begin
    time: Samples64 = np.arange(length, dtype=np.float64)
    # Speed 1 - t / T: half of the sound between begin and end is heard.
    position = time - time**2 / (2.0 * length)
    fade = np.clip((length - time) / max(1.0, _FADE_SHARE * length), 0.0, 1.0)
    fade = 0.5 - 0.5 * np.cos(np.pi * fade)
    here = np.arange(length)
    resume = min(round(_RESUME_SECONDS * rate), audio.shape[1] - end)
    for channel in audio:
        channel[begin:end] = np.interp(position, here, channel[begin:end]) * fade
        channel[end : end + resume] *= np.linspace(0.0, 1.0, resume, dtype=np.float32)
