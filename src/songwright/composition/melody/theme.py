"""Themes: phrases of cells that return and develop.

A theme is laid out as cells of one or two bars with labels. Equal labels share rhythm and contour;
marks say how a return differs: moved to where the harmony wants it (sequence), turned upside down
(inversion), cut to its head (fragmentation), slowed into a close (cadence).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from songwright.composition.melody.line import Moment, pitch_line
from songwright.composition.melody.rhythm import RhythmTaste, cell_rhythm, durations, with_breath
from songwright.score import Note
from songwright.styles import MelodyFacts
from songwright.theory import Chord, Key, Meter

# Cells of an eight-bar theme. Lower case is material; the mark after it is the treatment:
# ' sequence, ~ rhythm varied, ! head fragmented, . cadence, - rest.
SCHEMES: dict[str, tuple[str, ...]] = {
    "sentence": ("a", "a'", "a!", "c."),
    "period": ("a", "b", "a", "c."),
    "aaba": ("a", "a'", "b", "a."),
    "aab": ("a", "a'", "a~", "-", "b", "c."),
    "loop": ("a", "a'", "a", "a."),
    "free": ("a", "b", "b'", "c."),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a theme as realised: rhythm and pitches relative to its start."""

    onsets: tuple[int, ...]
    pitches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A note of a theme with the label of the cell that it belongs to."""

    note: Note
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a theme is set: harmony, metre, register and density.

    ``chord_at`` and ``key_at`` take ticks from the start of the section. ``centre`` is the pitch
    around which the line moves; ``reach`` how many semitones its contour spans to either side.
    """

    meter: Meter
    phrases: tuple[int, ...]
    chord_at: Callable[[int], Chord]
    key: Key
    low: int
    high: int
    centre: float
    reach: float
    taste: RhythmTaste
    closes: bool
    cell_bars: int


