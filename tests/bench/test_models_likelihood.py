"""The n-gram baseline: probabilities, back-off and features in the context."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from training.examples import Example, Examples
from training.ngram import NGram, nats, predicted_after_start

from songwright.models.lines import END, START

VOCABULARY = 12


def data(sequences: list[list[int]], told: list[list[int]] | None = None) -> Examples:
    told = told or [[0] * len(s) for s in sequences]
    return Examples.of(
        Example(np.array(s, np.uint8), np.array(t, np.uint8)[:, None])
        for s, t in zip(sequences, told, strict=True)
    )


def test_chances_sum_to_one() -> None:
    noise = np.random.default_rng(0)
    train = data([[START, *noise.integers(5, 12, 20).tolist(), END] for _ in range(20)])
    model = NGram.learn(train, VOCABULARY, 4)
    total = sum(
        model.chances(data([[START, 7, 9, token]]))[-1] for token in range(VOCABULARY)
    )  # fmt: skip
    assert total == pytest.approx(1.0)


def test_longer_contexts_learn_longer_patterns() -> None:
    cycle = [5, 6, 5, 7] * 10
    train, test = data([[START, *cycle, END]] * 3), data([[START, *cycle]])
    model = NGram.learn(train, VOCABULARY, 4)
    losses = [nats(model.chances(test, order)) for order in (1, 2, 3)]
    assert losses[0] > losses[1] > losses[2]
    assert losses[2] < 0.3


def test_what_was_never_seen_costs_no_more_than_it_should() -> None:
    model = NGram.learn(data([[START, 5, 6, END]] * 4), VOCABULARY, 3)
    chances = model.chances(data([[START, 9, 10, 11]]))
    assert (chances > 0).all()
    assert nats(chances) > log(VOCABULARY)


def test_features_in_the_context_are_used() -> None:
    """The token follows the feature of the step before it, not the token before it."""
    noise = np.random.default_rng(1)
    told = [[int(t) for t in noise.integers(0, 2, 30)] for _ in range(20)]
    tokens = [[START, *(5 + t for t in row[:-1])] for row in told]
    train, test = data(tokens[:15], told[:15]), data(tokens[15:], told[15:])
    blind = NGram.learn(train, VOCABULARY, 2)
    seeing = NGram.learn(train, VOCABULARY, 2, (0,))
    assert nats(blind.chances(test)) > 0.6
    assert nats(seeing.chances(test)) < 0.1


def test_only_the_phrase_itself_counts() -> None:
    own = predicted_after_start(data([[1, 5, 6, START, 7, 8], [START, 9]]), START)
    assert own.tolist() == [False, False, False, True, True, True]
