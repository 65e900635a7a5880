"""Sections at a time: "breakdown at 1:30, drop at 2:00", "intro 0:00, verse 0:15, chorus 0:45"."""

from __future__ import annotations

import re

from songwright.brief.form import SECTION_NAME, section_function
from songwright.brief.model import SectionPlace
from songwright.brief.numbers import NUMBER, read_number
from songwright.brief.offers import NUMBER as RANK
from songwright.brief.text import CLAIMED, Reading

_CLOCK = r"\d{1,2}:[0-5]\d(?!\d)"
_WHEN = (
    rf"(?:(?P<clock>{_CLOCK})|bar (?P<bar>\d{{1,4}})\b|"
    rf"(?P<seconds>{NUMBER}) ?(?:s|secs?|seconds?)\b|(?P<minutes>{NUMBER}) ?(?:m|mins?|minutes?)\b)"
)
# "Ending at 1:30" is a length, and "a break" is a rest as often as a section.
_NAME = rf"(?P<name>(?!ending|opening|break\b){SECTION_NAME})(?![a-z])(?: section| part)?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "final": -1}
_THE = rf"(?:(?:an?|the|with|then|big|main|quiet|(?P<which>{'|'.join(_ORDINALS)})) ){{0,3}}"
_COMES = (
    r"(?: (?:that |should |must |to |will ){0,2}(?:starts?|starting|begins?|beginning|comes?|"
    r"coming|kicks?|kicking|hits?|hitting|lands?|enters?|arrives?|is|be)(?: in)?)?"
)
_AT = r" ?(?:exactly |right )?(?:at|from|@|on)(?: about| around| exactly)? "
_THEN = re.compile(rf"(?<![\w-]){_THE}{_NAME}{_COMES}{_AT}{_WHEN}")
_FIRST = re.compile(
    rf"(?<![\w-])(?:at|from|@) {_WHEN}:?,? (?:comes? |there is |goes into )?{_THE}{_NAME}"
)
_NEXT = r"(?:[ ,;>|/-]+(?:and |then )*|$)"
_TIMELINE = re.compile(
    rf"(?<![\w:-])(?:{_CLOCK}[ :-]{{0,3}}{SECTION_NAME}(?![a-z]){_NEXT}|"
    rf"{SECTION_NAME}(?![a-z])[ :-]{{0,3}}\(?{_CLOCK}\)?{_NEXT}){{3,64}}"
)
_OF_TIMELINE = re.compile(
    rf"(?P<clock>{_CLOCK})[ :-]{{0,3}}(?P<name>{SECTION_NAME})(?![a-z])|"
    rf"(?P<name_first>{SECTION_NAME})(?![a-z])[ :-]{{0,3}}\(?(?P<clock_last>{_CLOCK})"
)


def read_places(reading: Reading) -> None:
    """Claim sections that are to begin at a time or a bar.

    A drop alone is left to the energy, whose climax it is.
    """
    for match in reading.find(_TIMELINE):
        for item in _OF_TIMELINE.finditer(match.group()):
            clock = item["clock"] or item["clock_last"]
            place = SectionPlace(
                section_function(item["name"] or item["name_first"]), _clock(clock)
            )
            start = match.start() + item.start()
            reading.offer(
                "place", place, place_text(place), (start, match.start() + item.end()), RANK
            )
    found = [*_THEN.finditer(reading.lower), *_FIRST.finditer(reading.lower)]
    if [section_function(match["name"]) for match in found] == ["drop"]:
        return
    for match in sorted(found, key=lambda m: m.start()):
        if CLAIMED not in reading.lower[match.start() : match.end()]:
            place = _place(match)
            reading.offer("place", place, place_text(place), match.span(), RANK)


def _place(match: re.Match[str]) -> SectionPlace:
    function, which = section_function(match["name"]), _ORDINALS.get(match["which"], 0)
    if match["bar"]:
        return SectionPlace(function, None, max(0, int(match["bar"]) - 1), which)
    if match["clock"]:
        seconds = _clock(match["clock"])
    elif match["minutes"]:
        seconds = 60.0 * read_number(match["minutes"])
    else:
        seconds = float(read_number(match["seconds"]))
    return SectionPlace(function, seconds, None, which)


def _clock(text: str) -> float:
    minutes, seconds = text.split(":")
    return 60.0 * int(minutes) + int(seconds)


def place_text(place: SectionPlace) -> str:
    """Such as ``"drop from 2:00"`` or ``"bridge from bar 17"``."""
    which = next((f"{word} " for word, n in _ORDINALS.items() if n == place.ordinal), "")
    if place.seconds is None:
        return f"{which}{place.function} from bar {(place.bar or 0) + 1}"
    minutes, seconds = divmod(round(place.seconds), 60)
    return f"{which}{place.function} from {minutes}:{seconds:02d}"
