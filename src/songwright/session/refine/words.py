"""Refinements in words: clauses to edits by the rules of ``data/words.toml``.

Each clause is read on its own: a rule says what to do, the rest of the clause where. What nobody
claims is told back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from songwright.brief.modulation import INTERVALS
from songwright.brief.vocabulary import vocabulary
from songwright.composition.plan import Plan
from songwright.errors import BriefError
from songwright.session.refine.clauses import (
    Clause,
    Rule,
    claim_scope,
    left_over,
    rules_and_names,
)
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.needs import OF_THE_TEXT, insertion_of, meets, meter_of

_CLAUSE = re.compile(r"[,;\n]| but | and then | then |\. |\.$|!")
_AND = re.compile(r" and | & ")
_PLACED = re.compile(r" (?:at|before|after) ")
_WHOLE = ("insert", "metre", "length", "ending", "intro")  # no scope is needed to say where


@dataclass(frozen=True, slots=True)
class Understood:
    """Edits in order, what is to be kept, and words that nobody understood."""

    edits: tuple[Edit, ...]
    keep: tuple[Scope, ...] = ()
    not_understood: tuple[str, ...] = ()


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
            reading = Clause(clause.lower())
            claim_scope(reading, plan)
            if last is not None and (reading.parts or reading.sections) and not left_over(reading):
                edit = Edit(last.kind, _scope_of(reading, last), last.amount, last.value)
            else:
                missed += left_over(reading) or [clause.strip()]
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
            reading = Clause(piece.lower().strip())
            claim_scope(reading, plan)
            alone = bool(reading.parts or reading.sections) and not left_over(reading)
            before = _read(current, plan)
            # Some need both sides: swap A and B, a bridge between A and B.
            pairs = before is not None and (before[1].kind == "swap" or " between " in current)
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
    for rule, patterns in rules_and_names()[0]:
        for pattern in patterns:
            match = pattern.search(lower)
            if match is None:
                continue
            groups = match.groupdict()
            said = clause[slice(*match.span("text"))].strip() if groups.get("text") else ""
            value = re.sub(r"[ ,]+please$", "", said, flags=re.IGNORECASE) or rule.value
            reading = Clause(lower)
            for start, end in _literal(match, lower):
                reading.claim(start, end)
            claim_scope(reading, plan)
            if reading.missing and not rule.needs.startswith(OF_THE_TEXT):
                # Doing it to the rest, or to everything, is not what was asked.
                return None, rule, [f"{m} (not in this piece)" for m in reading.missing]
            if rule.needs.startswith("insertion"):
                insertion = insertion_of(value, plan)
                if insertion is None:
                    continue
                if rule.needs.endswith("a place") and _PLACED.search(insertion[0]) is None:
                    continue  # "another chorus" alone is one in the place of the old one
                return Edit(rule.kind, Scope(), 0.0, insertion[0]), rule, insertion[1]
            if not meets(rule, reading, value):
                continue
            amount = rule.amount
            if groups.get("n"):
                amount = rule.scale * float(groups["n"])
            if groups.get("interval"):
                amount = rule.scale * INTERVALS[groups["interval"]]
            left = left_over(reading)
            if rule.needs == "meter":
                named = vocabulary().phrases.get(value.lower())
                if named is not None and named.style not in ("", plan.style):
                    left.append(f"{value} (only its metre; for its sound name a style, too)")
                value = str(meter_of(value))
            edit = Edit(rule.kind, _scope_of(reading, rule), amount, value)
            return edit, rule, left
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


def _scope_of(reading: Clause, rule: Rule) -> Scope:
    return Scope(
        tuple(dict.fromkeys(reading.sections)),
        tuple(dict.fromkeys(reading.parts)) or rule.parts,
        tuple(reading.bars), tuple(dict.fromkeys(reading.levels)),
    )  # fmt: skip


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
    if edit.kind in _WHOLE and edit.scope == Scope():
        return what
    return f"{what}: {edit.scope}"
