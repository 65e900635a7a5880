"""Mixing decisions that need the sound: made once from the dry stems, then kept with the song."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from songwright.mix.desk import Desk
from songwright.mix.low_end import clear_the_low_end
from songwright.mix.measure import StemFacts
from songwright.mix.sheet import MixSheet
from songwright.mix.staging_plan import place_parts, stage_levels, touch_dynamics
from songwright.mix.tone_plan import even_the_tone
from songwright.mix.unmasking import bring_out_covered, make_room_for_lead

# Tone before room, room before levels: each step hears what the one before has left.
_STEPS = (
    clear_the_low_end, even_the_tone, make_room_for_lead, stage_levels, bring_out_covered,
    place_parts, touch_dynamics,
)  # fmt: skip


def decide_from_stems(
    sheet: MixSheet,
    facts: Mapping[str, StemFacts],
    kept: MixSheet | None = None,
    changed: frozenset[str] | None = None,
) -> MixSheet:
    """Complete a sheet by what was measured of the dry stems.

    Parameters
    ----------
    sheet
        From `songwright.mix.decide.mix_sheet`.
    facts
        What was measured of each dry stem; with ``kept`` those of the changed parts are enough.
    kept
        The sheet of an earlier production, as this function returned it (before anything was set
        by hand).
    changed
        Parts to decide again; None with ``kept`` decides only parts that ``kept`` does not know.

    Returns
    -------
    MixSheet
        With ``facts`` of all parts. Strips of kept parts are exactly those of ``kept``.
    """
    parts = sheet.settings.parts
    known = {**(kept.facts if kept is not None else {}), **facts}
    known = {part: known[part] for part in parts if part in known}
    strips, decisions = dict(parts), list(sheet.decisions)
    held: frozenset[str] = frozenset()
    if kept is not None:
        held = frozenset(parts) & frozenset(kept.settings.parts) - (changed or frozenset())
        strips.update({part: kept.settings.parts[part] for part in held})
        decisions = [d for d in decisions if d.part not in held]
        decisions += [d for d in kept.decisions if d.part in held]
    desk = Desk(sheet.settings, known, strips, frozenset(parts) - held)
    if desk.open:
        for decide in _STEPS:
            decide(desk)
    spaces = dict(sheet.settings.spaces)
    if kept is not None:  # a strip that is kept needs the rooms that it sends to
        needed = {send.space for part in held for send in strips[part].sends}
        spaces.update({n: s for n, s in kept.settings.spaces.items() if n in needed - set(spaces)})
    settings = replace(sheet.settings, parts=desk.strips, spaces=spaces)
    return MixSheet(settings, tuple(decisions), known).with_decisions(settings, desk.decisions)
