"""Playing fitted instruments that ring by themselves."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from songwright.perform.model import PlayedPart
from songwright.render.fitted.struck import StruckInstrument
from songwright.render.patch_model import Touch
from songwright.units import midi_to_hz

from ..sounds import centroid_hz, pitch_cents
from .drawn import RATE_HZ, drawn, level_db, part

PIANO = StruckInstrument(drawn("struck", -140.0), "drawn", Touch())


def play(
    notes: list[tuple[float, float, int, int]],
    seconds: float,
    controls: list[tuple[float, int, int]] | None = None,
    articulation: str = "",
    instrument: StruckInstrument = PIANO,
) -> np.ndarray:
    return instrument.render(part(notes, controls, articulation), round(seconds * RATE_HZ), RATE_HZ)


@pytest.mark.parametrize("pitch", [40, 60, 79])
def test_pitch(pitch: int) -> None:
    mono = play([(0.0, 2.0, pitch, 75)], 2.0)[0][4800:]
    assert abs(pitch_cents(mono, midi_to_hz(pitch))) < 1.0


def test_every_velocity_counts() -> None:
    notes = [play([(0.0, 0.6, 62, v)], 0.6)[0] for v in range(4, 128, 6)]
    levels = np.array([level_db(note, 0.0, 0.6) for note in notes])
    centroids = np.array([centroid_hz(note) for note in notes])
    assert np.all(np.diff(levels) > 0.3)
    # below the softest finished touch only the level goes on
    assert np.all(np.diff(centroids)[1:] > 0.0)


def test_the_damper_falls_when_the_key_comes_up() -> None:
    mono = play([(0.0, 0.5, 60, 90)], 1.5)[0]
    fall = level_db(mono, 0.52, 0.54) - level_db(mono, 0.62, 0.64)
    # T60 of 0.2 s is 30 dB in 0.1 s, on top of the tone's own 1 dB
    assert fall == pytest.approx(31.0, abs=2.5)
    assert level_db(mono, 1.0, 1.5) < -120.0


def test_the_pedal_holds_and_a_restrike_stops() -> None:
    pedal = [(0.2, 64, 127), (1.5, 64, 0)]
    held = play([(0.0, 0.5, 60, 90)], 2.5, pedal)[0]
    assert level_db(held, 1.3, 1.45) > level_db(held, 0.3, 0.45) - 16.0
    assert level_db(held, 2.2, 2.5) < -100.0
    twice = play([(0.0, 0.5, 60, 90), (1.0, 0.5, 60, 10)], 2.5, pedal)[0]
    alone = play([(1.0, 0.5, 60, 10)], 2.5, pedal)[0]
    assert level_db(twice, 1.3, 1.45) == pytest.approx(level_db(alone, 1.3, 1.45), abs=1.0)


def test_undamped_instruments_ring_on() -> None:
    instrument = StruckInstrument(drawn("struck", -140.0), "drawn", Touch(undamped_from=60))
    high = play([(0.0, 0.2, 60, 90)], 1.5, instrument=instrument)[0]
    low = play([(0.0, 0.2, 59, 90)], 1.5, instrument=instrument)[0]
    assert level_db(high, 1.0, 1.5) > level_db(low, 1.0, 1.5) + 60.0


@pytest.mark.parametrize("semitones", [-2, 2])
def test_bends_reach_two_semitones(semitones: int) -> None:
    bend = [(0.0, 128, 0), (0.3, 128, 0), (0.5, 128, semitones * 4096 - (semitones > 0))]
    mono = play([(0.0, 2.5, 60, 90)], 2.5, bend)[0]
    assert abs(pitch_cents(mono[: round(0.3 * RATE_HZ)], midi_to_hz(60))) < 3.0
    assert abs(pitch_cents(mono[round(0.7 * RATE_HZ) :], midi_to_hz(60 + semitones))) < 3.0


def test_modulation_shakes_the_pitch() -> None:
    still, shaken = play([(0.0, 2.0, 60, 90)], 2.0), play([(0.0, 2.0, 60, 90)], 2.0, [(0, 1, 127)])
    assert not np.allclose(still, shaken, atol=1e-3)


def test_repeated_notes_are_not_copies() -> None:
    audio = play([(0.0, 0.4, 60, 90), (1.0, 0.4, 60, 90), (2.0, 0.4, 60, 90)], 3.0)
    first, second, third = (audio[:, n * RATE_HZ : (n + 1) * RATE_HZ] for n in range(3))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, third)
    assert abs(level_db(first[0], 0, 0.4) - level_db(second[0], 0, 0.4)) < 1.0


def test_ghosts_are_short() -> None:
    plain, ghost = (play([(0.0, 0.6, 50, 40)], 0.6, articulation=how)[0] for how in ("", "ghost"))
    assert level_db(ghost, 0.3, 0.6) < level_db(plain, 0.3, 0.6) - 30.0


def test_long_notes_have_no_seam_between_their_pieces() -> None:
    mono = play([(0.0, 5.0, 72, 100)], 5.0)[0].astype(np.float64)
    for seam in (1.2, 3.0):
        at = round(seam * RATE_HZ)
        bend = np.abs(np.diff(mono[at - 2000 : at + 2000], 2))
        # the piece begins at the first edge of the grid from there on
        assert bend[1990:2266].max() < 1.05 * bend[:1900].max()


def test_short_notes_make_only_the_beginning(tmp_path: Path) -> None:
    play([(0.0, 0.1, 60, 84)], 0.5)
    short = sum(path.stat().st_size for path in tmp_path.rglob("*.tone"))
    play([(0.0, 9.0, 60, 84)], 9.0)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.tone")) > 2.5 * short


def busy() -> PlayedPart:
    return part([(0.1 * n, 0.3, 50 + n * 7 % 24, 30 + n * 13 % 90) for n in range(20)])


def test_the_same_bytes_cold_warm_without_cache_and_in_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cold = PIANO.render(busy(), 3 * RATE_HZ, RATE_HZ)
    assert np.array_equal(cold, PIANO.render(busy(), 3 * RATE_HZ, RATE_HZ))
    monkeypatch.setenv("SONGWRIGHT_CACHE", "off")
    assert np.array_equal(cold, PIANO.render(busy(), 3 * RATE_HZ, RATE_HZ))
    monkeypatch.setenv("SONGWRIGHT_CACHE", os.devnull)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: PIANO.render(busy(), 3 * RATE_HZ, RATE_HZ), range(2)))
    assert all(np.array_equal(cold, audio) for audio in both)


def test_notes_outside_the_piece_are_dropped() -> None:
    assert not play([(2.0, 0.5, 60, 90), (-1.0, 0.5, 60, 90)], 1.0).any()
