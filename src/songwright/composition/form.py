"""Form: sections that fill the bars, an energy curve, key areas.

A form from the brief is kept as it is. A form from the style is fitted: sections are dropped or
repeated until the template is near the length, then sections grow or shrink by whole phrases, and
a rest that is no phrase goes to the last section, where a held ending is natural.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from songwright.brief.model import Brief, SectionRequest
from songwright.composition.drawn import levels_of
from songwright.composition.fitting import BLUES_BARS, Draft, fit_bars, grow_or_shrink
from songwright.composition.frame import Frame
from songwright.composition.placing import bar_of, key_changes, placed, with_drop
from songwright.composition.plan import SectionPlan
from songwright.composition.uses import Use
from songwright.styles import FormFacts, Style
from songwright.theory import Key
from songwright.units import seconds_of_bar

DEFAULT_ENERGY = {
    "intro": 0.3, "verse": 0.45, "pre-chorus": 0.6, "chorus": 0.8, "post-chorus": 0.75,
    "bridge": 0.5, "breakdown": 0.3, "build": 0.6, "drop": 0.92, "solo": 0.7, "interlude": 0.4,
    "outro": 0.35, "A": 0.5, "B": 0.68, "C": 0.8, "D": 0.6,
}  # fmt: skip


def plan_sections(
    brief: Brief, style: Style, use: Use, frame: Frame, rng: Random
) -> tuple[tuple[SectionPlan, ...], tuple[float, ...]]:
    """Sections and the energy of each bar (0..1)."""
    if brief.form:
        drafts = _requested(brief.form, frame.bars, style.phrase_bars)
    else:
        drafts = _from_style(style, use, frame, {a.word for a in brief.avoid}, rng)
        drafts = with_drop(drafts, brief, frame, style.phrase_bars)
    places = brief.places
    if not (places or brief.form):
        places = key_changes(drafts, brief, frame)
    if places:
        drafts = placed(drafts, places, frame, style.phrase_bars, keep=bool(brief.form))
    sections = _modulate(_with_ids(drafts, style.phrase_bars, frame.key), brief, frame)
    return _energise(sections, brief, style, use, frame)


def form_bars(brief: Brief) -> int:
    """Bars of a requested form whose sections all say their length; 0 if any is open."""
    lengths = [section.bars or len(section.chart) for section in brief.form]
    return sum(lengths) if lengths and all(lengths) else 0


def _requested(form: tuple[SectionRequest, ...], bars: int, phrase: int) -> list[Draft]:
    drafts: list[Draft] = []
    fixed = []
    for section in form:
        length = section.bars or len(section.chart)
        fixed.append(length > 0)
        default = 4 if section.function in ("intro", "outro", "pre-chorus", "build") else 8
        drafts.append((section.function, length or default, section.function, None))
    if sum(d[1] for d in drafts) != bars:
        drafts = fit_bars(drafts, bars, phrase, fixed)
    return drafts


def _from_style(
    style: Style, use: Use, frame: Frame, unwanted: set[str], rng: Random
) -> list[Draft]:
    bars = frame.bars
    forms = [f for f in style.forms if use.name in f.uses] or [f for f in style.forms if not f.uses]
    if use.name in ("social loop", "sting", "game cue") and not any(
        use.name in f.uses for f in style.forms
    ):
        forms = []
    forms = forms or [FormFacts(form) for form in use.forms]
    drafts = [_parse(f) for f in forms]
    if frame.ending == "loop":  # a loop has no beginning and no end
        unwanted = unwanted | {"intro", "outro"}
    drafts = [[d for d in f if d[0] not in unwanted] or f for f in drafts]

    def fitness(i: int) -> float:
        total = sum(d[1] for d in drafts[i])
        ratio = max(total, bars) / max(1, min(total, bars))
        return forms[i].weight / ratio**4

    chosen = rng.choices(range(len(forms)), [fitness(i) for i in range(len(forms))])[0]
    draft = grow_or_shrink(drafts[chosen], bars)
    left = bars - draft[0][1]
    if len(draft) == 1 and draft[0][1] == BLUES_BARS and left >= 4 and "intro" not in unwanted:
        draft.insert(0, ("intro", left, "intro", None))  # a form of twelve bars keeps them
    return fit_bars(draft, bars, style.phrase_bars, [False] * len(draft))


def _parse(form: FormFacts) -> list[Draft]:
    drafts: list[Draft] = []
    for i, text in enumerate(form.sections):
        function, _, rest = text.partition(":")
        length, _, letter = rest.partition(":")
        energy = form.energy[i] if i < len(form.energy) else None
        drafts.append((function, int(length or 8), letter or function, energy))
    return drafts


def phrases_of(bars: int, phrase: int) -> tuple[int, ...]:
    """Phrase lengths that add up to ``bars``: whole phrases, a short rest joins the last one."""
    count, rest = divmod(bars, phrase)
    if count == 0:
        return (bars,)
    lengths = [phrase] * count
    if rest == 1 or (rest and rest < phrase / 2):
        lengths[-1] += rest
    elif rest:
        lengths.append(rest)
    return tuple(lengths)


def _with_ids(drafts: list[Draft], phrase: int, key: Key) -> list[SectionPlan]:
    sections: list[SectionPlan] = []
    heard: dict[str, int] = {}
    named: dict[str, int] = {}
    start = 0
    totals: dict[str, int] = {}
    for function, _, _, _ in drafts:
        totals[function] = totals.get(function, 0) + 1
    for function, bars, letter, energy in drafts:
        named[function] = named.get(function, 0) + 1
        section_id = f"{function}-{named[function]}" if totals[function] > 1 else function
        occurrence = heard.get(letter, 0)
        heard[letter] = occurrence + 1
        level = DEFAULT_ENERGY[function] if energy is None else energy
        if energy is None and function in ("chorus", "drop", "verse", "A", "B"):
            level += 0.05 * min(occurrence, 3)  # each return a little stronger
        sections.append(
            SectionPlan(
                section_id,
                function,
                letter,
                occurrence,
                start,
                bars,
                phrases_of(bars, phrase),
                level,
                key,
            )
        )
        start += bars
    return sections


def _modulate(sections: list[SectionPlan], brief: Brief, frame: Frame) -> list[SectionPlan]:
    for modulation in brief.modulations:
        words = modulation.where.lower() if modulation.at is None else ""
        matching = [
            i
            for i, s in enumerate(sections)
            if s.function.lower() in words.split() or s.id.lower() == words or s.function in words
        ]
        to_end = True
        if modulation.at is not None:
            bar = bar_of(modulation.at, frame)
            first = min(range(len(sections)), key=lambda i: abs(sections[i].start_bar - bar))
        elif matching:
            first = matching[-1] if ("last" in words or "final" in words) else matching[0]
            if "second" in words and len(matching) > 1:
                first = matching[1]
            to_end = sections[first].function not in ("bridge", "interlude", "solo", "breakdown")
        else:  # "end", or a section that this form lacks: the last third
            first = max(1, round(len(sections) * 2 / 3)) if len(sections) > 1 else 0
        last = len(sections) if to_end else first + 1
        for i in range(first, last):
            key = sections[i].key.transposed(modulation.semitones)
            sections[i] = replace(sections[i], key=key)
    return sections


def _energise(
    sections: list[SectionPlan], brief: Brief, style: Style, use: Use, frame: Frame
) -> tuple[tuple[SectionPlan, ...], tuple[float, ...]]:
    """Energy of each bar, and each section's mean."""
    levels = [s.energy for s in sections]
    mean = sum(level * s.bars for level, s in zip(levels, sections, strict=True)) / frame.bars
    shift = use.energy_shift + 0.18 * (brief.affect.arousal - style.affect.arousal) * (
        1.0 if brief.affect.arousal else 0.0
    )
    shift += {"low": -0.2, "high": 0.2}.get(brief.intensity, 0.0)
    curve: list[float] = []
    for i, section in enumerate(sections):
        level = mean + (levels[i] - mean) * use.energy_span + shift
        following = (
            mean + (levels[i + 1] - mean) * use.energy_span + shift
            if i + 1 < len(sections)
            else level
        )
        for bar in range(section.bars):
            at = (bar + 0.5) / section.bars
            if section.function in ("build", "pre-chorus", "intro"):
                value = level + (following - level) * 0.6 * at**1.5
            elif section.function in ("outro",):
                value = level * (1.08 - 0.35 * at)
            else:
                value = level - 0.04 + 0.08 * at  # a section leans forward
                value += style.performance.contrast * _phrased(section, bar)
            curve.append(value)
    curve = _drawn(curve, brief, frame)
    curve = [min(1.0, max(0.05, round(value, 4))) for value in curve]
    energised = tuple(
        replace(s, energy=round(sum(curve[s.start_bar : s.end_bar]) / s.bars, 4)) for s in sections
    )
    return energised, tuple(curve)


