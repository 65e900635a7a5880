"""Leads, synthesiser basses and what sounded wrong beside recordings of the same programs."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.render.patches import patch_ids
from songwright.units import midi_to_hz

from .sounds import RATE_HZ, play, rms_db, spectrum

LEADS = tuple(name for name in patch_ids() if name.startswith("lead_"))
BASSES = ("synth_bass_1", "synth_bass_2")


def share_above_db(audio: np.ndarray, hz: float) -> float:
    frequencies, level = spectrum(audio.mean(axis=0))
    return float(10 * np.log10((level[frequencies > hz] ** 2).sum() / (level**2).sum()))


@pytest.mark.parametrize("name", LEADS)
def test_a_harder_touch_is_louder_and_opens_the_tone(name: str) -> None:
    soft, hard = (play(name, [(0.0, 0.8, 67, v)], 0.8) for v in (40, 120))
    assert rms_db(hard) - rms_db(soft) > 4
    assert share_above_db(hard, 2500) - share_above_db(soft, 2500) > 2


@pytest.mark.parametrize("name", [*LEADS, "pad_6_metallic", "fx_5_brightness"])
def test_nothing_hisses(name: str) -> None:
    assert share_above_db(play(name, [(0.0, 1.5, 64, 100)], 1.5), 10000) < -30


@pytest.mark.parametrize("name", LEADS)
def test_a_held_lead_does_not_stand_still(name: str) -> None:
    audio = play(name, [(0.0, 2.0, 64, 90)], 2.0).mean(axis=0)
    hz, early = spectrum(audio[9600:28800])
    _, late = spectrum(audio[67200:86400])
    near = [np.abs(hz - k * midi_to_hz(64)) < 25 for k in range(1, 9)]
    change = [20 * np.log10(late[n].max() / early[n].max()) for n in near]
    assert np.ptp(change) > 1.5


@pytest.mark.parametrize("name", BASSES)
def test_a_bass_keeps_its_fundamental(name: str) -> None:
    for pitch in (28, 33, 40):
        wave = play(name, [(0.0, 1.2, pitch, 110)], 1.2).mean(axis=0).astype(np.float64)
        turn = np.exp(-2j * np.pi * midi_to_hz(pitch) * np.arange(wave.size) / RATE_HZ)
        window = round(4 * RATE_HZ / midi_to_hz(pitch))
        smooth = np.convolve(wave * turn, np.hanning(window) / window, "same")
        level = 20 * np.log10(np.abs(smooth[4800:48000]))
        assert np.ptp(level) < 9, pitch


@pytest.mark.parametrize("name", BASSES)
def test_every_stroke_of_a_bass_begins_alike(name: str) -> None:
    audio = play(name, [(0.5 * i, 0.3, 33, 100) for i in range(4)], 2.0).mean(axis=0)
    strokes = [audio[round(0.5 * i * RATE_HZ) :][:2400] for i in range(4)]
    assert all(np.corrcoef(strokes[0], other)[0, 1] > 0.93 for other in strokes[1:])


@pytest.mark.parametrize("name", BASSES)
def test_a_bass_begins_with_a_bite_and_ends_without_a_click(name: str) -> None:
    audio = play(name, [(0.1, 0.4, 33, 115)], 1.0)
    bite = [share_above_db(audio[:, a:b], 600) for a, b in ((4800, 7200), (16800, 23000))]
    assert bite[0] > bite[1] + 6
    wave = audio.mean(axis=0)
    steps = np.abs(np.diff(wave))
    assert steps[24000 - 480 :].max() < 1.5 * steps[14400 : 24000 - 480].max()


def test_a_telephone_rings_out() -> None:
    audio = play("telephone_ring", [(0.0, 0.8, 60, 90)], 2.0)
    held = rms_db(audio, 0.5, 0.8)
    assert rms_db(audio, 0.9, 1.0) > held - 15
    assert rms_db(audio, 1.9, 2.0) < held - 40
