"""Many who sound as one: a section of strings, a choir.

"Strings" asks for a sustained bowed section, not for one cello with the tune, a plucked arpeggio
or an off-beat stab that happen to be string instruments; "choir" for a choir that holds chords, not
for one voice that answers in oohs. Which players make up such a body says ``data/massed.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.model import InstrumentRequest
from songwright.composition.plan import PartPlan
from songwright.score import instrument
from songwright.styles import Style

MASSED_ROLE = "pad"
"""What such a body does where the style has no part for it: it holds the harmony."""

_LINES = ("lead", "counter", "inner")
_ALONE = (*_LINES, "bass")
_SOLOISTS = 3  # players of the family who together are a section already


@dataclass(frozen=True, slots=True)
class Massed:
    """One body of players; ``asked`` are the instruments by whose first place it is known."""

    asked: tuple[str, ...]
    players: tuple[str, ...]
    held_patterns: tuple[str, ...]


@cache
def _bodies() -> tuple[Massed, ...]:
    text = files("songwright.composition").joinpath("data/massed.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["massed"], tuple[Massed, ...])


def massed(request: InstrumentRequest) -> Massed | None:
    """The body of players that a request asks for; None where it asks for something else.

    A request with a role or a pattern says itself what is to be played.
    """
    if request.role or request.pattern:
        return None
    return next((body for body in _bodies() if request.instruments[0] in body.asked), None)


def are_massed(parts: Sequence[PartPlan], request: InstrumentRequest) -> bool:
    """True if soloists of the family fill the harmony between them: a quartet, four voices."""
    alone = [p.role for p in parts if p.instrument in request.instruments and p.role in _ALONE]
    return len(alone) >= _SOLOISTS and "inner" in alone


def plays_massed(part: PartPlan, body: Massed, style: Style) -> bool:
    """True if the style wrote a part for this body and lets it hold notes."""
    facts = next((f for f in style.parts if f.id == part.id), None)
    if facts is None or facts.instruments[0] not in body.players:
        return False
    return part.role in ("pad", *_LINES) or not set(body.held_patterns).isdisjoint(part.patterns)


def best_player(part: PartPlan, allowed: Sequence[str], style: Style) -> PartPlan:
    """A part of the style with the best of its players that may play: bowed rather than a synth."""
    facts = next(f for f in style.parts if f.id == part.id)
    chosen = next((i for i in allowed if i in facts.instruments), part.instrument)
    return replace(part, instrument=chosen, name=instrument(chosen).name)
