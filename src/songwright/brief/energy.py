"""Energy over time: "builds to a climax at 1:10, then drops away", "starts quiet"."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.curves import parse_points
from songwright.brief.model import EnergyPoint
from songwright.brief.numbers import NUMBER, read_number
from songwright.brief.offers import WORD, Offer
from songwright.brief.text import Reading
from songwright.errors import BriefError, StyleError

_TIME = (
    rf"(?:(?P<clock>\d{{1,2}}:\d\d)|(?P<seconds>{NUMBER}) ?(?:s|secs?|seconds?)\b|"
    rf"(?P<minutes>{NUMBER}) ?(?:minutes?|mins?)\b|(?P<percent>\d{{1,3}}) ?(?:%|percent)|"
    r"(?P<place>the (?:very )?(?:end|middle|start|beginning)|half ?way|two thirds|the last chorus|"
    r"the final chorus|three quarters|the (?:final|last) third|the second half|the midpoint|"
    r"the drop))"
)
_PLACES = {
    "end": 0.95, "middle": 0.5, "start": 0.0, "beginning": 0.0, "half": 0.5, "two": 0.67,
    "last": 0.85,
    "final": 0.85, "three": 0.75, "second": 0.75, "midpoint": 0.5, "drop": 0.6,
}  # fmt: skip
INTENSITY = {"low": 0.25, "medium": 0.5, "high": 0.85}


@dataclass(frozen=True, slots=True)
class _RuleFacts:
    pattern: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Table:
    phrases: dict[str, tuple[str, ...]]
    curves: dict[str, tuple[tuple[float, float], ...]]
    rules: tuple[_RuleFacts, ...]


@cache
def _table() -> _Table:
    text = files("songwright.brief").joinpath("data/energy.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), _Table)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"brief/data/energy.toml: {error}") from error


@cache
def _rules() -> tuple[tuple[re.Pattern[str], tuple[tuple[float, float], ...]], ...]:
    """The rules of the table as compiled patterns with their points."""
    parts = {"time": _TIME}
    for name, words in _table().phrases.items():
        longest_first = sorted(map(re.escape, words), key=len, reverse=True)
        parts[name] = "(?:" + "|".join(longest_first) + ")"
    parts["very"] = f"(?: {parts['very']}){{0,8}}"
    compiled = []
    for rule in _table().rules:
        pattern = re.sub(r"\{([a-z]+)\}", lambda m: parts[m[1]], rule.pattern)
        compiled.append((re.compile(rf"(?<!\w)(?:{pattern})(?![\w-])"), rule.points))
    return tuple(compiled)


def read_energy(reading: Reading) -> None:
    """Claim descriptions of the energy curve."""
    for pattern, points in _rules():
        for match in reading.find(pattern):
            time = _time(match) if any(place < 0 for place, _ in points) else None
            words = reading.claim(*match.span())
            for place, level in points:
                if place == 1.0 and time is not None and time.position > 0.9:
                    continue  # a climax at the end does not come down
                if place >= 0:
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
    """Read the energy field: a curve (words, or points such as ``"0:0.2 16:0.9"``) or an intensity.

    Returns the points and the intensity, one of them empty. Raises `BriefError` if it is neither.
    """
    if isinstance(value, (list, tuple)):
        value = " ".join(str(item) for item in value)
    text = str(value).strip().lower()
    if text in INTENSITY:
        return (), text
    if text in _table().curves:
        return tuple(EnergyPoint(level, at) for at, level in _table().curves[text]), ""
    points = parse_points(text)
    if points is not None:
        return points, ""
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
        f"the energy {str(value)!r} is not understood; write low, medium, high, a curve (build, "
        "arc, falling, flat), levels such as '0.2 0.5 0.9', points such as '0:0.2 16:0.9' (bar and "
        "level), or 'builds to a climax at 1:10'"
    )


def point_text(point: EnergyPoint) -> str:
    """One point in words."""
    place = f"{point.seconds:g} s" if point.seconds is not None else f"{point.position:.0%}"
    if point.bar is not None:
        place = f"bar line {point.bar:g}"
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
