"""Write one accompanying part from the first bar to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from songwright.composition.accompany.endings import HELD, SHORT, held_out, last_bar
from songwright.composition.accompany.left_hand import under_the_tune
from songwright.composition.accompany.patterns import Pattern, pattern
from songwright.composition.accompany.players import MAKERS
from songwright.composition.accompany.stage import Bar, Stage, set_stage
from songwright.composition.accompany.tidy import tidy, tied
from songwright.composition.learned.parts import part_by_maker
from songwright.composition.plan import Decision, PartPlan, Plan
from songwright.errors import StyleError
from songwright.score import Note
from songwright.styles import Style

_USUAL = {
    "bass": ("half_notes", "root_fifth", "eighths"),
    "chords": ("sustained", "block_halves", "quarters"),
    "arp": ("up_eighths", "updown_sixteenths"),
    "pad": ("sustained_pad",),
    "riff": ("pluck_hook",),
    "stabs": ("hits_accent", "chord_hits"),
    "counter": ("long_tones", "answer", "contrapuntal"),
    "inner": ("chorale_inner",),
}
"""Patterns of a part that names none."""

_BUSIER = frozenset({"busy", "dense", "driving", "fast"})
_CALMER = frozenset({"simple", "sparse", "minimal", "calm"})
_PART_WRITING = ("inner", "quartet")  # it leads into the last chord too
_SOLO_FLOWS = {"chords": "arpeggio_up", "arp": "up_eighths"}


def accompany(
    part: PartPlan,
    plan: Plan,
    style: Style,
    written: Mapping[str, tuple[Note, ...]],
    decisions: list[Decision] | None = None,
) -> tuple[Note, ...]:
    """Write a pitched accompanying part, by rules or by the model as the plan's maker says.

    Parameters
    ----------
    part
        Whose role is one of bass, chords, pad, arp, riff, stabs, counter, inner.
    plan
        The whole plan with its chords.
    style
        The style, for players who ask it.
    written
        Notes of parts written before, by part id; the tune (role lead) and the bass are listened
        to.
    decisions
        Where a model was to write the part, who wrote it and why is added to this list.

    Returns
    -------
    tuple of Note
        In order of onset, within ``part.low..part.high`` and within the bars of the sections in
        which the part plays; straight time (swing comes with the performance). The same input
        gives the same notes.

    Raises
    ------
    StyleError
        If the part names a pattern that does not exist or has a role of another kind.
    """
    if part.role not in _USUAL:
        known = ", ".join(_USUAL)
        raise StyleError(f"{part.id!r} has the role {part.role!r}; accompany writes {known}")
    stage = set_stage(part, plan, style, written)
    choices = _choices(stage)
    notes: list[Note] = []
    for _, group in groupby(stage.bars, key=lambda bar: bar.section.id):
        bars = list(group)
        stage.hand.voicing, stage.hand.pitch = (), None
        section: list[Note] = []
        for chosen, run in _runs(stage, bars, choices):
            section += _played(stage, chosen, run)
        if stage.is_left_hand:
            section = under_the_tune(section, stage.tune, stage.part.low)
        notes += tidy(section, stage, bars[0].start, bars[-1].end)
    ruled = tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, n.duration_ticks)))
    return part_by_maker(stage, ruled, written, decisions)


def _choices(stage: Stage) -> list[Pattern]:
    """The part's patterns, calm to busy, as its words and instrument allow."""
    part = stage.part
    names: Sequence[str] = part.patterns or _USUAL[part.role]
    if "arpeggiated" in stage.words and part.role in ("chords", "pad"):
        names = ("arpeggio_up", "arpeggio_updown")
    if "evolving" in stage.words and part.role == "pad":
        names = ("evolving",)
    found = [pattern(part.role, name) for name in names]
    if not stage.instrument.polyphonic and part.role in _SOLO_FLOWS:
        # One note at a time cannot play chords; it can break them.
        broken = pattern(part.role, _SOLO_FLOWS[part.role])
        found = [p if p.maker not in ("grid", "jazz_comp", "tremolo") else broken for p in found]
    return found


def _runs(stage: Stage, bars: list[Bar], choices: list[Pattern]) -> list[tuple[Pattern, list[Bar]]]:
    """Consecutive bars that share a pattern; it changes only between phrases."""
    runs: list[tuple[Pattern, list[Bar]]] = []
    for _, group in groupby(bars, key=lambda bar: bar.phrase):
        phrase = list(group)
        chosen = choices[_index(stage, phrase, len(choices))]
        if runs and runs[-1][0] is chosen:
            runs[-1][1].extend(phrase)
        else:
            runs.append((chosen, phrase))
    return runs


def _index(stage: Stage, phrase: list[Bar], count: int) -> int:
    """Which of ``count`` patterns fits the energy of a phrase and the part's density."""
    energy = sum(bar.energy for bar in phrase) / len(phrase)
    floor = 0.6 * min(0.9, stage.enters_at)
    level = (energy - floor) / (1.0 - floor) + 0.8 * (stage.density - 0.5)
    if drawn := stage.plan.drawn("density"):
        inside = [drawn[b] for b in (bar.start // stage.meter.bar_ticks for bar in phrase)]
        level += sum(inside) / len(inside) - 0.5
    level += 0.2 * bool(_BUSIER & stage.words) - 0.25 * bool(_CALMER & stage.words)
    return min(count - 1, max(0, int(level * count)))


def _played(stage: Stage, chosen: Pattern, bars: list[Bar]) -> list[Note]:
    closes = bars[-1].last and stage.plan.ending in (*HELD, *SHORT)
    if closes and chosen.maker in _PART_WRITING:
        return held_out(stage, MAKERS[chosen.maker](stage, chosen, bars), bars[-1])
    body = bars[:-1] if closes else bars
    notes = MAKERS[chosen.maker](stage, chosen, body) if body else []
    if chosen.tie:
        notes = tied(notes, stage.meter.bar_ticks)
    if closes:
        end = bars[-1].start  # nothing rings into the last chord
        notes = [_cut(n, end) for n in notes if n.onset_ticks < end]
        notes += last_bar(stage, chosen, bars[-1])
    return notes


def _cut(note: Note, end: int) -> Note:
    if note.end_ticks <= end:
        return note
    return Note(
        note.onset_ticks, end - note.onset_ticks, note.pitch, note.velocity, note.articulation
    )
