"""How good a progression is for a letter, by what listeners expect of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from songwright.composition.clarity import clarity
from songwright.composition.plan import Plan, SectionPlan
from songwright.composition.progressions import Bar, functional_table
from songwright.score import ChordSpan
from songwright.styles import Style
from songwright.theory import Chord, Key, chord_from_roman

Progression = tuple[Bar, ...]

_CHARACTER = {"dorian": 9, "phrygian": 1, "lydian": 6, "mixolydian": 10}
"""Semitones above the tonic of the note that tells a mode from major or minor."""
_CLEAR = 0.12  # margin of the key beyond which more clarity is no gain


def score_progression(
    bars: Progression,
    plan: Plan,
    section: SectionPlan,
    style: Style,
    others: Sequence[Progression],
) -> float:
    """Higher is better; about -3 to 4.

    Adds: how clearly the chords speak for the key (`songwright.composition.clarity`); as many
    different chords as the style's pace lets one expect; a beginning at home where a section
    presents a theme, elsewhere where it follows one; the note that tells a mode apart; a way back
    to the beginning of a loop; one or two chords off the main road in the middle. Takes off:
    chords of another key at either end,
    progressions that other letters have, a harmonic rhythm that is not the style's, a tonic that
    sounds more than half of the time, and in functional styles moves that functions do not make.
    """
    tick = plan.meter.bar_ticks
    spans: list[ChordSpan] = []
    for number, bar in enumerate(bars):
        at = 0.0
        for name, share in bar:
            chord = chord_from_roman(name, section.key)
            spans.append(ChordSpan(round((number + at) * tick), round(share * tick), chord))
            at += share
    margin = clarity(spans, section.key)
    score = 1.2 * max(-1.0, min(margin, _CLEAR) / _CLEAR)
    chords = [span.chord for span in spans]
    pace = style.harmony.chords_per_bar
    wanted = min(5.0, 1.0 + 0.75 * len(bars) * min(pace, 1.25))
    different = len({(c.root_pc, c.is_minor) for c in chords})
    score -= 0.45 * max(0.0, wanted - different) + 0.15 * max(0.0, different - wanted - 2)
    moves = [a.root_pc != b.root_pc for a, b in pairwise(chords)]
    changes = (1 + sum(moves)) / len(bars)
    score -= 0.6 * abs(math.log2(changes / pace))
    score -= 2.0 * max(0.0, _share_of(section.key.tonic_pc, spans) - 0.5)
    if style.harmony.functional >= 0.15:
        score -= 2.5 * _against_function(chords, section)
    tonic = section.key.tonic_pc
    if section.function in ("verse", "A", "intro", "outro"):
        score += 0.5 * (chords[0].root_pc == tonic)
    elif style.harmony.functional < 0.15 and section.function not in ("drop", "solo"):
        score += 0.4 * (chords[0].root_pc != tonic)  # what follows the theme starts elsewhere
    if len(bars) < section.bars:  # a loop leads back
        score += 0.4 * (chords[-1].root_pc != chords[0].root_pc)
        score += 0.3 * _leads(chords[-1], chords[0])
    colour = _CHARACTER.get(section.key.harmonic_mode)
    if colour is not None:
        score += 0.8 * any((tonic + colour) % 12 in chord.pcs for chord in chords)
    middle = chords[1:-1]
    daring = sum(_is_rare(c, section) for c in middle)
    score += 0.35 * min(2, daring) - 0.3 * max(0, daring - 3)
    score -= 0.6 * (_is_foreign(chords[0], section) + _is_foreign(chords[-1], section))
    roots = [[chord_from_roman(name, section.key).root_pc for bar in other for name, _ in bar]
             for other in others]  # fmt: skip
    own = [c.root_pc for c in chords]
    score -= 1.5 * sum(_alike(own, other) for other in roots)
    return score


def _leads(chord: Chord, following: Chord) -> bool:
    """By a falling fifth, a rising fifth, or a step: the ways in which roots lead on."""
    return (following.root_pc - chord.root_pc) % 12 in (1, 2, 5, 7, 10)


def _share_of(root_pc: int, spans: Sequence[ChordSpan]) -> float:
    """Share of the time that chords on a root take."""
    total = sum(span.duration_ticks for span in spans)
    return sum(s.duration_ticks for s in spans if s.chord.root_pc == root_pc) / max(1, total)


@cache
def _successions(is_minor: bool) -> frozenset[tuple[int, int]]:
    """Moves between degrees that functional harmony makes."""
    key = Key("C", "minor" if is_minor else "major")
    degree = {name: chord_from_roman(name, key).root_pc for name in functional_table(is_minor)}
    return frozenset(
        (degree[name], chord_from_roman(following, key).root_pc)
        for name, row in functional_table(is_minor).items()
        for following in row
    )


def _against_function(chords: Sequence[Chord], section: SectionPlan) -> float:
    """Share of the moves that functional harmony does not make; applied dominants resolve."""
    tonic, known = section.key.tonic_pc, _successions(section.key.is_minor)
    moves = [(a, b) for a, b in pairwise(chords) if a.root_pc != b.root_pc]
    wrong = sum(
        ((a.root_pc - tonic) % 12, (b.root_pc - tonic) % 12) not in known
        and (b.root_pc - a.root_pc) % 12 != 5
        for a, b in moves
    )
    return wrong / max(1, len(moves))


def _is_foreign(chord: Chord, section: SectionPlan) -> bool:
    key = section.key
    home = {*key.diatonic_pcs, (key.tonic_pc + 11) % 12}
    return not home.issuperset(chord.pcs)


def _is_rare(chord: Chord, section: SectionPlan) -> bool:
    """Off the main road: foreign to the key, or on its third or flat second or sixth degree."""
    degree = (chord.root_pc - section.key.tonic_pc) % 12
    plain = (0, 3, 5, 7, 8, 10) if section.key.is_minor else (0, 2, 5, 7, 9)
    return _is_foreign(chord, section) or degree not in plain


def _alike(own: Sequence[int], other: Sequence[int]) -> bool:
    """The same roots in the same order, wherever the loop begins."""
    if len(own) != len(other):
        return False
    return any(list(own[k:]) + list(own[:k]) == list(other) for k in range(len(own)))
