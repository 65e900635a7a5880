"""Chords as the models know them: qualities, tones, scales, and what a note becomes on another one.

Roots are semitones above the tonic, which is always C.
"""

from __future__ import annotations

from functools import lru_cache

QUALITIES = ("maj", "min", "dim", "aug", "7", "maj7", "min7", "hdim7", "dim7", "minmaj7", "6",
             "min6", "sus", "5", "9", "none")  # fmt: skip
"""Their order is part of the models' format."""
CHORD_TONES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10), "hdim7": (0, 3, 6, 10), "dim7": (0, 3, 6, 9),
    "minmaj7": (0, 3, 7, 11), "6": (0, 4, 7, 9), "min6": (0, 3, 7, 9), "sus": (0, 5, 7),
    "5": (0, 7), "9": (0, 2, 4, 7, 10), "none": (),
}  # fmt: skip
"""Semitones above the root."""
SCALES = {False: frozenset((0, 2, 4, 5, 7, 9, 11)), True: frozenset((0, 2, 3, 5, 7, 8, 10, 11))}
"""Of major, and of minor with both sevenths."""
_NATURAL = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 10)}

_PLACE = ("root", "ninth", "ninth", "third", "third", "third", "fifth", "fifth", "fifth",
          "seventh", "seventh", "seventh")  # fmt: skip
_TONE = {name: {_PLACE[t]: t for t in tones} for name, tones in CHORD_TONES.items()}


@lru_cache(maxsize=1 << 16)
def carried(pitch: int, then: tuple[int, str], now: tuple[int, str], minor: bool | None) -> int:
    """What a note over one chord becomes over another one.

    A chord note takes the same place in the new chord (third for third); any other moves with the
    root, and stays in the scale if it was there.

    Parameters
    ----------
    pitch
        MIDI pitch in C.
    then, now
        Roots and qualities of the two chords.
    minor
        Whether the key is minor; None if unknown: then no scale is kept.

    Examples
    --------
    >>> carried(64, (0, "maj"), (7, "7"), False)  # the third of C over G7
    59
    """
    shift = (now[0] - then[0] + 6) % 12 - 6
    above = (pitch - then[0]) % 12
    if above in CHORD_TONES[then[1]]:
        tone = _TONE[now[1]].get(_PLACE[above])
        if tone is not None:
            return pitch + shift + tone - above
    moved = pitch + shift
    if minor is None or pitch % 12 not in SCALES[minor]:
        return moved
    return next(p for p in (moved, moved + 1, moved - 1) if p % 12 in SCALES[minor])


@lru_cache(maxsize=1 << 16)
def shaped(pitch: int, then: int, after: int, minor: bool | None) -> int:
    """The pitch that lies as far from ``pitch`` in steps of the scale as ``after`` from ``then``.

    A note that the scale lacks keeps its alteration. All are MIDI pitches in C; where the mode is
    unknown, semitones count.

    Examples
    --------
    >>> shaped(62, 60, 64, False)  # a third up, from D
    65
    """
    if minor is None or then == after:
        return pitch + after - then
    steps = _NATURAL[minor]
    degree = _degree(pitch, steps) + _degree(after, steps) - _degree(then, steps)
    octave, place = divmod(degree, len(steps))
    altered = after - 12 * (after // 12) - steps[_degree(after, steps) % len(steps)]
    return 12 * octave + steps[place] + altered


def _degree(pitch: int, steps: tuple[int, ...]) -> int:
    """Number of the scale's note at or below a pitch, counted from pitch 0."""
    octave, above = divmod(pitch, 12)
    return len(steps) * octave + sum(step <= above for step in steps) - 1
