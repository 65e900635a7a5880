"""Length: seconds, minutes, bars, ranges of them, exact or about."""

from __future__ import annotations

import re

from songwright.brief.model import Length
from songwright.brief.numbers import NUMBER, TO, is_range, plain, read_number
from songwright.brief.offers import NUMBER as NUMBER_RANK
from songwright.brief.text import Reading, fold
from songwright.errors import BriefError

_LOOSE = ("about", "around", "roughly", "approximately", "approx", "circa", "ca", "~", "some")
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 3600.0
MOST_BARS = 2000

_SECOND = r"(?:seconds?|secs?|sekunden|secondes|segundos|secondi|s)(?![a-z])"
_MINUTE = r"(?:minutes?|mins?|minuten|minutos|minuti|m)(?![a-z])"
_HOUR = r"(?:hours?|hrs?|stunden?|heures?|horas?|h)(?![a-z])"
_UNIT = f"(?P<unit>{_SECOND}|{_MINUTE}|{_HOUR})"
_QUALITY = (
    r"(?P<quality>\b(?:exactly|precisely|strictly|about|around|roughly|approximately|approx\.?|"
    r"circa|"
    r"ca\.?|~|some|at least|at most|up to|under|over|no longer than|no more than|less than|"
    r"more than|a maximum of|maximum|max\.?|min\.?) ?)?"
)
_LEAD = (
    r"(?:\b(?:for|of|lasting|lasts?|total(?: of|:)?|"
    r"(?:with )?(?:a )?(?:length|duration|runtime)(?: of|:| is)?) )?"
)
_TAIL = r"(?: ?(?:long|in length|in duration|exactly|in total|total|lang|flat))?"
_CLOCK = re.compile(
    rf"{_LEAD}{_QUALITY}(?<!at )(?<!from )(?<!until )(?<!till )(?<!after )(?<![\w:])"
    rf"(?P<minutes>\d{{1,3}})(?::|' ?)(?P<seconds>\d\d)(?P<fraction>\.\d+)?\"?(?!\w)"
    rf"(?![\d:])(?: ?(?:min(?:ute)?s?|m)\b)?{_TAIL}"
)
_RANGE = re.compile(
    rf"{_LEAD}{_QUALITY}(?:between |from )?(?<![\w.])(?P<low>{NUMBER})"
    rf"[ -]?(?P<low_unit>{_SECOND}|{_MINUTE})?{TO}(?P<high>{NUMBER})[ -]?{_UNIT}{_TAIL}"
)
_MIXED = re.compile(
    rf"{_LEAD}{_QUALITY}(?<![\w.])(?P<minutes>{NUMBER}|a) ?{_MINUTE},?(?: and)? ?(?:"
    rf"(?P<seconds>{NUMBER}) ?{_SECOND}|(?P<bare>[0-5]?\d)(?=$|[,;.!)]|"
    rf" [a-z](?!pm)))(?! ?bpm){_TAIL}|"
    rf"\b{_LEAD}(?P<m2>\d+)m(?:in)? ?(?P<s2>\d+)s?\b"
)
_HALF = re.compile(
    rf"{_LEAD}{_QUALITY}(?:(?P<whole>{NUMBER}|an?)(?: {_MINUTE})? and (?:a )?half(?: {_MINUTE})?"
    rf"|(?P<only>half (?:a )?minute)){_TAIL}|{_LEAD}{_QUALITY.replace('quality', 'q2')}"
    rf"(?P<w3>an?|one) {_MINUTE} and a half"
)
# "80s" and "808s" are an era and a drum machine, not lengths.
_ERA = re.compile(
    r"\b(?:the |early |late |mid[ -])(?:19|20)?\d0s\b|\b(?:19|20)\d0s\b|"
    r"(?<![\w:])[2-9]0s(?= [a-z])(?! (?:long|exactly|"
    r"and |with |for |in |at |loop|sting|jingle|cue|clip|track|piece|music|version|duration))|"
    r"\b[5-8]0s\b(?<!60s)|"
    r"\b[89]0[89]s\b"
)
_SINGLE = re.compile(rf"{_LEAD}{_QUALITY}(?<![\w.:])(?P<value>-?{NUMBER}|an?)[ -]?{_UNIT}{_TAIL}")
_GROWS = re.compile(
    r"\b(?:build|grow|ris|swell|crescendo|evolv|unfold|spread|develop|increas|ramp|intensif)[a-z]*"
    r"[^.;:]*$"
)
# "A trumpet solo at 1:00 for 8 bars" is no piece of 8 bars.
_PART = re.compile(
    r"(?:[,;.] |\bwith |\band )[^,;.]*\b(?:solo|fill|break|breakdown|drop|intro|outro|bridge|"
    r"drops? out|silent|alone|rests?)"
    r"(?: (?:at|in|after|from|on) [^,;.]*)? ?$"
)
_BAR = r"(?:bars?|measures?|takte?|mesures|compases)(?![a-z])"
_NOT_BARS = r"(?![ -]?(?:blues|phrase|phrases|intro|outro|verse|chorus|bridge|solo|drop|build))"
_BAR_RANGE = re.compile(
    rf"{_LEAD}{_QUALITY}(?:between |from )?(?<![\w.])(?P<low>{NUMBER})(?: {_BAR})?{TO}"
    rf"(?P<high>{NUMBER})[ -]?{_BAR}{_NOT_BARS}{_TAIL}"
)
_BARS = re.compile(
    rf"{_LEAD}{_QUALITY}(?<![\w.])(?P<value>-?{NUMBER})[ -]?{_BAR}{_NOT_BARS}{_TAIL}"
)


