"""Examples for training: tokens with their rows of features, packed, shuffled and batched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songwright.models.features import FeatureSpace
from songwright.seeds import noise_rng

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """One sequence: tokens (time,) and features (time, features); ``weight`` scales its loss."""

    tokens: Bytes
    features: Bytes
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Many sequences end to end. ``starts`` has one entry more than there are examples."""

    tokens: Bytes
    features: Bytes
    starts: NDArray[np.int64]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Examples:
        """Pack examples.

        Raises
        ------
        ValueError
            If there are none.
        """
        kept = list(examples)
        if not kept:
            raise ValueError("no examples: is the corpus prepared?")
        lengths = [len(e.tokens) for e in kept]
        return cls(
            np.concatenate([e.tokens for e in kept]),
            np.concatenate([e.features for e in kept]),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([e.weight for e in kept], np.float32),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    def save(self, path: Path) -> None:
        """Write all arrays into one uncompressed file."""
        np.savez(path, tokens=self.tokens, features=self.features, starts=self.starts,
                 weights=self.weights)  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Examples:
        """Read what `save` wrote."""
        with np.load(path) as data:
            return cls(data["tokens"], data["features"], data["starts"], data["weights"])


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded sequences: ``weights`` (batch, time) is 0 where nothing is to be predicted."""

    tokens: NDArray[np.int64]
    features: NDArray[np.int64]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Features that are hidden now and then, so that the network can do without them."""

    names: tuple[str, ...]
    each: float = 0.2
    all_at_once: float = 0.1


def batches(
    data: Examples,
    space: FeatureSpace,
    tokens_a_batch: int,
    context: int,
    seed: int,
    epoch: int,
    forgetting: Forgetting | None = None,
) -> Iterator[Batch]:
    """All examples once, in batches of like lengths and random order.

    Sequences longer than ``context`` + 1 are cut. Deterministic in ``seed`` and ``epoch``.
    """
    rng = noise_rng(seed, "batches", epoch)
    lengths = np.minimum(data.lengths, context + 1)
    order = np.argsort(lengths + rng.uniform(0, 12, len(lengths)), kind="stable")
    groups: list[NDArray[np.int64]] = []
    first = 0
    while first < len(order):
        last = first + 1
        longest = int(lengths[order[first]])
        while last < len(order):
            longest = max(longest, int(lengths[order[last]]))
            if longest * (last - first + 1) > tokens_a_batch:
                break
            last += 1
        groups.append(order[first:last])
        first = last
    for g in rng.permutation(len(groups)):
        yield _batch(data, space, groups[g], lengths, rng, forgetting)


def _batch(
    data: Examples,
    space: FeatureSpace,
    chosen: NDArray[np.int64],
    lengths: NDArray[np.int64],
    rng: np.random.Generator,
    forgetting: Forgetting | None,
) -> Batch:
    time = int(lengths[chosen].max())
    tokens = np.zeros((len(chosen), time), np.int64)
    features = np.zeros((len(chosen), time, len(space.sizes)), np.uint8)
    weights = np.zeros((len(chosen), time), np.float32)
    for row, index in enumerate(chosen):
        start, n = int(data.starts[index]), int(lengths[index])
        tokens[row, :n] = data.tokens[start : start + n]
        features[row, :n] = data.features[start : start + n]
        weights[row, :n] = data.weights[index]
    if forgetting is not None:
        all_hidden = rng.random(len(chosen)) < forgetting.all_at_once
        for name in forgetting.names:
            hidden = all_hidden | (rng.random(len(chosen)) < forgetting.each)
            features[hidden, :, space.index[name]] = 0
    return Batch(tokens, features + space.offsets, weights)
