"""What an instrument plays at a pitch: touches, tuning of free partials, smeared vibrato."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.render.fitted.model import FittedInstrument
from songwright.render.fitted.spectrum import is_section, played_spectrum, spectrum
from songwright.render.fitted.touch import LEAST_TILT_DB, law_db

from .drawn import drawn

DB = 20.0 / np.log(10.0)


def one_recording(kind: str = "held", **facts: float) -> FittedInstrument:
    """Three touches that are one tone at three levels."""
    base = drawn(kind, **facts)
    middle = {tone.pitch: tone for tone in base.tones if tone.velocity == 80}
    tones = tuple(
        replace(
            middle[tone.pitch],
            velocity=tone.velocity,
            level_db=middle[tone.pitch].level_db + 0.2 * (tone.velocity - 80),
        )
        for tone in base.tones
    )
    return replace(base, tones=tones)


def test_one_scaled_recording_gets_the_least_colour_of_touch() -> None:
    plain, lively = spectrum(one_recording(), 60), played_spectrum(one_recording(), 60)
    assert plain.partials.shape == lively.partials.shape
    tilt = []
    for voice in (plain, lively):
        soft, hard = voice.partials[1, 15], voice.partials[3, 15]  # velocities 40 and 115
        tilt.append(float(((hard - soft)[7] - (hard - soft)[0]) * DB / 3.0))  # three octaves
    assert tilt[0] == pytest.approx(0.0, abs=0.01)
    assert tilt[1] == pytest.approx(LEAST_TILT_DB * 75 / 126, abs=0.05)
    assert np.allclose(plain.partials[2], lively.partials[2], atol=1e-5)  # velocity 80


def test_recordings_with_colour_of_their_own_are_left_alone() -> None:
    base = drawn("held")
    steep = tuple(replace(tone, partials=tone.partials.copy()) for tone in base.tones)
    for tone in steep:
        fall = np.rint((115 - tone.velocity) / 5 * np.log2(np.arange(1, 11)))
        tone.partials[:] = np.minimum(tone.partials + fall[: tone.partials.shape[1]], 254)
    instrument = replace(base, tones=steep)
    assert np.array_equal(
        spectrum(instrument, 60).partials, played_spectrum(instrument, 60).partials
    )


def test_layers_reach_from_the_softest_to_the_hardest_touch() -> None:
    voice = spectrum(drawn("struck"), 60)
    assert voice.velocities[0] == 1.0
    assert voice.velocities[-1] == 127.0
    assert np.all(np.diff(voice.loudness_db) > 0)
    assert voice.layer(80.0) == pytest.approx(2.0)


def test_a_recorded_vibrato_is_gathered_from_the_noise() -> None:
    steady, shaken = drawn("held", -42.0), drawn("held", -42.0, vibrato_cents=15.0)
    clean, smeared = spectrum(shaken, 72), spectrum(steady, 72)
    band, partial = 17, 6  # 3700..4400 Hz holds the seventh of eight harmonics of C5
    assert clean.noise[2, 20, band] < smeared.noise[2, 20, band] - 0.5
    assert clean.partials[2, 20, partial] > smeared.partials[2, 20, partial] + 0.2
    # bands without a partial keep their noise
    assert clean.noise[2, 20, 0] == smeared.noise[2, 20, 0]
    power = [
        0.5 * np.exp(2 * v.partials[2, 20, partial]) + np.exp(2 * v.noise[2, 20, band])
        for v in (clean, smeared)
    ]
    assert power[0] == pytest.approx(power[1], rel=0.02)


def test_the_strongest_low_partial_gives_the_pitch() -> None:
    ratios = np.array([0.5, 1.01, 2.04, 5.4], np.float32)
    base = drawn("struck")
    tones = tuple(
        replace(t, ratios=ratios, partials=t.partials[:, :4].copy(), pans=t.pans[:4].copy(),
                phases=t.phases[:4].copy())
        for t in base.tones
    )  # fmt: skip
    voice = spectrum(replace(base, tones=tones), 60)
    assert voice.ratios[1] == pytest.approx(1.0)
    assert voice.ratios[3] == pytest.approx(5.4 / 1.01, rel=1e-5)


def test_a_soloist_is_no_section_however_wide_its_partials() -> None:
    wide = drawn("held", bandwidth_cents=6.0)
    assert is_section(wide)
    assert not is_section(replace(wide, id="violin"))
    assert is_section(replace(wide, id="string_ensemble_1"))


def test_the_law_of_touch() -> None:
    assert law_db(80.0, 1.3) == 0.0
    assert law_db(40.0, 2.0) == pytest.approx(-12.04, abs=0.01)
    assert np.isfinite(law_db(0.0, 1.3))


def test_players_leave_out_the_rumble_below_a_held_tone() -> None:
    instrument = drawn("held", noise_db=-60.0)
    heard, played = spectrum(instrument, 72, 0.0), spectrum(instrument, 72, 0.0, clean=True)
    taken = (heard.noise - played.noise)[:, 15] * DB
    assert np.all(taken[:, 0] > 30.0)  # 20 to 100 Hz under 523 Hz
    assert np.all(taken[:, 3:] == 0.0)  # from 300 Hz on nothing changes
    assert np.array_equal(heard.partials, played.partials)
    struck = drawn("struck", noise_db=-60.0)  # a knock is part of the instrument
    assert np.array_equal(spectrum(struck, 72).noise, spectrum(struck, 72, clean=True).noise)
