"""What a person likes, learned from stars and rejections: a small logistic model.

The chance that a variant is starred rather than rejected is ``1 / (1 + exp(-(b + w·x)))``, where
``x`` are its measures and character and ``w`` begins at the weights that the person gave. A strong
prior (Gaussian, maximum a posteriori) holds ``w`` near them, so that one star moves little and ten
of one mind move much. With no marks the order is exactly that of the weights.

Source: logistic regression by Newton's method (C. Bishop, "Pattern Recognition and Machine
Learning", 2006, §4.3.3 and §4.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from songwright.evaluate.notes import Floats
from songwright.session.store import Project, Variant
from songwright.session.variants.evaluation import Evaluation
from songwright.session.variants.measures import MEASURES

CHARACTER: dict[str, tuple[str, str]] = {
    "tempo": ("slower", "faster"),
    "minor": ("major", "minor"),
    "density": ("sparser", "denser"),
    "syncopation": ("straighter", "more syncopated"),
    "contrast": ("evener", "more contrast"),
    "range": ("narrower tunes", "wider tunes"),
}
"""Numbers of a piece that are neither good nor bad, and what less and more of each is called."""

_TENTH = 0.1  # a measure that is a tenth better, at the only weight, makes a star e times as likely
_PRIOR = 4.0  # precision of the prior on each weight: standard deviation one half
_FREE = 0.01  # on the intercept, which says only how often a person stars
_ALIKE = 1e-3  # spread below which all pieces have the same of something
_STEPS = 50
_SETTING = "taste forgotten"


@dataclass(frozen=True, slots=True)
class Taste:
    """A learned taste.

    Attributes
    ----------
    stars, rejections
        Marks that it was learned from.
    start, learned
        Weight of each feature (measures, then character) before and after.
    centre, scale
        A feature enters as ``(value - centre) / scale``.
    """

    stars: int
    rejections: int
    start: dict[str, float]
    learned: dict[str, float]
    centre: dict[str, float]
    scale: dict[str, float]

    @property
    def marks(self) -> int:
        return self.stars + self.rejections

    def score(self, evaluation: Evaluation) -> float:
        """``w·x`` of a variant: larger is liked more; a difference of 1 is odds of e."""
        features = features_of(evaluation)
        return sum(
            weight * (features[name] - self.centre[name]) / self.scale[name]
            for name, weight in self.learned.items()
        )

    def leanings(self, least: float = 0.05) -> tuple[str, ...]:
        """What the marks changed, strongest first, in words."""
        moved = sorted(
            ((self.learned[name] - self.start[name], name) for name in self.learned),
            key=lambda pair: -abs(pair[0]),
        )
        words = []
        for change, name in moved:
            if abs(change) < least:
                continue
            if name in CHARACTER:
                words.append(f"{CHARACTER[name][change > 0]} ({change:+.2f})")
            else:
                words.append(f"{name} counts {'more' if change > 0 else 'less'} ({change:+.2f})")
        return tuple(words)


def features_of(evaluation: Evaluation) -> dict[str, float]:
    """Measures and character of a variant."""
    measures = {name: evaluation.measures[name] for name in MEASURES}
    return measures | {name: evaluation.character[name] for name in CHARACTER}


def learn(
    everything: Sequence[Evaluation],
    starred: Sequence[Evaluation],
    rejected: Sequence[Evaluation],
    weights: Mapping[str, float],
) -> Taste:
    """Learn from marks.

    Parameters
    ----------
    everything
        All variants of the project; they say what is usual (centre and scale) in it.
    starred, rejected
        The marked ones.
    weights
        Of the measures, as the person gave them; the start of the model.
    """
    names = [*MEASURES, *CHARACTER]
    table = _table(everything, names)
    centre = table.mean(axis=0) if len(table) else np.zeros(len(names))
    spread = table.std(axis=0) if len(table) else np.ones(len(names))
    # Measures share one scale, so that without marks the order is that of the weighted mean.
    scale = np.array([_TENTH if n in MEASURES else s if s > _ALIKE else 1.0
                      for n, s in zip(names, spread.tolist(), strict=True)])  # fmt: skip
    total = sum(weights[name] for name in MEASURES)
    start = np.array([weights[name] / total if name in MEASURES else 0.0 for name in names])
    rows = (_table([*starred, *rejected], names) - centre) / scale
    liked = np.array([1.0] * len(starred) + [0.0] * len(rejected))
    learned = _fit(rows, liked, start) if len(rows) else start

    def named(values: Floats) -> dict[str, float]:
        return dict(zip(names, values.tolist(), strict=True))

    return Taste(
        len(starred), len(rejected), named(start), named(learned), named(centre), named(scale)
    )


def _table(evaluations: Sequence[Evaluation], names: Sequence[str]) -> Floats:
    rows = [[features_of(e)[name] for name in names] for e in evaluations]
    return np.array(rows, np.float64).reshape(len(rows), len(names))


def _fit(rows: Floats, liked: Floats, start: Floats) -> Floats:
    """Newton's method on the log posterior; the intercept is the last column and is dropped."""
    x = np.hstack([np.clip(rows, -6.0, 6.0), np.ones((len(rows), 1))])
    before = np.append(start, 0.0)
    prior = np.append(np.full(len(start), _PRIOR), _FREE)
    weights = before.copy()
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30.0, 30.0)))
        slope = x.T @ (chance - liked) + prior * (weights - before)
        curve = (x.T * (chance * (1.0 - chance))) @ x + np.diag(prior)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-9:
            break
    found: Floats = weights[:-1]
    return found


def marks_that_count(project: Project, variants: Sequence[Variant]) -> list[Variant]:
    """Starred and rejected variants, without the marks that `forget` put aside."""
    forgotten = project.setting(_SETTING, {})
    return [v for v in variants if v.star and forgotten.get(v.id) != v.star]


def forget(project: Project) -> int:
    """Begin the taste anew; the marks stay but no longer count, until they are set another way.

    Returns how many marks were put aside.
    """
    marked = {v.id: v.star for v in project.variants() if v.star}
    before = len(marks_that_count(project, project.variants()))
    project.set_setting(_SETTING, marked or None)
    return before
