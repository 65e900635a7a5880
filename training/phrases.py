"""Examples for the line models: stretches of one part, with what they are written against."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from songwright.models.echoes import Bar
from songwright.models.grid import (
    HIGHEST,
    LOWEST,
    MOST_QUARTERS,
    TICKS_PER_STEP,
    meter_index,
    nearest_onset,
)
from songwright.models.likeness import Sound, contour, likeness
from songwright.models.line_memory import read
from songwright.models.lines import (
    END,
    FUNCTIONS,
    REF,
    Frame,
    Harmony,
    Wish,
    density_of,
)
from songwright.seeds import rng
from training.corpora.model import Part, Piece
from training.examples import Example

FORGETTABLE = ("role", "family", "mode", "density", "low", "high", "tune", "tune_begins",
               "tune_next", "bass", "bass_next", "function", "contour", "likeness", "goal", "tempo",
               "phrase_ends", "next_root", "next_change", "pace", "room_below",
               "room_above")  # fmt: skip
_MOST_TOKENS = 380
_MOST_AT_ONCE = 6
_T = TypeVar("_T", Sound, Harmony)
_MONOPHONIC = frozenset(("lead", "counter", "bass", "arp", "inner"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bars of one part: its notes and frame in steps from its first bar, in the key of C."""

    start_bar: int
    frame: Frame
    line: tuple[Sound, ...]
    wish: Wish


def transposition(piece: Piece) -> int:
    """Semitones that bring a piece to C by the shorter way."""
    return (6 - piece.tonic_pc) % 12 - 6


def sounds_of(part: Part, shift: int, bar: int) -> tuple[Sound, ...]:
    """A part in steps and in C, ``bar`` steps to the bar; notes beyond the range are left out."""
    found = []
    for note in part.notes:
        onset = nearest_onset(note.onset / TICKS_PER_STEP, bar)
        pitch = note.pitch + shift
        if LOWEST <= pitch <= HIGHEST:
            found.append(Sound(onset, max(1, round(note.duration / TICKS_PER_STEP)), pitch))
    found.sort()
    return _one_at_a_time(found) if part.role in _MONOPHONIC else tuple(found)


