"""The yardstick of the instrument table: known differences give known distances."""

import numpy as np
import pytest
from bench.instrument_distance import (
    attack_ms,
    centroid_hz,
    distance,
    fall_seconds,
    movement_db,
    spectral_distance_db,
    spectrum_db,
)
from tests.training.test_instrument_fit import string, time
from training.instruments.calibrate import TARGET_LUFS, calibrated

from songwright.audio.loudness import measure_loudness
from songwright.render.fitted.card import fitted_card, load_fitted
from songwright.render.fitted.tone import synthesise
from songwright.seeds import noise_rng


def test_a_note_is_no_way_from_itself_however_loud_or_late():
    note = string(220.0, 2.2)
    late = np.pad(0.3 * note, ((0, 0), (700, 0))).astype(np.float32)
    apart = distance(note, late)
    assert apart.spectral_db < 0.3
    assert apart.attack_ms == 0.0
    assert apart.decay < 0.02
    assert apart.centroid < 0.01


def test_a_tilted_spectrum_is_as_far_as_it_is_tilted():
    a = np.zeros((20, 24))
    b = np.where(np.arange(24) % 2 == 0, 4.0, -4.0) * np.ones((20, 1)) - 4.0
    assert spectral_distance_db(a, b) == pytest.approx(4.0)
    # what nobody hears does not count
    deaf = np.full((20, 24), -90.0)
    deaf[:, 0] = 0.0
    louder = deaf.copy()
    louder[:, 1:] = -62.0
    assert spectral_distance_db(deaf, louder) == 0.0


def test_attack_decay_and_brightness_are_what_they_were_made():
    note = string(220.0, 2.2, t60=1.5)
    assert fall_seconds(note) == pytest.approx(1.5, rel=0.05)
    assert attack_ms(note) <= 5.0
    slow = note * np.minimum(time(2.2) / 0.1, 1.0).astype(np.float32)
    assert 25.0 <= attack_ms(slow) <= 80.0
    assert centroid_hz(string(220.0, 2.2, slope_db=1.0)) > centroid_hz(note)


def test_chopping_is_movement_and_decay_is_not():
    note = string(220.0, 2.2)
    chopped = note * np.where(time(2.2) % 0.1 < 0.05, 1.0, 0.1).astype(np.float32)
    assert movement_db(note) < 0.5
    assert movement_db(chopped) == pytest.approx(8.0, abs=2.0)


def test_spectrum_of_silence_after_a_click_is_finite():
    click = np.zeros((2, 48000), np.float32)
    click[:, 10:40] = 0.5
    assert np.all(np.isfinite(spectrum_db(click)))


def test_shipped_instruments_are_calibrated():
    name = sorted(fitted_card().instruments)[0]
    model = load_fitted(name)
    assert calibrated(model).gain_db == pytest.approx(model.gain_db, abs=0.3)
    audio = synthesise(model, 60, 80, 96000, 48000, noise_rng(0, "test"))
    level = measure_loudness(audio, 48000).momentary_max_lufs
    assert level is not None
    assert level + model.gain_db == pytest.approx(TARGET_LUFS, abs=8.0)
