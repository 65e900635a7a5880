"""Energy over time: "builds to a climax at 1:10, then drops away", "starts quiet"."""

from __future__ import annotations

import re

from songwright.brief.model import EnergyPoint
from songwright.brief.numbers import NUMBER, read_number
from songwright.brief.offers import WORD, Offer
from songwright.brief.text import Reading
from songwright.errors import BriefError

_TIME = (
    rf"(?:(?P<clock>\d{{1,2}}:\d\d)|(?P<seconds>{NUMBER}) ?(?:s|secs?|seconds?)\b|"
    rf"(?P<minutes>{NUMBER}) ?(?:minutes?|mins?)\b|(?P<percent>\d{{1,3}}) ?(?:%|percent)|"
    r"(?P<place>the (?:very )?(?:end|middle|start|beginning)|half ?way|two thirds|the last chorus|"
    r"the final chorus|three quarters|the (?:final|last) third|the second half|the midpoint|the drop))"
)
_TIME_BARE = re.sub(r"\?P<\w+>", "?:", _TIME)
_CALM = r"(?:quiet|soft|calm|gentle|low|slow|sparse|small|minimal|subtle|subdued|peaceful|simple|still|delicate|tender|intimate)(?:ly)?"
_STRONG = r"(?:loud|big|huge|strong|intense|powerful|high|epic|massive|full|explosive|grand|dramatic|energetic|bombastic|triumphant|triumphantly|heavy|dense|climactic)(?:ly)?"
_PEAK = r"(?:climax|peak|crescendo|high point|highpoint|big moment|finale|summit|explosion)"
_MID = r"(?: (?:to|towards?|into|up to|with|in|on|from|and|at|a|an|the|its|slowly|gradually|very|really|just|small|energy|before|reaching|huge|massive|big|epic|grand|dramatic|powerful|final|triumphant|gradual|slow|steadily|steady|intensity|tension|over time|throughout))*"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z])" + pattern + r"(?![a-z-])")


