"""Grids: rhythms written as text, fitted to any metre.

A grid bar has one word for each beat; the letters of a word divide the beat evenly. ``-`` holds
the note before, ``.`` is silence, any other letter begins a note (what it means is up to the
player that reads it; a capital is an accent). Voices that move apart are separated by ``|``.

Grids are written for four beats. Other metres take the beats that do the same work: the second
group of 5/4 takes the second half of the grid, the long pulse of 7/8 stretches its last beat, and
compound metres use a triplet version, written or derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from random import Random

from songwright.theory import Meter

_WHOLE_BEAT = 480


@dataclass(frozen=True, slots=True)
class Beat:
    """A beat of a bar: where it lies, which grid beat it plays, the length of a plain beat."""

    start: int
    length: int
    word: int
    plain: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One note of a grid before it has a pitch; ticks from the start of the bar.

    ``symbol`` is in lower case; ``strength`` is that of the metre, 0..4; ``held`` marks a hold at
    the start of the bar that continues a note of the bar before.
    """

    start: int
    end: int
    symbol: str
    accent: bool = False
    strength: int = 0
    layer: int = 0
    held: bool = False


def triplet_pulse(meter: Meter) -> bool:
    """True when every pulse of the metre divides into three (6/8, 12/8, also 3/8)."""
    unit = meter.unit_ticks
    return meter.denominator >= 8 and all(p == 3 * unit for p in meter.pulses_ticks)


@lru_cache(maxsize=512)
def beats(meter: Meter, place: int) -> tuple[Beat, ...]:
    """Beats of the bar at ``place`` (only its parity matters, in metres of two pulses)."""
    pulses = list(meter.pulses_ticks)
    if meter.denominator < 4:  # 2/2 is felt in quarters by whoever subdivides it
        pulses = [_WHOLE_BEAT] * (meter.bar_ticks // _WHOLE_BEAT)
    plain = min(pulses)
    onsets, at = [], 0
    for length in pulses:
        onsets.append(at)
        at += length
    groups = [k for k, onset in enumerate(onsets) if onset and meter.strength(onset) >= 3]
    words: list[int] = []
    edges = [0, *groups, len(pulses)]
    for g, (first, last) in enumerate(pairwise(edges)):
        words += _words(last - first, 2 * (g % 2), alone=len(edges) == 2, place=place)
    return tuple(
        Beat(onset, length, word, plain)
        for onset, length, word in zip(onsets, pulses, words, strict=True)
    )


def _words(count: int, base: int, alone: bool, place: int) -> list[int]:
    """Which grid beats a group of ``count`` beats plays."""
    if count <= 2:
        base = 2 * (place % 2) if alone else base
        return [base, base + 1][:count]
    if count == 3:
        return [0, 1, 3] if alone else [base, base + 1, base + 1]
    return [(base + j) % 4 for j in range(count)]


@lru_cache(maxsize=8192)
def hits(grid: str, meter: Meter, place: int, version: str = "simple") -> tuple[Hit, ...]:
    """Read one grid bar in a metre.

    ``version`` says for what the words were written: ``simple`` pulses of a four-beat bar,
    ``compound`` (triplet) pulses of such a bar, or a bar of ``three`` pulses.
    """
    found: list[Hit] = []
    three = triplet_pulse(meter)
    for layer, text in enumerate(grid.split("|")):
        words = text.split()
        steps: list[tuple[int, int, str]] = []
        for number, beat in enumerate(beats(meter, place)):
            word = words[(number if version == "three" else beat.word) % len(words)]
            if three and version != "compound":
                word = _tripled(word)
            steps += _steps(beat, word, three)
        found += _read(steps, meter, layer)
    return tuple(sorted(found, key=lambda h: (h.start, h.layer)))


def _tripled(word: str) -> str:
    """A word of two or four letters as a player would lilt it over a triplet pulse."""
    if len(word) == 2:
        return word[0] + _after(word[0]) + word[1]
    if len(word) == 4:
        return "".join((word[0], _after(word[0]), word[1], _after(word[1]), word[2], word[3]))
    return word


def _after(letter: str) -> str:
    return "." if letter == "." else "-"


def _steps(beat: Beat, word: str, three: bool) -> list[tuple[int, int, str]]:
    count = len(word)
    if not three and beat.plain < 360 and count % 2 == 0:
        word, count = word[::2], count // 2  # short pulses have no room for sixteenths
    if three or beat.length == beat.plain or count == 3:
        step = beat.length / count
    else:  # a long pulse: the second half of the word comes once more
        step = beat.plain / count
        wanted = round(beat.length / step)
        word += (word[count // 2 :] if count > 1 else "-") * wanted
        word = word[:wanted]
    return [
        (beat.start + round(i * step), beat.start + round((i + 1) * step), letter)
        for i, letter in enumerate(word)
    ]


def _read(steps: list[tuple[int, int, str]], meter: Meter, layer: int) -> list[Hit]:
    found: list[Hit] = []
    silent = False
    for start, end, letter in steps:
        if letter == ".":
            silent = True
        elif letter == "-":
            if not found and not silent:
                found.append(Hit(start, end, "-", layer=layer, held=True))
            elif found and not silent:
                last = found[-1]
                found[-1] = _ending(last, end)
        else:
            silent = False
            found.append(
                Hit(start, end, letter.lower(), letter.isupper(), meter.strength(start), layer)
            )
    return found


def _ending(hit: Hit, end: int) -> Hit:
    return Hit(hit.start, end, hit.symbol, hit.accent, hit.strength, hit.layer, hit.held)


def thinned(found: list[Hit], density: float, keep: set[int], rng: Random) -> list[Hit]:
    """Leave out the weakest notes when a part shall be sparse.

    Parameters
    ----------
    density
        0..1; from 0.45 upwards nothing is left out.
    keep
        Starts that must stay (chord changes).

    The notes that stay at a low density are among those that stay at a higher one, so the count
    of notes never falls when density rises.
    """
    if density >= 0.45 or len(found) <= 1:
        return found
    jitter = [rng.random() for _ in found]
    order = sorted(
        range(len(found)),
        key=lambda i: (
            found[i].start not in keep, -found[i].strength - found[i].accent, jitter[i],
        ),
    )  # fmt: skip
    must = sum(h.start in keep for h in found)
    share = 0.35 + 0.65 * density / 0.45
    count = max(1, must, round(share * len(found)))
    kept = set(order[:count])
    return [h for i, h in enumerate(found) if i in kept]
