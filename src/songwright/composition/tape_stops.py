"""Tape stops: for half a bar the whole band winds down, as a record does when its motor is cut.

A gesture of hip-hop and of what grew from it, at most once in a piece: on the last chord, at a cut
into a rest, or in the moment before a lift. `songwright.mix` carries it out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.plan import Decision, PartPlan, SectionPlan
from songwright.composition.transitions import welcome
from songwright.seeds import rng
from songwright.styles import Style

_WORDS = r"(?:tape|record|vinyl)[ -]stops?\b"
_ASKED = re.compile(rf"\b{_WORDS}")
_UNWANTED = re.compile(rf"\b(?:no|without|avoid|not)\b[^.;,]*\b{_WORDS}")
_CLOSED_ENDINGS = ("final", "hard", "ring")
_RESTS = ("breakdown", "bridge", "interlude", "outro")
_LIFTED = ("drop", "chorus", "B")
_CUT, _RISE = 0.15, 0.1
"""Fall and rise of energy at a join that a tape stop may mark."""

_END, _BREAK, _LIFT = 3.0, 2.0, 1.0
"""How often each place is chosen beside the others."""

_SHORTEST = 4
"""Bars of a section that can spare its last half bar."""


def with_tape_stop(
    sections: Sequence[SectionPlan],
    parts: tuple[PartPlan, ...],
    brief: Brief,
    style: Style,
    ending: str,
    seed: int,
) -> tuple[tuple[SectionPlan, ...], tuple[Decision, ...]]:
    """The sections, one of them perhaps with a tape stop, and why.

    The style says how often a piece has one (``tape_stop`` 0..1); "tape stop" in the prompt makes
    sure of it, "no tape stop" or "no effects" rules it out.
    """
    told = tuple(sections)
    asked = bool(_ASKED.search(brief.prompt.lower()))
    places = _places(told, ending)
    if not places or _UNWANTED.search(brief.prompt.lower()) or not welcome(brief, parts):
        return told, ()
    random = rng(seed, "tape stop")
    if random.random() >= style.tape_stop and not asked:
        return told, ()
    number, reason = random.choices(
        [(i, why) for i, _, why in places], [weight for _, weight, _ in places]
    )[0]
    told = (*told[:number], replace(told[number], tape_stop=True), *told[number + 1 :])
    manner = "asked for" if asked else f"now and then in {style.name}"
    return told, (Decision("tape stop", f"end of {told[number].id}", f"{manner}: {reason}"),)


def _places(sections: tuple[SectionPlan, ...], ending: str) -> list[tuple[int, float, str]]:
    """(section, weight, reason) of each join at which the band may wind down."""
    found = []
    for i, here in enumerate(sections):
        if here.stop or here.bars < _SHORTEST:
            continue
        after = sections[i + 1] if i + 1 < len(sections) else None
        if after is None:
            if ending in _CLOSED_ENDINGS:
                found.append((i, _END, "the last chord winds down"))
        elif after.function in _RESTS and after.energy <= here.energy - _CUT:
            found.append((i, _BREAK, f"the band is cut before {after.id}"))
        elif after.function in _LIFTED and after.energy >= here.energy + _RISE:
            found.append((i, _LIFT, f"a hole for {after.id} to fall into"))
    return found
