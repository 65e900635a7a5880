"""Every program sounds, in tune, and answers the player."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from songwright.errors import AudioError, StyleError
from songwright.render.engine import render_part
from songwright.render.patches import patch, patch_ids, variant_ids
from songwright.score.instruments import instrument, instruments
from songwright.units import midi_to_hz

from .sounds import RATE_HZ, centroid_hz, part, pitch_cents, play, rms_db


def test_there_is_one_patch_for_each_program_in_order() -> None:
    programs = [row.id for row in instruments().values() if not row.is_kit]
    assert list(patch_ids()) == programs
    assert len(patch_ids()) == 128


@pytest.mark.parametrize("patch_id", patch_ids())
def test_the_ends_of_the_range_sound_clean(patch_id: str) -> None:
    facts = instrument(patch_id)
    for pitch, velocity in ((facts.low, 127), (facts.high, 20)):
        audio = play(patch_id, [(0.0, 0.3, pitch, velocity)], 0.7)
        assert audio.dtype == np.float32
        assert audio.shape == (2, round(0.7 * RATE_HZ))
        assert np.isfinite(audio).all()
        assert 1e-4 < np.abs(audio).max() < 4.0
        assert np.abs(audio.mean(axis=1)).max() < 0.01 * np.abs(audio).max()


@pytest.mark.parametrize("variant_id", variant_ids())
def test_special_articulations_sound_and_differ(variant_id: str) -> None:
    name, _, articulation = variant_id.partition(":")
    facts = instrument(name)
    note = [(0.05, 0.6, (facts.comfort_low + facts.comfort_high) // 2, 80)]
    special = play(name, note, 1.0, articulation=articulation)
    assert rms_db(special) > -60
    assert not np.array_equal(special, play(name, note, 1.0))


@pytest.mark.parametrize(
    "patch_id",
    ["acoustic_grand_piano", "harpsichord", "vibraphone", "drawbar_organ", "acoustic_guitar_nylon",
     "distortion_guitar", "electric_bass_finger", "orchestral_harp", "lead_1_square", "clarinet",
     "trumpet", "bassoon", "electric_piano_1", "banjo", "church_organ", "synth_bass_2"],
)  # fmt: skip
def test_notes_are_within_three_cents(patch_id: str) -> None:
    facts = instrument(patch_id)
    low, high = facts.comfort_low, min(facts.comfort_high, 84)
    for pitch in (low, (low + high) // 2, high):
        audio = play(patch_id, [(0.0, 2.0, pitch, 80)], 2.0)
        mono = audio.mean(axis=0)[int(0.08 * RATE_HZ) : int(1.2 * RATE_HZ)]
        assert abs(pitch_cents(mono, midi_to_hz(pitch))) < 3.0, pitch


@pytest.mark.parametrize(
    "patch_id",
    ["acoustic_grand_piano", "electric_piano_1", "acoustic_guitar_steel", "violin", "trumpet",
     "alto_sax", "flute", "string_ensemble_1", "synth_brass_1", "koto", "electric_bass_pick"],
)  # fmt: skip
def test_harder_is_louder_and_brighter(patch_id: str) -> None:
    facts = instrument(patch_id)
    pitch = (facts.comfort_low + facts.comfort_high) // 2
    soft, hard = (play(patch_id, [(0.0, 0.8, pitch, v)], 0.8) for v in (35, 115))
    assert rms_db(hard) - rms_db(soft) > 6
    assert centroid_hz(hard[0]) > 1.04 * centroid_hz(soft[0])


@pytest.mark.parametrize("patch_id", ["acoustic_grand_piano", "vibraphone", "orchestral_harp"])
def test_ringing_notes_only_decay(patch_id: str) -> None:
    audio = play(patch_id, [(0.0, 4.0, 62, 90)], 3.0)
    levels = [rms_db(audio, at, at + 0.5) for at in np.arange(0.2, 2.5, 0.5)]
    assert all(later < earlier for earlier, later in pairwise(levels))


def test_low_piano_notes_ring_longer_than_high_ones() -> None:
    falls = []
    for pitch in (36, 60, 84):
        audio = play("acoustic_grand_piano", [(0.0, 3.0, pitch, 90)], 2.6)
        falls.append(rms_db(audio, 0.1, 0.3) - rms_db(audio, 2.1, 2.3))
    assert falls[0] < falls[1] < falls[2]


def test_letting_go_damps_and_the_pedal_holds() -> None:
    note = [(0.0, 0.4, 60, 90)]
    dry = play("acoustic_grand_piano", note, 2.0)
    held = play("acoustic_grand_piano", note, 2.0, [(0.1, 64, 127), (1.5, 64, 0)])
    assert rms_db(held, 1.0, 1.4) - rms_db(dry, 1.0, 1.4) > 30
    assert rms_db(held, 1.9, 2.0) < rms_db(held, 1.0, 1.4) - 25


@pytest.mark.parametrize("patch_id", ["drawbar_organ", "acoustic_guitar_nylon"])
@pytest.mark.parametrize(("value", "cents"), [(8191, 200), (-8192, -200), (4096, 100)])
def test_pitch_bend_moves_by_its_cents(patch_id: str, value: int, cents: float) -> None:
    audio = play(patch_id, [(0.0, 1.2, 64, 90)], 1.2, [(0.0, 128, value)])
    expected = midi_to_hz(64 + cents / 100)
    assert abs(pitch_cents(audio.mean(axis=0)[4000:52000], expected, 45)) < 4


def test_modulation_makes_vibrato() -> None:
    steady, shaken = (
        play("drawbar_organ", [(0.0, 1.5, 69, 90)], 1.5, [(0.0, 1, value)]) for value in (0, 127)
    )
    spreads = []
    for audio in (steady, shaken):
        wave = audio.mean(axis=0)[12000:60000]
        spectrum_ = np.abs(np.fft.rfft(wave * np.hanning(wave.size))) ** 2
        hz = np.fft.rfftfreq(wave.size, 1 / RATE_HZ)
        near = (hz > 400) & (hz < 480)
        mean = (hz[near] * spectrum_[near]).sum() / spectrum_[near].sum()
        spreads.append(
            np.sqrt(((hz[near] - mean) ** 2 * spectrum_[near]).sum() / spectrum_[near].sum())
        )
    assert spreads[1] > 3 * spreads[0]


@pytest.mark.parametrize(("controller", "value", "loss_db"), [(7, 50, 12.04), (11, 64, 11.9)])
def test_volume_and_expression_follow_the_midi_curve(
    controller: int, value: int, loss_db: float
) -> None:
    note = [(0.0, 0.5, 60, 90)]
    full = play("harpsichord", note, 0.6)
    less = play("harpsichord", note, 0.6, [(0.0, controller, value)])
    assert rms_db(full) - rms_db(less) == pytest.approx(loss_db, abs=0.1)


def test_expression_darkens_a_bowed_note() -> None:
    note = [(0.0, 1.0, 60, 100)]
    full, half = (play("cello", note, 1.0, [(0.0, 11, value)]) for value in (127, 40))
    assert centroid_hz(half[0]) < 0.95 * centroid_hz(full[0])


def test_pan_moves_from_side_to_side() -> None:
    note = [(0.0, 0.5, 60, 90)]
    for value, sign in ((10, 1), (117, -1)):
        audio = play("clarinet", note, 0.6, [(0.0, 10, value)])
        difference = rms_db(audio[:1]) - rms_db(audio[1:])
        assert sign * difference > 10


def test_brightness_opens_the_filter() -> None:
    note = [(0.0, 0.8, 48, 80)]
    dark, light = (play("synth_bass_1", note, 0.8, [(0.0, 74, v)]) for v in (20, 110))
    assert centroid_hz(light[0]) > 1.3 * centroid_hz(dark[0])


def test_the_same_part_gives_the_same_bytes_in_any_company() -> None:
    for patch_id in ("acoustic_grand_piano", "violin", "seashore", "pad_2_warm"):
        notes = [(0.0, 0.4, 60, 80), (0.3, 0.4, 64, 90)]
        first = play(patch_id, notes, 0.9)
        play("trumpet", [(0.0, 0.2, 60, 80)], 0.3)
        assert first.tobytes() == play(patch_id, notes, 0.9).tobytes()


def test_repeated_notes_are_not_copies() -> None:
    audio = play("acoustic_grand_piano", [(0.0, 0.4, 60, 80), (1.0, 0.4, 60, 80)], 2.0)
    first, second = audio[:, :19200], audio[:, RATE_HZ : RATE_HZ + 19200]
    assert np.abs(first - second).max() > 1e-3


def test_a_legato_line_has_no_holes() -> None:
    notes = [(0.3 * i, 0.3, 62 + 2 * i, 90) for i in range(4)]
    audio = play("clarinet", notes, 1.2)
    levels = [rms_db(audio, at, at + 0.03) for at in np.arange(0.15, 1.1, 0.03)]
    assert max(levels) - min(levels) < 9


def test_mezzo_forte_is_equally_loud_on_every_program() -> None:
    levels = []
    for patch_id in patch_ids()[:112]:
        facts = instrument(patch_id)
        pitch = round(facts.comfort_low + 0.45 * (facts.comfort_high - facts.comfort_low))
        audio = play(patch_id, [(0.0, 1.5, pitch, 80)], 1.6)
        power = np.cumsum(np.concatenate(([0.0], (audio.astype(float) ** 2).sum(axis=0))))
        window = int(0.4 * RATE_HZ)
        levels.append(10 * np.log10((power[window:] - power[:-window]).max() / window))
    # unweighted level of equally loud notes still differs with register
    assert np.std(levels) < 2.5
    assert max(levels) - min(levels) < 14


def test_notes_outside_the_piece_and_empty_parts_are_silence() -> None:
    assert not play("violin", [], 0.1).any()
    assert not play("violin", [(5.0, 1.0, 60, 80)], 0.1).any()
    assert play("violin", [(0.0, 1.0, 60, 80)], 0.0).shape == (2, 0)


def test_other_sample_rates_keep_the_pitch() -> None:
    audio = render_part(part("clarinet", [(0.0, 1.0, 69, 80)]), 44100, 44100)
    level = np.abs(np.fft.rfft(audio[0, 8820:] * np.hanning(35280)))
    assert np.fft.rfftfreq(35280, 1 / 44100)[np.argmax(level)] == pytest.approx(440.0, abs=2)


def test_mistakes_are_named() -> None:
    with pytest.raises(StyleError, match="no sound for the instrument 'kazoo'"):
        render_part(part("kazoo", [(0.0, 1.0, 60, 80)]), 100)
    with pytest.raises(AudioError, match="sample"):
        render_part(part("violin", [(0.0, 1.0, 60, 80)]), -1)
    with pytest.raises(StyleError):
        patch("violin:sul_ponticello")
