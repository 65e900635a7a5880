"""Sampling many sequences side by side under grammars that mask what may not come next.

The same seed gives the same tokens on every machine and for any batch: logits are rounded to a
grid far coarser than the rounding of float32 sums, and each row draws from its own generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from songwright.errors import ConstraintError
from songwright.models.decoder import Decoder, Logits

_GRID = 64.0  # logits are rounded to 1/64 nat
_KEEP_SHARE = 0.7  # rows are packed again when fewer than this share still grow


class Grammar(Protocol):
    """The rules of one sequence while it grows."""

    @property
    def beginning(self) -> tuple[Sequence[int], NDArray[np.uint8]]:
        """Tokens that are given and their features (time, number): at least one token."""

    @property
    def done(self) -> bool:
        """Whether the sequence is complete."""

    @property
    def most_tokens(self) -> int:
        """A bound on the tokens that may follow the beginning."""

    def allowed(self) -> NDArray[np.bool_]:
        """Which tokens may come next: (vocabulary,)."""

    def accept(self, token: int) -> NDArray[np.uint8]:
        """Add a token; the features that go with it: (number,)."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How freely to draw: ``temperature`` scales surprise, ``top_p`` cuts the unlikely tail."""

    temperature: float = 1.0
    top_p: float = 0.98

    @classmethod
    def of(cls, adventurous: float) -> Taste:
        """The taste of a control from 0 (the expected) to 1 (the daring); 0.5 is as learned."""
        amount = min(max(adventurous, 0.0), 1.0)
        return cls(0.6 + 0.8 * amount, 0.9 + 0.1 * min(1.0, 2 * amount))


def sample(
    decoder: Decoder,
    grammars: Sequence[Grammar],
    generators: Sequence[Random],
    offsets: NDArray[np.int64],
    taste: Taste | Sequence[Taste] = Taste(),
) -> list[list[int]]:
    """Complete every sequence; the tokens that each grammar accepted, in order.

    Parameters
    ----------
    decoder
        The network.
    grammars, generators
        One for each row.
    offsets
        Where each feature's rows begin in the network's table (`FeatureSpace.offsets`).
    taste
        One for all rows, or one for each.

    Raises
    ------
    ConstraintError
        If no token is left to a row: its constraints contradict each other.
    """
    if not grammars:
        return []
    tastes = [taste] * len(grammars) if isinstance(taste, Taste) else list(taste)
    begun = [g.beginning for g in grammars]
    longest = max(len(tokens) for tokens, _ in begun)
    room = max(len(t) + g.most_tokens for (t, _), g in zip(begun, grammars, strict=True))
    rows = decoder.rows(len(grammars), room)
    tokens = np.zeros((len(grammars), longest), np.int64)
    features = np.zeros((len(grammars), longest, len(offsets)), np.int64)
    for i, (own, told) in enumerate(begun):
        tokens[i, : len(own)] = own
        features[i, : len(own)] = told
    lengths = np.array([len(own) for own, _ in begun], np.int32)
    logits = rows.begin(tokens, features + offsets, lengths)
    result: list[list[int]] = [[] for _ in grammars]
    live = [i for i, g in enumerate(grammars) if not g.done]
    held = list(range(len(grammars)))  # the row of the network that each sequence has
    while live:
        if len(live) < _KEEP_SHARE * len(held):
            places = np.array([held.index(i) for i in live], np.intp)
            rows.keep(places)
            logits, held = logits[places], list(live)
        place = {i: k for k, i in enumerate(held)}
        step = np.zeros(len(held), np.int64)
        told_next = np.zeros((len(held), len(offsets)), np.int64)
        for i, token in zip(live, _draw(logits, live, place, grammars, generators, tastes),
                            strict=True):  # fmt: skip
            result[i].append(token)
            step[place[i]] = token
            told_next[place[i]] = grammars[i].accept(token)
        live = [i for i in live if not grammars[i].done]
        if live:
            logits = rows.step(step, told_next + offsets)
    return result


def _draw(
    logits: Logits,
    live: Sequence[int],
    place: dict[int, int],
    grammars: Sequence[Grammar],
    generators: Sequence[Random],
    tastes: Sequence[Taste],
) -> list[int]:
    allowed = np.stack([grammars[i].allowed() for i in live])
    if not allowed.any(1).all():
        raise ConstraintError("no note is left that meets all constraints; relax one of them")
    warmth = np.array([tastes[i].temperature for i in live])[:, None]
    rounded = np.round(logits[[place[i] for i in live]].astype(np.float64) * _GRID) / _GRID
    scores = np.where(allowed, rounded / warmth, -np.inf)
    chances = np.exp(scores - scores.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    order = np.argsort(-chances, 1, kind="stable")
    sorted_ = np.take_along_axis(chances, order, 1)
    before = np.cumsum(sorted_, 1) - sorted_
    top = np.array([tastes[i].top_p for i in live])[:, None]
    sums = np.cumsum(np.where(before < top, sorted_, 0.0), 1)
    drawn = np.array([generators[i].random() for i in live]) * sums[:, -1]
    picks = (sums <= drawn[:, None]).sum(1)
    return [int(order[k, min(pick, order.shape[1] - 1)]) for k, pick in enumerate(picks)]
