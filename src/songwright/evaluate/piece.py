"""The normal form of a piece: what every symbolic metric reads.

`piece_of` brings any `Score` (from Songwright, from MIDI, from MusicXML) into arrays: notes, bars,
the tune, the chords, the key. What the file does not say is inferred from the notes, and the piece
remembers which is which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from songwright import palette
from songwright.evaluate.notes import Floats, Notes, Ticks, bar_starts_of, seconds_of, table_of
from songwright.score import Part, Score, SectionMark, ThemeUse, TimeMap, instrument
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT

if TYPE_CHECKING:
    from songwright.perform.model import Performance

T = TypeVar("T")

SLOT_TICKS = TICKS_PER_BEAT // 4
"""The rhythmic grid of all metrics whose name ends in ``_16``: a sixteenth."""


@dataclass(frozen=True, slots=True)
class PartFacts:
    """Who plays a part. ``is_kit``: pitches are drum keys."""

    id: str
    name: str
    role: str
    instrument: str
    is_kit: bool
    staff_group: str


@dataclass(frozen=True)
class Piece:
    """A piece as arrays.

    Attributes
    ----------
    notes, drums
        Pitched notes and drum strokes (dtype `songwright.evaluate.notes.NOTE`), by onset.
    bar_starts
        Tick of each bar line, the last one being the end; shape (bars + 1,).
    bar_lines_seconds
        The same in seconds.
    meters
        Metre of each bar.
    sections
        As marked in the score; empty when unknown.
    plan_energy
        Planned energy 0..1 of each bar, or None.
    """

    title: str
    parts: tuple[PartFacts, ...]
    notes: Notes
    drums: Notes
    bar_starts: Ticks
    bar_lines_seconds: Floats
    meters: tuple[Meter, ...]
    sections: tuple[SectionMark, ...]
    themes: tuple[ThemeUse, ...]
    given_chords: tuple[tuple[int, int, int, int, tuple[int, ...]], ...]
    tempo_bpm: float
    was_performed: bool
    plan_energy: Floats | None = None
    memory: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def bars(self) -> int:
        return len(self.bar_starts) - 1

    @property
    def end(self) -> int:
        """Last tick of the last bar."""
        return int(self.bar_starts[-1])

    def bar_seconds(self, bar: int) -> float:
        """Time in seconds of a bar line (the end for bars past it)."""
        return round(float(self.bar_lines_seconds[min(max(bar, 0), self.bars)]), 3)

    def bars_of(self, ticks: Ticks) -> Ticks:
        """Bar of each tick."""
        found = np.searchsorted(self.bar_starts[:-1], ticks, side="right") - 1
        bars: Ticks = found.astype(np.int64)
        return bars

    def slots_of(self, notes: Notes) -> Ticks:
        """Sixteenth of each onset, counted from the start of the piece.

        Every bar begins a new slot, so bars of odd length do not shift what follows.
        """
        lengths = -(-np.diff(self.bar_starts) // SLOT_TICKS)
        first = np.concatenate([[0], np.cumsum(lengths)])
        slots: Ticks = first[notes["bar"]] + self.slots_in_bar(notes)
        return slots

    def slots_in_bar(self, notes: Notes) -> Ticks:
        """Sixteenth of each onset within its bar, rounded."""
        inside = (notes["onset"] - self.bar_starts[notes["bar"]]) / SLOT_TICKS
        slots: Ticks = np.maximum(np.round(inside), 0).astype(np.int64)
        return slots

    @property
    def prevailing_meter(self) -> Meter:
        """The metre of most bars."""
        counts: dict[Meter, int] = {}
        for meter in self.meters:
            counts[meter] = counts.get(meter, 0) + 1
        return max(counts, key=lambda m: counts[m])


def once(function: Callable[[Piece], T]) -> Callable[[Piece], T]:
    """Compute a derived value at most once for each piece (several metrics share it)."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(piece: Piece) -> T:
        if name not in piece.memory:
            piece.memory[name] = function(piece)
        return cast(T, piece.memory[name])

    return remembered


def piece_of(
    score: Score,
    performance: Performance | None = None,
    plan_energy: Sequence[float] | None = None,
) -> Piece:
    """Bring a score into the normal form.

    Parameters
    ----------
    score
        Any score; notes past its last bar lengthen it.
    performance
        How it was played: gives velocities and timing to the written notes.
    plan_energy
        Planned energy 0..1, one value a bar.
    """
    times = TimeMap.of(score)
    last = max((n.onset_ticks for part in score.parts for n in part.notes), default=0)
    bars = max(1, score.bars, times.position(last)[0] + 1)
    starts = bar_starts_of(times, bars)
    parts = tuple(
        PartFacts(p.id, p.name, p.role, p.instrument, instrument(p.instrument).is_kit,
                  p.staff_group)
        for p in score.parts
    )  # fmt: skip
    table = table_of(score, times, starts, performance)
    effects = np.array([_is_effect(p) for p in score.parts] or [False])
    table = table[~effects[table["part"]]] if table.size else table
    unpitched = np.array([p.is_kit or p.role == "drums" for p in parts] or [False])
    is_drum = unpitched[table["part"]] if table.size else np.zeros(0, bool)
    chords = tuple(
        (c.onset_ticks, c.end_ticks, c.chord.root_pc, c.chord.bass_pc, c.chord.pcs)
        for c in score.chords
        if c.duration_ticks > 0
    )
    return Piece(
        title=score.title,
        parts=parts,
        notes=table[~is_drum],
        drums=table[is_drum],
        bar_starts=starts,
        bar_lines_seconds=seconds_of(times, starts),
        meters=tuple(times.meter(int(t)) for t in starts[:-1]),
        sections=tuple(s for s in score.sections if s.bars > 0),
        themes=score.themes,
        given_chords=chords,
        tempo_bpm=_prevailing_tempo(times, int(starts[-1])),
        was_performed=performance is not None,
        plan_energy=None if plan_energy is None else np.asarray(plan_energy, np.float64),
    )


def _is_effect(part: Part) -> bool:
    """Risers, impacts, birds and the sea: they sound, but they are no notes of the music."""
    player = instrument(part.instrument)
    if player.family == "sound effects" or player.id == "reverse_cymbal":
        return True
    return palette.knows(part.sound) and palette.get(part.sound).category == "fx"


def _prevailing_tempo(times: TimeMap, end: int) -> float:
    """Tempo that holds for most of the time."""
    ends = [*times.tempo_ticks[1:], max(end, times.tempo_ticks[-1] + 1)]
    spans = sorted(
        (60.0 / (rate * TICKS_PER_BEAT), max(0, stop - start))
        for rate, start, stop in zip(times.seconds_per_tick, times.tempo_ticks, ends, strict=True)
    )
    half, total = sum(length for _, length in spans) / 2, 0.0
    for bpm, length in spans:
        total += length
        if total >= half:
            return bpm
    return spans[-1][0]
