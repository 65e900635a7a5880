"""Known answers for single metrics of sound, and their controls where no spoilt mix has them."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from songwright.evaluate.sound import sound_facts

from .programme import (
    RATE_HZ,
    Mono,
    Stereo,
    band,
    equalised,
    measured,
    mixed,
    noise,
    stereo,
    value,
)
from .test_tuning import chords

SECONDS = 8
TIME = np.arange(SECONDS * RATE_HZ) / RATE_HZ


def sine(hz: float, level: float = 0.3) -> Mono:
    return level * np.sin(2.0 * np.pi * hz * TIME)


def shaped(seed: int, level_db: float = -20.0) -> Mono:
    return noise(-5.0, seed, len(TIME), level_db)


def only(low_hz: float, high_hz: float, seed: int) -> Stereo:
    """Noise of one band."""
    return equalised(stereo(noise(0.0, seed, len(TIME))),
                     lambda f: np.where((f > low_hz) & (f < high_hz), 0.0, -120.0))  # fmt: skip


@pytest.mark.parametrize(
    ("hz", "metric"),
    [(60.0, "crest_low"), (800.0, "crest_mid"), (6_137.0, "crest_high"), (440.0, "crest_factor")],
)
def test_the_crest_of_a_sine_is_three_decibels_in_its_band(hz: float, metric: str) -> None:
    assert value(stereo(sine(hz)), metric) == pytest.approx(3.01, abs=0.1)


def test_a_limiter_takes_the_crest_of_every_band() -> None:
    before, after = measured(mixed(band())), measured(np.tanh(12.0 * mixed(band())))
    for metric in ("crest_low", "crest_mid", "crest_high", "crest_factor"):
        was, now = before[metric].value, after[metric].value
        assert was is not None
        assert now is not None
        assert now < was - 1.0, metric


def test_a_lid_on_the_treble_is_steep() -> None:
    noise = stereo(shaped(1))
    open_slope = value(noise, "treble_slope")
    lidded = equalised(noise, lambda f: -10.0 * np.log10(1.0 + (f / 1_500.0) ** 8))
    assert value(lidded, "treble_slope") == pytest.approx(open_slope - 24.0, abs=1.5)


def test_the_brightest_tenth_is_told_from_the_rest() -> None:
    both = np.where(TIME < 0.8 * SECONDS, sine(1_000.0), sine(4_000.0))
    found = measured(stereo(both))
    assert found["centroid"].value == pytest.approx(1_000.0, rel=0.02)
    assert found["centroid_p90"].value == pytest.approx(4_000.0, rel=0.02)
    dull = measured(equalised(stereo(both), lambda f: np.where(f > 2_000.0, -80.0, 0.0)))
    assert dull["centroid_p90"].value is not None
    assert dull["centroid_p90"].value < 1_500.0


def test_a_whistle_stands_out_of_its_third_octave() -> None:
    plain = stereo(shaped(1))
    whistled = plain + stereo(sine(3_000.0, 0.05))
    assert 5.0 < value(plain, "spectral_crest") < 9.0
    assert value(whistled, "spectral_crest") > value(plain, "spectral_crest") + 3.0


def test_attacks_stand_out_of_a_beat_and_not_of_noise() -> None:
    beat = shaped(1) * np.exp(-(TIME % 0.5) / 0.05)
    assert value(stereo(beat), "onset_contrast") > 5.0
    assert value(stereo(shaped(1)), "onset_contrast") < 3.0


def test_a_slow_swell_has_a_longer_attack_than_a_beat() -> None:
    swell = sine(500.0) * np.minimum(1.0, (TIME % 2.0) / 0.2) * (TIME % 2.0 < 1.0)
    beat = sine(500.0) * np.minimum(1.0, (TIME % 0.5) / 0.003) * np.exp(-(TIME % 0.5) / 0.05)
    assert value(stereo(swell), "attack") > 4.0 * value(stereo(beat), "attack")


def test_an_offset_is_read_in_percent() -> None:
    assert value(stereo(sine(440.0) + 0.01), "dc_offset") == pytest.approx(1.0, abs=0.01)
    assert value(stereo(sine(440.0)), "dc_offset") < 0.001


def test_noise_between_tones_is_read_in_decibels() -> None:
    tones = sine(440.0) * (TIME % 2.0 < 1.0)
    hiss = noise(0.0, 4, len(TIME), -60.0)
    assert value(stereo(tones + hiss), "noise_floor") == pytest.approx(-60.0, abs=1.0)
    assert measured(stereo(tones))["noise_floor"].value is None  # pauses of digital silence


def test_the_level_at_the_end_is_that_of_the_last_moment() -> None:
    assert value(stereo(sine(440.0)), "cut_tail") == pytest.approx(0.0, abs=0.5)
    fading = sine(440.0) * np.minimum(1.0, (SECONDS - TIME) / 2.0)
    assert value(stereo(fading), "cut_tail") < -40.0


def test_peak_to_loudness_of_a_centred_sine() -> None:
    # Near 1 kHz the weighting cancels the offset of BS.1770: two channels of a sine read its peak.
    assert value(stereo(sine(997.0)), "psr_p5") == pytest.approx(0.0, abs=0.1)
    assert value(stereo(sine(997.0)), "plr") == pytest.approx(0.0, abs=0.1)


def pair(lead_db: float = -20.0) -> dict[str, Stereo]:
    return {"lead": stereo(shaped(1, lead_db)), "bass": stereo(shaped(2))}


def heard(stems: dict[str, Stereo]) -> dict[str, float | None]:
    mix = np.sum(list(stems.values()), axis=0).astype(np.float32)
    roles = {name: name for name in stems}
    return {k: m.value for k, m in measured(mix, stems=stems, roles=roles).items()}


def test_one_of_two_equal_stems_lies_three_decibels_under_the_mix() -> None:
    found = heard(pair())
    assert found["lead_level"] == pytest.approx(-3.01, abs=0.1)
    assert found["small_speaker_bass"] == pytest.approx(-3.01, abs=0.1)
    assert found["phone_lead"] == pytest.approx(0.0, abs=0.1)
    assert heard(pair(-40.0))["lead_level"] == pytest.approx(-20.04, abs=0.3)


def test_of_two_equal_stems_hardly_anything_is_masked_and_of_a_faint_one_all() -> None:
    equal, faint = heard(pair()), heard(pair(-50.0))
    assert equal["lead_masked"] is not None
    assert equal["stem_masked"] is not None
    # Noise of the same shape: only where the frame of one happens to lie far below the other's.
    assert max(equal["lead_masked"], equal["stem_masked"]) < 0.1
    assert faint["lead_masked"] == pytest.approx(1.0, abs=0.02)


def test_the_worst_stem_in_mono_counts() -> None:
    wide = {"lead": stereo(shaped(1)), "pad": stereo(shaped(2), shaped(3))}
    assert heard(wide)["stem_mono_loss"] == pytest.approx(-3.01, abs=0.15)
    assert heard(pair())["stem_mono_loss"] == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("cents", [0.0, 30.0])
def test_a_stem_beside_the_pitch_of_the_others_is_off_by_its_cents(cents: float) -> None:
    stems = {"lead": chords(cents), "keys": chords(0.0), "bass": chords(0.0)}
    assert heard(stems)["stem_tuning"] == pytest.approx(cents, abs=3.0)


@pytest.mark.parametrize(("bass_level", "share"), [(0.5, 1.0), (0.05, 0.0)])
def test_a_held_bass_covers_every_kick_or_none(bass_level: float, share: float) -> None:
    kick = sine(60.0, 0.5) * np.exp(-(TIME % 0.5) / 0.08)
    stems = {"drums": stereo(kick), "bass": stereo(sine(55.0, bass_level))}
    assert heard(stems)["kick_bass_clash"] == pytest.approx(share, abs=0.1)


@pytest.mark.parametrize(
    ("metric", "low_hz", "high_hz"),
    [("harsh_peaks", 2_000.0, 5_000.0), ("sibilance", 5_000.0, 10_000.0)],
)
def test_bursts_ten_decibels_up_read_ten(metric: str, low_hz: float, high_hz: float) -> None:
    steady = only(200.0, 12_000.0, 3)
    burst = np.where(TIME % 1.0 < 0.1, np.sqrt(10.0), 1.0)
    inside = only(low_hz, high_hz, 4)
    bursting = steady * 0.05 + inside * burst
    assert value(bursting.astype(np.float32), metric) == pytest.approx(10.0, abs=1.5)
    assert value((steady * 0.05 + inside).astype(np.float32), metric) < 4.0


def named_in(names: list[str]) -> set[str]:
    """Ids of metrics that the code of test files (not its comments) names, by word or function."""
    found: set[str] = set()
    for name in names:
        tree = ast.parse((Path(__file__).parent / name).read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.Name):
                found.add(node.id)
    return found & set(sound_facts())


def test_every_metric_of_sound_is_named_in_a_known_answer_and_in_a_control() -> None:
    tests = sorted(path.name for path in Path(__file__).parent.glob("test_*.py"))
    others = ("test_negative_controls.py", "test_bad_input.py", "test_manner.py")
    both = [name for name in tests if name not in (*others, "test_known_answers.py")]
    answers = named_in(["test_known_answers.py", *both])
    controls = named_in(["test_negative_controls.py", *both])
    untested = set(sound_facts()) - answers, set(sound_facts()) - controls
    assert untested == (set(), set())
