"""What variants may differ in: copies are alike in any key, other music is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.evaluate import piece_of
from songwright.evaluate.variety import Profile, diversity, likeness, profile_of
from songwright.score import Score


def transposed(score: Score, semitones: int) -> Score:
    parts = tuple(
        part.with_notes(tuple(replace(n, pitch=n.pitch + semitones) for n in part.notes))
        for part in score.parts
    )
    return replace(score, parts=parts, chords=(), keys=score.keys)


def test_the_likeness_is_a_kernel(ode: Score, twinkle: Score, hundredth: Score) -> None:
    matrix = likeness([profile_of(piece_of(s)) for s in (ode, twinkle, hundredth)])
    assert np.diag(matrix) == pytest.approx(np.ones(3))
    assert matrix == pytest.approx(matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > -1e-9
    assert matrix[np.triu_indices(3, 1)].max() < 0.9


def test_copies_count_once_and_other_music_more(
    ode: Score, twinkle: Score, hundredth: Score
) -> None:
    one = profile_of(piece_of(ode))
    assert diversity([one] * 4) == pytest.approx(1.0)
    assert diversity([profile_of(piece_of(s)) for s in (ode, twinkle, hundredth)]) > 1.5


def test_a_copy_in_another_key_is_a_copy(hundredth: Score) -> None:
    here = profile_of(piece_of(transposed(hundredth, 0)))
    there = profile_of(piece_of(transposed(hundredth, 3)))
    assert here["theme"] == there["theme"]
    assert here["progression"] == there["progression"]
    assert likeness([here, there])[0, 1] > 0.99


def test_each_description_tells_its_own_change() -> None:
    def profile(**changed: dict[str, float]) -> Profile:
        usual = {name: {"x": 1.0} for name in ("theme", "progression", "groove", "texture", "form")}
        return usual | changed

    same = profile()
    for name in same:
        assert likeness([same, profile(**{name: {"y": 1.0}})])[0, 1] == pytest.approx(0.8)
    assert likeness([profile(theme={}), profile(theme={})])[0, 1] == pytest.approx(1.0)
    assert likeness([profile(theme={}), same])[0, 1] == pytest.approx(0.8)
