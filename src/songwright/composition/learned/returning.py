"""What a phrase keeps of the one that it develops: its rhythm, and the way its pitches go.

The model draws the pitches of a return, but inside a band around the earlier statement, moved along
the scale, so that the tune has the form that its scheme promises however free the model would be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from songwright.composition.learned.phrases import Phrase
from songwright.composition.melody.cadence import closing
from songwright.composition.melody.cells import Cell, inverted, moved, pitch_at
from songwright.composition.melody.idioms import Spans
from songwright.composition.melody.rhythm import breathe, varied
from songwright.composition.melody.theme import Setting
from songwright.score import Note
from songwright.styles import MelodyFacts
from songwright.theory import Key

_MOVES = (0, 1, -1, 2, -2, 3, -3, 4)
"""Steps of the scale by which the candidates of a return are moved, one after the other."""

Band = Mapping[int, frozenset[int]]
"""Semitones above the tonic that may begin at a tick."""


def rhythm_of_return(
    phrase: Phrase, source: Sequence[Note], setting: Setting, facts: MelodyFacts, stream: Random
) -> Spans | None:
    """The rhythm that a return takes over (ticks in the phrase); None where it is new.

    ``source`` are the notes of the earlier stretch, in ticks from its first bar.
    """
    if phrase.mark is None or not source:
        return None
    meter = setting.meter
    length = phrase.bars * meter.bar_ticks
    spans: Spans = tuple((n.onset_ticks, n.duration_ticks) for n in source)
    spans = tuple((o, min(d, length - o)) for o, d in spans if o < length)
    if phrase.mark == ".":
        head = tuple(s for s in spans if s[0] < max(length - meter.bar_ticks, length // 2))
        return closing(
            head or spans[:1], length, meter, setting.taste, facts.rest, phrase.is_last, stream
        )
    if phrase.mark == "!":
        bar = meter.bar_ticks
        head = tuple((o, min(d, bar - o)) for o, d in spans if o < bar)
        spans = tuple((b * bar + o, d) for b in range(phrase.bars) for o, d in head)
    elif phrase.mark == "~":
        spans = varied(spans, stream)
    return breathe(spans, length, meter, facts.rest, stream) if phrase.ends else spans


def band_of_return(
    phrase: Phrase, source: Sequence[Note], rhythm: Spans, setting: Setting, number: int
) -> Band:
    """For each onset of a return the pitch classes near to what the earlier statement had there.

    ``number`` is the candidate's: each is moved along the scale by another step. A return to the
    letter is not moved; one that closes is free in its last bar.
    """
    if phrase.mark is None or not source:
        return {}
    key = setting.key
    cell = Cell(
        tuple((n.onset_ticks, n.duration_ticks) for n in source),
        tuple(n.pitch for n in source), key,
    )  # fmt: skip
    bar = setting.meter.bar_ticks
    onsets = [o for o, _ in rhythm]
    heads = [o % bar if phrase.mark == "!" else o for o in onsets]
    pitches: Sequence[int] = pitch_at(cell, heads)
    if phrase.mark == "^":
        pitches = inverted(pitches, key)
    steps = 0 if phrase.mark in ("", "~") else _MOVES[number % len(_MOVES)]
    each = 0
    if phrase.mark == "!":
        steps, each = 0, (1, -1)[number % 2]
    free_from = (phrase.bars - 1) * bar if phrase.mark == "." or phrase.ends else phrase.bars * bar
    return {
        onset: _around(pitch, key, steps + each * (onset // bar))
        for onset, pitch in zip(onsets, pitches, strict=True)
        if onset < free_from
    }


def _around(pitch: int, key: Key, steps: int) -> frozenset[int]:
    return frozenset((moved(pitch, key, steps + near) - key.tonic_pc) % 12 for near in (-1, 0, 1))
