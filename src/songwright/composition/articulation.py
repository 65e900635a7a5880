"""Articulation that was asked for in words: staccato, legato, tenuto, marcato, pizzicato.

A word about one player ("staccato violins") is among the adjectives of his part; a word about the
piece is given to every part that can obey it. The notes are then written so, in score and MIDI.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.plan import PartPlan
from songwright.score import Note
from songwright.units import TICKS_PER_BEAT

ASKED = ("staccato", "legato", "tenuto", "marcato", "pizzicato")
"""Articulations that a person can ask for."""

_SHORT = ("staccato", "pizzicato")
_OWN_WAY = ("drums", "percussion", "pad")  # what they are for has its own length of notes
_BOWED = ("violin", "viola", "cello", "contrabass", "string_ensemble_1", "string_ensemble_2")
_PLUCKED = "pizzicato_strings"
_KEPT = ("accent", "ghost", "slide", "tremolo")  # written for a reason of their own


def with_articulation(parts: Sequence[PartPlan], brief: Brief) -> tuple[PartPlan, ...]:
    """Parts that know the articulation of the piece; plucked strings become their own instrument.

    A part that has a word of its own keeps it ("legato, but staccato bassoon").
    """
    result = []
    for part in parts:
        told = part
        if brief.articulation and part.role not in _OWN_WAY and not _own(part):
            told = replace(part, adjectives=(*part.adjectives, brief.articulation))
        if _own(told) == "pizzicato" and told.instrument in _BOWED:
            told = replace(told, instrument=_PLUCKED)  # the name says whose strings they are
        result.append(told)
    return tuple(result)


def articulated(part: PartPlan, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes of a part in the articulation that its adjectives ask for; others as they are."""
    way = _own(part)
    if not way or part.role in _OWN_WAY or not notes:
        return tuple(notes)
    onsets = sorted({note.onset_ticks for note in notes})
    result = []
    for note in notes:
        following = bisect_right(onsets, note.onset_ticks)
        is_last = following == len(onsets)
        kept = note.articulation if note.articulation in _KEPT else way
        length = note.duration_ticks
        if way in _SHORT and not is_last:  # a dot over a semibreve means nothing: a beat at most
            length = min(length, TICKS_PER_BEAT)
        elif way == "legato" and not is_last:
            gap = onsets[following] - note.onset_ticks - length
            length += gap if 0 < gap <= TICKS_PER_BEAT // 2 else 0  # rests of a beat are breaths
        result.append(replace(note, duration_ticks=length, articulation=kept))
    return tuple(result)


def _own(part: PartPlan) -> str:
    return next((word for word in part.adjectives if word in ASKED), "")
