"""Entries in the control table: where the players who were asked to enter or leave are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from songwright.brief.entries import entry_text
from songwright.composition.part_places import bar_lines, bars_of, is_missing, parts_of
from songwright.export.measured import MeasuredRow, clock_tenths
from songwright.score.midi import read_midi

if TYPE_CHECKING:
    from collections.abc import Collection

    from songwright.brief import Brief
    from songwright.brief.model import PartEntry
    from songwright.composition import Plan
    from songwright.score import Score

_EARLY_TICKS = 60
"""What a player may be ahead of a bar line and still belong to it: half a sixteenth."""


def entry_rows(brief: Brief, plan: Plan, midi: bytes) -> tuple[MeasuredRow, ...]:
    """Name, asked, planned, measured, and whether it is obeyed, for each entry of a brief.

    Measured are the first and the last bar of the file in which such a part strikes a note.
    """
    if not brief.entries:
        return ()
    heard = _heard(plan, read_midi(midi))
    return tuple(_row(entry, brief, plan, heard) for entry in brief.entries)


def _heard(plan: Plan, score: Score) -> dict[str, frozenset[int]]:
    """The bars in which each part of a plan begins a note in the file; tracks go by their names."""
    bar = plan.meter.bar_ticks
    left = list(score.parts)
    result: dict[str, frozenset[int]] = {}
    for part in plan.parts:
        track = next((p for p in left if p.name == part.name), None)
        if track is not None:
            left.remove(track)
        notes = track.notes if track is not None else ()
        result[part.id] = frozenset((n.onset_ticks + _EARLY_TICKS) // bar for n in notes)
    return result


def _row(
    entry: PartEntry, brief: Brief, plan: Plan, heard: dict[str, frozenset[int]]
) -> MeasuredRow:
    ids = parts_of(entry.players, plan, brief)
    if not entry.players:
        named = parts_of(tuple(p for e in brief.entries for p in e.players), plan, brief)
        ids = tuple(p.id for p in plan.parts if p.id not in named)
    ranges, note = bars_of(entry, plan)
    asked = entry_text(entry)
    if not ids or not ranges:
        return "entry", asked, "not done", "nobody plays that" if not ids else "not heard", False
    inside = {b for start, end in ranges for b in range(start, end)}
    own = {b for i in ids for b in heard[i]}
    everywhere = all(own & set(range(start, end)) for start, end in ranges)
    others = {b for i, bars in heard.items() if i not in ids for b in bars}
    planned = ", ".join(f"bars {start + 1}–{end}" for start, end in ranges)
    planned = {"rests": "silent in ", "alone": "alone in "}.get(entry.manner, "") + planned
    planned += f" ({note})" if note else ""
    if entry.manner == "alone":
        measured = _span(plan, "alone", own & inside - others)
        good = everywhere and not others & inside
    elif entry.manner == "rests":
        broken = sorted(own & inside)
        measured = f"heard in bar {broken[0] + 1}" if broken else "silent there"
        measured += f"; {_span(plan, 'heard', own)}"
        good = not broken and bool(own)
    else:
        measured = _span(plan, "heard", own)
        starts = {start for start, _ in ranges}
        good = own <= inside and everywhere and min(own) in starts
    return "entry", asked, planned, measured, good and not is_missing(note)


def _span(plan: Plan, what: str, bars: Collection[int]) -> str:
    """First and last bar of some, with their times."""
    if not bars:
        return f"not {what}"
    first, last = min(bars), max(bars)
    return f"{what} from bar {first + 1} ({clock_tenths(bar_lines(plan)[first])}) to bar {last + 1}"
