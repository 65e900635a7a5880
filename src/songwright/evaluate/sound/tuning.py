"""Is everybody in tune with everybody else?

Peaks of long spectra are compared with twelve equal steps an octave; the reference pitch is the one
that fits the piece best, so that 432 or 443 Hz are as right as 440.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.pitch_peaks import LEAST_PEAKS, cents_between, pitches

_OFF_CENTS = 20.0


@hears("out_of_tune")
def out_of_tune(sound: Listening) -> Iterator[Measurement]:
    if sound.sample_rate_hz < 4_000:
        raise NotDefined("the sample rate is too low")
    heard = pitches(sound.sound, sound.excerpts.thinned)
    if heard.cents.size < LEAST_PEAKS:
        raise NotDefined("hardly any tones stand out between 100 Hz and 1 kHz")
    reference = heard.reference_cents
    off = np.abs(heard.off_cents(reference)) > _OFF_CENTS
    share = float(heard.amplitude[off].sum() / heard.amplitude.sum())
    tuning = 440.0 * 2.0 ** (((reference + 50.0) % 100.0 - 50.0) / 1_200.0)
    yield found("out_of_tune", share, note=f"the tuning is a' = {tuning:.1f} Hz")


@hears("stem_tuning")
def stem_tuning(sound: Listening) -> Iterator[Measurement]:
    stems = sound.need_stems()
    tuned = {name: level.tuning for name, level in stems.levels.items() if abs(level.tuning) > 0.0}
    if len(tuned) < 2:
        raise NotDefined("fewer than two stems have tones between 100 Hz and 1 kHz")
    whole = sum(tuned.values())
    off = {name: cents_between(own, whole - own) for name, own in tuned.items()}
    worst = max(off, key=lambda name: abs(off[name]))
    note = f"the stem {worst} is {off[worst]:+.0f} cents off"
    yield found("stem_tuning", abs(off[worst]), note=note)
