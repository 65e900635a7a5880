"""The blind tests of all four roles: learned, rules, and people against other people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from training.corpora.model import Piece

from bench.models_cases import (
    ACCOMPANIMENT,
    LEAD,
    GrooveCase,
    HarmonyCase,
    LineCase,
    groove_cases,
    harmony_cases,
    held_out,
    line_cases,
    spread,
)
from bench.models_groove_features import groove_features
from bench.models_harmony_features import harmony_features
from bench.models_line_features import line_features
from bench.models_makers import learned_chords, learned_grooves, learned_lines
from bench.models_ranked import CANDIDATES, Make, reranked
from bench.models_rules import rule_pieces
from bench.models_second_judge import ngrams, second_test
from bench.models_two_sample import Features, Verdict, blind_test, people_against_people
from songwright.models.decoder import Decoder
from songwright.models.sampling import Taste

LEARNED, BEST, GOES_ON, BEST_ON, RULES, PEOPLE = (
    "one draw", f"best of {CANDIDATES}", "one draw after a person's bars",
    f"best of {CANDIDATES} after a person's bars", "rules", "people against people",
)  # fmt: skip
SECOND = {kind: f"{kind}, second judge" for kind in (LEARNED, BEST, RULES)}
"""Lines are also judged by their n-grams (`bench.models_second_judge`)."""
_SESSIONS = {"drums": 400}
"""Drummers are few, so many stretches of each are taken."""


@dataclass(frozen=True)
class Role:
    """How a role is cut, described and made."""

    name: str
    model: str
    cases: Callable[[str, Piece], Any]
    features: Callable[[Any, Any], Features]
    written: Callable[[Any], Any]
    make: Make
    make_on: Make | None = None


def _line(line: Any, case: LineCase) -> Features:
    return line_features(line, case.frame, bool(case.wish.minor))


def _ngrams(made: Any, case: Any) -> Features:
    return ngrams(made, case.frame.bar_steps) if isinstance(case, LineCase) else {}


def _groove(strokes: Any, case: GrooveCase) -> Features:
    return groove_features(strokes, case.wish)


def _harmony(chords: Any, case: HarmonyCase) -> Features:
    return harmony_features(chords, case.wish)


def _meter(case: Any) -> tuple[str, int, int]:
    wish = case.frame if isinstance(case, LineCase) else case.wish
    return case.wish.family, wish.numerator, wish.denominator


ROLES = {
    role.name: role
    for role in (
        Role("melody", "melody", partial(line_cases, roles=LEAD), _line, lambda c: c.line,
             learned_lines, partial(learned_lines, goes_on=True)),
        Role("harmony", "harmony", harmony_cases, _harmony, lambda c: c.chords, learned_chords),
        Role("drums", "drums", groove_cases, _groove, lambda c: c.strokes, learned_grooves),
        Role("accompaniment", "parts", partial(line_cases, roles=ACCOMPANIMENT), _line,
             lambda c: c.line, learned_lines, partial(learned_lines, goes_on=True)),
    )
}  # fmt: skip


def verdicts(
    role: Role, decoder: Decoder, scratch: Path, count: int, taste: Taste, seed: int,
    rules: int = 24,
) -> dict[str, Verdict]:  # fmt: skip
    """All tests of a role. ``rules`` is the number of pieces that our rules write for it."""
    most = _SESSIONS.get(role.name, 8)
    cases = spread(held_out(scratch), role.cases, count, seed, most_of_a_work=most)
    works = [case.work for case in cases]
    human = [role.features(role.written(case), case) for case in cases]
    found: dict[str, Verdict] = {}
    grams = [_ngrams(role.written(case), case) for case in cases]
    makers: dict[str, Make | None] = {LEARNED: role.make, BEST: reranked(role.model, role.make)}
    if role.make_on is not None:
        makers |= {GOES_ON: role.make_on, BEST_ON: reranked(role.model, role.make_on)}
    for name, make in makers.items():
        if make is not None:
            made = make(decoder, cases, taste, seed)
            rows = [role.features(own, case) for own, case in zip(made, cases, strict=True)]
            found[name] = blind_test(human, works, rows, works)
            if name in SECOND and all(grams):
                theirs = [_ngrams(own, case) for own, case in zip(made, cases, strict=True)]
                found[SECOND[name]] = second_test(grams, works, theirs, works)
    if rules:
        pieces = rule_pieces(map(_meter, cases), rules, seed)
        ruled = spread(pieces, role.cases, count, seed, 40, 40)
        rows = [role.features(role.written(case), case) for case in ruled]
        ruled_works = [case.work for case in ruled]
        found[RULES] = blind_test(human, works, rows, ruled_works)
        if all(grams):
            theirs = [_ngrams(role.written(case), case) for case in ruled]
            found[SECOND[RULES]] = second_test(grams, works, theirs, ruled_works)
    if len(set(works)) >= 20:
        found[PEOPLE] = people_against_people(human, works)
    return found
