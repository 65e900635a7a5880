"""Verdicts: what obeys is passed, and every kind of disobedience is caught."""

from pathlib import Path
from typing import Any

import pytest
from bench.measure import Piece
from bench.prompts_families import FAMILIES, sounds
from bench.prompts_judge import Verdict, judge
from bench.prompts_theory import key_agrees, same_chord

from tests.bench.test_measure import QUARTERS, write

CADENCE = {"C": (60, 64, 67), "F": (60, 65, 69), "G": (59, 62, 67)}


def cadence() -> list[tuple[float, float, int]]:
    """C F G C in whole notes."""
    return [(4.0 * bar, 4.0, pitch) for bar, chord in enumerate("CFGC") for pitch in CADENCE[chord]]


CHORD_MARKERS = ((0, "C"), (4, "F"), (8, "G"), (12, "C"))


@pytest.fixture
def piece(tmp_path: Path) -> Piece:
    """Four bars of C F G C on the piano at 120, with a snare in every bar."""
    return write(
        tmp_path / "song.mid",
        {0: cadence(), "drums": [(2.0 + 4 * bar, 0.25, 38) for bar in range(4)]},
        markers=((0, "A [A]"), (8, "B [B]"), *CHORD_MARKERS),
    )


def only(expect: dict[str, Any], piece: Piece) -> Verdict:
    verdicts = judge(expect, piece, {"style": "pop", "use": "sting"})
    assert verdicts[-1].control == "no silent ends"
    return verdicts[0]


OBEYED: list[dict[str, Any]] = [
    {"tempo_bpm": [118, 119]}, {"meter": "4/4"}, {"meter": ["3/4", "4/4"]}, {"bars": [3, 4]},
    {"seconds": [8, 8, "exact"]}, {"seconds": [9, 10]}, {"key": "C major"}, {"key": "G mixolydian"},
    {"instruments": ["piano"]}, {"instruments": [["violin", "piano"]]}, {"instruments": ["drums"]},
    {"instruments": ["808"]}, {"avoid": ["guitar", "brass"]}, {"only": ["piano", "drums"]},
    {"range": [59, 69]}, {"octaves": 1}, {"median_pitch": [60, 66]}, {"density": "sparse"},
    {"sections": ["A", "B"]}, {"chords": ["C", "F", "G", "C"]}, {"chords": {"B": ["~G", "C"]}},
    {"ending": "held"}, {"style": "pop"}, {"style": ["rock", "pop"]}, {"velocity": [70, 90]},
    {"bars_multiple_of": 4},
]  # fmt: skip

MISSED: list[dict[str, Any]] = [
    {"tempo_bpm": [90, 90]}, {"tempo_bpm": [123, 130]}, {"meter": "3/4"}, {"bars": [5, 8]},
    {"seconds": [9, 9, "exact"]}, {"seconds": [11, 12]}, {"key": "C minor"}, {"key": "E major"},
    {"key": "A minor"}, {"key": "C dorian"}, {"key": "C whole-tone"}, {"instruments": ["violin"]},
    {"instruments": ["brushes"]}, {"avoid": ["drums"]}, {"avoid": ["piano"]}, {"avoid": [0]},
    {"only": ["piano"]}, {"range": [60, 84]}, {"range": [48, 68]}, {"octaves": 0},
    {"median_pitch": [70, 80]}, {"density": "dense"}, {"density": "medium"}, {"sections": ["A"]},
    {"chords": ["C", "Fm", "G", "C"]}, {"chords": ["C", "F", "G7", "C"]},
    {"chords": ["C", "F/A", "G", "C"]}, {"chords": ["C F", "F", "G", "C"]}, {"ending": "hard"},
    {"ending": "fade"}, {"ritardando": True}, {"energy": "rises"}, {"energy": "falls"},
    {"feel": "swing"}, {"style": "rock"}, {"use": "film cue"}, {"velocity": [90, 127]},
    {"bars_multiple_of": 12}, {"chords": {"chorus": ["C"]}},
]  # fmt: skip


@pytest.mark.parametrize("expect", OBEYED, ids=str)
def test_obedience_is_passed(expect: dict[str, Any], piece: Piece) -> None:
    verdict = only(expect, piece)
    assert verdict.obeyed, verdict


@pytest.mark.parametrize("expect", MISSED, ids=str)
def test_disobedience_is_caught(expect: dict[str, Any], piece: Piece) -> None:
    verdict = only(expect, piece)
    assert not verdict.obeyed, verdict


