"""The pocket: which of its ideas the bass plays so that it meets the kick drum."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Stage

Played = Sequence[Sequence[Hit]]
"""What an idea strikes in each bar of a section, in ticks from the start of the bar."""

_TASTE = 0.2
"""How much better an idea has to agree before it beats the one that the letter would like."""


def strokes_in(stage: Stage, bar: Bar) -> list[int]:
    """Onsets of the kick in a bar, in ticks of the piece."""
    return sorted({n.onset_ticks for n in stage.kick.between(bar.start, bar.end)})


def agreement(stage: Stage, bars: Sequence[Bar], played: Played) -> float:
    """How well the strikes of an idea and the kick meet in a section, 0..1.

    The harmonic mean of the shares of notes on a stroke and of strokes with a note (F-measure of
    information retrieval; van Rijsbergen 1979), over the bars of the section.
    """
    onsets: set[int] = set()
    strokes: set[int] = set()
    for bar, hits in zip(bars, played, strict=True):
        strokes |= set(strokes_in(stage, bar))
        onsets |= {bar.start + h.start for h in hits if not h.held and h.symbol != "x"}
    if not onsets or not strokes:
        return 0.0
    return 2 * len(onsets & strokes) / (len(onsets) + len(strokes))


def together(stage: Stage, bars: Sequence[Bar], ideas: Sequence[Played]) -> int:
    """Index of the idea that goes best with the kick; near ties are decided by the letter."""
    rng = stage.idea(bars[0], "with the kick")
    price = [agreement(stage, bars, played) + _TASTE * rng.random() for played in ideas]
    return max(range(len(ideas)), key=price.__getitem__)
