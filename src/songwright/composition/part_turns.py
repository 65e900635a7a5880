"""Notes of parts that enter or leave where it was asked for: exactly between the bar lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from songwright.composition.drum_voices import is_kit, key_of
from songwright.composition.plan import PartPlan, PartRest, Plan
from songwright.composition.roles import HARMONIC, UNPITCHED
from songwright.composition.separate import apart
from songwright.composition.transitions import PATTERNS
from songwright.score import Note, ThemeUse
from songwright.units import TICKS_PER_BEAT

_LINES = ("lead", "counter", "riff", "stabs", "arp")
"""Roles that may begin inside their first bar; all others begin on its first beat."""

_CRASHING = 0.35
"""Energy of a section from which a drummer enters with a cymbal."""


def in_turn(part: PartPlan, notes: Iterable[Note], plan: Plan) -> tuple[Note, ...]:
    """The notes of a part without those of the bars in which it was asked to be silent.

    What rings into such bars is damped at the bar line; what would ring out of them begins there,
    so that a held chord does not enter a bar late. A player who enters is heard at once.
    """
    bar = plan.meter.bar_ticks
    rests = [(r.start_bar * bar, r.end_bar * bar) for r in plan.rests if r.part == part.id]
    if not rests:
        return tuple(notes)
    kept = []
    for note in notes:
        played: Note | None = note
        for start, end in rests:
            if start <= note.onset_ticks < end:
                played = _from(note, end, part)
            elif played is not None and played.onset_ticks < start < played.end_ticks:
                played = replace(played, duration_ticks=start - played.onset_ticks)
        if played is not None:
            kept.append(played)
    for _, end in rests:
        kept += _entrance(part, kept, plan, end)
    return apart(kept)


def _from(note: Note, end: int, part: PartPlan) -> Note | None:
    """What is left of a note that begins in a rest and rings on after it."""
    left = note.end_ticks - end
    if part.role in UNPITCHED or left < TICKS_PER_BEAT:
        return None
    return replace(note, onset_ticks=end, duration_ticks=left)


def _entrance(part: PartPlan, notes: Sequence[Note], plan: Plan, tick: int) -> list[Note]:
    """Notes that make an entry heard on its bar line, where the part itself begins later."""
    bar = plan.meter.bar_ticks
    if tick >= plan.bars * bar or (part.patterns[:1] and part.patterns[0] in PATTERNS):
        return []
    section = plan.section_at(tick // bar)
    if part.id not in section.parts or part.id in section.late:
        return []
    inside = [n for n in notes if tick <= n.onset_ticks < tick + bar]
    if part.role == "drums" and is_kit(part):
        usual = round(plan.dynamics_low + section.energy * (plan.dynamics_high - plan.dynamics_low))
        loud = max((usual, *(n.velocity for n in inside)))
        chord = next((c.chord for c in plan.chords if c.onset_ticks <= tick < c.end_ticks), None)
        there = {n.pitch for n in inside if n.onset_ticks == tick}
        strokes = ("kick", "crash") if section.energy >= _CRASHING else ("kick",)
        keys = [key_of(v, part, chord) for v in strokes if v not in plan.silent_voices]
        return [Note(tick, min(240, bar), k, min(loud, 120)) for k in keys
                if k is not None and k not in there and part.low <= k <= part.high]  # fmt: skip
    room = bar if part.role in (*_LINES, *UNPITCHED) else TICKS_PER_BEAT
    if any(n.onset_ticks < tick + room for n in inside):
        return []
    following = [n for n in notes if n.onset_ticks >= tick]
    if not following:
        return []
    model = min(following, key=lambda n: (n.onset_ticks, -n.pitch))
    if part.role in UNPITCHED:
        return [replace(model, onset_ticks=tick)]
    pitch = _chord_tone(plan, part, tick, model.pitch)
    end = min(model.onset_ticks, tick + bar)
    return [Note(tick, max(120, end - tick), pitch, model.velocity)]


def _chord_tone(plan: Plan, part: PartPlan, tick: int, near: int) -> int:
    """The tone of the chord of a moment that lies nearest to a pitch; a bass plays its root."""
    starts = [c.onset_ticks for c in plan.chords]
    at = bisect_right(starts, tick) - 1
    if at < 0:
        return near
    chord = plan.chords[at].chord
    classes = [chord.root_pc] if part.role == "bass" else list(chord.pcs)
    inside = [p for p in range(part.low, part.high + 1) if p % 12 in classes]
    return min(inside, key=lambda p: (abs(p - near), p), default=near)


def unbroken(written: Mapping[str, tuple[Note, ...]], plan: Plan) -> dict[str, tuple[Note, ...]]:
    """All parts, with a broken chord in bars that would be silent because somebody rests there.

    A tune that breathes for a bar has nobody to fill it while it is alone.
    """
    result = dict(written)
    length = plan.meter.bar_ticks
    resting = {b for r in plan.rests for b in range(r.start_bar, r.end_bar)}
    for bar in sorted(resting):
        start, end = bar * length, (bar + 1) * length
        if any(n.onset_ticks < end and n.end_ticks > start for own in result.values() for n in own):
            continue
        section = plan.section_at(bar)
        barred = {r.part for r in plan.rests if r.start_bar <= bar < r.end_bar}
        players = [
            p for p in plan.parts
            if p.id in section.parts and p.id not in barred and p.role not in UNPITCHED
            and result.get(p.id)
        ]  # fmt: skip
        if players:
            player = min(players, key=lambda p: p.role not in HARMONIC)
            own = result[player.id]
            result[player.id] = apart((*own, *_broken_chord(player, own, plan, bar)))
    return result


def _broken_chord(part: PartPlan, own: Sequence[Note], plan: Plan, bar: int) -> list[Note]:
    """Tones of the bar's chords, one on each beat, around where the part has been playing."""
    start = bar * plan.meter.bar_ticks
    near = sorted(own, key=lambda n: abs(n.onset_ticks - start))[:4]
    middle = round(sum(n.pitch for n in near) / len(near))
    velocity = min(n.velocity for n in near)
    tick, notes = start, []
    for step, pulse in enumerate(plan.meter.pulses_ticks):
        pitch = _chord_tone(plan, part, tick, middle + (-4, 0, 4, 0)[step % 4])
        notes.append(Note(tick, pulse, pitch, velocity))
        tick += pulse
    return notes


