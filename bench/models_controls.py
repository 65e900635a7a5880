"""Soft controls: does more asked for give more? Spearman's rank correlation of asked and got.

Frames, families and ranges are those of held-out phrases; the control under test takes each of its
levels in every frame, the other wishes about the same quality stay open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from bench.models_cases import GrooveCase, HarmonyCase, LineCase
from bench.models_makers import complete, line_grammar
from songwright.models import grooves, lines, progressions
from songwright.models.decoder import Decoder
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.likeness import Sound, likeness
from songwright.models.progression_grammar import HarmonyGrammar
from songwright.models.sampling import Taste

TASTE = Taste(1.0, 0.98)
DENSITIES = (0.3, 0.6, 1.0, 1.5, 2.2, 3.0)
CONTOURS = ("falling", "flat", "rising")
LIKENESSES = (0.05, 0.25, 0.45, 0.6, 0.75, 0.9, 1.0)
STROKES = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0)
LOUDNESSES = (40.0, 55.0, 66.0, 78.0, 90.0, 105.0)
PACES = (0.3, 0.5, 1.0, 1.5, 2.0, 3.0)
SHARES = (0.0, 0.1, 0.25, 0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True)
class Control:
    """``each`` is over single samples, ``level`` over the means of the levels asked for."""

    model: str
    name: str
    samples: int
    each: float
    level: float
    means: tuple[float, ...]


def line_controls(
    model: str, decoder: Decoder, cases: Sequence[LineCase], seed: int
) -> list[Control]:
    """Density, contour and likeness of lines."""

    def sampled(wished: Sequence[LineCase], goes_on: bool = False) -> list[tuple[Sound, ...]]:
        grammars = [line_grammar(case, goes_on) for case in wished]
        done = complete(decoder, grammars, lines.LINE_FEATURES, TASTE, seed)
        return [g.line for g in done]

    def density(level: float) -> list[float]:
        wished = [_wished(c, density=level) for c in cases]
        made = zip(sampled(wished), cases, strict=True)
        return [lines.density_of(line, case.frame) for line, case in made]

    def rise(level: float) -> list[float]:
        wished = [_wished(c, contour=CONTOURS[int(level)]) for c in cases]
        return [_rise(line) for line in sampled(wished)]

    referred = [c for c in cases if c.before]

    def like(level: float) -> list[float]:
        wished = [replace(c, like=level) for c in referred]
        made = zip(sampled(wished, True), wished, strict=True)
        return [likeness(line, case.before, case.frame.bar_steps) for line, case in made]

    return [
        _control(model, "density", DENSITIES, density),
        _control(model, "contour", (0, 1, 2), rise),
        _control(model, "likeness", LIKENESSES, like),
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

    def sampled(**wishes: Any) -> list[GrooveGrammar]:
        grammars = []
        for case in cases:
            wish = replace(case.wish, density=None, loudness=None, fills=None, likeness=None)
            grammars.append(GrooveGrammar(replace(wish, **wishes), rules))
        return complete(decoder, grammars, grooves.GROOVE_FEATURES, TASTE, seed)

    def density(level: float) -> list[float]:
        return [grooves.density_of(g.drums, g.wish) for g in sampled(density=level)]

    def loudness(level: float) -> list[float]:
        return [float(np.mean([s.velocity for s in g.drums])) for g in sampled(loudness=level)]

    def steady(level: float) -> list[float]:
        made = sampled(likeness=level)
        return [grooves.bar_likeness(g.drums, g.wish.bar_steps, g.wish.bars) or 0.0 for g in made]

    return [
        _control("drums", "density", STROKES, density),
        _control("drums", "loudness", LOUDNESSES, loudness),
        _control("drums", "likeness of bars", (0.2, 0.4, 0.6, 0.8, 0.9, 1.0), steady),
    ]


def harmony_controls(decoder: Decoder, cases: Sequence[HarmonyCase], seed: int) -> list[Control]:
    """Chords to the bar, share of rich and of chromatic chords."""

    def sampled(**wishes: Any) -> list[HarmonyGrammar]:
        grammars = []
        for case in cases:
            wish = replace(case.wish, pace=None, richness=None, chromatic=None, loop=None)
            wish = replace(wish, last=None, goal=None)
            grammars.append(HarmonyGrammar(replace(wish, **wishes)))
        return complete(decoder, grammars, progressions.HARMONY_FEATURES, TASTE, seed)

    def pace(level: float) -> list[float]:
        return [len(g.chords) / g.wish.bars for g in sampled(pace=level)]

    def richness(level: float) -> list[float]:
        return [progressions.richness_of(g.chords) for g in sampled(richness=level)]

    def chromatic(level: float) -> list[float]:
        return [
            progressions.chromatic_of(g.chords, bool(g.wish.minor))
            for g in sampled(chromatic=level)
        ]

    return [
        _control("harmony", "pace", PACES, pace),
        _control("harmony", "richness", SHARES, richness),
        _control("harmony", "chromatic", SHARES[:5], chromatic),
    ]


def _control(
    model: str, name: str, levels: Sequence[float], got_at: Callable[[float], list[float]]
) -> Control:
    asked: list[float] = []
    got: list[float] = []
    means: list[float] = []
    for level in levels:
        values = got_at(level)
        asked += [level] * len(values)
        got += values
        means.append(float(np.mean(values)))
    return Control(
        model, name, len(got), _correlation(asked, got), _correlation(levels, means), tuple(means)
    )


def _correlation(asked: Sequence[float], got: Sequence[float]) -> float:
    """Spearman's rho; 0 if nothing varies."""
    if len(set(got)) < 2:
        return 0.0
    return float(spearmanr(asked, got).statistic)
