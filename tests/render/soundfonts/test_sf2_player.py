"""SoundFont 2: what the generators and modulators of the specification do to the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songwright.errors import FileFormatError
from songwright.render.soundfonts import sf2_generators as gen
from songwright.render.soundfonts.sf2 import Preset, SoundfontFile
from tests.render.soundfonts.fonts import (
    A4,
    LOOPED,
    Font,
    Sample,
    font_bytes,
    looped_font,
    sine,
    write,
)
from tests.render.soundfonts.listening import heard, hz_of, opened, rms_db


def play(
    tmp_path: Path,
    generators: dict[int, int] | None = None,
    key: int = A4,
    velocity: int = 127,
    held: float = 0.8,
    controls: list[tuple[float, int, int]] | None = None,
    seconds: float = 1.0,
    **facts: object,
) -> np.ndarray:
    bank = opened(write(tmp_path, looped_font(generators, **facts)))
    return heard(bank, [(0.0, held, key, velocity)], seconds, controls)


def cents(sound: np.ndarray, hz: float) -> float:
    return 1200 * np.log2(hz_of(sound) / hz)


@pytest.mark.parametrize("key", [33, 57, 69, 76, 93])
def test_keys_are_in_tune(tmp_path: Path, key: int) -> None:
    assert abs(cents(play(tmp_path, key=key), 480.0 * 2 ** ((key - A4) / 12))) < 1.0


def test_tuning_root_and_scale(tmp_path: Path) -> None:
    for generators, hz in (
        ({gen.COARSE_TUNE: 7, gen.FINE_TUNE: -30}, 480 * 2 ** (6.7 / 12)),
        ({gen.ROOT_KEY: 57}, 960.0),
        ({gen.SCALE_TUNE: 50, gen.ROOT_KEY: 45}, 960.0),
        ({gen.FIXED_KEY: 81}, 960.0),
    ):
        assert abs(cents(play(tmp_path, generators), hz)) < 1.0, generators


def test_the_loop_sounds_as_long_as_the_key_is_down_without_a_seam(tmp_path: Path) -> None:
    sound = play(tmp_path, held=3.0, seconds=3.0)
    expected = 0.5 / np.sqrt(2) * np.sin(2 * np.pi * 480 * np.arange(sound.shape[1]) / 48000)
    late = slice(48000, 140000)  # in the recording 1 s is over
    assert abs(np.abs(sound[0, late]).max() / np.abs(expected[late]).max() - 1) < 0.2
    power = np.abs(np.fft.rfft(sound[0, late] * np.blackman(92000)))
    top = int(np.argmax(power))
    power[top - 40 : top + 41] = 0.0
    assert 20 * np.log10(power.max() / np.blackman(92000).sum() / 0.25) < -75.0


def test_without_a_loop_the_recording_ends(tmp_path: Path) -> None:
    sound = play(tmp_path, {gen.MODES: 0}, held=2.0, seconds=2.0)
    assert rms_db(sound, 0.5, 0.9) > -20.0 and not sound[:, 48100:].any()


def test_a_loop_of_mode_three_goes_on_into_the_rest(tmp_path: Path) -> None:
    audio = np.concatenate((sine(480.0, 0.2), np.zeros(4800, np.float32), sine(960.0, 0.2)))
    font = Font([Sample(audio, loop=(4800, 9600))], [({gen.MODES: 3, 38: 2000}, (), 0)])
    sound = heard(opened(write(tmp_path, font_bytes(font))), [(0.0, 0.5, A4, 127)], 1.2)
    assert abs(hz_of(sound, 0.1, 0.5) - 480) < 1
    assert abs(hz_of(sound, 0.72, 0.85) - 960) < 3


@pytest.mark.parametrize("velocity", [16, 64, 127])
def test_velocity_is_squared(tmp_path: Path, velocity: int) -> None:
    level = rms_db(play(tmp_path, velocity=velocity), 0.2, 0.6)
    top = rms_db(play(tmp_path), 0.2, 0.6)
    assert level - top == pytest.approx(40 * np.log10(velocity / 127), abs=0.1)


def test_attenuation_is_that_of_the_emu_chip(tmp_path: Path) -> None:
    quiet = rms_db(play(tmp_path, {gen.ATTENUATION: 200}), 0.2, 0.6)
    assert quiet - rms_db(play(tmp_path), 0.2, 0.6) == pytest.approx(-8.0, abs=0.05)


@pytest.mark.parametrize(("pan", "difference"), [(-500, 300.0), (0, 0.0), (-250, 7.66)])
def test_pan_keeps_the_power(tmp_path: Path, pan: int, difference: float) -> None:
    sound = play(tmp_path, {gen.PAN: pan})
    left, right = (rms_db(side, 0.2, 0.6) for side in sound)
    power = 10 * np.log10(10 ** (left / 10) + 10 ** (right / 10))
    # A filter without resonance counts as -3 dB of Q, half of which the level gains.
    expected = 20 * np.log10(0.5 / np.sqrt(2)) + 1.505
    assert power == pytest.approx(expected, abs=0.1)
    if difference < 100:
        assert left - right == pytest.approx(difference, abs=0.05)
    else:
        assert right < -200


def test_volume_envelope_by_the_book(tmp_path: Path) -> None:
    def timecents(seconds: float) -> int:
        return round(1200 * np.log2(seconds))

    sound = play(
        tmp_path,
        {33: timecents(0.1), 34: timecents(0.2), 35: timecents(0.1), 36: timecents(2.0), 37: 120,
         38: timecents(1.0)},
        held=1.2, seconds=2.0,
    )  # fmt: skip
    top = 20 * np.log10(0.25 / np.sqrt(2) * np.sqrt(2) / np.sqrt(2))
    top = rms_db(sound, 0.32, 0.39)
    assert not sound[:, :4700].any()
    assert rms_db(sound, 0.195, 0.205) - top == pytest.approx(-6.0, abs=0.3)  # half the attack
    assert rms_db(sound, 0.495, 0.505) - top == pytest.approx(-0.1 * 48, abs=0.3)  # 48 dB/s decay
    assert rms_db(sound, 0.8, 1.1) - top == pytest.approx(-0.096 * 120, abs=0.1)  # sustain
    released = rms_db(sound, 1.395, 1.405) - rms_db(sound, 1.295, 1.305)
    assert released == pytest.approx(-9.6, abs=0.3)  # 96 dB in a second


def test_key_shortens_the_decay(tmp_path: Path) -> None:
    generators = {36: 0, 37: 1000, 40: 100}  # 100 timecents a key: an octave up, half as long
    low = play(tmp_path, generators, key=60)
    high = play(tmp_path, generators, key=72)
    assert rms_db(low, 0.45, 0.55) - rms_db(low, 0.2, 0.3) == pytest.approx(-24, abs=1)
    assert rms_db(high, 0.35, 0.4) - rms_db(high, 0.225, 0.275) == pytest.approx(-24, abs=2)


def test_modulation_envelope_and_lfo_move_pitch_and_filter(tmp_path: Path) -> None:
    risen = play(tmp_path, {gen.SHAPE_PITCH: 1200, 26: -12000, 28: 8000, 29: 0})
    assert abs(hz_of(risen, 0.2, 0.6) - 960) < 6
    shaken = play(tmp_path, {gen.LFO_VOLUME: 120, gen.LFO_HZ: 0, 21: -12000}, held=1.0)  # 8.2 Hz
    frames = (shaken[0, :48000] ** 2).reshape(-1, 480).mean(1)[5:95]
    assert 10 * np.log10(frames.max() / frames.min()) == pytest.approx(24, abs=2.5)


def test_low_pass_is_three_decibels_down_at_its_cutoff(tmp_path: Path) -> None:
    flat = rms_db(play(tmp_path, {gen.FILTER: 13499}), 0.2, 0.6)
    cut = play(tmp_path, {gen.FILTER: round(1200 * np.log2(480 / 8.1758))})
    assert rms_db(cut, 0.2, 0.6) - flat == pytest.approx(-3.0, abs=0.15)
    octave = play(tmp_path, {gen.FILTER: round(1200 * np.log2(120 / 8.1758))})
    assert rms_db(octave, 0.2, 0.6) - flat == pytest.approx(-24.1, abs=0.5)


def test_a_modulator_of_the_file_replaces_the_default(tmp_path: Path) -> None:
    flat = [(0x0502, gen.ATTENUATION, 0, 0, 0)]
    soft, loud = (rms_db(play(tmp_path, velocity=v, modulators=flat), 0.2, 0.6) for v in (20, 127))
    assert soft == pytest.approx(loud, abs=0.01)


def test_velocity_may_open_the_filter(tmp_path: Path) -> None:
    darker = [(0x0102, gen.FILTER, -6000, 0, 0), (0x0502, gen.ATTENUATION, 0, 0, 0)]
    generators = {gen.FILTER: 8000}
    soft, loud = (
        rms_db(play(tmp_path, generators, velocity=v, modulators=darker), 0.2, 0.6)
        for v in (20, 127)
    )
    assert soft < loud - 15


def test_bend_wheel_brightness_and_pedal(tmp_path: Path) -> None:
    assert abs(cents(play(tmp_path, controls=[(0.0, 128, 8192)]), 480 * 2 ** (2 / 12))) < 1
    steady, shaken = play(tmp_path), play(tmp_path, controls=[(0.0, 1, 127)])
    assert np.abs(shaken - steady).max() > 0.1  # vibrato takes it out of phase
    dark = play(tmp_path, key=105, controls=[(0.0, 74, 0)])
    assert rms_db(dark, 0.2, 0.6) < rms_db(play(tmp_path, key=105), 0.2, 0.6) - 3
    rung = play(tmp_path, held=0.2, controls=[(0.0, 64, 127)])
    assert rms_db(rung, 0.6, 0.9) > -15 > -60 > rms_db(play(tmp_path, held=0.2), 0.6, 0.9)


def test_exclusive_class_chokes_other_strokes_only(tmp_path: Path) -> None:
    bank = opened(write(tmp_path, looped_font({gen.EXCLUSIVE_CLASS: 1})))
    alone = heard(bank, [(0.0, 5.0, 60, 100)], 2.0)
    both = heard(bank, [(0.0, 5.0, 60, 100), (0.5, 0.01, 72, 1)], 2.0)
    assert rms_db(both, 1.4, 1.5) < rms_db(alone, 1.4, 1.5) - 60
    chord = heard(bank, [(0.0, 5.0, 60, 100), (0.0, 5.0, 64, 100)], 2.0)
    assert rms_db(chord, 1.4, 1.5) > rms_db(alone, 1.4, 1.5)


def test_zones_answer_their_keys_and_velocities(tmp_path: Path) -> None:
    def span(low: int, high: int) -> int:
        return low | high << 8

    font = Font(
        [LOOPED, Sample(sine(1440.0), loop=(4800, 9600))],
        [({gen.KEY_RANGE: span(0, 127), gen.VELOCITY_RANGE: span(0, 63), gen.MODES: 1}, (), 0),
         ({gen.KEY_RANGE: span(60, 80), gen.VELOCITY_RANGE: span(64, 127), gen.MODES: 1}, (), 1)],
    )  # fmt: skip
    bank = opened(write(tmp_path, font_bytes(font)))
    assert abs(hz_of(heard(bank, [(0, 0.9, A4, 60)])) - 480) < 1
    assert abs(hz_of(heard(bank, [(0, 0.9, A4, 100)])) - 1440) < 1
    assert not heard(bank, [(0, 0.9, 81, 100)]).any()


def test_global_zones_and_preset_amounts_add_up(tmp_path: Path) -> None:
    font = Font(
        [LOOPED],
        [({gen.MODES: 1, gen.COARSE_TUNE: 5}, (), -1), ({gen.FINE_TUNE: 0}, (), 0)],
        preset_generators={gen.COARSE_TUNE: 7, gen.MODES: 0},
    )
    sound = heard(opened(write(tmp_path, font_bytes(font))), [(0, 1.9, A4, 127)], 2.0)
    assert abs(hz_of(sound, 1.2, 1.8) - 960) < 1  # 5 + 7 semitones; presets cannot unloop


def test_sf3_sounds_like_sf2(tmp_path: Path) -> None:
    font = Font([LOOPED], [({gen.MODES: 1}, (), 0)])
    plain = heard(opened(write(tmp_path, font_bytes(font))), [(0, 1.4, A4, 127)], 1.5)
    font.compressed = True
    packed = heard(opened(write(tmp_path, font_bytes(font), "t.sf3")), [(0, 1.4, A4, 127)], 1.5)
    assert rms_db(packed - plain, 0.1, 1.3) < rms_db(plain, 0.1, 1.3) - 30


def test_presets_and_facts(tmp_path: Path) -> None:
    presets = ((128, 0, "Kit"), (0, 40, "Violin"), (0, 0, "Piano"))
    file = SoundfontFile(write(tmp_path, looped_font(presets=presets)))
    assert file.presets == (Preset(0, 0, "Piano"), Preset(0, 40, "Violin"), Preset(128, 0, "Kit"))
    assert file.facts["INAM"] == "Test font"
    assert file.preset(0, 1) is None
    with pytest.raises(FileFormatError, match="no preset 0:1"):
        file.require(0, 1)


def test_the_same_part_gives_the_same_bytes_and_parts_add_up(tmp_path: Path) -> None:
    path = write(tmp_path, looped_font())
    one, two = (0.0, 0.5, 60, 90), (0.2, 0.5, 67, 70)
    both = heard(opened(path), [one, two])
    assert both.tobytes() == heard(opened(path), [one, two]).tobytes()
    np.testing.assert_allclose(
        both, heard(opened(path), [one]) + heard(opened(path), [two]), atol=1e-6
    )
