"""The score of each player, for printed parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from songwright.score import Part, Score
from songwright.score.notation.staves import players_parts

_CHORD_READERS = ("chords", "bass", "arp")  # roles whose printed parts show chord symbols


@dataclass(frozen=True, slots=True)
class Player:
    """One player's name and music; the staves of a keyboard stay together."""

    name: str
    score: Score


def players(score: Score) -> tuple[Player, ...]:
    """The players of a score in order.

    Chord symbols are kept for those who play from them; other parts are easier to read without.
    """
    found = []
    for parts in players_parts(score):
        reads_chords = any(p.role in _CHORD_READERS for p in parts)
        alone = replace(score, parts=tuple(parts), chords=score.chords if reads_chords else ())
        found.append(Player(_common_name(parts), alone))
    return tuple(found)


def _common_name(parts: list[Part]) -> str:
    """What the names of a player's staves begin with: "Piano RH" and "Piano LH" are "Piano"."""
    common = []
    for words in zip(*(part.name.split() for part in parts), strict=False):
        if len(set(words)) > 1:
            break
        common.append(words[0])
    return " ".join(common).rstrip(" (-,:") or parts[0].name
