"""Chord voicings and the way from one to the next.

`voice` lists every sensible spacing of a chord in a register (a few dozen at most), prices each
one and takes the cheapest. The price has four parts that a player would name: how far the fingers
move, how muddy it is down low, whether tensions lie on top, and how far it strays from the middle
of the register.

The low interval limits are those taught in jazz arranging (for example Lowell and Pullig,
*Arranging for Large Jazz Ensemble*, 2003): below them an interval turns to mud.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from songwright.theory.chord import QUALITIES, Chord

STYLES = ("close", "open", "drop2", "shell", "rootless", "power", "chorale")
"""Names that `voice` takes as ``style``."""

LOW_INTERVAL_LIMITS = {
    1: 52, 2: 51, 3: 48, 4: 46, 5: 46, 6: 47, 7: 34, 8: 43, 9: 41, 10: 41, 11: 41,
}  # fmt: skip
"""Lowest MIDI pitch of the under note at which an interval (semitones) still sounds clear."""

_FIFTHS = (7, 6, 8)
_THIRDS = (3, 4, 2, 5)
_SEVENTHS = (10, 11, 9)
_CHORALE_FAULT = 60.0
_WRONG_BOTTOM = 18.0


def third_pc(chord: Chord) -> int:
    """Pitch class of the third, or of the second or fourth that stands for it."""
    return _member(chord, _THIRDS, 0)


def fifth_pc(chord: Chord) -> int:
    """Pitch class of the fifth (perfect, diminished or augmented)."""
    return _member(chord, _FIFTHS, 7)


def seventh_pc(chord: Chord) -> int | None:
    """Pitch class of the seventh (or sixth), or None for a triad."""
    for step in QUALITIES[chord.quality]:
        if step in _SEVENTHS:
            return (chord.root_pc + step) % 12
    return None


def guide_pcs(chord: Chord) -> tuple[int, int]:
    """The two notes that tell the harmony: third and seventh, or third and fifth of a triad."""
    seventh = seventh_pc(chord)
    return third_pc(chord), fifth_pc(chord) if seventh is None else seventh


def voice(
    chord: Chord,
    previous: Sequence[int],
    low: int,
    high: int,
    voices: int = 4,
    style: str = "close",
    *,
    centre: float | None = None,
    colour: frozenset[int] = frozenset(),
    bottom: int | None = None,
) -> tuple[int, ...]:
    """Voice a chord so that it follows smoothly from the one before.

    Parameters
    ----------
    chord
        The chord; a foreign slash bass is left to the bass player.
    previous
        MIDI pitches of the voicing before, upwards; empty for a fresh start.
    low, high
        Register in MIDI pitch, both inclusive.
    voices
        How many notes, 1..8. A register that is too narrow gives fewer.
    style
        A name in `STYLES`: ``close`` (within an octave), ``open`` (every other note an octave
        up), ``drop2`` (second from the top an octave down), ``shell`` (root and guide tones),
        ``rootless`` (guide tones and tensions), ``power`` (root, fifth, octave) or ``chorale``
        (open or close, without parallel fifths and octaves).
    centre
        Pitch around which to play; the middle of the register when None.
    colour
        Pitch classes that ``rootless`` may add as ninth or thirteenth.
    bottom
        Pitch class that shall lie lowest where the register allows it, or None.

    Returns
    -------
    tuple of int
        Distinct pitches within ``low..high``, upwards; never empty.

    Raises
    ------
    ValueError
        If the style is unknown or ``low > high``.
    """
    if style not in STYLES:
        raise ValueError(f"{style!r} is not a voicing style; known are {', '.join(STYLES)}")
    if low > high:
        raise ValueError(f"the register {low}..{high} is empty")
    middle = (low + high) / 2 if centre is None else centre
    added = tuple(sorted(colour)) if style == "rootless" else ()
    spacings = _spacings(chord, low, high, max(1, min(8, voices)), style, added)
    if bottom is not None and all(p[0] % 12 != bottom for _, p in spacings):
        spacings += _spacings(chord, low, high, max(1, min(8, voices)), "close", added)
    before = tuple(previous)
    best, best_price = spacings[0][1], float("inf")
    for static, pitches in spacings:
        price = static + 0.35 * abs(sum(pitches) / len(pitches) - middle)
        if bottom is not None and pitches[0] % 12 != bottom:
            price += _WRONG_BOTTOM
        if before:
            price += movement(before, pitches)
            if style == "chorale" and parallels(before, pitches):
                price += _CHORALE_FAULT
        if price < best_price:
            best, best_price = pitches, price
    return best


def movement(before: Sequence[int], after: Sequence[int]) -> float:
    """Semitones that the voices move; the outer voice counts half again, leaps count extra."""
    if len(before) == len(after):
        steps = [abs(a - b) for a, b in zip(before, after, strict=True)]
    else:
        steps = [min(abs(a - b) for b in before) for a in after]
    total = float(sum(steps)) + 0.5 * abs(after[-1] - before[-1])
    return total + sum(step - 4 for step in steps if step > 4)


def parallels(before: Sequence[int], after: Sequence[int]) -> bool:
    """True when two voices move in parallel perfect fifths, octaves or unisons.

    Both sequences list the same voices in the same order. Repeated notes are not parallels.
    """
    if len(before) != len(after):
        return False
    count = len(before)
    for i in range(count):
        if before[i] == after[i]:
            continue
        for j in range(i + 1, count):
            if before[j] == after[j]:
                continue
            interval = (after[j] - after[i]) % 12
            if interval in (0, 7) and (before[j] - before[i]) % 12 == interval:
                same_way = (after[i] > before[i]) == (after[j] > before[j])
                if same_way:
                    return True
    return False


def mud(pitches: Sequence[int]) -> int:
    """Semitones by which the intervals of a voicing lie below their low interval limits."""
    depth = 0
    for under, over in pairwise(pitches):
        limit = LOW_INTERVAL_LIMITS.get(over - under, 0)
        depth += max(0, limit - under)
    return depth


def _member(chord: Chord, wanted: tuple[int, ...], default: int) -> int:
    for step in QUALITIES[chord.quality]:
        if step in wanted:
            return (chord.root_pc + step) % 12
    return (chord.root_pc + default) % 12


def _tones(chord: Chord, voices: int, style: str, colour: tuple[int, ...]) -> list[int]:
    """Pitch classes to play, at most ``voices``, those that matter least left out."""
    root, fifth = chord.root_pc, fifth_pc(chord)
    pcs = list(chord.pcs)
    if style == "power":
        return [root, fifth]
    if style == "shell":
        third, seventh = guide_pcs(chord)
        return list(dict.fromkeys((root, third, seventh)))[:voices]
    if style == "rootless" and seventh_pc(chord) is not None:
        pcs.remove(root)
        altered = {(root + step) % 12 for step in QUALITIES[chord.quality][4:]}
        for step in (2, 9, 5) if chord.is_minor else (2, 9):
            pc = (root + step) % 12
            near = {(pc + 1) % 12, (pc - 1) % 12} & altered
            if len(pcs) < voices and pc in colour and pc not in pcs and not near:
                pcs.append(pc)
        if len(pcs) < voices:
            pcs.append(root)
        return pcs[:voices]
    # A perfect fifth is the first to go, then the root (the bass has it), then a doubled colour.
    expendable = [pc for pc in (fifth, root) if (fifth - root) % 12 == 7 or pc == root]
    for pc in expendable:
        if len(pcs) > max(voices, 2) and pc in pcs:
            pcs.remove(pc)
    if voices == 1:
        return [third_pc(chord)]
    return pcs[:voices]


@lru_cache(maxsize=4096)
def _spacings(
    chord: Chord, low: int, high: int, voices: int, style: str, colour: tuple[int, ...]
) -> tuple[tuple[float, tuple[int, ...]], ...]:
    """Every spacing of the chord in the register with its price apart from movement."""
    pcs = _tones(chord, voices, style, colour)
    count = min(voices, 3) if style == "power" else voices
    found: dict[tuple[int, ...], float] = {}
    shapes = ("close", "open") if style == "chorale" else (style,)
    while count > 1 and not found:
        found = _fitting(chord, low, high, pcs, count, shapes)
        if not found and style in ("open", "drop2"):
            found = _fitting(chord, low, high, pcs, count, ("close",))
        count -= 1
    if not found:  # too narrow: as many chord tones as fit, at worst the lowest pitch
        fitting = [p for p in range(low, high + 1) if p % 12 in pcs][:voices]
        fitting = fitting or [p for p in range(low, high + 1) if p % 12 in chord.pcs][:1] or [low]
        found[tuple(fitting)] = 0.0
    return tuple((price, pitches) for pitches, price in found.items())


def _fitting(
    chord: Chord, low: int, high: int, pcs: Sequence[int], count: int, shapes: Sequence[str]
) -> dict[tuple[int, ...], float]:
    """Spacings of ``count`` notes in the given shapes that lie in the register."""
    found: dict[tuple[int, ...], float] = {}
    rooted = shapes[0] in ("power", "shell")
    for start in range(max(0, low - 12), high + 1):
        if start % 12 not in pcs or (rooted and start % 12 != chord.root_pc):
            continue
        stack = _stack(start, pcs, count)
        for shape in shapes:
            pitches = _shaped(stack, shape)
            if pitches[0] >= low and pitches[-1] <= high:
                found[pitches] = _static_price(chord, pitches, shape)
    return found


def _stack(start: int, pcs: Sequence[int], count: int) -> list[int]:
    """``count`` pitches upwards from ``start`` through the pitch classes in close position."""
    above = sorted({(pc - start) % 12 for pc in pcs})
    return [start + above[i % len(above)] + 12 * (i // len(above)) for i in range(count)]


def _shaped(stack: list[int], shape: str) -> tuple[int, ...]:
    if shape in ("open", "shell") and len(stack) > 2:
        lifted = [p + 12 if i % 2 else p for i, p in enumerate(stack)]
        return tuple(sorted(set(lifted)))
    if shape == "drop2" and len(stack) > 2:
        dropped = [*stack[:-2], stack[-2] - 12, stack[-1]]
        return tuple(sorted(set(dropped)))
    return tuple(stack)


def _static_price(chord: Chord, pitches: tuple[int, ...], style: str) -> float:
    price = 1.5 * mud(pitches)
    if style == "power":
        return price
    steps = QUALITIES[chord.quality]
    root = chord.root_pc
    tensions = {(root + step) % 12 for step in steps[4:]} | (
        {(root + 2) % 12} if chord.quality in ("add9", "madd9") else set()
    )
    if pitches[0] % 12 in tensions or pitches[0] % 12 not in chord.pcs:
        price += 4.0
    if len(pitches) > 1 and pitches[-1] - pitches[-2] == 1:
        price += 4.0  # a semitone under the top voice blurs what is heard as the melody
    price += sum(1.5 for a, b in pairwise(pitches) if b - a == 1)
    if third_pc(chord) not in {p % 12 for p in pitches} and len(pitches) > 1:
        price += 5.0
    return price
