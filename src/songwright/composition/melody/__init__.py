"""The melody of a plan: a theme for each letter, developed each time the letter returns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from songwright.brief.model import Brief
from songwright.composition.melody.appeal import strangeness
from songwright.composition.melody.develop import choose_treatment, develop
from songwright.composition.melody.rhythm import RhythmTaste, cell_rhythm
from songwright.composition.melody.theme import Setting, compose_theme
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.score import ChordSpan, Note, ThemeUse
from songwright.seeds import rng
from songwright.styles import Style
from songwright.theory import Chord, Key, Meter

__all__ = ["compose_melody"]

# Sections that carry the hook: they open with the motif that the other themes are kin to.
_HOOKS = ("chorus", "drop", "A", "post-chorus")
_ATTEMPTS = 5  # themes written for a letter; the most natural one is kept
_CALM = ("intro", "outro", "breakdown", "interlude", "build")


@dataclass(frozen=True, slots=True)
class _Theme:
    notes: tuple[Note, ...]
    key: Key
    section: SectionPlan


def compose_melody(
    plan: Plan, part: PartPlan, brief: Brief, style: Style
) -> tuple[tuple[Note, ...], tuple[ThemeUse, ...]]:
    """Notes of the lead part, and where each theme sounds and how it was treated."""
    themes: dict[str, _Theme] = {}
    notes: list[Note] = []
    uses: list[ThemeUse] = []
    bar = plan.meter.bar_ticks
    playing = [s for s in plan.sections if part.id in s.parts]
    longest = {s.letter: max(x.bars for x in playing if x.letter == s.letter) for s in playing}
    peak = max(plan.sections, key=lambda s: (s.energy, s.start_bar)).id
    motif = _motif(plan, part, brief, style)
    for section in playing:
        offset = section.start_bar * bar
        closes = section.end_bar == plan.bars and plan.ending != "fade"
        theme = themes.get(section.letter)
        stream = rng(plan.seed, "melody", section.letter, section.occurrence)
        if theme is None:
            written = _theme(plan, part, brief, style, section, longest[section.letter], motif)
            theme = _Theme(tuple(written), section.key, section)
            themes[section.letter] = theme
            treatment = "exact"
        else:
            treatment = choose_treatment(section.occurrence, section.id == peak, stream)
        developed = develop(
            theme.notes, treatment, meter=plan.meter, bars=section.bars,
            chord_at=_chord_lookup(plan.chords, offset),
            old_chord_at=_chord_lookup(plan.chords, theme.section.start_bar * bar),
            key=section.key,
            transpose=(section.key.tonic_pc - theme.key.tonic_pc + 6) % 12 - 6,
            low=part.low, high=part.high, facts=style.melody, closes=closes, rng=stream,
        )  # fmt: skip
        if section.end_bar == plan.bars:
            developed = _ended(developed, section.bars * bar, plan, part.low, part.high)
        if developed:
            first, last = developed[0].onset_ticks, developed[-1].end_ticks
            uses.append(ThemeUse(section.letter, part.id, offset + first, last - first, treatment))
        notes += [replace(n, onset_ticks=n.onset_ticks + offset) for n in developed]
    return tuple(notes), tuple(uses)


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
    pitch = kept[-1].pitch
    if pitch % 12 not in triad:
        inside = range(max(low, pitch - 6), min(high, pitch + 6) + 1)
        fitting = [p for p in inside if p % 12 in triad]
        nearest = min(fitting, key=lambda p: (abs(p - pitch), p), default=pitch)
        kept[-1] = replace(kept[-1], pitch=nearest)
    if plan.ending == "hard":
        kept[-1] = replace(kept[-1], duration_ticks=min(kept[-1].duration_ticks, 240))
    return kept


def _chord_lookup(chords: tuple[ChordSpan, ...], offset: int) -> Callable[[int], Chord]:
    onsets = [c.onset_ticks for c in chords]

    def chord_at(tick: int) -> Chord:
        return chords[max(0, bisect_right(onsets, tick + offset) - 1)].chord

    return chord_at


def _notes_per_bar(
    part: PartPlan, brief: Brief, style: Style, meter: Meter, energy: float
) -> float:
    """Onsets in a bar that style, density, energy and metre ask for."""
    scale = meter.bar_ticks / 1920
    density = 0.55 + 0.9 * part.density
    density *= {"sparse": 0.75, "dense": 1.25}.get(brief.note_density, 1.0)
    return max(0.8, style.melody.notes_per_bar * scale * density * (0.75 + 0.5 * energy))


def _cell_bars(plan: Plan) -> int:
    """A motif lasts two bars, or one when bars are long (more than about 3.2 seconds)."""
    seconds = plan.meter.bar_ticks / 480 * 60.0 / plan.tempo_bpm
    return 1 if seconds > 3.2 else 2


def _motif(plan: Plan, part: PartPlan, brief: Brief, style: Style) -> tuple[int, ...]:
    """The rhythm from which the piece's themes descend."""
    hooks = [s for s in plan.sections if s.function in _HOOKS] or list(plan.sections)
    energy = hooks[0].energy
    taste = RhythmTaste.of(style.melody, _notes_per_bar(part, brief, style, plan.meter, energy))
    return cell_rhythm(plan.meter, _cell_bars(plan), taste, rng(plan.seed, "motif"), candidates=8)


