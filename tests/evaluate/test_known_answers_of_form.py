"""Known answers for metrics of form, hook and chords that are small sums of other things."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate import evaluate_score, piece_of
from songwright.evaluate.symbolic.arrangement import bar_energy_db
from songwright.score import Note, Score
from songwright.seeds import noise_rng
from tests.evaluate.conftest import line, score_of

A = "C4:1 D4:1 E4:1 C4:1 "


def values(score: Score) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score)}


def tune(text: str) -> dict[str, float | None]:
    return values(score_of(("lead", "violin", line(text))))


def test_bars_heard_before_in_another_guise() -> None:
    # new, exact, transposed, same contour and rhythm, same rhythm, new
    found = tune(A + A + "G4:1 A4:1 B4:1 G4:1 " + "C4:1 E4:1 G4:1 C4:1 " + "G4:1 D4:1 C4:1 C4:1 "
                 "C4:2 D4:2")  # fmt: skip
    assert found["bar_repeat_exact"] == pytest.approx(1 / 6, abs=1e-5)
    assert found["bar_repeat_varied"] == pytest.approx(3 / 6, abs=1e-5)


def test_returns_that_keep_half_are_varied() -> None:
    a = "C4:1 D4:1 E4:1 G4:1 A4:1 G4:1 E4:1 D4:1 C4:1 E4:1 D4:1 B3:1 C4:1 D4:1 C4:2 "
    other = "G4:3 F4:0.5 E4:0.5 D4:2 F4:2 E4:0.5 D4:0.5 C4:3 B3:3 G3:1 "
    half = a.split()[:8]
    changed = [
        *half,
        "A4:0.5",
        "C5:0.5",
        "B4:1.5",
        "F4:1.5",
        "D4:0.5",
        "F4:0.5",
        "E4:1.5",
        "C4:1.5",
    ]
    found = tune(a + other + other + " ".join(changed))
    # Two phrases come back: one note by note, one with half of its events.
    assert (found["development_varied"], found["development_exact"]) == (0.5, 0.5)
    assert found["development_near"] == 0.0


def test_two_halves_of_eight_bars_are_one_long_return() -> None:
    phrase = (
        "C4:1 E4:1 G4:1 E4:1 F4:1 A4:1 F4:1 D4:1 G4:1 B4:1 D5:1 B4:1 C5:1 G4:1 E4:1 C4:1 "
        "A4:1 C5:1 E5:1 C5:1 D5:1 A4:1 F4:1 D4:1 E4:1 G4:1 B4:1 G4:1 C5:1 B4:1 G4:1 C4:1 "
    )
    found = tune(phrase * 2)
    # A repetition A A of half the piece: score 1/2, coverage 1/2.
    assert found["structure_long"] == pytest.approx(0.5, abs=0.03)


def test_the_theme_is_counted_in_eighths_and_in_treatments() -> None:
    theme = "C4:1 E4:0.5 D4:0.5 G4:1 F4:1 "
    text = (
        theme + "A4:2 B4:2 " + theme + "C4:4 "
        + "G4:1 B4:0.5 A4:0.5 D5:1 C5:1 " + "E4:4 "  # a fifth up
        + "C5:1 Ab4:0.5 Bb4:0.5 F4:1 G4:1 " + "D4:4 "  # inverted
        + "C4:2 E4:1 D4:1 G4:2 F4:2 " + "A4:1 C4:3 "  # slow
    )  # fmt: skip
    found = tune(text)
    assert found["theme_treatments"] == 4.0
    # Of 11 bars it begins in the 1st, 3rd, 5th, 7th and 9th: in five of eight equal stretches.
    assert found["theme_spread"] == pytest.approx(5 / 8)


def test_the_margin_of_a_key_is_that_of_its_best_rivals() -> None:
    scale = tune("C4:1 D4:1 E4:1 F4:1 G4:1 A4:1 B4:1 C5:1 G4:1 E4:1 C4:2 " * 4)
    even = tune(" ".join(f"{n}:1" for n in "C4 C#4 D4 D#4 E4 F4 F#4 G4 G#4 A4 A#4 B4".split() * 4))
    assert scale["key_margin"] is not None
    assert scale["key_margin"] > 0.1
    # All keys fit all twelve notes equally well.
    assert even["key_margin"] is None or even["key_margin"] < 0.05


def chords(*roots: tuple[int, tuple[int, ...]]) -> dict[str, float | None]:
    notes = [Note(1920 * i, 1920, 48 + root + step, 80) for i, (root, shape) in enumerate(roots * 4)
             for step in shape]  # fmt: skip
    lead = line("G5:4 " * (4 * len(roots)))
    return values(score_of(("lead", "flute", lead), ("chords", "church_organ", notes)))


def test_distance_of_chords_follows_their_common_notes() -> None:
    major, minor = (0, 4, 7), (0, 3, 7)
    relative = chords((0, major), (9, minor))["chord_distance"]  # C and Am share two notes
    fifth = chords((0, major), (7, major))["chord_distance"]  # C and G share one
    tritone = chords((0, major), (6, major))["chord_distance"]  # C and F sharp share none
    assert relative is not None
    assert fifth is not None
    assert tritone is not None
    assert 0.0 < relative < fifth < tritone
    assert chords((0, major), (0, major))["chord_distance"] is None


def test_bars_join_smoothly_where_the_bar_line_is_a_step() -> None:
    smooth = tune("C4:1 E4:1 G4:1 B4:1 C5:1 A4:1 F4:1 D4:1 " * 8)
    # The same bars entered from afar.
    rough = tune("C4:1 E4:1 G4:1 B4:1 D4:1 F4:1 A4:1 C5:1 C4:1 E4:1 G4:1 B4:1 " * 5)
    assert smooth["bar_joins"] is not None
    assert rough["bar_joins"] is not None
    assert smooth["bar_joins"] > 0.5
    assert abs(rough["bar_joins"]) < 0.1


def test_range_of_energy_is_read_from_the_bars() -> None:
    notes = [Note(1920 * bar, 1920, 60, 40 if bar < 8 else 80) for bar in range(16)]
    score = score_of(("lead", "violin", notes))
    energy = bar_energy_db(piece_of(score))
    wanted = float(np.percentile(energy, 95) - np.percentile(energy, 10))
    assert values(score)["energy_range"] == pytest.approx(wanted)
    assert wanted == pytest.approx(40 * np.log10(2.0), abs=6.1)  # twice the velocity
    assert wanted > 5.0


def test_a_hook_of_many_intervals_is_more_distinct_than_one_of_two() -> None:
    rich = tune("C4:1 E4:0.5 A4:0.5 G4:1.5 D4:0.5 " * 16)
    poor = tune("C4:1 D4:1 C4:1 D4:1 " * 16)
    assert rich["hook_distinctiveness"] is not None
    assert rich["hook_distinctiveness"] > (poor["hook_distinctiveness"] or 0.0) + 0.2


def test_a_hook_is_prominent_when_it_is_early_and_high() -> None:
    theme = "C5:1 E5:0.5 D5:0.5 G5:1 F5:1 "
    low = theme.replace("5:", "3:")
    draw = noise_rng(5, "tune")
    wandering = " ".join(f"{'CDEFGAB'[draw.integers(7)]}{draw.integers(4, 6)}:"
                         f"{draw.integers(1, 9) / 4}" for _ in range(40)) + " "  # fmt: skip
    early = tune(theme * 4 + wandering)["hook_prominence"]
    late = tune(wandering + low * 4)["hook_prominence"]
    assert early is not None
    assert late is not None
    assert early > late + 0.2
