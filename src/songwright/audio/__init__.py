"""Audio: buffers, files, loudness and spectra. Knows nothing of music."""

from __future__ import annotations

from songwright.audio.buffers import Audio, checked_audio, checked_sample_rate
from songwright.audio.files import FORMATS, AudioWriter, read_audio, write_audio
from songwright.audio.loudness import (
    Loudness,
    LoudnessMeter,
    integrated_lufs,
    measure_loudness,
    short_term_curve,
)
from songwright.audio.spectrum import average_spectrum, band_levels, third_octave_levels
from songwright.audio.storage import AudioBuffer, AudioSource, FileSource, new_buffer
from songwright.audio.truepeak import TruePeakMeter, true_peak

__all__ = [
    "FORMATS",
    "Audio",
    "AudioBuffer",
    "AudioSource",
    "AudioWriter",
    "FileSource",
    "Loudness",
    "LoudnessMeter",
    "TruePeakMeter",
    "average_spectrum",
    "band_levels",
    "checked_audio",
    "checked_sample_rate",
    "integrated_lufs",
    "measure_loudness",
    "new_buffer",
    "read_audio",
    "short_term_curve",
    "third_octave_levels",
    "true_peak",
    "write_audio",
]
