"""The blind test: can a classifier tell what was made from what people wrote?

Gradient boosting on musical features, cross-validated by work (D. Lopez-Paz, M. Oquab, Revisiting
Classifier Two-Sample Tests, 2017). AUC 0.5 is blind, 1 is certain. A test of people against people
of other works shows what chance and the choice of works alone give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedGroupKFold  # type: ignore[import-untyped]

from songwright.seeds import noise_rng

Features = dict[str, float]
_FOLDS = 5
_DOES_NOT_APPLY = -1000.0  # trees cut it off; a column of NaN alone they cannot read


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A feature by which made music is told.

    ``alone`` is the AUC of this feature by itself (0.5 tells nothing), ``human`` and ``made`` its
    means; ``loss`` is what the classifier's AUC loses when the feature is shuffled, which is less
    than it tells when others tell the same.
    """

    name: str
    alone: float
    loss: float
    human: float
    made: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """AUC over held-out works with its spread over folds, and the telling features."""

    auc: float
    spread: float
    count: int
    features: int
    giveaways: tuple[Giveaway, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.auc:.2f} ± {self.spread:.2f}"


def blind_test(
    human: Sequence[Features],
    human_works: Sequence[str],
    made: Sequence[Features],
    made_works: Sequence[str],
    explain: int = 12,
) -> Verdict:
    """Train on some works, judge the others.

    A made phrase has the work of the human phrase in whose frame it stands, so that both are always
    on the same side of a fold. ``explain`` is the number of telling features to name.

    Raises
    ------
    ValueError
        If there are fewer works than folds.
    """
    names = sorted(human[0])
    table = np.array([[row[name] for name in names] for row in [*human, *made]])
    shown = np.nan_to_num(table, nan=_DOES_NOT_APPLY)
    label = np.array([0] * len(human) + [1] * len(made))
    works = np.array([*human_works, *made_works])
    alone = _alone(shown, label)
    telling = np.argsort(-np.abs(alone - 0.5), kind="stable")[:explain]
    losses = np.zeros(len(names))
    aucs: list[float] = []
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for learn, judge in folds.split(shown, label, works):
        if len(set(label[judge])) < 2 or len(set(label[learn])) < 2:
            continue
        varied = np.ptp(shown[learn], axis=0) > 0
        model = classifier().fit(shown[learn][:, varied], label[learn])
        unseen = shown[judge]
        auc = _judged(model, unseen[:, varied], label[judge])
        aucs.append(auc)
        for column in telling[varied[telling]]:
            shuffled = unseen.copy()
            shuffled[:, column] = noise_rng(0, "shuffle", int(column)).permutation(
                unseen[:, column]
            )
            losses[column] += auc - _judged(model, shuffled[:, varied], label[judge])
    if not aucs:
        raise ValueError("too few works for a test by work")
    giveaways = tuple(
        Giveaway(names[i], float(alone[i]), float(losses[i] / len(aucs)),
                 _mean(table[label == 0, i]), _mean(table[label == 1, i]))
        for i in telling
    )  # fmt: skip
    return Verdict(
        float(np.mean(aucs)), float(np.std(aucs)), len(label), len(names), giveaways
    )  # fmt: skip


def _judged(
    model: HistGradientBoostingClassifier, table: NDArray[np.float64], label: NDArray[np.int64]
) -> float:
    return float(roc_auc_score(label, model.predict_proba(table)[:, 1]))


def _alone(table: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """AUC of each column by itself."""
    return np.array([roc_auc_score(label, column) for column in table.T])


def people_against_people(human: Sequence[Features], works: Sequence[str]) -> Verdict:
    """The same test between two halves of the works: what chance gives."""
    names = sorted(set(works))
    half = {name: i % 2 for i, name in enumerate(np.random.default_rng(0).permutation(names))}
    one = [i for i, work in enumerate(works) if half[work] == 0]
    other = [i for i, work in enumerate(works) if half[work] == 1]
    return blind_test(
        [human[i] for i in one], [works[i] for i in one],
        [human[i] for i in other], [works[i] for i in other], explain=0,
    )  # fmt: skip


def classifier() -> HistGradientBoostingClassifier:
    """Small trees and many of them; ready for features that do not apply."""
    return HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=10,
        l2_regularization=1.0, early_stopping=False, random_state=0,
    )  # fmt: skip


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