def read_length(reading: Reading) -> None:
    """Claim every length.

    Raises
    ------
    BriefError
        If it is shorter than a second, longer than an hour, zero bars or over `MOST_BARS`.
    """
    for match in filter(is_range, reading.find(_BAR_RANGE)):
        low, high = sorted((read_number(match["low"]), read_number(match["high"])))
        _offer(reading, match, _bars(low, high))
    for match in reading.find(_BARS):
        if _PART.search(fold(reading.written)[: match.start()]) and "for" in match.group():
            continue
        value = _signed(match["value"])
        _offer(reading, match, _bounded("bars", value, _quality(reading, match)))
    for match in reading.find(_CLOCK):
        seconds = 60 * int(match["minutes"]) + float(match["seconds"] + (match["fraction"] or ""))
        quality = match["quality"] or "exactly"  # nobody writes 1:30 to mean about that long
        _offer(reading, match, _bounded("seconds", seconds, quality))
    for match in reading.find(_MIXED):
        first, second = (
            match["minutes"] or match["m2"],
            match["seconds"] or match["bare"] or match["s2"],
        )
        minutes = 1.0 if first == "a" else read_number(first)
        seconds = 60 * minutes + read_number(second)
        _offer(reading, match, _bounded("seconds", seconds, _quality(reading, match)))
    for match in filter(is_range, reading.find(_RANGE)):
        if _is_era(reading, match):
            continue
        high_unit = _unit_seconds(match["unit"])
        low_unit = _unit_seconds(match["low_unit"]) if match["low_unit"] else high_unit
        low, high = read_number(match["low"]) * low_unit, read_number(match["high"]) * high_unit
        _offer(reading, match, _seconds(min(low, high), max(low, high), False))
    for match in reading.find(_HALF):
        if "minute" not in match.group() and "min" not in match.group():
            continue
        whole = match["whole"] or match["w3"]
        minutes = 0.0 if whole is None else 1.0 if whole in ("a", "an") else read_number(whole)
        _offer(reading, match, _bounded("seconds", 60 * (minutes + 0.5), _quality(reading, match)))
    for match in reading.find(_SINGLE):
        unit = match["unit"]
        if _is_era(reading, match):
            continue
        if unit in ("m", "h", "s") and not match["value"][-1:].isdigit():
            continue
        one = match["value"] in ("a", "an")
        value = (1.0 if one else _signed(match["value"])) * _unit_seconds(unit)
        if one and unit.startswith("sec"):
            continue  # "a second guitar" is an ordinal
        quality = "exactly" if "exactly" in match.group() else _quality(reading, match)
        _offer(reading, match, _bounded("seconds", value, quality))


def _quality(reading: Reading, match: re.Match[str]) -> str:
    """How near the length is to be: "over a minute" is more, "builds over a minute" is one."""
    quality: str = match["quality"] or ""
    grows = quality.strip() == "over" and _GROWS.search(fold(reading.written)[: match.start()])
    return "" if grows else quality


