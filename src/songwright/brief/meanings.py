"""What a word of the vocabulary means for the controls that have one value or a set of values."""

from __future__ import annotations

import re

from songwright.brief.meter import parse_meter
from songwright.brief.model import SectionRequest, TempoRequest
from songwright.brief.offers import ENSEMBLE, HINT, NAMED, NEAR, WORD, Offer
from songwright.brief.phrases import Match
from songwright.brief.tempo import shown as tempo_shown
from songwright.brief.text import Reading
from songwright.styles import style

# "in the chorus" says where something happens, which no control can hold yet.
_PLACE = re.compile(
    r"\b(?:in|during|for|into|at|before|after|until|on|from)(?: (?:the|each|every|last|first|"
    r"second|"
    r"final|all|big))+ $"
)
_FOR = re.compile(r" (?:music |song |tune |theme |cue )?(?:for|to|of) (?:an?|the|my|our|this)\b")
_PLAIN = (
    "use", "ending", "feel", "dynamics", "register", "density", "intensity", "danceability", "mode",
    "articulation",
)  # fmt: skip


def read_meanings(reading: Reading, matches: list[Match]) -> None:
    """Record what each match means and claim its words."""
    for match in matches:
        _one(reading, match)


def _one(reading: Reading, match: Match) -> None:
    word = match.word
    words = reading.written[match.start : match.end]
    at = match.start
    before = len(reading.offers)

    def offer(control: str, value: object, shown: str, rank: int) -> None:
        note = f" ({word.note})" if word.note else ""
        reading.offers.append(Offer(control, value, shown + note, words, reading.source, rank, at))

    if word.style:
        near = f" (nearest to {match.phrase})" if word.near else ""
        rank = HINT if word.hint else NEAR if word.near else ENSEMBLE if word.only else NAMED
        offer("style", word.style, style(word.style).name + near, rank)
    if word.bpm is not None:
        request = TempoRequest(*word.bpm)
        offer("tempo", request, tempo_shown(request), NAMED if word.term else WORD)
    if word.meter:
        meter = parse_meter(word.meter)
        offer("meter", meter, word.meter, HINT if word.hint else WORD)
    for control in _PLAIN:
        value = getattr(word, control)
        if value:
            rank = HINT if word.hint else NAMED if control == "use" else WORD
            offer(control, value, value, rank)
    if word.ritardando:
        offer("ritardando", True, "slows down at the end", WORD)
    if word.affect is not None:
        if word.mood:
            offer("mood", match.phrase, _affect_shown(word.affect), WORD)
        offer("affect", word.affect, "", HINT if word.hint else WORD)
    for name in word.production:
        offer("production", name, name, WORD)
    for position, level in word.energy:
        offer("energy", (position, level), f"{level:g} at {position:.0%}", WORD)
    if word.part and not word.instruments:
        offer("part", word.part, f"{word.part} part", WORD)
    if word.section in ("intro", "outro") and _FOR.match(reading.lower, match.end):
        offer("use", "sting", f"sting ({word.section} of something else)", HINT)
    elif word.section and _PLACE.search(reading.lower[max(0, at - 24) : at]):
        reading.dropped.append(_place(reading, match))
    elif word.section:
        offer("section", SectionRequest(word.section), f"a section: {word.section}", WORD)
    if {o.control for o in reading.offers[before:]} == {"affect"}:  # "subtle": shown at least
        offer("character", match.phrase, _affect_shown(word.affect or ()), WORD)
    if len(reading.offers) > before:
        reading.claim(*match.span)


def _place(reading: Reading, match: Match) -> str:
    """Claim "in the last chorus" whole, and return it."""
    start = max(0, match.start - 24)
    found = _PLACE.search(reading.lower[start : match.start])
    assert found is not None
    return reading.claim(start + found.start(), match.end)


_DIMENSIONS = ("valence", "arousal", "tension", "brightness", "density")


def _affect_shown(affect: tuple[float, ...]) -> str:
    """The strongest dimensions in words, such as ``"valence -0.6, arousal -0.4"``."""
    named = [(abs(v), n, v) for n, v in zip(_DIMENSIONS, affect, strict=False) if abs(v) >= 0.2]
    return ", ".join(f"{n} {v:+.1f}" for _, n, v in sorted(named, reverse=True)[:3]) or "neutral"
