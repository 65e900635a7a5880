"""Metre: "3/4", "6/8 time", "in 3", "seven eight"."""

from __future__ import annotations

import re

from songwright.brief.numbers import NUMBER, read_number
from songwright.brief.offers import NUMBER as NUMBER_RANK
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.theory import Meter

_FRACTION = re.compile(
    r"(?:\b(?:in|meter|metre|time signature)(?: of|:| =|"
    r"=)? )?(?<![\w/.])(?P<n>\d{1,4})/(?P<d>\d{1,4})"
    r"(?![\w/])(?:[ -](?:time(?: signature)?|meter|metre|bars?\b(?= feel)|feel|groove|beat|takt))?"
    r"(?! ?(?:notes?|th|step))"
)
_IN_WORDS = re.compile(
    r"(?:\bin )?\b(?P<n>two|three|four|five|six|seven|nine|ten|eleven|twelve)[ -]"
    r"(?P<d>two|four|eight)\b(?: time)?(?! ?(?:bars?|beats?|notes?))"
)
_IN_NUMBER = re.compile(
    rf"\bin (?P<n>{NUMBER})(?=$| ?[,.;)]| time\b| and\b| with\b| at\b|"
    rf" feel\b)(?: time\b)?(?![.:]\d)"
)
_USUAL = {2: (2, 4), 3: (3, 4), 4: (4, 4), 5: (5, 4), 6: (6, 8), 7: (7, 8), 9: (9, 8), 12: (12, 8)}


def read_meter(reading: Reading) -> None:
    """Claim every metre given in numbers.

    Raises
    ------
    BriefError
        If it is not a metre, such as 4/7.
    """
    for pattern in (_FRACTION, _IN_WORDS):
        for match in reading.find(pattern):
            meter = _meter(int(read_number(match["n"])), int(read_number(match["d"])))
            reading.offer("meter", meter, str(meter), match.span(), NUMBER_RANK)
    for match in reading.find(_IN_NUMBER):
        usual = _USUAL.get(int(read_number(match["n"])))
        if usual is not None:
            meter = _meter(*usual)
            reading.offer("meter", meter, str(meter), match.span(), NUMBER_RANK)


def parse_meter(value: object) -> Meter | None:
    """Read the metre field as ``n/d``; None if it is not written so (perhaps a metre word).

    Raises
    ------
    BriefError
        If it is written ``n/d`` but is no metre.
    """
    if isinstance(value, Meter):
        return value
    match = re.fullmatch(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*", str(value))
    return _meter(int(match[1]), int(match[2])) if match else None


def _meter(numerator: int, denominator: int) -> Meter:
    try:
        return Meter(numerator, denominator)
    except ValueError as error:
        raise BriefError(f"{error}; write for example 4/4, 3/4, 6/8 or 7/8") from None
