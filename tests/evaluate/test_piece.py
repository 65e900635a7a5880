"""The normal form: tune, chords, downbeats, and how it was played."""

from __future__ import annotations

from dataclasses import replace

import mir_eval
import numpy as np
import pytest

from songwright.evaluate import piece_of
from songwright.evaluate.chords import chords_of
from songwright.evaluate.downbeats import with_downbeats
from songwright.evaluate.notes import Notes
from songwright.evaluate.tune import skyline, tune_of, tune_parts
from songwright.perform.model import Performance, PlayedNote, PlayedPart
from songwright.score import MeterChange, Note, Score
from songwright.theory import Meter
from songwright.theory.pitch import pitch_name
from tests.evaluate.conftest import ODE_CHORDS, line, score_of


def pitches(notes: Notes) -> list[int]:
    return [int(p) for p in notes["pitch"]]


def test_the_lead_is_the_tune_even_below_another_part() -> None:
    score = score_of(
        ("lead", "cello", line("C3:1 D3:1 E3:1 F3:1 G3:1 F3:1 E3:1 D3:1")),
        ("counter", "flute", line("G5:4 A5:4")),
    )
    assert tune_parts(piece_of(score)) == {0}


def test_without_a_lead_the_most_tuneful_part_is_taken() -> None:
    chords = [Note(480 * i, 480, p) for i in range(32) for p in (60, 64, 67)]
    tune = line("E5:1 D5:1 C5:1 D5:1 E5:1 E5:1 E5:2 " * 4)
    score = score_of(("chords", "acoustic_grand_piano", chords), ("inner", "violin", tune))
    assert tune_parts(piece_of(score)) == {1}


def test_the_skyline_of_a_piano_is_its_upper_line() -> None:
    tune = line("E5:1 D5:1 C5:1 D5:1 E5:1 E5:1 E5:2")
    left = [Note(480 * i, 480, p) for i in range(8) for p in (48, 52, 55)]
    piece = piece_of(score_of(("chords", "acoustic_grand_piano", [*tune, *left])))
    # The left hand's last chord under the half note does not interrupt the tune.
    assert pitches(skyline(piece.notes)) == [76, 74, 72, 74, 76, 76, 76]


def test_accompaniment_under_a_rest_is_not_the_tune() -> None:
    tune = line("E5:1 D5:1 C5:1 D5:1 E5:1 E5:1 E5:1 -:5 E5:1 D5:1 C5:1 D5:1")
    left = [Note(480 * i, 480, 48) for i in range(16)]
    tune_found = tune_of(piece_of(score_of(("chords", "acoustic_grand_piano", [*tune, *left]))))
    assert min(pitches(tune_found)) == 72


def test_written_chords_are_taken_as_written(ode: Score) -> None:
    chords = chords_of(piece_of(ode))
    assert not chords.inferred
    assert [pitch_name(60 + int(r))[:-1] for r in chords.root] == ODE_CHORDS.split()


def test_chords_are_inferred_from_four_voices(hundredth: Score) -> None:
    """Weighted accuracy of roots and triads against an analysis by ear, judged by mir_eval."""
    chords = chords_of(piece_of(hundredth))
    assert chords.inferred
    names = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
    found_at = np.stack([chords.onset, chords.end], axis=1) / 480.0
    found = []
    for root, member in zip(chords.root, chords.member, strict=True):
        minor = member[(root + 3) % 12] and not member[(root + 4) % 12]
        found.append(names[root] + (":min" if minor else ":maj"))
    first = "G G D E:min B:min E:min D G".split()
    reference = [w if ":" in w else f"{w}:maj" for w in first]
    starts = np.arange(8.0)
    at = np.stack([starts, starts + 1.0], axis=1)
    scores = mir_eval.chord.evaluate(at, reference, found_at, found)
    assert scores["root"] >= 0.85
    assert scores["majmin"] >= 0.85


def test_what_sounds_counts_not_what_is_written_above_it() -> None:
    notes = [Note(1920 * bar, 1920, p) for bar in range(8) for p in (48, 52, 55)]  # C major
    tune = line("E5:2 D5:2 " * 8)
    score = score_of(
        ("lead", "violin", tune), ("chords", "acoustic_grand_piano", notes), chords="F#m " * 8
    )
    chords = chords_of(piece_of(score))
    assert chords.inferred
    assert set(chords.root.tolist()) == {0}


def test_a_tune_alone_has_no_chords() -> None:
    piece = piece_of(score_of(("lead", "violin", line("C4:1 E4:1 G4:1 E4:1 " * 8))))
    assert chords_of(piece).count == 0


def test_an_upbeat_that_the_file_does_not_know_is_found() -> None:
    tune = line("G4:1 C5:2 E5:1 G5:2 E5:1 D5:2 B4:1 C5:2 G4:1 C5:2 E5:1 D5:2 G4:1 C5:2")
    bass = line("-:1 C3:3 C3:3 G2:3 C3:3 C3:3 G2:3 C3:2")
    score = score_of(("lead", "violin", tune), ("bass", "cello", bass), meter=Meter(3, 4))
    found = with_downbeats(score)
    assert [c.tick for c in found.meters] == [0, 480]
    assert found.bars == score.bars + 1
    notes = piece_of(found).notes
    assert set(notes["bar"][notes["part"] == 1].tolist()) == set(range(1, 8))


def test_a_piece_that_begins_on_the_downbeat_keeps_its_bars(ode: Score) -> None:
    plain = replace(ode, sections=())
    assert with_downbeats(plain).meters == plain.meters


def test_a_metre_set_a_tick_late_holds_from_the_start() -> None:
    score = score_of(("lead", "violin", line("C4:1 D4:1 E4:1 " * 8, start=1 / 480)))
    late = replace(
        score, meters=(MeterChange(0, Meter(4, 4)), MeterChange(1, Meter(3, 4))), sections=()
    )
    found = with_downbeats(late)
    assert found.meters[0] == MeterChange(0, Meter(3, 4))
    assert found.parts[0].notes[0].onset_ticks == 0


def test_a_performance_gives_timing_and_velocity() -> None:
    score = score_of(("lead", "violin", line("C4:1 D4:1 E4:1 F4:1", velocity=80)))
    played = tuple(
        PlayedNote(0.5 * i + 0.02, 0.4, pitch, 100) for i, pitch in enumerate((60, 62, 64, 65))
    )
    performance = Performance((PlayedPart("p0", "", "lead", "violin", played),), 2.0)
    notes = piece_of(score, performance).notes
    assert notes["velocity"].tolist() == [100] * 4
    assert notes["late"] == pytest.approx([0.02] * 4)


def test_a_note_that_was_not_played_keeps_its_written_velocity() -> None:
    score = score_of(("lead", "violin", line("C4:1 D4:4", velocity=80)))
    played = (PlayedNote(0.0, 0.4, 60, 100),)
    notes = piece_of(
        score, Performance((PlayedPart("p0", "", "lead", "violin", played),), 2.0)
    ).notes
    assert notes["velocity"].tolist() == [100, 80]
    assert np.isnan(notes["late"][1])


def test_a_note_a_moment_early_belongs_to_the_bar_it_opens() -> None:
    score = score_of(("lead", "violin", [Note(0, 480, 60), Note(1900, 480, 62)]))
    piece = piece_of(score)
    assert piece.notes["bar"].tolist() == [0, 1]
    assert piece.slots_in_bar(piece.notes).tolist() == [0, 0]
