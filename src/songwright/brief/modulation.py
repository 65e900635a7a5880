"""Modulations: "modulates up a tone in the last chorus", "ends in D major"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from songwright.brief.entry_places import TIME, place_text, read_place
from songwright.brief.key import parse_key
from songwright.brief.model import Modulation, PartPlace
from songwright.brief.numbers import NUMBER, read_number
from songwright.brief.offers import NAMED, Offer
from songwright.brief.text import Reading
from songwright.errors import BriefError
from songwright.theory import Key

INTERVALS = {
    "half step": 1, "half-step": 1, "halfstep": 1, "semitone": 1, "half tone": 1, "half-tone": 1,
    "minor second": 1, "whole step": 2, "whole-step": 2, "whole tone": 2, "tone": 2, "step": 2,
    "major second": 2, "second": 2, "minor third": 3, "major third": 4, "third": 4, "fourth": 5,
    "perfect fourth": 5, "tritone": 6, "fifth": 7, "perfect fifth": 7, "minor sixth": 8,
    "major sixth": 9, "sixth": 9, "octave": 12,
}  # fmt: skip
_STEP = "(?:" + "|".join(sorted(INTERVALS, key=len, reverse=True)) + ")"
_VERB = (
    r"(?:modulat(?:es?|ing|ion|ions)|key[ -]changes?|changes? (?:of )?key|changes? key|"
    r"changing key|"
    r"transpos(?:es?|ing|ed)|shifts?|shifting|truck driver(?:'s)?(?: (?:gear change|"
    r"modulation))?|gear change|"
    r"goes|moves|moving|going|lifts?|jumps?|steps?|raise[sd]?|take[sn]?|push(?:es|ed)?|"
    r"bring[s]?|move|lift(?:ed|ing)?)"
)
_PLACE = (
    r"(?P<where>(?:the )?(?:(?:very )?(?:first|second|third|last|final|next|every|each) )?"
    r"(?:pre-?chorus(?:es)?|chorus(?:es)?|verse|bridge|solo|drop|outro|intro|section|third|"
    r"half(?! ?way)|refrain|repeat|[ab] section|coda|end|ending|middle|breakdown|interlude))"
)
_AT = (
    r"(?:,? ?(?:(?:for|in|at|on|into|before|during|near|towards?|after|by|from) |(?=half ?way))"
    rf"(?:{_PLACE}|(?:about |around |exactly )?(?:the )?(?P<time>{TIME})))?"
)
_SIZE = (
    rf"(?P<way>up|down|upwards?|downwards?|higher|lower)?(?: by)? ?"
    rf"(?:(?:an?|one|by an?) (?P<step>{_STEP})|(?P<count>{NUMBER}) ?(?P<unit>semitones?|"
    rf"half[ -]steps?|tones?|"
    rf"whole[ -]steps?|steps?))(?: (?P<way2>up|down|higher|lower))?"
)
_MODULATION = re.compile(
    rf"\b(?:(?:with |then |and |that |it )?(?:an? |the )?)(?:{_PLACE.replace('where', 'first')} )?"
    rf"{_VERB}(?: key)?(?: (?:of|by|the|key))* ?{_SIZE}{_AT}"
)
_MOVED_PLACE = re.compile(rf"\b(?:and |then )?{_VERB} {_PLACE} {_SIZE}")
_SIZED_CHANGE = re.compile(rf"\b{_SIZE} (?:modulation|key[ -]change|lift){_AT}")
_UP_SIMPLE = re.compile(
    rf"\b(?:(?:the )?{_PLACE} (?:is |goes |a )?)(?P<way>up|down|higher|lower) (?:an?|"
    rf"one) (?P<step>{_STEP})\b"
)
_RELATIVE = re.compile(
    rf"\b(?:then |and |with )?(?:an? )?{_VERB} (?:to|into) (?:the |"
    rf"its )?(?P<target>relative (?:major|minor)|dominant|subdominant|"
    rf"parallel (?:major|minor)){_AT}"
)
_TO_KEY = re.compile(
    rf"\b(?:then |and (?:then )?|before |with )?(?:an? )?{_VERB} (?:to|into) (?P<key>[A-G](?:#|"
    rf"b| sharp| flat)?(?: ?(?:major|minor|maj|"
    rf"min|m\b|dorian|lydian|mixolydian|phrygian))?)(?![\w#]){_AT}"
)
_PLUS = re.compile(
    rf"\b(?:with |and )?(?:an? |the )?(?:key[ -]change|modulation|transpose[sd]?)(?: of| by)? ?"
    rf"(?P<steps>[+-]\d{{1,2}})(?: ?(?:semitones?|half steps?))?{_AT}"
)
_PLAIN = re.compile(
    rf"\b(?:with |and |includes? |including )?(?:an? |the |one )?(?:modulates?|modulation|"
    rf"key[ -]change|truck driver(?:'s)? "
    rf"(?:gear change|modulation)|gear change)(?: up(?:wards?)?)?{_AT}(?! (?:up|down|to|of))"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A modulation to a named key: how far that is depends on the first key, known at the end."""

    key: Key
    where: str
    at: PartPlace | None


