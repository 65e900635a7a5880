"""Composition, level by level: form → harmony → melody → arrangement.

`make_plan` decides everything that can be said in words; `write_score` writes the notes;
`compose_piece` does both and plans again when the notes miss the density asked for. All are pure:
the same brief and seed give the same values.
"""

from songwright.composition.learned.makers import MAKERS
from songwright.composition.piece import compose_piece
from songwright.composition.plan import Decision, PartPlan, Plan, SectionPlan
from songwright.composition.planning import make_plan
from songwright.composition.writing import write_score

__all__ = [
    "MAKERS",
    "Decision",
    "PartPlan",
    "Plan",
    "SectionPlan",
    "compose_piece",
    "make_plan",
    "write_score",
]
