"""What rules and model hand each other of the drums: a groove to follow, bars that were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from songwright.composition.drum_meter import Stroke
from songwright.composition.plan import SectionPlan

Steady = Callable[[SectionPlan, int], list[Stroke]]
"""The rules' groove in a bar of a section, without fills and crashes."""


@dataclass(frozen=True, slots=True)
class LearnedDrums:
    """What the model wrote, by bar of the piece: grooves, and bars from which fills are taken."""

    grooves: Mapping[int, list[Stroke]] = field(default_factory=dict)
    fills: Mapping[int, list[Stroke]] = field(default_factory=dict)
