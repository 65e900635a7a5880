"""The instrument table: complete, in order, and true to the instruments."""

from __future__ import annotations

import pretty_midi
import pytest

from songwright.errors import StyleError
from songwright.score import Instrument, instrument, instruments
from songwright.score.instruments import instrument_of_program

MELODIC = [row for row in instruments().values() if not row.is_kit]
KITS = [row for row in instruments().values() if row.is_kit]
CLEFS = {"treble", "bass", "alto", "tenor", "grand", "percussion"}


def test_all_programs_stand_in_order() -> None:
    assert [row.program for row in MELODIC] == list(range(128))
    assert list(instruments())[:128] == [row.id for row in MELODIC]


def test_kits_are_the_eight_of_general_midi_2() -> None:
    assert {row.id: row.program for row in KITS} == {
        "standard_kit": 0, "room_kit": 8, "power_kit": 16, "electronic_kit": 24, "tr808_kit": 25,
        "jazz_kit": 32, "brush_kit": 40, "orchestra_kit": 48,
    }  # fmt: skip
    assert all((row.low, row.high, row.clef) == (35, 81, "percussion") for row in KITS)


def _letters(name: str) -> str:
    """A name without what differs between spellings: case, signs, and a few words."""
    return "".join(c for c in name.lower() if c.isalnum())


def test_names_agree_with_another_table_of_general_midi() -> None:
    renamed = {"tangoaccordion": "bandoneon"}
    for row in MELODIC:
        theirs = _letters(pretty_midi.program_to_instrument_name(row.program))
        ours = _letters(row.name)
        theirs = renamed.get(theirs, theirs)
        shared = {ours[i : i + 3] for i in range(len(ours) - 2)} & {
            theirs[i : i + 3] for i in range(len(theirs) - 2)
        }
        assert shared, f"{row.program}: {row.name} is not {theirs}"


@pytest.mark.parametrize("row", list(instruments().values()), ids=lambda row: row.id)
def test_ranges_are_ordered_and_wide_enough_to_play_in(row: Instrument) -> None:
    assert 0 <= row.low <= row.comfort_low < row.comfort_high <= row.high <= 127
    assert row.comfort_high - row.comfort_low >= 12
    assert row.clef in CLEFS
    assert row.clef != "grand" or row.polyphonic


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("acoustic_grand_piano", 21, 108),  # A0 to C8
        ("violin", 55, 103),  # open G to G7
        ("viola", 48, 91),
        ("cello", 36, 84),
        ("contrabass", 28, 67),
        ("acoustic_guitar_nylon", 40, 83),  # open E to the 19th fret
        ("electric_bass_finger", 28, 67),
        ("piccolo", 74, 108),
        ("flute", 60, 98),
        ("timpani", 36, 60),
        ("tubular_bells", 60, 77),
    ],
)
def test_known_ranges(name: str, low: int, high: int) -> None:
    assert (instrument(name).low, instrument(name).high) == (low, high)


@pytest.mark.parametrize(
    ("name", "semitones"),
    [
        ("french_horn", 7), ("english_horn", 7), ("clarinet", 2), ("trumpet", 2),
        ("soprano_sax", 2), ("alto_sax", 9), ("tenor_sax", 14), ("baritone_sax", 21),
        ("acoustic_guitar_steel", 12), ("acoustic_bass", 12), ("contrabass", 12),
        ("piccolo", -12), ("xylophone", -12), ("celesta", -12), ("glockenspiel", -24),
        ("violin", 0), ("trombone", 0), ("flute", 0), ("oboe", 0),
    ],
)  # fmt: skip
def test_known_transpositions(name: str, semitones: int) -> None:
    assert instrument(name).transpose_semitones == semitones


@pytest.mark.parametrize("name", ["clarinet", "trumpet", "alto_sax", "tenor_sax", "baritone_sax"])
def test_written_ranges_lie_on_the_staff_that_players_read(name: str) -> None:
    """Saxophones read B-flat 3 (written) as their lowest; all winds read the treble staff."""
    row = instrument(name)
    assert 52 <= row.low + row.transpose_semitones <= 60
    assert 86 <= row.high + row.transpose_semitones <= 96


def test_plucked_and_struck_decay_bowed_and_blown_sustain() -> None:
    for name in ("violin", "flute", "church_organ", "pad_2_warm", "choir_aahs", "trumpet"):
        assert instrument(name).sustains
    for name in ("acoustic_grand_piano", "orchestral_harp", "marimba", "banjo", "timpani"):
        assert not instrument(name).sustains


def test_lookup_by_program_and_by_wrong_name() -> None:
    assert instrument_of_program(40).id == "violin"
    assert instrument_of_program(40, is_kit=True).id == "brush_kit"
    assert instrument_of_program(3, is_kit=True).id == "standard_kit"
    with pytest.raises(StyleError, match="kazoo"):
        instrument("kazoo")
