"""Limits and curves of a style: what is right there passes there, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate.judgement import judge_measurements, reference_for
from songwright.evaluate.model import Measurement
from songwright.evaluate.sound import evaluate_sound, manner_of, passes, sound_limits
from songwright.evaluate.sound.facts import sound_limits_at_large, style_limits
from songwright.evaluate.sound.manner import PLAIN, WORN, Manner
from songwright.evaluate.sound.tonal import deviation_db
from songwright.mix import mix_settings
from songwright.mix.lofi import add_noise
from songwright.mix.tonal import target_curve_db
from songwright.session import compose
from songwright.styles import style, style_ids

HZ = 1_000.0 * 10.0 ** (np.arange(-13, 11) / 10.0)  # third octaves, 50 Hz to 10 kHz
RATE = 48_000


def test_music_of_unknown_style_is_held_against_the_curve_of_recordings() -> None:
    assert np.allclose(PLAIN.target_db(HZ), target_curve_db(HZ))
    assert manner_of("") == PLAIN
    assert sound_limits(PLAIN) == sound_limits_at_large()


def test_the_curve_of_a_style_has_its_shelves() -> None:
    off = manner_of("techno").target_db(HZ) - target_curve_db(HZ)
    facts = style("techno").mix
    assert off[0] == pytest.approx(facts.low_shelf_db, abs=0.3)
    assert off[-1] == pytest.approx(facts.high_shelf_db, abs=0.3)
    assert abs(off[HZ.searchsorted(800.0)]) < 0.1
    dark = manner_of("techno", ("dark",)).target_db(HZ) - target_curve_db(HZ)
    assert dark[-1] < off[-1] - 1.5


def test_tone_and_wear_are_those_of_the_mix_room() -> None:
    song = compose("lo-fi hip-hop, 8 bars, dusty vinyl", 1)
    settings = mix_settings(song.plan, style(song.plan.style))
    manner = manner_of(song.plan.style, song.plan.production)
    gains = {band.kind: band.gain_db for band in settings.master.eq}
    assert gains.get("low_shelf", 0.0) == manner.low_shelf_db
    assert gains.get("high_shelf", 0.0) == manner.high_shelf_db
    worn = next(p.lofi for p in settings.parts.values() if p.lofi is not None)
    highest = HZ[-1]
    without = Manner("", manner.low_shelf_db, manner.presence_db, manner.high_shelf_db)
    loss = without.target_db(HZ)[-1] - manner.target_db(HZ)[-1]
    # A low-pass of the second order at the band limit of the mix room.
    assert loss == pytest.approx(10 * np.log10(1 + (highest / worn.high_hz) ** 4), abs=0.5)


def test_an_ensemble_is_held_against_its_own_curve_and_a_band_against_that_of_recordings() -> None:
    quartet, pop = manner_of("string_quartet"), manner_of("pop")
    assert quartet.ensemble == ("strings",)
    assert pop.ensemble == manner_of("jazz_swing").ensemble == ()
    assert manner_of("hymn_choral").ensemble == ("choir",)
    assert manner_of("solo_piano").ensemble == ("piano",)
    assert manner_of("orchestral_film").ensemble == ("orchestra",)
    assert quartet.target_db(HZ)[0] < pop.target_db(HZ)[0] - 12.0


def test_who_plays_outweighs_what_is_usual_in_the_style() -> None:
    song = compose("string quartet, 8 bars", 2)
    assert manner_of("pop", parts=song.score.parts).ensemble == ("strings",)
    assert manner_of("string_quartet", parts=()).ensemble == ()
    # The master aims at what the judge reads.
    settings = mix_settings(song.plan, style(song.plan.style))
    judged = manner_of(song.plan.style, song.plan.production, song.score.parts)
    assert settings.master.ensemble == judged.ensemble


def test_a_dark_style_is_even_in_its_own_curve_and_dull_in_any_other() -> None:
    lofi = manner_of("lofi_hiphop")
    levels = lofi.target_db(HZ)
    _, own = deviation_db(HZ, levels, lofi)
    _, plain = deviation_db(HZ, levels, PLAIN)
    assert np.abs(own).max() < 1e-9
    assert np.sqrt(np.mean(plain**2)) > 2.0


def shaped(manner: Manner, seconds: int = 6) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Noise whose third octaves follow the curve of a manner."""
    n = seconds * RATE
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=n))
    hz = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
    gain_db = manner.target_db(hz) - 10 * np.log10(hz)  # third octaves widen with frequency
    noise = np.fft.irfft(spectrum * 10 ** (gain_db / 20), n)
    return np.tile(0.1 * noise / noise.std(), (2, 1)).astype(np.float32)


def test_balance_is_heard_against_the_style() -> None:
    techno = manner_of("techno", ("dark",))
    audio = shaped(techno)
    own = {m.metric: m.value for m in evaluate_sound(audio, RATE, manner=techno)}
    plain = {m.metric: m.value for m in evaluate_sound(audio, RATE)}
    assert own["tonal_balance"] is not None
    assert plain["tonal_balance"] is not None
    assert own["tonal_balance"] < 0.6
    assert plain["tonal_balance"] > own["tonal_balance"] + 0.5


def test_the_crackle_of_a_record_is_a_fault_in_pop_and_none_on_a_record() -> None:
    t = np.arange(20 * RATE) / RATE
    audio = np.tile(0.05 * np.sin(2 * np.pi * 220 * t), (2, 1)).astype(np.float32)
    add_noise(audio, -50.0, 1, RATE, 0, False)
    clicks = next(m for m in evaluate_sound(audio, RATE) if m.metric == "clicks")
    assert clicks.value is not None
    assert 10 < clicks.value <= 320
    assert passes(clicks, manner_of("lofi_hiphop")) is True
    assert passes(clicks, manner_of("pop", ("vinyl",))) is True
    assert passes(clicks, manner_of("pop")) is False
    assert passes(clicks) is False
    assert passes(Measurement("clicks", 2_000.0), manner_of("lofi_hiphop")) is False


def test_a_lead_in_the_back_is_right_in_techno_and_buried_in_pop() -> None:
    level = Measurement("lead_level", -7.5)
    assert passes(level, manner_of("techno")) is True
    assert passes(level, manner_of("pop")) is False
    assert passes(Measurement("lead_level", -12.0), manner_of("techno")) is False


def test_a_feathered_kick_is_not_judged() -> None:
    clash = Measurement("kick_bass_clash", 0.95)
    assert passes(clash, manner_of("jazz_swing")) is None
    assert passes(clash, manner_of("rock")) is False


def test_a_judgement_names_the_style_of_a_limit() -> None:
    level = Measurement("lead_level", -7.5)
    found = judge_measurements((), reference_for("techno"), sound=(level,), style="techno")
    assert [(m.kind, m.low, m.inside) for m in found.metrics] == [("techno", -9.0, True)]
    large = judge_measurements((), reference_for("pop"), sound=(level,), style="pop")
    assert [(m.kind, m.low, m.inside) for m in large.metrics] == [("", -5.0, False)]
    words = judge_measurements(
        (), reference_for("pop"), sound=(Measurement("clicks", 100.0),), style="pop",
        production=("vinyl",),
    )  # fmt: skip
    assert [(m.kind, m.inside) for m in words.metrics] == [(WORN, True)]


def test_every_row_says_why_and_whence() -> None:
    assert len(style_limits()) > 15
    for row in style_limits():
        assert row.why.endswith(".")
        assert row.source
    for name in style_ids():
        manner = manner_of(name)
        assert set(sound_limits(manner)) <= set(sound_limits_at_large())
        assert np.isfinite(manner.target_db(HZ)).all()
