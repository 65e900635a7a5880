"""A critic: how likely a person wrote what was sampled, so that the best of several can be kept.

A network that draws token by token knows less of wholes than of steps: it comes back too seldom
and mixes kinds of bars. Boosted trees on traits (`line_traits`, `groove_traits`) between people's
phrases and the network's own estimate the ratio of the two densities; keeping, of some candidates,
the one with the greatest ratio brings the network nearer to people without training it again
(A. Grover et al., Bias Correction of Learned Generative Models using Likelihood-Free Importance
Weighting, 2019; S. Azadi et al., Discriminator Rejection Sampling, 2019; J. Friedman, Greedy
Function Approximation: A Gradient Boosting Machine, 2001).

Critics are fitted on the training split (``python -m bench.models_critics``); a critic belongs to
one file of weights and is not used with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from songwright.errors import ModelError
from songwright.models.line_traits import Traits
from songwright.models.weights import FOLDER, card

_GRID = 64  # odds are rounded, as logits are: the same choice on every machine


class Split(msgspec.Struct, frozen=True, array_like=True):
    """A question of a tree: is this trait at most so much? Branches are questions or nats."""

    trait: int
    threshold: float
    unknown_is_less: bool
    less: float | Split
    more: float | Split


class Critic(msgspec.Struct, frozen=True):
    """What people's phrases have more of.

    ``of`` is the SHA-256 of the weights whose samples were judged, ``bias`` and the leaves of the
    trees are log-odds in nats, and the questions of the trees are about ``traits`` by number.
    """

    of: str
    bias: float
    traits: tuple[str, ...]
    trees: tuple[float | Split, ...]

    def __post_init__(self) -> None:
        asked: list[float | Split] = list(self.trees)
        while asked:
            node = asked.pop()
            if isinstance(node, Split):
                if not 0 <= node.trait < len(self.traits):
                    raise ValueError(f"a tree asks about trait {node.trait}, which has no name")
                asked += node.less, node.more

    def odds(self, found: Traits) -> float:
        """Log-odds in nats that a person wrote it; of traits that do not apply trees know too."""
        values = [found.get(name) for name in self.traits]
        total = self.bias + sum(_answer(tree, values) for tree in self.trees)
        return round(total * _GRID) / _GRID


def _answer(tree: float | Split, values: Sequence[float | None]) -> float:
    while isinstance(tree, Split):
        value = values[tree.trait]
        less = tree.unknown_is_less if value is None else value <= tree.threshold
        tree = tree.less if less else tree.more
    return tree


@cache
def load_critic(name: str, folder: Path = FOLDER) -> Critic | None:
    """The critic of a model; None if there is none for its weights.

    Raises
    ------
    ModelError
        If its file cannot be read, or the model's card.
    """
    path = folder / "critics" / f"{name}.json"
    if not path.exists():
        return None
    try:
        critic = msgspec.json.decode(path.read_bytes(), type=Critic)
    except (OSError, ValueError) as error:
        raise ModelError(f"the critic of the model {name!r} cannot be read: {error}") from error
    return critic if critic.of == card(name, folder).network.sha256 else None


def best(odds: Sequence[float], misses: Sequence[float] | None = None, nats: float = 12.0) -> int:
    """Which of several candidates to keep: what a person would write that does what was asked.

    Parameters
    ----------
    odds
        Log-odds of each (`Critic.odds`), or zeros without a critic.
    misses
        How far each is from what was wished (`songwright.models.wishes`); none if nothing was.
    nats
        Odds that one unit of a miss outweighs.
    """
    missed = [0.0] * len(odds) if misses is None else misses
    return max(range(len(odds)), key=lambda k: (odds[k] - nats * missed[k], -k))
