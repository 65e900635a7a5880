"""Playing fitted instruments that last as long as the key is held."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from songwright.render.fitted.held import HeldInstrument, Playing
from songwright.render.patch_model import Onset, Vibrato
from songwright.units import midi_to_hz

from ..sounds import centroid_hz, pitch_cents
from .drawn import RATE_HZ, drawn, level_db, part

STILL = Vibrato(cents=0.0)
CALM = Onset(drift_cents=0.0, legato=True, glide_seconds=0.04)
PLAIN = HeldInstrument(drawn("held", -140.0), Playing(STILL, CALM))


def play(
    notes: list[tuple[float, float, int, int]],
    seconds: float,
    controls: list[tuple[float, int, int]] | None = None,
    articulation: str = "",
    instrument: HeldInstrument = PLAIN,
) -> np.ndarray:
    return instrument.render(part(notes, controls, articulation), round(seconds * RATE_HZ), RATE_HZ)


def pitch_track(mono: np.ndarray, hz: float, reach: float = 1.12) -> tuple[np.ndarray, np.ndarray]:
    """Times and frequencies (Hz) of a fundamental near ``hz``, from its phase."""
    n = np.arange(mono.shape[0])
    down = mono * np.exp(-2j * np.pi * hz * n / RATE_HZ)
    width = round(6 * RATE_HZ / (hz / reach))
    low = np.convolve(down, np.hanning(width) / width, "same")[::96]
    turn = np.diff(np.unwrap(np.angle(low))) * RATE_HZ / 96 / (2 * np.pi)
    return n[::96][1:] / RATE_HZ, hz + turn


@pytest.mark.parametrize("pitch", [43, 60, 76])
def test_pitch(pitch: int) -> None:
    mono = play([(0.0, 2.0, pitch, 75)], 2.0)[0][4800:]
    assert abs(pitch_cents(mono, midi_to_hz(pitch))) < 1.0


def test_harder_is_louder_and_brighter() -> None:
    notes = [play([(0.0, 1.0, 60, v)], 1.0)[0] for v in (10, 30, 50, 70, 90, 110, 127)]
    assert np.all(np.diff([level_db(note, 0.1, 0.9) for note in notes]) > 1.5)
    assert np.all(np.diff([centroid_hz(note) for note in notes]) > 0)


def test_a_long_note_is_steady_and_never_repeats() -> None:
    section = HeldInstrument(
        drawn("held", -45.0, bandwidth_cents=8.0, width=0.6, unrest_db=((0.5, 1.5),) * 3),
        Playing(STILL, CALM),
    )
    mono = play([(0.0, 20.0, 60, 80)], 20.0, instrument=section)[0]
    levels = [level_db(mono, at, at + 1.0) for at in range(1, 19)]
    assert np.std(levels) < 1.5
    piece = mono[5 * RATE_HZ : 6 * RATE_HZ].astype(np.float64)
    rest = mono[6 * RATE_HZ : 19 * RATE_HZ].astype(np.float64)
    size = 1 << 20
    match = np.fft.irfft(np.fft.rfft(rest, size) * np.conj(np.fft.rfft(piece, size)))
    energy = np.sum(piece**2)
    assert match[: rest.shape[0] - piece.shape[0]].max() < 0.9 * energy


def test_release_time() -> None:
    mono = play([(0.0, 1.0, 60, 80)], 2.0)[0]
    # T60 of 0.2 s
    assert level_db(mono, 1.02, 1.03) - level_db(mono, 1.12, 1.13) == pytest.approx(30.0, abs=2.0)
    assert level_db(mono, 1.4, 2.0) < -150.0


@pytest.mark.parametrize("interval", [-7, -1, 2, 12])
def test_slurs_have_no_click_no_hole_and_glide(interval: int) -> None:
    notes = [(0.0, 1.02, 64, 80), (1.0, 1.0, 64 + interval, 80)]
    mono = play(notes, 2.0)[0].astype(np.float64)
    bend = np.abs(np.diff(mono, 2))
    steady = max(bend[24000:43000].max(), bend[60000:90000].max())
    assert bend[46000:52000].max() < 1.25 * steady
    levels = [level_db(mono, at, at + 0.02) for at in np.arange(0.9, 1.2, 0.01)]
    assert min(levels) > level_db(mono, 0.5, 0.9) - 7.0
    times, hz = pitch_track(mono, midi_to_hz(64 + interval / 2), 2.0)
    cents = 1200 * np.log2(np.maximum(hz, 1.0) / midi_to_hz(64)) / (100 * interval)
    if abs(interval) <= 2:
        during = cents[(times > 1.0) & (times < 1.06)]
        assert np.any((during > 0.2) & (during < 0.8))
    after = mono[round(1.25 * RATE_HZ) : round(1.9 * RATE_HZ)]
    assert abs(pitch_cents(after, midi_to_hz(64 + interval))) < 2.0


def test_a_slurred_note_is_not_tongued_again() -> None:
    slurred = play([(0.0, 1.02, 64, 80), (1.0, 1.0, 66, 80)], 2.0)[0]
    tongued = play([(0.0, 0.9, 64, 80), (1.0, 1.0, 66, 80)], 2.0)[0]
    assert level_db(slurred, 1.005, 1.03) > level_db(tongued, 1.005, 1.03) + 4.0


def test_a_crescendo_brightens_as_it_grows() -> None:
    swell = [(0.0, 11, 30), (4.0, 11, 127)]
    mono = play([(0.0, 4.0, 57, 110)], 4.0, swell)[0]
    flat = play([(0.0, 4.0, 57, 110)], 4.0)[0]
    centroids = [centroid_hz(mono[at : at + RATE_HZ // 2]) for at in range(9600, 168000, 24000)]
    assert np.all(np.diff(centroids) > 0)
    # the player of the whole part sets the level, the note only follows in colour
    assert level_db(mono, 1.0, 1.5) == pytest.approx(level_db(flat, 1.0, 1.5), abs=1.5)


def test_brightness_opens_the_sound() -> None:
    dark, bright = (play([(0.0, 1.0, 57, 80)], 1.0, [(0.0, 74, v)])[0] for v in (20, 110))
    assert centroid_hz(bright) > 1.1 * centroid_hz(dark)


def test_long_notes_shake_by_themselves_and_with_the_wheel() -> None:
    shaky = HeldInstrument(
        drawn("held", -140.0), Playing(Vibrato(hz=5.5, cents=20.0, delay=0.3, rise=0.3), CALM)
    )

    def swing(mono: np.ndarray, start: float, end: float) -> float:
        times, hz = pitch_track(mono, midi_to_hz(69))
        inside = 1200 * np.log2(hz[(times > start) & (times < end)] / midi_to_hz(69))
        return float(np.ptp(inside) / 2)

    own = play([(0.0, 2.5, 69, 80)], 2.5, instrument=shaky)[0]
    assert swing(own, 0.1, 0.28) < 5.0
    assert swing(own, 1.0, 2.4) == pytest.approx(20.0, abs=4.0)
    wheel = play([(0.0, 2.5, 69, 80)], 2.5, [(0.0, 1, 127)])[0]
    assert swing(wheel, 1.0, 2.4) == pytest.approx(45.0, abs=6.0)
    assert swing(play([(0.0, 2.5, 69, 80)], 2.5)[0], 1.0, 2.4) < 1.0


@pytest.mark.parametrize("semitones", [-2, 2])
def test_bends_reach_two_semitones(semitones: int) -> None:
    bend = [(0.3, 128, 0), (0.6, 128, semitones * 4096 - (semitones > 0))]
    mono = play([(0.0, 2.0, 60, 90)], 2.0, bend)[0]
    assert abs(pitch_cents(mono[round(0.8 * RATE_HZ) :], midi_to_hz(60 + semitones))) < 2.0


def test_slides_come_from_below() -> None:
    mono = play([(0.0, 1.0, 60, 90)], 1.0, articulation="slide")[0]
    times, hz = pitch_track(mono, midi_to_hz(60))
    early = hz[(times > 0.02) & (times < 0.05)].mean()
    assert early < midi_to_hz(59.2)
    assert abs(pitch_cents(mono[24000:], midi_to_hz(60))) < 2.0


def test_short_notes_speak_in_time() -> None:
    long, short = (play([(0.0, 0.12, 60, 80)], 0.5, articulation=a)[0] for a in ("", "staccato"))
    assert level_db(short, 0.0, 0.03) > level_db(long, 0.0, 0.03) - 0.1
    marcato = play([(0.0, 1.0, 60, 80)], 1.0, articulation="marcato")[0]
    plain = play([(0.0, 1.0, 60, 80)], 1.0)[0]
    assert level_db(marcato, 0.0, 0.06) > level_db(plain, 0.0, 0.06) + 2.0
    assert level_db(marcato, 0.6, 0.9) == pytest.approx(level_db(plain, 0.6, 0.9), abs=0.5)


def test_tremolo_repeats_the_stroke() -> None:
    trembling = HeldInstrument(drawn("held", -140.0), Playing(STILL, CALM, stroke_hz=10.0))
    mono = play([(0.0, 2.0, 60, 80)], 2.0, instrument=trembling)[0]
    levels = [level_db(mono, at, at + 0.01) for at in np.arange(0.2, 1.9, 0.01)]
    spectrum = np.abs(np.fft.rfft(np.array(levels) - np.mean(levels), 1 << 12))
    assert np.fft.rfftfreq(1 << 12, 0.01)[np.argmax(spectrum)] == pytest.approx(10.0, abs=1.0)
    assert np.ptp(levels) > 6.0


def test_pedal_and_restrike() -> None:
    held = play([(0.0, 0.5, 60, 80)], 2.0, [(0.2, 64, 127), (1.5, 64, 0)])[0]
    assert level_db(held, 1.2, 1.4) > level_db(held, 0.2, 0.4) - 3.0
    again = play([(0.0, 1.0, 60, 80), (0.7, 0.3, 60, 80)], 1.5)[0]
    assert np.abs(np.diff(again, 2)).max() < 0.1


def test_the_same_bytes_every_time_and_in_threads() -> None:
    notes = [(0.3 * n, 0.32, 60 + n * 5 % 13, 50 + n * 11 % 70) for n in range(8)]
    first = play(notes, 3.0)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: play(notes, 3.0), range(2)))
    assert all(np.array_equal(first, audio) for audio in both)


def test_a_note_cut_by_the_end_of_the_piece() -> None:
    assert play([(0.0, 5.0, 60, 80)], 0.5).shape == (2, RATE_HZ // 2)
    assert not play([(2.0, 1.0, 60, 80)], 1.0).any()