def _theme(
    plan: Plan,
    part: PartPlan,
    brief: Brief,
    style: Style,
    section: SectionPlan,
    bars: int,
    motif: tuple[int, ...],
) -> list[Note]:
    """The theme of a letter, long enough for its longest section."""
    best: tuple[float, list[Note]] | None = None
    for attempt in range(_ATTEMPTS):
        notes = _attempt(plan, part, brief, style, section, bars, motif, attempt)
        cost = strangeness(notes)
        if best is None or cost < best[0]:
            best = (cost, notes)
    return best[1] if best is not None else []


def _attempt(
    plan: Plan,
    part: PartPlan,
    brief: Brief,
    style: Style,
    section: SectionPlan,
    bars: int,
    motif: tuple[int, ...],
    attempt: int,
) -> list[Note]:
    stream = rng(plan.seed, "theme", section.letter, attempt)
    facts = style.melody
    phrases = section.phrases if sum(section.phrases) == bars else _phrases(bars, style)
    names = list(facts.phrase_form)
    scheme = stream.choices(names, [facts.phrase_form[n] for n in names])[0]
    if scheme == "aab" and bars % 3:
        scheme = "sentence"
    if section.function == "solo":
        scheme = "free"
    calm = section.function in _CALM
    per_bar = _notes_per_bar(part, brief, style, plan.meter, section.energy)
    per_bar *= 0.55 if calm else 1.3 if section.function == "solo" else 1.0
    # Choruses sit higher than verses: the register follows the energy.
    reach = min(facts.range_semitones, part.high - part.low) / 2
    middle = (part.low + part.high) / 2
    room = max(0.0, (part.high - part.low) / 2 - reach)
    centre = middle + room * (1.4 * section.energy - 0.8) + 2.0 * (section.energy - 0.5)
    kin = section.function in _HOOKS or calm or stream.random() < 0.5
    setting = Setting(
        plan.meter, phrases, _chord_lookup(plan.chords, section.start_bar * plan.meter.bar_ticks),
        section.key, part.low, part.high, centre, reach * (0.75 if calm else 1.0),
        RhythmTaste.of(facts, per_bar),
        section.end_bar == plan.bars or section.function in ("chorus", "A"), _cell_bars(plan),
    )  # fmt: skip
    if calm:
        facts = replace(facts, rest=max(facts.rest, 0.4))
    placed = compose_theme(setting, facts, scheme, stream, motif if kin else None)
    return [p.note for p in placed]


def _phrases(bars: int, style: Style) -> tuple[int, ...]:
    whole, rest = divmod(bars, style.phrase_bars)
    return (style.phrase_bars,) * whole + ((rest,) if rest else ())
