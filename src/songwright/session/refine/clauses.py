"""One clause of a request being read: its rules, and the sections, bars and parts that it names."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.modulation import INTERVALS
from songwright.brief.vocabulary import vocabulary
from songwright.composition.plan import Plan
from songwright.errors import StyleError
from songwright.session.refine.model import LEVELS
from songwright.session.refine.scope import _sections, parts_called

_BLANK = "\ue000"
_NUMBER = r"(?P<n>\d+(?:\.\d+)?)"
# Moving by octaves leaves key and chords alone and is an edit of its own; a bare "step" may be
# one of anything ("energy up a step").
_NOT_MOVED_BY = ("octave", "step")
_INTERVAL = (
    r"an? (?P<interval>"
    + "|".join(sorted((i for i in INTERVALS if i not in _NOT_MOVED_BY), key=lambda i: (-len(i), i)))
    + ") "
)
_BARS = re.compile(r"\bbars? (\d+)(?: ?(?:-|to|until|through) ?(\d+))?")
_SHARE = re.compile(
    r"\b(?P<which>first|second|third|middle|last|final) (?P<share>half|third|quarter)(?![a-z0-9-])"
    r"|\b(?P<end>first|last|final) (?:(?P<count>\d+) bars|bar)(?![a-z0-9-])"
)
_SHARES = {"half": 2, "third": 3, "quarter": 4}
_WORD = re.compile(r"[a-z0-9#+'&/-]+")
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """One table of ``data/words.toml``; its head says what the fields mean."""

    kind: str
    words: tuple[str, ...]
    amount: float = 0.0
    scale: float = 1.0
    value: str = ""
    parts: tuple[str, ...] = ()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How people call sections and parts, and words that say nothing by themselves."""

    sections: dict[str, str]
    ordinals: dict[str, int]
    parts: dict[str, str]
    filler: tuple[str, ...]


@dataclass
class Clause:
    """A clause being read: claimed characters are blanked."""

    text: str
    sections: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bars: list[tuple[int, int]] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def claim(self, start: int, end: int) -> None:
        """Mark characters as understood."""
        self.text = self.text[:start] + _BLANK * (end - start) + self.text[end:]


@cache
def rules_and_names() -> tuple[tuple[tuple[Rule, tuple[re.Pattern[str], ...]], ...], Names]:
    """The rules of ``data/words.toml`` in order, each with its patterns, and the names."""
    text = files("songwright.session.refine").joinpath("data/words.toml").read_text("utf-8")
    try:
        raw = tomllib.loads(text)
        rules = msgspec.convert(raw["rule"], list[Rule])
        names = msgspec.convert(raw["words"], Names)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"refine/data/words.toml: {error}") from error
    return tuple((r, tuple(_pattern(w) for w in r.words)) for r in rules), names


def _pattern(phrase: str) -> re.Pattern[str]:
    pieces = []
    for word in phrase.split():
        if word == "*":
            pieces.append(r"(?:\S+ ){0,4}?")
        elif word == "{interval}":
            pieces.append(_INTERVAL)
        elif word == "{text}":
            pieces.append(r"(?P<text>.+)$")
        elif word == "{points}":
            pieces.append(r"(?P<text>[\d.]+ ?: ?[\d.]+(?: +[\d.]+ ?: ?[\d.]+)*) ")
        else:
            pieces.append(re.escape(word).replace(r"\{n\}", _NUMBER).replace("{n}", _NUMBER) + " ")
    body = "".join(pieces)
    body = body[:-1] + r"(?![a-z0-9])" if body.endswith(" ") else body
    return re.compile(r"(?<![a-z0-9])" + body)


def claim_scope(reading: Clause, plan: Plan) -> None:
    """Claim the sections, bars and parts that a clause names."""
    names = rules_and_names()[1]
    while (found := _BARS.search(reading.text)) is not None:
        first = int(found[1])
        reading.bars.append((first - 1, int(found[2] or first)))
        reading.claim(*found.span())
    while (found := _SHARE.search(reading.text)) is not None:
        reading.bars.append(_bars_of_share(found, plan.bars))
        reading.claim(*found.span())
    for said, function in _section_words(plan, names):
        pattern = re.compile(
            r"(?:(?P<ordinal>"
            + "|".join(names.ordinals)
            + r") )?(?<![a-z])"
            + re.escape(said)
            + r"(?:e?s)?(?:[ #-](?P<number>\d+))?(?![a-z])"
        )
        while (found := pattern.search(reading.text)) is not None:
            number = names.ordinals.get(found["ordinal"] or "") or int(found["number"] or 0)
            name = f"{function}#{number}" if number else function
            if _sections(name, plan):
                reading.sections.append(name)
            else:
                reading.missing.append(found.group().strip())
            reading.claim(*found.span())
    _part_words(reading, plan, names)
    for level in LEVELS:
        found = re.search(rf"\b(?:in|of|only) the {level}\b", reading.text)
        if found is not None:
            reading.levels.append(level)
            reading.claim(*found.span())


def _bars_of_share(found: re.Match[str], bars: int) -> tuple[int, int]:
    """Bars, from and up to, of "second half", "last third", "first 4 bars" of a piece."""
    if found["end"] is not None:
        count = min(bars, int(found["count"] or 1))
        return (0, count) if found["end"] == "first" else (bars - count, bars)
    of = _SHARES[found["share"]]
    which = {"first": 0, "second": 1, "third": 2, "middle": of // 2}.get(found["which"], of - 1)
    which = min(which, of - 1)
    return round(bars * which / of), max(round(bars * (which + 1) / of), 1)


def _section_words(plan: Plan, names: Names) -> list[tuple[str, str]]:
    """What sections may be called, the longest names first."""
    from songwright.brief.model import SECTION_FUNCTIONS  # noqa: PLC0415 (only a table)

    said = {f.lower(): f.lower() for f in SECTION_FUNCTIONS if len(f) > 1}
    said |= names.sections
    said |= {s.id.lower(): s.id for s in plan.sections if len(s.id) > 1}
    said.pop("solo", None) if not any(s.function == "solo" for s in plan.sections) else None
    said |= {f"section {s.letter.lower()}": s.letter for s in plan.sections}
    return sorted(said.items(), key=lambda pair: -len(pair[0]))


def _part_words(reading: Clause, plan: Plan, names: Names) -> None:
    words = [m.span() for m in _WORD.finditer(reading.text)]
    i = 0
    while i < len(words):
        for count in range(min(_LONGEST, len(words) - i), 0, -1):
            start, end = words[i][0], words[i + count - 1][1]
            said = reading.text[start:end]
            if _BLANK in said or (count == 1 and said in names.filler):
                continue
            name = names.parts.get(said, said)
            if parts_called(name, plan):
                reading.parts.append(name)
                reading.claim(start, end)
                i += count - 1
                break
            word = vocabulary().phrases.get(said)
            if word is not None and word.instruments:
                reading.missing.append(said)
                reading.claim(start, end)
                i += count - 1
                break
        i += 1


def left_over(reading: Clause) -> list[str]:
    """What nobody claimed, neighbours joined."""
    filler = set(rules_and_names()[1].filler)
    left: list[str] = []
    previous = -2
    for match in _WORD.finditer(reading.text):
        if match.group() in filler:
            continue
        if left and match.start() == previous + 1:
            left[-1] += f" {match.group()}"
        else:
            left.append(match.group())
        previous = match.end()
    return left
