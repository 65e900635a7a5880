"""The sustain pedal, pressed after each change of harmony (legato pedalling).

The foot lifts as the new chord sounds and comes down again just after it: the old harmony stops,
the new one is caught, and nothing breaks off in between.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from songwright.perform.model import ControlPoint
from songwright.perform.sounding import Group
from songwright.score import Score, TimeMap

SUSTAIN = 64
DOWN, UP = 127, 0
CATCH_SECONDS = 0.09  # from the onset of the new chord to the foot coming down
MOVE_SECONDS = 0.004
SHORTEST_SECONDS = 0.4  # harmony faster than this is played without pedal
DRY = frozenset({"staccato", "marcato", "pizzicato", "ghost"})


def pedal_points(
    score: Score, times: TimeMap, groups: Sequence[Group], end_seconds: float
) -> Iterator[ControlPoint]:
    """Pedal movements for one player.

    Parameters
    ----------
    score
        The score, for its chord changes; without chords the pedal changes with the bar.
    times
        Its time map.
    groups
        Everything the player's hands play, in order of onset.
    end_seconds
        End of the piece; the pedal is up by then.
    """
    ticks = [group.tick for group in groups]
    is_down = False
    for start, end in _spans(score, times):
        inside = groups[bisect_left(ticks, start) : bisect_left(ticks, end)]
        lift = times.seconds(start)
        if inside and inside[0].tick == start:
            lift = inside[0].onset_seconds
        if is_down:
            yield from _move(lift, DOWN, UP)
            is_down = False
        if not inside or _is_dry(inside):
            continue
        press = inside[0].onset_seconds + CATCH_SECONDS
        if times.seconds(end) - press >= SHORTEST_SECONDS:
            yield from _move(press, UP, DOWN)
            is_down = True
    if is_down:
        yield from _move(end_seconds, DOWN, UP)


def _move(seconds: float, before: int, after: int) -> Iterator[ControlPoint]:
    """A quick movement of the foot: the old position is held until just before it."""
    yield ControlPoint(seconds - MOVE_SECONDS, SUSTAIN, before)
    yield ControlPoint(seconds, SUSTAIN, after)


def _spans(score: Score, times: TimeMap) -> list[tuple[int, int]]:
    """Stretches of one harmony, cut at bar lines so that melodies do not blur."""
    end = times.bar_start(score.bars)
    bars = [times.bar_start(bar) for bar in range(score.bars)]
    edges = {tick for tick in bars if tick < end}
    edges.update(span.onset_ticks for span in score.chords if span.onset_ticks < end)
    ordered = sorted(edges | {end})
    return list(pairwise(ordered))


def _is_dry(groups: Sequence[Group]) -> bool:
    """True when most of what is played there is meant to be short."""
    notes = [note for group in groups for note in group.notes]
    return 2 * sum(note.articulation in DRY for note in notes) > len(notes)