_ANSWER = 0.13  # by how much a phrase and its answer differ from their section
_SWELL = 0.24  # from the edges of a phrase to its middle


def _phrased(section: SectionPlan, bar: int) -> float:
    """What a bar's place in its phrase adds to the energy: answers are softer, phrases swell."""
    start = 0
    for number, length in enumerate(section.phrases):
        if bar < start + length:
            swell = math.sin(math.pi * (bar - start + 0.5) / length) - 2.0 / math.pi
            return _SWELL * swell + (_ANSWER if number % 2 == 0 else -_ANSWER)
        start += length
    return 0.0


_OBEYED = 0.85  # how far the curve asked for outweighs the form's own


def _drawn(curve: list[float], brief: Brief, frame: Frame) -> list[float]:
    """Bend the curve to the energy points of the brief; between them it is straight."""
    if not brief.energy:
        return curve
    bar_seconds = seconds_of_bar(frame.meter.bar_ticks, frame.tempo_bpm)
    first = min(brief.energy, key=lambda p: (p.bar or 0.0, p.seconds or 0.0, p.position)).level
    first = curve[0] if len(brief.energy) > 1 else min(curve[0], first)
    line = levels_of(brief.energy, frame.bars, bar_seconds, first)
    return [_OBEYED * x + (1.0 - _OBEYED) * y for x, y in zip(line, curve, strict=True)]
