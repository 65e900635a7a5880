"""Curves for the pictures of a report: loudness over time, spectrum against the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.evaluate.sound.listening import Listening
from songwright.evaluate.sound.loudness import short_term
from songwright.evaluate.sound.portrait import SoundPortrait, portrait_of
from songwright.mix.tonal import HIGH_HZ, LOW_HZ


@dataclass(frozen=True, slots=True)
class SoundCurves:
    """What is drawn of a sound.

    Attributes
    ----------
    seconds, short_term_lufs
        Middle and loudness of windows of 3 s, every 100 ms; silence reads -120; shape (windows,),
        empty for files shorter than 3 s.
    centre_hz, level_db, target_db
        Third octaves: level of the sound, and the target curve laid over it at the level at which
        both agree best from 50 Hz to 12 kHz; shape (bands,).
    style
        The style whose curve the target is; empty for recordings at large.
    portrait
        Spectrogram, stereo field and masking.
    """

    seconds: Samples64
    short_term_lufs: Samples64
    centre_hz: Samples64
    level_db: Samples64
    target_db: Samples64
    style: str = ""
    portrait: SoundPortrait | None = None


def sound_curves(sound: Listening) -> SoundCurves:
    """Curves of a sound that was listened to."""
    seconds, lufs = short_term(sound.scan)
    centres, levels = sound.long.third_octaves(sound.long.power)
    target = sound.manner.target_db(centres)
    inside = (centres >= LOW_HZ * 0.99) & (centres <= HIGH_HZ * 1.06)
    off = levels - target
    sounding = inside & (off > off[inside].max() - 36.0)
    return SoundCurves(
        seconds, lufs, centres, levels, target + float(np.mean(off[sounding])),
        sound.manner.style, portrait_of(sound),
    )  # fmt: skip
