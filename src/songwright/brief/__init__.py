"""Understanding of a request: prompt and fields in, a typed `Brief` out."""

from __future__ import annotations

from songwright.brief.describe import describe
from songwright.brief.fields import FIELDS
from songwright.brief.model import (
    SECTION_FUNCTIONS,
    USES,
    Affect,
    Avoid,
    Brief,
    ChartBar,
    EnergyPoint,
    Heard,
    InstrumentRequest,
    Length,
    Modulation,
    SectionRequest,
    TempoRequest,
)
from songwright.brief.scenes import match_scene
from songwright.brief.understand import understand

__all__ = [
    "FIELDS",
    "SECTION_FUNCTIONS",
    "USES",
    "Affect",
    "Avoid",
    "Brief",
    "ChartBar",
    "EnergyPoint",
    "Heard",
    "InstrumentRequest",
    "Length",
    "Modulation",
    "SectionRequest",
    "TempoRequest",
    "describe",
    "match_scene",
    "understand",
]
