"""Ways to spoil a piece that a judge must notice: negative controls for metrics on notes.

Each takes a score and a seed and returns a score with the same parts and length. Bars of another
length than the usual one stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from songwright.evaluate import piece_of
from songwright.evaluate.tune import tune_parts
from songwright.score import ChordSpan, Note, Part, Score, TimeMap, instrument
from songwright.seeds import rng

Corruption = Callable[[Score, int], Score]


def _bar_starts(score: Score) -> list[int]:
    times = TimeMap.of(score)
    return [times.bar_start(bar) for bar in range(score.bars + 1)]


def _usual(starts: list[int]) -> list[int]:
    """Indices of the bars that have the usual length."""
    lengths = np.diff(starts)
    values, counts = np.unique(lengths, return_counts=True)
    usual = values[int(np.argmax(counts))]
    return [bar for bar, length in enumerate(lengths) if length == usual]


def _rearranged(score: Score, source: list[int]) -> Score:
    """The score whose bar ``b`` is bar ``source[b]`` of the old one (equal lengths)."""
    starts = _bar_starts(score)
    spots: dict[int, list[int]] = {}
    for target, bar in enumerate(source):
        spots.setdefault(bar, []).append(target)
    edges = np.array(starts[:-1])

    def bar_of(tick: int) -> int:
        return int(np.searchsorted(edges, tick, side="right")) - 1

    def moved(note: Note) -> list[Note]:
        bar = min(bar_of(note.onset_ticks), score.bars - 1)
        room = starts[bar + 1] - note.onset_ticks
        length = max(1, min(note.duration_ticks, room))
        return [
            replace(note, onset_ticks=note.onset_ticks + starts[t] - starts[bar],
                    duration_ticks=length)
            for t in spots.get(bar, [])
        ]  # fmt: skip

    chords: list[ChordSpan] = []
    for chord in score.chords:
        for bar in range(
            bar_of(chord.onset_ticks), min(score.bars, bar_of(chord.end_ticks - 1) + 1)
        ):
            first = max(chord.onset_ticks, starts[bar])
            length = min(chord.end_ticks, starts[bar + 1]) - first
            chords += [
                replace(chord, onset_ticks=first + starts[t] - starts[bar], duration_ticks=length)
                for t in spots.get(bar, [])
                if length > 0
            ]
    chords.sort(key=lambda c: c.onset_ticks)
    parts = tuple(
        part.with_notes(
            tuple(sorted((m for n in part.notes for m in moved(n)),
                         key=lambda n: (n.onset_ticks, n.pitch)))
        )
        for part in score.parts
    )  # fmt: skip
    return replace(score, parts=parts, chords=tuple(chords), sections=(), themes=())


def bars_shuffled(score: Score, seed: int, block: int = 1) -> Score:
    """Bars (or blocks of bars) in random order, all parts together."""
    usual = _usual(_bar_starts(score))
    blocks = [usual[i : i + block] for i in range(0, len(usual) - block + 1, block)]
    order = list(range(len(blocks)))
    rng(seed, "bars", block).shuffle(order)
    source = list(range(score.bars))
    for target, chosen in zip(blocks, order, strict=True):
        for t, s in zip(target, blocks[chosen], strict=True):
            source[t] = s
    return _rearranged(score, source)


def blocks_shuffled(score: Score, seed: int) -> Score:
    """Blocks of four bars in random order."""
    return bars_shuffled(score, seed, 4)


def looped(score: Score, _seed: int = 0) -> Score:
    """Four bars from near the middle over and over."""
    usual = _usual(_bar_starts(score))
    first = max(0, len(usual) // 2 - 2)
    cell = usual[first : first + 4]
    source = list(range(score.bars))
    for number, bar in enumerate(usual):
        source[bar] = cell[number % len(cell)]
    return _rearranged(score, source)


def _each_pitched(score: Score, change: Callable[[Part], tuple[Note, ...]]) -> Score:
    return replace(
        score,
        parts=tuple(
            part if instrument(part.instrument).is_kit else part.with_notes(change(part))
            for part in score.parts
        ),
    )


def pitches_shuffled(score: Score, seed: int) -> Score:
    """The pitches of each part in random order."""

    def change(part: Part) -> tuple[Note, ...]:
        pitches = [n.pitch for n in part.notes]
        rng(seed, "pitches", part.id).shuffle(pitches)
        return tuple(replace(n, pitch=p) for n, p in zip(part.notes, pitches, strict=True))

    return _each_pitched(score, change)


def random_pitch(score: Score, seed: int) -> Score:
    """Any pitch within the range of each part."""

    def change(part: Part) -> tuple[Note, ...]:
        if not part.notes:
            return ()
        low, high = min(n.pitch for n in part.notes), max(n.pitch for n in part.notes)
        draw = rng(seed, "random pitch", part.id)
        return tuple(replace(n, pitch=draw.randint(low, high)) for n in part.notes)

    return _each_pitched(score, change)


def random_rhythm(score: Score, seed: int) -> Score:
    """As many onsets in each bar as before, at random sixteenths; drums too."""
    starts = _bar_starts(score)
    edges = np.array(starts[:-1])
    parts = []
    for part in score.parts:
        draw = rng(seed, "random rhythm", part.id)
        by_bar: dict[int, dict[int, list[Note]]] = {}
        for note in part.notes:
            bar = int(np.searchsorted(edges, note.onset_ticks, side="right")) - 1
            by_bar.setdefault(bar, {}).setdefault(note.onset_ticks, []).append(note)
        notes: list[Note] = []
        for bar, groups in by_bar.items():
            slots = max(1, (starts[bar + 1] - starts[bar]) // 120)
            places = sorted(draw.sample(range(slots), min(len(groups), slots)))
            for place, onset in zip(places, sorted(groups), strict=False):
                at = starts[bar] + place * 120
                notes += [replace(n, onset_ticks=at) for n in groups[onset]]
        notes.sort(key=lambda n: (n.onset_ticks, n.pitch))
        parts.append(part.with_notes(tuple(notes)))
    return replace(score, parts=tuple(parts))


def chords_late(score: Score, _seed: int = 0) -> Score:
    """Everything but the tune two bars late; the last two bars come first."""
    lead = tune_parts(piece_of(score))
    usual = _usual(_bar_starts(score))
    source = list(range(score.bars))
    for number, bar in enumerate(usual):
        source[bar] = usual[(number - 2) % len(usual)]
    late = _rearranged(score, source)
    parts = tuple(
        part if number in lead else moved
        for number, (part, moved) in enumerate(zip(score.parts, late.parts, strict=True))
    )
    return replace(score, parts=parts, chords=late.chords)


def flat_dynamics(score: Score, _seed: int = 0) -> Score:
    """Every note equally loud."""
    return replace(
        score,
        parts=tuple(
            part.with_notes(tuple(replace(n, velocity=80) for n in part.notes))
            for part in score.parts
        ),
    )


def robot(score: Score, _seed: int = 0) -> Score:
    """On the grid of sixteenths, every note equally loud."""
    flat = flat_dynamics(score)
    return replace(
        flat,
        parts=tuple(
            part.with_notes(
                tuple(
                    sorted(
                        (replace(n, onset_ticks=round(n.onset_ticks / 120) * 120)
                         for n in part.notes),
                        key=lambda n: (n.onset_ticks, n.pitch),
                    )
                )
            )
            for part in flat.parts
        ),
    )  # fmt: skip


def drunk(score: Score, seed: int) -> Score:
    """Onsets up to 100 ms off (normal, 50 ms), velocities up to 40 off."""
    rate = score.tempos[0].bpm * 480 / 60
    parts = []
    for part in score.parts:
        draw = rng(seed, "drunk", part.id)
        notes = [
            replace(
                n,
                onset_ticks=max(0, round(n.onset_ticks + draw.gauss(0, 0.05) * rate)),
                velocity=max(1, min(127, round(n.velocity + draw.gauss(0, 25)))),
            )
            for n in part.notes
        ]
        parts.append(part.with_notes(tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)))))
    return replace(score, parts=tuple(parts))


def flat_form(score: Score, _seed: int = 0) -> Score:
    """Bars in an order that gives every stretch the same mixture: no section stands out."""
    usual = _usual(_bar_starts(score))
    count = len(usual)
    stride = max(1, round(count * 0.382))
    while np.gcd(stride, count) != 1:
        stride += 1
    source = list(range(score.bars))
    for number, bar in enumerate(usual):
        source[bar] = usual[(number * stride) % count]
    return _rearranged(score, source)


def has_dynamics(score: Score) -> bool:
    """True when a piece has written dynamics that could be taken away."""
    return len({n.velocity for part in score.parts for n in part.notes}) >= 4


def has_accompaniment(score: Score) -> bool:
    """True when something could be late against the tune."""
    return len(score.parts) > 1 or bool(score.chords)


def always(_score: Score) -> bool:
    return True


APPLIES: dict[str, Callable[[Score], bool]] = {
    "flat_dynamics": has_dynamics,
    "robot": has_dynamics,
    "chords_late": has_accompaniment,
}
"""Corruptions that need something to spoil; the comparison takes only pieces that have it."""

CORRUPTIONS: dict[str, Corruption] = {
    "bars_shuffled": bars_shuffled,
    "blocks_shuffled": blocks_shuffled,
    "looped": looped,
    "pitches_shuffled": pitches_shuffled,
    "random_pitch": random_pitch,
    "random_rhythm": random_rhythm,
    "chords_late": chords_late,
    "flat_dynamics": flat_dynamics,
    "robot": robot,
    "drunk": drunk,
    "flat_form": flat_form,
}
