"""A whole piece from a brief."""

from __future__ import annotations

from songwright.brief.model import Brief
from songwright.composition.density import write_to_density
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.score import Score


def compose_piece(brief: Brief, seed: int) -> tuple[Plan, Score]:
    """Plan and write a piece.

    Raises
    ------
    BriefError
        If the controls of the brief cannot be met together.
    """
    return write_to_density(make_plan(brief, seed), brief)
