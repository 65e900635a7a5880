"""Automation of a piece's faders."""

from __future__ import annotations

import math

from songwright.export.tracks import Arrangement

_FADE_STEPS = 12


def fade_curve(piece: Arrangement) -> list[tuple[float, float]]:
    """Time in seconds and gain factor of the closing fade, from 0 s on.

    The curve is the cos² of `songwright.mix.ending`, in straight pieces; empty without a fade.
    """
    if not piece.fade_seconds:
        return []
    start = piece.seconds - piece.fade_seconds
    curve = [(0.0, 1.0)] if start > 0 else []
    for step in range(_FADE_STEPS + 1):
        share = step / _FADE_STEPS
        curve.append((start + share * piece.fade_seconds, math.cos(0.5 * math.pi * share) ** 2))
    return curve
