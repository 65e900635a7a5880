"""From a brief to a complete plan."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief, Length
from songwright.composition.areas import travelled
from songwright.composition.articulation import with_articulation
from songwright.composition.casting import cast
from songwright.composition.choir import with_voices
from songwright.composition.choosing_style import choose_style
from songwright.composition.clarity import clarity
from songwright.composition.drawn import with_curves
from songwright.composition.ensemble import choose_parts
from songwright.composition.entries import assign_sections
from songwright.composition.form import form_bars, plan_sections
from songwright.composition.frame import make_frame
from songwright.composition.harmony import CLEAR, compose_harmony
from songwright.composition.layering import staggered
from songwright.composition.motif import with_motif_harmony
from songwright.composition.part_places import seconds_for
from songwright.composition.part_spans import with_part_spans
from songwright.composition.plan import Decision, Plan
from songwright.composition.sounds import choose_sounds
from songwright.composition.stops import with_stops
from songwright.composition.tape_stops import with_tape_stop
from songwright.composition.titles import title_of
from songwright.composition.transitions import with_transitions
from songwright.composition.uses import Use, use_of
from songwright.seeds import rng
from songwright.styles import Style
from songwright.units import seconds_of_bar

_DYNAMICS = {"pp": (24, 46), "p": (36, 64), "mp": (46, 82), "mf": (58, 98), "f": (80, 112),
             "ff": (104, 126)}  # fmt: skip
"""Velocity of the calmest and the fullest music of a piece that is asked for at one level.

A level in the prompt holds for the whole piece: its calm sections stay within one step of it
(`songwright.composition.writing` prints the levels)."""

_HOME_IS_HEARD = 0.03
"""Least margin of the home key over all others in a piece that visits other keys."""

_HOME_SHARE = 0.5
"""Share of the margin asked for that such a piece must keep when its key was not heard before: the
visits to a relative major are what takes a minor key away."""


def make_plan(brief: Brief, seed: int, maker: str = "mixed", clear: float = CLEAR) -> Plan:
    """Decide style, key, tempo, form, ensemble and harmony; ``maker`` says who writes (see `Plan`).

    ``clear`` is the margin by which the chords should speak for the key (`clarity.clarity`).

    Raises
    ------
    BriefError
        If the controls of the brief cannot be met together.
    """
    decisions: list[Decision] = []
    facts = choose_style(brief, decisions)
    use = use_of(brief.use, facts.family)
    brief = cast(_with_length(brief, facts, use), facts, use)
    frame = make_frame(brief, facts, use, rng(seed, "frame"))
    sections, energy = plan_sections(brief, facts, use, frame, rng(seed, "form"))
    parts, granted = choose_parts(brief, facts, use, rng(seed, "ensemble"))
    parts = with_articulation(with_voices(parts, brief), brief)
    parts, sounding = choose_sounds(parts, brief, facts, seed)
    if sum(part.role not in ("drums", "percussion") for part in parts) == 1:
        # A soloist has nobody to introduce the tune: every section is the tune.
        sections = tuple(
            replace(s, function="A") if s.function in ("intro", "interlude") else s
            for s in sections
        )
    sections = assign_sections(sections, parts, facts)
    sections = staggered(sections, parts, loops=frame.ending == "loop")
    sections = with_stops(sections, facts.stops, seed)
    sections, winding = with_tape_stop(sections, parts, brief, facts, frame.ending, seed)
    sections, parts, moving = with_transitions(sections, parts, brief, facts, seed)
    journey = travelled(sections, brief, facts, frame.ending)
    usual = facts.performance.velocity or use.velocity
    soft, loud = _DYNAMICS.get(brief.dynamics, (usual[0], usual[1]))
    plan = Plan(
        title=brief.title or title_of(brief.prompt) or facts.name,
        seed=seed, style=facts.id, use=use.name,
        key=frame.key, tempo_bpm=frame.tempo_bpm, meter=frame.meter, feel=frame.feel,
        swing=frame.swing, swing_unit_ticks=frame.swing_unit_ticks, bars=frame.bars,
        sections=journey, energy=energy, parts=parts, tempos=frame.tempos, ending=frame.ending,
        dynamics_low=soft, dynamics_high=loud, production=brief.production,
        decisions=(*decisions, *frame.decisions, *granted, *sounding, *winding, *moving),
        maker=maker,
        silent_voices=tuple(dict.fromkeys(v for avoid in brief.avoid for v in avoid.voices)),
    )  # fmt: skip
    composed = compose_harmony(plan, brief, facts, clear)
    least = _HOME_IS_HEARD if clear <= CLEAR else _HOME_SHARE * clear
    if journey != sections and clarity(composed.chords, plan.key) < least:
        composed = compose_harmony(replace(plan, sections=sections), brief, facts, clear)
    return with_part_spans(with_curves(with_motif_harmony(composed, brief, facts), brief), brief)


def _with_length(brief: Brief, facts: Style, use: Use) -> Brief:
    """A form or chart that says its own length decides the bars when nothing else does."""
    if brief.length is not None:
        return brief
    if bars := form_bars(brief):
        return replace(brief, length=Length("bars", bars, bars))
    tempo = brief.tempo.low_bpm if brief.tempo else facts.tempo.typical_bpm
    bar_seconds = seconds_of_bar(brief.meter.bar_ticks if brief.meter else 1920, tempo)
    if brief.chart:
        unit = len(brief.chart)
        rounds = max(1, round(use.seconds / bar_seconds / unit))
        return replace(brief, length=Length("bars", unit * rounds, unit * rounds))
    needed = seconds_for(brief, bar_seconds)
    if needed > use.seconds:
        return replace(brief, length=Length("seconds", needed, needed))
    return brief
