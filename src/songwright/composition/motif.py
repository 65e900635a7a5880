"""Chords under a given motif: where a planned chord clashes with it, one that fits takes its place.

The motif opens the main theme note for note, so there the harmony gives way and not the tune.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.melody.letters import Composer
from songwright.composition.plan import Plan, SectionPlan
from songwright.score import ChordSpan, Note
from songwright.styles import Style
from songwright.theory import Chord, chord_from_roman
from songwright.theory.roman import roman_of

_FITS = 0.5
"""Share of a bar of the motif, by length, that a chord must hold to stay."""
_DOWNBEAT = 1.5
_PALETTE = {
    False: ("I", "IV", "V", "vi", "ii", "iii"), True: ("i", "iv", "V", "bVI", "bIII", "bVII"),
}  # fmt: skip


def with_motif_harmony(plan: Plan, brief: Brief, style: Style) -> Plan:
    """The plan with chords that fit the brief's motif where the main theme states it.

    Chords that were asked for stay.
    """
    leads = [p for p in plan.parts if p.role == "lead"]
    charted = brief.chart or any(section.chart for section in brief.form)
    if not brief.motif or not leads or charted:
        return plan
    main = Composer(plan, leads[0], brief, style).main
    bar = plan.meter.bar_ticks
    bars = max(n.onset_ticks for n in brief.motif) // bar + 1
    chords = list(plan.chords)
    for section in (s for s in plan.sections if s.letter == main.letter):
        for k in range(min(bars, section.bars - 1)):
            chords = _refitted(chords, plan, section, k, brief.motif)
    return replace(plan, chords=tuple(chords))


def _refitted(
    chords: Sequence[ChordSpan], plan: Plan, section: SectionPlan, k: int, motif: Sequence[Note]
) -> list[ChordSpan]:
    bar = plan.meter.bar_ticks
    start = (section.start_bar + k) * bar
    shift = section.key.tonic_pc - plan.key.tonic_pc
    inner = [n for n in motif if k * bar <= n.onset_ticks < (k + 1) * bar]
    held = [c for c in chords if c.onset_ticks < start + bar and c.end_ticks > start]
    if not inner or not held:
        return list(chords)

    def fit(chord: Chord, a: int, b: int) -> float:
        total = hit = 0.0
        for note in inner:
            at = note.onset_ticks - k * bar
            if a <= at < b:
                weight = note.duration_ticks * (_DOWNBEAT if at == 0 else 1.0)
                total += weight
                hit += weight * ((note.pitch + shift) % 12 in chord.pcs)
        return hit / total if total else 1.0

    if all(fit(c.chord, c.onset_ticks - start, c.end_ticks - start) >= _FITS for c in held):
        return list(chords)
    options = [chord_from_roman(n, section.key) for n in _PALETTE[section.key.is_minor]]
    best = max(options, key=lambda c: (round(fit(c, 0, bar), 3), -options.index(c)))
    result: list[ChordSpan] = []
    for chord in chords:  # what rings into or out of the bar is cut
        if chord.onset_ticks < start < chord.end_ticks:
            result.append(replace(chord, duration_ticks=start - chord.onset_ticks))
        elif not start <= chord.onset_ticks < start + bar:
            result.append(chord)
        if chord.onset_ticks < start + bar < chord.end_ticks:
            rest = chord.end_ticks - start - bar
            result.append(replace(chord, onset_ticks=start + bar, duration_ticks=rest))
    result.append(ChordSpan(start, bar, best, roman_of(best, section.key)))
    return sorted(result, key=lambda c: c.onset_ticks)