def modulation_text(modulation: Modulation) -> str:
    """Such as ``"up 2 semitones (last chorus)"`` or ``"up 2 semitones (1:00)"``."""
    direction = "up" if modulation.semitones > 0 else "down"
    size = abs(modulation.semitones)
    where = modulation.where if modulation.at is None else place_text(modulation.at)
    return f"{direction} {size} semitone{'s' * (size > 1)} ({where})"


def read_modulations(reading: Reading) -> tuple[Target, ...]:
    """Claim modulations; those to a named key are returned."""
    targets: list[Target] = []
    for match in reading.find(_TO_KEY, cased=True):
        key = parse_key(match["key"])
        if isinstance(key, Key):
            target = Target(key, _where(match), _time(match))
            words = reading.claim(*match.span())
            targets.append(target)
            where = target.where if target.at is None else place_text(target.at)
            _add(reading, match, words, f"to {key} ({where})")
    for match in reading.find(_RELATIVE):
        semitones = {
            "relative major": 3,
            "relative minor": -3,
            "dominant": 7,
            "subdominant": 5,
        }.get(match["target"])
        if semitones is not None:
            _modulate(reading, match, semitones)
    for pattern in (_MOVED_PLACE, _MODULATION, _SIZED_CHANGE, _UP_SIMPLE):
        for match in reading.find(pattern):
            groups = match.groupdict()
            if groups.get("step"):
                size = INTERVALS[match["step"]]
            else:
                size = round(read_number(match["count"]))
                size *= 2 if match["unit"].startswith(("tone", "whole", "step")) else 1
            if not 1 <= size <= 24:
                raise BriefError(
                    f"a modulation by {size} semitones is not possible; choose 1 to 24"
                )
            way = match["way"] or groups.get("way2") or "up"
            if (
                match.group().split()[0] in ("goes", "moves", "shifts", "steps")
                and not match["way"]
            ):
                continue
            _modulate(reading, match, -size if way.startswith(("down", "low")) else size)
    for match in reading.find(_PLUS):
        _modulate(reading, match, int(match["steps"]))
    for match in reading.find(_PLAIN):
        _modulate(reading, match, 2)  # the usual lift is a whole tone
    return tuple(targets)


def _modulate(reading: Reading, match: re.Match[str], semitones: int) -> None:
    modulation = Modulation(_where(match), semitones, _time(match))
    words = reading.claim(*match.span())
    reading.modulations.append(modulation)
    _add(reading, match, words, modulation_text(modulation))


def _add(reading: Reading, match: re.Match[str], words: str, shown: str) -> None:
    reading.offers.append(
        Offer("modulation", shown, shown, words, reading.source, NAMED, match.start())
    )


def _time(match: re.Match[str]) -> PartPlace | None:
    text = match.groupdict().get("time")
    return read_place(text) if text else None


def _where(match: re.Match[str]) -> str:
    groups = match.groupdict()
    where = groups.get("where") or groups.get("first") or "end"
    where = where.lower().removeprefix("the ").replace("very ", "").replace("final", "last")
    where = (
        where.replace("choruses", "chorus").replace("refrain", "chorus").replace("ending", "end")
    )
    return {"last third": "end", "last section": "end", "coda": "outro", "second half": "end"}.get(
        where, where
    )
