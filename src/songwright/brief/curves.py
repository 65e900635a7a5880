"""Curves drawn by points: ``"0:0.2 16:0.9 24:0.5"``, bars from the beginning and levels 0..1.

Where no place is beyond 1, places are shares of the piece: ``"0:0.2 0.6:0.9 1:0.3"``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from songwright.brief.model import EnergyPoint
from songwright.errors import BriefError

CURVES = ("energy", "density", "register", "tension")
"""What can be drawn."""

_NUMBER = r"\d*\.?\d+"
_PAIRS = re.compile(rf"{_NUMBER} ?: ?{_NUMBER}(?:[ ,;]+{_NUMBER} ?: ?{_NUMBER})*[ ,;]*")
_PAIR = re.compile(rf"({_NUMBER}) ?: ?({_NUMBER})")
_MOST_POINTS = 512


def parse_points(value: object) -> tuple[EnergyPoint, ...] | None:
    """Points of a curve, by place; None if the text is no list of ``place:level``.

    Raises
    ------
    BriefError
        If a level is not 0..1, a place is named twice, or there are more than 512 points.
    """
    if isinstance(value, (list, tuple)):
        value = " ".join(
            f"{item[0]}:{item[1]}" if isinstance(item, (list, tuple)) and len(item) == 2 else
            str(item) for item in value
        )  # fmt: skip
    text = str(value).strip()
    if _PAIRS.fullmatch(text) is None:
        return None
    pairs = sorted((float(a), float(b)) for a, b in _PAIR.findall(text))
    if len(pairs) == 1 and pairs[0][1] > 1.0:
        return None  # a time such as 1:10
    if len(pairs) > _MOST_POINTS:
        raise BriefError(f"a curve has {len(pairs)} points; at most {_MOST_POINTS} are read")
    places = [place for place, _ in pairs]
    if any(level > 1.0 for _, level in pairs) or len(set(places)) < len(places):
        raise BriefError(
            f"{text!r} is no curve; write each place once, with a level from 0 to 1, such as "
            "“0:0.2 16:0.9 24:0.5”"
        )
    if places[-1] > 1.0:
        return tuple(EnergyPoint(level, bar=place) for place, level in pairs)
    return tuple(EnergyPoint(level, place) for place, level in pairs)


def points_text(points: Sequence[EnergyPoint]) -> str:
    """Points in the form that `parse_points` reads."""
    return " ".join(f"{p.bar if p.bar is not None else p.position:g}:{p.level:g}" for p in points)
