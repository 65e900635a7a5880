"""Edits of single lines: breath, smoothness, rhythm, fit with the chords."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.errors import ProjectError
from songwright.score import Note
from songwright.seeds import rng
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import Place, Span, resolve
from songwright.session.refine.splice import inside, tidy
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.variation import chord_pcs, nearest, scale_at

_EIGHTH = 240
_LINES = ("lead", "counter", "bass", "riff")
_UNPITCHED = ("drums", "percussion")

Change = Callable[[Piece, str, Sequence[Note], Edit, int], list[Note]]


def _tunes(piece: Piece, edit: Edit, roles: Sequence[str] = ("lead", "counter")) -> Place:
    """The place, narrowed to lines unless parts are named."""
    place = resolve(edit.scope, piece.plan)
    if edit.scope.parts:
        return place
    parts = tuple(p for p in place.parts if piece.plan.part(p).role in roles)
    if not parts:
        raise ProjectError(f"{edit.kind}: this piece has no {' or '.join(roles)}; name a part")
    return replace(place, parts=parts)


def lined(piece: Piece, edit: Edit, number: int) -> Piece:
    """Apply one of the line edits to every line in the scope."""
    change, roles = _CHANGES[edit.kind]
    where = free(piece, _tunes(piece, edit, roles), edit.kind)
    notes = {}
    for part, spans in where.items():
        if piece.plan.part(part).role in _UNPITCHED and edit.kind in ("fit", "smoother"):
            continue
        whole = piece.notes(part)
        inner = [n for n in whole if inside(n.onset_ticks, spans)]
        outer = [n for n in whole if not inside(n.onset_ticks, spans)]
        fresh = [n for n in change(piece, part, inner, edit, number)
                 if inside(n.onset_ticks, spans)]  # fmt: skip
        notes[part] = tidy([*outer, *fresh])
    return rewritten(piece, where, notes)


def _phrase_ends(piece: Piece) -> list[Span]:
    """The last bar of each phrase, in ticks."""
    bar = piece.bar_ticks
    result = []
    for section in piece.plan.sections:
        at = section.start_bar
        for length in section.phrases:
            at += length
            result.append(((at - 1) * bar, at * bar))
    return result


def _breathe(piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int) -> list[Note]:
    """The last note of each phrase is held and followed by a rest."""
    del part, edit, number
    bar = piece.bar_ticks
    result = list(notes)
    for start, end in _phrase_ends(piece):
        last = [n for n in result if start <= n.onset_ticks < end]
        if not last:
            continue
        rest = max(_EIGHTH, bar // 8)
        final = next((n for n in last if n.onset_ticks >= start + bar // 4), last[-1])
        dropped = [n for n in last if n.onset_ticks > final.onset_ticks]
        length = max(_EIGHTH, end - rest - final.onset_ticks)
        held = replace(final, duration_ticks=length)
        if dropped:  # it takes the goal of the notes that it replaces
            held = replace(held, pitch=dropped[-1].pitch)
        result = [held if n is final else n for n in result if n not in dropped]
    return result


def _smoother(
    piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int
) -> list[Note]:
    """Leaps beyond a fourth are drawn in; the first note of a bar stays in its chord."""
    del number
    planned = piece.plan.part(part)
    most = 12 - round(8 * min(1.0, edit.amount or 0.8))
    result: list[Note] = []
    for written in sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)):
        note = written
        before = result[-1] if result else None
        near = before is not None and note.onset_ticks - before.onset_ticks < 2 * piece.bar_ticks
        if before is not None and near and abs(note.pitch - before.pitch) > most:
            strong = piece.plan.meter.strength(note.onset_ticks % piece.bar_ticks) >= 2
            pcs = (chord_pcs(piece, note.onset_ticks) if strong else ()) or scale_at(
                piece.plan, note.onset_ticks
            )
            low, high = (
                max(planned.low, before.pitch - most),
                min(planned.high, before.pitch + most),
            )
            note = replace(note, pitch=nearest(note.pitch, pcs, low, high))
        result.append(note)
    return result


def _fit(piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int) -> list[Note]:
    """Notes on the beat, and long ones, take the nearest note of the chord; others the scale's."""
    del edit, number
    planned = piece.plan.part(part)
    result = []
    for note in notes:
        beat = note.onset_ticks % piece.bar_ticks in piece.plan.meter.pulse_onsets_ticks
        chord = chord_pcs(piece, note.onset_ticks)
        pcs = chord if chord and (beat or note.duration_ticks >= 480) else (
            (*chord, *scale_at(piece.plan, note.onset_ticks))
        )  # fmt: skip
        result.append(replace(note, pitch=nearest(note.pitch, pcs, planned.low, planned.high)))
    return result


