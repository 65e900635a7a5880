"""Varying a theme by a chosen amount: which of its notes stay.

The networks were told how like a reference a line should be and do not heed it, so likeness is
built: a share of the theme's notes is locked and the rest is written anew around them. What stays
is the head of each half, as in sentences and periods; what changes is the ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.models.grid import POSITION_INDEX
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineRules
from songwright.models.line_traits import onsets
from songwright.models.lines import Frame

CHANCE_LIKENESS = 0.3
"""How like a reference a line is that keeps nothing of it on purpose."""
_OCTAVE = 12


def kept_share(likeness: float) -> float:
    """Share of a theme's onsets to keep for a likeness of 0..1 (see `likeness`)."""
    return min(1.0, max(0.0, (likeness - CHANCE_LIKENESS) / (1.0 - CHANCE_LIKENESS)))


def aims(likeness: float, count: int) -> list[float]:
    """Likenesses to build ``count`` candidates for, from a little below the wish to well above.

    What is written anew decides how like the whole becomes, so the nearest candidate is kept.
    """
    return [min(1.0, likeness + 0.25 * k / max(1, count - 1) - 0.05) for k in range(count)]


def varied(
    rules: LineRules, frame: Frame, theme: Sequence[Sound], likeness: float
) -> LineRules:  # fmt: skip
    """Rules under which a line is a theme varied to a likeness.

    Parameters
    ----------
    rules
        What else must hold; locks of its own go before those of the theme.
    frame
        What the line is written into; a theme that is longer is cut.
    theme
        The notes to be varied, in steps from the theme's first bar.
    likeness
        1 keeps every note that the rules let stand, `CHANCE_LIKENESS` and less none.

    Returns
    -------
    LineRules
        With the kept notes locked. A theme that is kept whole closes all bars.
    """
    groups = [g for g in onsets(theme) if _fits(g[0], frame, rules)]
    count = round(kept_share(likeness) * len(groups))
    own = rules.locked
    kept: list[Sound] = list(own)
    for group in sorted(groups, key=lambda g: _order(g[0].onset, frame))[:count]:
        for sound in group[-rules.voices :]:
            placed = _placed(sound, frame, rules)
            if placed is not None and not any(_meet(placed, other) for other in own):
                kept.append(placed)
    whole = 0 < len(groups) == count and not own
    closed = frozenset(range(frame.bars)) if whole else rules.closed_bars
    locked = {s.onset for s in kept} - {s.onset for s in own}
    most = None if rules.most_onsets is None else max(0, rules.most_onsets - len(locked))
    least = 0 if whole else max(0, rules.least_onsets - len(locked))
    return replace(rules, locked=tuple(sorted(kept)), closed_bars=closed, least_onsets=least,
                   most_onsets=most)  # fmt: skip


def _fits(sound: Sound, frame: Frame, rules: LineRules) -> bool:
    inside = rules.first_onset <= sound.onset < frame.steps
    on_grid = sound.onset % frame.bar_steps in POSITION_INDEX
    return inside and on_grid and sound.onset // frame.bar_steps not in rules.closed_bars


def _order(onset: int, frame: Frame) -> tuple[int, int]:
    """Heads first: by the place within the half, the first half before the second."""
    half = max(frame.bar_steps, frame.steps // 2)
    return onset % half, onset // half


def _placed(sound: Sound, frame: Frame, rules: LineRules) -> Sound | None:
    """The note within range and frame; None if its place has no room for it."""
    pitch = sound.pitch
    while pitch < rules.low:
        pitch += _OCTAVE
    while pitch > rules.high:
        pitch -= _OCTAVE
    if not rules.low <= pitch <= rules.high:
        return None
    classes = None if rules.pitch_classes is None else rules.pitch_classes[sound.onset]
    if classes is not None and pitch % _OCTAVE not in classes:
        return None
    return Sound(sound.onset, min(sound.duration, frame.steps - sound.onset), pitch)


def _meet(one: Sound, other: Sound) -> bool:
    return one.onset < other.onset + other.duration and other.onset < one.onset + one.duration
