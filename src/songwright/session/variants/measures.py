"""The four measures that variants are ranked by, and the weights that a person gives them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from songwright.errors import BriefError

MEASURES: dict[str, str] = {
    "hook": "the main theme comes back, is heard early, can be sung and is like no other",
    "mood": "how near the notes are to the mood asked for: 1 the same, 0 a whole step away",
    "coherence": "repetition, form and closure like those of human music of the kind",
    "adherence": "share of the requests that were met in the file",
}
WEIGHTS: dict[str, float] = {"hook": 1.0, "mood": 1.0, "coherence": 1.0, "adherence": 2.0}

NO_HOOK = 0.1
"""Hook strength of a tune in which no motif comes back."""


def read_weights(text: str) -> dict[str, float]:
    """Weights from text such as ``hook=2,mood=0.5``; those that are not named keep their default.

    Raises
    ------
    BriefError
        If a measure is unknown, a weight is no number or negative, or all are 0.
    """
    given: dict[str, float] = {}
    for pair in filter(None, (p.strip() for p in text.split(","))):
        name, sign, number = pair.partition("=")
        try:
            given[name.strip()] = float(number)
        except ValueError:
            raise BriefError(
                f"the weight {pair!r} is not like hook=2{'' if sign else ' (there is no =)'}"
            ) from None
    return checked_weights(given)


def checked_weights(given: Mapping[str, float]) -> dict[str, float]:
    """The weights of all measures; see `read_weights`."""
    for name, weight in given.items():
        if name not in MEASURES:
            raise BriefError(
                f"there is no measure {name!r}; the measures are {', '.join(MEASURES)}"
            )
        if not math.isfinite(weight) or weight < 0.0:
            raise BriefError(f"the weight of {name} must be 0 or more, not {weight:g}")
    weights = WEIGHTS | dict(given)
    if not sum(weights.values()):
        raise BriefError("at least one weight must be more than 0")
    return weights


def weighted_mean(measures: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The measures in one number, 0..1."""
    total = sum(weights[name] for name in MEASURES)
    return sum(weights[name] * measures[name] for name in MEASURES) / total