# Patterns in order, each with the points that it draws; a time in the pattern replaces None.
_RULES: tuple[tuple[re.Pattern[str], tuple[tuple[float | None, float], ...]], ...] = (
    (_rule(rf"(?:slowly |gradually )?(?:build(?:s|ing)?(?: up)?|rise?s?|rising|grow(?:s|ing)?|swell(?:s|ing)?|crescendos?|leads?|leading|working up|works up)"
           rf"{_MID} {_PEAK}{_MID} (?:at|by|around|about|after|in|near|towards?) (?:about |around )?{_TIME}"), ((0.0, 0.25), (None, 0.95))),
    (_rule(rf"(?:with )?(?:an? |the |its )?(?:big |huge |massive )?(?:{_PEAK}|climaxes|peaks|climaxing|peaking|reaches its {_PEAK}|peaking){_MID} ?(?:at|by|around|in|near|towards?|after) (?:about |around )?{_TIME}"), ((None, 0.95),)),
    (_rule(r"(?:slow(?:ly)? |gradual(?:ly)? )(?:build(?:s|ing)?|crescendo|rise|swell|burn)(?:[ -]up)?(?: throughout| to the end| over time| in intensity)?"), ((0.0, 0.2), (0.92, 0.9))),
    (_rule(rf"(?:build(?:s|ing)?(?:[ -]up)?|rise?s?|rising|grow(?:s|ing)?|swell(?:s|ing)?|crescendos?){_MID} {_PEAK}(?: at the end)?"), ((0.0, 0.25), (0.8, 0.95))),
    (_rule(r"(?:and |then |that )?(?:keeps? )?(?:gets?|growing|grows|becomes?|becoming|getting|builds|building) (?:more (?:and more )?(?:intense|powerful|energetic|exciting|dramatic)|bigger(?: and bigger)?|louder(?: and louder)?|stronger|busier)(?: throughout| over time| towards the end| to the end)?"), ((0.0, 0.3), (0.95, 0.9))),
    (_rule(r"(?:that |which |gradually |steadily |slowly )*(?:build(?:s|ing)?(?:[ -]up)?|intensif(?:ies|ying)|escalat(?:es|ing)|crescendo|accumulat(?:es|ing))(?: (?:gradually|slowly|steadily|throughout|over time|in intensity|energy|tension|towards the end|to the end|up))*"), ((0.0, 0.3), (0.9, 0.88))),
    (_rule(rf"{_CALM} (?:at first|to begin with|at the start|in the beginning|to start),? (?:and |but )?(?:then|later|before)(?: (?:it|gets?|becomes?|grows?|getting|becoming|growing|turns?|very|more|really))* {_STRONG}"), ((0.0, 0.2), (0.75, 0.9))),
    (_rule(rf"{_STRONG} (?:at first|to begin with|at the start|in the beginning|to start),? (?:and |but )?(?:then|later|before)(?: (?:it|gets?|becomes?|grows?|getting|becoming|growing|turns?|very|more|really))* {_CALM}"), ((0.0, 0.85), (0.75, 0.25))),
    (_rule(rf"(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing)?)(?: (?:off|out|very|really|with|as|a|the))* {_CALM}(?: (?:and|but) {_CALM})?(?: (?:intro|opening|start|beginning))?"), ((0.0, 0.2),)),
    (_rule(rf"(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing)?)(?: (?:off|out|very|really|with|as|a|the))* (?:{_STRONG})(?: (?:and|but) {_STRONG})?"), ((0.0, 0.85),)),
    (_rule(rf"(?:and |then )?(?:end(?:s|ing)?|finish(?:es|ing)?|clos(?:es|ing))(?: (?:very|really|in|on|with|a|an))* (?:{_CALM})"), ((1.0, 0.15),)),
    (_rule(rf"(?:and |then )?(?:end(?:s|ing)?|finish(?:es|ing)?|clos(?:es|ing)|culminat(?:es|ing))(?: (?:very|really|in|on|with|a|an))* (?:{_STRONG})(?: (?:finale|ending|climax|finish))?"), ((1.0, 0.95),)),
    (_rule(rf"(?:an? )?(?:{_STRONG}|big|explosive) (?:finale|finish|climax|ending)"), ((0.95, 0.95),)),
    (_rule(r"(?:and )?(?:then |and then |afterwards |before )(?:it )?(?:drop(?:s|ping)?|fall(?:s|ing)?|fad(?:es|ing)|calm(?:s|ing)?|die(?:s)?|dying|settl(?:es|ing)|com(?:es|ing)|wind(?:s|ing)?|reced(?:es|ing)|quiet(?:s|ing|ens)?|subsid(?:es|ing)|ebb(?:s|ing)?|relax(?:es|ing)?|dissolv(?:es|ing))(?: (?:away|off|back|down|to (?:nothing|silence|a whisper|calm|quiet)|again|into silence))*"), ((1.0, 0.18),)),
    (_rule(r"(?:drops|falls|dies|calms|settles|winds) (?:away|off|down)(?: (?:at|towards|by) the end| again| after(?:wards)?)?"), ((1.0, 0.18),)),
    (_rule(r"(?:swells? and (?:falls?|recedes?|fades?)|ris(?:es|ing) and fall(?:s|ing)|ebbs? and flows?|ebb and flow|waves? of (?:energy|intensity)|arch(?: |-)?shaped|in an arc|energy arc)"), ((0.0, 0.25), (0.5, 0.85), (1.0, 0.25))),
    (_rule(r"(?:constant|steady|even|flat|consistent|unchanging|level|uniform) (?:energy|intensity|dynamics|level)(?: throughout)?|no build(?:-?ups?)?|does(?:n't| not) build|(?:stays|remains|keeps) (?:the same|level|constant)(?: throughout)?"), ((0.0, 0.5), (1.0, 0.5))),
)
_CURVES = {
    "build": ((0.0, 0.2), (0.95, 0.95)), "builds": ((0.0, 0.2), (0.95, 0.95)),
    "rising": ((0.0, 0.2), (1.0, 0.95)), "crescendo": ((0.0, 0.2), (1.0, 0.95)),
    "falling": ((0.0, 0.9), (1.0, 0.2)), "fading": ((0.0, 0.9), (1.0, 0.15)),
    "decrescendo": ((0.0, 0.9), (1.0, 0.2)), "diminuendo": ((0.0, 0.9), (1.0, 0.2)),
    "arc": ((0.0, 0.25), (0.6, 0.9), (1.0, 0.25)), "arch": ((0.0, 0.25), (0.6, 0.9), (1.0, 0.25)),
    "flat": ((0.0, 0.5), (1.0, 0.5)), "constant": ((0.0, 0.5), (1.0, 0.5)),
    "steady": ((0.0, 0.5), (1.0, 0.5)),
}  # fmt: skip
_PLACES = {
    "end": 0.95, "middle": 0.5, "start": 0.0, "beginning": 0.0, "half": 0.5, "two": 0.67, "last": 0.85,
    "final": 0.85, "three": 0.75, "second": 0.75, "midpoint": 0.5, "drop": 0.6,
}  # fmt: skip
INTENSITY = {"low": 0.25, "medium": 0.5, "high": 0.85}


