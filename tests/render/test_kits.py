"""Drum kits: the physics of their sounds, the rules of playing them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from songwright.errors import StyleError
from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.kit_model import FIRST_KEY, LAST_KEY, drums, kits
from songwright.render.kit_sounds import DrumVoice
from songwright.render.kits import kit_instrument

RATE = 48000
FloatArray = npt.NDArray[np.float32]
KITS = (
    "standard_kit", "room_kit", "power_kit", "electronic_kit", "tr808_kit", "jazz_kit",
    "brush_kit", "orchestra_kit",
)  # fmt: skip


def play(kit: str, notes: list[tuple[float, int, int]], seconds: float = 1.0) -> FloatArray:
    """Notes are (onset in seconds, key, velocity)."""
    part = PlayedPart(
        "drums", "Drums", "drums", kit, tuple(PlayedNote(t, 0.1, k, v) for t, k, v in notes)
    )
    return kit_instrument(kit).render(part, round(seconds * RATE), RATE)


@cache
def stroke(drum: str, velocity: int = 100, variant: int = 0) -> FloatArray:
    return DrumVoice(drum, 0.0, RATE).stroke(velocity, variant)


def peak_hz(sound: FloatArray, low: float, high: float) -> float:
    mono = sound.mean(0)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(mono.shape[0]), 1 << 18))
    hz = np.fft.rfftfreq(1 << 18, 1 / RATE)
    band = (hz >= low) & (hz <= high)
    return float(hz[band][np.argmax(spectrum[band])])


def centroid_hz(sound: FloatArray) -> float:
    power = np.abs(np.fft.rfft(sound.mean(0))) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return float((hz * power).sum() / power.sum())


def high_share_db(sound: FloatArray, hz_from: float) -> float:
    power = np.abs(np.fft.rfft(sound.mean(0) * np.hanning(sound.shape[1]))) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return float(10 * np.log10(power[hz >= hz_from].sum() / power.sum()))


def fall_seconds(sound: FloatArray, db: float) -> float:
    """Time from the peak until the 10 ms level has fallen by ``db`` for good."""
    frame = RATE // 100
    mono = np.abs(sound).max(0)
    mono = mono[: mono.shape[0] // frame * frame].reshape(-1, frame)
    level = 20 * np.log10(np.sqrt((mono**2).mean(1)) + 1e-9)
    above = np.nonzero(level > level.max() - db)[0]
    return float((above[-1] - np.argmax(level) + 1) * 0.01)


@pytest.mark.parametrize("kit", KITS)
def test_every_key_of_every_kit_sounds_and_ends(kit: str) -> None:
    for key in range(FIRST_KEY, LAST_KEY + 1):
        sound = play(kit, [(0.01, key, 100)], 7.0)
        assert sound.shape == (2, 7 * RATE) and sound.dtype == np.float32
        assert np.isfinite(sound).all()
        peak = np.abs(sound).max()
        assert 0.05 < peak < 0.95, (kit, key, peak)
        assert np.abs(sound[:, -RATE // 2 :]).max() < 2e-3 * peak, (kit, key)
        assert np.abs(sound.mean(1)).max() < 1e-3 * peak, (kit, key)


@pytest.mark.parametrize("kit", KITS)
def test_kick_and_snare_of_velocity_100_peak_near_minus_six(kit: str) -> None:
    for key in (36, 38) if kit != "brush_kit" else (36,):
        peak_db = 20 * np.log10(np.abs(play(kit, [(0.01, key, 100)])).max())
        assert -10.0 < peak_db < -4.0, (kit, key)


def test_strokes_start_and_end_without_a_click() -> None:
    for name in drums():
        if drums()[name].reverse:
            continue
        sound = stroke(name)
        peak = np.abs(sound).max()
        assert np.abs(sound[:, 0]).max() < 0.1 * peak, name
        assert np.abs(sound[:, -8:]).max() < 2e-3 * peak, name


@pytest.mark.parametrize(
    ("drum", "low", "high"),
    [("kick", 50, 60), ("kick_808", 45, 52), ("kick_jazz", 60, 75), ("snare", 180, 220)],
)
def test_fundamentals(drum: str, low: float, high: float) -> None:
    after_the_fall = stroke(drum)[:, round(0.07 * RATE) :]
    assert low <= peak_hz(after_the_fall, 30, 1000) <= high


def test_the_kick_falls_in_pitch_and_clicks_first() -> None:
    kick = stroke("kick")
    assert peak_hz(kick[:, : round(0.012 * RATE)], 40, 1000) > 1.3 * peak_hz(
        kick[:, round(0.1 * RATE) :], 30, 1000
    )
    first, later = kick[:, : round(0.01 * RATE)], kick[:, round(0.03 * RATE) : round(0.06 * RATE)]
    assert high_share_db(first, 2000) > high_share_db(later, 2000) + 15


def test_decay_times() -> None:
    assert 0.15 <= fall_seconds(stroke("kick"), 40) <= 0.5
    assert 0.9 <= fall_seconds(stroke("kick_808"), 40) <= 1.6
    assert 0.15 <= fall_seconds(stroke("snare"), 40) <= 0.4
    assert 0.03 <= fall_seconds(stroke("hat_closed"), 40) <= 0.1
    assert 0.4 <= fall_seconds(stroke("hat_open"), 40) <= 1.5
    assert 1.2 <= fall_seconds(stroke("crash"), 40) <= 4.0
    assert 0.8 <= fall_seconds(stroke("ride"), 40) <= 4.0
    assert fall_seconds(stroke("snare_gated")[:, round(0.27 * RATE) :], 30) < 0.08


def test_hats_are_above_six_kilohertz_and_wires_between_two_and_eight() -> None:
    for hat in ("hat_closed", "hat_open", "hat_808_closed", "hat_electronic_closed"):
        assert centroid_hz(stroke(hat)) > 6000, hat
    power = np.abs(np.fft.rfft(stroke("snare")[0])) ** 2
    hz = np.fft.rfftfreq(stroke("snare").shape[1], 1 / RATE)
    wires = power[(hz > 2000) & (hz < 8000)].sum()
    assert wires > 1.5 * power[hz > 8000].sum()
    assert wires > power[(hz > 700) & (hz < 2000)].sum()


def test_timpani_are_in_tune() -> None:
    for key, hz in ((41, 87.31), (48, 130.81), (53, 174.61)):
        sound = play("orchestra_kit", [(0.0, key, 100)], 2.0)[:, round(0.4 * RATE) :]
        assert abs(12 * np.log2(peak_hz(sound, 60, hz * 1.2) / hz)) < 0.15


@pytest.mark.parametrize("name", sorted(drums()))
def test_a_harder_stroke_is_louder_and_brighter(name: str) -> None:
    soft, middle, loud = (stroke(name, v) for v in (25, 70, 120))
    peaks = [np.abs(s).max() for s in (soft, middle, loud)]
    assert peaks[0] < 0.6 * peaks[1] < peaks[2]
    assert peaks[1] < peaks[2]
    assert centroid_hz(soft) < 1.001 * centroid_hz(middle) < 1.002 * centroid_hz(loud)
    tones_only = not (drums()[name].noise or drums()[name].metal or drums()[name].grains)
    assert tones_only or centroid_hz(loud) > 1.004 * centroid_hz(soft), name


def test_a_closing_hat_cuts_the_open_one() -> None:
    alone = play("standard_kit", [(0.0, 46, 100)])
    cut = play("standard_kit", [(0.0, 46, 100), (0.2, 44, 20)])
    late = slice(round(0.3 * RATE), round(0.5 * RATE))
    assert np.abs(cut[:, late]).max() < 0.1 * np.abs(alone[:, late]).max()
    early = slice(0, round(0.2 * RATE))
    np.testing.assert_array_equal(cut[:, early], alone[:, early])


def test_a_crash_rings_through_other_strokes() -> None:
    alone = play("standard_kit", [(0.0, 49, 100)], 2.0)
    both = play("standard_kit", [(0.0, 49, 100), (0.3, 38, 90)], 2.0)
    tail = slice(round(1.6 * RATE), 2 * RATE)
    assert np.abs(both[:, tail]).max() > 0.8 * np.abs(alone[:, tail]).max()


def test_long_sounds_end_with_their_note() -> None:
    def whistle(seconds: float) -> FloatArray:
        part = PlayedPart("p", "P", "percussion", "standard_kit", (PlayedNote(0, seconds, 72, 90),))
        return kit_instrument("standard_kit").render(part, 2 * RATE, RATE)

    late = slice(round(0.9 * RATE), round(1.2 * RATE))
    assert np.abs(whistle(0.3)[:, late]).max() < 0.01 * np.abs(whistle(1.5)[:, late]).max()


def test_repeated_strokes_differ_but_not_much() -> None:
    first, second = stroke("snare", 100, 0), stroke("snare", 100, 1)
    n = min(first.shape[1], second.shape[1])
    assert not np.allclose(first[:, :n], second[:, :n], atol=1e-3)
    assert abs(20 * np.log10(np.std(first) / np.std(second))) < 2.5


def test_the_same_part_gives_the_same_bytes() -> None:
    notes = [(0.1 * i, key, 60 + 5 * i) for i, key in enumerate((36, 42, 38, 46, 49, 51, 70))]
    assert play("room_kit", notes).tobytes() == play("room_kit", notes).tobytes()


def test_strokes_do_not_depend_on_the_rest_of_the_part() -> None:
    one = play("tr808_kit", [(0.0, 36, 100)])
    two = play("tr808_kit", [(0.0, 36, 100), (0.5, 38, 100)])
    half = RATE // 2
    np.testing.assert_array_equal(one[:, :half], two[:, :half])


def test_the_drummer_sits_with_the_hat_on_the_left_and_the_ride_on_the_right() -> None:
    def balance(key: int) -> float:
        left, right = (play("standard_kit", [(0.0, key, 100)]) ** 2).sum(1)
        return float(right - left)

    assert balance(42) < 0 < balance(51)
    assert balance(50) < 0 < balance(41)


def test_volume_control_is_followed() -> None:
    note = (PlayedNote(0.0, 0.1, 36, 100),)
    loud = PlayedPart("d", "D", "drums", "standard_kit", note)
    quiet = PlayedPart("d", "D", "drums", "standard_kit", note, (ControlPoint(0.0, 7, 50),))
    instrument = kit_instrument("standard_kit")
    ratio = (
        np.abs(instrument.render(quiet, RATE, RATE)).max()
        / np.abs(instrument.render(loud, RATE, RATE)).max()
    )
    assert ratio == pytest.approx(0.25, rel=0.01)


@pytest.mark.parametrize("rate", [22050, 44100, 96000])
def test_other_sample_rates_sound_alike(rate: int) -> None:
    part = PlayedPart("d", "D", "drums", "standard_kit", (PlayedNote(0.0, 0.1, 36, 100),))
    sound = kit_instrument("standard_kit").render(part, rate // 2, rate)
    assert np.abs(sound).max() == pytest.approx(
        np.abs(play("standard_kit", [(0, 36, 100)])).max(), rel=0.15
    )


def test_strange_notes_are_left_out() -> None:
    sound = play(
        "standard_kit", [(0.0, 20, 100), (0.0, 100, 100), (5.0, 36, 100), (0.9999, 38, 90)]
    )
    assert np.isfinite(sound).all()
    assert not play("standard_kit", []).any()


def test_an_unknown_kit_is_named() -> None:
    with pytest.raises(StyleError, match="spoon_kit"):
        kit_instrument("spoon_kit")


def test_all_drums_are_used_by_some_kit() -> None:
    used = {placed.drum for kit in kits().values() for placed in kit.keys.values()}
    assert used == set(drums())
