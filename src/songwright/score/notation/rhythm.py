"""One bar of one voice as written symbols: note values, dots, triplets, ties and rests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from songwright.score.notation.bars import SHORTEST_TICKS, Bar
from songwright.score.notation.grid import CELL_TICKS
from songwright.score.notation.metretree import (
    Span,
    bar_tree,
    split_note,
    split_rest,
    triplet_tree,
)
from songwright.score.notation.voices import Slice, Tone
from songwright.units import TICKS_PER_BEAT

_BEAT = TICKS_PER_BEAT
_NORMAL_TYPE = {4 * _BEAT: "half", 2 * _BEAT: "quarter", _BEAT: "eighth", CELL_TICKS: "16th"}


@dataclass(frozen=True, slots=True)
class Triplet:
    """A bracket of three in the time of two that fills ``length`` ticks of the bar."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def normal_type(self) -> str:
        """Note type of which the triplet has three."""
        return _NORMAL_TYPE[self.length]


@dataclass(slots=True)
class Symbol:
    """One written chord or rest.

    ``onset`` is in ticks from the start of the bar, ``ticks`` the time it takes. A rest has no
    tones; ``whole_bar`` marks the rest that fills any bar. ``bracket`` is False where one beam
    already shows the extent of a triplet.
    """

    onset: int
    ticks: int
    type: str
    dots: int
    tones: tuple[Tone, ...] = ()
    triplet: Triplet | None = None
    whole_bar: bool = False
    beams: tuple[str, ...] = ()
    bracket: bool = True

    @property
    def end(self) -> int:
        return self.onset + self.ticks


def bar_symbols(bar: Bar, voice: Sequence[Slice]) -> list[Symbol]:
    """The symbols of one bar of a voice; they fill the bar exactly.

    Parameters
    ----------
    bar
        The bar.
    voice
        Slices that sound in it, in order; they may begin before it and end after it.
    """
    if not voice:
        return [Symbol(0, bar.length, "whole", 0, whole_bar=True)]
    segments: list[tuple[int, int, Slice | None]] = []
    at = 0
    for piece in voice:
        start = max(piece.start - bar.start, 0)
        end = min(piece.end - bar.start, bar.length)
        if start > at:
            segments.append((at, start, None))
        segments.append((start, end, piece))
        at = end
    if at < bar.length:
        segments.append((at, bar.length, None))
    tree = bar_tree(bar.meter, bar.length)
    layout = _layout(tree, tuple((a, b, piece is not None) for a, b, piece in segments))
    symbols = []
    for (_, _, sounding), cuts in zip(segments, layout, strict=True):
        for start, end, triplet, (kind, dots) in cuts:
            tones: tuple[Tone, ...] = ()
            if sounding is not None:
                before = bar.start + start > sounding.start
                after = bar.start + end < sounding.end
                tones = tuple(
                    Tone(t.note, t.tied_from or before, t.tied_to or after) for t in sounding.tones
                )
            symbols.append(Symbol(start, end - start, kind, dots, tones, triplet))
    return symbols


_Cut = tuple[int, int, Triplet | None, tuple[str, int]]


@lru_cache(maxsize=4096)
def _layout(tree: Span, segments: tuple[tuple[int, int, bool], ...]) -> tuple[list[_Cut], ...]:
    """Written pieces of each sounding (True) or silent segment of a bar."""
    triplets = triplets_of(tree, {t for a, b, _ in segments for t in (a, b)})
    result: list[list[_Cut]] = []
    for start, end, sounds in segments:
        cuts: list[_Cut] = []
        for a, b, triplet in _at_brackets(start, end, triplets):
            span = tree if triplet is None else triplet_tree(triplet.start, triplet.length)
            for c, d in (split_note if sounds else split_rest)(span, a, b):
                value = span.value(d - c)
                assert value is not None
                cuts.append((c, d, triplet, value))
        result.append(cuts)
    return tuple(result)


def triplets_of(tree: Span, boundaries: Iterable[int]) -> list[Triplet]:
    """The triplets that a voice needs in a bar, in order, without overlaps.

    Parameters
    ----------
    tree
        The bar.
    boundaries
        Onsets and ends in ticks from the start of the bar; each cell of 240 ticks uses one grid.
    """
    marks = sorted(set(boundaries))
    if all(t % SHORTEST_TICKS == 0 for t in marks):
        return []
    found: list[Triplet] = []
    _find(tree, marks, found)
    return found


def _find(span: Span, marks: list[int], found: list[Triplet]) -> None:
    inside = {t - span.start for t in marks if span.start < t < span.end}
    if all(t % SHORTEST_TICKS == 0 for t in inside):
        return
    if span.length == CELL_TICKS:
        found.append(Triplet(span.start, span.length))
        return
    halves = len(span.parts) == 2
    if halves and span.length == _BEAT and _one_bracket_for_beat(inside):
        found.append(Triplet(span.start, _BEAT))
        return
    if halves and span.length in (2 * _BEAT, 4 * _BEAT) and _wide_triplet(inside, span.length):
        found.append(Triplet(span.start, span.length))
        return
    parts = list(span.parts)
    while parts:
        # In triple metres a triplet of quarters may stand on any two beats in a row.
        if len(span.parts) == 3 and len(parts) > 1 and parts[0].length == _BEAT:
            start = parts[0].start
            pair = {t - start for t in marks if start < t < start + 2 * _BEAT}
            if _wide_triplet(pair, 2 * _BEAT):
                found.append(Triplet(start, 2 * _BEAT))
                parts = parts[2:]
                continue
        _find(parts.pop(0), marks, found)


def _one_bracket_for_beat(inside: set[int]) -> bool:
    """True for eighth triplets; False where each half of the beat is better on its own."""
    if any(t % 80 for t in inside):
        return False
    return CELL_TICKS not in inside or ({160, 320} <= inside and not {80, 400} & inside)


def _wide_triplet(inside: set[int], length: int) -> bool:
    """True when a triplet of quarters or halves over ``length`` ticks fits the boundaries."""
    third = length // 3
    thirds = inside & {third, 2 * third}
    if not thirds or length // 2 in inside:
        return False
    return inside == thirds or (len(thirds) == 2 and all(t % (third // 2) == 0 for t in inside))


def _at_brackets(
    start: int, end: int, triplets: list[Triplet]
) -> list[tuple[int, int, Triplet | None]]:
    """Cut a stretch at the ends of triplets and say which triplet each piece is in."""
    pieces: list[tuple[int, int, Triplet | None]] = []
    at = start
    for triplet in triplets:
        if triplet.end <= at or triplet.start >= end:
            continue
        if triplet.start > at:
            pieces.append((at, triplet.start, None))
            at = triplet.start
        stop = min(end, triplet.end)
        pieces.append((at, stop, triplet))
        at = stop
    if at < end:
        pieces.append((at, end, None))
    return pieces
