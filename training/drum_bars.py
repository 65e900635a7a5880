"""Examples for the drum model: stretches of drums with touch and timing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from songwright.models.grid import MOST_QUARTERS, TICKS_PER_STEP, meter_index, nearest_onset
from songwright.models.groove_echoes import Bar
from songwright.models.grooves import (
    GROOVE_FEATURES,
    REF,
    START,
    VOICE_OF_KEY,
    GrooveWish,
    Stroke,
    bar_likeness,
    density_of,
    groove_table,
    rows_of,
    tokens_of,
)
from songwright.seeds import rng
from training.corpora.model import Piece
from training.examples import Example
from training.phrases import cuts

FORGETTABLE = ("family", "tempo", "density", "loudness", "fill", "played", "likeness", "triplets",
               "timekeeper")  # fmt: skip
_MOST_TOKENS = 460
_TOMS = frozenset(("high_tom", "mid_tom", "low_tom"))


@dataclass(frozen=True, slots=True)
class Beat:
    """A stretch of drums in steps from its first bar."""

    start_bar: int
    strokes: tuple[Stroke, ...]
    wish: GrooveWish


def strokes_of_piece(piece: Piece) -> tuple[Stroke, ...]:
    """All strokes of a piece whose keys are known voices."""
    strokes = []
    bar = piece.bar_ticks // TICKS_PER_STEP
    for part in piece.parts:
        if part.role != "drums":
            continue
        for note in part.notes:
            voice = VOICE_OF_KEY.get(note.pitch)
            if voice is not None:
                onset = nearest_onset(note.onset / TICKS_PER_STEP, bar)
                strokes.append(Stroke(onset, voice, note.velocity or 80, note.offset))
    return tuple(sorted(set(strokes)))


def beats(piece: Piece, lengths: Sequence[int], random: Random) -> Iterator[Beat]:
    """The stretches of a piece's drums in order; silent ones are left out."""
    if not meter_index(piece.numerator, piece.denominator) or piece.bar_ticks > 480 * MOST_QUARTERS:
        return
    strokes = strokes_of_piece(piece)
    if not strokes:
        return
    bar = piece.bar_ticks // TICKS_PER_STEP
    played = piece.source == "groove_midi"
    fill_bars = _fill_bars(strokes, bar, piece)
    for start, bars in cuts(piece, lengths, random):
        first, last = start * bar, (start + bars) * bar
        own = tuple(s._replace(onset=s.onset - first) for s in strokes if first <= s.onset < last)
        if len(own) < 2 * bars:
            continue
        wish = GrooveWish(
            piece.numerator, piece.denominator, bars, family=piece.family,
            tempo_bpm=piece.tempo_bpm or None,
            loudness=float(np.mean([s.velocity for s in own])),
            fills=tuple(start + b in fill_bars for b in range(bars)), played=played,
            likeness=bar_likeness(own, bar, bars), triplets=_is_triplets(own),
            timekeeper=_timekeeper(own),
        )  # fmt: skip
        yield Beat(start, own, replace(wish, density=density_of(own, wish)))


def _fill_bars(strokes: Sequence[Stroke], bar: int, piece: Piece) -> frozenset[int]:
    """Bars that are fills: those of files called so, and bars of toms unlike their neighbours."""
    if "fill" in piece.tags:
        return frozenset(range(piece.bars))
    by_bar: dict[int, list[Stroke]] = {}
    for stroke in strokes:
        by_bar.setdefault(stroke.onset // bar, []).append(stroke)
    usual = Counter((s.onset % bar, s.voice) for strokes_ in by_bar.values() for s in strokes_)
    common = {key for key, count in usual.items() if count >= 0.4 * len(by_bar)}
    fills = []
    for number, own in by_bar.items():
        toms = sum(s.voice in _TOMS for s in own)
        shared = sum((s.onset % bar, s.voice) in common for s in own)
        if toms >= 3 and shared < 0.6 * len(own):
            fills.append(number)
    return frozenset(fills) if len(fills) <= 0.4 * len(by_bar) else frozenset()


def _is_triplets(strokes: Sequence[Stroke]) -> bool:
    """Whether more strokes lie on triplets than on sixteenths off the eighths."""
    triplets = sum(s.onset % 12 in (4, 8) for s in strokes)
    return triplets > sum(s.onset % 12 in (3, 6, 9) for s in strokes)


def _timekeeper(strokes: Sequence[Stroke]) -> str:
    counts = Counter(s.voice for s in strokes)
    voice = max(("hat", "ride", "open"), key=lambda v: counts[v])
    return voice if counts[voice] >= 0.15 * len(strokes) else "none"


def examples(
    pieces: Iterable[Piece], lengths: Sequence[int], seed: int, shares: dict[str, float]
) -> Iterator[Example]:
    """Training sequences: often the stretch before as reference, then a stretch.

    ``shares`` says by source how often its stretches are used. Stretches that repeat to the letter
    count twice at most.
    """
    for piece in pieces:
        random = rng(seed, "drums", piece.id)
        share = shares.get(piece.source, 1.0)
        for _ in range(max(1, round(share))):
            before: Beat | None = None
            seen: Counter[tuple[Stroke, ...]] = Counter()
            for beat in beats(piece, lengths, random):
                seen[beat.strokes] += 1
                if seen[beat.strokes] <= 2 and (share >= 1 or random.random() < share):
                    made = example(beat, before if random.random() < 0.6 else None)
                    if made is not None:
                        yield made
                before = beat


def example(beat: Beat, reference: Beat | None) -> Example | None:
    """One sequence; None if it is too long for the model."""
    tokens, steps = tokens_of(beat.strokes, beat.wish, START)
    head: list[int] = []
    before, earlier = GROOVE_FEATURES.table(0), list[Bar]()
    if reference is not None:
        head, at = tokens_of(reference.strokes, reference.wish, REF)
        before, earlier = rows_of(head, at, groove_table(reference.wish, True), ())
    rows, _ = rows_of(tokens, steps, groove_table(beat.wish), earlier)
    tokens, rows = head + tokens, np.concatenate([before, rows])
    if len(tokens) > _MOST_TOKENS:
        return example(beat, None) if reference is not None else None
    return Example(np.array(tokens, np.uint8), rows)
