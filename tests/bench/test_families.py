"""The phrase of every instrument, and what is measured of it."""

import numpy as np
import pytest
from bench.families import families
from bench.families_measure import RATE_HZ, life
from bench.families_phrase import (
    PHRASE_SECONDS,
    REPEATED,
    REPEATED_VELOCITIES,
    STEP_SECONDS,
    phrase,
)
from bench.families_picture import LINES, Row, draw_family, spectrogram_db
from bench.instruments import _middle, written

from songwright.score.instruments import instrument, instruments
from songwright.units import midi_to_hz


def sung(pitch, semitones=0.0, partials=6):
    """A steady note in place of the phrase, louder at each of the repeated notes."""
    t = np.arange(round(PHRASE_SECONDS * RATE_HZ)) / RATE_HZ
    hz = midi_to_hz(pitch + semitones)
    out = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, partials + 1))
    step = np.clip(np.floor((t - REPEATED[0]) / STEP_SECONDS), 0, len(REPEATED_VELOCITIES) - 1)
    level = 0.02 * 10 ** (4.0 * step / 20.0)
    return np.stack([out * level, out * level]).astype(np.float32)


@pytest.mark.parametrize("name", list(instruments()))
def test_everybody_can_play_the_phrase(name):
    facts = instrument(name)
    part = phrase(facts)
    assert max(note.onset_seconds + note.duration_seconds for note in part.notes) < PHRASE_SECONDS
    if facts.is_kit:
        return
    highest = max(facts.high, facts.low + 12)  # narrower than an octave: the scale goes beyond
    assert all(facts.low <= note.pitch <= highest for note in part.notes)
    together = sum(note.onset_seconds == part.notes[-1].onset_seconds for note in part.notes)
    assert together == (3 if facts.polyphonic else 1)


def test_sixteen_families_of_eight_and_the_kits():
    found = families(list(instruments()))
    assert len(found) == 17
    assert {len(members) for name, members in found.items() if name != "kits"} == {8}


@pytest.mark.parametrize("semitones", [-12.0, 0.0, 12.0, 0.5])
def test_a_wrong_octave_is_seen(semitones):
    assert life(sung(60, semitones), 60).octave == pytest.approx(semitones, abs=0.06)


def test_dynamics_are_read_and_a_steady_note_is_steady():
    numbers = life(sung(60), 60)
    assert numbers.dynamics_db == pytest.approx(20.0, abs=0.3)
    assert abs(numbers.brightening) < 0.02
    assert numbers.flicker_db < 0.1
    assert abs(numbers.swell_db) < 0.1


def test_a_picture_is_drawn(tmp_path):
    audio = sung(60)
    levels = spectrogram_db(audio, RATE_HZ)
    assert levels.shape[0] == LINES
    assert levels.max() == 0.0
    draw_family(tmp_path / "a.png", "a", [Row("a", "fitted", audio, audio)], RATE_HZ)
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_a_table_keeps_the_lines_that_were_not_measured_again():
    text = "| violin * | a | law | 4.0 |\n| nobody | a | law | 1.0 |\n| cello | a | law | 5.0 |"
    assert written(text) == {
        "violin": "| violin * | a | law | 4.0 |",
        "cello": "| cello | a | law | 5.0 |",
    }
    assert _middle(["4 (2)", "13 (90)", "7 (9)", "–"]) == "7 (9)"
    assert _middle(["-0.1 (-0.3)", "+0.4 (+0.5)", "+0.2 (-0.4)"]) == "+0.2 (-0.3)"