def _one_at_a_time(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The highest note of each onset, ended by the next one."""
    highest = {s.onset: s for s in sorted(sounds, key=lambda s: (s.onset, s.pitch))}
    ordered = [highest[onset] for onset in sorted(highest)]
    ended = [
        s._replace(duration=min(s.duration, after.onset - s.onset))
        for s, after in pairwise(ordered)
    ]
    return (*ended, *ordered[-1:])


def harmony_of(piece: Piece, shift: int) -> tuple[Harmony, ...]:
    """The chords of a piece in steps, roots above the tonic."""
    result: list[Harmony] = []
    for chord in piece.chords:
        silent = chord.quality == "none"
        root = -1 if silent else (chord.root + shift) % 12
        result.append(Harmony(round(chord.onset / TICKS_PER_STEP), root, chord.quality))
    return tuple(result)


def _window(items: Sequence[_T], start: int, end: int) -> tuple[_T, ...]:
    first = bisect_left(items, start, key=lambda s: s.onset)
    last = bisect_left(items, end, key=lambda s: s.onset)
    return tuple(item._replace(onset=item.onset - start) for item in items[first:last])


def _chords_between(chords: Sequence[Harmony], start: int, end: int) -> tuple[Harmony, ...]:
    """Chords of a window, the one that sounds on before it included."""
    inside = _window(chords, start, end)
    first = bisect_left(chords, start, key=lambda s: s.onset)
    if first and (not inside or inside[0].onset > 0):
        inside = (chords[first - 1]._replace(onset=0), *inside)
    return inside


def stretches(piece: Piece, lengths: Sequence[int], random: Random) -> Iterator[list[Stretch]]:
    """For each pitched part of a piece, its stretches in order; silent ones are left out."""
    if not meter_index(piece.numerator, piece.denominator) or piece.bar_ticks > 480 * MOST_QUARTERS:
        return
    shift = transposition(piece)
    bar = piece.bar_ticks // TICKS_PER_STEP
    chords = harmony_of(piece, shift)
    by_role: dict[str, tuple[Sound, ...]] = {}
    for part in piece.parts:
        if part.role in ("lead", "bass") and part.role not in by_role:
            by_role[part.role] = sounds_of(part, shift, bar)
    for part in piece.parts:
        if part.role == "drums":
            continue
        sounds = sounds_of(part, shift, bar)
        found: list[Stretch] = []
        for start, bars in cuts(piece, lengths, random):
            window = start * bar, (start + bars) * bar
            line = _window(sounds, *window)
            steps = bars * bar
            line = tuple(s._replace(duration=min(s.duration, steps - s.onset)) for s in line)
            if len({s.onset for s in line}) < bars or _crowded(line):
                continue
            tune = by_role.get("lead", ()) if part.role != "lead" else ()
            bass = by_role.get("bass", ()) if part.role not in ("lead", "bass") else ()
            frame = Frame(
                piece.numerator, piece.denominator, bars, _chords_between(chords, *window),
                _window(tune, *window), _window(bass, *window),
            )  # fmt: skip
            after = _window(sounds, window[1], window[1] + bar)
            found.append(Stretch(start, frame, line, _wish(piece, part, frame, line, after, start)))
        if found:
            yield found


def cuts(piece: Piece, lengths: Sequence[int], random: Random) -> Iterator[tuple[int, int]]:
    """First bar and length of stretches that cover a piece; phrases of the source are kept."""
    starts = sorted({0, piece.bars, *(b for b in piece.phrase_starts if 0 < b < piece.bars)})
    for first, end in pairwise(starts):
        at = first
        while at < end:
            fitting = [n for n in lengths if n <= end - at] or [end - at]
            bars = random.choice(fitting)
            if bars <= 8:
                yield at, bars
            at += bars


def _crowded(line: Sequence[Sound]) -> bool:
    return max(Counter(s.onset for s in line).values(), default=0) > _MOST_AT_ONCE


def _wish(
    piece: Piece,
    part: Part,
    frame: Frame,
    line: tuple[Sound, ...],
    after: tuple[Sound, ...],
    start: int,
) -> Wish:
    section = next((s for s in piece.sections if s.start_bar <= start < s.start_bar + s.bars), None)
    function = section.function if section and section.function in FUNCTIONS else ""
    last = line[-1]
    typical = float(np.median([s.duration for s in line]))
    rests = not after or frame.steps - last.onset - last.duration >= 6
    return Wish(
        role=part.role, family=piece.family, minor=piece.minor,
        density=density_of(line, frame), low=min(s.pitch for s in line),
        high=max(s.pitch for s in line), function=function, contour=contour(line),
        goal=after[0].pitch if after else None, tempo_bpm=piece.tempo_bpm or None,
        ends=last.duration >= 1.5 * typical or rests,
    )  # fmt: skip


def examples(
    pieces: Iterable[Piece],
    roles: frozenset[str],
    lengths: Sequence[int],
    seed: int,
    shares: dict[str, float],
    references: bool = True,
) -> Iterator[Example]:
    """Training sequences: a reference (the bars before, or the likest earlier ones) and a stretch.

    ``shares`` says by source what share of its stretches is used (more than 1: that many times).
    A stretch that a part repeats to the letter counts twice at most.
    """
    for piece in pieces:
        random = rng(seed, "phrases", piece.id)
        share = shares.get(piece.source, shares.get("", 1.0))
        for _ in range(max(1, round(share))):
            for found in stretches(piece, lengths, random):
                if found[0].wish.role not in roles:
                    continue
                seen: Counter[tuple[Sound, ...]] = Counter()
                for index, stretch in enumerate(found):
                    seen[stretch.line] += 1
                    if seen[stretch.line] > 2 or (share < 1 and random.random() > share):
                        continue
                    before = found[max(0, index - 12) : index] if references else []
                    made = example(stretch, _reference(stretch, before, random), random)
                    if made is not None:
                        yield made


def _reference(stretch: Stretch, before: Sequence[Stretch], random: Random) -> Stretch | None:
    draw = random.random()
    if not before or draw < 0.15:
        return None
    if draw < 0.6:
        return before[-1]
    bar = stretch.frame.bar_steps
    return max(before, key=lambda other: likeness(stretch.line, other.line, bar))


def example(stretch: Stretch, reference: Stretch | None, random: Random) -> Example | None:
    """One sequence; None if it is too long for the models."""
    parts: list[tuple[list[int], NDArray[Any]]] = []
    wish = stretch.wish
    earlier: Sequence[Bar] = ()
    if reference is not None:
        like = likeness(stretch.line, reference.line, stretch.frame.bar_steps)
        wish = replace(wish, likeness=like)
        tokens, rows, earlier = read(reference.line, reference.frame, reference.wish, (), REF)
        parts.append((tokens, rows))
    wish = replace(
        wish,
        low=None if wish.low is None else wish.low - random.randint(0, 4),
        high=None if wish.high is None else wish.high + random.randint(0, 4),
        density=None if wish.density is None else wish.density * random.uniform(0.9, 1.1),
        goal=wish.goal if random.random() < 0.5 else None,
    )
    tokens, rows, _ = read(stretch.line, stretch.frame, wish, earlier)
    parts.append((tokens, rows))
    assert tokens[-1] == END
    total = sum(len(tokens) for tokens, _ in parts)
    if total > _MOST_TOKENS:
        return example(stretch, None, random) if reference is not None else None
    return Example(
        np.concatenate([np.array(tokens, np.uint8) for tokens, _ in parts]),
        np.concatenate([rows for _, rows in parts]),
    )
