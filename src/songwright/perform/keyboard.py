"""A pianist's hands: how notes that are struck together are weighed, and who comes first.

Pianists sing with one finger: the melody is struck harder than what goes with it and a little
earlier, louder the higher it climbs, and the bass supports it (W. Goebl, Melody lead in piano
performance, JASA 110, 2001). How much of each is in ``data/keyboard.toml``, fitted by
`training.keyboard` on 88 performances of four excerpts by 22 pianists (Vienna 4x22, CC BY 4.0).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from songwright.composition.plan import Plan
from songwright.errors import StyleError
from songwright.score import Note, Part, Score
from songwright.styles import Style

LEAD_ROLE = "lead"
LEFT_TO_CHANCE = 0.6
"""Share of a style's velocity spread beside the hand, which explains the rest of it."""

_OCTAVE = 12.0
_SOFTEST, _LOUDEST = 0.5, 1.3  # of the level at which the pianists played


@dataclass(frozen=True, slots=True)
class KeyboardFacts:
    """What was fitted.

    ``velocity`` gives the weight of each trait (`hand_traits`), ``level`` the mean velocity of the
    performances; ``lead_ms`` is how early a melody note is beside what is struck with it; an
    offset is at most ``largest``. ``instruments`` are played like that.
    """

    instruments: frozenset[str]
    level: float
    largest: float
    lead_ms: float
    velocity: dict[str, float]


class Finger(NamedTuple):
    """Velocity to add at the level of the facts, and by how many seconds a note is early."""

    velocity: float
    early_seconds: float

    def at(self, level: float, facts: KeyboardFacts) -> float:
        """Velocity to add at a level: soft playing is shaped less than loud."""
        return self.velocity * min(_LOUDEST, max(_SOFTEST, level / facts.level))


Hand = Mapping[tuple[int, int], Finger]
"""The fingers of one part by written tick and pitch."""

Struck = Mapping[int, list[tuple[int, str]]]
"""Pitch and role of all that one player strikes, by written tick."""


@cache
def keyboard_facts() -> KeyboardFacts:
    """Read the table once.

    Raises
    ------
    StyleError
        If the file is wrong; the message names the field.
    """
    text = files("songwright.perform").joinpath("data/keyboard.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), KeyboardFacts)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"perform/data/keyboard.toml: {error}") from error


def hands(score: Score, plan: Plan, style: Style) -> dict[str, Hand]:
    """The fingers of all parts that a person plays on a piano, by part id.

    What a finger does depends on the notes of its own onset only, so that an edit in one bar
    leaves the others as they were. Empty for styles without human spread.
    """
    facts = keyboard_facts()
    if style.performance.velocity_spread == 0.0:
        return {}
    push = style.performance.push_ms
    found: dict[str, Hand] = {}
    together: dict[str, list[Part]] = {}
    for part in score.parts:
        together.setdefault(part.staff_group, []).append(part)
    struck_by: dict[str, Struck] = {}
    for part in score.parts:
        if part.instrument not in facts.instruments:
            continue
        both = together[part.staff_group] if part.staff_group else [part]
        player = part.staff_group or f"\0{part.id}"
        if player not in struck_by:
            struck_by[player] = _struck(both)
        struck, middle = struck_by[player], _middle(part, plan)
        fingers: dict[tuple[int, int], Finger] = {}
        for note in part.notes:
            with_it = struck[note.onset_ticks]
            traits = hand_traits(note, part.role, with_it, middle, len(both) > 1)
            value = sum(facts.velocity[name] * amount for name, amount in traits.items())
            early = 0.0
            below = {role for _, role in with_it if role != LEAD_ROLE}
            if part.role == LEAD_ROLE and below:
                ahead = min(push.get(role, 0.0) for role in below) - push.get(part.role, 0.0)
                early = max(0.0, facts.lead_ms - ahead) / 1000.0
            fingers[note.onset_ticks, note.pitch] = Finger(
                min(facts.largest, max(-facts.largest, value)), early
            )
        found[part.id] = fingers
    return found


def hand_traits(
    note: Note, role: str, struck: list[tuple[int, str]], middle: float, two_hands: bool
) -> dict[str, float]:
    """What a finger's weight depends on.

    Parameters
    ----------
    note, role
        The note and the role of its part; `LEAD_ROLE` is the hand with the melody.
    struck
        Pitch and role of all notes of both hands at its onset, itself included.
    middle
        The middle of the part's range.
    two_hands
        Whether there is another hand, so that there is a balance of the two.
    """
    leads = role == LEAD_ROLE
    height = (note.pitch - middle) / _OCTAVE
    singing = [pitch for pitch, own in struck if own == LEAD_ROLE]
    return {
        "lead": (0.5 if leads else -0.5) * two_hands,
        "below the melody": float(leads and note.pitch < max(singing)),
        "with the melody": float(not leads and bool(singing)),
        "bass": float(not leads and note.pitch == min(pitch for pitch, _ in struck)),
        "melody height": height * leads,
        "other height": height * (not leads),
        "others at once": float(len(struck) - 1),
    }


def _middle(part: Part, plan: Plan) -> float:
    planned = next((own for own in plan.parts if own.id == part.id), None)
    if planned is not None:
        return (planned.low + planned.high) / 2.0
    return 72.0 if part.role == LEAD_ROLE else 52.0


def _struck(parts: list[Part]) -> Struck:
    """What one player strikes at each tick; a key that is written twice is struck once."""
    found: dict[int, dict[tuple[int, str], None]] = {}
    for part in parts:
        for note in part.notes:
            found.setdefault(note.onset_ticks, {})[note.pitch, part.role] = None
    return {tick: list(keys) for tick, keys in found.items()}