def test_markers_that_lie_are_caught(tmp_path: Path) -> None:
    """The right symbols over the wrong notes do not pass."""
    lying = write(tmp_path / "song.mid", {0: [(0, 16, 61), (0, 16, 66), (0, 16, 70)]},
                  markers=CHORD_MARKERS)  # fmt: skip
    assert not only({"chords": ["C", "F", "G", "C"]}, lying).obeyed


def test_a_silent_tail_is_caught(tmp_path: Path) -> None:
    tail = write(tmp_path / "song.mid", {0: QUARTERS[:8]})
    assert not judge({}, tail, {})[-1].obeyed


def test_a_note_in_one_of_ten_bars_is_no_instrument(tmp_path: Path) -> None:
    rare = write(tmp_path / "song.mid", {0: [(float(i), 1.0, 60) for i in range(40)],
                                         40: [(0, 1, 60)]}, beats=40)  # fmt: skip
    assert not only({"instruments": ["violin"]}, rare).obeyed
    assert not only({"avoid": ["violin"]}, rare).obeyed


def test_swing_is_measured(tmp_path: Path) -> None:
    for place, swung in ((0.66, True), (0.5, False)):
        notes = [(i + part, 0.3, 60) for i in range(16) for part in (0.0, place)]
        piece = write(tmp_path / "song.mid", {0: notes})
        assert only({"feel": "swing"}, piece).obeyed is swung


def test_endings_and_energy(tmp_path: Path) -> None:
    fading = write(
        tmp_path / "song.mid", {0: QUARTERS},
        controls=[(0, 11, 127), (8, 11, 70), (10, 11, 50), (12, 11, 20)],
    )  # fmt: skip
    assert only({"ending": "fade"}, fading).obeyed
    assert only({"energy": "falls"}, fading).obeyed
    assert not only({"energy": "rises"}, fading).obeyed
    assert only({"ending": "loop"}, fading).obeyed
    slowing = write(tmp_path / "song.mid", {0: QUARTERS}, tempos=((0, 100.0), (14, 80.0)))
    assert only({"ritardando": True}, slowing).obeyed
    assert not only({"ending": "loop"}, slowing).obeyed


def test_climax_and_modulation(tmp_path: Path) -> None:
    up = [(16 + onset, length, pitch + 2) for onset, length, pitch in cadence()]
    piece = write(tmp_path / "song.mid", {0: cadence() + up + up[:3]}, beats=32,
                  markers=((0, "chorus [A]"), (16, "chorus [A]")))  # fmt: skip
    assert only({"modulation": [2, "last chorus"]}, piece).obeyed
    assert not only({"modulation": [3, "last chorus"]}, piece).obeyed
    loud = [(20.0 + i, 1.0, pitch) for i in range(4) for pitch in (72, 76, 79)]
    piece = write(tmp_path / "song.mid", {0: QUARTERS, 1: loud}, beats=32)
    assert only({"climax_seconds": [10, 12]}, piece).obeyed
    assert not only({"climax_seconds": [1, 3]}, piece).obeyed


def test_unknown_expectations_are_refused(piece: Piece) -> None:
    with pytest.raises(ValueError, match="colour"):
        judge({"colour": "blue"}, piece, {})


@pytest.mark.parametrize(
    ("wanted", "tonic", "minor", "agrees"),
    [
        ("D minor", 2, True, True), ("D minor", 5, False, False), ("D minor", 2, False, False),
        ("D dorian", 2, True, True), ("D dorian", 0, False, True), ("D dorian", 9, True, True),
        ("D dorian", 10, False, False), ("E phrygian", 0, False, True),
        ("A harmonic minor", 0, False, False), ("G blues", 7, True, True),
        ("G blues", 7, False, True), ("G blues", 2, False, False),
        ("Db major", 1, False, True), ("C# minor", 1, True, True),
    ],
)  # fmt: skip
def test_key_rule(wanted: str, tonic: int, minor: bool, agrees: bool) -> None:
    assert key_agrees(wanted, tonic, minor) is agrees


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("Dm7", "Dm7", True), ("Dm7", "Dmin7", False), ("Bb", "A#", True), ("C", "Cmaj7", False),
        ("~C", "Cmaj7", True), ("~C", "Cm7", False), ("~Em", "Em7", True), ("~Em", "E7", False),
        ("G/B", "G", False), ("G/B", "G/B", True), ("C", "?", False),
    ],
)  # fmt: skip
def test_chord_rule(wanted: str, found: str, same: bool) -> None:
    assert same_chord(wanted, found) is same


def test_families_are_well_formed() -> None:
    for name in FAMILIES:
        members = sounds(name)
        assert members
        for member in members:
            assert isinstance(member, str) or 0 <= member <= 127
    with pytest.raises(ValueError, match="kazoo"):
        sounds("kazoo")
    with pytest.raises(ValueError, match="128"):
        sounds(128)