def themes_in_turn(themes: Iterable[ThemeUse], plan: Plan) -> tuple[ThemeUse, ...]:
    """The uses of themes but for those whose player is silent when they begin."""
    bar = plan.meter.bar_ticks
    return tuple(
        t for t in themes
        if not any(
            r.part == t.part_id and r.start_bar * bar <= t.onset_ticks < r.end_bar * bar
            for r in plan.rests
        )
    )  # fmt: skip


def carried(rests: Iterable[PartRest], old_bars: Sequence[int]) -> tuple[PartRest, ...]:
    """Rests after bars were moved, repeated or taken out; ``old_bars`` has one for each new bar."""
    result: list[PartRest] = []
    for part, own in groupby(sorted(rests, key=lambda r: r.part), key=lambda r: r.part):
        spans = [(r.start_bar, r.end_bar) for r in own]
        result += as_rests(part, [any(a <= b < e for a, e in spans) for b in old_bars])
    return tuple(result)


def as_rests(part: str, silent: Sequence[bool]) -> list[PartRest]:
    """The runs of silent bars of a part."""
    result: list[PartRest] = []
    for bar, is_silent in enumerate(silent):
        if not is_silent:
            continue
        if result and result[-1].end_bar == bar:
            result[-1] = replace(result[-1], end_bar=bar + 1)
        else:
            result.append(PartRest(part, bar, bar + 1))
    return result
