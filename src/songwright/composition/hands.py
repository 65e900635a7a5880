"""Parts that are two hands of one player: written on two staves, played under one pedal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.plan import PartPlan
from songwright.composition.roles import roles
from songwright.styles import Style


def two_hands(parts: list[PartPlan], k: int, style: Style) -> list[PartPlan]:
    """Split a solo polyphonic instrument into a tune and its accompaniment."""
    solo = parts[k]
    known = [f for f in style.parts if f.role == "chords" and solo.instrument in f.instruments]
    plucked = "guitar" in solo.instrument or solo.instrument in ("banjo", "koto", "shamisen")
    usual = ("travis",) if plucked else ("ballad", "arpeggio_up", "broken_triplets")
    patterns = known[0].patterns if known else usual
    if len(solo.patterns) == 1 and solo.patterns[0] not in roles()["chords"].patterns:
        patterns = solo.patterns
    upper = replace(
        solo, id=f"{solo.id}_upper", role="lead", patterns=(), enters_at=0.0, level_db=0.0,
        staff_group=solo.id, pan=0.0,
    )  # fmt: skip
    lower = replace(
        solo, id=f"{solo.id}_lower", role="chords", patterns=patterns, enters_at=0.0,
        level_db=-3.0, staff_group=solo.id, pan=0.0,
    )  # fmt: skip
    return [*parts[:k], upper, lower, *parts[k + 1 :]]


def parted_hands(parts: Sequence[PartPlan]) -> list[PartPlan]:
    """Parts of which only those share a ``staff_group`` that have the same instrument.

    A request may give one hand's role to another player: then nobody shares his staves or pedal.
    """
    sharing = Counter((p.staff_group, p.instrument) for p in parts if p.staff_group)
    return [
        replace(p, staff_group="") if sharing[p.staff_group, p.instrument] == 1 else p
        for p in parts
    ]
