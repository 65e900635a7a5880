"""Tremolo of one player and of a section; bows that turn in a slurred line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.render.fitted.bowing import stroke_gain, strokes_of
from songwright.render.fitted.held import HeldInstrument, Playing
from songwright.render.fitted.source import TREMOLO_HZ, _by_bowing
from songwright.render.patch_model import Onset, Vibrato
from songwright.seeds import noise_rng

from .drawn import RATE_HZ, drawn, part

STILL = Vibrato(cents=0.0)
CALM = Onset(drift_cents=0.0, legato=True, glide_seconds=0.04)


def shake_db(section: bool) -> float:
    seconds = np.arange(0.0, 8.0, 0.005)
    gains = stroke_gain(strokes_of(seconds, TREMOLO_HZ, section, noise_rng(0, "bows")))
    return float((10.0 * np.log10((gains**2).mean(axis=0)))[100:].std())


def test_a_section_shakes_less_than_one_player() -> None:
    one, many = shake_db(False), shake_db(True)
    assert one > 2.0
    assert 0.3 * one < many < 0.75 * one


def test_strokes_begin_together_and_last_about_as_long() -> None:
    seconds = np.arange(0.0, 4.0, 0.001)
    desks = strokes_of(seconds, 10.0, True, noise_rng(0, "bows"))
    assert np.all(desks[:, 0] == 0.0)
    assert desks.min() >= 0.0
    assert 0.09 < desks.max() < 0.13


def test_tremolo_strings_tremble_whatever_is_written() -> None:
    section = replace(drawn("held"), id="tremolo_strings")
    line = part([(0.0, 1.0, 60, 80)], None, "")
    assert _by_bowing(line, section) == [(TREMOLO_HZ, line)]
    assert _by_bowing(line, drawn("held")) == [(0.0, line)]


def test_tremolo_is_as_loud_as_a_long_bow() -> None:
    instrument = drawn("held", -140.0)
    levels = []
    for stroke_hz in (0.0, TREMOLO_HZ):
        player = HeldInstrument(instrument, Playing(STILL, CALM, stroke_hz=stroke_hz))
        audio = player.render(part([(0.0, 3.0, 60, 80)], None, ""), 3 * RATE_HZ, RATE_HZ)
        levels.append(10.0 * np.log10((audio[:, RATE_HZ:] ** 2).mean()))
    assert abs(levels[1] - levels[0]) < 1.0


def test_the_bow_turns_once_in_a_long_slur() -> None:
    line = part([(0.3 * i, 0.31, 60 + 2 * (i % 4), 80) for i in range(6)], None, "")
    sounds = []
    for bow_seconds in (0.0, 1.0):
        player = HeldInstrument(
            drawn("held", -140.0), Playing(STILL, CALM, bow_seconds=bow_seconds)
        )
        sounds.append(player.render(line, 2 * RATE_HZ, RATE_HZ)[0])
    turn = round(1.2 * RATE_HZ)  # the first note that begins when the bow is older than a second
    assert np.array_equal(sounds[0][:turn], sounds[1][:turn])
    span = slice(turn, turn + round(0.1 * RATE_HZ))
    smooth, turned = (10.0 * np.log10((sound[span] ** 2).mean()) for sound in sounds)
    assert -8.0 < turned - smooth < -0.2
