"""A critic: how likely a person wrote what was sampled, so that the best of several can be kept.

A network that draws token by token knows less of wholes than of steps: it turns too often and
comes back too seldom. Logistic regression on traits (`line_traits`, `groove_traits`) between
people's phrases and the network's own estimates the ratio of the two densities; keeping, of some
candidates, the one with the greatest ratio brings the network nearer to people without training it
again (A. Grover et al., Bias Correction of Learned Generative Models using Likelihood-Free
Importance Weighting, 2019; S. Azadi et al., Discriminator Rejection Sampling, 2019).

Critics are fitted on the training split (``python -m bench.models_critics``); a critic belongs to
one file of weights and is not used with another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from songwright.errors import ModelError
from songwright.models.line_traits import Traits
from songwright.models.weights import FOLDER, card

_GRID = 64  # odds are rounded, as logits are: the same choice on every machine
_FARTHEST = 4.0  # spreads from the centre beyond which a trait tells no more


class Critic(msgspec.Struct, frozen=True):
    """What people's phrases have more of.

    ``traits`` gives by name the mean over both kinds, the standard deviation, and the weight;
    ``of`` is the SHA-256 of the weights whose samples were judged.
    """

    of: str
    bias: float
    traits: Mapping[str, tuple[float, float, float]]

    def odds(self, found: Traits) -> float:
        """Log-odds in nats that a person wrote it; traits that do not apply say nothing."""
        total = self.bias
        for name, (centre, spread, weight) in self.traits.items():
            if name in found:
                away = (found[name] - centre) / spread
                total += weight * min(max(away, -_FARTHEST), _FARTHEST)
        return round(total * _GRID) / _GRID


@cache
def load_critic(name: str, folder: Path = FOLDER) -> Critic | None:
    """The critic of a model; None if there is none for its weights.

    Raises
    ------
    ModelError
        If its file cannot be read, or the model's card.
    """
    path = folder / "critics" / f"{name}.toml"
    if not path.exists():
        return None
    try:
        critic = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Critic)
    except (OSError, ValueError, msgspec.ValidationError) as error:
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
