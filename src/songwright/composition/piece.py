"""A whole piece from a brief."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.density import write_to_density
from songwright.composition.learned.drum_seam import drum_decisions
from songwright.composition.learned.tunes import Rank, tune_decisions
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.score import Score


def compose_piece(
    brief: Brief, seed: int, maker: str = "mixed", rank: Rank | None = None
) -> tuple[Plan, Score]:
    """Plan and write a piece.

    Parameters
    ----------
    brief, seed
        What is asked for, and the seed of every choice.
    maker
        ``"rules"``, ``"learned"``, or ``"mixed"``: learned where it reads better than the rules.
        The plan's decisions say who made what.
    rank
        Judges the best few candidates for each phrase of a sampled tune, if given: one value for
        each small score, higher is better.

    Raises
    ------
    BriefError
        If the controls of the brief cannot be met together.
    """
    plan, score = write_to_density(make_plan(brief, seed, maker), brief, rank)
    said = tune_decisions(plan, brief, rank)
    return replace(plan, decisions=(*plan.decisions, *said, *drum_decisions(plan))), score
