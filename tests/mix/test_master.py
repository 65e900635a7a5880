"""Mastering: target and ceiling on many kinds of music, seams, silence."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest

from songwright.audio import measure_loudness, third_octave_levels, true_peak
from songwright.errors import AudioError
from songwright.mix import EqBand, MasterSettings, MixSettings, master
from songwright.mix.tonal import (
    MAX_CORRECTION_DB,
    deviation_db,
    fitted_bands,
    target_curve_db,
)

RATE = 48_000


def music(kind: str, seconds: float = 12.0) -> np.ndarray:
    generator = np.random.default_rng(4)
    time = np.arange(round(seconds * RATE)) / RATE
    white = generator.standard_normal((2, len(time)))
    spectrum = np.fft.rfft(white)
    slope = np.maximum(40.0 * seconds, np.arange(spectrum.shape[1])) ** -0.83
    pink = np.fft.irfft(spectrum * slope, len(time))
    pink /= pink.std()
    beat = np.exp(-(time % 0.5) * 14.0)
    kick = np.sin(2 * np.pi * 55 * (time % 0.5)) * np.exp(-(time % 0.5) * 9.0)
    swell = 0.15 + 0.85 * np.sin(np.pi * time / seconds) ** 2
    made = {
        "steady": 0.08 * pink,
        "drums": 0.35 * white * beat * 0.4 + 0.5 * kick,
        "dynamic": 0.1 * pink * swell,
        "sparse": 0.2 * pink * (np.exp(-(time % 4.0) * 8.0)),
        "piano": 0.2
        * np.sin(2 * np.pi * 261.6 * time)
        * np.exp(-(time % 1.0) * 3)
        * np.ones((2, 1)),
        "dense": 0.25 * pink + 0.3 * kick,
        "quiet": 0.005 * pink,
        "loud": 0.6 * pink,
        "side": np.stack([0.1 * pink[0], -0.1 * pink[0]]) + 0.02 * pink,
        "flute": 0.1 * np.sin(2 * np.pi * 880 * time) * swell * np.ones((2, 1)),
    }
    return made[kind].astype(np.float32)


KINDS = ("steady", "drums", "dynamic", "sparse", "piano", "dense", "quiet", "loud", "side", "flute")


@pytest.mark.parametrize("kind", KINDS)
def test_target_and_ceiling_are_met(kind: str) -> None:
    mix = music(kind)
    kept = mix.copy()
    audio, report = master(mix, MixSettings(), RATE)
    assert report.note == ""
    assert report.after.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert 20 * np.log10(true_peak(audio, 8)) <= -1.0
    assert np.array_equal(mix, kept)
    assert audio.shape == mix.shape
    again = measure_loudness(audio, RATE)  # of the whole at once, not block by block
    assert astuple(report.after) == pytest.approx(astuple(again), abs=1e-6)


@pytest.mark.parametrize(("target", "ceiling"), [(-9.0, -0.5), (-16.0, -1.0), (-23.0, -2.0)])
def test_other_deliveries(target: float, ceiling: float) -> None:
    chain = MasterSettings(target_lufs=target, ceiling_dbtp=ceiling, soft_clip=0.5)
    audio, report = master(music("dense"), MixSettings(master=chain), RATE)
    assert report.after.integrated_lufs == pytest.approx(target, abs=0.5)
    assert 20 * np.log10(true_peak(audio, 8)) <= ceiling


def test_silence_is_not_defined_and_stays_silent() -> None:
    for mix in (np.zeros((2, RATE), np.float32), np.zeros((2, 0), np.float32)):
        audio, report = master(mix, MixSettings(), RATE)
        assert audio.shape == mix.shape
        assert not audio.any()
        assert report.after.integrated_lufs is None
        assert "not defined" in report.note


@pytest.mark.parametrize("seconds", [0.05, 0.3, 2.0])
def test_stings(seconds: float) -> None:
    audio, report = master(music("dense", seconds), MixSettings(ending="hard"), RATE)
    assert audio.shape[1] == round(seconds * RATE)
    assert np.isfinite(audio).all()
    assert report.after.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert true_peak(audio) <= 10 ** (-1 / 20)


def test_gain_has_an_end() -> None:
    mix = (0.004 * music("steady")).astype(np.float32)
    chain = MasterSettings(max_gain_db=20.0)
    _, report = master(mix, MixSettings(master=chain), RATE)
    assert report.gain_db <= 20.0
    assert "below the target" in report.note


def test_ends_without_a_click() -> None:
    audio, _ = master(music("steady"), MixSettings(ending="hard"), RATE)
    assert not audio[:, -1].any()


def test_loop_keeps_its_seam() -> None:
    time = np.arange(4 * RATE) / RATE
    wave = sum(np.sin(2 * np.pi * hz * time) for hz in (55.0, 220.0, 331.0))
    wave *= 0.1 + np.exp(-10 * (1 - np.cos(2 * np.pi * time)))
    mix = np.tile((0.1 * wave).astype(np.float32), (2, 1))
    chain = MasterSettings(target_lufs=-10.0, glue=0.8, saturation=0.2)
    audio, report = master(mix, MixSettings(master=chain, ending="loop"), RATE)
    assert report.limiting.highest_db > 1.0
    bend = np.abs(np.diff(np.concatenate([audio, audio], axis=1).astype(np.float64), 2, axis=1))
    seam = bend[:, 4 * RATE - 4 : 4 * RATE + 3].max()
    assert seam <= 1.05 * np.delete(bend, np.s_[4 * RATE - 4 : 4 * RATE + 3], axis=1).max()
    # One turn mastered equals one of two turns mastered: the loop has no beginning.
    double, _ = master(np.tile(mix, (1, 2)), MixSettings(master=chain, ending="loop"), RATE)
    turn = double[:, : 4 * RATE]
    turn = turn * float((turn * audio).sum() / (turn**2).sum())  # the gains differ by the tolerance
    assert np.abs(turn - audio).max() < 0.05


def test_lows_are_mono() -> None:
    time = np.arange(6 * RATE) / RATE
    low = 0.2 * np.sin(2 * np.pi * 50 * time)
    high = 0.1 * np.sin(2 * np.pi * 900 * time)
    mix = np.stack([low + high, -low + high]).astype(np.float32)
    audio, _ = master(mix, MixSettings(), RATE)
    side = np.abs(np.fft.rfft((audio[0] - audio[1])[RATE : 3 * RATE].astype(np.float64)))
    middle = np.abs(np.fft.rfft((audio[0] + audio[1])[RATE : 3 * RATE].astype(np.float64)))
    assert 20 * np.log10(side[100] / middle[1800]) < -5.0


def test_no_offset_and_no_rumble_pass() -> None:
    mix = music("steady") + np.float32(0.05)
    audio, _ = master(mix, MixSettings(), RATE)
    assert abs(float(audio.mean())) < 1e-3


def test_same_bytes_twice() -> None:
    mix = music("drums", 4.0)
    first, report = master(mix, MixSettings(), RATE)
    second, again = master(mix, MixSettings(), RATE)
    assert first.tobytes() == second.tobytes()
    assert report == again


def tonal_deviation(audio: np.ndarray) -> float:
    """dB RMS off the target curve."""
    centres, levels = third_octave_levels(audio, RATE)
    return float(np.sqrt(np.nanmean(deviation_db(centres, levels, target_curve_db(centres)) ** 2)))


def test_correction_moves_the_balance_towards_the_target() -> None:
    dull = music("dynamic").copy()
    spectrum = np.fft.rfft(dull)
    frequency = np.fft.rfftfreq(dull.shape[1], 1 / RATE)
    dull = np.fft.irfft(spectrum * (1 + frequency / 400.0) ** -0.6).astype(np.float32)
    centres, levels = third_octave_levels(dull, RATE)
    bands = fitted_bands(centres, -deviation_db(centres, levels, target_curve_db(centres)), RATE)
    assert all(abs(band.gain_db) <= MAX_CORRECTION_DB for band in bands)
    assert bands[-1].gain_db > 1.0
    before = tonal_deviation(dull)
    flat = replace(MasterSettings(), tonal_match=1.0, glue=0.0, soft_clip=0.0)
    audio, _ = master(dull, MixSettings(master=flat), RATE)
    assert tonal_deviation(audio) < 0.5 * before


def test_target_curve_falls_2_db_per_octave_in_third_octaves() -> None:
    curve = target_curve_db(np.array([500.0, 1_000.0, 2_000.0, 8_000.0, 25.0, 50.0]))
    assert curve[:3] == pytest.approx([2.0, 0.0, -2.0])
    assert curve[3] == pytest.approx(-7.5)
    assert curve[5] - curve[4] == pytest.approx(12.0)


def test_style_bands_are_heard() -> None:
    chain = MasterSettings(eq=(EqBand("high_shelf", 6_000.0, 6.0),), tonal_match=0.0)
    plain = MasterSettings(tonal_match=0.0)
    bright, _ = master(music("steady"), MixSettings(master=chain), RATE)
    usual, _ = master(music("steady"), MixSettings(master=plain), RATE)

    def highs(audio: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(audio[0].astype(np.float64))) ** 2
        edge = 10_000 * audio.shape[1] // RATE
        return float(10 * np.log10(power[edge:].sum() / power[:edge].sum()))

    assert highs(bright) - highs(usual) > 4.0


def test_wrong_input_is_named() -> None:
    with pytest.raises(AudioError, match="mix"):
        master(np.zeros((1, 100)), MixSettings(), RATE)
    with pytest.raises(AudioError, match="NaN"):
        master(np.full((2, 100), np.nan), MixSettings(), RATE)
