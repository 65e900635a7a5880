"""Who of those asked for has the tune, before the ensemble is chosen.

A player whom somebody named is there to be heard: where no role was given, a line instrument that
was asked for has the tune rather than a stranger from the style's ensemble, and in a small group of
named players those who can play chords accompany it.
"""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.lineup import PLAYED_FAMILIES
from songwright.brief.model import Brief, InstrumentRequest
from songwright.brief.seats import is_member
from songwright.composition.uses import Use
from songwright.score import instrument
from songwright.styles import Style

_NEAR_SYNONYMS = 3  # a request with more instruments than these names a family
_LOWEST_TUNE = 67  # MIDI pitch: who does not reach it comfortably has the bass, not the tune
_VOICES = "choir_aahs"


def cast(brief: Brief, style: Style, use: Use) -> Brief:
    """The brief with the roles that its players have by what they are."""
    requests = _as_one_choir(brief.instruments, style)
    barred = {role for avoid in brief.avoid for role in avoid.roles}
    has_lead = any(request.role == "lead" for request in requests)
    if use.lead and not has_lead and "lead" not in barred:
        known = {i: f.role for f in reversed(style.parts) for i in f.instruments}
        k = next((k for k, r in enumerate(requests) if _has_tune(r, brief, known)), None)
        if k is not None:
            requests = _led_by(requests, k, brief.only_these)
    # Who was asked to lead is served first: the next one would find the tune taken.
    ordered = sorted(requests, key=lambda request: request.role != "lead")
    return replace(brief, instruments=tuple(ordered))


def _has_tune(request: InstrumentRequest, brief: Brief, known: dict[str, str]) -> bool:
    """Whether a player is a soloist by nature and not needed for something else."""
    if request.role or request.pattern or len(request.instruments) > _NEAR_SYNONYMS:
        return False
    player = instrument(request.instruments[0])
    if player.is_kit or player.polyphonic or player.comfort_high < _LOWEST_TUNE:
        return False
    if brief.only_these:
        return True
    return known.get(player.id, "") in ("", "lead", "counter")


def _led_by(
    requests: tuple[InstrumentRequest, ...], k: int, only: bool
) -> tuple[InstrumentRequest, ...]:
    """The tune for one player; in a group of its own the first one who can plays the chords."""
    result = [*requests[:k], replace(requests[k], role="lead"), *requests[k + 1 :]]
    if not only or any(r.role in ("chords", "arp", "inner") for r in requests):
        return tuple(result)
    for i, request in enumerate(result):
        player = instrument(request.instruments[0])
        if not request.role and player.polyphonic and not player.is_kit:
            result[i] = replace(request, role="chords")
            break
    return tuple(result)


def _as_one_choir(
    requests: tuple[InstrumentRequest, ...], style: Style
) -> tuple[InstrumentRequest, ...]:
    """In produced styles a choir in four voices is one choir among other players."""
    if style.family in PLAYED_FAMILIES:
        return requests
    result: list[InstrumentRequest] = []
    for request in requests:
        if not is_member(request) or request.instruments != (_VOICES,):
            result.append(request)
        elif all(other.word != request.word for other in result):
            result.append(replace(request, role="pad"))
    return tuple(result)
