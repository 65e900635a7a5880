"""A line that is already written, as the other players hear it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from songwright.score import Note


@dataclass(frozen=True, slots=True)
class Tune:
    """Notes in order of onset with fast look-ups by time (ticks)."""

    notes: tuple[Note, ...]
    onsets: tuple[int, ...]
    longest: int

    @staticmethod
    def of(notes: Iterable[Note]) -> Tune:
        """Sort notes into a tune."""
        ordered = tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)))
        longest = max((n.duration_ticks for n in ordered), default=0)
        return Tune(ordered, tuple(n.onset_ticks for n in ordered), longest)

    def between(self, start: int, end: int) -> tuple[Note, ...]:
        """Notes that begin in ``start <= onset < end``."""
        return self.notes[bisect_left(self.onsets, start) : bisect_left(self.onsets, end)]

    def sounding(self, start: int, end: int) -> list[Note]:
        """Notes that sound at any moment of ``start <= t < end``."""
        first = bisect_right(self.onsets, start - self.longest)
        last = bisect_left(self.onsets, end)
        return [n for n in self.notes[max(0, first - 1) : last] if n.end_ticks > start]

    def at(self, tick: int) -> Note | None:
        """The highest note that sounds at a tick."""
        found = self.sounding(tick, tick + 1)
        return max(found, key=lambda n: n.pitch) if found else None

    def lowest(self, start: int, end: int) -> int | None:
        """Lowest pitch that sounds in ``start <= t < end``."""
        return min((n.pitch for n in self.sounding(start, end)), default=None)

    def highest(self, start: int, end: int) -> int | None:
        """Highest pitch that sounds in ``start <= t < end``."""
        return max((n.pitch for n in self.sounding(start, end)), default=None)

    def gaps(self, start: int, end: int, least: int) -> list[tuple[int, int]]:
        """Silences of at least ``least`` ticks within ``start..end``."""
        found, at = [], start
        for note in self.sounding(start, end):
            if note.onset_ticks - at >= least:
                found.append((at, note.onset_ticks))
            at = max(at, note.end_ticks)
        if end - at >= least:
            found.append((at, end))
        return found
