"""Tempo: beats per minute, ranges, and the Italian, German, French and English tempo words."""

from __future__ import annotations

import re

from songwright.brief.model import TempoRequest
from songwright.brief.numbers import NUMBER, TO, is_range, plain, read_number
from songwright.brief.offers import NUMBER as NUMBER_RANK
from songwright.brief.text import CLAIMED, Reading
from songwright.brief.vocabulary import vocabulary
from songwright.errors import BriefError
from songwright.styles import style

LOW_BPM, HIGH_BPM = 20.0, 400.0
"""Slowest and fastest quarter-note tempo that is accepted."""

_UNIT = r"(?:b\.?p\.?m\.?|bmp|beats? (?:per|a) minute|schlage pro minute)(?![a-z])"
_ABOUT = (
    r"(?:(?:at|of|to)? ?(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|~|some) ?)?"
)
_RANGE = re.compile(
    rf"(?:(?:tempo|speed|bpm)(?: of| between| from|:| =|=)? ?)?(?:between |from )?{_ABOUT}"
    rf"(?P<low>{NUMBER}) ?(?:{_UNIT})?{TO}(?P<high>{NUMBER}) ?{_UNIT}"
)
_BARE_RANGE = re.compile(
    rf"\b(?:tempo|bpm)(?: of| between| from|:| is| =|=)? ?(?P<low>{NUMBER}){TO}(?P<high>{NUMBER})\b"
)
_LIMIT = re.compile(
    r"\b(?P<side>under|below|slower than|at most|up to|no more than|no faster than|max(?:imum)?|"
    r"over|above|faster than|at least|no slower than|min(?:imum)?|no less than) "
    rf"(?P<value>{NUMBER}) ?{_UNIT}"
)
_SINGLE = re.compile(
    rf"(?:\b(?:at|in) )?(?:\ba? ?tempo(?: of|:| is| =|=)? ?)?{_ABOUT}"
    rf"(?<![\w.])(?P<value>-?{NUMBER})(?:ish)?[ -]?{_UNIT}(?: tempo)?"
)
_LABELLED = re.compile(
    r"(?:\b(?:tempo|bpm|speed)(?: of| is|:| =|=|)|♩ ?=|\b(?:q|quarter(?: note)?|crotchet) ?=) ?"
    rf"{_ABOUT}(?P<value>-?{NUMBER})(?:ish)?(?![\w/]|[ -]?(?:bars?|measures?|sec|min))"
)
_AT = re.compile(
    rf"(?:\bat|@) ?{_ABOUT}(?P<value>\d{{2,3}})(?=$|[,.;)]| (?:in|with|and|for|feel)\b)(?![.:]\d)"
)
_BARE = re.compile(r"(?:^|[,;] ?)(?P<value>\d{2,3})(?= ?(?:$|[,;]))")
_LONE = re.compile(
    rf"(?<![\w.:/-])(?P<value>\d{{2,3}})(?=\W*(?:$|[,;!?{CLAIMED}]| (?:and|with|in|for)\b))"
)
_BELOW = ("under", "below", "slower than", "at most", "up to", "no more than", "no faster than")


def read_tempo(reading: Reading) -> None:
    """Claim every tempo given as a number.

    Raises
    ------
    BriefError
        If a tempo lies outside `LOW_BPM`..`HIGH_BPM`.
    """
    for pattern in (_RANGE, _BARE_RANGE):
        for match in filter(is_range, reading.find(pattern)):
            low, high = sorted((read_number(match["low"]), read_number(match["high"])))
            _offer(reading, match, low, high)
    for match in reading.find(_LIMIT):
        value = read_number(match["value"])
        # "under 80" leaves a fifth below: enough to choose from, near enough to be meant.
        if match["side"].startswith((*_BELOW, "max")):
            _check(value)
            _offer(reading, match, max(LOW_BPM, round(0.8 * value)), value)
        else:
            _check(value)
            _offer(reading, match, value, min(HIGH_BPM, round(1.25 * value)))
    for pattern in (_SINGLE, _LABELLED, _AT):
        for match in reading.find(pattern):
            text = match["value"]
            value = -read_number(text[1:]) if text.startswith("-") else read_number(text)
            _offer(reading, match, value, value)
    for match in reading.find(_BARE):  # "drum and bass, 174": what else would it be
        if 50 <= int(match["value"]) <= 220:
            _offer(reading, match, float(match["value"]), float(match["value"]))


def read_lone_number(reading: Reading) -> None:
    """Take the only number that is left for the tempo: "techno 132", "180!!!"."""
    if any(offer.control == "tempo" and offer.rank >= NUMBER_RANK for offer in reading.offers):
        return
    found = [m for m in _LONE.finditer(reading.lower) if 50 <= int(m["value"]) <= 220]
    if len(found) == 1:
        _offer(reading, found[0], float(found[0]["value"]), float(found[0]["value"]))


def for_style(request: TempoRequest, style_id: str) -> TempoRequest:
    """What a plain word such as "slow" means in BPM within a style whose tempos lie elsewhere.

    Nobody means 60 BPM by "slow drum and bass". Where word and style do not overlap, the word
    chooses the outer third of the style's range.
    """
    facts = style(style_id).tempo
    if request.low_bpm <= facts.high_bpm and facts.low_bpm <= request.high_bpm:
        return request
    third = (facts.high_bpm - facts.low_bpm) / 3
    if request.high_bpm < facts.low_bpm:
        return TempoRequest(facts.low_bpm, round(facts.low_bpm + third))
    return TempoRequest(round(facts.high_bpm - third), facts.high_bpm)


def shown(request: TempoRequest) -> str:
    """The request in words, such as ``"60–80 BPM"``."""
    low, high = plain(request.low_bpm), plain(request.high_bpm)
    return f"{low} BPM" if low == high else f"{low}–{high} BPM"


def parse_tempo(value: object) -> TempoRequest:
    """Read the tempo field: a number, a range or a tempo word.

    Raises
    ------
    BriefError
        If it is neither, or out of range.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check(float(value))
        return TempoRequest(float(value), float(value))
    text = str(value).strip()
    reading = Reading(text, "field")
    if re.fullmatch(rf"-?{NUMBER}(?:{TO}{NUMBER})?", reading.lower):
        reading = Reading(text + " bpm", "field")
    read_tempo(reading)
    if not reading.offers:
        word = vocabulary().tempo_words.get(reading.lower)
        if word is not None:
            return TempoRequest(word.low_bpm, word.high_bpm)
    if not reading.offers or reading.free_words():
        raise BriefError(
            f"the tempo {text!r} is not understood; write for example 90, 90-100 or Largo"
        )
    request = reading.offers[-1].value
    assert isinstance(request, TempoRequest)
    return request


def _offer(reading: Reading, match: re.Match[str], low: float, high: float) -> None:
    _check(low)
    _check(high)
    request = TempoRequest(low, high)
    reading.offer("tempo", request, shown(request), match.span(), NUMBER_RANK)


def _check(value: float) -> None:
    if not LOW_BPM <= value <= HIGH_BPM:  # also false for not-a-number
        raise BriefError(
            f"a tempo of {plain(value)} BPM cannot be played; choose {plain(LOW_BPM)} to "
            f"{plain(HIGH_BPM)} BPM"
        )
