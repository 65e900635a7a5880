"""Tokens and features of pitched lines: melodies, basses, chords, figures, inner voices.

A line is a stretch of whole bars in the key of C. Its tokens are, bar by bar::

    START sketch  pos pitch dur  pos pitch pitch pitch dur  BAR sketch  pos pitch dur ...  END

A sketch is two tokens that say what the bar is going to be (`songwright.models.sketches`).
Notes that begin and last together share one duration token; pitches at one position rise. A line
may follow another (``REF`` instead of ``START``): the bars before it, or a theme to be varied.
What the line is written against and what is wished for are features (`LINE_FEATURES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songwright.models.chords import QUALITIES
from songwright.models.echoes import ECHO_FEATURES
from songwright.models.features import FeatureSpace, bucket, number
from songwright.models.grid import (
    DURATIONS,
    HIGHEST,
    LOWEST,
    POSITION_INDEX,
    POSITIONS,
    STEPS_PER_QUARTER,
    Bars,
    duration_index,
    meter_index,
)
from songwright.models.likeness import CONTOURS, Sound
from songwright.models.motion import DENSITY_EDGES, MOTION_FEATURES
from songwright.models.sketches import FIGURES, RETURNS, SKETCH_FEATURES, Sketch

PAD, REF, START, BAR, END = range(5)
POSITION = 5
PITCH = POSITION + len(POSITIONS)
DURATION = PITCH + HIGHEST - LOWEST + 1
RETURN = DURATION + len(DURATIONS)
FIGURE = RETURN + len(RETURNS)
VOCABULARY = FIGURE + len(FIGURES)
MOST_BARS = 8
MOST_TOKENS = 400
"""Longest sequence that the models have learned, a reference included."""

ROLES = ("lead", "counter", "inner", "riff", "chords", "arp", "pad", "bass")
FAMILIES = ("hymn", "lied", "quartet", "orchestra", "folk_dance", "lead_sheet", "keyboard",
            "guitar", "rock_metal", "electronic", "game")  # fmt: skip
FUNCTIONS = ("intro", "verse", "pre-chorus", "chorus", "post-chorus", "bridge", "solo",
             "interlude", "outro", "breakdown")  # fmt: skip
LIKENESS_EDGES = (0.08, 0.2, 0.35, 0.5, 0.65, 0.8, 0.999)
TEMPO_EDGES = (60.0, 80.0, 100.0, 125.0, 150.0)

LINE_FEATURES = FeatureSpace({
    "position": len(POSITIONS) + 1,
    "meter": 14,
    "bar": MOST_BARS + 1,
    "bars_left": MOST_BARS + 1,
    "root": 13,
    "quality": len(QUALITIES) + 1,
    "next_root": 13,
    "next_change": 10,
    "role": len(ROLES) + 1,
    "family": len(FAMILIES) + 1,
    "mode": 3,
    "density": len(DENSITY_EDGES) + 2,
    "low": 18,
    "high": 18,
    "tune": 90,
    "tune_begins": 3,
    "tune_next": len(POSITIONS) + 2,  # none left in the bar, or its place
    "bass": 14,
    "bass_next": len(POSITIONS) + 2,
    "function": len(FUNCTIONS) + 1,
    "contour": len(CONTOURS) + 1,
    "likeness": len(LIKENESS_EDGES) + 2,
    "goal": 90,
    "tempo": len(TEMPO_EDGES) + 2,
    "is_reference": 2,
    "phrase_ends": 3,
    **SKETCH_FEATURES,
    **MOTION_FEATURES,
    **ECHO_FEATURES,
})  # fmt: skip


class Harmony(NamedTuple):
    """A chord from a step on, its root in semitones above the tonic; -1 and "none" for silence."""

    onset: int
    root: int
    quality: str


@dataclass(frozen=True, slots=True)
class Frame(Bars):
    """What a line is written against: metre, bars, chords, and the tune and bass if there are any.

    Everything is in steps from the line's first bar and in the key of C.
    """

    harmony: tuple[Harmony, ...] = ()
    tune: tuple[Sound, ...] = ()
    bass: tuple[Sound, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished of a line; None or "" leaves it open.

    ``density`` is in onsets to the quarter, ``low`` and ``high`` bound the pitches, ``goal`` is
    the pitch to which the line should lead on after its end, ``likeness`` (0..1) how like the
    reference it should be, ``ends`` whether a phrase ends with it.
    """

    role: str = "lead"
    family: str = ""
    minor: bool | None = None
    density: float | None = None
    low: int | None = None
    high: int | None = None
    function: str = ""
    contour: str = ""
    likeness: float | None = None
    goal: int | None = None
    tempo_bpm: float | None = None
    ends: bool | None = None


