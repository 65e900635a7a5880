"""The learned makers with reranking: of several samples for a case, the one to keep.

What is kept is what the critic takes for a person's and, where the case wishes something, what is
nearest to the wish.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.models_cases import GrooveCase, LineCase
from songwright.models.critic import Critic, best, load_critic
from songwright.models.decoder import Decoder
from songwright.models.groove_traits import groove_traits
from songwright.models.grooves import Stroke
from songwright.models.likeness import Sound
from songwright.models.line_traits import Traits, line_traits
from songwright.models.sampling import Taste

CANDIDATES = 8

Make = Callable[[Decoder, Sequence[Any], Taste, int], Sequence[Any]]


def traits(made: Sequence[Any], case: LineCase | GrooveCase) -> Traits:
    """What a critic hears of something that was made for a case."""
    if isinstance(case, GrooveCase):
        strokes: Sequence[Stroke] = made
        return groove_traits(strokes, case.wish)
    line: Sequence[Sound] = made
    return line_traits(line, case.frame, bool(case.wish.minor))


@dataclass(frozen=True)
class Reranked:
    """A maker that samples ``count`` times and keeps the best for each case."""

    make: Make
    critic: Critic
    count: int = CANDIDATES

    def __call__(
        self, decoder: Decoder, cases: Sequence[Any], taste: Taste, seed: int
    ) -> list[Any]:
        drawn = [self.make(decoder, cases, taste, 1000 * seed + k) for k in range(self.count)]
        kept = []
        for case, *made in zip(cases, *drawn, strict=True):
            kept.append(made[best([self.critic.odds(traits(one, case)) for one in made])])
        return kept


def reranked(model: str, make: Make, count: int = CANDIDATES) -> Reranked | None:
    """The reranking maker of a model; None for a model without a critic."""
    critic = load_critic(model)
    return None if critic is None else Reranked(make, critic, count)
