"""Pitch range: "two octaves", "C3 to C5", "nothing above A5"."""

from __future__ import annotations

import math
import re

from songwright.brief.numbers import NUMBER, plain, read_number
from songwright.brief.offers import NUMBER as NUMBER_RANK
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.theory.pitch import parse_pitch, pitch_name

MOST_OCTAVES = 8

_PITCH = r"(?:middle c\b|[a-g](?:#|b)?(?:-1|\d)(?![\d:/a-z#]))"
_LEAD = (
    r"(?:\b(?:in |with |within |all )?(?:a |the )?(?:pitch |note |vocal |melodic )?"
    r"(?:range|notes|ambitus|compass|pitches)?(?: of| from| between|:)? ?)?"
)
_SPAN = re.compile(
    rf"{_LEAD}(?:\b(?:between|from|within) )?(?<![\w#])(?P<low>{_PITCH})(?: ?(?:-|to|and|"
    rf"through|up to) ?)(?P<high>{_PITCH})(?: range)?"
)
_MIDI = re.compile(
    r"(?:(?:pitch |note )?range )?\bmidi (?:notes? |pitch(?:es)? |numbers? )?(?P<low>\d{1,3}) ?"
    r"(?:-|to|and|through) ?(?P<high>\d{1,3})"
)
_ABOVE = re.compile(
    rf"\b(?:(?:nothing|none|no notes?|not|never|no pitch(?:es)?|stay(?:s|ing)?|keep(?:s|ing)?|"
    rf"notes|"
    rf"everything|all notes)(?: goes| go| going| it)? )?"
    rf"(?P<side>(?:above|higher than|over)|(?:below|lower than|under)) (?P<pitch>{_PITCH})"
)
_LIMIT = re.compile(
    rf"\b(?P<side>(?:highest|top|lowest|bottom|max(?:imum)?|min(?:imum)?) (?:note|pitch)|up to|"
    rf"down to)(?: is| of|:)? (?P<pitch>{_PITCH})"
)
_OCTAVES = re.compile(
    rf"(?:\b(?:in|with|within|over|across|spanning|spans|inside|limited to|up to|at most|"
    rf"no more than|about|around|confined to|"
    rf"covering|covers|using|a|an|the|pitch|range|ambitus|compass|of|keep it|stay|is|"
    rf"stays) ){{0,5}}(?<![\w.])"
    rf"(?P<count>-?{NUMBER}|an?|single)(?P<half_before> and a half)?[ -]octaves?\b"
    r"(?P<half> and a half)?(?: (?:pitch )?(?:range|span|ambitus|compass|wide))?"
)


def read_pitch_range(reading: Reading) -> None:
    """Claim bounds on pitch.

    Raises
    ------
    BriefError
        If the range is empty, or more than `MOST_OCTAVES` octaves.
    """
    for match in reading.find(_MIDI):
        low, high = sorted((int(match["low"]), int(match["high"])))
        if high > 127:
            raise BriefError(f"{high} is no MIDI pitch; choose 0 to 127, middle C is 60")
        _offer_bounds(reading, match, low, high)
    for match in reading.find(_SPAN):
        low, high = _pitch(match["low"]), _pitch(match["high"])
        if low > high:
            low, high = high, low
        _offer_bounds(reading, match, low, high)
    for match in reading.find(_ABOVE):
        negative = match.group().startswith(("nothing", "no", "never"))  # and "none"
        over = match["side"] in ("above", "higher than", "over")
        pitch = _pitch(match["pitch"])
        if over is negative:  # "nothing above C5", "stay below C5"
            _offer_bounds(reading, match, None, pitch)
        else:
            _offer_bounds(reading, match, pitch, None)
    for match in reading.find(_LIMIT):
        pitch = _pitch(match["pitch"])
        upper = match["side"].startswith(("high", "top", "max", "up"))
        _offer_bounds(reading, match, None if upper else pitch, pitch if upper else None)
    for match in reading.find(_OCTAVES):
        following = reading.lower[match.end() : match.end() + 8]
        if re.match(r" ?(?:up|down|higher|lower|above|below)\b", following):
            continue
        word = match["count"]
        if word in ("a", "an", "single"):
            count = 1.0
        else:
            count = -read_number(word[1:]) if word.startswith("-") else read_number(word)
        octaves = math.ceil(count + (0.5 if match["half"] or match["half_before"] else 0.0))
        if not 1 <= octaves <= MOST_OCTAVES:
            raise BriefError(
                f"a range of {plain(count)} octaves is not possible; choose 1 to {MOST_OCTAVES}"
            )
        shown = f"{octaves} octave{'s' if octaves > 1 else ''}"
        reading.offer("octaves", octaves, shown, match.span(), NUMBER_RANK)


def _pitch(name: str) -> int:
    if name == "middle c":
        return 60
    pitch = parse_pitch(name[0].upper() + name[1:])
    if not 0 <= pitch <= 127:
        raise BriefError(f"{name!r} lies outside what instruments play; choose C-1 to G9")
    return pitch


def _offer_bounds(
    reading: Reading, match: re.Match[str], low: int | None, high: int | None
) -> None:
    if low is not None and high is not None and high - low < 5:
        raise BriefError(
            f"a range of {high - low} semitones leaves no room for music; choose at least a "
            f"fourth, "
            "for example C3 to C5"
        )
    if low is None or high is None:
        names = f"up to {pitch_name(high)}" if high is not None else f"from {pitch_name(low or 0)}"
    else:
        names = f"{pitch_name(low)}–{pitch_name(high)}"
    reading.offer("range", (low, high), names, match.span(), NUMBER_RANK)
