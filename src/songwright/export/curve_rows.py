"""Curves drawn by hand in the control table: how alike they are to what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from songwright.brief.curves import points_text
from songwright.score.midi import read_midi

if TYPE_CHECKING:
    from songwright.brief import Brief
    from songwright.composition import Plan

CLEAR = 0.5
"""Rank correlation from which a curve counts as obeyed; half of it is a moderate likeness."""
_SHOWN = 8


def curve_rows(
    brief: Brief, plan: Plan, midi: bytes
) -> list[tuple[str, str, str, str, bool | None]]:
    """For each curve of a plan: name, asked, planned, measured, and whether it is obeyed.

    Measured is Spearman's rank correlation between the level asked for and what the bars of the
    file hold; None where it is not defined.
    """
    if not plan.curves:
        return []
    from songwright.evaluate.curves import heard_curves, rank_correlation  # noqa: PLC0415 (NumPy)

    heard = heard_curves(read_midi(midi))
    asked = {c.name: points_text(c.points) for c in brief.curves}
    rows = []
    for curve in plan.curves:
        likeness = rank_correlation(curve.levels, heard[curve.name])
        text = "not defined (flat)" if likeness is None else f"rank correlation {likeness:.2f}"
        rows.append(
            (f"{curve.name} curve", asked.get(curve.name, "drawn"), _sketch(curve.levels), text,
             None if likeness is None else likeness >= CLEAR)
        )  # fmt: skip
    return rows


def _sketch(levels: Sequence[float]) -> str:
    """A few levels of a curve, evenly spaced."""
    step = max(1, len(levels) // _SHOWN)
    return " ".join(f"{x:.2f}" for x in levels[::step][:_SHOWN])
