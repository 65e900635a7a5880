"""Stretches of a score in one metre, with every bar at its full length.

Notation cuts bars: an upbeat, a repeat in mid-bar, a volta. The normal form has whole bars only,
so pieces of bars are laid into whole ones: two neighbours that make up a bar are joined, an upbeat
goes to the end of an otherwise empty bar, any other short bar is followed by silence. Where many
bars would need silence, the music has no steady metre and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from songwright.theory import Meter

Ticks = npt.NDArray[np.int64]
LEAST_BARS = 4
_LONGEST_TICKS = 2880
_MOST_PADDED, _MOST_PADDED_SHARE = 2, 0.1


@dataclass(frozen=True)
class Stretch:
    """Bars of one metre.

    ``spans`` are (start, end) ticks in the source and the tick in the stretch to which the start
    goes, in order and without gaps in the source; ``bars`` is the count of whole bars.
    """

    meter: Meter
    bars: int
    spans: tuple[tuple[int, int, int], ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    def place(self, ticks: Ticks) -> Ticks:
        """Ticks of the stretch for ticks of the source (those outside go to its edges)."""
        sources = np.array([span[0] for span in self.spans], np.int64)
        targets = np.array([span[2] for span in self.spans], np.int64)
        inside = np.clip(ticks, self.start, self.end)
        at = np.clip(np.searchsorted(sources, inside, side="right") - 1, 0, None)
        placed: Ticks = targets[at] + inside - sources[at]
        return placed

    def place_ends(self, ticks: Ticks) -> Ticks:
        """As `place` for the ends of notes: an end on a bar line belongs to the bar before."""
        placed: Ticks = self.place(np.maximum(ticks - 1, 0)) + 1
        return placed


def stretches(bar_starts: Sequence[int], meters: Sequence[Meter]) -> list[Stretch]:
    """Divide a score where its metre changes.

    Parameters
    ----------
    bar_starts
        Tick of each bar line, and the end; one more than there are bars.
    meters
        Metre of each bar.

    Returns
    -------
    list of Stretch
        In order; those shorter than `LEAST_BARS` are left out.
    """
    found: list[Stretch] = []
    row: list[tuple[int, int]] = []
    meter: Meter | None = None
    for start, end, written in zip(bar_starts[:-1], bar_starts[1:], meters, strict=True):
        length = end - start
        here = _halved(written)
        fits = length <= here.bar_ticks or length % here.bar_ticks == 0
        if meter is not None and (here != meter or not fits):
            found += _laid(meter, row)
            row = []
        meter = here
        if fits and length > 0:
            row += [(at, min(at + here.bar_ticks, end)) for at in range(start, end, here.bar_ticks)]
    if meter is not None:
        found += _laid(meter, row)
    return found


def _halved(meter: Meter) -> Meter:
    """Half of a metre longer than six quarters, if it has one: 8/4 and 4/2 are two bars."""
    while meter.bar_ticks > _LONGEST_TICKS and meter.numerator % 2 == 0:
        meter = Meter(meter.numerator // 2, meter.denominator)
    return meter


def _laid(meter: Meter, row: list[tuple[int, int]]) -> list[Stretch]:
    """The stretch of a row of source bars, none of them longer than the metre."""
    whole, at, bar, padded = meter.bar_ticks, 0, 0, 0
    spans: list[tuple[int, int, int]] = []
    while at < len(row):
        start, end = row[at]
        length = end - start
        following = row[at + 1][1] - row[at + 1][0] if at + 1 < len(row) else 0
        if at and length < whole and following and length + following == whole:
            spans += [(start, end, bar * whole), (*row[at + 1], bar * whole + length)]
            at += 1
        elif length < whole and (at == 0 or 2 * length <= whole) and following:
            spans.append((start, end, (bar + 1) * whole - length))
            padded += at > 0
        else:
            spans.append((start, end, bar * whole))
            padded += length < whole and following > 0
        at += 1
        bar += 1
    steady = padded <= max(_MOST_PADDED, _MOST_PADDED_SHARE * bar)
    return [Stretch(meter, bar, tuple(spans))] if steady and bar >= LEAST_BARS else []
