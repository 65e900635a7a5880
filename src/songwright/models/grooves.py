"""Tokens and features of drums: twelve voices with velocity and micro-timing.

::

    START  pos kick feel hat feel  pos hat feel  BAR ...  END

Each stroke has one token for its voice and one for its *feel*: velocity in eight steps and the time
by which it is played early or late in nine. The grid alone can be given and only the feel sampled:
the same network humanises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songwright.models.features import FeatureSpace, Row, bucket, number
from songwright.models.grid import (
    POSITION_INDEX,
    POSITIONS,
    STEPS_PER_QUARTER,
    Bars,
    meter_index,
)
from songwright.models.groove_echoes import GROOVE_ECHO_FEATURES, Bar, GrooveEchoes

PAD, REF, START, BAR, END = range(5)
POSITION = 5
VOICES = ("kick", "snare", "rim", "hat", "pedal", "open", "ride", "crash", "high_tom", "mid_tom",
          "low_tom", "percussion")  # fmt: skip
VOICE = POSITION + len(POSITIONS)
VELOCITIES = 8
LATENESS = (-45, -28, -16, -7, 0, 7, 16, 28, 45)
"""Centres of the micro-timing steps, in ticks (480 to the quarter); positive is late."""
FEEL = VOICE + len(VOICES)
VOCABULARY = FEEL + VELOCITIES * len(LATENESS)
MOST_BARS = 8

KEYS_OF_VOICE: dict[str, tuple[int, ...]] = {
    "kick": (36, 35), "snare": (38, 40), "rim": (37,), "hat": (42,), "pedal": (44,), "open": (46,),
    "ride": (51, 53, 59), "crash": (49, 57, 52, 55), "high_tom": (48, 50), "mid_tom": (45, 47),
    "low_tom": (43, 41), "percussion": (39, 54, 56, 58, 69, 70, 75, 76, 77, 82),
}  # fmt: skip
"""General MIDI keys of each voice; the first one stands for it."""
VOICE_OF_KEY = {key: voice for voice, keys in KEYS_OF_VOICE.items() for key in keys}

FAMILIES = ("drums_rock", "drums_funk", "drums_jazz", "drums_latin", "drums_hiphop", "drums_afro",
            "drums_other", "rock_metal", "electronic", "game")  # fmt: skip
DENSITY_EDGES = (0.75, 1.25, 1.75, 2.25, 2.75, 3.5, 4.5, 6.0)
"""Strokes to the quarter note that divide the density buckets."""
LOUDNESS_EDGES = (45.0, 60.0, 72.0, 84.0, 96.0)
TEMPO_EDGES = (75.0, 90.0, 105.0, 120.0, 140.0, 165.0)
LIKENESS_EDGES = (0.3, 0.5, 0.7, 0.85, 0.999)

GROOVE_FEATURES = FeatureSpace({
    "position": len(POSITIONS) + 1,
    "meter": 14,
    "bar": MOST_BARS + 1,
    "bars_left": MOST_BARS + 1,
    "family": len(FAMILIES) + 1,
    "tempo": len(TEMPO_EDGES) + 2,
    "density": len(DENSITY_EDGES) + 2,
    "loudness": len(LOUDNESS_EDGES) + 2,
    "fill": 3,
    "played": 3,
    "likeness": len(LIKENESS_EDGES) + 2,
    "triplets": 3,
    "is_reference": 2,
    "timekeeper": 5,
    **GROOVE_ECHO_FEATURES,
})  # fmt: skip
TIMEKEEPERS = ("hat", "ride", "open", "none")


class Stroke(NamedTuple):
    """A stroke: step, voice, velocity 1..127 and lateness in ticks."""

    onset: int
    voice: str
    velocity: int
    lateness: int = 0


@dataclass(frozen=True, slots=True)
class GrooveWish(Bars):
    """What is wished of a stretch of drums; None or "" leaves it open.

    ``bar_likeness`` says how like its predecessor each bar is, ``fills`` which bars are fills;
    ``played`` asks for a person's timing and touch instead of a programmed pattern.
    """

    family: str = ""
    tempo_bpm: float | None = None
    density: float | None = None
    loudness: float | None = None
    fills: tuple[bool, ...] | None = None
    played: bool | None = None
    likeness: float | None = None
    triplets: bool | None = None
    timekeeper: str = ""


def groove_table(wish: GrooveWish, is_reference: bool = False) -> NDArray[np.uint8]:
    """The features at every step: shape ``(steps, features)``."""
    space, bar = GROOVE_FEATURES, wish.bar_steps
    table = space.table(wish.steps)
    step = np.arange(wish.steps)
    places = np.array([POSITION_INDEX.get(s, -1) + 1 for s in range(bar)])
    space.set(table, "position", places[step % bar])
    space.set(table, "meter", meter_index(wish.numerator, wish.denominator))
    space.set(table, "bar", 1 + step // bar)
    space.set(table, "bars_left", wish.bars - step // bar)
    space.set(table, "family", number(FAMILIES, wish.family))
    space.set(table, "tempo", bucket(wish.tempo_bpm, TEMPO_EDGES))
    space.set(table, "density", bucket(wish.density, DENSITY_EDGES))
    space.set(table, "loudness", bucket(wish.loudness, LOUDNESS_EDGES))
    if wish.fills is not None:
        space.set(table, "fill", 1 + np.array(wish.fills, np.uint8)[step // bar])
    space.set(table, "played", 0 if wish.played is None else 1 + wish.played)
    space.set(table, "likeness", bucket(wish.likeness, LIKENESS_EDGES))
    space.set(table, "triplets", 0 if wish.triplets is None else 1 + wish.triplets)
    space.set(table, "is_reference", int(is_reference))
    space.set(table, "timekeeper", number(TIMEKEEPERS, wish.timekeeper))
    return table


def velocity_index(velocity: int) -> int:
    """Step of a velocity 1..127, 0..7."""
    return min(max(velocity, 1), 127) * VELOCITIES // 128


def lateness_index(ticks: float) -> int:
    """Step of a micro-timing in ticks, 0..8."""
    return min(range(len(LATENESS)), key=lambda i: (abs(LATENESS[i] - ticks), abs(i - 4)))


def feel_token(velocity: int, lateness: float) -> int:
    """The token of a velocity and a lateness in ticks."""
    return FEEL + velocity_index(velocity) * len(LATENESS) + lateness_index(lateness)


def tokens_of(
    strokes: Iterable[Stroke], wish: GrooveWish, first: int = START
) -> tuple[list[int], list[int]]:
    """Tokens of drums and the step at which each one stands."""
    bar = wish.bar_steps
    tokens, steps, now = [first], [0], 0
    order = {name: i for i, name in enumerate(VOICES)}
    unique = {(s.onset, s.voice): s for s in strokes}.values()
    for onset, group in groupby(sorted(unique, key=lambda s: s.onset), key=lambda s: s.onset):
        while now < onset // bar:
            now += 1
            tokens.append(BAR)
            steps.append(now * bar)
        tokens.append(POSITION + POSITION_INDEX[onset % bar])
        for stroke in sorted(group, key=lambda s: order[s.voice]):
            tokens += [VOICE + order[stroke.voice], feel_token(stroke.velocity, stroke.lateness)]
        steps += [onset] * (len(tokens) - len(steps))
    while now < wish.bars - 1:
        now += 1
        tokens.append(BAR)
        steps.append(now * bar)
    return [*tokens, END], [*steps, wish.steps - 1]


def hear(echoes: GrooveEchoes, token: int) -> None:
    """Tell the echoes what a token writes; the last bar is complete with `END`."""
    if token in (BAR, END):
        echoes.bar_line()
    elif POSITION <= token < VOICE:
        echoes.place(POSITIONS[token - POSITION])
    elif VOICE <= token < FEEL:
        echoes.strike(token - VOICE)
    elif token >= FEEL:
        echoes.feel(*divmod(token - FEEL, len(LATENESS)))


def rows_of(
    tokens: Sequence[int], steps: Sequence[int], table: Row, earlier: Sequence[Bar]
) -> tuple[Row, list[Bar]]:
    """The features of whole sequences of tokens, (time, features), and the bars they write."""
    echoes = GrooveEchoes(earlier)
    rows = table[list(steps)]
    for row, token in zip(rows, tokens, strict=True):
        hear(echoes, token)
        if token != END:
            echoes.tell(row)
    return rows, echoes.bars


def strokes_of(tokens: Iterable[int], bar: int) -> tuple[Stroke, ...]:
    """The drums that tokens write; velocities and lateness are the centres of their steps."""
    strokes: list[Stroke] = []
    start = position = 0
    voice = ""
    for token in map(int, tokens):
        if token == BAR:
            start += bar
        elif token == END:
            break
        elif POSITION <= token < VOICE:
            position = POSITIONS[token - POSITION]
        elif VOICE <= token < FEEL:
            voice = VOICES[token - VOICE]
        elif token >= FEEL:
            level, late = divmod(token - FEEL, len(LATENESS))
            velocity = level * 128 // VELOCITIES + 64 // VELOCITIES
            strokes.append(Stroke(start + position, voice, velocity, LATENESS[late]))
    return tuple(strokes)


def density_of(strokes: Sequence[Stroke], wish: GrooveWish) -> float:
    """Strokes to the quarter note."""
    return len(strokes) * STEPS_PER_QUARTER / wish.steps


def bar_likeness(strokes: Sequence[Stroke], bar: int, bars: int) -> float | None:
    """Mean share of strokes that a bar has in common with the one before; None for one bar."""
    if bars < 2:
        return None
    sets = [{(s.onset % bar, s.voice) for s in strokes if s.onset // bar == b} for b in range(bars)]
    shares = []
    for before, now in pairwise(sets):
        union = before | now
        shares.append(len(before & now) / len(union) if union else 1.0)
    return sum(shares) / len(shares)
