"""Examples for the harmony model: the chords of a section, after those of the section before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from songwright.models.grid import MOST_QUARTERS, TICKS_PER_STEP, meter_index
from songwright.models.lines import FUNCTIONS, Harmony
from songwright.models.progressions import (
    BEAT_STEPS,
    MOST_BARS,
    REF,
    START,
    HarmonyWish,
    chromatic_of,
    harmony_table,
    loop_of,
    richness_of,
    tokens_of,
)
from songwright.seeds import rng
from training.corpora.model import Piece
from training.examples import Example
from training.phrases import harmony_of

FORGETTABLE = ("family", "mode", "function", "mood", "pace", "richness", "chromatic", "goal",
               "last", "loops", "phrase_begins")  # fmt: skip

MOOD_OF_TAG = {
    "joyful": "happy", "playful": "happy", "excited": "happy", "hopeful": "hopeful",
    "sad": "sad", "lonely": "sad", "anguished": "sad", "dark": "dark", "fearful": "dark",
    "rebellious": "dark", "relaxed": "calm", "peaceful": "calm", "spiritual": "calm",
    "tender": "calm", "mysterious": "tense", "dramatic": "tense", "nostalgic": "nostalgic",
    "romantic": "nostalgic", "triumphant": "epic", "empowered": "epic",
}  # fmt: skip
"""The models' moods behind the words of the mood-tagged progressions."""


@dataclass(frozen=True, slots=True)
class Progression:
    """The chords of one section in steps from its first bar."""

    start_bar: int
    chords: tuple[Harmony, ...]
    wish: HarmonyWish


def progressions(piece: Piece, random: Random) -> Iterator[Progression]:
    """The sections of a piece with chords in them, in order."""
    if not meter_index(piece.numerator, piece.denominator) or piece.bar_ticks > 480 * MOST_QUARTERS:
        return
    chords = harmony_of(piece, -piece.tonic_pc)
    if not chords:
        return
    bar = piece.bar_ticks // TICKS_PER_STEP
    for start, bars, function in _spans(piece, random):
        own = _between(chords, start * bar, (start + bars) * bar)
        if not any(c.root >= 0 for c in own):
            continue
        after = _between(chords, (start + bars) * bar, (start + bars) * bar + 1)
        wish = HarmonyWish(
            piece.numerator, piece.denominator, bars, family=piece.family, minor=piece.minor,
            function=function, mood=_mood(piece.tags, random),
            pace=len(own) / bars, richness=richness_of(own),
            chromatic=chromatic_of(own, piece.minor),
            goal=after[0].root if after and after[0].root >= 0 else None,
            last=own[-1].root if own[-1].root >= 0 else None,
            phrase_starts=tuple(
                b - start for b in piece.phrase_starts if start <= b < start + bars
            ),
        )  # fmt: skip
        yield Progression(start, own, replace(wish, loop=loop_of(own, wish)))


def _mood(tags: tuple[str, ...], random: Random) -> str:
    moods = sorted({MOOD_OF_TAG[tag] for tag in tags if tag in MOOD_OF_TAG})
    return random.choice(moods) if moods else ""


def _spans(piece: Piece, random: Random) -> Iterator[tuple[int, int, str]]:
    """Sections no longer than the model knows; without marks, stretches of four to sixteen bars."""
    if piece.sections:
        for section in piece.sections:
            start, left = section.start_bar, section.bars
            while left > 0:
                bars = min(left, MOST_BARS)
                yield start, bars, section.function if section.function in FUNCTIONS else ""
                start, left = start + bars, left - bars
        return
    start = 0
    while start < piece.bars:
        bars = min(random.choice((4, 8, 8, 8, 16)), piece.bars - start)
        yield start, bars, ""
        start += bars


def _between(chords: tuple[Harmony, ...], start: int, end: int) -> tuple[Harmony, ...]:
    """Chords of a window on half quarters; the one that sounds on before it included."""
    found: dict[int, Harmony] = {}
    for chord in chords:
        if chord.onset >= end:
            break
        onset = max(0, chord.onset - start) // BEAT_STEPS * BEAT_STEPS
        found[onset] = chord._replace(onset=onset)
    return tuple(found[onset] for onset in sorted(found))


def examples(pieces: Iterable[Piece], seed: int, shares: dict[str, float]) -> Iterator[Example]:
    """Training sequences: mostly the section before as reference, then a section."""
    for piece in pieces:
        random = rng(seed, "harmony", piece.id)
        share = shares.get(piece.source, 1.0)
        for _ in range(max(1, round(share))):
            before: Progression | None = None
            for section in progressions(piece, random):
                if share >= 1 or random.random() < share:
                    yield example(section, before if random.random() < 0.6 else None)
                before = section


def example(section: Progression, reference: Progression | None) -> Example:
    """One sequence."""
    tokens, steps = tokens_of(section.chords, section.wish, START)
    rows = harmony_table(section.wish)[steps]
    if reference is not None:
        head, at = tokens_of(reference.chords, reference.wish, REF)
        tokens = head + tokens
        rows = np.concatenate([harmony_table(reference.wish, True)[at], rows])
    return Example(np.array(tokens, np.uint8), rows)
