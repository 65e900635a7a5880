"""A whole piece from a brief."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.clarity import heard_clarity
from songwright.composition.density import write_to_density
from songwright.composition.learned.drum_seam import drum_decisions
from songwright.composition.learned.tunes import Rank, tune_decisions
from songwright.composition.modality import is_asked
from songwright.composition.plan import Decision, Plan
from songwright.composition.planning import make_plan
from songwright.composition.shaping import shaped_score
from songwright.score import Score
from songwright.theory.key_profiles import MODE_PROFILES, TONAL_PROFILES

_HEARD = 0.012
"""Margin by which a key that was asked for must win in the notes; a performance shifts it."""
_CLEARER = (0.15, 0.22, 0.35)
"""Margins of the chords for further drafts when it does not."""


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
    modal = is_asked(brief, plan.key)
    among = MODE_PROFILES if modal else TONAL_PROFILES
    for clear in _CLEARER if _must_be_heard(brief, plan) else ():
        margin = heard_clarity(score, plan.key, among)
        if margin >= (0.0 if modal else _HEARD):
            break
        planned = make_plan(brief, seed, maker, clear)
        if planned.chords == plan.chords:
            continue  # no clearer chords were found: the same notes again
        other, written = write_to_density(planned, brief, rank)
        if heard_clarity(written, other.key, among) > margin:
            why = f"{plan.key} was not heard clearly in the first draft: clearer chords"
            said = (*other.decisions, Decision("harmony", "clearer", why))
            plan, score = replace(other, decisions=said), written
    plan, score = shaped_score(plan, score)
    players = (*tune_decisions(plan, brief, rank), *drum_decisions(plan))
    return replace(plan, decisions=(*plan.decisions, *players)), score


def _must_be_heard(brief: Brief, plan: Plan) -> bool:
    """Whether a key was asked for that chords can make clear, and no chart given."""
    tonal = plan.key.harmonic_mode in ("major", "minor")
    asked = brief.key is not None and (tonal or is_asked(brief, plan.key))
    return asked and not brief.chart and not brief.modulations
