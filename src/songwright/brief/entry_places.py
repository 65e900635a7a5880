"""Places of entries in words: "0:30", "bar 9", "the last chorus", "the first 16 bars"."""

from __future__ import annotations

import re
from dataclasses import replace

from songwright.brief.form import SECTION_NAME, section_function
from songwright.brief.model import PartPlace
from songwright.brief.numbers import NUMBER, read_number

_ORDINALS = {
    "first": 1, "1st": 1, "opening": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4,
    "4th": 4, "fifth": 5, "5th": 5, "last": -1, "final": -1, "closing": -1, "each": 0, "every": 0,
    "all": 0,
}  # fmt: skip
_ORDINAL = "(?:" + "|".join(_ORDINALS) + ")"
_CLOCK = r"\d{1,2}:[0-5]\d(?!\d)"
_SECONDS = rf"{NUMBER} ?(?:s|secs?|seconds?)(?![a-z])"
_MINUTES = rf"(?:{NUMBER}|a|one) ?(?:m|mins?|minutes?)(?![a-z])"
_BARS = rf"{NUMBER} ?(?:bars?|measures?)(?![a-z])"
SECTION = (
    rf"(?:(?:the|an?|its|big|quiet|main|{_ORDINAL}|of) )*{SECTION_NAME}(?:e?s)?(?![a-z])"
    r"(?: section)?(?: \d(?!\d|:))?"
)
"""Pattern of a section with its ordinal in folded text."""
AMOUNT = rf"(?:{_SECONDS}|{_MINUTES}|{_BARS})"
"""Pattern of a length of time in folded text."""
TIME = (
    rf"(?:{_CLOCK}(?: mark)?|(?:bar|measure) (?:{NUMBER})(?![\w:])|\d{{1,3}}(?:st|nd|rd|th) bar|"
    rf"{_SECONDS}(?: in(?![a-z])| mark)?|{_MINUTES}(?: in(?![a-z])| mark)?|"
    rf"{_BARS}(?: in(?![a-z]))?|half ?way(?: (?:through|point|mark))?|middle|midpoint|"
    rf"second half)"
)
"""Pattern of a place that is no section in folded text."""
PLACE = (
    r"(?:(?:about|around|exactly|roughly|after|the end of|the start of|the beginning of) )?"
    rf"(?:the )?(?:{TIME}|{SECTION})"
)
"""Pattern of a place in folded text."""
FIRST = rf"(?:the )?(?:first|opening) (?:{_SECONDS}|{_MINUTES}|{_BARS}|half|minute)"
"""Pattern of a stretch from the beginning."""
SPAN = (
    rf"(?:{FIRST}|(?:the )?(?:last|final) (?:{_SECONDS}|{_MINUTES}|{_BARS}|half|minute)|"
    r"(?:the )?second half|"
    r"(?:the )?(?:very )?(?:beginning|start)(?! of (?:the|each) (?!song|piece))|"
    rf"{SECTION})"
)
"""Pattern of a stretch of the piece in folded text."""


def read_place(text: str) -> PartPlace:
    """The place that text of `PLACE` means."""
    said = text.strip()
    after = said.startswith(("after ", "the end of "))
    if clock := re.search(_CLOCK, said):
        minutes, seconds = clock.group().split(":")
        return PartPlace(seconds=60.0 * int(minutes) + int(seconds))
    if bar := re.search(rf"(?:bar|measure) ({NUMBER})(?![\w:])|(\d+)(?:st|nd|rd|th) bar", said):
        ends = re.match(r"(?:after|the end of) (?:the )?(?:bar|measure|\d+(?:st|nd|rd|th))", said)
        return PartPlace(bar=max(0, int(read_number(bar[1] or bar[2])) - (ends is None)))
    if re.search(r"half ?way|middle|midpoint|second half", said):
        return PartPlace(position=0.5)
    amount = _amount(said)
    return amount if amount is not None else _section(said, after)


