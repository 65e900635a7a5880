"""Measuring notes whose partials, noise and movement are known."""

import shutil
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
from training.instruments.partials import free_partials
from training.instruments.pitch import find_tuning
from training.instruments.plan import fitted_ids, pitches_to_fit, sources, takes
from training.instruments.record import RATE_HZ, Take, record
from training.instruments.release import NO_DAMPER_SECONDS, release_seconds
from training.instruments.tone import measure, trim

from songwright.render.fitted.model import KNOTS_MS, NOISE_BANDS_HZ, steps_to_gain
from songwright.score.instruments import instrument
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

KNOTS = np.array(KNOTS_MS)


def time(seconds):
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def string(hz, seconds, b=0.0, count=12, t60=3.0, slope_db=3.0):
    """Partials 3 dB apart that begin at once and fall by 60 dB within ``t60``."""
    t = time(seconds)
    out = np.zeros_like(t)
    for k in range(1, count + 1):
        level = 0.1 * 10 ** (-slope_db * (k - 1) / 20) * 10 ** (-3.0 * t / t60)
        out += level * np.sin(2 * np.pi * hz * k * np.sqrt(1 + b * k * k) * t + k * k)
    return np.stack([out, out]).astype(np.float32)


@pytest.mark.parametrize(("pitch", "cents"), [(40, 13.0), (60, -21.5), (81, 4.0)])
def test_tuning_is_found_to_a_cent(pitch, cents):
    hz = midi_to_hz(pitch) * 2 ** (cents / 1200)
    found = find_tuning(string(hz, 1.5)[0], midi_to_hz(pitch), stiff=False)
    assert 1200 * np.log2(found.hz / hz) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize(("pitch", "b"), [(33, 2e-4), (60, 4e-4), (76, 1.5e-3)])
def test_stiffness_is_found(pitch, b):
    hz = midi_to_hz(pitch)
    found = find_tuning(string(hz, 1.5, b)[0], hz, stiff=True)
    assert found.inharmonicity == pytest.approx(b, rel=0.15)
    assert 1200 * np.log2(found.hz / hz) == pytest.approx(0.0, abs=2.0)


def test_a_plucked_note_is_measured():
    hz = midi_to_hz(57)
    tone = measure(trim(string(hz, 4.0, 3e-4)), 57, 80, "stiff", held=False).tone
    gains = 20 * np.log10(steps_to_gain(tone.partials, tone.level_db)[:, :8] + 1e-9)
    expected = -20 - 3.0 * np.arange(8) - 20.0 * KNOTS[:, None] / 1000
    inside = KNOTS < 3500
    # it begins at once: all but the very first knots have their full level
    late = inside & (KNOTS >= 6)
    assert np.abs(gains - expected)[late].max() < 2.0
    assert np.abs(gains - expected)[inside & (KNOTS >= 100)].max() < 1.6
    assert np.all(tone.partials[KNOTS > 4100] == 255)
    noise = steps_to_gain(tone.noise[KNOTS == 400], tone.level_db)
    assert 20 * np.log10(noise.max() + 1e-9) < -70.0


def test_noise_between_partials_is_measured():
    hz, seconds = midi_to_hz(69), 3.0
    white = noise_rng(0, "test").standard_normal(int(seconds * RATE_HZ)) * 0.01
    audio = string(hz, seconds, t60=1e6) + np.float32(white)
    measured = measure(audio, 69, 80, "harmonic", held=True).tone
    steady = (KNOTS >= 400) & (KNOTS <= 2200)
    power = (steps_to_gain(measured.noise[steady], measured.level_db) ** 2).mean(axis=0)
    levels = 10 * np.log10(power)
    # white noise has equal power in every hertz
    widths = np.diff(NOISE_BANDS_HZ)
    expected = -40 + 10 * np.log10(widths / (RATE_HZ / 2))
    assert np.abs(levels - expected)[2:].max() < 3.0
    assert np.abs(np.median(levels - expected)) < 1.0


