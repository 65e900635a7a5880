"""Tokens and features of harmony: the chords of a section, bar by bar.

::

    START  beat chord  beat chord  BAR  BAR  beat chord ...  END

A chord lasts until the next one; a bar without a chord goes on with the last. Roots are in
semitones above the tonic. What the section is, and where it leads, are features.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songwright.models.chords import CHORD_TONES, QUALITIES, SCALES
from songwright.models.features import FeatureSpace, bucket, number
from songwright.models.grid import STEPS_PER_QUARTER, Bars, meter_index
from songwright.models.lines import FUNCTIONS, Harmony

PAD, REF, START, BAR, END = range(5)
BEATS = 12  # half quarters in a bar of six quarters
BEAT_STEPS = STEPS_PER_QUARTER // 2
BEAT = 5
CHORD = BEAT + BEATS
SILENCE = CHORD + 12 * (len(QUALITIES) - 1)
VOCABULARY = SILENCE + 1
MOST_BARS = 16

FAMILIES = ("hymn", "lied", "quartet", "orchestra", "folk_dance", "lead_sheet", "keyboard",
            "guitar", "rock_metal", "electronic", "game", "pop_rock_song", "mood_loop")  # fmt: skip
MOODS = ("happy", "hopeful", "sad", "dark", "calm", "tense", "nostalgic", "epic")
PACE_EDGES = (0.4, 0.7, 1.05, 1.4, 1.8, 2.5, 3.5)
"""Chords to the bar that divide the buckets of harmonic rhythm."""
RICHNESS_EDGES = (0.01, 0.15, 0.35, 0.6, 0.85)
"""Share of chords with more than three tones."""
CHROMATIC_EDGES = (0.01, 0.12, 0.3, 0.5)
"""Share of chords that are not of the key."""

HARMONY_FEATURES = FeatureSpace({
    "beat": BEATS + 1,
    "meter": 14,
    "bar": MOST_BARS + 1,
    "bars_left": MOST_BARS + 1,
    "phrase_begins": 3,
    "family": len(FAMILIES) + 1,
    "mode": 3,
    "function": len(FUNCTIONS) + 1,
    "mood": len(MOODS) + 1,
    "pace": len(PACE_EDGES) + 2,
    "richness": len(RICHNESS_EDGES) + 2,
    "chromatic": len(CHROMATIC_EDGES) + 2,
    "goal": 14,
    "last": 14,
    "loops": 6,
    "is_reference": 2,
})  # fmt: skip
LOOPS = (2, 4, 8, 16)
"""Lengths in bars with which a section may repeat its chords; 1 of the feature is "no loop"."""


@dataclass(frozen=True, slots=True)
class HarmonyWish(Bars):
    """What is wished of a section's chords; None or "" leaves it open.

    ``goal`` is the root of what follows and ``last`` that of the section's own last chord (in
    semitones above the tonic); ``pace`` chords to the bar; ``richness`` and ``chromatic`` shares of
    chords with four or more tones and of chords outside the key; ``loop`` bars after which the
    chords repeat, 0 for none; ``phrase_starts`` bars at which phrases begin.
    """

    family: str = ""
    minor: bool | None = None
    function: str = ""
    mood: str = ""
    pace: float | None = None
    richness: float | None = None
    chromatic: float | None = None
    goal: int | None = None
    last: int | None = None
    loop: int | None = None
    phrase_starts: tuple[int, ...] = ()


def harmony_table(wish: HarmonyWish, is_reference: bool = False) -> NDArray[np.uint8]:
    """The features at every step: shape ``(steps, features)``."""
    space, bar = HARMONY_FEATURES, wish.bar_steps
    table = space.table(wish.steps)
    step = np.arange(wish.steps)
    space.set(table, "beat", 1 + step % bar // BEAT_STEPS)
    space.set(table, "meter", meter_index(wish.numerator, wish.denominator))
    space.set(table, "bar", 1 + step // bar)
    space.set(table, "bars_left", wish.bars - step // bar)
    if wish.phrase_starts:
        begins = np.isin(step // bar, np.array(wish.phrase_starts))
        space.set(table, "phrase_begins", 1 + begins)
    space.set(table, "family", number(FAMILIES, wish.family))
    space.set(table, "mode", 0 if wish.minor is None else 1 + wish.minor)
    space.set(table, "function", number(FUNCTIONS, wish.function))
    space.set(table, "mood", number(MOODS, wish.mood))
    space.set(table, "pace", bucket(wish.pace, PACE_EDGES))
    space.set(table, "richness", bucket(wish.richness, RICHNESS_EDGES))
    space.set(table, "chromatic", bucket(wish.chromatic, CHROMATIC_EDGES))
    space.set(table, "goal", 0 if wish.goal is None else 1 + wish.goal)
    space.set(table, "last", 0 if wish.last is None else 1 + wish.last)
    if wish.loop is not None:
        space.set(table, "loops", 2 + LOOPS.index(wish.loop) if wish.loop in LOOPS else 1)
    space.set(table, "is_reference", int(is_reference))
    return table


def chord_token(root: int, quality: str) -> int:
    """The token of a chord; -1 or "none" is silence."""
    if quality == "none" or root < 0:
        return SILENCE
    return CHORD + 12 * QUALITIES.index(quality) + root


def tokens_of(
    chords: Iterable[Harmony], wish: HarmonyWish, first: int = START
) -> tuple[list[int], list[int]]:
    """Tokens of a section's chords and the step at which each one stands.

    Chords must begin on half quarters; repeated ones are written once.
    """
    bar = wish.bar_steps
    tokens, steps, now, before = [first], [0], 0, -1
    for chord in chords:
        token = chord_token(chord.root, chord.quality)
        if token == before:
            continue
        before = token
        while now < chord.onset // bar:
            now += 1
            tokens.append(BAR)
            steps.append(now * bar)
        tokens += [BEAT + chord.onset % bar // BEAT_STEPS, token]
        steps += [chord.onset] * 2
    while now < wish.bars - 1:
        now += 1
        tokens.append(BAR)
        steps.append(now * bar)
    return [*tokens, END], [*steps, wish.steps - 1]


def chords_of(tokens: Iterable[int], bar: int) -> tuple[Harmony, ...]:
    """The chords that tokens write."""
    chords: list[Harmony] = []
    start = beat = 0
    for token in map(int, tokens):
        if token == BAR:
            start += bar
        elif token == END:
            break
        elif BEAT <= token < CHORD:
            beat = (token - BEAT) * BEAT_STEPS
        elif token == SILENCE:
            chords.append(Harmony(start + beat, -1, "none"))
        elif token >= CHORD:
            quality, root = divmod(token - CHORD, 12)
            chords.append(Harmony(start + beat, root, QUALITIES[quality]))
    return tuple(chords)


def richness_of(chords: Sequence[Harmony]) -> float:
    """Share of chords with more than three tones."""
    sounding = [c for c in chords if c.root >= 0]
    return sum(len(CHORD_TONES[c.quality]) > 3 for c in sounding) / max(1, len(sounding))


def chromatic_of(chords: Sequence[Harmony], minor: bool) -> float:
    """Share of chords with a tone outside the key (minor: natural and harmonic)."""
    sounding = [c for c in chords if c.root >= 0]
    outside = [any((c.root + t) % 12 not in SCALES[minor] for t in CHORD_TONES[c.quality])
               for c in sounding]  # fmt: skip
    return sum(outside) / max(1, len(sounding))


def loop_of(chords: Sequence[Harmony], wish: HarmonyWish) -> int:
    """Bars after which a section's chords repeat to its end; 0 if they do not."""
    bar = wish.bar_steps
    bars: list[tuple[tuple[int, int, str], ...]] = []
    held: Harmony | None = None
    for b in range(wish.bars):
        own = [c for c in chords if c.onset // bar == b]
        row = [(c.onset % bar, c.root, c.quality) for c in own]
        if held is not None and (not own or own[0].onset % bar):
            row.insert(0, (0, held.root, held.quality))
        bars.append(tuple(row))
        held = own[-1] if own else held
    for length in LOOPS:
        if length < wish.bars and all(
            bars[b] == bars[b - length] for b in range(length, wish.bars)
        ):
            return length
    return 0
