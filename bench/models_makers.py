"""The learned makers on the stretches of `bench.models_cases`: same frames, same wishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bench.models_cases import GrooveCase, HarmonyCase, LineCase
from songwright.models.decoder import Decoder
from songwright.models.features import FeatureSpace
from songwright.models.grid import HIGHEST, LOWEST
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.grooves import GROOVE_FEATURES, Stroke
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.lines import LINE_FEATURES, Harmony
from songwright.models.progression_grammar import HarmonyGrammar, HarmonyRules
from songwright.models.progressions import HARMONY_FEATURES
from songwright.models.sampling import Grammar, Taste, sample
from songwright.seeds import rng

ROWS = 32
_MONOPHONIC = frozenset(("lead", "counter", "bass", "arp", "inner"))
_G = TypeVar("_G", bound=Grammar)


def complete(
    decoder: Decoder,
    grammars: Sequence[_G],
    space: FeatureSpace,
    taste: Taste,
    seed: int,
    rows: int = ROWS,
) -> list[_G]:
    """Sample all grammars to their ends, ``rows`` side by side; the same ones, completed."""
    for first in range(0, len(grammars), rows):
        some = grammars[first : first + rows]
        generators = [rng(seed, "case", first + i) for i in range(len(some))]
        sample(decoder, some, generators, space.offsets, taste)
    return list(grammars)


def learned_lines(
    decoder: Decoder, cases: Sequence[LineCase], taste: Taste, seed: int, goes_on: bool = False
) -> list[tuple[Sound, ...]]:
    """A line for each case; with ``goes_on`` the person's bars before it are the reference."""
    grammars = [line_grammar(case, goes_on) for case in cases]
    return [g.line for g in complete(decoder, grammars, LINE_FEATURES, taste, seed)]


def line_grammar(case: LineCase, goes_on: bool) -> LineGrammar:
    """The grammar of a case: its range is a hard bound, its wish what the network is told."""
    wish = case.wish
    voices = 1 if wish.role in _MONOPHONIC else 6
    rules = LineRules(
        low=LOWEST if wish.low is None else wish.low,
        high=HIGHEST if wish.high is None else wish.high, voices=voices,
        least_onsets=1, most_repeats=64,
    )  # fmt: skip
    if not (goes_on and case.before):
        return LineGrammar(case.frame, wish, rules)
    return LineGrammar(
        case.frame, replace(wish, likeness=case.like), rules,
        case.before, case.before_frame, case.before_wish,
    )  # fmt: skip


def learned_grooves(
    decoder: Decoder, cases: Sequence[GrooveCase], taste: Taste, seed: int
) -> list[tuple[Stroke, ...]]:
    """Drums for each case."""
    grammars = [
        GrooveGrammar(case.wish, GrooveRules(least_strokes=1, most_strokes=170)) for case in cases
    ]
    return [g.drums for g in complete(decoder, grammars, GROOVE_FEATURES, taste, seed)]


def humanised(
    decoder: Decoder, cases: Sequence[GrooveCase], taste: Taste, seed: int
) -> list[tuple[Stroke, ...]]:
    """The person's strokes of each case with sampled touch and timing."""
    grammars = [GrooveGrammar(case.wish, GrooveRules(pattern=case.strokes)) for case in cases]
    return [g.drums for g in complete(decoder, grammars, GROOVE_FEATURES, taste, seed)]


def learned_chords(
    decoder: Decoder, cases: Sequence[HarmonyCase], taste: Taste, seed: int
) -> list[tuple[Harmony, ...]]:
    """Chords for each case."""
    grammars = [HarmonyGrammar(case.wish, HarmonyRules()) for case in cases]
    return [g.chords for g in complete(decoder, grammars, HARMONY_FEATURES, taste, seed)]
