"""Soft controls: does more asked for give more? Spearman's rank correlation of asked and got.

Frames, families and ranges are those of held-out phrases; the control under test takes each of its
levels in every frame, the other wishes about the same quality stay open. Each is measured on one
draw and on the best of several (`songwright.models.wishes`), which costs as many times the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from bench.models_cases import GrooveCase, HarmonyCase, LineCase
from bench.models_makers import complete, line_grammar
from bench.models_ranked import CANDIDATES
from songwright.models import grooves, lines, progressions
from songwright.models.decoder import Decoder
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.likeness import Sound, likeness
from songwright.models.line_grammar import LineGrammar
from songwright.models.progression_grammar import HarmonyGrammar
from songwright.models.sampling import Taste
from songwright.models.variation import aims, varied
from songwright.models.wishes import groove_miss, harmony_miss, line_miss

TASTE = Taste(1.0, 0.98)
DENSITIES = (0.3, 0.6, 1.0, 1.5, 2.2, 3.0)
CONTOURS = ("falling", "flat", "rising")
LIKENESSES = (0.05, 0.25, 0.45, 0.6, 0.75, 0.9, 1.0)
STROKES = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0)
LOUDNESSES = (40.0, 55.0, 66.0, 78.0, 90.0, 105.0)
PACES = (0.3, 0.5, 1.0, 1.5, 2.0, 3.0)
SHARES = (0.0, 0.1, 0.25, 0.5, 0.7, 0.9)


Drawn = list[tuple[float, float]]
"""What each case got, and how far that is from the wish."""


@dataclass(frozen=True, slots=True)
class Control:
    """``each`` is over single samples, ``level`` over the means of the levels asked for.

    ``each_best`` and ``level_best`` are those of the best of `CANDIDATES` draws, ``means`` what
    these got on average by level.
    """

    model: str
    name: str
    samples: int
    each: float
    level: float
    each_best: float
    level_best: float
    means: tuple[float, ...]


def line_controls(
    model: str, decoder: Decoder, cases: Sequence[LineCase], seed: int
) -> list[Control]:
    """Density, contour and likeness of lines; likeness also where it is built."""

    def made(grammars: list[LineGrammar], number: int) -> list[tuple[Sound, ...]]:
        done = complete(decoder, grammars, lines.LINE_FEATURES, TASTE, seed + 1000 * number)
        return [grammar.line for grammar in done]

    def density(level: float, number: int) -> Drawn:
        wished = [_wished(case, density=level) for case in cases]
        done = made([line_grammar(case, False) for case in wished], number)
        return [
            (lines.density_of(line, case.frame), line_miss(line, case.frame, case.wish))
            for line, case in zip(done, wished, strict=True)
        ]

    def rise(level: float, number: int) -> Drawn:
        wished = [_wished(case, contour=CONTOURS[int(level)]) for case in cases]
        done = made([line_grammar(case, False) for case in wished], number)
        return [
            (_rise(line), line_miss(line, case.frame, case.wish))
            for line, case in zip(done, wished, strict=True)
        ]

    referred = [case for case in cases if case.before]

    def alike(grammars: list[LineGrammar], level: float, number: int) -> Drawn:
        got = [
            likeness(line, case.before, case.frame.bar_steps)
            for line, case in zip(made(grammars, number), referred, strict=True)
        ]
        return [(like, abs(like - level)) for like in got]

    def wished_like(level: float, number: int) -> Drawn:
        told = [line_grammar(replace(case, like=level), True) for case in referred]
        return alike(told, level, number)

    def built_like(level: float, number: int) -> Drawn:
        told = []
        for case in referred:
            grammar = line_grammar(replace(case, like=level), True)
            pitches = [sound.pitch for sound in case.before]  # a theme brings its own range along
            rules = replace(
                grammar.rules, low=min(grammar.rules.low, *pitches),
                high=max(grammar.rules.high, *pitches),
            )  # fmt: skip
            aim = aims(level, CANDIDATES)[number]
            told.append(replace(grammar, rules=varied(rules, case.frame, case.before, aim)))
        return alike(told, level, number)

    return [
        _control(model, "density", DENSITIES, density),
        _control(model, "contour", (0, 1, 2), rise),
        _control(model, "likeness, wished", LIKENESSES, wished_like),
        _control(model, "likeness, built", LIKENESSES, built_like),
    ]


def _wished(case: LineCase, **wishes: Any) -> LineCase:
    open_wish = replace(case.wish, density=None, contour="", goal=None, ends=None)
    return replace(case, wish=replace(open_wish, **wishes))


def _rise(line: Sequence[Sound]) -> float:
    """Mean pitch of the last third of the notes above that of the first."""
    pitches = [s.pitch for s in sorted(line)]
    third = max(1, round(len(pitches) / 3))
    return float(np.mean(pitches[-third:]) - np.mean(pitches[:third]))


def groove_controls(decoder: Decoder, cases: Sequence[GrooveCase], seed: int) -> list[Control]:
    """Density and loudness of drums, and how like each bar is to the one before."""

    rules = GrooveRules(least_strokes=1, most_strokes=170)

    def drawn(
        measure: Callable[[GrooveGrammar], float], number: int, **wishes: Any
    ) -> Drawn:  # fmt: skip
        grammars = []
        for case in cases:
            wish = replace(case.wish, density=None, loudness=None, fills=None, likeness=None)
            grammars.append(GrooveGrammar(replace(wish, **wishes), rules))
        done = complete(decoder, grammars, grooves.GROOVE_FEATURES, TASTE, seed + 1000 * number)
        return [(measure(g), groove_miss(g.drums, g.wish)) for g in done]

    def density(level: float, number: int) -> Drawn:
        return drawn(lambda g: grooves.density_of(g.drums, g.wish), number, density=level)

    def loudness(level: float, number: int) -> Drawn:
        return drawn(lambda g: float(np.mean([s.velocity for s in g.drums])), number,
                     loudness=level)  # fmt: skip

    def steady(level: float, number: int) -> Drawn:
        return drawn(
            lambda g: grooves.bar_likeness(g.drums, g.wish.bar_steps, g.wish.bars) or 0.0,
            number, likeness=level,
        )  # fmt: skip

    return [
        _control("drums", "density", STROKES, density),
        _control("drums", "loudness", LOUDNESSES, loudness),
        _control("drums", "likeness of bars", (0.2, 0.4, 0.6, 0.8, 0.9, 1.0), steady),
    ]


def harmony_controls(decoder: Decoder, cases: Sequence[HarmonyCase], seed: int) -> list[Control]:
    """Chords to the bar, share of rich and of chromatic chords."""

    def drawn(
        measure: Callable[[HarmonyGrammar], float], number: int, **wishes: Any
    ) -> Drawn:  # fmt: skip
        grammars = []
        for case in cases:
            wish = replace(case.wish, pace=None, richness=None, chromatic=None, loop=None)
            wish = replace(wish, last=None, goal=None)
            grammars.append(HarmonyGrammar(replace(wish, **wishes)))
        done = complete(
            decoder, grammars, progressions.HARMONY_FEATURES, TASTE, seed + 1000 * number
        )
        return [(measure(g), harmony_miss(g.chords, g.wish)) for g in done]

    def pace(level: float, number: int) -> Drawn:
        return drawn(lambda g: len(g.chords) / g.wish.bars, number, pace=level)

    def richness(level: float, number: int) -> Drawn:
        return drawn(lambda g: progressions.richness_of(g.chords), number, richness=level)

    def chromatic(level: float, number: int) -> Drawn:
        return drawn(
            lambda g: progressions.chromatic_of(g.chords, bool(g.wish.minor)), number,
            chromatic=level,
        )  # fmt: skip

    return [
        _control("harmony", "pace", PACES, pace),
        _control("harmony", "richness", SHARES, richness),
        _control("harmony", "chromatic", SHARES[:5], chromatic),
    ]


def _control(
    model: str, name: str, levels: Sequence[float], drawn: Callable[[float, int], Drawn]
) -> Control:
    asked: list[float] = []
    once: list[float] = []
    kept: list[float] = []
    means: list[tuple[float, float]] = []
    for level in levels:
        draws = [drawn(level, number) for number in range(CANDIDATES)]
        single = [value for value, _ in draws[0]]
        nearest = [min(case, key=lambda pair: pair[1])[0] for case in zip(*draws, strict=True)]
        asked += [level] * len(single)
        once += single
        kept += nearest
        means.append((float(np.mean(single)), float(np.mean(nearest))))
    singles, bests = zip(*means, strict=True)
    return Control(
        model, name, len(once), _correlation(asked, once), _correlation(levels, singles),
        _correlation(asked, kept), _correlation(levels, bests), tuple(bests),
    )  # fmt: skip


def _correlation(asked: Sequence[float], got: Sequence[float]) -> float:
    """Spearman's rho; 0 if nothing varies."""
    if len(set(got)) < 2:
        return 0.0
    return float(spearmanr(asked, got).statistic)
