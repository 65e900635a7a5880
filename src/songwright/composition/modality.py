"""A mode asked for by name is stated: its own notes, and phrases that begin on its tonic.

A vamp of i and IV is Dorian if it starts and rests on i; begun on IV it is heard in another key,
and a borrowed iv or V takes away the one note by which the mode is known. Styles mix modes freely,
which is right where nobody asked; a request for "E dorian" is held to E Dorian.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from songwright.brief.model import Brief
from songwright.composition.clarity import clarity
from songwright.composition.plan import Plan
from songwright.composition.progressions import Bar, parse_bars
from songwright.score import ChordSpan
from songwright.styles import ProgressionFacts
from songwright.theory import Key, chord_from_roman, is_roman, parse_chord
from songwright.theory.key_profiles import MODE_PROFILES

_TONAL = ("major", "minor")
_OPEN = ("bridge", "C", "D", "pre-chorus", "build")  # sections that lead somewhere else
_START = 0.15  # what it is worth that every phrase begins on the tonic, in units of `clarity`


def is_asked(brief: Brief, key: Key) -> bool:
    """True if the key is modal because the request named its mode."""
    named = brief.key.mode if brief.key is not None else brief.mode
    return bool(named) and key.harmonic_mode not in _TONAL and key.mode != "blues"


def in_mode(options: Sequence[ProgressionFacts], key: Key) -> list[ProgressionFacts]:
    """The progressions that keep to a mode."""
    return [p for p in options if is_within(parse_bars(p.chords), key)]


def is_within(bars: Iterable[Bar], key: Key) -> bool:
    """True if every chord has notes of the mode only."""
    scale = set(key.diatonic_pcs)
    return all(set(_chord_pcs(name, key)) <= scale for bar in bars for name, _ in bar)


def from_tonic(bars: tuple[Bar, ...], key: Key, function: str) -> tuple[Bar, ...]:
    """A loop turned so that it begins on the tonic, if it has it and its section states the key."""
    if function in _OPEN:
        return bars
    for first in range(len(bars)):
        if _root(bars[first][0][0], key) == key.tonic_pc:
            return (*bars[first:], *bars[:first])
    return bars


def strength(spans: list[ChordSpan], plan: Plan) -> float:
    """How well chords speak for the plan's mode: its tonic, at phrase starts most of all."""
    bar = plan.meter.bar_ticks
    starts = {
        (section.start_bar + sum(section.phrases[:i])) * bar
        for section in plan.sections if section.function not in _OPEN
        for i in range(len(section.phrases))
    }  # fmt: skip
    roots = {span.onset_ticks: span.chord.root_pc for span in spans}
    met = sum(roots.get(start) == plan.key.tonic_pc for start in starts)
    return clarity(spans, plan.key, MODE_PROFILES) + _START * met / max(1, len(starts))


def _chord_pcs(name: str, key: Key) -> tuple[int, ...]:
    chord = chord_from_roman(name, key) if is_roman(name) else parse_chord(name)
    return (*chord.pcs, chord.bass_pc)


def _root(name: str, key: Key) -> int:
    chord = chord_from_roman(name, key) if is_roman(name) else parse_chord(name)
    return chord.root_pc
