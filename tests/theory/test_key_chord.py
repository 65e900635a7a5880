"""Keys, chords and roman numerals against what any harmony book says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.theory import MODES, QUALITIES, Key, chord_from_roman, parse_chord, roman_of
from songwright.theory.key import simplest_tonic
from songwright.theory.pitch import parse_pitch, pitch_class, pitch_name


@pytest.mark.parametrize(
    ("key", "fifths"),
    [
        (Key("C", "major"), 0), (Key("G", "major"), 1), (Key("F", "major"), -1),
        (Key("A", "minor"), 0), (Key("D", "minor"), -1), (Key("F#", "minor"), 3),
        (Key("D", "dorian"), 0), (Key("E", "phrygian"), 0), (Key("F", "lydian"), 0),
        (Key("G", "mixolydian"), 0), (Key("B", "locrian"), 0), (Key("Eb", "harmonic minor"), -6),
        (Key("Gb", "major"), -6), (Key("C#", "major"), 7),
    ],
)  # fmt: skip
def test_key_signatures(key: Key, fifths: int) -> None:
    assert key.fifths == fifths


def test_spelling_follows_the_signature_and_raises_the_leading_tone() -> None:
    d_minor = Key("D", "minor")
    assert [d_minor.spell(pc) for pc in (2, 4, 5, 7, 9, 10, 0, 1)] == "D E F G A Bb C C#".split()
    assert Key("B", "major").spell(10) == "A#"
    assert Key("Ab", "major").spell(1) == "Db"


@pytest.mark.parametrize(
    ("symbol", "pcs", "bass"),
    [
        ("C", {0, 4, 7}, 0), ("Am7", {9, 0, 4, 7}, 9), ("F#m7b5", {6, 9, 0, 4}, 6),
        ("Bbmaj7", {10, 2, 5, 9}, 10), ("G7sus4", {7, 0, 2, 5}, 7), ("C/E", {0, 4, 7}, 4),
        ("D-7", {2, 5, 9, 0}, 2), ("EbΔ", {3, 7, 10, 2}, 3), ("Bø", {11, 2, 5, 9}, 11),
        ("C6/9", {0, 4, 7, 9, 2}, 0), ("A7(b9)", {9, 1, 4, 7, 10}, 9), ("E5", {4, 11}, 4),
        ("C6/9/E", {0, 4, 7, 9, 2}, 4),
    ],
)  # fmt: skip
def test_chord_symbols(symbol: str, pcs: set[int], bass: int) -> None:
    chord = parse_chord(symbol)
    assert set(chord.pcs) == pcs
    assert chord.bass_pc == bass


@pytest.mark.parametrize("nonsense", ["H7", "Cfoo", "", "c", "C//E", "7"])
def test_nonsense_is_no_chord(nonsense: str) -> None:
    with pytest.raises(ValueError, match="chord"):
        parse_chord(nonsense)


@given(st.sampled_from("C C# Db D Eb E F F# G Ab A Bb B".split()), st.sampled_from(list(QUALITIES)))
def test_every_symbol_reads_back(root: str, quality: str) -> None:
    chord = parse_chord(root + quality)
    assert parse_chord(chord.symbol) == chord


@pytest.mark.parametrize(
    ("numeral", "key", "symbol"),
    [
        ("V7", Key("D", "minor"), "A7"), ("bVI", Key("D", "minor"), "Bb"),
        ("ii7", Key("Bb", "major"), "Cm7"), ("V7/V", Key("C", "major"), "D7"),
        ("iiø7", Key("C", "minor"), "Dm7b5"), ("viio7", Key("C", "minor"), "Bdim7"),
        ("I/3", Key("G", "major"), "G/B"), ("i/7", Key("A", "minor"), "Am/G"),
        ("bII", Key("E", "minor"), "F"), ("Imaj7", Key("Eb", "major"), "Ebmaj7"),
        ("V/1", Key("C", "major"), "G/C"),
    ],
)  # fmt: skip
def test_roman_numerals(numeral: str, key: Key, symbol: str) -> None:
    assert chord_from_roman(numeral, key).symbol == symbol


@given(st.sampled_from("I ii iii IV V7 vi bVII iv7 V7/ii iiø7 Imaj7".split()), st.integers(0, 11))
def test_numerals_transpose_with_the_key(numeral: str, semitones: int) -> None:
    home, away = Key("C", "major"), Key("C", "major").transposed(semitones)
    at_home, moved = chord_from_roman(numeral, home), chord_from_roman(numeral, away)
    assert {(pc + semitones) % 12 for pc in at_home.pcs} == set(moved.pcs)
    assert roman_of(at_home, home) == roman_of(moved, away)


@given(st.integers(0, 11), st.sampled_from(list(MODES)))
def test_simplest_tonic_never_needs_more_than_seven_accidentals(pc: int, mode: str) -> None:
    key = Key(simplest_tonic(pc, mode), mode)
    assert pitch_class(key.tonic) == pc
    assert abs(key.fifths) <= 7


@given(st.integers(0, 127))
def test_pitch_names_read_back(pitch: int) -> None:
    assert parse_pitch(pitch_name(pitch)) == pitch
    assert parse_pitch(pitch_name(pitch, prefer_flats=True)) == pitch
