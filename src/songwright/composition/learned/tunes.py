"""The door between the makers of tunes: which themes of a lead a model writes, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from songwright.brief.model import Brief
from songwright.composition.learned.makers import is_learned, learned_facts
from songwright.composition.melody.layout import layout
from songwright.composition.melody.letters import Composer, theme_name
from songwright.composition.melody.theme import Theme
from songwright.composition.plan import Decision, PartPlan, Plan, SectionPlan
from songwright.errors import ConstraintError, ModelError
from songwright.score import ChordSpan, KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.styles import style

if TYPE_CHECKING:
    from songwright.composition.learned.drafts import Judge, Request

Rank = Callable[[str, Sequence[Score]], Sequence[float]]
"""A judge: for a style, values of several small scores (one tune each, with its chords), higher is
better.

It must be a pure function, or the same seed would no longer give the same piece.
"""

_QUOTES = ("intro", "outro", "interlude")  # sections that speak of the main theme


@dataclass(frozen=True)
class Tunes:
    """Sampled themes by name, and what the plan should say about them."""

    themes: Mapping[str, Theme] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()


def sampled_tunes(plan: Plan, part: PartPlan, brief: Brief, rank: Rank | None = None) -> Tunes:
    """Themes of a lead that the melody model writes; none where the maker is the rules.

    Where the model is missing or damaged, or its constraints cannot be met, there are none, and a
    decision says so. The last few answers are kept: the plan's decisions and its score ask alike.
    """
    if brief.motif or not is_learned(plan, "melody"):
        return Tunes()  # a given motif is developed by rules
    return _sampled(plan, part, brief, rank)


def tune_decisions(plan: Plan, brief: Brief, rank: Rank | None = None) -> tuple[Decision, ...]:
    """What is to be said in a plan about who wrote its tunes."""
    leads = [part for part in plan.parts if part.role == "lead"]
    return tuple(d for part in leads for d in sampled_tunes(plan, part, brief, rank).decisions)


@lru_cache(maxsize=8)
def _sampled(plan: Plan, part: PartPlan, brief: Brief, rank: Rank | None) -> Tunes:
    from songwright.composition.learned.melody import (  # noqa: PLC0415 - loads numpy
        learned_themes,
    )

    facts = learned_facts(plan.style)
    composer = Composer(plan, part, brief, style(plan.style))
    sections: dict[str, SectionPlan] = {}
    for section in (s for s in plan.sections if part.id in s.parts):
        sections.setdefault(theme_name(section), section)
    main = theme_name(composer.main)
    if main in sections:
        sections[main] = composer.main
    judge: Judge | None = None
    if rank is not None:
        asked = rank

        def judge(name: str, tunes: Sequence[Sequence[Note]]) -> Sequence[float]:
            return asked(
                plan.style, [_small_score(plan, part, sections[name], tune) for tune in tunes]
            )

    try:
        requests = _requests(composer, sections, main, facts.rhythm == "idiom")
        themes = learned_themes(requests, facts.melody, plan.tempo_bpm, plan.seed, judge)
    except (ModelError, ConstraintError) as error:
        return Tunes({}, (Decision("melody", "rules", f"the model could not be used: {error}"),))
    how = "pitches on the style's rhythms" if facts.rhythm == "idiom" else "phrase by phrase"
    reason = f"{part.id}: sampled from the melody model ({', '.join(facts.melody)}), {how}"
    return Tunes(themes, (Decision("melody", "learned", reason),))


def _requests(
    composer: Composer, sections: Mapping[str, SectionPlan], main: str, keeps_rhythm: bool
) -> list[Request]:
    from songwright.composition.learned.drafts import Request  # noqa: PLC0415

    requests: list[Request] = []
    first = composer.main
    main_theme = composer.ruled(first, composer.bars_of(first), None) if keeps_rhythm else None
    for name, section in sections.items():
        bars = composer.bars_of(section)
        setting, facts, scheme, _, stream = composer.order(section, bars, None, 0)
        quotes = main if section.function in _QUOTES and name != main else ""
        written: Theme | None = None
        if keeps_rhythm:
            written = main_theme if name == main else composer.ruled(section, bars, main_theme)
        cells = (
            written.layout if written is not None
            else tuple(layout(setting.phrases, scheme, setting.cell_bars, stream))
        )  # fmt: skip
        requests.append(Request(name, setting, facts, cells, written, quotes))
    return requests


def _small_score(
    plan: Plan, part: PartPlan, section: SectionPlan, tune: Sequence[Note]
) -> Score:  # fmt: skip
    """A tune alone over its chords, from the beginning of its section."""
    bar = plan.meter.bar_ticks
    start = section.start_bar * bar
    last = max((note.end_ticks for note in tune), default=bar)
    bars = -(-last // bar)
    chords = []
    for span in plan.chords:
        onset, end = max(span.onset_ticks, start), min(span.end_ticks, start + bars * bar)
        if onset < end:
            chords.append(ChordSpan(onset - start, end - onset, span.chord, span.roman))
    return Score(
        plan.title, bars, (MeterChange(0, plan.meter),), (TempoChange(0, plan.tempo_bpm),),
        (KeyChange(0, section.key),), chords=tuple(chords),
        parts=(Part(part.id, part.name, part.role, part.instrument, tuple(tune)),),
    )  # fmt: skip
