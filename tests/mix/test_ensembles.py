"""Acoustic ensembles: who forms which, and what their curves are like."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from songwright.audio.spectrum import third_octave_centres, third_octave_levels
from songwright.mix import MasterSettings, MixSettings, mix_settings, mix_sheet
from songwright.mix.ensembles import (
    curves,
    ensemble_curve_db,
    ensemble_name,
    ensemble_of,
)
from songwright.mix.master import master
from songwright.mix.tonal import deviation_db, target_curve_db
from songwright.score import instruments
from songwright.session import compose
from songwright.styles import style

RATE = 48_000
HZ = third_octave_centres()
INSIDE = (HZ >= 49.0) & (HZ <= 12_800.0)


@dataclass(frozen=True)
class Seat:
    instrument: str
    role: str = "chords"
    sound: str = ""


def playing(*names: str) -> tuple[str, ...]:
    return ensemble_of(Seat(name) for name in names)


def at(group: str, hz: float) -> float:
    """Level of a group's curve against that of recordings."""
    one = np.array([hz])
    return float(ensemble_curve_db(one, (group,))[0] - target_curve_db(one)[0])


def test_who_plays_decides() -> None:
    assert playing("violin", "violin", "viola", "cello") == ("strings",)
    assert playing("acoustic_grand_piano", "acoustic_grand_piano") == ("piano",)
    assert playing("choir_aahs", "voice_oohs") == ("choir",)
    assert playing("cello", "acoustic_grand_piano") == ("piano", "strings")
    assert playing("choir_aahs", "choir_aahs", "church_organ") == ("choir", "choir", "organ")
    assert playing("flute", "violin", "viola", "cello") == (
        "strings", "strings", "strings", "woodwinds",
    )  # fmt: skip
    assert playing("violin", "string_ensemble_1", "contrabass", "french_horn", "timpani") == (
        "orchestra",
    )


@pytest.mark.parametrize(
    "more",
    [
        Seat("standard_kit", "drums"),
        Seat("orchestra_kit", "drums"),
        Seat("electric_bass_finger", "bass"),
        Seat("string_ensemble_1", "pad", sound="pad_warm_analog"),
        Seat("pad_2_warm", "pad"),
    ],
)
def test_a_beat_a_bass_guitar_or_a_synthesiser_makes_a_band(more: Seat) -> None:
    strings = [Seat(name) for name in ("violin", "violin", "viola", "cello")]
    assert ensemble_of([*strings, more]) == ()


def test_nobody_and_percussion_alone_have_no_curve_of_their_own() -> None:
    assert playing() == ()
    assert playing("timpani", "orchestra_kit") == ()
    assert playing("timpani", "celesta", "flute") == ()


def test_the_order_of_parts_does_not_count() -> None:
    trio = playing("violin", "acoustic_grand_piano", "cello")
    assert trio == playing("cello", "violin", "acoustic_grand_piano")
    assert ensemble_name(trio) == "piano, strings 2"
    assert ensemble_name(()) == ""


def test_every_curve_says_where_it_comes_from() -> None:
    for group, curve in curves().items():
        assert np.allclose(curve.centre_hz, HZ, rtol=0.01), group
        assert len(curve.level_db) == len(curve.spread_db) == len(HZ), group
        assert curve.excerpts >= 12, group
        assert curve.licence in ("public domain", "CC0-1.0"), group
        assert 0.0 < curve.human_db[0] < curve.human_db[1] < curve.human_db[2] < 10.0, group
        assert curve.mastered_db[1] < curve.human_db[1], group


def test_every_instrument_of_an_ensemble_exists_and_plays_in_one() -> None:
    for name in instruments():
        found = playing(name)
        assert set(found) <= set(curves()), name
    assert {"choir", "organ", "piano", "strings", "orchestra"} <= set(curves())


def test_curves_follow_the_compass_of_the_instruments() -> None:
    # The lowest note of a quartet is at 65 Hz, that of a violin's air far below cymbals.
    assert at("strings", 50.0) < at("strings", 200.0) - 12.0
    assert at("choir", 63.0) < at("choir", 250.0) - 15.0
    assert at("orchestra", 63.0) > at("strings", 63.0) + 3.0
    assert at("piano", 10_000.0) < at("strings", 10_000.0)


