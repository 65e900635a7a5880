"""What a fitted tone says about frequencies, levels and touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.render.fitted.model import (
    BANDS,
    KNOTS,
    KNOTS_MS,
    MF_VELOCITY,
    NOISE_BANDS_HZ,
    SILENT,
    gain_to_steps,
    steps_to_gain,
)
from tests.render.fitted.instruments import made_up, tone


def test_knots_and_bands_rise():
    assert len(KNOTS_MS) == KNOTS == 25
    assert len(NOISE_BANDS_HZ) == BANDS + 1
    assert np.all(np.diff(KNOTS_MS) > 0.0)
    assert np.all(np.diff(NOISE_BANDS_HZ) > 0.0)


def test_stiff_string_is_sharp_as_the_formula_says():
    b = 4e-4
    ratios = tone().frequency_ratios()
    assert ratios == pytest.approx([k * (1 + b * k * k) ** 0.5 for k in (1, 2, 3)])


def test_free_partials_keep_their_places():
    assert tone(free=True).frequency_ratios() == pytest.approx([0.5, 1.0, 2.0])


@given(st.floats(-126.0, 0.0))
def test_levels_come_back_within_half_a_step(level_db):
    gain = np.array([10.0 ** (level_db / 20.0)])
    back = steps_to_gain(gain_to_steps(gain, 0.0), 0.0)
    assert abs(20.0 * np.log10(back[0]) - level_db) <= 0.2501


def test_silence_stays_silence():
    assert gain_to_steps(np.zeros(3), -6.0).tolist() == [SILENT] * 3
    assert steps_to_gain(np.full(3, SILENT, np.uint8), -6.0).tolist() == [0.0] * 3


def test_instrument_knows_its_grid():
    instrument = made_up()
    assert instrument.pitches == (48, 60)
    assert instrument.velocities == (40, 80, 115)
    assert instrument.tone(48, 115).pitch == 48
    with pytest.raises(KeyError):
        instrument.tone(49, 115)


def test_harder_touch_is_brighter_and_mezzo_forte_unchanged():
    instrument = replace(made_up(), velocity_tilt_db=6.0)
    ratios = np.array([1.0, 2.0, 8.0, 1000.0])
    assert instrument.tilt_db(ratios, MF_VELOCITY) == pytest.approx(np.zeros(4))
    loud, soft = instrument.tilt_db(ratios, 127), instrument.tilt_db(ratios, 1)
    assert loud[0] == soft[0] == 0.0
    assert np.all(np.diff(loud) > 0.0)
    # over the whole range of touch an octave changes by the tilt
    assert loud[1] - soft[1] == pytest.approx(6.0)
    assert loud[3] - soft[3] == pytest.approx(5 * 6.0)
