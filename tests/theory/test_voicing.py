"""Voicings: inside the register, smooth, clear in the low, strict where it is asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.theory import QUALITIES, Chord, parse_chord
from songwright.theory.voicing import (
    STYLES,
    fifth_pc,
    guide_pcs,
    movement,
    mud,
    parallels,
    seventh_pc,
    third_pc,
    voice,
)

chords = st.builds(
    Chord,
    st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]),
    st.sampled_from(sorted(QUALITIES)),
)


@given(
    chord=chords,
    before=chords,
    low=st.integers(36, 60),
    width=st.integers(0, 40),
    voices=st.integers(1, 6),
    style=st.sampled_from(STYLES),
)
def test_a_voicing_is_distinct_rising_pitches_in_the_register(
    chord, before, low, width, voices, style
):
    previous = voice(before, (), low, low + width, voices, style)
    pitches = voice(chord, previous, low, low + width, voices, style)
    assert 1 <= len(pitches) <= max(voices, 1)
    assert all(a < b for a, b in pairwise(pitches))
    assert pitches[0] >= low and pitches[-1] <= low + width


@given(chord=chords, style=st.sampled_from(["close", "open", "drop2", "chorale", "shell"]))
def test_an_octave_and_a_half_is_enough_for_chord_tones_only(chord, style):
    assert {p % 12 for p in voice(chord, (), 48, 72, 4, style)} <= set(chord.pcs)


@pytest.mark.parametrize("symbol", ["Cmaj7", "Dm7", "G7", "Bm7b5", "F6", "Am", "E7b9"])
def test_the_third_and_the_seventh_are_there(symbol):
    chord = parse_chord(symbol)
    for style in ("close", "open", "drop2", "rootless"):
        sounding = {p % 12 for p in voice(chord, (), 48, 76, 4, style)}
        assert set(guide_pcs(chord)) <= sounding


def test_members_of_a_chord():
    chord = parse_chord("F#m7b5")
    assert (third_pc(chord), fifth_pc(chord), seventh_pc(chord)) == (9, 0, 4)
    assert seventh_pc(parse_chord("C")) is None
    assert third_pc(parse_chord("Csus4")) == 5


def test_common_tones_stay_and_the_rest_moves_by_step():
    first = voice(parse_chord("C"), (), 55, 72, 3)
    second = voice(parse_chord("Am"), first, 55, 72, 3)
    assert len(set(first) & set(second)) == 2
    assert sum(abs(a - b) for a, b in zip(first, second, strict=True)) == 2


def test_a_two_five_one_moves_less_than_root_position_blocks():
    previous, led = (), []
    for symbol in ("Dm7", "G7", "Cmaj7", "A7", "Dm7", "G7", "Cmaj7"):
        previous = voice(parse_chord(symbol), previous, 52, 76, 4)
        led.append(previous)
    blocks = [voice(parse_chord(s), (), 48, 60 + 14, 4, "close", centre=c)
              for s, c in (("Dm7", 55), ("G7", 60), ("Cmaj7", 53))]  # fmt: skip
    assert max(movement(a, b) for a, b in pairwise(led)) < movement(blocks[0], blocks[1]) + 6
    assert all(abs(a[-1] - b[-1]) <= 3 for a, b in pairwise(led))


def test_rootless_leaves_the_root_to_the_bass_and_adds_allowed_colour():
    chord = parse_chord("Dm7")
    pcs = {p % 12 for p in voice(chord, (), 50, 72, 4, "rootless", colour=frozenset({4}))}
    assert pcs == {5, 9, 0, 4}


def test_power_chords_stand_on_the_root():
    assert voice(parse_chord("Em"), (), 40, 60, 3, "power") == (40, 47, 52)


def test_low_close_thirds_are_avoided():
    pitches = voice(parse_chord("C"), (), 36, 60, 3, "close", centre=40)
    assert mud(pitches) == 0
    assert mud((36, 40, 43)) > 0


def test_parallels_are_found_and_repeated_notes_are_not():
    assert parallels((48, 55), (50, 57))
    assert parallels((48, 60), (47, 59))
    assert not parallels((48, 55), (48, 55))
    assert not parallels((48, 55), (50, 59))
    assert not parallels((48, 55), (55, 62 - 24))  # contrary motion


@given(st.lists(st.sampled_from(["C", "F", "G", "Am", "Dm", "Em", "G7"]), min_size=2, max_size=12))
def test_chorale_style_has_no_parallel_fifths_or_octaves(symbols):
    previous: tuple[int, ...] = ()
    for symbol in symbols:
        pitches = voice(parse_chord(symbol), previous, 45, 76, 4, "chorale")
        if previous and previous != pitches:
            assert not parallels(previous, pitches)
        previous = pitches


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="voicing style"):
        voice(parse_chord("C"), (), 48, 60, 3, "cluster")
    with pytest.raises(ValueError, match="empty"):
        voice(parse_chord("C"), (), 60, 48, 3)
