"""The side of the modes that a mood leads to expect.

Listeners hear major as happy and minor as sad (Hevner, "The affective character of the major and
minor modes in music", American Journal of Psychology 47, 1935). Between the poles ("driving",
"nostalgic", "calm") either will do, and the style decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from songwright.brief.model import Affect
from songwright.brief.offers import WORD, Offer

_BRIGHT, _AT_EASE = 0.33, 0.35  # valence from which and tension to which a mood wants major
_SAD, _TENSE, _JOYLESS = -0.35, 0.45, 0.05  # and where it wants minor


def expected_side(affect: Affect) -> str:
    """``"major"``, ``"minor"`` or ``""`` (either) for one mood."""
    if affect.valence >= _BRIGHT and affect.tension <= _AT_EASE:
        return "major"
    if affect.valence <= _SAD or (affect.tension >= _TENSE and affect.valence <= _JOYLESS):
        return "minor"
    return ""


def side_of_moods(offers: Sequence[Offer]) -> str:
    """The side on which all moods agree that have one; ``""`` if none has or they disagree.

    Moods are asked one by one, for a mean would lose the "heroic" of "heroic, driving and huge".
    What only hints at a mood (a scene, the word "epic") is asked when no mood word has a side.
    """
    for named in (True, False):
        sides = {
            side
            for offer in offers
            if offer.control == "affect"
            and isinstance(offer.value, tuple)
            and (offer.rank >= WORD) is named
            and (side := expected_side(Affect(*offer.value)))
        }
        if sides:
            return sides.pop() if len(sides) == 1 else ""
    return ""
