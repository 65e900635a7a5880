"""Small hand-made pieces to play: eight bars, a band of every role, fixed facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    SectionMark,
    TempoChange,
)
from songwright.styles import PerformanceFacts, Style, style
from songwright.theory import Key, Meter, parse_chord

KEY = Key("D", "minor")
FOUR_FOUR = Meter(4, 4)


def make_plan(bars: int = 8, meter: Meter = FOUR_FOUR, **changes: Any) -> Plan:
    """A plan of two sections of equal length with four-bar phrases; ``changes`` replace fields."""
    half = bars // 2
    sections = (
        SectionPlan("a", "verse", "A", 0, 0, half, (half,), 0.4, KEY),
        SectionPlan("b", "chorus", "B", 0, half, bars - half, (bars - half,), 0.8, KEY),
    )
    plan = Plan(
        title="Test", seed=7, style="pop", use="full song", key=KEY, tempo_bpm=120.0, meter=meter,
        feel="straight", swing=0.5, swing_unit_ticks=240, bars=bars, sections=sections,
        energy=(0.4,) * half + (0.8,) * (bars - half), parts=(),
        tempos=(TempoChange(0, 120.0),), ending="final",
    )  # fmt: skip
    return replace(plan, **changes)


def make_score(*parts: Part, bars: int = 8, meter: Meter = FOUR_FOUR, bpm: float = 120.0) -> Score:
    """A score of the given parts with one chord a bar."""
    length = meter.bar_ticks
    symbols = ["Dm", "Bb", "F", "C"]
    chords = tuple(
        ChordSpan(bar * length, length, parse_chord(symbols[bar % 4])) for bar in range(bars)
    )
    return Score(
        title="Test", bars=bars, meters=(MeterChange(0, meter),),
        tempos=(TempoChange(0, bpm),), keys=(KeyChange(0, KEY),),
        sections=(SectionMark("a", "verse", "A", 0, bars),), chords=chords, parts=parts,
    )  # fmt: skip


def make_part(
    notes: list[tuple[Any, ...]],
    role: str = "lead",
    instrument: str = "flute",
    part_id: str = "",
    staff_group: str = "",
) -> Part:
    """A part of (onset, duration, pitch[, velocity[, articulation]]) tuples."""
    return Part(
        part_id or role, role.title(), role, instrument, tuple(Note(*n) for n in notes), staff_group
    )


def make_style(**facts: Any) -> Style:
    """The pop style with other performance facts; by default a machine: no spread, no accent."""
    machine = PerformanceFacts(timing_ms=0.0, velocity_spread=0.0, accent=0.0, phrasing=0.0)
    return replace(style("pop"), performance=replace(machine, **facts))


def make_part_plan(part: Part, **changes: Any) -> PartPlan:
    """The plan's entry for a part."""
    entry = PartPlan(part.id, part.name, part.role, part.instrument, (), 48, 84)
    return replace(entry, **changes)


def make_band(bars: int = 8) -> tuple[Part, ...]:
    """One part of every kind: melody, chords, pad, bass, strummed guitar, drums."""
    lead, chords, pad, bass, guitar, drums = [], [], [], [], [], []
    for bar in range(bars):
        at = bar * 1920
        lead += [(at, 480, 74), (at + 480, 240, 76), (at + 720, 240, 77), (at + 960, 960, 81)]
        chords += [(at + beat, 960, pitch) for beat in (0, 960) for pitch in (50, 57, 62, 65)]
        pad += [(at, 1920, pitch) for pitch in (50, 57, 65)]
        bass += [(at + i * 240, 240, 38) for i in range(8)]
        guitar += [(at + i * 240, 240, p) for i in range(8) for p in (45, 50, 57, 62, 65)]
        drums += [(at + i * 240, 120, 42, 70 if i % 2 else 85) for i in range(8)]
        drums += [(at, 240, 36, 100), (at + 960, 240, 36, 96)]
        drums += [(at + 480, 240, 38, 100), (at + 1440, 240, 38, 104)]
    return (
        make_part(lead, "lead", "violin"),
        make_part(chords, "chords", "acoustic_grand_piano", "piano"),
        make_part(pad, "pad", "pad_2_warm"),
        make_part(bass, "bass", "electric_bass_finger"),
        make_part(guitar, "chords", "acoustic_guitar_steel", "guitar"),
        make_part(drums, "drums", "standard_kit"),
    )


@pytest.fixture
def plan() -> Callable[..., Plan]:
    return make_plan


@pytest.fixture
def score() -> Callable[..., Score]:
    return make_score


@pytest.fixture
def part() -> Callable[..., Part]:
    return make_part


@pytest.fixture
def part_plan() -> Callable[..., PartPlan]:
    return make_part_plan


@pytest.fixture
def playing() -> Callable[..., Style]:
    return make_style


@pytest.fixture
def band() -> tuple[Part, ...]:
    return make_band()
