"""Density, energy, layers, fills and what a piece suggests: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate import evaluate_score, piece_of
from songwright.evaluate.symbolic.affect import emotional_fit
from songwright.evaluate.symbolic.arrangement import bar_energy_db, eta_squared
from songwright.score import Note, Score
from tests.evaluate.conftest import line, score_of


def values(score: Score, plan: list[float] | None = None) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score, None, plan)}


def chords(first: int, stop: int, velocity: int, every: int = 480) -> list[Note]:
    return [
        Note(1920 * bar + at, every, pitch, velocity)
        for bar in range(first, stop)
        for at in range(0, 1920, every)
        for pitch in (60, 64, 67)
    ]


def verse_and_chorus() -> Score:
    notes = chords(0, 8, 60, 960) + chords(8, 16, 100, 240)
    beat = [Note(1920 * b + 480 * q, 60, 38, 90) for b in range(8, 16) for q in range(4)]
    return score_of(
        ("chords", "acoustic_grand_piano", notes),
        ("drums", "standard_kit", beat),
    )


def test_eta_squared_by_hand() -> None:
    a, b = np.array([1.0, 1.0]), np.array([3.0, 3.0])
    assert eta_squared(np.concatenate([a, b]), [a, b]) == pytest.approx(1.0)
    mixed = [np.array([1.0, 3.0]), np.array([1.0, 3.0])]
    assert eta_squared(np.concatenate(mixed), mixed) == pytest.approx(0.0)
    assert eta_squared(np.ones(4), [np.ones(2), np.ones(2)]) == 0.0


def test_energy_of_a_bar_by_hand() -> None:
    score = score_of(("lead", "violin", [Note(0, 960, 60, 127), Note(960, 960, 62, 127)]))
    assert bar_energy_db(piece_of(score))[0] == pytest.approx(10 * np.log10(4.0))


def test_contrast_entries_and_peak() -> None:
    found = values(verse_and_chorus())
    assert found["density_contrast"] == pytest.approx(1.0)
    assert found["energy_contrast"] == pytest.approx(1.0)
    assert found["energy_span"] > 4.0
    assert found["entries_exits"] == 1.0
    assert found["layers_span"] == pytest.approx(0.5)
    assert found["peak_position"] > 0.6
    flat = values(score_of(("chords", "acoustic_grand_piano", chords(0, 16, 80))))
    assert flat["density_contrast"] == 0.0
    assert flat["energy_span"] == 0.0
    assert flat["entries_exits"] is None


def test_the_planned_energy_is_compared_bar_by_bar() -> None:
    rising = [0.2] * 8 + [0.9] * 8
    assert values(verse_and_chorus(), rising)["energy_plan"] > 0.95
    assert values(verse_and_chorus(), rising[::-1])["energy_plan"] < -0.95
    assert values(verse_and_chorus())["energy_plan"] is None
    assert values(verse_and_chorus(), [0.5] * 16)["energy_plan"] is None


def test_energy_flows_or_jumps() -> None:
    arch = [n for bar in range(16) for n in chords(bar, bar + 1, 40 + 8 * min(bar, 15 - bar))]
    saw = [n for bar in range(16) for n in chords(bar, bar + 1, 40 + 60 * (bar % 2))]
    smooth = values(score_of(("chords", "acoustic_grand_piano", arch)))["energy_flow"]
    jumpy = values(score_of(("chords", "acoustic_grand_piano", saw)))["energy_flow"]
    assert smooth > 0.3 > jumpy


def test_fills_are_bars_in_which_the_drums_leave_their_pattern() -> None:
    def beat(bar: int, fill: bool) -> list[Note]:
        slots = (0, 240, 480, 600, 720, 840, 960, 1080) if fill else (0, 480, 960, 1440)
        return [Note(1920 * bar + s, 60, 45 if fill else 38) for s in slots]

    def score(fills: bool) -> Score:
        notes = [n for b in range(32) for n in beat(b, fills and b % 8 == 7)]
        return score_of(("drums", "standard_kit", notes))

    assert values(score(True))["fills"] == 1.0
    assert values(score(False))["fills"] == 0.0


def test_voices_and_density_by_hand() -> None:
    found = values(score_of(("chords", "acoustic_grand_piano", chords(0, 4, 80))))
    assert found["voices"] == pytest.approx(3.0)
    assert found["note_density"] == pytest.approx(12.0)
    assert found["layers"] == 1.0


def test_fast_loud_major_and_slow_soft_minor_point_to_opposite_corners() -> None:
    bright = score_of(
        ("lead", "violin", line("C5:0.5 E5:0.5 G5:0.5 E5:0.5 F5:0.5 D5:0.5 B4:0.5 C5:0.5 " * 8,
                                velocity=110)),
        ("drums", "standard_kit", [Note(240 * i, 60, 42, 100) for i in range(128)]), bpm=150.0,
    )  # fmt: skip
    dark = score_of(
        ("lead", "cello", line("A2:4 C3:4 E3:4 D3:4 C3:4 B2:4 G#2:4 A2:4", velocity=40)), bpm=55.0
    )
    happy, sad = values(bright), values(dark)
    for metric in ("valence", "arousal"):
        assert happy[metric] > 0.4
        assert sad[metric] < -0.4


def test_emotional_fit_is_one_at_home_and_nothing_at_the_opposite_corner() -> None:
    assert emotional_fit(0.3, -0.2, 0.3, -0.2) == 1.0
    assert emotional_fit(1.0, 1.0, -1.0, -1.0) == pytest.approx(0.0)