def test_a_slow_attack_stays_slow_and_a_quick_one_quick():
    audio = string(midi_to_hz(60), 3.0, t60=1e6)
    slow = audio * np.minimum(time(3.0) / 0.2, 1.0).astype(np.float32)
    for sound, seconds in ((audio, 0.0), (slow, 0.2)):
        tone = measure(sound, 60, 80, "harmonic", held=True).tone
        level = steps_to_gain(tone.partials, tone.level_db)[:, 0]
        first = KNOTS[np.argmax(level > 0.7 * level[KNOTS == 800])] / 1000
        assert first == pytest.approx(0.7 * seconds, abs=0.006 + 0.3 * seconds)


def test_vibrato_is_taken_out_and_named():
    t = time(3.0)
    cents = 25.0 * np.sin(2 * np.pi * 5.6 * t) * np.minimum(t / 0.3, 1.0)
    phase = 2 * np.pi * np.cumsum(midi_to_hz(67) * 2 ** (cents / 1200)) / RATE_HZ
    wave = sum(0.1 / k * np.sin(k * phase) for k in range(1, 20))
    result = measure(np.stack([wave, wave]).astype(np.float32), 67, 80, "harmonic", held=True)
    assert result.vibrato_hz == pytest.approx(5.6, abs=0.3)
    assert result.vibrato_cents == pytest.approx(25.0, rel=0.25)
    # upper partials keep their level although they swing over more than their window is wide
    gains = steps_to_gain(result.tone.partials[KNOTS == 1100][0], result.tone.level_db)
    below = 20 * np.log10(gains[0] / gains[11])
    assert below == pytest.approx(20 * np.log10(12), abs=2.0)


def test_free_partials_of_a_bar():
    hz = np.array([262.0, 1049.0, 2620.0])
    t = time(2.0)
    wave = sum(a * np.sin(2 * np.pi * f * t) * np.exp(-t * d)
               for f, a, d in zip(hz, (0.2, 0.1, 0.05), (3, 8, 20), strict=True))  # fmt: skip
    found = free_partials(wave.astype(np.float32), 40, 100.0)
    assert found == pytest.approx(hz, abs=1.5)


def test_release_of_a_damped_and_of_an_undamped_note():
    t = time(2.4)
    ringing = string(220.0, 2.4, t60=4.0)
    damped = ringing * np.where(t < 0.8, 1.0, 10 ** (-3 * (t - 0.8) / 0.3)).astype(np.float32)
    assert release_seconds(damped, 0.8, held=False) == pytest.approx(0.28, abs=0.04)
    assert release_seconds(ringing, 0.8, held=False) == NO_DAMPER_SECONDS


def test_every_program_has_a_recording_and_notes():
    assert len(fitted_ids()) == 128
    known = set(fitted_ids())
    table = sources()
    for members in table.series.values():
        assert set(members) <= known
    assert set(table.programs) <= known
    for name in fitted_ids():
        facts = instrument(name)
        pitches = pitches_to_fit(facts)
        assert pitches[0] == facts.low and pitches[-1] == facts.high
        assert table.font_of(name) in table.fonts
        assert all(take.held_seconds <= take.seconds for take in takes(facts))


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="needs the fluidsynth program")
def test_takes_are_cut_where_their_keys_go_down():
    font = Path(pretty_midi.__file__).with_name("TimGM6mb.sf2")
    wanted = [Take(60, 100, 0.5, 0.8), Take(72, 100, 0.5, 0.8)]
    audio = next(record(font, [(0, wanted)]))
    for take, sound in zip(wanted, audio, strict=True):
        assert sound.shape == (2, int(0.8 * RATE_HZ))
        assert np.argmax(np.abs(sound).max(axis=0) > 0.1 * np.abs(sound).max()) < 0.02 * RATE_HZ
        found = find_tuning(sound[0], midi_to_hz(take.pitch), stiff=False)
        assert 1200 * np.log2(found.hz / midi_to_hz(take.pitch)) == pytest.approx(0.0, abs=12.0)
