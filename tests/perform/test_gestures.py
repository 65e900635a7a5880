"""Strums, rolls, pedal, swells, vibrato and slides."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from songwright.perform import ControlPoint, Performance, PlayedPart, perform

STRINGS = (40, 47, 52, 56, 59, 64)


@pytest.fixture
def play(plan: Callable, score: Callable, playing: Callable) -> Callable:
    def run(*parts: Any, plan_changes: dict[str, Any] | None = None, **facts: Any) -> Performance:
        return perform(score(*parts), plan(**(plan_changes or {})), playing(**facts))

    return run


def chord(at: int, length: int, pitches: tuple[int, ...]) -> list[tuple[int, int, int]]:
    return [(at, length, pitch) for pitch in pitches]


def stroke(played: PlayedPart, centre: float) -> list[float]:
    """Onsets of the chord near a time, lowest string first."""
    near = [n for n in played.notes if abs(n.onset_seconds - centre) < 0.1]
    return [n.onset_seconds for n in sorted(near, key=lambda n: n.pitch)]


def values(played: PlayedPart, controller: int) -> list[ControlPoint]:
    return [point for point in played.controls if point.controller == controller]


def value_at(line: list[ControlPoint], seconds: float) -> float:
    """Value of a gliding controller at a time."""
    for left, right in itertools.pairwise(line):
        if left.seconds <= seconds <= right.seconds:
            share = (seconds - left.seconds) / max(1e-9, right.seconds - left.seconds)
            return left.value + share * (right.value - left.value)
    return line[-1].value


def test_strumming_hand_swings_like_a_pendulum(play: Callable, part: Callable) -> None:
    notes = [n for i in range(1, 9) for n in chord(i * 240, 240, STRINGS)]
    guitar = part(notes, "chords", "acoustic_guitar_steel")
    played = play(guitar, strum_ms=30.0).parts[0]
    for i in range(1, 9):
        onsets = stroke(played, i * 0.25)
        assert len(onsets) == 6
        ordered = sorted(onsets, reverse=i % 2 == 1)  # down on the beat, up between
        assert onsets == ordered
        assert max(onsets) - min(onsets) == pytest.approx(0.03, rel=0.5)
        assert min(onsets) < i * 0.25 < max(onsets)


def test_in_sixteenths_all_eighths_are_down(play: Callable, part: Callable) -> None:
    notes = [n for i in range(4, 12) for n in chord(i * 120, 120, STRINGS)]
    played = play(part(notes, "chords", "acoustic_guitar_steel"), strum_ms=20.0).parts[0]
    for i in range(4, 12):
        near = [n for n in played.notes if abs(n.onset_seconds - i * 0.125) < 0.05]
        onsets = [n.onset_seconds for n in sorted(near, key=lambda n: n.pitch)]
        assert onsets == sorted(onsets, reverse=i % 2 == 1)


def test_a_machine_does_not_strum(play: Callable, part: Callable) -> None:
    guitar = part(chord(480, 480, STRINGS), "chords", "acoustic_guitar_steel")
    assert len(set(stroke(play(guitar).parts[0], 0.5))) == 1


def test_the_first_strum_starts_the_piece_and_is_still_spread(
    play: Callable, part: Callable
) -> None:
    guitar = part(chord(0, 960, STRINGS), "chords", "acoustic_guitar_steel")
    onsets = stroke(play(guitar, strum_ms=40.0).parts[0], 0.0)
    assert onsets[0] == 0.0 and onsets == sorted(set(onsets))


def test_harps_roll_long_chords_upwards(play: Callable, part: Callable) -> None:
    notes = chord(480, 960, (48, 55, 60, 64)) + chord(1920, 240, (48, 55, 60, 64))
    played = play(part(notes, "chords", "orchestral_harp"), timing_ms=1.0).parts[0]
    rolled, struck = stroke(played, 0.55), stroke(played, 2.0)
    assert rolled == sorted(rolled) and rolled[-1] - rolled[0] > 0.08
    assert max(struck) - min(struck) < 0.005


def test_pianists_roll_some_chords_of_slow_pieces(play: Callable, part: Callable) -> None:
    notes = [n for i in range(8) for n in chord(i * 1920 + 480, 960, (43, 50, 55, 59))]
    piano = part(notes, "chords", "acoustic_grand_piano")

    def rolled(**changes: Any) -> int:
        played = play(piano, plan_changes=changes, timing_ms=1.0, pedal=True).parts[0]
        groups = [stroke(played, i * 2.0 + 0.53) for i in range(8)]
        return sum(max(group) - min(group) > 0.03 for group in groups)

    assert 1 <= rolled(tempo_bpm=66.0) <= 6
    assert rolled(tempo_bpm=132.0) == 0


def test_pedal_changes_with_the_harmony(play: Callable, part: Callable) -> None:
    notes = [n for bar in range(8) for n in chord(bar * 1920, 1800, (50, 57, 62))]
    piano = part(notes, "chords", "acoustic_grand_piano")
    pedal = values(play(piano, pedal=True).parts[0], 64)
    presses = [b.seconds for a, b in itertools.pairwise(pedal) if (a.value, b.value) == (0, 127)]
    lifts = [b.seconds for a, b in itertools.pairwise(pedal) if (a.value, b.value) == (127, 0)]
    assert presses == pytest.approx([bar * 2.0 + 0.09 for bar in range(8)], abs=1e-3)
    assert lifts == pytest.approx([bar * 2.0 for bar in range(1, 9)], abs=1e-3)


@pytest.mark.parametrize(
    ("role", "instrument", "how"),
    [
        ("chords", "harpsichord", ""),
        ("chords", "church_organ", ""),
        ("lead", "acoustic_grand_piano", ""),
        ("chords", "acoustic_grand_piano", "staccato"),
    ],
)
def test_no_pedal_where_it_does_not_belong(
    role: str, instrument: str, how: str, play: Callable, part: Callable
) -> None:
    made = part([(bar * 1920, 1800, 60, 80, how) for bar in range(8)], role, instrument)
    assert not values(play(made, pedal=True).parts[0], 64)


def test_both_hands_share_the_pedal(play: Callable, part: Callable) -> None:
    right = part(
        [(bar * 1920, 960, 72) for bar in range(8)], "lead", "acoustic_grand_piano", "rh", "p"
    )
    left = part(
        [(bar * 1920 + 960, 960, 48) for bar in range(8)],
        "chords", "acoustic_grand_piano", "lh", "p",
    )  # fmt: skip
    hands = play(right, left, pedal=True).parts
    assert values(hands[0], 64) == values(hands[1], 64) != []


def test_long_notes_swell(play: Callable, part: Callable) -> None:
    strings = part([(0, 1920, 60), (1920, 240, 62), (2160, 240, 64)], "lead", "violin")
    line = values(play(strings, timing_ms=1.0, phrasing=1.0).parts[0], 11)
    start, peak, end = (value_at(line, t) for t in (0.02, 1.05, 1.9))
    assert peak > start + 15 and peak > end + 15
    assert value_at(line, 2.1) == value_at(line, 2.3) == pytest.approx(108, abs=1)


def test_swells_grow_with_the_energy(play: Callable, part: Callable) -> None:
    pad = part([(0, 7680, 60)], "pad", "pad_2_warm")

    def end_value(energy: tuple[float, ...]) -> float:
        played = play(pad, plan_changes={"energy": energy}, timing_ms=1.0).parts[0]
        return value_at(values(played, 11), 7.9)

    assert end_value((0.0, 0.3, 0.6, 1.0) * 2) > end_value((0.5,) * 8) + 15


@pytest.mark.parametrize("instrument", ["acoustic_grand_piano", "marimba", "acoustic_guitar_nylon"])
def test_struck_and_plucked_notes_do_not_swell(
    instrument: str, play: Callable, part: Callable
) -> None:
    made = part([(0, 1920, 60)], "chords", instrument)
    assert not values(play(made, timing_ms=5.0).parts[0], 11)


def test_vibrato_comes_late_and_only_on_long_solo_notes(play: Callable, part: Callable) -> None:
    notes = [(0, 1920, 72), (1920, 240, 74), *chord(3840, 1920, (60, 64))]
    line = values(play(part(notes, "lead", "violin"), timing_ms=1.0).parts[0], 1)
    assert value_at(line, 0.4) == 0 and value_at(line, 1.25) > 25
    assert all(point.value == 0 for point in line if point.seconds > 1.99)
    inner = part([(0, 1920, 60)], "pad", "string_ensemble_1")
    assert not values(play(inner, timing_ms=1.0).parts[0], 1)


def test_slides_bend_up_into_the_note(play: Callable, part: Callable) -> None:
    guitar = part([(480, 960, 64, 80, "slide")], "lead", "electric_guitar_clean")
    line = values(play(guitar, timing_ms=0.5).parts[0], 128)
    assert value_at(line, 0.502) < -3000
    assert value_at(line, 0.62) == 0 and value_at(line, 0.3) == 0
    piano = part([(480, 960, 64, 80, "slide")], "lead", "acoustic_grand_piano")
    assert not values(play(piano, timing_ms=0.5).parts[0], 128)


def test_evolving_pads_open_and_close(play: Callable, part: Callable, part_plan: Callable) -> None:
    pad = part([(bar * 1920, 1920, 60) for bar in range(8)], "pad", "pad_8_sweep")
    entry = part_plan(pad, adjectives=("evolving",))
    line = values(play(pad, plan_changes={"parts": (entry,)}, timing_ms=1.0).parts[0], 74)
    assert max(p.value for p in line) - min(p.value for p in line) > 20
    assert not values(play(pad, timing_ms=1.0).parts[0], 74)


def test_a_machine_uses_no_expression(play: Callable, part: Callable) -> None:
    assert play(part([(0, 1920, 60)], "lead", "lead_1_square")).parts[0].controls == ()
