"""A second judge of lines that hears nothing a critic hears: which n-grams, and how often.

The critics and the first blind test count alike (shares of steps, bars that return), so a sample
that a critic chose could please the test without being any nearer to people. This judge only counts
n-grams of moves, gaps, degrees and places, of which critics know none by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

import numpy as np
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedGroupKFold  # type: ignore[import-untyped]

from bench.models_two_sample import Features, Verdict
from songwright.models.likeness import Sound

_LONGEST, _RAREST, _FOLDS = 3, 4, 5


def ngrams(line: Sequence[Sound], bar_steps: int) -> Features:
    """Square roots of how often each n-gram of up to three occurs to the note."""
    sounds = sorted(line)
    steps = [(b.pitch - a.pitch, b.onset - a.onset) for a, b in pairwise(sounds)]
    kinds = {
        "move and gap": steps,
        "move": [move for move, _ in steps],
        "gap": [gap for _, gap in steps],
        "degree": [s.pitch % 12 for s in sounds],
        "place and length": [(s.onset % bar_steps, s.duration) for s in sounds],
    }
    counts = Counter(
        f"{kind} {gram}"
        for kind, items in kinds.items() for n in range(1, _LONGEST + 1)
        for gram in zip(*(items[i:] for i in range(n)), strict=False)
    )  # fmt: skip
    return {gram: sqrt(count / len(sounds)) for gram, count in counts.items()}


def second_test(
    human: Sequence[Features],
    human_works: Sequence[str],
    made: Sequence[Features],
    made_works: Sequence[str],
) -> Verdict:
    """Logistic regression on `ngrams`, trained on some works and judged on the others.

    N-grams that fewer than four of the phrases have are left out.
    """
    table = DictVectorizer().fit_transform([*human, *made])
    common = np.asarray((table > 0).sum(axis=0)).ravel() >= _RAREST
    table = table[:, common]
    label = np.array([0] * len(human) + [1] * len(made))
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    aucs = []
    for learn, judge in folds.split(table, label, np.array([*human_works, *made_works])):
        model = LogisticRegression(max_iter=4000).fit(table[learn], label[learn])
        aucs.append(roc_auc_score(label[judge], model.decision_function(table[judge])))
    return Verdict(float(np.mean(aucs)), float(np.std(aucs)), len(label), int(common.sum()))
