"""Edits of the chords: typed ones, another progression, other chords under the same tune."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.brief.chart import parse_chart
from songwright.composition.harmony import compose_harmony
from songwright.composition.progressions import Bar
from songwright.errors import ProjectError
from songwright.score import ChordSpan, Note
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import Span, resolve
from songwright.session.refine.splice import Spans, inside, spliced_spans
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.variation import nearest
from songwright.session.refine.writing import another_seed, write_parts
from songwright.theory import Chord, Key, chord_from_roman, parse_chord
from songwright.theory.roman import is_roman, roman_of

_UNPITCHED = ("drums", "percussion")


def chords(piece: Piece, edit: Edit, number: int) -> Piece:
    """Typed chords (``value``: a chart such as ``"Dm7 | G7 | C | %"``) over the scope.

    The chart is repeated as often as the scope is long. Parts follow; the tune bends to fit.
    """
    bar = piece.bar_ticks
    place = resolve(replace(edit.scope, parts=()), piece.plan)
    if edit.chords:
        track: Sequence[ChordSpan] = edit.chords
    else:
        chart = _chart(edit.value)
        track = []
        for start, end in place.spans:
            for i, at in enumerate(range(start, end, bar)):
                key = piece.plan.section_at(at // bar).key
                track += _spans(chart[i % len(chart)], at, bar, key)
    return follow(piece, edit, tuple(track), place.spans, number, tune=True)


def _chart(text: str) -> list[Bar]:
    bars = parse_chart(text)
    if not bars:
        raise ProjectError(f"{text!r} is no chord chart; write it like “Dm7 | G7 | C | %”")
    return [tuple(zip(b.chords, b.shares, strict=True)) for b in bars]


def _spans(bar: Bar, start: int, bar_ticks: int, key: Key) -> list[ChordSpan]:
    result, at = [], 0.0
    for name, share in bar:
        onset, end = round(at * bar_ticks), round((at + share) * bar_ticks)
        chord = chord_from_roman(name, key) if is_roman(name) else parse_chord(name)
        result.append(ChordSpan(start + onset, end - onset, chord, roman_of(chord, key)))
        at += share
    return result


def progression(piece: Piece, edit: Edit, number: int) -> Piece:
    """Another progression of the style for the scope; parts follow, the tune bends to fit."""
    place = resolve(replace(edit.scope, parts=()), piece.plan)
    for attempt in range(12):  # until one differs
        plan = replace(piece.plan, seed=another_seed(piece, number, attempt))
        brief = replace(piece.brief, chart=(), form=())
        found = compose_harmony(plan, brief, piece.style).chords
        if _differs(piece.score.chords, found, place.spans):
            break
    return follow(piece, edit, found, place.spans, number, tune=True)


def _differs(old: Sequence[ChordSpan], new: Sequence[ChordSpan], spans: Sequence[Span]) -> bool:
    end = max(b for _, b in spans)
    merged = spliced_spans(old, new, spans, end)
    return [(c.onset_ticks, c.chord) for c in merged] != [
        (c.onset_ticks, c.chord) for c in old if c.onset_ticks < end
    ]


def clearer(piece: Piece, edit: Edit, number: int) -> Piece:
    """Chords of the key only, and a cadence at the end of every section in the scope."""
    plan, bar = piece.plan, piece.bar_ticks
    place = resolve(replace(edit.scope, parts=()), plan)
    track = []
    for span in piece.score.chords:
        key = plan.section_at(span.onset_ticks // bar).key
        inner = set(span.chord.pcs) <= set(key.diatonic_pcs)
        track.append(span if inner else _diatonic(span, key))
    for section in plan.sections:
        if section.bars < 4:
            continue
        close = [("V", 1.0)], [("i" if section.key.is_minor else "I", 1.0)]
        start = (section.end_bar - 2) * bar
        fresh = [c for i, b in enumerate(close)
                 for c in _spans(tuple(b), start + i * bar, bar, section.key)]  # fmt: skip
        track = list(spliced_spans(track, fresh, ((start, start + 2 * bar),), plan.bars * bar))
    return follow(piece, edit, tuple(track), place.spans, number, tune=True)


def _diatonic(span: ChordSpan, key: Key) -> ChordSpan:
    """The triad of the scale that shares most with a chord."""
    wanted = set(span.chord.pcs)
    options = [chord_from_roman(n, key) for n in _triads(key)]
    best = max(options, key=lambda c: (len(wanted & set(c.pcs)), c.root_pc == span.chord.root_pc))
    return replace(span, chord=best, roman=roman_of(best, key))


def _triads(key: Key) -> tuple[str, ...]:
    if key.is_minor:
        return ("i", "iv", "V", "bVI", "bIII", "bVII")
    return ("I", "IV", "V", "vi", "ii", "iii")


def reharmonise(piece: Piece, edit: Edit, number: int) -> Piece:
    """Other chords under the same tune, one a bar, each fitting the tune and led by fifths.

    Chosen by dynamic programming over the scale's triads and sevenths: a chord earns what the
    tune's notes weigh that belong to it, and its step from the chord before.
    """
    plan, bar = piece.plan, piece.bar_ticks
    place = resolve(replace(edit.scope, parts=()), plan)
    tune = [n for p in plan.parts if p.role == "lead" for n in piece.notes(p.id)]
    track: list[ChordSpan] = []
    for start, end in place.spans:
        track += _best(piece, tune, list(range(start, end, bar)))
    return follow(piece, edit, tuple(track), place.spans, number, tune=False)


def harmonised_for(piece: Piece, fixed: Collection[str]) -> Piece:
    """Chords under given tunes and over given basses, one a bar; the planned ones where they fit.

    A bass note on the downbeat is taken for the root, as most are.
    """
    plan, bar = piece.plan, piece.bar_ticks
    tune = [n for p in sorted(fixed) if plan.part(p).role == "lead" for n in piece.notes(p)]
    bass = [n for p in sorted(fixed) if plan.part(p).role == "bass" for n in piece.notes(p)]
    end = plan.bars * bar
    track = _best(piece, tune, list(range(0, end, bar)), bass, other=False)
    return follow(piece, Edit("control"), tuple(track), ((0, end),), 0, tune=False)


def _best(
    piece: Piece, tune: Sequence[Note], bars: Sequence[int], bass: Sequence[Note] = (),
    other: bool = True,
) -> list[ChordSpan]:  # fmt: skip
    """One chord a bar; with ``other`` another one than before."""
    length = piece.bar_ticks
    old = {b: _at(piece.score.chords, b) for b in bars}
    table: list[dict[int, tuple[float, int]]] = []
    choices: list[list[Chord]] = []
    for k, tick in enumerate(bars):
        key = piece.plan.section_at(tick // length).key
        options = [chord_from_roman(n, key) for n in _palette(key)]
        choices.append(options)
        row: dict[int, tuple[float, int]] = {}
        for i, chord in enumerate(options):
            fit = _fit(chord, tune, tick, tick + length) + _rooted(chord, bass, tick, length)
            before = old[tick]
            if before is not None and before.chord.root_pc == chord.root_pc:
                fit += -0.6 if other else 0.4
            last_bar = tick + length == piece.plan.bars * length
            if last_bar and chord.root_pc != key.tonic_pc and piece.plan.ending != "loop":
                fit -= 4.0
            if not table:
                row[i] = (fit, -1)
                continue
            steps = [
                (table[k - 1][j][0] + _step(choices[k - 1][j], chord), j)
                for j in range(len(choices[k - 1]))
            ]
            value, j = max(steps, key=lambda s: (s[0], -s[1]))
            row[i] = (value + fit, j)
        table.append(row)
    index = max(table[-1], key=lambda i: (table[-1][i][0], -i))
    path = []
    for k in range(len(bars) - 1, -1, -1):
        path.append(choices[k][index])
        index = table[k][index][1]
    path.reverse()
    result = []
    for tick, chord in zip(bars, path, strict=True):
        key = piece.plan.section_at(tick // length).key
        result.append(ChordSpan(tick, length, chord, roman_of(chord, key)))
    return result


def _palette(key: Key) -> tuple[str, ...]:
    if key.is_minor:
        return ("i", "iv", "v", "V7", "bVI", "bIII", "bVII", "iim7b5", "iv7")[:7]
    return ("I", "ii7", "iii", "IV", "V7", "vi", "IVmaj7", "vi7", "ii")


def _at(track: Sequence[ChordSpan], tick: int) -> ChordSpan | None:
    return next((c for c in track if c.onset_ticks <= tick < c.end_ticks), None)


def _fit(chord: Chord, tune: Sequence[Note], start: int, end: int) -> float:
    weight = hit = 0.0
    for note in tune:
        a, b = max(start, note.onset_ticks), min(end, note.end_ticks)
        if a < b:
            share = (b - a) * (1.5 if note.onset_ticks == start else 1.0)
            weight += share
            hit += share * (note.pitch % 12 in chord.pcs)
    return 3.0 * hit / weight if weight else 0.0


def _rooted(chord: Chord, bass: Sequence[Note], start: int, length: int) -> float:
    """What a chord earns over a bass: its notes, and its root on the downbeat."""
    inner = [n for n in bass if start <= n.onset_ticks < start + length]
    if not inner:
        return 0.0
    first = min(inner, key=lambda n: n.onset_ticks)
    return _fit(chord, inner, start, start + length) + 3.0 * (first.pitch % 12 == chord.root_pc)


def _step(before: Chord, after: Chord) -> float:
    fall = (before.root_pc - after.root_pc) % 12
    return {7: 0.7, 5: 0.4, 0: -0.8, 3: 0.3, 4: 0.3, 9: 0.2, 8: 0.2, 10: 0.25, 2: 0.1}.get(
        fall, 0.0
    )


_TENSER = {"": "add9", "m": "m7", "7": "7b9", "maj7": "maj9", "m7": "m9", "sus4": "7sus4",
           "6": "6/9", "add9": "maj9", "dim": "dim7", "5": "sus4"}  # fmt: skip
_CALMER = {"7b9": "7", "7#9": "7", "7alt": "7", "maj9": "maj7", "maj7": "", "m9": "m7", "m7": "m",
           "7": "", "add9": "", "madd9": "m", "9": "7", "13": "7", "m11": "m7", "m7b5": "m",
           "dim7": "dim", "7sus4": "sus4", "sus4": "", "sus2": "", "aug": "", "6/9": "6",
           "6": "", "m6": "m", "11": "7", "maj13": "maj7", "9sus4": "sus4"}  # fmt: skip


def tension(piece: Piece, edit: Edit, number: int) -> Piece:
    """Chords with more colour and bite (amount > 0) or fewer notes beyond the triad (< 0)."""
    place = resolve(replace(edit.scope, parts=()), piece.plan)
    table = _TENSER if edit.amount > 0 else _CALMER
    steps = 2 if abs(edit.amount) > 0.6 else 1
    track = []
    for span in piece.score.chords:
        quality = span.chord.quality
        for _ in range(steps):
            quality = table.get(quality, quality)
        track.append(replace(span, chord=replace(span.chord, quality=quality)))
    return follow(piece, edit, tuple(track), place.spans, number, tune=False)


def follow(
    piece: Piece, edit: Edit, track: tuple[ChordSpan, ...], spans: Sequence[Span], number: int,
    tune: bool,
) -> Piece:  # fmt: skip
    """New chords inside the spans and every pitched part after them.

    Accompaniments are written again over the new chords; with ``tune`` the notes of tunes that no
    longer fit move to the nearest note that does. Locked parts stay as they are.
    """
    del number
    end = piece.plan.bars * piece.bar_ticks
    merged = spliced_spans(piece.score.chords, track, spans, end)
    place = resolve(edit.scope, piece.plan)
    parts = tuple(p for p in place.parts if piece.plan.part(p).role not in _UNPITCHED)
    where = free(piece, replace(place, parts=parts, spans=tuple(spans)), edit.kind)
    where = _only_where_changed(piece.score.chords, merged, where)
    lines = {p for p in where if piece.plan.part(p).role == "lead"}
    if not tune:
        where = {p: s for p, s in where.items() if p not in lines}
        lines = set()
    plan = replace(piece.plan, chords=merged)
    kept = {p.id: p.notes for p in piece.score.parts}
    notes = {p: _bent(piece, p, where, piece.score.chords, merged) for p in lines}
    kept |= notes
    fresh, _, dynamics = write_parts(piece, plan, set(where) - lines, kept)
    return rewritten(piece, where, {**notes, **fresh}, plan=plan, chords=merged,
                     chord_spans=((0, end),), dynamics=dynamics)  # fmt: skip


def _only_where_changed(old: Sequence[ChordSpan], new: Sequence[ChordSpan], where: Spans) -> Spans:
    """Spans cut down to where a chord really differs."""
    edges = sorted({c.onset_ticks for c in (*old, *new)} | {c.end_ticks for c in (*old, *new)})
    differs = []
    for a, b in pairwise(edges):
        before, after = _at(old, a), _at(new, a)
        if (before and before.chord) != (after and after.chord):
            differs.append((a, b))
    result: dict[str, tuple[Span, ...]] = {}
    for part, spans in where.items():
        cut = [(max(a, c), min(b, d)) for a, b in spans for c, d in differs
               if max(a, c) < min(b, d)]  # fmt: skip
        if cut:
            from songwright.session.refine.scope import joined  # noqa: PLC0415 (only here)

            result[part] = joined(cut)
    return result


def _bent(
    piece: Piece, part: str, where: Spans, old: Sequence[ChordSpan], new: Sequence[ChordSpan]
) -> tuple[Note, ...]:
    """Chord notes of the old chord that the new one lacks move to its nearest note."""
    planned = piece.plan.part(part)
    result = []
    for old_note in piece.notes(part):
        note = old_note
        before, after = _at(old, note.onset_ticks), _at(new, note.onset_ticks)
        if (
            inside(note.onset_ticks, where[part]) and before is not None and after is not None
            and note.pitch % 12 not in after.chord.pcs
            and (note.pitch % 12 in before.chord.pcs or note.duration_ticks >= 480)
        ):  # fmt: skip
            pitch = nearest(note.pitch, after.chord.pcs, planned.low, planned.high)
            note = replace(note, pitch=pitch)
        result.append(note)
    return tuple(result)
