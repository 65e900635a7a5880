"""First inversions: chords turned so that the bass walks where its roots would leap.

Composers for orchestra and piano write the bass as a second tune: I V/3 vi rather than I V vi,
whose roots fall and rise by fourths. Closes keep their roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.plan import Plan, SectionPlan
from songwright.score import ChordSpan
from songwright.seeds import rng
from songwright.theory import Chord, Key, roman_of
from songwright.theory.voicing import third_pc

_STEP = 2  # semitones
_TURNED = ("", "m", "7", "m7", "maj7")
_CLOSE = 2  # chords at the end of a section that stand on their roots


def inverted(
    spans: Sequence[ChordSpan], plan: Plan, section: SectionPlan, share: float
) -> list[ChordSpan]:
    """The chords of a section with ``share`` of those inverted that let the bass go by step.

    A chord is turned where its root lies more than a whole tone from the bass before, and its third
    a step from the basses on both sides. No two inversions follow each other.
    """
    stream = rng(plan.seed, "inversions", section.letter)
    result = list(spans)
    for i in range(1, len(spans) - _CLOSE):
        chord, before, after = (result[k].chord for k in (i, i - 1, i + 1))
        if chord.bass or before.bass or chord.quality not in _TURNED or chord == before:
            continue
        third = third_pc(chord)
        leaps = _apart(chord.root_pc, before.bass_pc) > _STEP
        walks = 0 < _apart(third, before.bass_pc) <= _STEP
        walks &= 0 < _apart(third, after.bass_pc) <= _STEP
        if leaps and walks and stream.random() < share:
            own = Key(chord.root, "minor" if chord.is_minor else "major")
            turned = Chord(chord.root, chord.quality, own.spell(third))
            result[i] = replace(spans[i], chord=turned, roman=roman_of(turned, section.key))
    return result


def _apart(one: int, other: int) -> int:
    """Semitones between two pitch classes, the shorter way."""
    return min((one - other) % 12, (other - one) % 12)
