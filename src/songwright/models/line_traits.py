"""What tells a phrase that a person wrote from one that was sampled: the evidence of a critic.

Some sixty numbers on steps and leaps, shape, repetition, chords, rhythm, metre and voices
(`songwright.models.critic` weighs them). Chords count by their highest note for everything
melodic. A trait that does not apply is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations, groupby, pairwise
from math import log2
from statistics import fmean, median, pstdev

from songwright.models.chords import CHORD_TONES, SCALES
from songwright.models.likeness import Sound
from songwright.models.lines import Frame

Traits = dict[str, float]

_Known = dict[str, float | None]


def line_traits(line: Sequence[Sound], frame: Frame, minor: bool) -> Traits:
    """The traits of a phrase in the key of C; none of an empty one.

    Parameters
    ----------
    line
        Notes in steps from the frame's first bar.
    frame
        Metre, bars, chords, and the tune and bass that the line goes with.
    minor
        Whether the key is minor.
    """
    if not line:
        return {}
    top = skyline(line)
    found = _moves(top) | _shape(top, frame) | _repetition(top, frame) | _chords(top, frame, minor)
    found |= _rhythm(top, frame) | _meter(top, frame) | _voices(line, frame)
    return {name: value for name, value in found.items() if value is not None}


def onsets(line: Sequence[Sound]) -> list[list[Sound]]:
    """Notes that begin together, in order."""
    return [list(group) for _, group in groupby(sorted(line), key=lambda s: s.onset)]


def skyline(line: Sequence[Sound]) -> list[Sound]:
    """The highest note of each onset."""
    return [max(group, key=lambda s: s.pitch) for group in onsets(line)]


def by_bar(top: Sequence[Sound], frame: Frame) -> list[list[Sound]]:
    """Notes by the bar in which they begin."""
    bars: list[list[Sound]] = [[] for _ in range(frame.bars)]
    for sound in top:
        bars[sound.onset // frame.bar_steps].append(sound)
    return bars


def chord_relation(sound: Sound, frame: Frame) -> tuple[bool | None, int]:
    """Whether a note is of its chord, and its semitones above the root; (None, -1) without one."""
    held = None
    for chord in frame.harmony:
        if chord.onset > sound.onset:
            break
        held = chord
    if held is None or held.root < 0:
        return None, -1
    above = (sound.pitch - held.root) % 12
    return above in CHORD_TONES[held.quality], above


def overlap(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    """Shared things as a share of all; 1 of nothing."""
    union = one | other
    return len(one & other) / len(union) if union else 1.0


def repeated(items: Sequence[Hashable], gram: int) -> float | None:
    """Share of n-grams that came before; None without any."""
    grams = list(zip(*(items[i:] for i in range(gram)), strict=False))
    return 1 - len(set(grams)) / len(grams) if grams else None


def entropy_bits(items: Iterable[Hashable]) -> float | None:
    """Entropy of what occurs how often; None of nothing."""
    counts = Counter(items)
    total = counts.total()
    if not total:
        return None
    return -sum(c / total * log2(c / total) for c in counts.values())


def share(hits: Iterable[bool]) -> float | None:
    """Share of true values; None of none."""
    return mean(map(float, hits))


def mean(values: Iterable[float]) -> float | None:
    """Mean; None of none."""
    found = list(values)
    return fmean(found) if found else None


def _moves(top: Sequence[Sound]) -> _Known:
    moves = [b.pitch - a.pitch for a, b in pairwise(top)]
    sizes = [abs(move) for move in moves]
    real = [move for move in moves if move]
    runs = [len(list(group)) for _, group in groupby(real, key=lambda m: m > 0)]
    leaps = [(a, b) for a, b in pairwise(moves) if abs(a) >= 5]
    return {
        "repeated notes": share(s == 0 for s in sizes),
        "steps": share(1 <= s <= 2 for s in sizes),
        "thirds": share(3 <= s <= 4 for s in sizes),
        "leaps": share(5 <= s <= 7 for s in sizes),
        "wide leaps": share(s > 7 for s in sizes),
        "tritones": share(s == 6 for s in sizes),
        "turns": share((a > 0) != (b > 0) for a, b in pairwise(real)),
        "longest way": float(max(runs, default=0)),
        "leaps recovered": share(b * a < 0 and abs(b) <= 4 for a, b in leaps),
        "kinds of moves": entropy_bits(moves),
        "kinds of pairs of moves": entropy_bits(pairwise(moves)),
    }


def _shape(top: Sequence[Sound], frame: Frame) -> _Known:
    pitches = [float(s.pitch) for s in top]
    bars = [fmean(float(s.pitch) for s in bar) for bar in by_bar(top, frame) if bar]
    return {
        "range": max(pitches) - min(pitches),
        "spread": pstdev(pitches),
        "spread of bars": pstdev(bars),
        "peaks": float(pitches.count(max(pitches))),
        "peak at": top[pitches.index(max(pitches))].onset / frame.steps,
        "end above lowest": pitches[-1] - min(pitches),
    }


def _repetition(top: Sequence[Sound], frame: Frame) -> _Known:
    bar = frame.bar_steps
    bars = by_bar(top, frame)
    places = [frozenset(s.onset % bar for s in own) for own in bars]
    tunes = [frozenset((s.onset % bar, s.pitch) for s in own) for own in bars]
    moves = [tuple(b.pitch - a.pitch for a, b in pairwise(own)) for own in bars]
    found: _Known = {}
    for lag in (1, 2):
        pairs = [(i, i + lag) for i in range(frame.bars - lag)]
        found |= {
            f"rhythm like {lag} before": mean(overlap(places[i], places[j]) for i, j in pairs),
            f"same rhythm as {lag} before": share(places[i] == places[j] for i, j in pairs),
            f"tune like {lag} before": mean(overlap(tunes[i], tunes[j]) for i, j in pairs),
            f"same moves as {lag} before": share(
                moves[i] == moves[j] and len(moves[i]) > 1 for i, j in pairs
            ),
        }
    pitches, gaps = [s.pitch for s in top], [b.onset - a.onset for a, b in pairwise(top)]
    steps = [b - a for a, b in pairwise(pitches)]
    held = [len(list(group)) for _, group in groupby(pitches)]
    return found | {
        "moves again": repeated(steps, 3),
        "gaps again": repeated(gaps, 3),
        "figures again": repeated(list(zip(steps, gaps, strict=True)), 3),
        "there and back": share(a == c for a, c in zip(pitches, pitches[2:], strict=False)),
        "longest repetition": float(max(held)),
        "kinds of pitches": len(set(pitches)) / len(pitches),
        "kinds of bars": float(len(set(places))),
    }


def _chords(top: Sequence[Sound], frame: Frame, minor: bool) -> _Known:
    told = [(s, *chord_relation(s, frame)) for s in top]
    known = [(s, bool(inside)) for s, inside, _ in told if inside is not None]
    changes = {chord.onset for chord in frame.harmony}
    outside = [s.pitch % 12 not in SCALES[minor] for s in top]
    return {
        "chord notes": share(inside for _, inside in known),
        "chord notes on beats": share(i for s, i in known if s.onset % 12 == 0),
        "chord notes off beats": share(i for s, i in known if s.onset % 12),
        "chord notes at changes": share(i for s, i in known if s.onset in changes),
        "long chord notes": share(i for s, i in known if s.duration >= 12),
        "last of chord": float(known[-1][1]) if known else None,
        "chord roots": share(above == 0 for _, inside, above in told if inside is not None),
        "outside the scale": share(outside),
        "outside resolved": share(
            1 <= abs(b.pitch - a.pitch) <= 2 for (a, b), out in zip(pairwise(top), outside,
                                                                    strict=False) if out
        ),
        "ends on tonic": float(top[-1].pitch % 12 == 0),
        "kinds of degrees": entropy_bits(s.pitch % 12 for s in top),
    }  # fmt: skip


def _rhythm(top: Sequence[Sound], frame: Frame) -> _Known:
    lengths = [float(s.duration) for s in top]
    gaps = [b.onset - a.onset for a, b in pairwise(top)]
    rests = [g - s.duration for s, g in zip(top, gaps, strict=False) if g > s.duration]
    bar = frame.bar_steps
    return {
        "held to the next": share(s.duration >= g for s, g in zip(top, gaps, strict=False)),
        "rests": float(len(rests)),
        "longest rest": float(max(rests, default=0)),
        "kinds of lengths": float(len(set(lengths))),
        "kinds of gaps": entropy_bits(gaps),
        "kinds of pairs of gaps": entropy_bits(pairwise(gaps)),
        "unevenness": mean(abs(a - b) / (a + b) for a, b in pairwise(gaps)),
        "last by the usual": lengths[-1] / median(lengths),
        "ends at": (top[-1].onset + lengths[-1]) / frame.steps,
        "over the bar": share(s.onset // bar != (s.onset + s.duration - 1) // bar for s in top),
        "spread of bar counts": pstdev([float(len(own)) for own in by_bar(top, frame)]),
    }


def _meter(top: Sequence[Sound], frame: Frame) -> _Known:
    bar = frame.bar_steps
    beat = 18 if frame.denominator == 8 and frame.numerator % 3 == 0 else 12
    places = [s.onset % bar for s in top]
    starts = {s.onset for s in top}
    strong = [s for s in top if s.onset % bar % beat == 0]
    weak = [s for s in top if s.onset % bar % beat]
    found: _Known = {
        "bars begun": len({s.onset // bar for s in top if s.onset % bar == 0}) / frame.bars,
        "on beats": share(p % beat == 0 for p in places),
        "on sixteenths": share(p % 6 == 3 for p in places),
        "on triplets": share(p % 12 in (4, 8) for p in places),
        "lone sixteenths": share(s.onset % 6 == 3 and s.onset - 3 not in starts for s in top),
        "syncopations": share(s.onset // beat != (s.onset + s.duration - 1) // beat for s in weak),
        "kinds of places": entropy_bits(places),
        "first at": float(top[0].onset),
        "last at": places[-1] / bar,
    }
    if strong and weak:
        found["strong longer"] = fmean(s.duration for s in strong) - fmean(s.duration for s in weak)
        found["strong higher"] = fmean(s.pitch for s in strong) - fmean(s.pitch for s in weak)
    return found


def _voices(line: Sequence[Sound], frame: Frame) -> _Known:
    groups = onsets(line)
    chords = [sorted(s.pitch for s in group) for group in groups if len(group) > 1]
    kinds = [(b - a) % 12 for chord in chords for a, b in combinations(chord, 2)]
    tune = {s.onset: s.pitch for s in frame.tune}
    low = {s.onset: s.pitch for s in frame.bass}
    met = [(s.pitch - tune[g[0].onset]) % 12 for g in groups if g[0].onset in tune for s in g]
    based = [(min(s.pitch for s in g) - low[g[0].onset]) % 12 for g in groups if g[0].onset in low]
    return {
        "voices": mean(float(len(group)) for group in groups),
        "in chords": share(len(group) > 1 for group in groups),
        "chord span": mean(float(chord[-1] - chord[0]) for chord in chords),
        "seconds in chords": share(k in (1, 2) for k in kinds),
        "thirds in chords": share(k in (3, 4) for k in kinds),
        "octaves in chords": share(k == 0 for k in kinds),
        "same chord again": share(a == b for a, b in pairwise(chords)),
        "uneven chords": share(len({s.duration for s in g}) > 1 for g in groups if len(g) > 1),
        "with the tune": share(g[0].onset in tune for g in groups) if tune else None,
        "doubles the tune": share(k == 0 for k in met),
        "rubs on the tune": share(k in (1, 11) for k in met),
        "with the bass": share(g[0].onset in low for g in groups) if low else None,
        "doubles the bass": share(k == 0 for k in based),
    }
