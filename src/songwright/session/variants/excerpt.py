"""The most telling half minute of a piece, and a performance cut to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from songwright.composition import Plan, SectionPlan
from songwright.perform import ControlPoint, Performance, PlayedNote, PlayedPart
from songwright.score import Score, TimeMap

_LIFTING = ("chorus", "drop", "post-chorus", "A", "B")
_LIFTING_BONUS, _HOOK_BONUS = 0.3, 0.2
_LONGEST_TAIL = 0.05  # of a note that already sounds; shorter rests of notes are not worth a click


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of whole bars: the section that it was chosen for, and its place in seconds."""

    section: str
    start_seconds: float
    end_seconds: float


def most_telling(plan: Plan, score: Score, seconds: float = 30.0) -> Excerpt:
    """The section of highest energy that carries the hook, with one bar before it.

    A chorus, drop or A counts for more than its energy, and so does one with the theme that is
    heard most. Near the end of a piece the excerpt begins earlier, so that it is long enough; it
    begins on a bar line and is at most ``seconds`` long.
    """
    times = TimeMap.of(score)
    bar = plan.meter.bar_ticks
    end = times.seconds(plan.bars * bar)
    themes = Counter(use.theme for use in score.themes)
    hook = min(themes, key=lambda name: (-themes[name], name), default="")
    hooked = {use.onset_ticks // bar for use in score.themes if use.theme == hook}

    def merit(section: SectionPlan) -> float:
        has_hook = any(section.start_bar <= b < section.end_bar for b in hooked)
        lifts = section.function in _LIFTING
        return section.energy + _LIFTING_BONUS * lifts + _HOOK_BONUS * has_hook

    chosen = max(plan.sections, key=lambda s: (round(merit(s), 6), -s.start_bar))
    first = max(0, chosen.start_bar - 1)
    while first > 0 and end - times.seconds((first - 1) * bar) <= seconds:
        first -= 1
    start = times.seconds(first * bar)
    return Excerpt(chosen.id, round(start, 6), round(min(end, start + seconds), 6))


def cut(performance: Performance, excerpt: Excerpt) -> Performance:
    """The performance between two moments: held notes and pedals go on, later ones wait."""
    parts = tuple(_cut_part(part, excerpt) for part in performance.parts)
    length = excerpt.end_seconds - excerpt.start_seconds
    return Performance(tuple(p for p in parts if p.notes), length, "final")


def _cut_part(part: PlayedPart, excerpt: Excerpt) -> PlayedPart:
    start, end = excerpt.start_seconds, excerpt.end_seconds
    notes = [
        PlayedNote(
            round(max(0.0, n.onset_seconds - start), 6),
            round(min(n.onset_seconds + n.duration_seconds, end) - max(n.onset_seconds, start), 6),
            n.pitch, n.velocity, n.articulation,
        )
        for n in part.notes
        if n.onset_seconds < end and n.onset_seconds + n.duration_seconds > start + _LONGEST_TAIL
    ]  # fmt: skip
    notes = [n for n in notes if n.duration_seconds > 0.0]
    before: dict[int, ControlPoint] = {}
    inside = []
    for point in sorted(part.controls, key=lambda c: c.seconds):
        if point.seconds <= start:
            before[point.controller] = replace(point, seconds=0.0)
        elif point.seconds < end:
            inside.append(replace(point, seconds=round(point.seconds - start, 6)))
    controls = (*(before[c] for c in sorted(before)), *inside)
    # the first tempo may begin before the excerpt: beats are counted from it
    tempos = tuple((round(seconds - start, 6), bpm) for seconds, bpm in part.tempos)
    return replace(
        part, notes=tuple(sorted(notes, key=lambda n: n.onset_seconds)), controls=controls,
        tempos=tempos,
    )  # fmt: skip
