"""Velocity and gate: energy, metre, phrase, articulation."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from statistics import fmean, pstdev
from typing import Any

import pytest

from songwright.perform import PlayedPart, perform


@pytest.fixture
def play(plan: Callable, score: Callable, part: Callable, playing: Callable) -> Callable:
    """Play one part: notes, role and instrument, style facts, plan changes."""

    def run(
        notes: list[tuple[Any, ...]],
        role: str = "lead",
        instrument: str = "flute",
        plan_changes: dict[str, Any] | None = None,
        **facts: Any,
    ) -> PlayedPart:
        made = part(notes, role, instrument)
        return perform(score(made), plan(**(plan_changes or {})), playing(**facts)).parts[0]

    return run


QUARTERS = [(i * 480, 480, 66) for i in range(32)]


def test_neutral_notes_are_played_at_the_energy_of_their_bar(play: Callable) -> None:
    energy = {"energy": (0.0,) * 4 + (1.0,) * 4, "dynamics_low": 30, "dynamics_high": 90}
    notes = play(QUARTERS, "chords", plan_changes=energy).notes
    assert {n.velocity for n in notes[:16]} == {30}
    assert {n.velocity for n in notes[16:]} == {90}


def test_energy_glides_inside_a_section(play: Callable) -> None:
    energy = {"energy": (0.0, 0.2, 0.4, 0.6, 0.1, 0.1, 0.1, 0.1)}
    velocities = [n.velocity for n in play(QUARTERS, "chords", plan_changes=energy).notes]
    assert velocities[:13] == sorted(velocities[:13]) and len(set(velocities[:13])) == 13
    assert velocities[16] == velocities[31] < velocities[12]


def test_written_velocity_scales(play: Callable) -> None:
    notes = play([(0, 480, 60, 40), (480, 480, 60, 80), (960, 480, 60, 100)], "chords").notes
    soft, neutral, loud = (n.velocity for n in notes)
    assert soft == pytest.approx(neutral / 2, abs=1)
    assert neutral < loud


def test_full_energy_does_not_pile_up_at_127(play: Callable) -> None:
    full = {"energy": (1.0,) * 8}
    written = [(i * 480, 480, 60, 80 + i) for i in range(32)]
    velocities = [n.velocity for n in play(written, "chords", plan_changes=full).notes]
    assert velocities == sorted(velocities)
    assert velocities[-1] <= 126 and len(set(velocities)) >= 10


def test_metre_is_felt_as_much_as_the_style_says(play: Callable) -> None:
    def profile(accent: float) -> list[int]:
        notes = play(QUARTERS, "bass", "electric_bass_finger", accent=accent).notes
        return [n.velocity for n in notes[:4]]

    assert len(set(profile(0.0))) == 1
    one, two, three, four = profile(1.0)
    assert one > three > two == four


def test_phrases_rise_and_fall(play: Callable) -> None:
    velocities = [n.velocity for n in play(QUARTERS, phrasing=1.0).notes[:16]]
    top = velocities.index(max(velocities))
    assert 8 <= top <= 11  # past the middle
    assert velocities[: top + 1] == sorted(velocities[: top + 1])
    assert velocities[top:] == sorted(velocities[top:], reverse=True)
    assert velocities[top] - velocities[0] >= 14


def test_higher_is_louder_for_melodies_only(play: Callable) -> None:
    scale = [(i * 480, 480, 54 + 2 * i) for i in range(8)]
    lead = [n.velocity for n in play(scale).notes]
    chords = [n.velocity for n in play(scale, "chords").notes]
    assert lead[0] < lead[-1] and lead == sorted(lead)
    assert len(set(chords)) == 1


def test_spread_has_the_size_of_the_style(play: Callable) -> None:
    flat = {"energy": (0.5,) * 8}
    eighths = [(i * 240, 240, 60 + i % 5) for i in range(64)]
    found = [
        n.velocity for n in play(eighths, "chords", plan_changes=flat, velocity_spread=8).notes
    ]
    assert 4.0 < pstdev(found) < 11.0
    assert fmean(found) == pytest.approx(76, abs=5)


def test_touch_words_change_the_weight(
    plan: Callable, part_plan: Callable, score: Callable, part: Callable, playing: Callable
) -> None:
    made = part(QUARTERS, "chords", "acoustic_grand_piano")
    means = {}
    for word in ("soft", "red", "heavy"):
        entry = part_plan(made, adjectives=(word,))
        played = perform(score(made), plan(parts=(entry,)), playing()).parts[0]
        means[word] = fmean(n.velocity for n in played.notes)
    assert means["soft"] < means["red"] < means["heavy"]


def test_gate_follows_articulation(play: Callable) -> None:
    def held(articulation: str, instrument: str = "flute", legato: float = 0.9) -> float:
        notes = [(0, 480, 60, 80, articulation), (480, 480, 62, 80, articulation)]
        return float(play(notes, "lead", instrument, legato=legato).notes[0].duration_seconds)

    assert held("") == pytest.approx(0.45)
    assert held("", legato=1.0) == pytest.approx(0.5)
    assert held("staccato") == pytest.approx(0.25)
    assert held("tenuto") == pytest.approx(0.5)
    assert held("pizzicato") < held("staccato") < held("marcato") < held("accent") < held("tenuto")
    assert held("legato") == pytest.approx(0.528)  # over into the next note
    assert held("legato", "acoustic_grand_piano") == pytest.approx(0.5)


def test_long_notes_lose_no_more_than_a_breath(play: Callable) -> None:
    (note,) = play([(0, 3840, 60)], "lead", legato=0.5).notes
    assert note.duration_seconds == pytest.approx(4.0 - 0.1)
    (short,) = play([(0, 3840, 60, 80, "staccato")]).notes
    assert short.duration_seconds <= 0.6


def test_articulations_change_weight(play: Callable) -> None:
    kinds = ["ghost", "", "tenuto", "accent", "marcato"]
    notes = [(i * 480, 480, 60, 80, kind) for i, kind in enumerate(kinds)]
    velocities = [n.velocity for n in play(notes, "chords", "acoustic_grand_piano").notes]
    assert velocities == sorted(velocities) and len(set(velocities)) == 5
    assert velocities[0] < 0.6 * velocities[1]


def test_drums_have_short_gates(play: Callable) -> None:
    notes = play([(i * 480, 480, 38) for i in range(8)], "drums", "standard_kit").notes
    assert {n.duration_seconds for n in notes} == {0.1}


def test_one_voice_instruments_do_not_sound_twice(play: Callable) -> None:
    written = [(i * 240, 960, 60 + i) for i in range(8)]
    notes = play(written, "bass", "synth_bass_1", timing_ms=10.0).notes
    for note, following in itertools.pairwise(notes):
        assert note.onset_seconds + note.duration_seconds <= following.onset_seconds + 1e-6
