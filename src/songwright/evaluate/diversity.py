"""How different several pieces are: the Vendi score, an effective number of pieces.

Source: D. Friedman, A. B. Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine
Learning" (TMLR 2023). The kernel is this project's: the mean likeness of pitch classes, rhythm,
register, note lengths, intervals and of the course of density.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import Piece
from songwright.evaluate.tune import tune_of

_COURSE_POINTS = 32


def vendi_score(similarity: Floats) -> float:
    """Effective number of different items, 1 (all alike) to n (nothing in common).

    Parameters
    ----------
    similarity
        Symmetric positive semidefinite matrix (n, n) with ones on the diagonal.
    """
    if len(similarity) == 0:
        raise ValueError("there are no pieces to compare")
    values = np.linalg.eigvalsh(similarity / len(similarity))
    values = values[values > 1e-12]
    return float(np.exp(-np.sum(values * np.log(values))))


def similarity_of_pieces(pieces: Sequence[Piece]) -> Floats:
    """Mean likeness of every pair of pieces, shape (n, n), 1 on the diagonal.

    The mean of Gram matrices of unit vectors is positive semidefinite.
    """
    features = [_features(piece) for piece in pieces]
    kernels = []
    for name in features[0] if features else ():
        rows = np.stack([feature[name] for feature in features])
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        unit = np.where(norm > 0, rows / np.where(norm > 0, norm, 1.0), 1.0 / rows.shape[1] ** 0.5)
        kernels.append(unit @ unit.T)
    mean: Floats = np.mean(kernels, axis=0) if kernels else np.zeros((0, 0))
    return mean


def variant_diversity(pieces: Sequence[Piece]) -> float:
    """Vendi score of several pieces: how many really different ones there are."""
    return vendi_score(similarity_of_pieces(pieces))


def _features(piece: Piece) -> dict[str, Floats]:
    """Histograms of a piece; keys are compared from the lowest pitch class weights as they are."""
    tune, notes = tune_of(piece), piece.notes
    moves = np.clip(np.diff(tune["pitch"].astype(int)), -12, 12) + 12
    beats = (notes["end"] - notes["onset"]) / 480.0
    length = np.clip(np.round(2.0 * np.log2(np.maximum(beats, 1 / 16))) + 8, 0, 17).astype(int)
    density = np.bincount(notes["bar"], minlength=piece.bars).astype(np.float64)
    course = np.interp(
        np.linspace(0, piece.bars - 1, _COURSE_POINTS), np.arange(piece.bars), density
    )
    spread = course.std()
    return {
        "pitch classes": np.bincount(notes["pitch"] % 12, beats, 12).astype(np.float64),
        "rhythm": np.bincount(piece.slots_in_bar(tune) % 16, minlength=16).astype(np.float64),
        "register": np.bincount(notes["pitch"] // 6, beats, 22).astype(np.float64),
        "lengths": np.bincount(length, minlength=18).astype(np.float64),
        "intervals": np.bincount(moves, minlength=25).astype(np.float64),
        "course": (course - course.mean()) / spread if spread > 0 else np.zeros(_COURSE_POINTS),
    }
