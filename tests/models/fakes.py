"""A network that knows nothing: every token is as likely as any other, or as told."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from songwright.models.decoder import Decoder


class _Rows:
    def __init__(self, count: int, vocabulary: int, seed: int) -> None:
        self.count, self.vocabulary = count, vocabulary
        self.generator = np.random.default_rng(seed)

    def _logits(self) -> NDArray[np.float32]:
        return self.generator.normal(0, 2, (self.count, self.vocabulary)).astype(np.float32)

    def begin(self, tokens: Any, features: Any, lengths: Any) -> NDArray[np.float32]:
        assert tokens.shape == features.shape[:2]
        assert (lengths >= 1).all()
        return self._logits()

    def step(self, tokens: Any, features: Any) -> NDArray[np.float32]:
        assert len(tokens) == len(features) == self.count
        return self._logits()

    def keep(self, chosen: Any) -> None:
        self.count = len(chosen)


class RandomDecoder:
    """Logits at random: whatever a grammar allows will come at some time."""

    def __init__(self, vocabulary: int, seed: int = 0) -> None:
        self.vocabulary, self.seed = vocabulary, seed

    def rows(self, count: int, room: int) -> _Rows:
        return _Rows(count, self.vocabulary, self.seed)


def random_decoder(vocabulary: int, seed: int = 0) -> Decoder:
    """The fake in the place of a decoder."""
    return cast(Decoder, RandomDecoder(vocabulary, seed))
