"""Refinements in words: clauses to edits by the rules of ``data/words.toml``.

Each clause is read on its own: a rule says what to do, the rest of the clause where. What nobody
claims is told back.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.brief.vocabulary import vocabulary
from songwright.composition.plan import Plan
from songwright.composition.roles import roles
from songwright.errors import BriefError, StyleError
from songwright.score import instruments
from songwright.session.refine.model import LEVELS, Edit, Scope
from songwright.session.refine.scope import _parts, _sections
from songwright.styles import style_ids

_BLANK = "\ue000"
_CLAUSE = re.compile(r"[,;\n]| but | and then | then |\. |\.$|!")
_AND = re.compile(r" and | & ")
_NUMBER = r"(?P<n>\d+(?:\.\d+)?)"
_BARS = re.compile(r"\bbars? (\d+)(?: ?(?:-|to|until|through) ?(\d+))?")
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
class _Names:
    sections: dict[str, str]
    ordinals: dict[str, int]
    parts: dict[str, str]
    filler: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """Edits in order, what is to be kept, and words that nobody understood."""

    edits: tuple[Edit, ...]
    keep: tuple[Scope, ...] = ()
    not_understood: tuple[str, ...] = ()


@dataclass
class _Clause:
    """A clause being read: claimed characters are blanked."""

    text: str
    sections: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bars: list[tuple[int, int]] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def claim(self, start: int, end: int) -> None:
        self.text = self.text[:start] + _BLANK * (end - start) + self.text[end:]


@cache
def _data() -> tuple[tuple[tuple[Rule, tuple[re.Pattern[str], ...]], ...], _Names]:
    text = files("songwright.session.refine").joinpath("data/words.toml").read_text("utf-8")
    try:
        raw = tomllib.loads(text)
        rules = msgspec.convert(raw["rule"], list[Rule])
        names = msgspec.convert(raw["words"], _Names)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"refine/data/words.toml: {error}") from error
    return tuple((r, tuple(_pattern(w) for w in r.words)) for r in rules), names


def _pattern(phrase: str) -> re.Pattern[str]:
    pieces = []
    for word in phrase.split():
        if word == "*":
            pieces.append(r"(?:\S+ ){0,4}?")
        elif word == "{text}":
            pieces.append(r"(?P<text>.+)$")
        else:
            pieces.append(re.escape(word).replace(r"\{n\}", _NUMBER).replace("{n}", _NUMBER) + " ")
    body = "".join(pieces)
    body = body[:-1] + r"(?![a-z0-9])" if body.endswith(" ") else body
    return re.compile(r"(?<![a-z0-9])" + body)


def read_words(text: str, plan: Plan) -> Understood:
    """Read a request.

    Raises
    ------
    BriefError
        If it is too long to be one.
    """
    if len(text) > 4_000:
        raise BriefError(f"the request has {len(text)} characters; at most 4000 are read")
    lower = re.sub(r"[ \t]+", " ", text.strip())
    edits: list[Edit] = []
    keep: list[Scope] = []
    missed: list[str] = []
    last: Rule | None = None
    for clause in _clauses(lower, plan):
        found = _read(clause, plan)
        if found is None:
            reading = _Clause(clause.lower())
            _scope(reading, plan)
            if last is not None and (reading.parts or reading.sections) and not _left(reading):
                edit = Edit(last.kind, _scope_of(reading, last), last.amount, last.value)
            else:
                missed += _left(reading) or [clause.strip()]
                missed += reading.missing
                continue
        else:
            wanted, last, left = found
            missed += left
            if wanted is None:
                continue
            edit = wanted
        if edit.kind == "keep":
            keep.append(edit.scope)
        else:
            edits.append(edit)
    return Understood(tuple(edits), tuple(keep), tuple(dict.fromkeys(missed)))


def _clauses(text: str, plan: Plan) -> Iterator[str]:
    """Clauses; "and" parts two only where both sides say something of their own."""
    for clause in _CLAUSE.split(text):
        pieces = _AND.split(clause)
        current = pieces[0]
        for piece in pieces[1:]:
            reading = _Clause(piece.lower().strip())
            _scope(reading, plan)
            alone = bool(reading.parts or reading.sections) and not _left(reading)
            before = _read(current, plan)
            pairs = before is not None and before[1].kind == "swap"  # it needs both
            if not pairs and (_read(piece, plan) is not None or alone):
                if current.strip():
                    yield current.strip()
                current = piece
            else:
                current += f" and {piece}"
        if current.strip():
            yield current.strip()


def _read(clause: str, plan: Plan) -> tuple[Edit | None, Rule, list[str]] | None:
    """The edit of a clause, its rule, and the words left over; None if no rule is for it."""
    lower = clause.lower()
    for rule, patterns in _data()[0]:
        for pattern in patterns:
            match = pattern.search(lower)
            if match is None:
                continue
            groups = match.groupdict()
            value = clause[match.start("text") :].strip() if groups.get("text") else rule.value
            reading = _Clause(lower)
            for start, end in _literal(match, lower):
                reading.claim(start, end)
            _scope(reading, plan)
            if reading.missing and not rule.needs.startswith(("instrument", "chart")):
                # Doing it to the rest, or to everything, is not what was asked.
                return None, rule, [f"{m} (not in this piece)" for m in reading.missing]
            if not _meets(rule, reading, value):
                continue
            amount = rule.amount
            if groups.get("n"):
                amount = rule.scale * float(groups["n"])
            edit = Edit(rule.kind, _scope_of(reading, rule), amount, value)
            return edit, rule, _left(reading)
    return None


def _literal(match: re.Match[str], text: str) -> list[tuple[int, int]]:
    """The claimed characters of a match: all but what its wildcards hold."""
    phrase = match.re.pattern
    if r"(?:\S+ ){0,4}?" not in phrase:
        return [match.span()]
    first, _, rest = phrase.partition(r"(?:\S+ ){0,4}?")
    head = re.compile(first).match(text, match.start())
    head_end = head.end() if head is not None else match.start()
    for at in range(head_end, match.end()):  # the shortest tail that still matches
        tail = re.compile(rest).match(text, at)
        if tail is not None and tail.end() == match.end():
            return [(match.start(), head_end), (at, match.end())]
    return [match.span()]


def _meets(rule: Rule, reading: _Clause, value: str) -> bool:
    match rule.needs:
        case "part":
            return bool(reading.parts)
        case "section":
            return bool(reading.sections or reading.bars) and not reading.parts
        case "part or section":
            return bool(reading.parts or reading.sections or reading.bars)
        case "instrument":
            return _is_player(value)
        case "chart":
            return _is_chart(value)
        case "key":
            return _is_key(value)
        case "style":
            word = vocabulary().phrases.get(value.lower())
            return value.lower().replace(" ", "_") in style_ids() or bool(word and word.style)
        case _:
            return True


def _is_player(text: str) -> bool:
    name = text.lower().strip()
    word = vocabulary().phrases.get(name)
    slug = name.replace(" ", "_")
    return slug in instruments() or slug in roles() or bool(word and word.instruments)


def _is_chart(text: str) -> bool:
    from songwright.brief.chart import parse_chart  # noqa: PLC0415 (seldom)

    try:
        return bool(parse_chart(text))
    except (BriefError, ValueError):
        return False


def _is_key(text: str) -> bool:
    from songwright.brief import understand  # noqa: PLC0415 (seldom)

    try:
        return understand("", {"key": text}).key is not None
    except BriefError:
        return False


def _scope_of(reading: _Clause, rule: Rule) -> Scope:
    return Scope(
        tuple(dict.fromkeys(reading.sections)),
        tuple(dict.fromkeys(reading.parts)) or rule.parts,
        tuple(reading.bars), tuple(dict.fromkeys(reading.levels)),
    )  # fmt: skip


def _scope(reading: _Clause, plan: Plan) -> None:
    """Claim the sections, bars and parts that a clause names."""
    names = _data()[1]
    while (found := _BARS.search(reading.text)) is not None:
        first = int(found[1])
        reading.bars.append((first - 1, int(found[2] or first)))
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


def _section_words(plan: Plan, names: _Names) -> list[tuple[str, str]]:
    """What sections may be called, the longest names first."""
    from songwright.brief.model import SECTION_FUNCTIONS  # noqa: PLC0415 (only a table)

    said = {f.lower(): f.lower() for f in SECTION_FUNCTIONS if len(f) > 1}
    said |= names.sections
    said |= {s.id.lower(): s.id for s in plan.sections if len(s.id) > 1}
    said.pop("solo", None) if not any(s.function == "solo" for s in plan.sections) else None
    said |= {f"section {s.letter.lower()}": s.letter for s in plan.sections}
    return sorted(said.items(), key=lambda pair: -len(pair[0]))


def _part_words(reading: _Clause, plan: Plan, names: _Names) -> None:
    words = [m.span() for m in _WORD.finditer(reading.text)]
    i = 0
    while i < len(words):
        for count in range(min(_LONGEST, len(words) - i), 0, -1):
            start, end = words[i][0], words[i + count - 1][1]
            said = reading.text[start:end]
            if _BLANK in said or (count == 1 and said in names.filler):
                continue
            name = names.parts.get(said, said)
            if _parts(name, plan):
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


def _left(reading: _Clause) -> list[str]:
    """What nobody claimed, neighbours joined."""
    filler = set(_data()[1].filler)
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


def shown(edit: Edit) -> str:
    """An edit in words, for the echo."""
    what = edit.kind
    if edit.value:
        what += f" {edit.value}"
    if edit.amount:
        what += (
            f" {edit.amount:+g}"
            if edit.kind not in ("tempo", "length", "swing")
            else (f" {edit.amount:g}")
        )
    if edit.given:
        what += f" ({', '.join(p.id for p in edit.given)})"
    return f"{what}: {edit.scope}"
