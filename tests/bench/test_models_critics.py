"""What is fitted is what is shipped; and the second judge tells lines by their n-grams."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from bench.models_critics import write, written
from bench.models_second_judge import ngrams, second_test
from sklearn.ensemble import HistGradientBoostingClassifier

from songwright.models.critic import Critic
from songwright.models.likeness import Sound


@pytest.fixture(scope="module")
def fitted() -> tuple[HistGradientBoostingClassifier, np.ndarray, Critic]:
    random = np.random.default_rng(3)
    table = random.normal(size=(600, 4))
    label = (table[:, 0] + table[:, 1] ** 2 > 1).astype(int)
    table[random.random(table.shape) < 0.1] = np.nan
    trees = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8, random_state=0)
    trees.fit(table, label)
    return trees, table, written(trees, 20, ("a", "b", "c", "d"), "hash")


def test_a_critic_says_what_its_classifier_says(
    fitted: tuple[HistGradientBoostingClassifier, np.ndarray, Critic],
) -> None:
    trees, table, critic = fitted
    said = [
        critic.odds({n: v for n, v in zip("abcd", row, strict=True) if np.isfinite(v)})
        for row in table
    ]
    assert np.abs(np.array(said) - trees.decision_function(table)).max() < 1 / 64


def test_a_written_critic_is_read_as_it_was(
    fitted: tuple[HistGradientBoostingClassifier, np.ndarray, Critic], tmp_path: Path
) -> None:
    path = write("melody", fitted[2], tmp_path)
    assert msgspec.json.decode(path.read_bytes(), type=Critic) == fitted[2]
    assert path.read_text("utf-8").count("\n") == 24  # a tree to the line


def test_ngrams_of_a_line() -> None:
    line = [Sound(0, 12, 60), Sound(12, 12, 62), Sound(24, 24, 64)]
    found = ngrams(line, 48)
    assert found["move (2,)"] == pytest.approx((2 / 3) ** 0.5)
    assert found["gap (12, 12)"] == pytest.approx((1 / 3) ** 0.5)
    assert found["degree (0, 2, 4)"] == pytest.approx((1 / 3) ** 0.5)
    assert ngrams([], 48) == {}


def test_the_second_judge_hears_other_moves_and_only_those() -> None:
    def lines(step: int, seed: int) -> list[dict[str, float]]:
        random = np.random.default_rng(seed)
        walks = 60 + np.cumsum(random.choice([-step, step, 0], size=(120, 12)), axis=1)
        return [ngrams([Sound(12 * i, 12, int(p)) for i, p in enumerate(w)], 48) for w in walks]

    works = [f"work {i // 4}" for i in range(120)]
    assert second_test(lines(2, 1), works, lines(3, 2), works).auc > 0.95
    assert 0.3 < second_test(lines(2, 1), works, lines(2, 2), works).auc < 0.7
