"""The ritardando in the control table: how far the tempo sinks towards the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from songwright.score.midi import read_midi

if TYPE_CHECKING:
    from songwright.brief import Brief
    from songwright.composition import Plan
    from songwright.score import TempoChange

CLEAR = 0.95
"""Share of the tempo below which slowing is heard as meant: rubato stays above it."""
_END_BARS = 4


def slowing_row(
    brief: Brief, plan: Plan, midi: bytes
) -> tuple[tuple[str, str, str, str, bool], ...]:
    """Name, asked, planned, measured, and whether it is obeyed; nothing if it was not asked for."""
    if not brief.ritardando:
        return ()
    from_tick = max(0, plan.bars - _END_BARS) * plan.meter.bar_ticks
    planned = _slowest(plan.tempos, from_tick)
    found = _slowest(read_midi(midi).tempos, from_tick)
    return (
        ("ritardando", "at the end", f"down to {planned:.0%} of the tempo",
         f"down to {found:.0%} in the file", found <= CLEAR),
    )  # fmt: skip


def _slowest(tempos: Sequence[TempoChange], from_tick: int) -> float:
    """The lowest tempo from a place on, as a share of the tempo that ruled there."""
    before = [t.bpm for t in tempos if t.tick <= from_tick]
    after = [t.bpm for t in tempos if t.tick > from_tick]
    ruling = before[-1] if before else tempos[0].bpm
    return min((ruling, *after)) / ruling
