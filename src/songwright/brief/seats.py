"""Named players in an ensemble: who takes whose seat.

An ensemble word asks for all its members ("jazz trio": piano, bass, drums). A player who is named
beside it plays *in* it: the electric bass of "jazz trio with electric bass" is the trio's bass, not
a fourth man. Which kinds of player may take a seat says the ensemble (``seats`` in
``data/ensembles.toml``); who finds no seat joins ("string quartet with clarinet" are five).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import InstrumentRequest
from songwright.brief.vocabulary import Word, vocabulary
from songwright.score import instrument

Asked = tuple[InstrumentRequest, str]
"""A request and its source, ``"prompt"`` or ``"field"``."""

_KINDS = {
    "bass": ("bass",),
    "drums": ("drum kit",),
    "winds": ("brass", "reed", "pipe", "strings"),
    "keys": ("piano", "chromatic percussion", "organ", "free reed", "guitar", "plucked"),
    "guitar": ("guitar",),
}
"""Families of instruments by the kind of seat they take; a jazz violin stands where a sax would."""


def is_member(request: InstrumentRequest) -> bool:
    """True if an ensemble word asked for this player among others."""
    return _ensemble(request) is not None


def seated(asked: Sequence[Asked]) -> list[Asked]:
    """The requests with every named player in a seat, where the ensemble has one for him."""
    result = list(asked)
    for one in asked:
        request, source = one
        if is_member(request):
            continue
        k = _seat_for(request, result)
        if k is not None:
            member = result[k][0]
            result[k] = (replace(request, role=request.role or member.role), source)
            result.remove(one)
    return result


def _seat_for(request: InstrumentRequest, asked: Sequence[Asked]) -> int | None:
    """Index of the member whose seat a named player takes."""
    for k, (member, _) in enumerate(asked):
        ensemble = _ensemble(member)
        if ensemble is None:
            continue
        if request.instruments[0] in member.instruments and request.role in ("", member.role):
            return k  # "string quartet with a soaring violin" speaks of its own
        kind = _seat(ensemble, member)
        if kind and instrument(request.instruments[0]).family in _KINDS[kind]:
            return k
    return None


def _seat(ensemble: Word, member: InstrumentRequest) -> str:
    """The kind of player who may take a member's seat; empty for nobody."""
    at = ensemble.instruments.index(member.instruments[0])  # of twins the first one's
    return ensemble.seats[at] if at < len(ensemble.seats) else ""


def _ensemble(request: InstrumentRequest) -> Word | None:
    word = vocabulary().phrases.get(request.word)
    if word is None or not word.separate or len(word.instruments) < 2:
        return None
    return word if request.instruments[0] in word.instruments else None
