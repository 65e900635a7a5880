"""Changes of key in the control table: where they come, and in which key the notes lie."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from songwright.brief.modulation import modulation_text
from songwright.export.measured import MeasuredRow, clock_tenths
from songwright.score.midi import read_midi
from songwright.score.timemap import TimeMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from songwright.brief import Brief
    from songwright.brief.model import Modulation, PartPlace
    from songwright.composition import Plan
    from songwright.composition.plan import SectionPlan
    from songwright.score import Note
    from songwright.theory import Key

_NAME = "key change"
_UNPITCHED = ("drums", "percussion")
_BARS = 1.0  # how far from the place asked for a change may come


def modulation_rows(brief: Brief, plan: Plan, midi: bytes) -> tuple[MeasuredRow, ...]:
    """Name, asked, planned, measured, and whether it is obeyed, for each change of key.

    Measured is how much of the sounding time of all pitched notes lies in the old and in the new
    key, in the section before the change and in the one after it: before it the old key has to
    hold more, after it the new one.
    """
    if not brief.modulations:
        return ()
    score = read_midi(midi)
    notes = [n for part in score.parts if part.role not in _UNPITCHED for n in part.notes]
    waiting = [(before, after) for before, after in pairwise(plan.sections)
               if before.key != after.key]  # fmt: skip
    rows = []
    for modulation in brief.modulations:
        fits = [
            (old, new) for old, new in waiting
            if (new.key.tonic_pc - old.key.tonic_pc - modulation.semitones) % 12 == 0
        ]  # fmt: skip
        if not fits:
            asked = modulation_text(modulation)
            rows.append((_NAME, asked, "not in the form", "no such change of key", False))
            continue
        times = TimeMap.of(score)
        off = [_off_bars(modulation.at, new.start_bar, plan, times) for _, new in fits]
        nearest = min(range(len(fits)), key=off.__getitem__)
        waiting.remove(fits[nearest])
        rows.append(_row(modulation, *fits[nearest], off[nearest] <= _BARS, notes, times))
    return tuple(rows)


def _row(
    modulation: Modulation, before: SectionPlan, after: SectionPlan, in_time: bool,
    notes: Sequence[Note], times: TimeMap,
) -> MeasuredRow:  # fmt: skip
    old, new = before.key, after.key
    heard = [
        [n for n in notes
         if times.bar_start(s.start_bar) <= n.onset_ticks < times.bar_start(s.end_bar)]
        for s in (before, after)
    ]  # fmt: skip
    old_before, old_after = (_share(part, old) for part in heard)
    new_before, new_after = (_share(part, new) for part in heard)
    begins = clock_tenths(times.seconds(times.bar_start(after.start_bar)))
    return (
        _NAME, modulation_text(modulation),
        f"{old} → {new} at bar {after.start_bar + 1} ({begins})",
        f"notes in {old}: {old_before:.0%} before, {old_after:.0%} after; "
        f"in {new}: {new_before:.0%}, {new_after:.0%}",
        in_time and old_before > new_before and new_after > old_after,
    )  # fmt: skip


def _off_bars(at: PartPlace | None, bar: int, plan: Plan, times: TimeMap) -> float:
    if at is None:
        return 0.0
    if at.seconds is not None:
        begins, ends = (times.seconds(times.bar_start(b)) for b in (bar, bar + 1))
        return abs(begins - at.seconds) / (ends - begins)
    wanted = plan.bars * at.position if at.position is not None else at.bar or 0
    return abs(bar - wanted)


def _share(notes: Sequence[Note], key: Key) -> float:
    """Share of the sounding time of notes that lie in a key."""
    scale = set(key.diatonic_pcs)
    total = sum(n.duration_ticks for n in notes)
    return sum(n.duration_ticks for n in notes if n.pitch % 12 in scale) / total if total else 0.0
