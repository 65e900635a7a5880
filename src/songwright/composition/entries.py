"""Which parts play in which section."""

from __future__ import annotations

from dataclasses import replace

from songwright.composition.plan import PartPlan, SectionPlan
from songwright.composition.roles import HARMONIC
from songwright.styles import Style


def assign_sections(
    sections: tuple[SectionPlan, ...], parts: tuple[PartPlan, ...], style: Style
) -> tuple[SectionPlan, ...]:
    """Decide which parts play in which section.

    A part plays where the section's energy has reached its own threshold. A requested part sounds
    in most of the piece, and no section is without harmony or a tune.
    """
    facts = {f.id: f for f in style.parts}
    energies = sorted(s.energy for s in sections)
    median = energies[len(energies) // 2]
    assigned = []
    for section in sections:
        playing = []
        for part in parts:
            fact = facts.get(part.id)
            if fact is not None and not part.requested:
                if section.function in fact.not_in or section.energy >= fact.leaves_at:
                    continue
                if fact.only_in and section.function not in fact.only_in:
                    continue
            threshold = min(part.enters_at, median) if part.requested else part.enters_at
            if section.energy + 1e-9 >= threshold:
                playing.append(part.id)
        assigned.append(replace(section, parts=_never_empty(playing, parts)))
    return _all_heard(tuple(assigned), parts)


def _never_empty(playing: list[str], parts: tuple[PartPlan, ...]) -> tuple[str, ...]:
    chosen = set(playing)
    sounding = [p for p in parts if p.id in chosen]
    if not any(p.role in HARMONIC for p in sounding):
        spare = [p for p in parts if p.role in HARMONIC] or [p for p in parts if p.role == "lead"]
        chosen |= {p.id for p in spare[:1]}
    if len(chosen) < 2 and len(parts) > 1:
        spare = sorted((p for p in parts if p.id not in chosen), key=lambda p: p.enters_at)
        chosen |= {p.id for p in spare[:1]}
    return tuple(p.id for p in parts if p.id in chosen)


def _all_heard(
    sections: tuple[SectionPlan, ...], parts: tuple[PartPlan, ...]
) -> tuple[SectionPlan, ...]:
    """Every part sounds somewhere; requested ones in at least a quarter of the bars."""
    result = list(sections)
    total = sum(s.bars for s in sections)
    for part in parts:
        share = 0.25 if part.requested else 0.0
        by_energy = sorted(range(len(result)), key=lambda i: (-result[i].energy, i))
        for i in by_energy:
            heard = sum(s.bars for s in result if part.id in s.parts)
            if heard > 0 and heard >= share * total:
                break
            if part.id not in result[i].parts:
                ids = {*result[i].parts, part.id}
                result[i] = replace(result[i], parts=tuple(p.id for p in parts if p.id in ids))
    return tuple(result)
