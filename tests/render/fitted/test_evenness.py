"""Keys are levelled, registers stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.render.fitted.evenness import MOST_DB, even_db
from songwright.render.fitted.model import FittedInstrument

from .drawn import drawn


def moved(gains_db: dict[int, float]) -> FittedInstrument:
    base = drawn("held", -140.0)
    tones = tuple(
        replace(tone, level_db=tone.level_db + gains_db.get(tone.pitch, 0.0)) for tone in base.tones
    )
    return replace(base, tones=tones)


def test_a_key_that_sticks_out_is_brought_back() -> None:
    plain, loud = drawn("held", -140.0), moved({60: 6.0})
    change = {p: even_db(loud, p) - even_db(plain, p) for p in (48, 60, 72)}
    # one of five keys has a voice in where the register bends
    assert change[60] - (change[48] + change[72]) / 2 == pytest.approx(-5.0, abs=1.0)
    assert even_db(loud, 54) == pytest.approx((even_db(loud, 48) + even_db(loud, 60)) / 2)


def test_a_gentle_slope_is_the_register_and_stays() -> None:
    plain = drawn("held", -140.0)
    sloped = moved({36: -2.0, 48: -1.0, 60: 0.0, 72: 1.0, 84: 2.0})
    for pitch in (36, 60, 84):
        assert even_db(sloped, pitch) == pytest.approx(even_db(plain, pitch), abs=0.7)


def test_a_weak_treble_does_not_make_a_strong_bass() -> None:
    plain = drawn("held", -140.0)
    falling = moved({72: -5.0, 84: -10.0})
    # a straight line would lift the bass of such a keyboard by some decibels
    assert abs(even_db(falling, 36) - even_db(plain, 36)) < 1.6
    assert even_db(falling, 84) - even_db(plain, 84) > 1.0


def test_no_key_is_moved_far() -> None:
    wild = moved({48: 30.0})
    assert np.abs([even_db(wild, p) for p in range(30, 90)]).max() <= MOST_DB
