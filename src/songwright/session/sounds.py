"""Sounds of the palette alone: a phrase suited to each, as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from songwright.audio import write_audio
from songwright.palette import Patch
from songwright.render import render_part
from songwright.render.synth.phrases import TEMPO_BPM, phrase

_RATE_HZ = 48_000
_PEAK = 10.0 ** (-3.0 / 20.0)


def write_sound(patch: Patch, path: Path, tempo_bpm: float = TEMPO_BPM) -> float:
    """Write the phrase of a patch's category, peaking at -3 dBFS; returns its length in seconds.

    Raises
    ------
    AudioError
        If the file cannot be written or its format is unknown.
    """
    part, seconds = phrase(patch, tempo_bpm)
    audio = render_part(part, round(seconds * _RATE_HZ), _RATE_HZ)
    peak = float(np.abs(audio).max())
    write_audio(path, audio * np.float32(_PEAK / max(peak, 1e-6)), _RATE_HZ)
    return seconds
