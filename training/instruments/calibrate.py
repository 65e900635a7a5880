"""Make fitted instruments equally loud, as the built-in patches are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.audio.loudness import measure_loudness
from songwright.render.fitted.model import MF_VELOCITY, FittedInstrument
from songwright.render.fitted.tone import synthesise
from songwright.score.instruments import instrument
from songwright.seeds import noise_rng
from training.instruments.record import RATE_HZ

TARGET_LUFS = -24.0
PEAK_LIMIT_DB = -7.0
SHARES = (0.25, 0.45, 0.65)
NOTE_SECONDS = 2.0


def calibrated(model: FittedInstrument) -> FittedInstrument:
    """The instrument with the gain that brings mezzo-forte notes to -24 LUFS (momentary).

    Three notes of the comfortable range are played; none may come above -7 dBFS.
    """
    facts = instrument(model.id)
    plain = replace(model, gain_db=0.0)
    levels, peaks = [], []
    for share in SHARES:
        pitch = round(facts.comfort_low + share * (facts.comfort_high - facts.comfort_low))
        random = noise_rng(0, "calibrate", model.id, pitch)
        samples = round(NOTE_SECONDS * RATE_HZ)
        audio = synthesise(plain, pitch, MF_VELOCITY, samples, RATE_HZ, random)
        level = measure_loudness(audio, RATE_HZ).momentary_max_lufs
        levels.append(-70.0 if level is None else level)
        peaks.append(20.0 * np.log10(float(np.abs(audio).max()) + 1e-9))
    change = min(TARGET_LUFS - float(np.mean(levels)), PEAK_LIMIT_DB - max(peaks))
    return replace(model, gain_db=round(float(change), 2))
