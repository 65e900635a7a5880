"""Form: sections that fill the bars, an energy curve, key areas.

A form from the brief is kept as it is. A form from the style is fitted: sections are dropped or
repeated until the template is near the length, then sections grow or shrink by whole phrases, and
a rest that is no phrase goes to the last section, where a held ending is natural.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, takewhile
from random import Random

from songwright.brief.model import Brief, SectionRequest
from songwright.composition.drawn import levels_of
from songwright.composition.frame import Frame
from songwright.composition.plan import SectionPlan
from songwright.composition.uses import Use
from songwright.styles import FormFacts, Style
from songwright.theory import Key

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
        drafts = _dropped(drafts, brief, frame, style.phrase_bars)
    sections = _modulate(_with_ids(drafts, style.phrase_bars, frame.key), brief)
    return _energise(sections, brief, style, use, frame)


def form_bars(brief: Brief) -> int:
    """Bars of a requested form whose sections all say their length; 0 if any is open."""
    lengths = [section.bars or len(section.chart) for section in brief.form]
    return sum(lengths) if lengths and all(lengths) else 0


_Draft = tuple[str, int, str, float | None]  # function, bars, letter, energy


def _requested(form: tuple[SectionRequest, ...], bars: int, phrase: int) -> list[_Draft]:
    drafts: list[_Draft] = []
    fixed = []
    for section in form:
        length = section.bars or len(section.chart)
        fixed.append(length > 0)
        default = 4 if section.function in ("intro", "outro", "pre-chorus", "build") else 8
        drafts.append((section.function, length or default, section.function, None))
    if sum(d[1] for d in drafts) != bars:
        drafts = _fit_bars(drafts, bars, phrase, fixed)
    return drafts


def _from_style(
    style: Style, use: Use, frame: Frame, unwanted: set[str], rng: Random
) -> list[_Draft]:
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
    draft = _grow_or_shrink(drafts[chosen], bars)
    return _fit_bars(draft, bars, style.phrase_bars, [False] * len(draft))


_FULL = 0.9  # energy of a point that a drop should fall on


def _dropped(drafts: list[_Draft], brief: Brief, frame: Frame, phrase: int) -> list[_Draft]:
    """The first drop at the time of the climax that was asked for, sections around it fitted."""
    bar_seconds = frame.meter.bar_ticks / 480 * 60.0 / frame.tempo_bpm
    times = [p.seconds for p in brief.energy if p.seconds is not None and p.level >= _FULL]
    first = next((i for i, d in enumerate(drafts) if d[0] == "drop"), 0)
    start = round(times[0] / bar_seconds) if times else 0
    lead_in = drafts[first - 1 : first] if drafts[first - 1][0] in _LEADS_TO else []
    before = start - sum(d[1] for d in lead_in)
    if first - len(lead_in) < 1 or before < phrase or frame.bars - start < phrase:
        return drafts

    def fitted(part: list[_Draft], bars: int) -> list[_Draft]:
        part = _grow_or_shrink(part, bars)
        return _fit_bars(part, bars, phrase, [False] * len(part))

    head, tail = drafts[: first - len(lead_in)], drafts[first:]
    drops = list(takewhile(lambda d: d[0] == "drop", tail))
    calm = [d for d in drafts if d[0] == "breakdown"][:2] or head[-1:]
    again = [*calm, *lead_in, *drops]  # what leads to a second drop when the first comes early
    size = sum(d[1] for d in again)
    while frame.bars - start - sum(d[1] for d in tail) >= 0.6 * size:
        tail[len(drops) : len(drops)] = again
    return [*fitted(head, before), *lead_in, *fitted(tail, frame.bars - start)]


def _parse(form: FormFacts) -> list[_Draft]:
    drafts: list[_Draft] = []
    for i, text in enumerate(form.sections):
        function, _, rest = text.partition(":")
        length, _, letter = rest.partition(":")
        energy = form.energy[i] if i < len(form.energy) else None
        drafts.append((function, int(length or 8), letter or function, energy))
    return drafts


def _grow_or_shrink(drafts: list[_Draft], bars: int) -> list[_Draft]:
    """Drop or repeat whole sections until the template is near the length."""
    drafts = list(drafts)
    if sum(d[1] for d in drafts) > bars * 1.15:
        return _abridged(drafts, bars)
    start = 1 if drafts[0][0] == "intro" and len(drafts) > 1 else 0
    cycle = _cycle(drafts[start:])
    size = sum(d[1] for d in cycle)
    while (missing := bars - sum(d[1] for d in drafts)) >= max(bars * 0.3, 0.6 * size) > 0:
        drafts[start:start] = cycle
        if missing < size:
            break
    return drafts


# What it costs a piece to lose its only section of a function; others cost 1.
_DEAR = {"chorus": 4.0, "drop": 4.0, "verse": 3.0, "A": 3.0, "B": 2.5, "intro": 1.3, "outro": 1.3}
_CHEAP = ("interlude", "post-chorus", "solo", "bridge", "breakdown", "C", "D")
_NEVER_FIRST = ("interlude", "outro", "bridge", "breakdown", "post-chorus", "pre-chorus", "solo")
_LEADS_TO = {"pre-chorus": ("chorus",), "build": ("drop", "chorus")}
_ONE_SECTION_BELOW = 8  # bars; shorter pieces are one thought
_MOST_SECTIONS = 12  # beyond these every choice of sections is too many to weigh


def _abridged(drafts: list[_Draft], bars: int) -> list[_Draft]:
    """The sections to keep in a piece shorter than its form: of all choices the least loss.

    Weighs the distance from the length, what is lost, and joins that the form did not have.
    """
    while len(drafts) > _MOST_SECTIONS:  # first the later repeats of long forms
        last = max(i for i, d in enumerate(drafts) if sum(e[2] == d[2] for e in drafts) > 1)
        drafts = drafts[:last] + drafts[last + 1 :]
    joins = {(a[0], b[0]) for a, b in pairwise(drafts)}
    best: tuple[float, int] | None = None
    for choice in range(1, 1 << len(drafts)):
        if bars < _ONE_SECTION_BELOW and choice.bit_count() > 1:
            continue
        kept = [d for i, d in enumerate(drafts) if choice >> i & 1]
        loss = _loss(kept, drafts, joins, bars)
        if best is None or (loss, -choice) < best:
            best = (loss, -choice)
    chosen = -best[1] if best is not None else 1
    return [d for i, d in enumerate(drafts) if chosen >> i & 1]


def _loss(
    kept: list[_Draft], drafts: list[_Draft], joins: set[tuple[str, str]], bars: int
) -> float:
    loss = 8.0 * min(1.0, abs(sum(d[1] for d in kept) - bars) / bars)  # lengths will be fitted
    loss += 5.0 * max(0.0, len(kept) - max(1.0, bars / 4))  # a section needs room to speak
    letters = {d[2] for d in kept}
    for draft in drafts:
        if draft[2] not in letters:
            loss += _DEAR.get(draft[0], 0.3 if draft[0] in _CHEAP else 1.0)
    if bars >= _ROOM_TO_RETURN:  # a tune that is heard once is soon forgotten
        loss += sum(1.2 for apart in (0, 1) if _returns(drafts, apart) > _returns(kept, apart))
    for a, b in pairwise(kept):
        if (a[0], b[0]) not in joins:
            loss += 0.5
        if a[0] in _LEADS_TO and b[0] not in _LEADS_TO[a[0]]:
            loss += 2.0
    if kept[-1][0] in _LEADS_TO or kept[-1][0] == "intro":
        loss += 2.0
    if kept[0][0] in _NEVER_FIRST:
        loss += 2.0
    # What comes first is presented first: a second strain before the first one makes no sense.
    order, wanted = _order(kept), _order(drafts)
    loss += 1.5 * (order != [letter for letter in wanted if letter in order])
    return loss


_ROOM_TO_RETURN = 20  # bars; in less a tune hardly has time to go away


def _returns(drafts: list[_Draft], apart: int) -> bool:
    """True when some tune is heard again after at least ``apart`` other ones."""
    letters = [d[2] for d in drafts if d[0] not in ("intro", "outro", "interlude", "build")]
    return any(letter in letters[: max(0, i - apart)] for i, letter in enumerate(letters))


def _order(drafts: list[_Draft]) -> list[str]:
    """Letters of the tunes in the order in which they are first heard."""
    letters = [d[2] for d in drafts if d[0] not in ("intro", "outro", "interlude")]
    return list(dict.fromkeys(letters))


def _cycle(body: list[_Draft]) -> list[_Draft]:
    """The sections up to the second coming of the opening one: a verse and its chorus, say."""
    letter = body[0][2]
    left = False
    for i, draft in enumerate(body):
        if draft[2] != letter:
            left = True
        elif left:
            return body[:i]
    return [d for d in body if d[0] != "outro"] or body


def _fit_bars(drafts: list[_Draft], bars: int, phrase: int, fixed: list[bool]) -> list[_Draft]:
    """Change section lengths by whole phrases, then by bars, to add up to ``bars``."""
    while len(drafts) > bars:  # fewer bars than sections: keep the first ones
        drafts, fixed = drafts[:-1], fixed[:-1]
    base = [d[1] for d in drafts]
    lengths = list(base)
    free = [i for i, is_fixed in enumerate(fixed) if not is_fixed] or list(range(len(drafts)))
    for unit in (phrase, max(1, phrase // 2), 1):
        while abs(difference := bars - sum(lengths)) >= unit:
            step = unit if difference > 0 else -unit
            options = [i for i in free if lengths[i] + step >= min(unit, base[i])]
            if not options:
                options = [i for i in range(len(drafts)) if lengths[i] + step >= 1]
            if not options:
                break
            # The section that strays least from its natural length; the later one on a tie.
            # Twelve bars are a form of their own (blues) and change last.
            best = min(
                options,
                key=lambda i: (
                    abs(lengths[i] + step - base[i]) / base[i] + (base[i] % 12 == 0),
                    -i,
                ),
            )
            if unit == 1 and step > 0:
                best = max(options)
            lengths[best] += step
    return [(d[0], n, d[2], d[3]) for d, n in zip(drafts, lengths, strict=True)]


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


def _with_ids(drafts: list[_Draft], phrase: int, key: Key) -> list[SectionPlan]:
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


def _modulate(sections: list[SectionPlan], brief: Brief) -> list[SectionPlan]:
    for modulation in brief.modulations:
        words = modulation.where.lower()
        matching = [
            i
            for i, s in enumerate(sections)
            if s.function.lower() in words.split() or s.id.lower() == words or s.function in words
        ]
        to_end = True
        if matching:
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
    bar_seconds = frame.meter.bar_ticks / 480 * 60.0 / frame.tempo_bpm
    first = min(brief.energy, key=lambda p: (p.bar or 0.0, p.seconds or 0.0, p.position)).level
    first = curve[0] if len(brief.energy) > 1 else min(curve[0], first)
    line = levels_of(brief.energy, frame.bars, bar_seconds, first)
    return [_OBEYED * x + (1.0 - _OBEYED) * y for x, y in zip(line, curve, strict=True)]
