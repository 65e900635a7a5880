"""Bass lines that are played with the kick drum, stroke by stroke."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.bass import BassLine, bass_note, grid_bass, reach_of
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.pocket import strokes_in
from songwright.composition.accompany.register import home
from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_CLOSE = 240
"""Strokes nearer than an eighth are one note of the bass: the second is the kick's own."""

_LONGEST_BARS = 2


def kick_bass(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Sound with every stroke of the kick and ring until the next, as a tuned 808 does.

    New chords are always struck. The last stroke of a phrase may slide up an octave, reach the
    fifth or lead to the next chord. Where no kick plays the pattern's own grid is played.
    """
    strokes = [strokes_in(stage, bar) for bar in bars]
    if not any(strokes):
        return grid_bass(stage, pattern, bars)
    low, high = home(stage, pattern)
    line = BassLine(low, high, stage.hand.pitch, reach_of(pattern))
    hits: list[tuple[Hit, Bar]] = []
    for bar, onsets in zip(bars, strokes, strict=True):
        fresh = {span.start for span in bar.spans if span.begins}
        if bar is bars[0]:
            fresh.add(bar.start)
        kept = _spaced(onsets, fresh, _CLOSE if stage.density >= 0.4 else 2 * _CLOSE)
        for k, at in enumerate(kept):
            last = k == len(kept) - 1 and at not in fresh and len(kept) > 1
            hits.append((Hit(at, bar.end, _symbol(stage, bar, at, last), k == 0, 2), bar))
    notes: list[Note] = []
    ends = [hit.start for hit, _ in hits[1:]] + [bars[-1].end]
    for (hit, bar), end in zip(hits, ends, strict=True):
        pitch = line.pitch(hit.symbol, bar.span_at(hit.start), bar, stage.chance(bar, "bass"))
        length = min(end - hit.start, _LONGEST_BARS * stage.meter.bar_ticks)
        notes.append(
            bass_note(stage, pattern, bar, hit, pitch, max(30, round(length * pattern.gate)))
        )
    stage.hand.pitch = line.last
    return notes


def _spaced(onsets: list[int], fresh: set[int], least: int) -> list[int]:
    """Strokes at least ``least`` ticks apart; those on new chords stay in any case."""
    kept: list[int] = []
    for at in sorted({*onsets, *fresh}):
        near_chord = any(0 < chord - at < least for chord in fresh)
        if at in fresh or (not near_chord and (not kept or at - kept[-1] >= least)):
            kept.append(at)
    return kept


def _symbol(stage: Stage, bar: Bar, at: int, last: bool) -> str:
    """Mostly the root: what ends a phrase moves."""
    if not last:
        return "r"
    rng = stage.chance(bar, "slide")
    if bar.phrase_ends or bar.phrase_place % 4 == 3:
        return rng.choice("ss5a") if bar.spans[-1].changes else rng.choice("sso5")
    if at >= bar.end - _CLOSE and rng.random() < 0.3:
        return "o"
    return "r"