def read_energy(reading: Reading) -> None:
    """Claim descriptions of the energy curve."""
    for pattern, points in _RULES:
        for match in reading.find(pattern):
            time = _time(match) if any(p is None for p, _ in points) else None
            words = reading.claim(*match.span())
            for place, level in points:
                if place is not None:
                    point = EnergyPoint(level, place)
                elif time is not None:
                    point = EnergyPoint(level, time.position, time.seconds)
                else:
                    point = EnergyPoint(level, 0.8)
                reading.energy.append(point)
                shown = point_text(point)
                reading.offers.append(
                    Offer("energy", point, shown, words, reading.source, WORD, match.start())
                )


def parse_energy(value: object) -> tuple[tuple[EnergyPoint, ...], str]:
    """Read the energy field: a curve (words or ``"0:0.2 0.6:0.9 1:0.3"``) or an intensity.

    Returns the points and the intensity, one of them empty. Raises `BriefError` if it is neither.
    """
    if isinstance(value, (list, tuple)):
        value = " ".join(str(item) for item in value)
    text = str(value).strip().lower()
    if text in INTENSITY:
        return (), text
    if text in _CURVES:
        return tuple(EnergyPoint(level, at) for at, level in _CURVES[text]), ""
    pairs = re.fullmatch(r"(?:[01]?(?:\.\d+)?:[01]?(?:\.\d+)?[ ,;]*)+", text)
    if pairs is not None:
        points = [
            (float(a), float(b))
            for a, b in re.findall(r"(\d?(?:\.\d+)?):(\d?(?:\.\d+)?)", text)
            if a and b
        ]
        if points and all(0 <= a <= 1 and 0 <= b <= 1 for a, b in points):
            return tuple(EnergyPoint(b, a) for a, b in points), ""
    if re.fullmatch(r"(?:\d(?:\.\d+)?[ ,;]*){1,64}", text):
        levels = [float(x) for x in re.findall(r"\d(?:\.\d+)?", text)]
        if all(0 <= x <= 1 for x in levels):
            steps = max(1, len(levels) - 1)
            return tuple(EnergyPoint(x, i / steps) for i, x in enumerate(levels)), ""
    reading = Reading(text, "field")
    read_energy(reading)
    if reading.energy and not reading.free_words():
        return tuple(reading.energy), ""
    raise BriefError(
        f"the energy {str(value)!r} is not understood; write low, medium, high, a curve (build, arc, "
        "falling, flat), levels such as '0.2 0.5 0.9', or 'builds to a climax at 1:10'"
    )


def point_text(point: EnergyPoint) -> str:
    """One point in words."""
    place = f"{point.seconds:g} s" if point.seconds is not None else f"{point.position:.0%}"
    return f"energy {point.level:g} at {place}"


def _time(match: re.Match[str]) -> EnergyPoint | None:
    groups = match.groupdict()
    if groups.get("clock"):
        minutes, seconds = groups["clock"].split(":")
        return EnergyPoint(0.0, 0.0, 60.0 * int(minutes) + int(seconds))
    if groups.get("seconds"):
        return EnergyPoint(0.0, 0.0, read_number(groups["seconds"]))
    if groups.get("minutes"):
        return EnergyPoint(0.0, 0.0, 60.0 * read_number(groups["minutes"]))
    if groups.get("percent"):
        return EnergyPoint(0.0, min(1.0, int(groups["percent"]) / 100))
    if groups.get("place"):
        words = groups["place"].removeprefix("the ").removeprefix("very ").split()
        return EnergyPoint(0.0, _PLACES.get(words[0], 0.8))
    return None