def _syncopation(
    piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int
) -> list[Note]:
    """More (amount > 0): notes on beats come an eighth early; less: early notes go to the beat."""
    stream = rng(piece.plan.seed, "refine", number, "syncopation", part)
    bar, share = piece.bar_ticks, min(1.0, abs(edit.amount))
    pulses = piece.plan.meter.pulse_onsets_ticks
    ordered = sorted({n.onset_ticks for n in notes})
    moved: dict[int, int] = {}
    for i, tick in enumerate(ordered):
        on_beat = tick % bar in pulses
        if edit.amount > 0 and on_beat and tick % bar and i:
            room = tick - moved.get(ordered[i - 1], ordered[i - 1])
            if room > _EIGHTH and stream.random() < share:
                moved[tick] = tick - _EIGHTH
        elif edit.amount < 0 and not on_beat and stream.random() < share:
            start = tick // bar * bar
            beat = min((start + p for p in (*pulses, bar)), key=lambda b: (abs(b - tick), b))
            if beat not in ordered and beat not in moved.values() and abs(beat - tick) <= _EIGHTH:
                moved[tick] = beat
    result = []
    for note in notes:
        new = moved.get(note.onset_ticks, note.onset_ticks)
        length = max(60, note.end_ticks - new)
        result.append(replace(note, onset_ticks=new, duration_ticks=length))
    return _in_line(piece, part, result)


def _steadier(
    piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int
) -> list[Note]:
    """Each phrase keeps the rhythm of its first bar; pitches stay where the rhythm meets them."""
    del edit, number
    bar = piece.bar_ticks
    ends = [e for _, e in _phrase_ends(piece)]
    result: list[Note] = []
    start = 0
    for end in ends:
        inner = [n for n in notes if start <= n.onset_ticks < end]
        bars = sorted({n.onset_ticks // bar for n in inner})
        if len(bars) >= 3:
            model = [n for n in inner if n.onset_ticks // bar == bars[0]]
            offsets = [(n.onset_ticks % bar, n.duration_ticks) for n in model]
            for index in bars:
                own = [n for n in inner if n.onset_ticks // bar == index]
                if index in (bars[0], bars[-1]) or not offsets:
                    result += own
                    continue
                for offset, length in offsets:
                    tick = index * bar + offset
                    source = min(own, key=lambda n: (abs(n.onset_ticks - tick), n.onset_ticks))
                    result.append(replace(source, onset_ticks=tick, duration_ticks=length))
        else:
            result += inner
        start = end
    return _in_line(piece, part, result)


def _denser(piece: Piece, part: str, notes: Sequence[Note], edit: Edit, number: int) -> list[Note]:
    """Long notes are divided by neighbours of the scale."""
    stream = rng(piece.plan.seed, "refine", number, "denser", part)
    planned = piece.plan.part(part)
    result: list[Note] = []
    for note in notes:
        divides = note.duration_ticks >= 2 * _EIGHTH and stream.random() < abs(edit.amount)
        if not divides:
            result.append(note)
            continue
        half = note.duration_ticks // 2 // 120 * 120
        step = nearest(
            note.pitch + stream.choice((-2, 2)), scale_at(piece.plan, note.onset_ticks),
            planned.low, planned.high, not_same=True,
        )  # fmt: skip
        second = replace(
            note, onset_ticks=note.onset_ticks + half, duration_ticks=note.duration_ticks - half,
            pitch=step,
        )  # fmt: skip
        result += [replace(note, duration_ticks=half), second]
    return _in_line(piece, part, result)


def _in_line(piece: Piece, part: str, notes: Sequence[Note]) -> list[Note]:
    """One note at a time for lines; others as they are."""
    if piece.plan.part(part).role not in _LINES:
        return list(notes)
    onsets = sorted({n.onset_ticks for n in notes})
    following = dict(pairwise(onsets))
    return [
        replace(n, duration_ticks=min(n.duration_ticks,
                                      following.get(n.onset_ticks, n.end_ticks) - n.onset_ticks))
        for n in notes
    ]  # fmt: skip


_CHANGES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "breathe": (_breathe, ("lead", "counter")),
    "smoother": (_smoother, ("lead", "counter")),
    "fit": (_fit, ("lead", "counter")),
    "syncopation": (_syncopation, ("lead", "counter", "bass", "riff", "chords")),
    "steadier": (_steadier, ("lead", "counter")),
    "divide": (_denser, ("lead", "counter", "arp", "riff")),
}
