"""Colour of the sound frame by frame: centroid, flatness, spectral crest, sibilance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.spans import stretches
from songwright.evaluate.sound.stems import FRAMES_PER_SECOND
from songwright.evaluate.sound.tonal import band_peaks


@hears("centroid", "centroid_p90", "flatness", "spectral_crest")
def colour(sound: Listening) -> Iterator[Measurement]:
    short = sound.short
    active = short.active
    if not active.any():
        raise NotDefined("no frame sounds")
    median, high = np.percentile(short.centroid_hz[active], [50.0, 90.0])
    yield found("centroid", float(median))
    yield found("centroid_p90", float(high),
                stretches(active & (short.centroid_hz >= high), short.hop_seconds),
                "the brightest")  # fmt: skip
    yield found("flatness", float(np.median(short.flatness[active])))
    yield found("spectral_crest", float(np.median(short.crest_db[active])))


@hears("sibilance")
def sibilance(sound: Listening) -> Iterator[Measurement]:
    if sound.sample_rate_hz < 20_500:
        raise NotDefined(f"a sample rate of {sound.sample_rate_hz} Hz ends below 10 kHz")
    leads = sound.stems.of_role("lead") if sound.stems else ()
    if sound.stems and leads:
        tables = [sound.stems.levels[name].bark for name in leads]
        whole = np.asarray(sum(table.sum(axis=1) for table in tables))
        power = np.asarray(sum(table[:, 19:22].sum(axis=1) for table in tables))  # 5.3 to 9.5 kHz
        step, who = 1.0 / FRAMES_PER_SECOND, "the lead's esses"
    else:
        power, whole = sound.short.band("sibilant"), sound.short.power
        step, who = sound.short.hop_seconds, "the most sibilant"
    # Only while it sounds at its own level: the fading of a note is no ess.
    active = whole > max(1e-9, 1e-2 * float(np.percentile(whole, 95.0)))
    spread, where = band_peaks(power, whole, active)
    yield found("sibilance", spread, stretches(where, step), who if where.any() else "")
