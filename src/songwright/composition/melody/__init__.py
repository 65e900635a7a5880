"""The melody of a plan: a theme for each letter, developed each time the letter returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from songwright.brief.model import Brief
from songwright.composition.melody.develop import TREATMENTS, choose_treatment, develop
from songwright.composition.melody.letters import Composer, chord_lookup
from songwright.composition.melody.theme import Theme
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import Note, ThemeUse
from songwright.seeds import rng
from songwright.styles import Style

__all__ = ["compose_melody"]

_FAR = 12  # semitones from which a leap into a section is another register


def compose_melody(
    plan: Plan, part: PartPlan, brief: Brief, style: Style,
    sampled: Mapping[str, Theme] | None = None,
) -> tuple[tuple[Note, ...], tuple[ThemeUse, ...]]:  # fmt: skip
    """Notes of the lead part, and where each theme sounds and how it was treated.

    ``sampled`` are themes that a model has written, by name; the rules write the others.
    """
    composer = Composer(plan, part, brief, style, sampled or {})
    themes: dict[str, tuple[tuple[Note, ...], SectionPlan]] = {}
    notes: list[Note] = []
    uses: list[ThemeUse] = []
    bar = plan.meter.bar_ticks
    playing = [s for s in plan.sections if part.id in s.parts]
    peak = max(plan.sections, key=lambda s: (s.energy, s.start_bar)).id
    free_until = 0  # an upbeat may not begin before the section that it belongs to may be heard
    for section in playing:
        offset = section.start_bar * bar
        closes = section.end_bar == plan.bars and plan.ending != "fade"
        stream = rng(plan.seed, "melody", section.letter, section.occurrence)
        if section.function == "solo":  # improvised over the letter's chords
            theme, home = composer.theme(section).notes, section
            treatment = "improvised"
        elif section.letter not in themes:
            theme, home = composer.theme(section).notes, section
            if section.letter == composer.main.letter:
                home = composer.main
            themes[section.letter] = theme, home
            treatment = "exact"
        else:
            theme, home = themes[section.letter]
            treatment = choose_treatment(
                section.occurrence, section.id == peak, stream, style.melody.returns or TREATMENTS
            )
        developed = develop(
            theme, treatment, meter=plan.meter, bars=section.bars,
            chord_at=chord_lookup(plan, section), old_chord_at=chord_lookup(plan, home),
            key=section.key,
            transpose=(section.key.tonic_pc - home.key.tonic_pc + 6) % 12 - 6,
            low=part.low, high=part.high, facts=style.melody, closes=closes, rng=stream,
            returns=section.occurrence > 0 and treatment != "improvised",
        )  # fmt: skip
        if section.end_bar == plan.bars:
            developed = _ended(developed, section.bars * bar, plan, part.low, part.high)
        if section.start_bar * bar != free_until or not notes:
            developed = [n for n in developed if n.onset_ticks >= 0]
        free_until = section.end_bar * bar
        if developed:
            placed = [replace(n, onset_ticks=n.onset_ticks + offset) for n in developed]
            _join(notes, placed)
            first, last = offset, placed[-1].end_ticks
            uses.append(ThemeUse(section.letter, part.id, first, last - first, treatment))
    return tuple(notes), tuple(uses)


def _join(notes: list[Note], following: Sequence[Note]) -> None:
    """Append a section; its upbeat waits until the note before has sounded for an eighth.

    Where it begins in another register the player takes a breath first.
    """
    fresh = list(following)
    if notes:
        last = notes[-1]
        least = last.onset_ticks + min(last.duration_ticks, 240)
        fresh = [n for n in fresh if n.onset_ticks >= least] or fresh[-1:]
        if last.end_ticks > fresh[0].onset_ticks:
            notes[-1] = last = replace(last, duration_ticks=fresh[0].onset_ticks - last.onset_ticks)
        far = abs(fresh[0].pitch - last.pitch) >= _FAR
        if far and last.end_ticks == fresh[0].onset_ticks and last.duration_ticks >= 480:
            breath = min(480, last.duration_ticks // 2)
            notes[-1] = replace(last, duration_ticks=last.duration_ticks - breath)
    notes += fresh


def _ended(notes: list[Note], length: int, plan: Plan, low: int, high: int) -> list[Note]:
    """The last section's tune comes to rest in the last bar instead of running into the end."""
    if plan.ending in ("loop", "fade") or not notes:
        return notes
    last_bar = length - plan.meter.bar_ticks
    kept = [n for n in notes if n.onset_ticks <= last_bar]
    if not kept:
        return notes[:1]
    final = kept[-1]
    if final.onset_ticks < last_bar and final.end_ticks > last_bar - plan.meter.pulses_ticks[0]:
        kept[-1] = replace(final, duration_ticks=length - final.onset_ticks)
    elif final.onset_ticks == last_bar:
        kept[-1] = replace(final, duration_ticks=plan.meter.bar_ticks)
    else:
        kept.append(Note(last_bar, plan.meter.bar_ticks, final.pitch, final.velocity))
    triad = plan.chords[-1].chord.pcs[:3]
    before = kept[-2].pitch if len(kept) > 1 else kept[-1].pitch
    inside = range(max(low, before - 9), min(high, before + 9) + 1)
    # The root where it lies near, else the third; the fifth leaves the end open.
    chordal = [p for p in inside if p % 12 in triad]
    goals = [(abs(p - before) + 3 * triad.index(p % 12), p) for p in chordal]
    if goals:
        kept[-1] = replace(kept[-1], pitch=min(goals)[1])
    if plan.ending == "hard":
        kept[-1] = replace(kept[-1], duration_ticks=min(kept[-1].duration_ticks, 240))
    return kept
