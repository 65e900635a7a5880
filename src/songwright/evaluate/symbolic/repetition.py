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
    """How far the order of bars is from chance, in standard deviations."""
    if piece.notes.size < 16:
        raise NotDefined("there are fewer than sixteen pitched notes")
    joins = [z for part in range(len(piece.parts)) if (z := _join_z(piece, part)) is not None]
    if not joins:
        raise NotDefined("no part has eight bars with notes")
    smooth = float(np.sum(joins) / np.sqrt(len(joins)))
    yield Finding("bar_joins", smooth)
    diagonal = _diagonal_z(piece)
    if diagonal is None:
        yield Finding("bar_order", None, why="fewer than eight bars sound")
        return
    yield Finding("bar_order", float((smooth + diagonal) / np.sqrt(2.0)))


def _join_z(piece: Piece, part: int) -> float | None:
    """Smoothness of a part across its bar lines against all pairs of its bars."""
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
        return 0.0
    # A leap of nothing is no join but a repeated note; steps are what a line is made of.
    actual = leap[follows, follows + 1]
    return float((everyone.mean() - actual.mean()) / spread * np.sqrt(follows.size))


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


def _diagonal_z(piece: Piece) -> float | None:
    """Do bars that are alike have followers that are alike? Against all orders of the bars."""
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
    r = float(np.corrcoef(here, after)[0, 1])
    # Pairs are not independent: a matrix of n bars carries about n independent comparisons.
    return float(np.arctanh(np.clip(r, -0.999, 0.999)) * np.sqrt(len(bars)))