def test_parts_add_up_in_power() -> None:
    alone = ensemble_curve_db(HZ, ("strings",))
    assert np.allclose(ensemble_curve_db(HZ, ("strings", "strings")), alone)
    strings, piano = (10 ** (np.array(curves()[g].level_db) / 10) for g in ("strings", "piano"))
    both = 10 * np.log10((3 * strings + piano) / 4)
    kilo = int(np.argmin(np.abs(HZ - 1_000.0)))
    mixed = ensemble_curve_db(HZ, ("piano", "strings", "strings", "strings"))
    assert np.allclose(mixed, both - both[kilo], atol=0.05)


def test_silence_where_silence_belongs_is_no_fault_and_rumble_is_one() -> None:
    target = target_curve_db(HZ).copy()
    target[HZ < 90.0] -= 60.0
    quiet = target.copy()
    quiet[HZ < 90.0] -= 20.0
    off = deviation_db(HZ, quiet, target)
    low = INSIDE & (HZ < 90.0)
    assert np.isnan(off[low]).all()
    assert np.nanmax(np.abs(off)) < 1e-9
    rumbling = target_curve_db(HZ)
    assert (deviation_db(HZ, rumbling, target)[low] > 20.0).all()


def shaped(group: str, seconds: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Noise whose third octaves follow the curve of a group."""
    n = seconds * RATE
    spectrum = np.fft.rfft(np.random.default_rng(2).normal(size=n))
    hz = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
    gain_db = ensemble_curve_db(hz, (group,)) - 10 * np.log10(hz)
    noise = np.fft.irfft(spectrum * 10 ** (gain_db / 20), n)
    return np.tile(0.1 * noise / noise.std(), (2, 1)).astype(np.float32)


def test_mastering_leaves_a_quartet_that_sounds_like_one_alone() -> None:
    flat = replace(MasterSettings(), tonal_match=1.0, glue=0.0, soft_clip=0.0, multiband=0.0)
    audio = shaped("strings")
    _, own = master(audio, MixSettings(master=replace(flat, ensemble=("strings",))), RATE)
    _, band = master(audio, MixSettings(master=flat), RATE)
    # The noise leaks a little over the steep edges of the curve.
    assert max((abs(b.gain_db) for b in own.eq), default=0.0) < 2.0
    assert max(abs(b.gain_db) for b in band.eq) > 4.0


def test_mastering_pulls_an_ensemble_towards_its_own_curve() -> None:
    audio = shaped("strings")
    spectrum = np.fft.rfft(audio)
    hz = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    dull = np.fft.irfft(spectrum * (1 + hz / 500.0) ** -0.6).astype(np.float32)
    chain = replace(MasterSettings(), tonal_match=1.0, glue=0.0, soft_clip=0.0, multiband=0.0)
    audio, _ = master(dull, MixSettings(master=replace(chain, ensemble=("strings",))), RATE)

    def off(sound: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
        centres, levels = third_octave_levels(sound, RATE)
        target = target_curve_db(centres, ("strings",))
        return float(np.sqrt(np.nanmean(deviation_db(centres, levels, target) ** 2)))

    assert off(audio) < 0.5 * off(dull)


def test_a_planned_quartet_aims_at_the_curve_of_strings_and_has_no_kick_to_breathe_with() -> None:
    song = compose("string quartet, 8 bars", 3)
    sheet = mix_sheet(song.plan, style(song.plan.style))
    assert sheet.settings.master.ensemble == ("strings",)
    assert any(d.part == "master" and d.value == "strings" for d in sheet.decisions)
    assert all(strip.sidechain is None for strip in sheet.settings.parts.values())
    assert not any(d.control.startswith("sidechain") for d in sheet.decisions)


def test_a_band_still_aims_at_the_curve_of_recordings_and_clears_the_bass_for_the_kick() -> None:
    song = compose("rock, 8 bars", 3)
    settings = mix_settings(song.plan, style(song.plan.style))
    assert settings.master.ensemble == ()
    assert any(p.sidechain is not None for p in settings.parts.values() if p.role == "bass")
