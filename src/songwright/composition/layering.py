"""Who waits: parts that join a section half-way, so that the music builds inside it too.

A band seldom enters all at once except on a lift. In an introduction the players join one after
the other; in a verse what is new comes with the second half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from songwright.composition.plan import PartPlan, SectionPlan
from songwright.score import Note

_AT_ONCE = frozenset({"chorus", "post-chorus", "drop", "build", "solo", "breakdown", "outro"})
"""Functions in which everybody begins together, or that are too short to build."""

_SUPPORT = frozenset({"chords", "pad", "arp", "riff", "stabs", "counter", "percussion"})
"""Roles that may wait; tune, bass and drums carry the section from its first bar."""

_LIFT = 0.15
"""Rise of energy at which everybody begins together, whatever the section is called."""

_SHORTEST = 8
_SHORTEST_INTRO = 4
_CORE = 3
"""Bars that a section needs for a second half, and parts that play from its beginning."""


def staggered(
    sections: Sequence[SectionPlan], parts: Sequence[PartPlan], loops: bool = False
) -> tuple[SectionPlan, ...]:
    """The sections with the parts that wait for their second half.

    In a piece that ``loops`` the last section goes before the first one: who has just played does
    not wait again, so that the seam is as full as the rest.

    Of the parts that a section adds to the one before, the later half waits: those that enter at
    the highest energy. Where a tune comes again and adds nobody, its last supporting part rests for
    the first half. Requested parts never wait, and neither does the only harmony.
    """
    result: list[SectionPlan] = []
    for i, section in enumerate(sections):
        before = sections[i - 1] if i or loops else None
        result.append(replace(section, late=_late(section, before, parts)))
    return tuple(result)


def _late(
    section: SectionPlan, before: SectionPlan | None, parts: Sequence[PartPlan]
) -> tuple[str, ...]:
    intro = section.function == "intro"
    if section.function in _AT_ONCE or section.bars < (_SHORTEST_INTRO if intro else _SHORTEST):
        return ()
    if before is not None and section.energy > before.energy + _LIFT:
        return ()
    playing = [p for p in parts if p.id in section.parts]
    spare = [p for p in playing if p.role in _SUPPORT and not p.requested]
    spare.sort(key=lambda p: -p.enters_at)
    fresh = [p for p in spare if before is None or p.id not in before.parts]
    count = min((len(fresh) + 1) // 2, len(playing) - (2 if intro else _CORE))
    chosen = fresh[: max(0, count)]
    if not fresh and section.occurrence > 0:
        chosen = spare[: max(0, min(1, len(playing) - _CORE - 1))]
    ids = {p.id for p in chosen}
    harmony = [p.id for p in playing if p.role in ("chords", "pad", "riff", "arp")]
    if harmony and ids.issuperset(harmony):
        ids.discard(harmony[0])
    return tuple(p.id for p in parts if p.id in ids)


def half_way(section: SectionPlan) -> int:
    """Bar in which those who waited join: the phrase that begins nearest to the middle."""
    starts, bar = [], section.start_bar
    for length in section.phrases:
        starts.append(bar)
        bar += length
    middle = section.start_bar + section.bars // 2
    return min((*starts[1:], middle), key=lambda b: (abs(b - middle), b))


def joined_late(
    part_id: str, notes: Iterable[Note], sections: Sequence[SectionPlan], bar_ticks: int
) -> tuple[Note, ...]:
    """The notes of a part without those of the bars in which it waits."""
    waits = [
        (s.start_bar * bar_ticks, half_way(s) * bar_ticks) for s in sections if part_id in s.late
    ]
    return tuple(n for n in notes if not any(a <= n.onset_ticks < b for a, b in waits))
