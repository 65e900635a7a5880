"""Held-out likelihood: the networks against interpolated n-grams, and against our own rules.

All are judged on the same tokens: those after the reference, of sequences of the test split. Orders
and contexts of the n-grams are chosen on the validation split. Our rules have no probabilities of
their own; an n-gram of what they write stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.examples import Example, Examples
from training.ngram import NGram, nats, predicted_after_start
from training.tasks import Task

from songwright.models.decoder import Decoder
from songwright.models.lines import START
from songwright.seeds import noise_rng

ORDERS = (2, 3, 4, 5, 6, 7)
_TRIED = 4000  # training sequences on which contexts of n-grams are compared
CONTEXTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "melody": (("position",), ("root", "position"), ("mode", "root", "quality")),
    "parts": (("role", "position"), ("role", "root"), ("role", "root", "quality")),
    "drums": (("position",), ("family", "position"), ("timekeeper", "position")),
    "harmony": (("beat",), ("mode", "beat"), ("mode", "family")),
}
"""Features that an n-gram may have in its context, by model."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Nats a token on held-out music."""

    name: str
    tokens: int
    network: float
    plain: float
    plain_order: int
    with_features: float
    features: tuple[str, ...]
    features_order: int
    rules: float | None = None


def sample_of(data: Examples, count: int, seed: int) -> Examples:
    """At most ``count`` of the examples."""
    chosen = noise_rng(seed, "examples").permutation(len(data))[:count]
    return Examples.of(
        Example(data.tokens[a:b], data.features[a:b])
        for a, b in ((data.starts[i], data.starts[i + 1]) for i in sorted(chosen))
    )


def examples_of(task: Task, scratch: Path, split: str) -> Examples:
    """Examples of a split as training keeps them, or made anew and not kept."""
    path = scratch / f"examples-{task.name}-{split}.npz"
    return Examples.load(path) if path.exists() else Examples.of(task.make(scratch, split, 1))


def network_chances(
    decoder: Decoder, task: Task, data: Examples, rows: int = 24
) -> NDArray[np.float64]:
    """Probability of each token but the first of each sequence, in order.

    Sequences are read at once, as a grammar's beginning is. Tokens beyond the network's context
    count as uniform.
    """
    chances = [np.full(n - 1, 1.0 / task.vocabulary) for n in data.lengths]
    order = np.argsort(data.lengths, kind="stable")
    for first in range(0, len(order), rows):
        chosen = order[first : first + rows]
        lengths = np.minimum(data.lengths[chosen], decoder.card.context)
        time = int(lengths.max())
        tokens = np.zeros((len(chosen), time), np.int64)
        features = np.zeros((len(chosen), time, len(task.space.sizes)), np.int64)
        for row, (index, n) in enumerate(zip(chosen, lengths, strict=True)):
            start = data.starts[index]
            tokens[row, :n] = data.tokens[start : start + n]
            features[row, :n] = data.features[start : start + n]
        cache = decoder.rows(len(chosen), time)
        cache.lengths = lengths.astype(np.int32)
        logits = cache._run(tokens, features + task.space.offsets, time)  # of every step
        for row, (index, n) in enumerate(zip(chosen, lengths, strict=True)):
            chances[index][: n - 1] = _softmax_at(logits[row, : n - 1], tokens[row, 1:n])
    return np.concatenate(chances)


def _softmax_at(logits: NDArray[np.float32], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    scores = logits.astype(np.float64)
    scores -= scores.max(1, keepdims=True)
    powers = np.exp(scores)
    chosen: NDArray[np.float64] = powers[np.arange(len(tokens)), tokens] / powers.sum(1)
    return chosen


def likelihood(
    task: Task, decoder: Decoder, scratch: Path, sequences: int, seed: int,
    rules: Examples | None = None,
) -> Likelihood:  # fmt: skip
    """All of one model. ``rules`` are examples of music that our rules wrote."""
    train = examples_of(task, scratch, "train")
    validation = sample_of(examples_of(task, scratch, "validation"), 600, seed)
    test = sample_of(examples_of(task, scratch, "test"), sequences, seed)
    own = predicted_after_start(test, START)
    network = nats(network_chances(decoder, task, test)[own])
    plain, order = _chosen(task, train, validation, ())
    told = _best_context(task, train, validation)
    rich, rich_order = _chosen(task, train, validation, told)
    by_rules = None
    if rules is not None:
        model, best = _chosen(task, rules, validation, told)
        by_rules = nats(model.chances(test, best)[own])
    return Likelihood(
        task.name, int(own.sum()), network, nats(plain.chances(test, order)[own]), order,
        nats(rich.chances(test, rich_order)[own]), told, rich_order, by_rules,
    )  # fmt: skip


def _chosen(
    task: Task, train: Examples, validation: Examples, context: tuple[str, ...]
) -> tuple[NGram, int]:
    """An n-gram and the order of it that fits validation best."""
    own = predicted_after_start(validation, START)
    told = [task.space.index[name] for name in context]
    model = NGram.learn(train, task.vocabulary, max(ORDERS), told)
    losses = {order: nats(model.chances(validation, order)[own]) for order in ORDERS}
    return model, min(ORDERS, key=lambda order: losses[order])


def _best_context(task: Task, train: Examples, validation: Examples) -> tuple[str, ...]:
    """The features that help an n-gram most, tried on a part of the training set."""
    part = sample_of(train, _TRIED, 1)
    own = predicted_after_start(validation, START)
    losses = {}
    for names in CONTEXTS[task.name]:
        model, order = _chosen(task, part, validation, names)
        losses[names] = nats(model.chances(validation, order)[own])
    return min(CONTEXTS[task.name], key=lambda names: losses[names])
