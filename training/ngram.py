"""An interpolated n-gram over the tokens of the models: the baseline that a network must beat.

Absolute discounting (H. Ney, U. Essen, R. Kneser 1994): an order gives up a constant from each of
its counts to the next lower one, down to the uniform distribution. The discount of each order comes
from its numbers of tokens seen once and twice. Beside the tokens before, a context may hold
features of the step at which the token before stands, such as the metrical position and the chord;
they are the last to be forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.examples import Examples

Keys = NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_START = 255  # stands before the first token of a sequence


@dataclass(frozen=True)
class _Level:
    """Counts of one kind of context, sorted by key."""

    pairs: Keys
    pair_counts: NDArray[np.int64]
    contexts: Keys
    totals: NDArray[np.int64]
    kinds: NDArray[np.int64]
    discount: float


@dataclass(frozen=True)
class NGram:
    """Counts by context, from the shortest to the longest."""

    order: int
    told: tuple[int, ...]
    vocabulary: int
    levels: tuple[_Level, ...]

    @classmethod
    def learn(cls, data: Examples, vocabulary: int, order: int, told: Sequence[int] = ()) -> NGram:
        """Count the tokens of examples.

        Parameters
        ----------
        data
            Training examples.
        vocabulary
            Number of tokens.
        order
            Longest n-gram: ``order`` - 1 tokens before the one to be predicted.
        told
            Columns of the features that a context holds too; those first in the row are the last
            to be forgotten.
        """
        target = data.tokens[_inner(data)].astype(np.uint64)
        levels = tuple(_counted(keys, target) for keys in _contexts(data, order, tuple(told)))
        return cls(order, tuple(told), vocabulary, levels)

    def chances(self, data: Examples, order: int | None = None) -> NDArray[np.float64]:
        """Probability of each token but the first of each sequence; ``order`` may be lower."""
        order = self.order if order is None else order
        target = data.tokens[_inner(data)].astype(np.uint64)
        chance = np.full(len(target), 1.0 / self.vocabulary)
        contexts = _contexts(data, self.order, self.told)
        for level, keys in zip(self.levels[: order + len(self.told)], contexts, strict=False):
            at, known = _find(level.contexts, keys)
            total, kinds = level.totals[at], level.kinds[at]
            pair_at, met = _find(level.pairs, _joined(keys, target))
            count = np.where(met, level.pair_counts[pair_at], 0)
            own = (np.maximum(count - level.discount, 0) + level.discount * kinds * chance) / total
            chance = np.where(known, own, chance)
        return chance


def predicted_after_start(data: Examples, start: int) -> NDArray[np.bool_]:
    """Which predicted tokens belong to the phrase itself, not to the reference before it."""
    begun = np.zeros(len(data.tokens), bool)
    for first, last in zip(data.starts[:-1], data.starts[1:], strict=True):
        own = data.tokens[first:last]
        begun[first + int(np.argmax(own == start)) + 1 : last] = True
    return begun[_inner(data)]


def nats(chances: NDArray[np.float64]) -> float:
    """Mean negative log-likelihood."""
    return float(-np.log(chances).mean())


def _inner(data: Examples) -> NDArray[np.bool_]:
    """True for every token but the first of each sequence."""
    inner = np.ones(len(data.tokens), bool)
    inner[data.starts[:-1]] = False
    return inner


def _contexts(data: Examples, order: int, told: tuple[int, ...]) -> list[Keys]:
    """Keys of the contexts of all predicted tokens, from the shortest to the longest.

    First features are added one by one, then tokens.
    """
    inner = _inner(data)
    index = np.flatnonzero(inner)
    keys = np.ones(len(index), np.uint64)
    found = [keys]
    for column in told:
        keys = _joined(keys, data.features[index - 1, column].astype(np.uint64) + np.uint64(300))
        found.append(keys)
    first = np.repeat(data.starts[:-1], data.lengths)[inner]
    for back in range(1, order):
        place = index - back
        token = np.where(place >= first, data.tokens[np.maximum(place, 0)], _START)
        keys = _joined(keys, token.astype(np.uint64))
        found.append(keys)
    return found


def _joined(keys: Keys, values: NDArray[Any]) -> Keys:
    """A 64-bit hash of a key with one more value (splitmix64 finaliser)."""
    mixed: Keys = (keys ^ (values + np.uint64(1))) * _ODD
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


def _counted(keys: Keys, target: NDArray[np.uint64]) -> _Level:
    pairs, first, counts = np.unique(_joined(keys, target), return_index=True, return_counts=True)
    contexts, inverse = np.unique(keys[first], return_inverse=True)
    totals = np.bincount(inverse, weights=counts).astype(np.int64)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    discount = once / (once + 2 * twice) if once else 0.5
    return _Level(pairs, counts, contexts, totals, np.bincount(inverse), min(discount, 0.95))


def _find(known: Keys, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Places in a sorted array, and whether each wanted key is there."""
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return at, known[at] == wanted