def read_span(text: str) -> tuple[PartPlace | None, PartPlace | None]:
    """Where text of `SPAN` begins and ends; None for the beginning and the end of the piece."""
    said = text.strip()
    if "second half" in said or "last half" in said or "final half" in said:
        return PartPlace(position=0.5), None
    if re.search(r"(?:first|opening) half", said):
        return None, PartPlace(position=0.5)
    head = re.match(r"(?:the )?(first|opening|last|final) (?=.*(?:bar|measure|sec|min|\d s))", said)
    amount = _amount(said[head.end() :]) if head is not None else None
    if head is not None and amount is not None:
        if head[1] in ("first", "opening"):
            return None, amount
        minus = PartPlace(
            seconds=None if amount.seconds is None else -amount.seconds,
            bar=None if amount.bar is None else -amount.bar,
        )
        return minus, None
    place = _section(said, False)
    if not set(said.split()) & set(_ORDINALS) and not re.search(r"\d$", said):
        place = replace(place, ordinal=0)  # "no drums in the verse": in none of them
    if place.section in ("intro", "opening"):
        return None, PartPlace(section=place.section, after=True)
    return place, PartPlace(section=place.section, ordinal=place.ordinal, after=True)


def _amount(text: str) -> PartPlace | None:
    """A number of seconds, minutes or bars from the beginning."""
    if found := re.search(rf"({NUMBER}) ?(?:s|secs?|seconds?)(?![a-z])", text):
        return PartPlace(seconds=float(read_number(found[1])))
    if found := re.search(rf"({NUMBER}|a|one)? ?(?:m|mins?|minutes?)(?![a-z])", text):
        count = found[1]
        return PartPlace(
            seconds=60.0 * (1.0 if count in (None, "a", "one") else read_number(count))
        )
    if found := re.search(rf"({NUMBER}) ?(?:bars?|measures?)(?![a-z])", text):
        return PartPlace(bar=int(read_number(found[1])))
    return None


def _section(text: str, after: bool) -> PartPlace:
    text = re.sub(rf"\bopening (?={SECTION_NAME})", "first ", text)
    found = re.search(rf"({SECTION_NAME})(e?s)?(?![a-z])(?: section)?(?: (\d))?", text)
    if found is None:
        return PartPlace(section="opening", after=after)
    words = text[: found.start()].split()
    ordinal = next((_ORDINALS[w] for w in words if w in _ORDINALS), 1)
    plural = (found[2] is not None or found[1] in ("verses", "choruses")) and not any(
        w in _ORDINALS for w in words
    )
    if found[3]:
        ordinal = int(found[3])
    return PartPlace(
        section=section_function(found[1]), ordinal=0 if plural else ordinal, after=after
    )


def later(place: PartPlace, lasts: str) -> PartPlace | None:
    """The place an amount of time after another; None if they are in bars and in seconds."""
    amount = _amount(lasts)
    if amount is None:
        return None
    if place.bar is not None and amount.bar is not None:
        return PartPlace(bar=place.bar + amount.bar)
    if place.seconds is not None and amount.seconds is not None:
        return PartPlace(seconds=place.seconds + amount.seconds)
    return None


def place_text(place: PartPlace) -> str:
    """The place in words: ``"0:30"``, ``"bar 9"``, ``"the last chorus"``."""
    if place.seconds is not None:
        minutes, seconds = divmod(round(abs(place.seconds)), 60)
        clock = f"{int(minutes)}:{seconds:02d}"
        return clock if place.seconds >= 0 else f"{clock} before the end"
    if place.bar is not None:
        return f"bar {place.bar + 1}" if place.bar >= 0 else f"{-place.bar} bars before the end"
    if place.position is not None:
        return f"{place.position:.0%} of the piece"
    names = {0: "each", 1: "the first", 2: "the second", 3: "the third", -1: "the last"}
    which = names.get(place.ordinal, f"number {place.ordinal} of the")
    if place.section in ("opening", "intro", "outro"):
        which = "the"
    return f"{'the end of ' if place.after else ''}{which} {place.section}"
