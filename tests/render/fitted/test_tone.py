"""A synthesised tone is what its model says: pitch, levels, onset, noise, stereo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.render.fitted.bands import band_bank
from songwright.render.fitted.model import BANDS, NOISE_BANDS_HZ, FittedInstrument
from songwright.render.fitted.partials import _add_segment, ramp
from songwright.render.fitted.spectrum import spectrum
from songwright.render.fitted.tone import grid, synthesise
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

from ..sounds import centroid_hz, pitch_cents
from .drawn import DECAY_DB, RATE_HZ, drawn, level_db

SILENT_NOISE_DB = -140.0


def made(
    instrument: FittedInstrument, pitch: float, velocity: float = 80, seconds: float = 2.0
) -> np.ndarray:
    random = noise_rng(0, "test")
    return synthesise(instrument, pitch, velocity, round(seconds * RATE_HZ), RATE_HZ, random)


def partial_db(mono: np.ndarray, hz: float, start: float, seconds: float = 0.2) -> float:
    """Peak amplitude of the sine at ``hz`` in dB (flat for whole periods and a Hann window)."""
    begin = round(start * RATE_HZ)
    piece = mono[begin : begin + round(seconds * RATE_HZ)].astype(np.float64)
    window = np.hanning(piece.shape[0])
    turn = np.exp(-2j * np.pi * hz * np.arange(piece.shape[0]) / RATE_HZ)
    return float(20 * np.log10(2 * np.abs((piece * window * turn).sum()) / window.sum()))


def test_the_polynomial_is_a_sine() -> None:
    out = np.zeros(256, np.float32)
    _add_segment(
        out, ramp(), np.float32(0.3), np.float32(0.0123), np.float32(0.0),
        np.float32(1.0), np.float32(0.0),
    )  # fmt: skip
    expected = np.sin(2 * np.pi * (0.3 + 0.0123 * np.arange(256)))
    assert np.abs(out - expected).max() < 2e-5  # -94 dB


@pytest.mark.parametrize("kind", ["struck", "held"])
@pytest.mark.parametrize("pitch", [36, 45, 60, 67, 84])
def test_pitch_is_within_three_cents(kind: str, pitch: int) -> None:
    audio = made(drawn(kind), pitch)
    mono = audio.mean(axis=0)[round(0.1 * RATE_HZ) :]
    assert abs(pitch_cents(mono, midi_to_hz(pitch))) < 1.0


def test_partials_have_their_measured_level_and_decay() -> None:
    instrument = drawn("struck", SILENT_NOISE_DB)
    mono = made(instrument, 60)[0]
    hz = midi_to_hz(60)
    for k in (1, 2, 5):
        source = -20.0 - 8.0 * np.log2(k)
        for start in (0.15, 1.0):
            expected = source - DECAY_DB * np.sqrt(k) * (start + 0.1)
            assert partial_db(mono, k * hz, start) == pytest.approx(expected, abs=0.6)


def test_between_measured_pitches_levels_lie_between() -> None:
    instrument = drawn("held", SILENT_NOISE_DB)
    loud = replace(instrument.tones[7], level_db=instrument.tones[7].level_db + 12.0)  # 60, 80
    tones = tuple(loud if i == 7 else tone for i, tone in enumerate(instrument.tones))
    instrument = replace(instrument, tones=tones)
    levels = [partial_db(made(instrument, p)[0], midi_to_hz(p), 0.5) for p in (48, 54, 60)]
    assert levels[1] == pytest.approx((levels[0] + levels[2]) / 2, abs=0.3)
    assert levels[2] - levels[0] == pytest.approx(12.0, abs=0.3)


def test_the_onset_follows_its_knots_at_sample_resolution() -> None:
    instrument = drawn("held", SILENT_NOISE_DB)
    mono = made(instrument, 84, seconds=0.2)[0]
    steady = level_db(mono, 0.1, 0.2)
    # level rises in proportion to time: at 4 ms it is 22 dB down, at 20 ms 8 dB
    for at, width in ((0.004, 0.001), (0.010, 0.002), (0.020, 0.002)):
        expected = 20 * np.log10(at / 0.05)
        assert level_db(mono, at - width, at + width) - steady == pytest.approx(expected, abs=1.5)


def test_struck_tones_begin_at_once_and_without_a_step() -> None:
    mono = made(drawn("struck"), 60)[0]
    assert np.abs(mono[0]) < 0.05 * np.abs(mono).max()
    assert level_db(mono, 0.0, 0.005) > level_db(mono, 0.02, 0.1) - 3.0


def test_harder_is_louder_and_brighter_all_the_way() -> None:
    for kind in ("struck", "held"):
        instrument = drawn(kind, SILENT_NOISE_DB)
        notes = [made(instrument, 57, v, 0.8)[0] for v in (1, 20, 40, 60, 80, 100, 115, 127)]
        levels = [level_db(note, 0.1, 0.8) for note in notes]
        centroids = [centroid_hz(note) for note in notes]
        assert np.all(np.diff(levels) > 1.0)
        assert np.all(np.diff(centroids) > 0.0)


def test_a_law_of_touch_moves_level_and_colour() -> None:
    base = drawn("struck", -90.0)
    tones = tuple(tone for tone in base.tones if tone.velocity == 80)
    law = replace(
        base, tones=tones, velocity_timbre="law", velocity_exponent=2.0, velocity_tilt_db=6.0
    )
    soft, medium, hard = (made(law, 60, v, 0.5)[0] for v in (40, 80, 120))
    assert level_db(hard, 0.0, 0.5) - level_db(medium, 0.0, 0.5) > 6.5
    assert centroid_hz(soft) < centroid_hz(medium) < centroid_hz(hard)
    assert np.allclose(medium, made(base, 60, 80, 0.5)[0], atol=1e-3)


def test_noise_bands_have_their_level() -> None:
    instrument = drawn("held", -30.0)
    quiet = tuple(
        replace(tone, partials=np.full_like(tone.partials, 255)) for tone in instrument.tones
    )
    mono = made(replace(instrument, tones=quiet), 60, seconds=2.5)[0][RATE_HZ // 2 :]
    power = np.abs(np.fft.rfft(mono * np.hanning(mono.shape[0]))) ** 2
    hz = np.fft.rfftfreq(mono.shape[0], 1 / RATE_HZ)
    scale = 2.0 / (mono.shape[0] * (np.hanning(mono.shape[0]) ** 2).sum())
    for band in (3, 10, 20):
        low, high = NOISE_BANDS_HZ[band], NOISE_BANDS_HZ[band + 1]
        inside = power[(hz >= low) & (hz < high)].sum() * scale
        assert 10 * np.log10(inside) == pytest.approx(-30.0, abs=1.5)


def test_bands_add_up_to_white_noise_of_unit_power() -> None:
    bank = band_bank(RATE_HZ)
    assert bank.shape[0] == BANDS
    assert np.sqrt(np.mean(bank**2, axis=1)) == pytest.approx(np.ones(BANDS), abs=0.02)
    assert np.array_equal(bank[:, :256], bank[:, -256:])
    assert np.all(band_bank(22050)[23] == 0.0)


def test_width_makes_the_sides_differ() -> None:
    narrow, wide = drawn("held", -35.0), drawn("held", -35.0, width=0.8)
    same, differ = made(narrow, 60), made(wide, 60)
    assert np.array_equal(same[0], same[1])
    assert np.corrcoef(differ)[0, 1] < 0.95
    assert abs(level_db(differ[0], 0.2, 2) - level_db(differ[1], 0.2, 2)) < 2.0


def test_pans_move_partials() -> None:
    base = drawn("held", SILENT_NOISE_DB)
    tones = tuple(replace(t, pans=np.full_like(t.pans, 12)) for t in base.tones)  # +6 dB right
    audio = made(replace(base, tones=tones), 60)
    assert level_db(audio[1], 0.2, 2) - level_db(audio[0], 0.2, 2) == pytest.approx(6.0, abs=0.2)
    centred = made(base, 60)
    assert np.mean(audio[:, 9600:] ** 2) == pytest.approx(np.mean(centred[:, 9600:] ** 2), rel=0.05)


def test_a_section_lives_and_keeps_its_pitch() -> None:
    def spread_db(instrument: FittedInstrument) -> float:
        mono = made(instrument, 60, seconds=6.0)[0]
        levels = [partial_db(mono, 4 * midi_to_hz(60), at, 0.1) for at in np.arange(0.5, 5.5, 0.1)]
        return float(np.std(levels))

    still = drawn("held", SILENT_NOISE_DB)
    section = drawn(
        "held", SILENT_NOISE_DB, bandwidth_cents=10.0, width=0.8, unrest_db=((0.0, 2.0),) * 3
    )
    assert spread_db(still) < 0.1
    assert spread_db(section) > 1.5
    assert abs(pitch_cents(made(section, 60, seconds=6.0)[0], midi_to_hz(60))) < 12.0


def test_the_same_seed_gives_the_same_samples() -> None:
    instrument = drawn("held", width=0.5, bandwidth_cents=8.0)
    assert np.array_equal(made(instrument, 60), made(instrument, 60))


def test_a_longer_note_begins_like_a_shorter_one() -> None:
    short, long = made(drawn("struck"), 60, seconds=0.7), made(drawn("struck"), 60, seconds=1.5)
    last = short.shape[1] - 256
    assert np.allclose(short[:, :last], long[:, :last], atol=1e-6)


def test_free_partials_keep_their_ratios() -> None:
    base = drawn("struck", SILENT_NOISE_DB)
    ratios = np.array([1.0, 2.76, 5.4, 8.93], np.float32)
    tones = tuple(
        replace(
            t,
            ratios=ratios,
            partials=t.partials[:, :4].copy(),
            pans=t.pans[:4].copy(),
            phases=t.phases[:4].copy(),
        )
        for t in base.tones
    )
    mono = made(replace(base, tones=tones), 63, seconds=0.6)[0]
    hz = midi_to_hz(63)
    assert partial_db(mono, 2.76 * hz, 0.1) > partial_db(mono, 2.0 * hz, 0.1) + 40.0


def test_grid_covers_the_note_and_is_fine_at_the_onset() -> None:
    for samples in (1, 17, 600, 5000, 100_000):
        edges = grid(samples, RATE_HZ)
        assert edges[0] == 0
        assert edges[-1] == samples
        assert np.all(np.diff(edges) > 0)
        assert np.diff(edges).max() <= 256
    assert np.diff(grid(5000, RATE_HZ)[:30]).max() == 16


def test_attack_and_length_are_read_from_the_levels() -> None:
    held, struck = spectrum(drawn("held"), 60), spectrum(drawn("struck", SILENT_NOISE_DB), 60)
    assert held.attack_seconds(80) == pytest.approx(0.05, abs=0.02)
    assert struck.attack_seconds(80) == 0.0
    assert 3.0 < struck.seconds(80, 40.0) < 5.0
