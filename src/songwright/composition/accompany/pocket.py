"""The pocket: which of its ideas the bass plays so that it meets the kick drum."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Stage

Idea = Sequence[Sequence[Hit]]
"""A rhythm over one bar or several, in ticks from the start of each bar."""

_TASTE = 0.2
"""How much better an idea has to agree before it beats the one that the letter would like."""


def strokes_in(stage: Stage, bar: Bar) -> list[int]:
    """Onsets of the kick in a bar, in ticks of the piece."""
    return sorted({n.onset_ticks for n in stage.kick.between(bar.start, bar.end)})


def agreement(stage: Stage, bars: Sequence[Bar], idea: Idea) -> float:
    """How well the strikes of an idea and the kick meet in a section, 0..1.

    The harmonic mean of the shares of notes on a stroke and of strokes with a note (F-measure of
    information retrieval; van Rijsbergen 1979), over the bars of the section.
    """
    played: set[int] = set()
    strokes: set[int] = set()
    for bar in bars:
        strokes |= set(strokes_in(stage, bar))
        for hit in idea[bar.phrase_place % len(idea)]:
            if not hit.held and hit.symbol != "x":
                played.add(bar.start + hit.start)
    if not played or not strokes:
        return 0.0
    return 2 * len(played & strokes) / (len(played) + len(strokes))


def together(stage: Stage, bars: Sequence[Bar], ideas: Sequence[Idea]) -> int:
    """Index of the idea that goes best with the kick; near ties are decided by the letter."""
    rng = stage.idea(bars[0], "with the kick")
    price = [agreement(stage, bars, idea) + _TASTE * rng.random() for idea in ideas]
    return max(range(len(ideas)), key=price.__getitem__)