def parse_duration(value: object) -> Length:
    """Read the duration field: seconds, ``"1:30"``, ``"90s"`` or ``"31-45 seconds"``.

    One number is exact. Raises `BriefError` if it is not a length of time.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _seconds(float(value), float(value), True)
    text = str(value).strip()
    if re.fullmatch(rf"-?{NUMBER}(?:{TO}{NUMBER})?", text.lower()):
        text += " seconds"
    length = _parsed(text)
    if length is None or length.unit != "seconds":
        raise BriefError(
            f"the duration {value!r} is not understood; write for example 90, 1:30 or 31-45 seconds"
        )
    loose = re.search(r"about|around|roughly|approx|circa|ca\.?|~", text.lower())
    exact = length.low == length.high and not loose
    return Length("seconds", length.low, length.high, exact)


def parse_bars(value: object) -> Length:
    """Read the bars field: a number or a range such as ``"8-16"``.

    Raises `BriefError` if it is not a number of bars.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _bars(float(value), float(value))
    text = str(value).strip()
    length = _parsed(text if re.search(_BAR, text.lower()) else text + " bars")
    if length is None or length.unit != "bars":
        raise BriefError(f"{value!r} is not a number of bars; write for example 32 or 8-16")
    return length


def shown(length: Length) -> str:
    """The length in words."""
    unit = length.unit if length.unit == "seconds" or length.high != 1 else "bar"
    if length.low != length.high:
        return f"{plain(length.low)}–{plain(length.high)} {unit}"
    about = "" if length.exact or length.unit == "bars" else "about "
    return f"{about}{plain(length.low)} {unit}"


def _parsed(text: str) -> Length | None:
    reading = Reading(text, "field")
    read_length(reading)
    if not reading.offers or reading.free_words():
        return None
    found = reading.offers[-1].value
    assert isinstance(found, Length)
    return found


def _offer(reading: Reading, match: re.Match[str], length: Length) -> None:
    reading.offer("length", length, shown(length), match.span(), NUMBER_RANK)


def _is_era(reading: Reading, match: re.Match[str]) -> bool:
    if "low" in match.groupdict():  # "20-30s" is a length, "70s to 80s" and "808s" are not
        return re.search(r"\d0s.*\d0s|[89]0[89]s", match.group()) is not None
    era = _ERA.search(reading.lower, max(0, match.start() - 6), match.end() + 24)
    return era is not None and era.start() < match.end() and not match["quality"]


def _signed(text: str) -> float:
    return -read_number(text[1:]) if text.startswith("-") else read_number(text)


def _unit_seconds(unit: str) -> float:
    return {"s": 1.0, "m": 60.0, "h": 3600.0}.get(unit[0], 3600.0)


def _bounded(unit: str, value: float, quality: str) -> Length:
    """One number with "exactly", "at least" or "under" before it."""
    make = _bars if unit == "bars" else _plain_seconds
    quality = quality.strip(" .")
    if quality in ("at least", "over", "more than", "min"):
        return make(value, 1.5 * value if unit == "seconds" else round(1.5 * value))
    if quality in (
        "at most", "up to", "under", "no longer than", "no more than", "less than", "max",
        "maximum", "a maximum of",
    ):  # fmt: skip
        return make(
            max(0.7 * value, 1.0) if unit == "seconds" else max(1, round(0.7 * value)), value
        )
    if unit == "bars":
        return _bars(value, value)
    return _seconds(value, value, quality not in _LOOSE)


def _plain_seconds(low: float, high: float) -> Length:
    return _seconds(low, high, False)


def _seconds(low: float, high: float, exact: bool) -> Length:
    for value in (low, high):
        if not SHORTEST_SECONDS <= value <= LONGEST_SECONDS:
            raise BriefError(
                f"a length of {plain(value)} seconds is not possible; choose 1 second to 60 minutes"
            )
    return Length("seconds", low, high, exact)


def _bars(low: float, high: float) -> Length:
    for value in (low, high):
        if not 1 <= value <= MOST_BARS or value != int(value):
            raise BriefError(
                f"a piece of {plain(value)} bars is not possible; choose a whole number from 1 to "
                f"{MOST_BARS}"
            )
    return Length("bars", low, high)
