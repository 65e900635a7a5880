"""From a brief to a complete plan."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from songwright.brief.model import Affect, Brief, Length
from songwright.composition.areas import travelled
from songwright.composition.clarity import clarity
from songwright.composition.drawn import with_curves
from songwright.composition.ensemble import assign_sections, choose_parts
from songwright.composition.form import form_bars, plan_sections
from songwright.composition.frame import make_frame
from songwright.composition.harmony import CLEAR, compose_harmony
from songwright.composition.layering import staggered
from songwright.composition.motif import with_motif_harmony
from songwright.composition.plan import Decision, Plan
from songwright.composition.sounds import choose_sounds
from songwright.composition.stops import with_stops
from songwright.composition.tape_stops import with_tape_stop
from songwright.composition.transitions import with_transitions
from songwright.composition.uses import Use, use_of, uses
from songwright.seeds import rng
from songwright.styles import Style, style, style_ids

_DYNAMICS = {"pp": (24, 46), "p": (36, 64), "mp": (46, 82), "mf": (58, 98), "f": (80, 112),
             "ff": (104, 126)}  # fmt: skip
"""Velocity of the calmest and the fullest music of a piece that is asked for at one level.

A level in the prompt holds for the whole piece: its calm sections stay within one step of it
(`songwright.composition.writing` prints the levels)."""

_HOME_IS_HEARD = 0.03
"""Least margin of the home key over all others in a piece that visits other keys."""


def make_plan(brief: Brief, seed: int, maker: str = "mixed", clear: float = CLEAR) -> Plan:
    """Decide style, key, tempo, form, ensemble and harmony; ``maker`` says who writes (see `Plan`).

    ``clear`` is the margin by which the chords should speak for the key (`clarity.clarity`).

    Raises
    ------
    BriefError
        If the controls of the brief cannot be met together.
    """
    decisions: list[Decision] = []
    facts = _style_of(brief, decisions)
    use = use_of(brief.use, facts.family)
    brief = _with_length(brief, facts, use)
    frame = make_frame(brief, facts, use, rng(seed, "frame"))
    sections, energy = plan_sections(brief, facts, use, frame, rng(seed, "form"))
    parts, granted = choose_parts(brief, facts, use, rng(seed, "ensemble"))
    parts, sounding = choose_sounds(parts, brief, facts, seed)
    if sum(part.role not in ("drums", "percussion") for part in parts) == 1:
        # A soloist has nobody to introduce the tune: every section is the tune.
        sections = tuple(
            replace(s, function="A") if s.function in ("intro", "interlude") else s
            for s in sections
        )
    sections = staggered(assign_sections(sections, parts, facts), parts)
    sections = with_stops(sections, facts.stops, seed)
    sections, winding = with_tape_stop(sections, parts, brief, facts, frame.ending, seed)
    sections, parts, moving = with_transitions(sections, parts, brief, facts, seed)
    journey = travelled(sections, brief, facts, frame.ending)
    usual = facts.performance.velocity or use.velocity
    soft, loud = _DYNAMICS.get(brief.dynamics, (usual[0], usual[1]))
    plan = Plan(
        title=brief.title or _title(brief, facts), seed=seed, style=facts.id, use=use.name,
        key=frame.key, tempo_bpm=frame.tempo_bpm, meter=frame.meter, feel=frame.feel,
        swing=frame.swing, swing_unit_ticks=frame.swing_unit_ticks, bars=frame.bars,
        sections=journey, energy=energy, parts=parts, tempos=frame.tempos, ending=frame.ending,
        dynamics_low=soft, dynamics_high=loud, production=brief.production,
        decisions=(*decisions, *frame.decisions, *granted, *sounding, *winding, *moving),
        maker=maker,
    )  # fmt: skip
    composed = compose_harmony(plan, brief, facts, clear)
    if journey != sections and clarity(composed.chords, plan.key) < _HOME_IS_HEARD:
        composed = compose_harmony(replace(plan, sections=sections), brief, facts, clear)
    return with_curves(with_motif_harmony(composed, brief, facts), brief)


def _style_of(brief: Brief, decisions: list[Decision]) -> Style:
    if brief.style:
        return style(brief.style)
    wanted = [set(request.instruments[:3]) for request in brief.instruments]
    usual = {name: rank for rank, name in enumerate(_USUAL)}
    chosen = min(
        (style(name) for name in style_ids()),
        key=lambda s: (
            round(_distance(brief.affect, s, wanted, brief.only_these) + _strain(brief, s), 6),
            usual.get(s.id, len(usual)),
            s.id,
        ),
    )
    named = wanted or brief.affect != Affect()
    reason = "nearest to the mood and instruments" if named else "no style was named"
    decisions.append(Decision("style", chosen.id, reason))
    return chosen


_CHAMBER = 0.5  # how much nearer a style is whose every part is among those asked for
_STRANGE = 0.3  # how far it moves a style away that it knows nobody who was asked for

# What is taken when mood and instruments leave several styles equally near.
_USUAL = ("pop", "cinematic_ambient", "orchestral_film", "country_folk", "soul_rnb", "jazz_swing")


def _distance(affect: Affect, candidate: Style, wanted: list[set[str]], only_these: bool) -> float:
    """How far a style lies from the mood asked for, less a bonus for the instruments it knows.

    A style whose whole ensemble was asked for (a piano, the four of a quartet) is nearest.
    """
    facts = candidate.affect
    pairs = (
        (affect.valence, facts.valence), (affect.arousal, facts.arousal),
        (affect.tension, facts.tension), (affect.brightness, facts.brightness),
        (affect.density, facts.density),
    )  # fmt: skip
    far = math.sqrt(sum((a - b) ** 2 for a, b in pairs if a != 0.0))
    if not wanted:
        return far
    known = {i for part in candidate.parts for i in part.instruments}
    asked = set[str]().union(*wanted)
    met = sum(
        0.5 * bool(request & known) + 0.5 * len(request & known) / len(request)
        for request in wanted
    ) / len(wanted)
    whole = all(asked & set(part.instruments) for part in candidate.parts)
    if only_these:  # a chamber group is nearest to the style with the like of it
        covered = sum(bool(asked & set(part.instruments)) for part in candidate.parts)
        far -= _CHAMBER * covered / len(candidate.parts)
    strange = _STRANGE if met == 0.0 else 0.0
    return far + strange - 0.6 * met - (0.5 if whole else 0.0)


def _strain(brief: Brief, candidate: Style) -> float:
    """How unusual the use, the metre and the tempo asked for would be in a style."""
    suits = uses()[brief.use].suits if brief.use else ()
    strain = 0.6 if suits and candidate.family not in suits else 0.0
    if brief.meter is not None:
        share = candidate.meters.get(str(brief.meter), 0.0) / sum(candidate.meters.values())
        strain += 0.5 * max(0.0, 1.0 - 3.0 * share)
    if brief.tempo is not None:
        tempo = candidate.tempo
        inside = tempo.low_bpm <= brief.tempo.high_bpm and brief.tempo.low_bpm <= tempo.high_bpm
        strain += 0.0 if inside else 0.3
    if brief.feel in ("swing", "shuffle"):
        strain += 0.4 if candidate.swing <= 0.55 else 0.0
    return strain


def _with_length(brief: Brief, facts: Style, use: Use) -> Brief:
    """A form or chart that says its own length decides the bars when nothing else does."""
    if brief.length is not None:
        return brief
    if bars := form_bars(brief):
        return replace(brief, length=Length("bars", bars, bars))
    if brief.chart:
        unit = len(brief.chart)
        tempo = brief.tempo.low_bpm if brief.tempo else facts.tempo.typical_bpm
        bar_seconds = (brief.meter.bar_ticks if brief.meter else 1920) / 480 * 60 / tempo
        rounds = max(1, round(use.seconds / bar_seconds / unit))
        return replace(brief, length=Length("bars", unit * rounds, unit * rounds))
    return brief


_KEY_WORDS = re.compile(r"\b(?:in|at) (?:[A-G](?:#|b)?|[A-G] (?:sharp|flat))(?: [a-z]+)?\b.*$")


_UNITS = {"bar", "bars", "bpm", "s", "sec", "second", "seconds", "min", "minute", "minutes"}


def _title(brief: Brief, facts: Style) -> str:
    """A title from the first words of the prompt, or the name of the style."""
    head = re.split(r"[,.;:|\n]", brief.prompt.strip(), maxsplit=1)[0]
    head = _KEY_WORDS.sub("", head)
    kept = [
        word
        for word in head.split()
        if word.isprintable() and not any(c.isdigit() for c in word) and word.lower() not in _UNITS
    ]
    text = " ".join(kept[:7])[:60].strip(" -–'\"()")
    return text[:1].upper() + text[1:] if text else facts.name