def table_of(frame: Frame, wish: Wish, is_reference: bool = False) -> NDArray[np.uint8]:
    """The features at every step of a frame: shape ``(steps, features)``."""
    space, steps, bar = LINE_FEATURES, frame.steps, frame.bar_steps
    table = space.table(steps)
    step = np.arange(steps)
    places = [POSITION_INDEX.get(s, -1) + 1 for s in range(bar)]
    space.set(table, "position", np.array(places)[step % bar])
    space.set(table, "meter", meter_index(frame.numerator, frame.denominator))
    space.set(table, "bar", 1 + step // bar)
    space.set(table, "bars_left", frame.bars - step // bar)
    _set_harmony(table, frame)
    _set_tune(table, frame)
    space.set(table, "tune_next", _next_onsets(frame.tune, frame))
    space.set(table, "bass_next", _next_onsets(frame.bass, frame))
    for sound in frame.bass:
        rows = table[max(0, sound.onset) : sound.onset + sound.duration]
        space.set(rows, "bass", 1 + sound.pitch % 12)
    space.set(table, "role", number(ROLES, wish.role))
    space.set(table, "family", number(FAMILIES, wish.family))
    space.set(table, "mode", 0 if wish.minor is None else 1 + wish.minor)
    space.set(table, "density", bucket(wish.density, DENSITY_EDGES))
    space.set(table, "low", 0 if wish.low is None else 1 + max(0, wish.low - 16) // 6)
    space.set(table, "high", 0 if wish.high is None else 1 + max(0, wish.high - 16) // 6)
    space.set(table, "function", number(FUNCTIONS, wish.function))
    space.set(table, "contour", number(CONTOURS, wish.contour))
    space.set(table, "likeness", bucket(wish.likeness, LIKENESS_EDGES))
    space.set(table, "goal", _pitch(wish.goal))
    space.set(table, "tempo", bucket(wish.tempo_bpm, TEMPO_EDGES))
    space.set(table, "is_reference", int(is_reference))
    space.set(table, "phrase_ends", 0 if wish.ends is None else 1 + wish.ends)
    return table


def _set_harmony(table: NDArray[np.uint8], frame: Frame) -> None:
    if not frame.harmony:
        return
    space, ends = LINE_FEATURES, [*(h.onset for h in frame.harmony[1:]), frame.steps]
    for i, (chord, end) in enumerate(zip(frame.harmony, ends, strict=True)):
        start = max(0, chord.onset)
        if end <= start:
            continue
        rows = table[start:end]
        space.set(rows, "root", chord.root + 1)
        space.set(rows, "quality", 1 + QUALITIES.index(chord.quality))
        if i + 1 < len(frame.harmony):
            space.set(rows, "next_root", frame.harmony[i + 1].root + 1)
        quarters = (end - np.arange(start, end)) // STEPS_PER_QUARTER
        space.set(rows, "next_change", 1 + np.minimum(quarters, 8))


def _set_tune(table: NDArray[np.uint8], frame: Frame) -> None:
    for sound in frame.tune:
        start = max(0, sound.onset)
        rows = table[start : sound.onset + sound.duration]
        LINE_FEATURES.set(rows, "tune", _pitch(sound.pitch))
        LINE_FEATURES.set(rows, "tune_begins", 1)
        if start < len(table):
            LINE_FEATURES.set(table[start : start + 1], "tune_begins", 2)


def _next_onsets(sounds: Sequence[Sound], frame: Frame) -> list[int]:
    """For every step, where in its bar the next of these notes begins."""
    bar = frame.bar_steps
    begins = {s.onset for s in sounds if s.onset % bar in POSITION_INDEX}
    found = [0] * frame.steps
    if not begins:
        return found
    for step in reversed(range(frame.steps)):
        after = step + 1
        if after % bar == 0:
            found[step] = 1
        elif after in begins:
            found[step] = 2 + POSITION_INDEX[after % bar]
        else:
            found[step] = found[after]
    return found


def _pitch(pitch: int | None) -> int:
    return 0 if pitch is None else 1 + min(max(pitch, LOWEST), HIGHEST) - LOWEST


def tokens_of(
    line: Iterable[Sound], frame: Frame, first: int = START, sketches: Sequence[Sketch] = ()
) -> tuple[list[int], list[int]]:
    """Tokens of a line and the step at which each one stands (a row of the frame's table).

    ``sketches`` are those of all bars; without them their tokens are left out. Notes must begin
    on the grid within the frame; their durations go to the nearest one known.
    """
    bar = frame.bar_steps
    begins = [[RETURN + s.returns, FIGURE + s.figure] for s in sketches] or [[]] * frame.bars
    tokens, now = [first, *begins[0]], 0
    steps = [0] * len(tokens)
    for onset, group in groupby(sorted(set(line)), key=lambda s: s.onset):
        while now < onset // bar:
            now += 1
            tokens += [BAR, *begins[now]]
            steps += [now * bar] * (1 + len(begins[now]))
        body = _chord_tokens(list(group))
        tokens += [POSITION + POSITION_INDEX[onset % bar], *body]
        steps += [onset] * (1 + len(body))
    while now < frame.bars - 1:
        now += 1
        tokens += [BAR, *begins[now]]
        steps += [now * bar] * (1 + len(begins[now]))
    return [*tokens, END], [*steps, frame.steps - 1]


def _chord_tokens(sounds: list[Sound]) -> list[int]:
    """Pitches from low to high; a duration after each run of equal ones."""
    tokens: list[int] = []
    sounds = sorted({s.pitch: s for s in sounds}.values(), key=lambda s: s.pitch)
    for index, run in groupby(sounds, key=lambda s: duration_index(s.duration)):
        tokens += [PITCH + s.pitch - LOWEST for s in run]
        tokens.append(DURATION + index)
    return tokens


def line_of(tokens: Iterable[int], bar: int) -> tuple[Sound, ...]:
    """The line that tokens write (`START` to `END`); ``bar`` is the length of a bar in steps."""
    sounds: list[Sound] = []
    start = position = 0
    pitches: list[int] = []
    for token in map(int, tokens):
        if token == BAR:
            start += bar
        elif token == END:
            break
        elif POSITION <= token < PITCH:
            position = POSITIONS[token - POSITION]
        elif PITCH <= token < DURATION:
            pitches.append(token - PITCH + LOWEST)
        elif DURATION <= token < RETURN:
            length = DURATIONS[token - DURATION]
            sounds += [Sound(start + position, length, pitch) for pitch in pitches]
            pitches = []
    return tuple(sounds)


def density_of(line: Sequence[Sound], frame: Frame) -> float:
    """Onsets to the quarter note."""
    return len({s.onset for s in line}) * STEPS_PER_QUARTER / frame.steps
