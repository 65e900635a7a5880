"""Where on the instrument a part lives, and the nearest place for a pitch class."""

from __future__ import annotations

from functools import lru_cache

from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.stage import Bar, Stage
from songwright.theory import Chord, Key
from songwright.theory.chord import QUALITIES

_HOMES = {
    "bass": (28, 50),
    "chords": (48, 74),
    "pad": (48, 76),
    "arp": (55, 84),
    "riff": (48, 74),
    "stabs": (55, 79),
    "counter": (52, 77),
    "inner": (48, 72),
}
_ROOM = 15
"""Semitones that a player needs to lead voices; home is widened to it where the part allows."""

_TWO_HANDS = 18
"""Players of chords keep at least this much, even where the tune lies low: they play around it."""


def home(stage: Stage, pattern: Pattern) -> tuple[int, int]:
    """Register of a pattern within the part's range, both ends inclusive."""
    low, high = pattern.home if pattern.home else _HOMES.get(pattern.role, (48, 76))
    shift = 12 * ("high" in stage.words) - 12 * bool({"low", "deep"} & stage.words)
    low, high = low + shift, high + shift
    bottom, top = stage.part.low, stage.part.high
    if high < bottom + _ROOM:
        low, high = bottom, bottom + _ROOM
    elif low > top - _ROOM:
        low, high = top - _ROOM, top
    low, high = max(low, bottom), min(high, top)
    while high - low < _ROOM and (low > bottom or high < top):
        low, high = max(bottom, low - 1), min(top, high + 1)
    return low, max(low, high)


def below_tune(stage: Stage, start: int, end: int, low: int, high: int) -> int:
    """Top of the register that leaves the tune free.

    Where a low tune would leave too little room to voice a chord, only its upper two thirds stay
    free.
    """
    tune = sorted(n.pitch for n in stage.tune.sounding(start, end))
    if not tune or tune[0] > high:
        return high
    enough = min(high, low + (_TWO_HANDS if stage.part.role == "chords" else _ROOM))
    if tune[0] - 1 >= enough:
        return tune[0] - 1
    return max(enough, min(high, tune[len(tune) // 3] - 1))


def beside_tune(stage: Stage, bar: Bar, low: int, high: int, thin: bool) -> tuple[int, int]:
    """A register next to the tune of the section instead of in it, if there is one.

    Parameters
    ----------
    stage, bar
        The part and any bar of the section.
    low, high
        Where the part would like to play.
    thin
        Whether the part is thin enough to cross the upper third of the tune (an arpeggio).

    Returns
    -------
    tuple of int
        An octave or more below or above most of the tune, the side that keeps more of
        ``low..high``; ``low, high`` themselves where neither side has an octave to offer.
    """
    length = stage.meter.bar_ticks
    start, end = bar.section.start_bar * length, bar.section.end_bar * length
    tune = sorted(n.pitch for n in stage.tune.sounding(start, end))
    if not tune:
        return low, high
    share = 0.35 if thin else 0.2
    under = tune[int(share * (len(tune) - 1))] - 2
    over = tune[int((1 - share) * (len(tune) - 1))] + 2
    sides = [
        (max(stage.part.low, min(low, under - _ROOM)), min(high, under)),
        (max(low, over), min(stage.part.high, max(high, over + _ROOM))),
    ]
    fitting = [side for side in sides if side[1] - side[0] >= 12]
    if not fitting:
        return low, high
    middle = (low + high) / 2
    return min(fitting, key=lambda side: abs((side[0] + side[1]) / 2 - middle))


def place(pc: int, around: float, low: int, high: int) -> int | None:
    """The pitch of a class nearest to ``around`` within ``low..high``, or None."""
    base = round(around)
    candidates = [base + (pc - base) % 12 + k for k in (-24, -12, 0, 12)]
    fitting = [p for p in candidates if low <= p <= high]
    if not fitting:
        first = low + (pc - low) % 12
        if first > high:
            return None
        fitting = list(range(first, high + 1, 12))
    return min(fitting, key=lambda p: (abs(p - around), p))


def place_any(pcs: tuple[int, ...], around: float, low: int, high: int) -> int:
    """As `place`, first class first; at worst the nearest pitch of the range."""
    for pc in pcs:
        pitch = place(pc, around, low, high)
        if pitch is not None:
            return pitch
    return min(max(round(around), low), high)


@lru_cache(maxsize=2048)
def scale_of(chord: Chord, key: Key) -> tuple[int, ...]:
    """Seven or so pitch classes to run through over a chord, upwards from its root.

    The key's scale, bent where the chord disagrees: over E7 in A minor the G becomes G sharp.
    """
    scale = set(key.diatonic_pcs)
    chord_pcs = set(chord.pcs)
    for pc in chord.pcs:
        if pc in scale:
            continue
        neighbours = [n for n in ((pc - 1) % 12, (pc + 1) % 12) if n in scale - chord_pcs]
        if neighbours:  # the note of the same letter gives way
            raised = len(neighbours) > 1 and not chord.is_minor
            scale.discard(neighbours[-1] if raised else neighbours[0])
        scale.add(pc)
    root = chord.root_pc
    return tuple(sorted(scale, key=lambda pc: (pc - root) % 12))


@lru_cache(maxsize=512)
def pentatonic_of(chord: Chord) -> tuple[int, ...]:
    """Five notes that sound over a chord, upwards from its root."""
    steps = QUALITIES[chord.quality]
    third = 3 if 3 in steps else 4 if 4 in steps else 5
    if 3 in steps or 4 not in steps:
        row = (0, 3 if third == 3 else 2, 5, 6 if 6 in steps else 7, 10)
    elif 10 in steps:
        row = (0, 4, 5, 7, 10)
    else:
        row = (0, 2, 4, 7, 9)
    return tuple((chord.root_pc + step) % 12 for step in row)


def up_scale(pitch: int, steps: int, scale: tuple[int, ...]) -> int:
    """The pitch that lies ``steps`` scale notes above (or below) ``pitch``."""
    direction = 1 if steps > 0 else -1
    members = set(scale)
    for _ in range(abs(steps)):
        pitch += direction
        while pitch % 12 not in members:
            pitch += direction
    return pitch


def velocity(stage: Stage, bar: Bar, strength: int, accent: bool = False) -> int:
    """Written velocity from metre, accent, energy and adjectives; about 55..110."""
    value = 68 + 14 * (bar.energy - 0.5) + 2.5 * strength + (13 if accent else 0)
    value -= 10 if {"soft", "gentle", "quiet", "subtle"} & stage.words else 0
    value += 6 if {"driving", "loud", "heavy", "prominent"} & stage.words else 0
    return max(30, min(118, round(value)))
