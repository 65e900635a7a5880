"""Sounds of the palette alone: a phrase suited to each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from songwright.audio import Audio, write_audio
from songwright.palette import Patch
from songwright.render import render_part
from songwright.render.synth.phrases import TEMPO_BPM, phrase

RATE_HZ = 48_000
_PEAK = 10.0 ** (-3.0 / 20.0)


def sound_alone(patch: Patch, tempo_bpm: float = TEMPO_BPM) -> Audio:
    """The phrase of a patch's category, float32 (2, samples) at `RATE_HZ`, peaking at -3 dBFS."""
    part, seconds = phrase(patch, tempo_bpm)
    audio = render_part(part, round(seconds * RATE_HZ), RATE_HZ)
    return audio * np.float32(_PEAK / max(float(np.abs(audio).max()), 1e-6))


def write_sound(patch: Patch, path: Path, tempo_bpm: float = TEMPO_BPM) -> float:
    """Write `sound_alone` to a file; returns its length in seconds.

    Raises
    ------
    AudioError
        If the file cannot be written or its format is unknown.
    """
    audio = sound_alone(patch, tempo_bpm)
    write_audio(path, audio, RATE_HZ)
    return float(audio.shape[1] / RATE_HZ)
