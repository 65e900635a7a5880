"""Patches as instruments: levels, clicks, controllers, legato, repeatability."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bench.calibrate_palette import measure

from songwright import palette
from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.render.engine import render_part
from songwright.render.kits import KitInstrument
from songwright.render.synth.phrases import PHRASES, phrase
from songwright.render.synth.source import Palette, PatchPlayer, lines, patch_gain_db
from songwright.render.synth.warmup import PATCHES, warm_up
from songwright.units import midi_to_hz

from .sounds import RATE_HZ, centroid_hz, pitch_cents, rms_db

SYNTHS = [patch for patch in palette.patches().values() if not patch.kit]
REGISTER = {"low": 36, "mid": 60, "high": 72}

Notes = list[tuple[float, float, int, int]]
Controls = list[tuple[float, int, int]]


def part(sound: str, notes: Notes, controls: Controls | None = None) -> PlayedPart:
    return PlayedPart(
        "test", "Test", "lead", "lead_2_sawtooth", tuple(PlayedNote(*note) for note in notes),
        tuple(ControlPoint(*point) for point in controls or []), sound,
    )  # fmt: skip


def play(sound: str, notes: Notes, seconds: float, controls: Controls | None = None) -> np.ndarray:
    return render_part(part(sound, notes, controls), round(seconds * RATE_HZ), RATE_HZ)


@pytest.mark.parametrize("patch", SYNTHS, ids=lambda patch: patch.id)
def test_every_patch_sounds_stays_in_range_and_ends(patch: palette.Patch) -> None:
    pitch = REGISTER[patch.register]
    held = 0.9
    audio = play(patch.id, [(0.1, held, pitch, 100)], 0.1 + held + 1.1 * patch.amp.release + 0.4)
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert 0.01 < np.abs(audio).max() < 1.0
    assert np.abs(audio[:, : RATE_HZ // 20]).max() == 0.0
    assert np.abs(audio[:, : RATE_HZ // 10 - 1]).max() < 3e-4  # oversampling rings a little
    assert np.abs(audio[:, -RATE_HZ // 50 :]).max() < 10 ** (-50 / 20) * np.abs(audio).max()
    assert abs(float(audio.mean())) < 2e-3
    # nothing starts with a step: the first sample is silent, the second nearly so
    start = RATE_HZ // 10
    assert np.abs(audio[:, start]).max() < 0.03 * np.abs(audio).max()


@pytest.mark.parametrize("patch", SYNTHS[::7], ids=lambda patch: patch.id)
def test_a_mezzo_forte_note_is_calibrated(patch: palette.Patch) -> None:
    level, peak = measure(patch)
    gain = patch_gain_db(patch.id)
    assert level + gain == pytest.approx(-24.0, abs=0.5) or peak + gain == pytest.approx(-7, abs=1)


PITCHED = [
    p for p in SYNTHS
    if p.category in ("basses", "leads", "pads", "plucks", "keys", "organs", "arps")
    and not p.fit and p.mod.pitch_semitones == 0 and not any(lfo.pitch_cents for lfo in p.lfo)
    and "fifths" not in p.texture and p.id != "pad_glass"
]  # fmt: skip


@pytest.mark.parametrize("patch", PITCHED, ids=lambda patch: patch.id)
def test_sounds_with_a_pitch_are_in_tune(patch: palette.Patch) -> None:
    pitch = REGISTER[patch.register] + 7
    audio = play(patch.id, [(0.0, 2.0, pitch, 90)], 2.0)
    mono = (audio[0] + audio[1]).astype(np.float64)[RATE_HZ // 8 :]
    widest = max([o.detune_cents for o in patch.osc if o.voices > 1] or [0.0])
    assert abs(pitch_cents(mono, midi_to_hz(pitch))) < 12.0 + widest


def test_the_same_part_gives_the_same_bytes_whatever_else_plays() -> None:
    notes = [(0.0, 0.5, 60, 90), (0.5, 0.5, 64, 90), (0.5, 0.5, 67, 80)]
    one = play("pad_warm_analog", notes, 1.5)
    play("reese_dark", notes, 0.5)
    assert np.array_equal(one, play("pad_warm_analog", notes, 1.5))
    longer = play("pad_warm_analog", [*notes, (1.4, 0.5, 72, 90)], 1.5)
    assert np.array_equal(one[:, : int(1.39 * RATE_HZ)], longer[:, : int(1.39 * RATE_HZ)])


def test_velocity_is_louder_and_brighter() -> None:
    for sound in ("bass_analog_round", "keys_tine_warm", "pluck_string_bright", "pad_poly_brass"):
        soft, hard = (play(sound, [(0.0, 1.0, 48, v)], 1.0) for v in (45, 115))
        assert rms_db(hard) > rms_db(soft) + 6
        assert centroid_hz(hard[0].astype(float)) > 1.1 * centroid_hz(soft[0].astype(float))


def test_controllers_are_obeyed() -> None:
    note: Notes = [(0.0, 1.0, 60, 90)]
    rest = play("lead_mono_saw", note, 1.0)
    up = play("lead_mono_saw", note, 1.0, [(0.0, 128, 8191)])
    mono = up[0].astype(np.float64)[RATE_HZ // 4 :]
    assert abs(pitch_cents(mono, midi_to_hz(62))) < 25
    bright = play("lead_mono_saw", note, 1.0, [(0.0, 74, 127)])
    dark = play("lead_mono_saw", note, 1.0, [(0.0, 74, 0)])
    assert (
        centroid_hz(bright[0].astype(float))
        > 1.2 * centroid_hz(rest[0].astype(float))
        > 1.4 * centroid_hz(dark[0].astype(float))
    )
    soft = play("lead_mono_saw", note, 1.0, [(0.0, 11, 64)])
    assert rms_db(soft) == pytest.approx(rms_db(rest) + 40 * np.log10(64 / 127), abs=0.3)
    left = play("lead_mono_saw", note, 1.0, [(0.0, 10, 0)])
    assert rms_db(left[1:]) < rms_db(left[:1]) - 40
    wheel = play("lead_square_hollow", note, 1.0, [(0.0, 1, 127)])
    assert not np.allclose(wheel, play("lead_square_hollow", note, 1.0), atol=1e-3)


def test_overlapping_notes_of_a_legato_bass_glide_in_one_voice() -> None:
    patch = palette.get("bass_808_long")
    notes = [(0.0, 0.52, 36, 90), (0.5, 0.6, 43, 90), (1.2, 0.5, 43, 90)]
    from songwright.render.controls import Controls as Curves

    played = part(patch.id, notes)
    found = lines(patch, played, Curves(played, 2 * RATE_HZ, RATE_HZ))
    assert [len(line.gates) for line in found] == [2, 1]
    audio = play(patch.id, notes, 2.0)[0].astype(np.float64)
    assert abs(pitch_cents(audio[int(0.8 * RATE_HZ) : int(1.05 * RATE_HZ)], midi_to_hz(43))) < 20
    joint = np.abs(audio[int(0.49 * RATE_HZ) : int(0.55 * RATE_HZ)])
    assert joint.max() > 0.6 * np.abs(audio[int(0.4 * RATE_HZ) : int(0.48 * RATE_HZ)]).max()


def test_touching_notes_are_struck_anew_and_a_mono_bass_cuts_the_last_one() -> None:
    patch = palette.get("bass_analog_round")
    from songwright.render.controls import Controls as Curves

    played = part(patch.id, [(0.0, 1.5, 36, 90), (0.5, 0.5, 43, 90)])
    found = lines(patch, played, Curves(played, 2 * RATE_HZ, RATE_HZ))
    assert found[0].held_seconds == pytest.approx(0.5)
    legato = palette.get("bass_acid")
    touching = part(legato.id, [(0.0, 0.49, 36, 90), (0.5, 0.5, 43, 90)])
    assert len(lines(legato, touching, Curves(touching, RATE_HZ, RATE_HZ))) == 2


def test_a_riser_arrives_at_the_end_of_its_note_however_long() -> None:
    for held in (1.0, 3.0):
        audio = play("riser_noise", [(0.0, held, 60, 100)], held + 0.5)
        loudest = int(np.argmax(np.convolve((audio**2).sum(0), np.ones(2400), "same")))
        assert 0.85 * held < loudest / RATE_HZ < held + 0.05


def test_macros_are_heard() -> None:
    notes: Notes = [(0.0, 1.0, 48, 90)]

    def spread(audio: np.ndarray) -> float:
        return float(np.std(audio[0] - audio[1]) / np.std(audio[0] + audio[1]))

    def sound(settings: str) -> np.ndarray:
        return play(f"pad_supersaw_wide@{settings}", notes, 1.3)

    assert centroid_hz(sound("brightness=1")[0].astype(float)) > 1.5 * centroid_hz(
        sound("brightness=0")[0].astype(float)
    )
    assert spread(sound("width=1")) > 1.5 * spread(sound("width=0.1"))
    slow, fast = (sound(f"attack={value}") for value in (0.0, 1.0))
    assert rms_db(fast, 0.0, 0.1) > rms_db(slow, 0.0, 0.1) + 6


def test_kits_of_the_palette_are_kits_and_strokes_take_turns() -> None:
    source = Palette()
    for patch in palette.patches().values():
        if not patch.kit:
            continue
        assert isinstance(source.instrument_for(part(patch.id, [])), KitInstrument)
        hats = play(patch.id, [(0.25 * k, 0.1, 42, 90) for k in range(4)], 1.0)
        first, second = hats[:, :4800], hats[:, 12000:16800]
        assert not np.array_equal(first, second)
        assert abs(rms_db(first) - rms_db(second)) < 3.0


def test_a_part_without_a_sound_of_the_palette_is_left_to_others() -> None:
    assert Palette().instrument_for(part("", [])) is None
    assert Palette().instrument_for(part("violin", [])) is None


def test_every_category_has_a_phrase() -> None:
    assert set(PHRASES) == set(palette.CATEGORIES)
    played, seconds = phrase(palette.get("bass_acid"))
    assert played.sound == "bass_acid"
    assert seconds > max(note.onset_seconds for note in played.notes) + 1


def test_other_sample_rates_sound_alike() -> None:
    played = part("pluck_house", [(0.0, 0.5, 60, 90)])
    levels = [rms_db(render_part(played, rate, rate)) for rate in (44100, 48000, 96000)]
    assert max(levels) - min(levels) < 0.7


def test_a_gate_keeps_time_through_a_change_of_tempo() -> None:
    held = part("pad_pulse_gate", [(0.0, 8.0, 57, 90)])
    played = replace(held, tempos=((0.0, 120.0), (4.0, 180.0)))
    audio = render_part(played, 8 * RATE_HZ, RATE_HZ)
    level = np.sqrt(np.mean(audio.reshape(2, -1, 480) ** 2, axis=(0, 2)))  # a hundred a second
    for start, expected_hz in ((50, 4.0), (450, 6.0)):  # two gates in a beat
        piece = level[start : start + 300]
        strength = np.abs(np.fft.rfft(piece - piece.mean()))
        strength[:6] = 0.0  # slower than 2 Hz is the chord itself
        assert np.argmax(strength) / 3.0 == pytest.approx(expected_hz, abs=0.34)
    assert not np.array_equal(audio, render_part(held, 8 * RATE_HZ, RATE_HZ))
    assert np.array_equal(audio, render_part(played, 8 * RATE_HZ, RATE_HZ))


def test_a_variation_stays_near_the_level_of_its_parent() -> None:
    for name in ("reese_dark", "pad_glass", "lead_mono_saw"):
        rest = rms_db(play(name, [(0.0, 1.0, 55, 90)], 1.0))
        for patch in palette.vary(name, 0.5, ("darker",), n=2):
            audio = PatchPlayer(patch).render(
                replace(part(name, [(0.0, 1.0, 55, 90)]), sound=patch.id), RATE_HZ, RATE_HZ
            )
            assert abs(rms_db(audio) - rest) < 12.0


def test_the_warm_up_plays_every_kind_of_kernel() -> None:
    used = [palette.get(name) for name in PATCHES]
    for source in ("osc", "fm", "pluck", "noise"):
        assert any(getattr(patch, source) for patch in used), source
    for effect in ("drive_db", "fold", "crush_bits", "chorus"):
        assert any(getattr(patch.effects, effect) > 0 for patch in used), effect
    assert any(patch.effects.tone_db for patch in used)
    assert {"ladder"} < {patch.filter.kind for patch in used}
    warm_up()
