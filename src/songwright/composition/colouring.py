"""Chord colours made heard where a tension curve was drawn: added where it is high, taken out
where it is low.

A maker may leave out the ninth that a chord symbol asks for, or play one that it does not. In tense
bars a doubled fifth or root moves to the colour that is missing; in calm bars what is no note of
the triad moves to the nearest one, and of a tune what is held or outside the scale. Basses are left
alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from songwright.composition.plan import Plan
from songwright.composition.separate import apart
from songwright.score import ChordSpan, Note
from songwright.theory import Chord

_PLAYERS = ("pad", "chords", "inner", "arp", "stabs", "riff", "counter")
"""Who takes a colour, the one who holds it longest first."""
_CALM, _TENSE = 0.34, 0.5
_HELD_TICKS = 720  # a note from this length on is heard against the chord
_NEAR = 4  # semitones by which a note may move to a colour


def coloured(
    plan: Plan,
    notes: Mapping[str, tuple[Note, ...]],
    bars: Collection[int],
    levels: Sequence[float],
) -> dict[str, tuple[Note, ...]]:
    """Notes of some parts with the colours of the plan's chords, in some bars.

    Parameters
    ----------
    levels
        The curve of tension, 0..1 for each bar.
    """
    bar = plan.meter.bar_ticks
    starts = [c.onset_ticks for c in plan.chords]
    players = sorted(
        (p for p in notes if plan.part(p).role in _PLAYERS),
        key=lambda p: (_PLAYERS.index(plan.part(p).role), p),
    )
    groups: dict[tuple[str, int, int], list[int]] = {}
    for name in players:
        for i, note in enumerate(notes[name]):
            index = bisect_right(starts, note.onset_ticks) - 1
            if index >= 0:
                groups.setdefault((name, note.onset_ticks // bar, index), []).append(i)
    result = {p: list(own) for p, own in notes.items()}
    for name in (p for p in notes if plan.part(p).role == "lead"):
        result[name] = [
            _at_rest(plan, note, starts)
            if note.onset_ticks // bar in bars and levels[note.onset_ticks // bar] < _CALM
            else note
            for note in notes[name]
        ]
    heard: dict[tuple[int, int], set[int]] = {}
    for (name, at, index), own in groups.items():
        heard.setdefault((at, index), set()).update(notes[name][i].pitch % 12 for i in own)
    for (name, at, index), own in groups.items():
        if at not in bars or at >= len(levels):
            continue
        span = plan.chords[index]
        if levels[at] < _CALM:
            moves = _plain(span, {notes[name][i].pitch % 12 for i in own})
        elif levels[at] >= _TENSE:
            moves = _missing(span.chord, heard[at, index], [notes[name][i].pitch for i in own])
            heard[at, index] |= set(moves.values())
        else:
            continue
        part = plan.part(name)
        for i in own:
            pitch = notes[name][i].pitch
            if pitch % 12 in moves:
                target = _nearest(pitch, moves[pitch % 12])
                if part.low <= target <= part.high:
                    result[name][i] = replace(notes[name][i], pitch=target)
    return {p: apart(own) for p, own in result.items()}


def _at_rest(plan: Plan, note: Note, starts: Sequence[int]) -> Note:
    """A note of a calm tune: held ones belong to the triad, all others to the scale or chord."""
    index = bisect_right(starts, note.onset_ticks) - 1
    if index < 0:
        return note
    chord = plan.chords[index].chord
    scale = plan.section_at(note.onset_ticks // plan.meter.bar_ticks).key.diatonic_pcs
    wanted = chord.pcs[:3] if note.duration_ticks >= _HELD_TICKS else (*chord.pcs, *scale)
    if note.pitch % 12 in wanted:
        return note
    target = min((_nearest(note.pitch, pc) for pc in wanted), key=lambda p: (
        abs(p - note.pitch), p))  # fmt: skip
    return replace(note, pitch=target)


def _plain(span: ChordSpan, pcs: Collection[int]) -> dict[int, int]:
    """Where the notes go that are none of the triad."""
    triad = span.chord.pcs[:3]
    return {
        pc: min(triad, key=lambda t: (min((t - pc) % 12, (pc - t) % 12), t))
        for pc in pcs if pc not in triad
    }  # fmt: skip


def _missing(chord: Chord, heard: Collection[int], pitches: Sequence[int]) -> dict[int, int]:
    """A note of the triad that gives way to a colour that nobody plays; fifths and roots do."""
    colours = [pc for pc in chord.pcs[3:] if pc not in heard]
    if not colours:
        return {}
    own = {p % 12 for p in pitches}
    for pc in (*chord.pcs[2:3], *chord.pcs[:1]):
        near = [c for c in colours if min((c - pc) % 12, (pc - c) % 12) <= _NEAR]
        if pc in own and near and (len(own) > 1 or pc in heard):
            return {pc: near[0]}
    return {}


def _nearest(pitch: int, pc: int) -> int:
    return min((pitch + d for d in range(-6, 7) if (pitch + d) % 12 == pc), key=lambda p: (
        abs(p - pitch), p))  # fmt: skip
