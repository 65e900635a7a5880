"""Structure, repetition, motifs, compression, phrases, closure and themes: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate import evaluate_score, piece_of
from songwright.evaluate.symbolic.cosiatec import compress
from songwright.evaluate.symbolic.fitness import best_segments, similarity_of, smoothed_likeness
from songwright.evaluate.symbolic.motifs import coverage
from songwright.evaluate.symbolic.repetition import repetition_profile
from songwright.evaluate.symbolic.themes import theme_of
from songwright.score import Score
from songwright.seeds import noise_rng
from tests.evaluate.conftest import line, score_of


def values(score: Score) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score)}


def exact_blocks(labels: str, length: int) -> np.ndarray:
    """Ideal similarity of a form: equal letters repeat cell by cell, all else is penalised."""
    size = len(labels) * length
    matrix = np.full((size, size), -2.0)
    for i, a in enumerate(labels):
        for j, b in enumerate(labels):
            if a == b:
                for k in range(length):
                    matrix[i * length + k, j * length + k] = 1.0
    return matrix


def test_fitness_of_ideal_forms_by_hand() -> None:
    # AAAA: from one segment of a quarter, 3/4 of all rows are covered anew and the score is
    # (4 L - L) / (4 L) = 3/4; their harmonic mean is 3/4.
    best, where = best_segments(exact_blocks("AAAA", 8), np.array([8]), 1)
    assert best[0] == pytest.approx(0.75)
    # ABAC: A covers half; score (2L - L)/(2L) = 1/2, coverage (2L - L)/4L = 1/4.
    best, where = best_segments(exact_blocks("ABAC", 8), np.array([8]), 1)
    assert best[0] == pytest.approx(2 * 0.5 * 0.25 / 0.75)
    assert where[0] in (0, 16)
    # Nothing comes back: only the segment itself.
    assert best_segments(exact_blocks("ABCD", 8), np.array([8]), 1)[0][0] == 0.0


def test_a_path_may_run_at_half_speed() -> None:
    """A segment of 8 comes back stretched to 16: steps of two rows cover every other cell."""
    matrix = np.full((24, 24), -2.0)
    matrix[np.arange(8), np.arange(8)] = 1.0
    for k in range(8):
        matrix[8 + 2 * k, k] = 1.0
    best, _ = best_segments(matrix, np.array([8]), 24)
    # 16 cells of 1, coverage 8 + 15 rows.
    assert best[0] == pytest.approx(2 * 0.5 * (15 / 24) / (0.5 + 15 / 24))


def test_similarity_is_that_of_its_definition() -> None:
    chroma = noise_rng(1, "chroma").random((30, 12))
    unit = chroma / np.linalg.norm(chroma, axis=1, keepdims=True)
    found = smoothed_likeness(unit, 4)
    wanted = np.full((30, 30), -1.0)
    for shift in range(12):
        raw = np.zeros((38, 38))
        raw[4:34, 4:34] = unit @ np.roll(unit, shift, axis=1).T
        for i in range(30):
            for j in range(30):
                ahead = sum(raw[4 + i + k, 4 + j + k] for k in range(4)) / 4
                back = sum(raw[4 + i - k, 4 + j - k] for k in range(4)) / 4
                wanted[i, j] = max(wanted[i, j], ahead, back)
    assert found == pytest.approx(wanted)
    assert np.mean(similarity_of(chroma) >= 0) == pytest.approx(0.25, abs=0.04)


def test_a_transposed_repeat_counts_as_a_repeat() -> None:
    chroma = noise_rng(2, "chroma").random((16, 12)) ** 4
    there = np.vstack([chroma, np.roll(chroma, 5, axis=1)])
    assert similarity_of(there)[2, 18] > 0.9


def test_a_loop_has_more_structure_than_a_song_and_a_song_than_noise(ode: Score) -> None:
    loop = score_of(
        ("lead", "violin", line("C4:1 E4:1 G4:1 E4:1 F4:1 A4:1 F4:1 D4:1 " * 16)),
        chords="C Dm " * 16,
    )
    draw = noise_rng(3, "noise")
    noise = score_of(
        ("lead", "violin", line(" ".join(f"{'CDEFGAB'[draw.integers(7)]}4:1" for _ in range(64))))
    )
    assert values(loop)["structure_mid"] > 0.8
    assert values(ode)["structure_mid"] < values(loop)["structure_mid"]
    assert values(ode)["structure_mid"] > values(noise)["structure_mid"]


def test_the_repetition_profile_takes_the_first_kind_that_applies() -> None:
    bars = (
        "C4:1 D4:1 E4:1 C4:1 "  # new
        "C4:1 D4:1 E4:1 C4:1 "  # exact
        "G4:1 A4:1 B4:1 G4:1 "  # transposed by a fifth
        "C4:1 E4:1 G4:1 C4:1 "  # same rhythm and direction
        "G4:1 D4:1 C4:1 C4:1 "  # same rhythm only
        "C4:2 D4:2"  # new
    )
    kinds = [k for _, k in repetition_profile(piece_of(score_of(("lead", "violin", line(bars)))))]
    assert kinds == ["new", "exact", "transposed", "varied", "rhythm", "new"]


def test_motif_coverage_by_hand() -> None:
    motif = ((2, 1), (2, 1), (-4, 2))
    other = ((1, 1), (5, 3))
    tokens = (*motif, *other, *motif, (7, 7))
    assert coverage(tokens, 3) == pytest.approx(6 / 9)
    assert coverage(tokens, 5) == 0.0
    assert coverage(tokens, 20) == 0.0


def test_compression_by_hand() -> None:
    # A cell of three points four times: 12 points told by 3 points and 3 further places.
    cell = [(0, 0), (1, 3), (2, 1)]
    points = sorted((x + 10 * k, y) for k in range(4) for x, y in cell)
    assert compress(np.array(points)) == pytest.approx(12 / (3 + 4 - 1))
    # No two vectors agree: nothing to save.
    assert compress(np.array([(0, 0), (1, 3), (3, 4), (7, 9), (15, 2)])) == pytest.approx(1.0)


def test_compression_of_transposed_copies_is_that_of_copies() -> None:
    cell = [(0, 0), (1, 5), (3, 2), (4, 9)]
    same = sorted((x + 20 * k, y) for k in range(3) for x, y in cell)
    moved = sorted((x + 20 * k, y + 2 * k) for k in range(3) for x, y in cell)
    assert compress(np.array(same)) == pytest.approx(compress(np.array(moved)))


def test_phrases_are_copied_or_developed() -> None:
    a = "C4:1 D4:1 E4:1 G4:1 A4:1 G4:1 E4:1 D4:1 C4:1 E4:1 D4:1 B3:1 C4:1 D4:1 C4:2 "
    near = a.replace("C4:2", "E4:2")
    other = "G4:3 F4:0.5 E4:0.5 D4:2 F4:2 E4:0.5 D4:0.5 C4:3 B3:3 G3:1 "
    copied = values(score_of(("lead", "violin", line(a + a + other + a))))
    assert copied["development_exact"] == 1.0
    assert copied["phrase_return"] == pytest.approx(2 / 3)
    developed = values(score_of(("lead", "violin", line(a + near + other + near))))
    assert developed["development_near"] == pytest.approx(0.5)


def test_sections_with_the_same_letter_are_alike(ode: Score) -> None:
    assert values(ode)["section_identity"] > 0.4
    wrong = score_of(
        ("lead", "violin", ode.parts[0].notes),
        sections=(("A", 4), ("B", 4), ("A", 4), ("B", 4)),
    )
    assert values(wrong)["section_identity"] < values(ode)["section_identity"] - 0.2


def test_closure(ode: Score) -> None:
    assert values(ode)["closure_final"] == 1.0
    assert values(ode)["phrase_end_tonic"] == 0.75  # the A phrases end on D, C, C; B on G
    assert values(ode)["phrase_end_length"] > 1.5
    open_end = score_of(("lead", "violin", ode.parts[0].notes[:-9]))
    assert values(open_end)["closure_final"] < 1.0


def test_a_theme_is_found_with_its_transformations() -> None:
    theme = "C4:1 E4:0.5 D4:0.5 G4:1 F4:1 "
    between = "A4:2 B4:2 "
    fifth_up = "G4:1 B4:0.5 A4:0.5 D5:1 C5:1 "
    inverted = "C5:1 Ab4:0.5 Bb4:0.5 F4:1 G4:1 "
    slow = "C4:2 E4:1 D4:1 G4:2 F4:2 "
    text = theme + between + theme + "C4:4 " + fifth_up + "E4:4 " + inverted + "D4:4 " + slow
    found = theme_of(piece_of(score_of(("lead", "violin", line(text + "A4:1 C4:3 ")))))
    assert found is not None
    assert found.tokens[:3] == ((4, 4), (-2, 2), (5, 2))
    assert len(found.places["exact"]) == 2
    for treatment in ("transposed", "inverted", "augmented"):
        assert len(found.places[treatment]) == 1


def test_a_tune_without_motif_has_no_theme_and_no_hook() -> None:
    draw = noise_rng(5, "tune")
    text = " ".join(f"{'CDEFGAB'[draw.integers(7)]}{draw.integers(3, 6)}:{draw.integers(1, 9) / 4}"
                    for _ in range(60))  # fmt: skip
    found = values(score_of(("lead", "violin", line(text))))
    assert found["theme_coverage"] == 0.0
    assert found["hook_strength"] is None


def test_the_hook_of_a_singable_tune_beats_that_of_a_leaping_one(ode: Score) -> None:
    leaping = line(
        "C4:0.25 B5:0.25 D4:0.25 A5:0.25 C3:0.5 F5:0.5 " * 8 + "G4:4 " + "A4:1 B4:3 " * 4
    )
    wild = values(score_of(("lead", "violin", leaping), bpm=150.0))
    assert values(ode)["hook_singability"] > 0.9
    assert wild["hook_singability"] < 0.3
    assert values(ode)["hook_strength"] > wild["hook_strength"]
