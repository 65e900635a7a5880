"""The driven amplifier: linear for whispers, bounded, sagging, clean at the top; its guitars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.perform.model import PlayedPart
from songwright.render.amplifier import amplify
from songwright.render.bodies import body_response
from songwright.render.engine import render_part
from songwright.render.valves import Valves, amplifiers, overdrive
from songwright.units import midi_to_hz

from .sounds import RATE_HZ, part, pitch_cents, play, rms_db, spectrum

DRIVEN = ("overdriven_guitar", "distortion_guitar")


def sine(hz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def driven(wave: np.ndarray, facts: Valves) -> np.ndarray:
    mono = wave.astype(np.float32)
    overdrive(mono, facts, 0.0, RATE_HZ)
    return mono


def level_db(wave: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(wave.astype(np.float64) ** 2)))


@pytest.mark.parametrize("name", sorted(amplifiers()))
def test_whispers_are_amplified_evenly_and_shouts_are_bounded(name: str) -> None:
    facts = amplifiers()[name]
    small, smaller = (driven(level * sine(700.0, 0.3), facts) for level in (2e-5, 1e-5))
    assert np.abs(small[2000:-200] - 2.0 * smaller[2000:-200]).max() < 0.02 * np.abs(small).max()
    assert np.abs(driven(30.0 * sine(700.0, 0.3), facts)).max() < 1.25


def test_the_pick_stands_out_and_the_note_blooms() -> None:
    facts = amplifiers()["high_gain"]
    wave = 2.0 * sine(220.0, 1.0)
    loud, firm = driven(wave, facts), driven(wave, replace(facts, sag=0.0))
    stands_out = [level_db(w[240:720]) - level_db(w[24000:]) for w in (loud, firm)]
    assert stands_out[0] > stands_out[1] + 1.8
    # after a blow the supply comes back
    wave[12000:] *= 0.02
    after = driven(wave, facts)
    assert level_db(after[40000:44000]) > level_db(after[12200:14000]) + 0.4


def test_the_distortion_folds_little_back() -> None:
    hz = 1245.0
    out = driven(sine(hz, 1.4), amplifiers()["high_gain"])
    frequencies, level = spectrum(out[2000:-1000], 1 << 17)
    nearest = np.abs(frequencies / hz - np.round(frequencies / hz)) * hz
    harmonic = (nearest < 15.0) | (frequencies < 60.0)
    assert 20 * np.log10(level[~harmonic].max() / level.max()) < -50


def test_notes_of_a_chord_distort_each_other() -> None:
    facts = amplifiers()["high_gain"]
    low, high = 0.5 * sine(220.0, 1.0), 0.5 * sine(330.0, 1.0)
    together = driven(low + high, facts)
    apart = driven(low, facts) + driven(high, facts)
    levels = []
    for wave in (together, apart):
        hz, level = spectrum(wave[4000:])
        levels.append(level[np.abs(hz - 110.0) < 6.0].max() / level.max())
    assert levels[0] > 0.1
    assert levels[1] < 1e-3


def test_the_cabinet_speaks_in_the_middle_and_ends_at_five_kilohertz() -> None:
    response = np.abs(np.fft.rfft(body_response("cabinet", RATE_HZ)[0], 1 << 15))
    hz = np.fft.rfftfreq(1 << 15, 1 / RATE_HZ)

    def band_db(low: float, high: float) -> float:
        inside = (hz > low) & (hz < high)
        return float(10 * np.log10(np.mean(response[inside] ** 2)))

    assert band_db(2200, 3600) - band_db(7000, 9000) > 24
    assert band_db(90, 250) - band_db(900, 1800) > 6
    assert band_db(90, 250) - band_db(30, 45) > 15


def test_an_amplifier_is_mono() -> None:
    audio = np.stack((sine(220.0, 0.2), np.zeros(9600))).astype(np.float32)
    amplify(audio, "british", 0.0, RATE_HZ)
    assert np.array_equal(audio[0], audio[1])


def shares_db(audio: np.ndarray) -> float:
    """Power above 1.5 kHz against the whole."""
    hz, level = spectrum(audio.mean(axis=0))
    return float(10 * np.log10((level[hz > 1500] ** 2).sum() / (level**2).sum()))


@pytest.mark.parametrize(("name", "louder_db"), [("overdriven_guitar", 2.0), (DRIVEN[1], 0.2)])
def test_a_harder_pick_is_dirtier(name: str, louder_db: float) -> None:
    soft, hard = (play(name, [(0.0, 0.8, 45, v)], 0.8) for v in (40, 120))
    assert rms_db(hard) - rms_db(soft) > louder_db
    assert shares_db(hard) - shares_db(soft) > 0.7


@pytest.mark.parametrize("name", DRIVEN)
def test_palm_mutes_are_short_and_thump(name: str) -> None:
    note = [(0.0, 0.6, 40, 100)]
    open_, muted = play(name, note, 0.6), play(name, note, 0.6, articulation="staccato")
    falls = [rms_db(a, 0.02, 0.08) - rms_db(a, 0.3, 0.4) for a in (open_, muted)]
    assert falls[1] > falls[0] + 8


@pytest.mark.parametrize("name", DRIVEN)
def test_a_held_note_sings_on(name: str) -> None:
    audio = play(name, [(0.0, 3.0, 64, 100)], 3.0)
    assert rms_db(audio, 0.1, 0.3) - rms_db(audio, 2.5, 2.9) < 6
    hz, level = spectrum(audio.mean(axis=0)[96000:140000])
    octave, base = (level[np.abs(hz - n * midi_to_hz(64)) < 12.0].max() for n in (2, 1))
    assert octave > 0.5 * base


def test_two_guitars_are_two_and_each_stays_itself() -> None:
    played = part("distortion_guitar", [(0.0, 1.0, 45, 100)])

    def take(part_id: str) -> np.ndarray:
        renamed: PlayedPart = replace(played, id=part_id)
        return np.asarray(render_part(renamed, RATE_HZ, RATE_HZ).mean(axis=0))

    left, right = take("left"), take("right")
    assert np.array_equal(left, take("left"))
    assert abs(np.corrcoef(left[24000:], right[24000:])[0, 1]) < 0.9
    cents = [pitch_cents(wave[4000:], midi_to_hz(45)) for wave in (left, right)]
    assert 0.1 < abs(cents[0] - cents[1]) < 3.0


@pytest.mark.parametrize("name", DRIVEN)
def test_every_stroke_of_a_riff_is_heard(name: str) -> None:
    step = 0.25
    chords = [(step * i, 0.96 * step, p, 100) for i in range(6) for p in (40, 47, 52)]
    wave = play(name, chords, 6 * step).mean(axis=0)
    pieces = np.array([level_db(piece) for piece in wave[: 288 * 250].reshape(-1, 288)])
    for i in range(1, 6):
        at = round(step * i * RATE_HZ / 288)
        assert pieces[at - 4 : at + 3].min() < np.median(pieces) - 4, i
