"""Strokes in ticks from a grid, in any metre.

A grid written for four pulses is played in another metre by giving each pulse of the bar a pulse
of the grid: the first to the downbeat, the back-beat pulses to the ends of the groups. In a
compound pulse four sixteenths become three eighths, in which the hand goes on evenly and a kick on
the off-beat moves to the last eighth, as in a shuffle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from songwright.composition.drum_grid import CHANCE, LEVELS, TIME_VOICES, Grid
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT

_SHORTEST_CELL_TICKS = 90  # in pulses shorter than a beat anything finer becomes a blur


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke: ``tick`` from the start of the bar; ``chance`` 0..1 of being played."""

    tick: int
    voice: str
    velocity: int
    cell_ticks: int
    chance: float = 1.0

    @property
    def is_ghost(self) -> bool:
        return self.velocity <= LEVELS["g"] + 4


def pulses(meter: Meter) -> tuple[tuple[int, int, bool], ...]:
    """Onset, length in ticks and whether it divides in three, for each pulse that drums play.

    Pulses of a half note and longer (2/2, 3/2) are played as quarter notes.
    """
    result = []
    for onset, length in zip(meter.pulse_onsets_ticks, meter.pulses_ticks, strict=True):
        if length >= 2 * TICKS_PER_BEAT and length % TICKS_PER_BEAT == 0:
            result += [
                (onset + i * TICKS_PER_BEAT, TICKS_PER_BEAT, False)
                for i in range(length // TICKS_PER_BEAT)
            ]
        else:
            triple = meter.denominator >= 8 and length == 3 * meter.unit_ticks
            result.append((onset, length, triple))
    return tuple(result)


def pulse_sources(target: int, source: int, bar_in_section: int = 0) -> tuple[int, ...]:
    """Which pulse of a grid of ``source`` pulses each of ``target`` pulses plays.

    Two pulses take the two halves of a four-pulse grid in turn; what is left of a number that four
    does not divide becomes a short group at the end that keeps its down-beat and its back-beat.
    """
    tail: tuple[int, ...]
    if target == source:
        return tuple(range(target))
    if source == 4:
        if target == 1:
            return (bar_in_section % 4,)
        if target == 2:
            return (0, 1) if bar_in_section % 2 == 0 else (2, 3)
        tail = {0: (), 1: (0, 1, 2, 0, 3), 2: (2, 3), 3: (0, 2, 3)}[target % 4]
        return (0, 1, 2, 3) * ((target - len(tail)) // 4) + tail
    if source == 3 and target > 1:  # a waltz with pulses left over: oom-pah pairs
        tail = {0: (), 1: (0, 1, 0, 2), 2: (0, 2)}[target % 3]
        return (0, 1, 2) * ((target - len(tail)) // 3) + tail
    return tuple(i % source for i in range(target))


def strokes_of_grid(
    grid: Grid, meter: Meter, bar_in_section: int, write_swing_as_eighths: bool
) -> list[Stroke]:
    """Strokes of one bar of a groove.

    Parameters
    ----------
    grid
        Voices and their words; any number of pulses.
    bar_in_section
        0-based; chooses the half of the grid in metres of one or two pulses.
    write_swing_as_eighths
        Write swung triplets (first and last of three) as even eighths, for the performance to
        swing. Pulses in which the middle triplet sounds stay triplets.
    """
    count = max((len(words) for words in grid.values()), default=0)
    if count == 0:
        return []
    layout = pulses(meter)
    sources = pulse_sources(len(layout), count, bar_in_section)
    return list(_place(grid, layout, sources, write_swing_as_eighths))


def strokes_of_fill(grid: Grid, meter: Meter, write_swing_as_eighths: bool) -> list[Stroke]:
    """Strokes of a fill at the end of the bar; a fill longer than the bar loses its beginning."""
    layout = pulses(meter)
    count = len(next(iter(grid.values())))
    used = min(count, len(layout))
    sources = tuple(range(count - used, count))
    return list(_place(grid, layout[-used:], sources, write_swing_as_eighths))


def _place(
    grid: Grid,
    layout: tuple[tuple[int, int, bool], ...],
    sources: tuple[int, ...],
    write_swing_as_eighths: bool,
) -> Iterator[Stroke]:
    for (onset, length, triple), source in zip(layout, sources, strict=True):
        words = {voice: row[source] for voice, row in grid.items()}
        middle = any(len(w) == 3 and w[1] != "." and w[1] not in CHANCE for w in words.values())
        eighths = write_swing_as_eighths and not middle
        for voice, word in words.items():
            even = voice in TIME_VOICES or "." not in word
            for at, letter, cell in _cells(word, length, triple, even, eighths):
                chance = CHANCE.get(letter, 1.0)
                if letter == "2":
                    yield Stroke(onset + at, voice, LEVELS["2"], cell // 2)
                    yield Stroke(onset + at + cell // 2, voice, LEVELS["2"] - 12, cell // 2)
                else:
                    yield Stroke(onset + at, voice, LEVELS[letter], cell, chance)


def _cells(
    word: str, length: int, triple: bool, even: bool, eighths: bool
) -> Iterator[tuple[int, str, int]]:
    """Tick in the pulse, letter and length in ticks of each sounding cell of a word."""
    n = len(word)
    if triple and n in (4, 8):
        yield from _compound(word[:: n // 4], length, even)
        return
    if n == 3 and eighths and length == TICKS_PER_BEAT:
        places = [(0, word[0]), (length // 2, word[2])]
        yield from ((at, letter, length // 2) for at, letter in places if letter != ".")
        return
    step = 1
    while (
        length < TICKS_PER_BEAT and n % (2 * step) == 0 and length * step < n * _SHORTEST_CELL_TICKS
    ):
        step *= 2
    for i in range(0, n, step):
        if word[i] != ".":
            yield i * length // n, word[i], length * step // n


def _compound(word: str, length: int, even: bool) -> Iterator[tuple[int, str, int]]:
    """Four sixteenths in a pulse of three eighths."""
    eighth = length // 3
    first, second, third, fourth = tuple(word)
    if even:
        places = [(0, first), (eighth, third), (2 * eighth, third)]
        if second != ".":
            places.append((eighth // 2, second))
        if fourth != ".":
            places += [(eighth + eighth // 2, fourth), (2 * eighth + eighth // 2, fourth)]
    else:
        places = [(0, first), (eighth // 2, second), (2 * eighth, third)]
        places.append((length - eighth // 2, fourth))
    cell = eighth // 2 if "." not in (second, fourth) else eighth
    yield from ((at, letter, cell) for at, letter in sorted(places) if letter != ".")
