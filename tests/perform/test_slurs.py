"""Which notes a fretting hand slurs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from songwright.perform import PlayedNote, perform
from songwright.perform.model import SLUR

EIGHTH = 240
UP_AND_DOWN = (64, 66, 68, 69, 71, 69, 68, 66)


@pytest.fixture
def play(plan: Callable, score: Callable, playing: Callable) -> Callable:
    def run(*parts: Any, **changes: Any) -> tuple[PlayedNote, ...]:
        style = playing(timing_ms=6.0, velocity_spread=3.0)
        return perform(score(*parts), plan(**changes), style).parts[0].notes

    return run


@pytest.fixture
def line(part: Callable) -> Callable:
    """Eight bars of eighths on a guitar; ``changes`` replace arguments of the part."""

    def make(
        pitches: tuple[int, ...] = UP_AND_DOWN,
        role: str = "lead",
        instrument: str = "electric_guitar_clean",
        length: int = EIGHTH,
        how: str = "",
    ) -> Any:
        notes = [(i * EIGHTH, length, pitches[i % len(pitches)], 80, how) for i in range(64)]
        return part(notes, role, instrument)

    return make


def slurred(notes: tuple[PlayedNote, ...]) -> list[int]:
    return [i for i, note in enumerate(notes) if note.articulation == SLUR]


def test_some_neighbours_off_the_beat_are_slurred(play: Callable, line: Callable) -> None:
    found = slurred(play(line()))
    assert 8 <= len(found) <= 24  # half of 32
    assert all(i % 2 == 1 for i in found)


def test_swung_eighths_are_slurred_into_the_beat(play: Callable, line: Callable) -> None:
    found = slurred(play(line(), swing=0.66, swing_unit_ticks=240))
    assert 8 <= len(found) <= 24
    assert all(i % 2 == 0 for i in found)


def test_a_slurred_note_goes_on_where_the_last_one_ends_and_is_softer(
    play: Callable, line: Callable
) -> None:
    notes = play(line())
    plain = play(replace(line(), instrument="koto"))  # the same chances without a fretting hand
    for i in slurred(notes):
        before = notes[i - 1]
        assert before.onset_seconds + before.duration_seconds == pytest.approx(
            notes[i].onset_seconds, abs=2e-6
        )
        assert notes[i].velocity < plain[i].velocity
        assert before.velocity == plain[i - 1].velocity


@pytest.mark.parametrize(
    "changes",
    [
        {"pitches": (60, 65, 60, 67)},  # out of reach
        {"pitches": (60,)},
        {"length": 180},  # rests between
        {"how": "staccato"},
        {"how": "accent"},
        {"role": "chords", "how": "legato"},  # rings on over the strings
        {"instrument": "acoustic_grand_piano"},
        {"instrument": "koto"},
    ],
)
def test_where_nothing_is_slurred(play: Callable, line: Callable, changes: dict[str, Any]) -> None:
    assert not slurred(play(line(**changes)))


def test_slow_notes_are_picked(
    plan: Callable, score: Callable, playing: Callable, line: Callable
) -> None:
    style = playing(timing_ms=6.0)
    slow = perform(score(line(), bpm=60.0), plan(tempo_bpm=60.0), style).parts[0].notes
    assert not slurred(slow)


def test_a_sound_of_the_palette_and_a_machine_have_no_fretting_hand(
    plan: Callable, score: Callable, playing: Callable, play: Callable, line: Callable
) -> None:
    assert not slurred(play(replace(line(), sound="pluck_nylon")))
    machine = perform(score(line()), plan(), playing()).parts[0].notes
    assert not slurred(machine)


def test_chords_and_notes_under_a_ringing_one_are_picked(play: Callable, part: Callable) -> None:
    pairs = [(i * EIGHTH, EIGHTH, pitch + i % 2) for i in range(64) for pitch in (64, 67)]
    assert not slurred(play(part(pairs, "lead", "electric_guitar_clean")))
    under = [(bar * 1920, 1920, 76) for bar in range(8)]
    under += [(i * EIGHTH, EIGHTH, UP_AND_DOWN[i % 8]) for i in range(64) if i % 8]
    found = play(part(under, "lead", "acoustic_guitar_steel"))
    assert not slurred(found)


def test_written_legato_is_slurred_twice_between_picks(play: Callable, line: Callable) -> None:
    notes = play(line((64, 65, 67, 65), how="legato"))
    found = set(slurred(notes))
    # picked on the first and third beat and, after two slurred notes, on the fourth eighth
    assert found == {i for i in range(64) if i % 4 in (1, 2)}


def test_a_hand_does_not_reach_further_than_four_frets(play: Callable, line: Callable) -> None:
    notes = play(line((60, 62, 64, 66), how="legato"))
    hand: list[int] = []
    for before, note in pairwise(notes):
        hand = [*(hand or [before.pitch]), note.pitch] if note.articulation == SLUR else []
        assert not hand or max(hand) - min(hand) <= 4


def test_an_edit_leaves_the_slurs_of_other_bars(play: Callable, line: Callable) -> None:
    before = line()
    edited = tuple(
        replace(note, pitch=note.pitch + 1) if 3 <= note.onset_ticks // 1920 < 4 else note
        for note in before.notes
    )
    first, second = play(before), play(before.with_notes(edited))
    outside = [i for i in range(64) if i // 8 not in (3, 4)]
    assert [first[i] for i in outside] == [second[i] for i in outside]
