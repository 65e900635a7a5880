"""Features: what a network is told at each step besides the token.

A model reads one token and a fixed row of small integers at each step; the embeddings of all of
them are added. Harmony, metre, what other parts sound and what is wished for thus cost no tokens,
and the network sees them exactly where they apply. Value 0 always means "not told".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Row = NDArray[np.uint8]


@dataclass(frozen=True)
class FeatureSpace:
    """Names and sizes of the features of a model, in order.

    A feature of size ``n`` takes the values 0 (not told) to ``n - 1``. All share one embedding
    table; ``offsets`` says where each one's rows begin.
    """

    sizes: Mapping[str, int]

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.sizes)}

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        sizes = np.array(list(self.sizes.values()))
        return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)

    @property
    def total(self) -> int:
        return sum(self.sizes.values())

    def table(self, steps: int) -> NDArray[np.uint8]:
        """An empty table, one row for each step: nothing told."""
        return np.zeros((steps, len(self.sizes)), np.uint8)

    def set(self, table: Row, name: str, value: ArrayLike) -> None:
        """Fill one column; values are limited to the feature's size.

        Raises
        ------
        ValueError
            If a value is negative.
        """
        values = np.asarray(value)
        if (values < 0).any():
            raise ValueError(f"feature {name} cannot be negative")
        table[:, self.index[name]] = np.minimum(values, self.sizes[name] - 1)


def bucket(value: float | None, edges: Sequence[float]) -> int:
    """1 + the number of edges below a value; 0 when there is no value."""
    return 0 if value is None else 1 + int(sum(value >= edge for edge in edges))


def number(names: Sequence[str], name: str) -> int:
    """1 + the place of a name among the known ones; 0 for any other."""
    return names.index(name) + 1 if name in names else 0
