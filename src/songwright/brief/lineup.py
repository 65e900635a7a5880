"""Line-ups: lists of players that are the whole band, though nobody says "only".

"Wedding processional: harp and cello" is for these two, and so are "harp and cello, 3/4" and
"solo cello over quiet strings"; a jazz line-up with a horn, a piano, a bass and drums is complete.
In produced styles and beside electronic instruments a list names what must be heard, no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from songwright.brief.model import InstrumentRequest
from songwright.brief.phrases import Match
from songwright.brief.text import Reading, fold
from songwright.score import instrument
from songwright.styles import style

_COUNT = "(?:two |three |four |[234] )?"
_OPENS = re.compile(
    rf"(?:^|[:;]|\b(?:for|duet|duo|trio))[ \"'(]*(?:an? |the |some |just )?{_COUNT}$"
)
_BETWEEN = re.compile(rf"(?: ?[,&+/] ?(?:and |an? )?| and | with | n )(?:an? |the |some )?{_COUNT}")
_OVER = re.compile(r" ?,? (?:over|above|against|on top of|accompanied by) (?:an? |the |some )?")
_SOLO = ("solo", "lone", "single")

_ACOUSTIC_FAMILIES = frozenset(
    ["piano", "chromatic percussion", "organ", "free reed", "guitar", "bass", "strings", "plucked",
     "percussive", "voice", "brass", "reed", "pipe", "drum kit"]
)  # fmt: skip
_ELECTRIC = (
    "electric", "synth", "clavinet", "distortion", "overdriven", "slap", "fretless", "drawbar",
    "percussive_organ", "rock_organ", "tr808", "electronic", "power",
)  # fmt: skip
_KEYBOARDS = ("harpsichord", "church_organ")
_LOUDNESS = frozenset({"soft", "quiet", "gentle", "loud", "heavy", "big"})
PLAYED_FAMILIES = ("classical", "jazz", "roots")
"""Families of styles in which a list of players is a line-up."""


def is_line_up(reading: Reading, players: Sequence[tuple[Sequence[Match], Match]]) -> bool:
    """True if the players of a prompt stand in one list that opens it, or follows a colon or "for".

    ``players`` are the instrument matches with their adjectives, in the order of the text.
    """
    if len(players) < 2:
        return False
    text = fold(reading.written)
    spans = [(ads[0].start if ads else noun.start, noun.end) for ads, noun in players]
    gaps = [text[a[1] : b[0]] for a, b in pairwise(spans)]
    first = players[0][0]
    if any(a.phrase in _SOLO for a in first) and _OVER.fullmatch(gaps[0]):
        return True
    joined = all(_BETWEEN.fullmatch(gap) for gap in gaps)
    return joined and _OPENS.search(text[: spans[0][0]]) is not None


def is_whole(
    requests: Sequence[InstrumentRequest], named_style: str, neighbour: bool = False
) -> bool:
    """True if a melody, harmony, a bass and drums are all asked for in a style for players, or a
    keyboard that has a literature of its own and no style.

    Where a folk style stands in for a ``neighbour`` ("medieval", "indian"), two players do of whom
    one can play chords: the other players of the style would be strangers there.
    """
    if not named_style:
        return len(requests) == 1 and requests[0].instruments[0] in _KEYBOARDS
    if style(named_style).family not in PLAYED_FAMILIES:
        return False
    bass = [r for r in requests if r.role == "bass" or "bass" in r.instruments[0]]
    drums = [r for r in requests if r.role == "drums"]
    others = [instrument(r.instruments[0]) for r in requests if r not in bass and r not in drums]
    melodic = any(not player.polyphonic for player in others)
    harmony = any(player.polyphonic for player in others)
    if neighbour and style(named_style).family != "jazz" and may_be_alone(requests, named_style):
        return len(requests) > 1 and harmony
    return bool(bass and drums and melodic and harmony)


def is_of_all(adjective: str, requests: Sequence[InstrumentRequest], reading: Reading) -> bool:
    """Whether an adjective is that of every player; before a list it counts for the list."""
    if all(adjective in request.adjectives for request in requests):
        return bool(requests)
    if any(set(request.word.split()) & _LOUDNESS for request in requests):
        return False  # "loud drums and soft piano"
    words = [re.escape(request.word) for request in requests]
    between = r"(?: ?, ?| ?(?:and|&|\+) | ?, and )(?:the |an? )?"
    listed = rf"\b{re.escape(adjective)} {between.join(words)}(?!\w)"
    return re.search(listed, fold(reading.written)) is not None


def may_be_alone(requests: Sequence[InstrumentRequest], named_style: str) -> bool:
    """Whether these players can be a piece by themselves: acoustic ones in a style for players."""
    if named_style and style(named_style).family not in PLAYED_FAMILIES:
        return False
    # "Bass" and "organ" may be either; pads are synthesisers whatever else could play them.
    return all(
        instrument(request.instruments[0]).family in _ACOUSTIC_FAMILIES
        and any(_is_acoustic(i) for i in request.instruments)
        for request in requests
    )


def _is_acoustic(instrument_id: str) -> bool:
    electric = any(word in instrument_id for word in _ELECTRIC)
    return instrument(instrument_id).family in _ACOUSTIC_FAMILIES and not electric
