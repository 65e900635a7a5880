"""Diversity of several pieces."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate import piece_of
from songwright.evaluate.diversity import similarity_of_pieces, variant_diversity, vendi_score
from songwright.score import Score


def test_vendi_score_by_hand() -> None:
    assert vendi_score(np.eye(5)) == pytest.approx(5.0)
    assert vendi_score(np.ones((5, 5))) == pytest.approx(1.0)
    pairs = np.kron(np.eye(2), np.ones((3, 3)))  # two groups of three equal pieces
    assert vendi_score(pairs) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="no pieces"):
        vendi_score(np.zeros((0, 0)))


def test_the_kernel_is_one(ode: Score, twinkle: Score, hundredth: Score) -> None:
    pieces = [piece_of(s) for s in (ode, twinkle, hundredth)]
    matrix = similarity_of_pieces(pieces)
    assert np.diag(matrix) == pytest.approx(np.ones(3))
    assert matrix == pytest.approx(matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > -1e-9


def test_copies_count_once_and_different_tunes_more(
    ode: Score, twinkle: Score, hundredth: Score
) -> None:
    copies = variant_diversity([piece_of(ode)] * 3)
    different = variant_diversity([piece_of(s) for s in (ode, twinkle, hundredth)])
    assert copies == pytest.approx(1.0)
    assert 1.3 < different <= 3.0
