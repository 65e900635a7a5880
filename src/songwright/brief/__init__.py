"""Understanding of a request: prompt and fields in, a typed `Brief` out."""

from __future__ import annotations

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
from songwright.brief.understand import understand

__all__ = [
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
    "understand",
]
