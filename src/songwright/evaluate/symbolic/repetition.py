"""Bars that come back: novelty, exact repeats, and whether the order of bars means anything.

The profile is this project's own; the order test compares each piece with the average over *all*
orders of its own bars, which needs no corpus and no random numbers.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Notes
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.structure import half_bar_chroma
from songwright.evaluate.tune import tune_of

BarContent = tuple[tuple[int, int], ...]
"""The tune of one bar: (sixteenth in the bar, pitch) of each onset."""


@once
def tune_bars(piece: Piece) -> tuple[BarContent, ...]:
    """The tune bar by bar; an empty tuple for a bar in which no note begins."""
    tune = tune_of(piece)
    slots = piece.slots_in_bar(tune)
    bars: list[list[tuple[int, int]]] = [[] for _ in range(piece.bars)]
    for bar, slot, pitch in zip(
        tune["bar"].tolist(), slots.tolist(), tune["pitch"].tolist(), strict=True
    ):
        bars[bar].append((slot, pitch))
    return tuple(tuple(bar) for bar in bars)


KINDS = ("exact", "transposed", "varied", "rhythm", "new")


@once
def repetition_profile(piece: Piece) -> tuple[tuple[int, str], ...]:
    """Each sounding bar of the tune with the first kind that applies.

    ``exact``: onsets and pitches of an earlier bar; ``transposed``: the same moved by an interval;
    ``varied``: its rhythm and direction of moves; ``rhythm``: only its rhythm; else ``new``.
    """
    seen: dict[str, set[object]] = {kind: set() for kind in KINDS}
    profile: list[tuple[int, str]] = []
    for number, bar in enumerate(tune_bars(piece)):
        if not bar:
            continue
        slots = tuple(slot for slot, _ in bar)
        pitches = [pitch for _, pitch in bar]
        moves = tuple(b - a for a, b in pairwise(pitches))
        shape = tuple((m > 0) - (m < 0) for m in moves)
        forms: dict[str, object] = {
            "exact": bar, "transposed": (slots, moves), "varied": (slots, shape), "rhythm": slots,
        }  # fmt: skip
        kind = next((k for k, form in forms.items() if form in seen[k]), "new")
        profile.append((number, kind))
        for name, form in forms.items():
            seen[name].add(form)
    return tuple(profile)


@measures("bar_novelty", "bar_repeat_exact", "bar_repeat_varied")
def bar_profile(piece: Piece) -> Findings:
    profile = repetition_profile(piece)
    if len(profile) < 4:
        raise NotDefined("the tune sounds in fewer than four bars")
    kinds = [kind for _, kind in profile]
    new = [(bar, bar + 1) for bar, kind in profile if kind == "new"]
    exact = [(bar, bar + 1) for bar, kind in profile if kind == "exact"]
    share = {kind: kinds.count(kind) / len(kinds) for kind in KINDS}
    yield Finding("bar_novelty", share["new"], new[:12], "bars with a rhythm not heard before")
    yield Finding("bar_repeat_exact", share["exact"], exact[:12], "bars heard before, note by note")
    varied = share["transposed"] + share["varied"] + share["rhythm"]
    yield Finding("bar_repeat_varied", varied)


@measures("bar_order", "bar_joins")
def bar_order(piece: Piece) -> Findings:
    """How far the order of bars is from chance: effect sizes, so that length does not matter."""
    if piece.notes.size < 16:
        raise NotDefined("there are fewer than sixteen pitched notes")
    joins = [found for part in range(len(piece.parts)) if (found := _joins(piece, part))]
    if not joins:
        raise NotDefined("no part has eight bars with notes in a row")
    smooth = sum(effect * count for effect, count in joins) / sum(count for _, count in joins)
    yield Finding("bar_joins", smooth)
    following = _succession(piece)
    if following is None:
        yield Finding("bar_order", None, why="fewer than eight bars sound")
        return
    yield Finding("bar_order", smooth + following)


def _joins(piece: Piece, part: int) -> tuple[float, int] | None:
    """How much smoother a part crosses its bar lines than any two of its bars would join.

    Returns the difference of mean leaps in standard deviations and the number of bar lines.
    """
    notes = piece.notes[piece.notes["part"] == part]
    if np.unique(notes["bar"]).size < 8:
        return None
    bars, first = np.unique(notes["bar"], return_index=True)
    begin, finish = _edge_pitches(notes, first)
    leap = np.minimum(np.abs(finish[:, None] - begin[None, :]), 12.0)
    follows = np.flatnonzero(np.diff(bars) == 1)
    if follows.size < 7:
        return None
    everyone = leap[~np.eye(len(bars), dtype=bool)]
    spread = float(everyone.std())
    if spread <= 0:
        return 0.0, follows.size
    actual = leap[follows, follows + 1]
    return float((everyone.mean() - actual.mean()) / spread), follows.size


def _edge_pitches(notes: Notes, first: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[
    Floats, Floats
]:  # fmt: skip
    """Mean pitch at the first and at the last onset of each bar."""
    last = np.append(first[1:], notes.size) - 1
    onset = notes["onset"]
    pitch = notes["pitch"].astype(np.float64)
    begin = np.array([pitch[a : b + 1][onset[a : b + 1] == onset[a]].mean()
                      for a, b in zip(first, last, strict=True)])  # fmt: skip
    finish = np.array([pitch[a : b + 1][onset[a : b + 1] == onset[b]].mean()
                       for a, b in zip(first, last, strict=True)])  # fmt: skip
    return begin, finish


def _succession(piece: Piece) -> float | None:
    """Do bars that are alike have followers that are alike? Correlation of the two over all pairs.

    In random order it is 0 on average.
    """
    chroma = half_bar_chroma(piece)
    chroma = chroma[: len(chroma) // 2 * 2].reshape(-1, 24)[:400]
    sounding = chroma.sum(axis=1) > 0
    bars = chroma[sounding]
    if len(bars) < 8:
        return None
    unit = bars / np.linalg.norm(bars, axis=1, keepdims=True)
    alike = unit @ unit.T
    upper = np.triu_indices(len(bars) - 1, 2)
    here = alike[:-1, :-1][upper]
    after = alike[1:, 1:][upper]
    if here.std() <= 1e-9 or after.std() <= 1e-9:
        return 0.0
    return float(np.corrcoef(here, after)[0, 1])
