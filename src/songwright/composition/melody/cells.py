"""Cells: the motifs of a theme, and what happens to their pitches when they return."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from songwright.composition.melody.idioms import Spans
from songwright.theory import Key, Meter


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as sung: rhythm in ticks from its first bar line (an upbeat is negative), pitches."""

    spans: Spans
    pitches: tuple[int, ...]
    key: Key

    def head(self, length: int) -> Cell:
        """The notes that begin before ``length`` ticks."""
        count = max(1, sum(o < length for o, _ in self.spans))
        return Cell(self.spans[:count], self.pitches[:count], self.key)


@cache
def _ladder(key: Key) -> tuple[int, ...]:
    pcs = set(key.diatonic_pcs)
    return tuple(p for p in range(128) if p % 12 in pcs)


def moved(pitch: int, key: Key, steps: int) -> int:
    """A pitch so many steps of the key's scale away; chromatic notes keep their inflection."""
    ladder = _ladder(key)
    at = min(bisect_left(ladder, pitch), len(ladder) - 1)
    inflection = pitch - ladder[at]
    return ladder[min(max(at + steps, 0), len(ladder) - 1)] + inflection


def inverted(pitches: Sequence[int], key: Key) -> tuple[int, ...]:
    """The contour upside down around its first note, in steps of the scale."""
    ladder = _ladder(key)
    places = [min(bisect_left(ladder, p), len(ladder) - 1) for p in pitches]
    return tuple(moved(pitches[0], key, places[0] - place) for place in places)


def pitch_at(cell: Cell, onsets: Sequence[int]) -> list[int]:
    """Pitch of the cell at each onset: of the last note that had begun."""
    result = []
    for onset in onsets:
        begun = [p for (o, _), p in zip(cell.spans, cell.pitches, strict=True) if o <= onset]
        result.append(begun[-1] if begun else cell.pitches[0])
    return result


def thinned(cell: Cell, meter: Meter, count: int) -> Cell:
    """The cell with at most ``count`` notes: the weakest give their time to the note before."""
    spans, pitches = list(cell.spans), list(cell.pitches)
    while len(spans) > max(1, count):
        weakest = min(
            range(1, len(spans)),
            key=lambda i: (meter.strength(spans[i][0] % meter.bar_ticks), spans[i][1], -i),
        )
        onset, _ = spans[weakest - 1]
        end = spans[weakest][0] + spans[weakest][1]
        spans[weakest - 1] = (onset, end - onset)
        del spans[weakest], pitches[weakest]
    return Cell(tuple(spans), tuple(pitches), cell.key)