def layout(phrases: Sequence[int], scheme: str, cell_bars: int) -> list[tuple[str, int, int]]:
    """Cells of a section: (label, bars, index of the phrase)."""
    labels = SCHEMES[scheme]
    cells: list[tuple[str, int, int]] = []
    position = 0
    for index, bars in enumerate(phrases):
        sizes = [cell_bars] * (bars // cell_bars)
        if rest := bars % cell_bars:
            sizes.append(rest)
        last_phrase = index == len(phrases) - 1
        for k, size in enumerate(sizes):
            label = labels[position % len(labels)]
            is_end = k == len(sizes) - 1
            if is_end and last_phrase:
                label = label[0].replace("-", "c") + "."
            elif label.endswith(".") and not is_end:
                label = label[0] + "~"
            cells.append((label, size, index))
            position += 1
    return cells


def compose_theme(
    setting: Setting,
    facts: MelodyFacts,
    scheme: str,
    rng: Random,
    motif: tuple[int, ...] | None = None,
) -> list[Placed]:
    """Write a theme for a section.

    ``motif`` (onsets in ticks) gives the rhythm of the first cell when the theme is to be kin to
    another one.
    """
    bar = setting.meter.bar_ticks
    cells = layout(setting.phrases, scheme, setting.cell_bars)
    total = sum(setting.phrases) * bar
    known: dict[str, Cell] = {}
    placed: list[Placed] = []
    start, before = 0, None
    shapes = _shapes(rng)
    for index, (label, bars, phrase) in enumerate(cells):
        length = bars * bar
        ends_phrase = index + 1 == len(cells) or cells[index + 1][2] != phrase
        is_last = index + 1 == len(cells)
        if label == "-":
            start += length
            continue
        onsets = _cell_onsets(label, bars, known, setting, rng, motif)
        if ends_phrase or label.endswith("."):
            onsets = with_breath(onsets, length, setting.meter, facts.rest)
        spans = durations(onsets, length, setting.meter, 0.3 if ends_phrase else 0.15)
        targets, fidelity = _targets(
            label, onsets, known, setting, shapes, start, total, rng, length
        )
        end = ""
        if ends_phrase:
            end = "close" if is_last and setting.closes else "open"
        moments = [
            Moment(
                start + o, d, setting.meter.strength((start + o) % bar),
                setting.chord_at(start + o), setting.key, t, fidelity,
                end if k == len(onsets) - 1 else "",
            )
            for k, (o, d, t) in enumerate(zip(onsets, spans, targets, strict=True))
        ]  # fmt: skip
        pitches = pitch_line(moments, setting.low, setting.high, facts, rng, before)
        known.setdefault(label[0], Cell(tuple(onsets), pitches))
        for onset, span, pitch in zip(onsets, spans, pitches, strict=True):
            velocity = 74 + 4 * min(3, setting.meter.strength((start + onset) % bar))
            placed.append(Placed(Note(start + onset, span, pitch, velocity), label))
        before = pitches[-1] if pitches else before
        start += length
    return placed


def _cell_onsets(
    label: str,
    bars: int,
    known: dict[str, Cell],
    setting: Setting,
    rng: Random,
    motif: tuple[int, ...] | None,
) -> tuple[int, ...]:
    """Rhythm of a cell: drawn anew, or taken from the cell that it develops."""
    bar = setting.meter.bar_ticks
    length = bars * bar
    first = known.get(label[0]) or (known.get("a") if label.endswith(".") else None)
    if first is None:
        if motif is not None and label[0] == "a":
            return tuple(o for o in motif if o < length) or (0,)
        taste = setting.taste
        if label[0] == "b":  # contrast: busier or calmer than a
            factor = rng.choice((0.75, 1.25))
            taste = RhythmTaste(
                taste.notes_per_bar * factor, taste.syncopation, taste.shortest, taste.triplets
            )
        return cell_rhythm(setting.meter, bars, taste, rng)
    onsets = tuple(o for o in first.onsets if o < length) or (0,)
    if label.endswith("!") and bars > 1:  # the head of the motif, once in each bar
        head = tuple(o for o in first.onsets if o < bar)
        return tuple(b * bar + o for b in range(bars) for o in head)
    if label.endswith("."):
        head = tuple(o for o in onsets if o < bar) if bars > 1 else onsets
        if bars > 1:
            close = (bar,) if rng.random() < 0.6 else (bar, bar + setting.meter.pulses_ticks[0])
            return (*head, *close)
        keep = max(2, (len(head) + 1) // 2)
        return head[:keep]
    if label.endswith("~"):
        return _varied_rhythm(onsets, length, rng)
    return onsets


def _varied_rhythm(onsets: tuple[int, ...], length: int, rng: Random) -> tuple[int, ...]:
    """Split one long note or join two short ones; the rest stays recognisable."""
    spans = [b - a for a, b in zip(onsets, [*onsets[1:], length], strict=True)]
    longest = max(range(len(spans)), key=lambda i: (spans[i], -i))
    if spans[longest] >= 480 and (rng.random() < 0.7 or len(onsets) < 3):
        middle = onsets[longest] + spans[longest] // 480 * 240
        return tuple(sorted({*onsets, middle}))
    if len(onsets) > 2:
        drop = rng.randrange(1, len(onsets))
        return (*onsets[:drop], *onsets[drop + 1 :])
    return onsets


_Shape = Callable[[float], float]


def _shapes(rng: Random) -> dict[str, _Shape]:
    """A contour (−1..1 over 0..1) for each material; b goes against a."""
    options: list[_Shape] = [
        lambda x: math.sin(math.pi * x),  # arch
        lambda x: 1.6 * x - 0.7,  # rise
        lambda x: 0.8 - 1.5 * x,  # fall
        lambda x: 0.3 - math.sin(math.pi * x),  # valley
        lambda x: math.sin(2 * math.pi * x),  # wave
        lambda x: 0.9 * math.exp(-3.0 * x) - 0.2,  # leap first, then settle
    ]
    first, second = rng.sample(range(len(options)), 2)
    a, b = options[first], options[second]
    return {"a": a, "b": b, "c": lambda x: 0.35 - 0.8 * x}


def _targets(
    label: str,
    onsets: Sequence[int],
    known: dict[str, Cell],
    setting: Setting,
    shapes: dict[str, _Shape],
    start: int,
    total: int,
    rng: Random,
    length: int,
) -> tuple[list[float], float]:
    """The pitch that each note of a cell is drawn to, and how strongly."""

    # The section as a whole rises to a climax at about two thirds and comes down.
    def arc(tick: float) -> float:
        x = (start + tick) / total
        return setting.reach * (0.55 * math.sin(math.pi * min(1.0, x / 1.32)) - 0.25)

    source = known.get(label[0])
    if source is None or label.endswith("."):
        shape = shapes[label[0]] if label[0] in shapes else shapes["b"]
        if label.endswith("."):
            shape = shapes["c"]
        return [
            setting.centre + arc(o) + 0.6 * setting.reach * shape(o / length) for o in onsets
        ], 0.4
    pitches = _remembered(source, onsets, setting.meter.bar_ticks, label.endswith("!"))
    shift = 0.0
    if not label.endswith(("~",)) or label[0] != "a":
        moves = label.endswith(("'", "!"))
        shift = _best_shift(pitches, onsets, setting, start, rng, moves)
    if label.endswith("!"):  # each fragment a step further
        bar = setting.meter.bar_ticks
        step = rng.choice((2.0, 2.0, -2.0))
        return [p + shift + step * (o // bar) for p, o in zip(pitches, onsets, strict=True)], 0.9
    return [p + shift for p in pitches], 1.1


def _remembered(source: Cell, onsets: Sequence[int], bar: int, fragment: bool) -> list[float]:
    """Pitch of the source cell at each onset (the last one that had begun)."""
    result = []
    for onset in onsets:
        at = onset % bar if fragment else onset
        begun = [p for o, p in zip(source.onsets, source.pitches, strict=True) if o <= at]
        result.append(float(begun[-1] if begun else source.pitches[0]))
    return result


def _best_shift(
    pitches: Sequence[float],
    onsets: Sequence[int],
    setting: Setting,
    start: int,
    rng: Random,
    moves: bool,
) -> float:
    """Semitones by which a motif moves so that its strong notes fit the new harmony."""
    bar = setting.meter.bar_ticks
    best, best_cost = 0.0, math.inf
    for shift in (0, 2, -2, 3, -3, 4, -4, 5, -5, 1, -1):
        cost = 0.22 * abs(shift) + (0.9 if moves and shift == 0 else 0.0) + 0.2 * rng.random()
        for pitch, onset in zip(pitches, onsets, strict=True):
            moved = pitch + shift
            chord = setting.chord_at(start + onset)
            strength = setting.meter.strength((start + onset) % bar)
            near = min(abs((moved - pc + 6) % 12 - 6) for pc in chord.pcs)
            cost += near * (0.2 + 0.3 * strength) / len(pitches) * 2.0
            cost += 0.5 * max(0.0, setting.low - moved, moved - setting.high)
        if cost < best_cost:
            best, best_cost = float(shift), cost
    return best
