"""Slurred notes of strings that ring by themselves: no pick, no gap, the right pitch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from songwright.perform.model import SLUR, ControlPoint, PlayedNote, PlayedPart
from songwright.render.builtin import BuiltIn
from songwright.render.engine import render_part
from songwright.render.fitted.struck import StruckInstrument
from songwright.render.gates import JOIN_OVERLAP_SECONDS, gates
from songwright.render.patch_model import Touch
from songwright.render.sources import SoundSource
from songwright.units import midi_to_hz

from .fitted.drawn import drawn
from .sounds import RATE_HZ, centroid_hz, pitch_cents, rms_db

JOIN = 0.3
HELD = 0.6
GUITARS = ("acoustic_guitar_steel", "acoustic_guitar_nylon", "electric_guitar_clean", "banjo")
BASSES = ("electric_bass_finger", "electric_bass_pick", "slap_bass_1")
DRIVEN = ("distortion_guitar",)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGWRIGHT_CACHE", str(tmp_path / "cache"))


def two_notes(instrument: str, first: int, second: int, how: str) -> PlayedPart:
    notes = (PlayedNote(0.0, JOIN, first, 85), PlayedNote(JOIN, HELD, second, 85, how))
    return PlayedPart("test", "Test", "lead", instrument, notes)


def heard(
    instrument: str, first: int, second: int, how: str, source: SoundSource | None = None
) -> np.ndarray:
    """The two notes in one channel."""
    part = two_notes(instrument, first, second, how)
    sources = {} if source is None else {"sources": (source,)}
    audio: np.ndarray = render_part(part, round(1.5 * RATE_HZ), RATE_HZ, **sources)
    return audio.mean(axis=0)


def base(instrument: str) -> int:
    return 40 if "bass" in instrument else 64


def levels_db(mono: np.ndarray, start: float, end: float, window: float) -> np.ndarray:
    """Levels of windows that follow each other by a third of their length."""
    size = round(window * RATE_HZ)
    begins = range(round(start * RATE_HZ), round(end * RATE_HZ) - size, size // 3)
    powers = [np.mean(mono[b : b + size].astype(np.float64) ** 2) for b in begins]
    return 10.0 * np.log10(np.array(powers) + 1e-20)


def rise_db(mono: np.ndarray) -> float:
    """How far the level rises from just before the join to its highest within 50 ms."""
    after = levels_db(mono, JOIN, JOIN + 0.06, 0.025)
    return float(after.max() - rms_db(mono[None], JOIN - 0.03, JOIN))


@pytest.mark.parametrize("instrument", [*GUITARS, *BASSES])
def test_there_is_no_pick(instrument: str) -> None:
    key = base(instrument)
    picked, slurred = (heard(instrument, key, key + 2, how) for how in ("", SLUR))
    assert rise_db(slurred) < rise_db(picked) - 1.0
    at = slice(round(JOIN * RATE_HZ), round((JOIN + 0.1) * RATE_HZ))
    assert centroid_hz(slurred[at]) < centroid_hz(picked[at])


@pytest.mark.parametrize("interval", [-4, -1, 2, 4])
@pytest.mark.parametrize("instrument", [*GUITARS[:2], *BASSES[:1], *DRIVEN])
def test_the_string_goes_on_at_its_new_pitch(instrument: str, interval: int) -> None:
    key = base(instrument)
    mono = heard(instrument, key, key + interval, SLUR)
    window = 0.05 if "bass" in instrument else 0.02
    around = levels_db(mono, JOIN - 0.06, JOIN + 0.09, window)
    assert np.abs(np.diff(around)).max() < 4.0  # neither a gap nor a stroke
    after = mono[round((JOIN + 0.015) * RATE_HZ) : round((JOIN + 0.25) * RATE_HZ)]
    assert abs(pitch_cents(after, midi_to_hz(key + interval))) < 4.0


@pytest.mark.parametrize("interval", [-3, 3])
def test_the_old_pitch_is_gone(interval: int) -> None:
    instrument = StruckInstrument(drawn("struck", -140.0), "drawn", Touch())
    part = two_notes("acoustic_guitar_steel", 60, 60 + interval, SLUR)
    both = instrument.render(part, RATE_HZ, RATE_HZ)[0]
    alone = instrument.render(replace(part, notes=part.notes[:1]), RATE_HZ, RATE_HZ)[0]
    n = np.arange(round(0.2 * RATE_HZ)) + round((JOIN + JOIN_OVERLAP_SECONDS) * RATE_HZ)
    tone = np.exp(-2j * np.pi * midi_to_hz(60) * n / RATE_HZ) * np.blackman(n.shape[0])
    there = abs(np.dot(alone[n - n[0] + round(0.05 * RATE_HZ)], tone))
    assert abs(np.dot(both[n], tone)) < there * 10.0 ** (-60.0 / 20.0)


def test_without_a_string_that_sounds_the_note_is_struck() -> None:
    part = two_notes("acoustic_guitar_steel", 64, 66, SLUR)
    late = replace(part, notes=(part.notes[0], replace(part.notes[1], onset_seconds=0.5)))
    plain = replace(late, notes=(late.notes[0], replace(late.notes[1], articulation="")))
    assert np.array_equal(render_part(late, RATE_HZ, RATE_HZ), render_part(plain, RATE_HZ, RATE_HZ))


def test_other_notes_of_the_part_stay() -> None:
    slurred = two_notes("acoustic_guitar_steel", 64, 66, SLUR)
    chord = tuple(PlayedNote(1.0, 0.3, pitch, 80) for pitch in (52, 59, 67))
    length = round(1.5 * RATE_HZ)
    parts = (slurred.notes, chord, (*slurred.notes, *chord))
    line, alone, both = (
        render_part(replace(slurred, notes=notes), length, RATE_HZ) for notes in parts
    )
    assert np.allclose(both, line + alone, atol=1e-6)


@pytest.mark.parametrize("instrument", [GUITARS[0], BASSES[0], DRIVEN[0]])
def test_same_bytes_twice(instrument: str) -> None:
    key = base(instrument)
    first, second = (heard(instrument, key, key + 2, SLUR) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_built_in_strings_are_slurred_too() -> None:
    picked, slurred = (heard("acoustic_guitar_nylon", 64, 66, how, BuiltIn()) for how in ("", SLUR))
    assert rise_db(slurred) < rise_db(picked) - 2.0
    assert abs(rise_db(slurred)) < 1.0


def test_a_slurred_note_obeys_the_bend() -> None:
    part = two_notes("electric_guitar_clean", 64, 66, SLUR)
    up = tuple(ControlPoint(at, 128, 4096) for at in (JOIN, JOIN + HELD))
    mono = render_part(replace(part, controls=up), RATE_HZ, RATE_HZ).mean(axis=0)
    after = mono[round((JOIN + 0.02) * RATE_HZ) : round((JOIN + 0.3) * RATE_HZ)]
    assert abs(pitch_cents(after, midi_to_hz(67))) < 3.0


def test_only_slurred_notes_are_joined() -> None:
    notes = (
        PlayedNote(0.0, 0.3, 64, 80),
        PlayedNote(0.3, 0.3, 66, 80, SLUR),
        PlayedNote(0.6, 0.3, 67, 80),
    )
    found = gates(notes, [])
    assert [gate.from_pitch for gate in found] == [None, 64, None]
    assert [gate.joined for gate in found] == [True, False, False]
    over_a_chord = (PlayedNote(0.0, 0.5, 60, 80), *notes)
    assert all(gate.from_pitch is None for gate in gates(over_a_chord, []))
