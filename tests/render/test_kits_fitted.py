"""Drums fitted to recordings: their file, their strokes, and their place in the kits."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from songwright.render.kit_fitted import FittedVoice, band_noise, fitted_stroke
from songwright.render.kit_fitted_model import (
    BAND_EDGES_HZ,
    BANDS,
    FittedDrum,
    FittedStroke,
    fitted_drums,
    fitted_keys,
    frame_seconds,
    pack_modes,
    pack_noise,
)
from songwright.render.kit_model import drums, kit, kits

RATE = 48000
FloatArray = npt.NDArray[np.float32]
_USES = {
    place.drum: (kit_id, key) for kit_id, row in fitted_keys().items() for key, place in row.items()
}
PLACES = sorted(_USES.items())


@cache
def stroke(name: str, velocity: int = 100, variant: int = 0) -> FloatArray:
    kit_id, key = dict(PLACES)[name]
    voice = FittedVoice(fitted_drums()[name], drums()[kit(kit_id).keys[key].drum], RATE)
    return voice.stroke(velocity, variant)


def centroid_hz(sound: FloatArray) -> float:
    power = np.abs(np.fft.rfft(sound.mean(0))) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return float((hz * power).sum() / power.sum())


def made(modes: list[tuple[float, float, float, float]], velocity: int = 100) -> FittedDrum:
    noise = np.zeros((32, BANDS), np.float32)
    return FittedDrum("made", (FittedStroke(velocity, np.array(modes), noise, np.zeros(BANDS)),), 0)


def test_every_fitted_drum_is_played_and_every_key_is_in_a_kit() -> None:
    assert {name for name, _ in PLACES} == set(fitted_drums())
    assert set(fitted_keys()) <= set(kits())
    assert not {"electronic_kit", "tr808_kit"} & set(fitted_keys())


@pytest.mark.parametrize("name", [name for name, _ in PLACES])
def test_a_stroke_is_clean_and_in_level(name: str) -> None:
    kit_id, key = dict(PLACES)[name]
    drum = drums()[kit(kit_id).keys[key].drum]
    sound = stroke(name)
    peak = np.abs(sound).max()
    assert sound.dtype == np.float32 and np.isfinite(sound).all()
    assert 20 * np.log10(peak) == pytest.approx(drum.peak_db, abs=1.5)
    assert np.abs(sound[:, -8:]).max() < 2e-3 * peak
    assert np.abs(sound.mean(1)).max() < 2e-3 * peak


@pytest.mark.parametrize("name", ["standard_42", "standard_44"])
def test_a_hat_has_a_body_behind_its_stick(name: str) -> None:
    # Peak over the RMS of 100 ms: 14 dB in both fonts that were measured. A millisecond that stands
    # further out leaves the hat 6 dB too soft, because kits set strokes by their peaks.
    for velocity in (60, 100, 120):
        sound = stroke(name, velocity)
        body = np.sqrt(np.mean(sound[:, : RATE // 10] ** 2))
        assert 20 * np.log10(np.abs(sound).max() / body) < 16.5


@pytest.mark.parametrize("name", [name for name, _ in PLACES])
def test_harder_is_louder_and_not_darker(name: str) -> None:
    soft, loud = stroke(name, 40), stroke(name, 118)
    assert np.abs(soft).max() < 0.6 * np.abs(loud).max()
    # Rounded peaks make a loud stroke fuller below, which may pull its centre down a little.
    assert centroid_hz(soft) < 1.2 * centroid_hz(loud)


def test_timbre_moves_evenly_with_force() -> None:
    """Between one recording and the next nothing jumps."""
    for name, drum in fitted_drums().items():
        if len(drum.strokes) == 1 or drum.strokes[0].modes.shape[0] == 0:
            continue
        for low, high in zip(drum.strokes, drum.strokes[1:], strict=False):
            middle = (low.velocity + high.velocity) // 2
            one, two = (centroid_hz(stroke(name, v)) for v in (middle, middle + 1))
            assert abs(np.log2(one / two)) < 0.6, name


def test_variants_differ_but_are_the_same_drum() -> None:
    for name in ("standard_38", "standard_42"):
        one, two = stroke(name, 90, 0), stroke(name, 90, 1)
        assert np.corrcoef(one[0], two[0][: one.shape[1]])[0, 1] < 0.98
        assert abs(20 * np.log10(np.std(one) / np.std(two))) < 2.5
        assert abs(np.log2(centroid_hz(one) / centroid_hz(two))) < 0.3


def test_strokes_are_the_same_bytes_again() -> None:
    drum = fitted_drums()["standard_38"]
    assert fitted_stroke(drum, 77, 2, RATE).tobytes() == fitted_stroke(drum, 77, 2, RATE).tobytes()


def test_a_mode_sounds_at_its_pitch_and_dies_in_its_time() -> None:
    sound = fitted_stroke(made([(440.0, 0.5, 0.5, 0.3)]), 100, 0, RATE)[0]
    power = np.abs(np.fft.rfft(sound[:24000] * np.hanning(24000), 1 << 18))
    assert np.argmax(power) * RATE / (1 << 18) == pytest.approx(440, abs=1.0)
    early, late = (np.std(sound[a : a + 2400]) for a in (2400, 14400))
    assert 20 * np.log10(late / early) == pytest.approx(-60 * 0.25 / 0.5, abs=1.0)


def test_one_recording_grows_brighter_with_force() -> None:
    drum = made([(200.0, 0.5, 0.5, 0.0), (6000.0, 0.5, 0.1, 0.0)])
    assert centroid_hz(fitted_stroke(drum, 120, 0, RATE)) > centroid_hz(
        fitted_stroke(drum, 20, 0, RATE)
    )


def test_bands_are_where_they_say_and_add_up_to_white() -> None:
    bank = band_noise(RATE)
    hz = np.fft.rfftfreq(bank.shape[1], 1 / RATE)
    for band, sound in enumerate(bank):
        power = np.abs(np.fft.rfft(sound)) ** 2
        inside = (hz > BAND_EDGES_HZ[band] * 0.95) & (hz < BAND_EDGES_HZ[band + 1] * 1.05)
        assert power[inside].sum() > 0.999 * power.sum()
        assert np.mean(sound.astype(float) ** 2) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("rate", [22050, 44100, 96000])
def test_other_rates_sound_alike(rate: int) -> None:
    drum = fitted_drums()["standard_38"]
    here, there = fitted_stroke(drum, 100, 0, RATE), fitted_stroke(drum, 100, 0, rate)
    assert there.shape[1] / rate == pytest.approx(here.shape[1] / RATE, rel=0.01)
    assert np.abs(there).max() == pytest.approx(np.abs(here).max(), rel=0.25)


def test_packing_keeps_pitch_to_a_cent_and_level_to_a_quarter_decibel() -> None:
    modes = np.array([[12345.6, 0.0123, 3e-4, 2.5], [41.2, 7.5, 1.5, -3.1]])
    drum = fitted_drums()["standard_38"]
    assert drum.strokes[0].modes.shape[1] == 4
    packed = pack_modes(modes)
    assert packed[0, 0] / 6000 == pytest.approx(np.log2(12345.6 / 20), abs=1e-4)
    noise = np.array([[1e-3, 0.0, 1.0]], np.float32)
    assert pack_noise(noise)[0, 1] == 0
    assert -110 + 0.5 * int(pack_noise(noise)[0, 0]) == pytest.approx(-60, abs=0.26)
    assert frame_seconds()[1] == 0.001 and np.all(np.diff(frame_seconds()) > 0)
