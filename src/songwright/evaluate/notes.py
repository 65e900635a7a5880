"""Notes as one NumPy table: every metric works on these columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from songwright.score import Part, Score, TimeMap

if TYPE_CHECKING:
    from songwright.perform.model import Performance, PlayedNote

Notes = npt.NDArray[np.void]
Ticks = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NOTE = np.dtype(
    [
        ("onset", np.int64),  # ticks from the start of the piece, as written
        ("end", np.int64),
        ("pitch", np.int16),
        ("velocity", np.int16),  # as played where a performance is known, else as written
        ("part", np.int16),  # index into the parts of the piece
        ("bar", np.int32),  # bar of the onset, 0-based
        ("seconds", np.float64),  # written onset by the tempo map
        ("late", np.float64),  # played minus written onset in seconds, NaN where not known
    ]
)

_EARLY_TICKS = 59
_MATCH_SECONDS = 0.25
"""A played note further than this from its written place is another note (a strum, a fill)."""


def bar_starts_of(times: TimeMap, bars: int) -> Ticks:
    """Tick at which each of the bars and the end begin, shape (bars + 1,)."""
    return np.fromiter((times.bar_start(b) for b in range(bars + 1)), np.int64, bars + 1)


def seconds_of(times: TimeMap, ticks: Ticks) -> Floats:
    """Seconds of many ticks through the tempo map."""
    anchors = np.asarray(times.tempo_ticks, np.float64)
    at = np.clip(np.searchsorted(anchors, ticks, side="right") - 1, 0, None)
    base = np.asarray(times.tempo_seconds)[at]
    rate = np.asarray(times.seconds_per_tick)[at]
    seconds: Floats = base + (ticks - anchors[at]) * rate
    return seconds


def table_of(
    score: Score, times: TimeMap, bar_starts: Ticks, performance: Performance | None
) -> Notes:
    """All notes of a score, sorted by onset, pitch and part."""
    count = sum(len(part.notes) for part in score.parts)
    notes = np.zeros(count, NOTE)
    notes["late"] = np.nan
    filled = 0
    played = {part.id: part.notes for part in performance.parts} if performance else {}
    for number, part in enumerate(score.parts):
        rows = notes[filled : filled + len(part.notes)]
        filled += len(part.notes)
        if not part.notes:
            continue
        _fill(rows, part, number)
        rows["seconds"] = seconds_of(times, rows["onset"])
        if part.id in played:
            _match(rows, played[part.id])
    # A player's early downbeat belongs to the bar it opens.
    early = notes["onset"] + _EARLY_TICKS
    notes["bar"] = np.searchsorted(bar_starts[:-1], early, side="right") - 1
    order = np.lexsort((notes["part"], notes["pitch"], notes["onset"]))
    ordered: Notes = notes[order]
    return ordered


def _fill(rows: Notes, part: Part, number: int) -> None:
    values = np.array(
        [(n.onset_ticks, n.onset_ticks + n.duration_ticks, n.pitch, n.velocity)
         for n in part.notes], np.int64,
    )  # fmt: skip
    rows["onset"], rows["end"] = values[:, 0], np.maximum(values[:, 1], values[:, 0] + 1)
    rows["pitch"], rows["velocity"] = values[:, 2], values[:, 3]
    rows["part"] = number


def _match(rows: Notes, played: Sequence[PlayedNote]) -> None:
    """Give written notes the timing and velocity of the nearest played note of their pitch."""
    if not played:
        return
    table = np.array([(n.pitch, n.onset_seconds, n.velocity) for n in played], np.float64)
    for pitch in np.unique(rows["pitch"]):
        mine = table[table[:, 0] == pitch]
        if mine.size == 0:
            continue
        mine = mine[np.argsort(mine[:, 1], kind="stable")]
        here = np.flatnonzero(rows["pitch"] == pitch)
        written = rows["seconds"][here]
        right = np.clip(np.searchsorted(mine[:, 1], written), 0, len(mine) - 1)
        left = np.maximum(right - 1, 0)
        nearer_left = np.abs(mine[left, 1] - written) <= np.abs(mine[right, 1] - written)
        nearest = np.where(nearer_left, left, right)
        late = mine[nearest, 1] - written
        close = np.abs(late) <= _MATCH_SECONDS
        rows["late"][here] = np.where(close, late, np.nan)
        rows["velocity"][here] = np.where(
            close, mine[nearest, 2].astype(np.int16), rows["velocity"][here]
        )
