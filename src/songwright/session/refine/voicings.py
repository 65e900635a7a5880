"""Voicing edits: close, open, dropped and spread chords, and inversions, of chordal parts.

A chord is what a part strikes at once, or, where it breaks its chords, what it plays within one
chord symbol and bar. Rhythm, dynamics and pattern stay; only the octaves of the notes, and which
of them is lowest, change. Names as in jazz arranging: "drop 2" is a close chord whose second note
from the top goes down an octave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.errors import ProjectError
from songwright.score import ChordSpan, Note, instrument
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import Span, resolve
from songwright.session.refine.splice import inside, tidy
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.variation import chord_at
from songwright.theory.chord import QUALITIES, Chord
from songwright.theory.voicing import LOW_INTERVAL_LIMITS

VOICINGS = (
    "close", "open", "drop-2", "drop-3", "spread", "root position", "first inversion",
    "second inversion", "third inversion",
)  # fmt: skip
CHORDAL = ("chords", "pad", "inner", "stabs", "arp")
_INVERSIONS = {
    "root position": 0, "first inversion": 1, "second inversion": 2, "third inversion": 3,
}  # fmt: skip
_DROPPED: dict[str, tuple[int, ...]] = {
    "close": (), "open": (2, 4), "drop-2": (2,), "drop-3": (3,),
}  # fmt: skip
_LEAST_NOTES = 3
_BEYOND = 5  # semitones by which a voicing may leave the part's usual range
_BASS_GAP = 7  # semitones from which the lowest note stands apart, as a bass


def voicing(piece: Piece, edit: Edit) -> Piece:
    """Set the chords of the scope in another voicing; ``value`` is one of `VOICINGS`.

    Without parts named: all parts that play chords. Close, open and dropped voicings keep the top
    note, and leave alone a chord for which there is no room above the bass or that would turn to
    mud; inversions and ``spread`` keep the register. Where no other part plays a bass, a bass note
    well below the chord stays, but for inversions. Notes doubled at the octave are struck once.

    Raises
    ------
    ProjectError
        If the voicing is unknown, or nobody plays chords of three notes there.
    """
    name = edit.value.strip().lower().replace("drop ", "drop-")
    if name not in VOICINGS:
        raise ProjectError(f"{edit.value!r} is no voicing; choose from {', '.join(VOICINGS)}")
    place = resolve(edit.scope, piece.plan)
    roles = CHORDAL if not edit.scope.parts else (*CHORDAL, "riff", "counter", "lead")
    parts = tuple(p for p in place.parts if piece.plan.part(p).role in roles)
    where = free(piece, replace(place, parts=parts), f"{name} voicing")
    notes = {p: _voiced(piece, p, where[p], name) for p in where}
    if all(notes[p] == piece.notes(p) for p in where):
        raise ProjectError(
            f"{name} voicing: no part there plays chords that this would change; name a part with "
            "chords of three or more notes, or another voicing"
        )
    return rewritten(piece, where, notes)


def _voiced(piece: Piece, part: str, spans: Sequence[Span], name: str) -> tuple[Note, ...]:
    planned = piece.plan.part(part)
    player = instrument(planned.instrument)
    low, high = max(planned.low - _BEYOND, player.low), min(planned.high + _BEYOND, player.high)
    floor = _floor(piece, part)
    notes = list(piece.notes(part))
    inner = [n for n in notes if inside(n.onset_ticks, spans)]
    result = [n for n in notes if not inside(n.onset_ticks, spans)]
    for group in _chords(piece, inner, broken=planned.role in CHORDAL):
        pitches = sorted({n.pitch for n in group})
        chord = chord_at(piece, group[0].onset_ticks)
        apart = len(pitches) > 1 and pitches[1] - pitches[0] >= _BASS_GAP
        grounded = floor is None and apart and name not in _INVERSIONS
        under = None if floor is None else floor(group[0].onset_ticks)
        fresh = _set(pitches, name, chord, low, high, low - 1 if under is None else under, grounded)
        if len({n.onset_ticks for n in group}) > 1:  # a broken chord must not lose a note
            fresh = _as_many(fresh, len(pitches), high)
        table = dict(zip(pitches, fresh, strict=False))
        result += [replace(n, pitch=table[n.pitch]) for n in group if n.pitch in table]
    return tidy(result)


def _chords(piece: Piece, notes: Sequence[Note], broken: bool) -> list[list[Note]]:
    """Notes by chord: those struck at once, or of one symbol in one bar where they are ``broken``;
    others stand for themselves."""
    struck: dict[int, list[Note]] = defaultdict(list)
    for note in notes:
        struck[note.onset_ticks].append(note)
    groups: list[list[Note]] = []
    spread_out: dict[tuple[int, ChordSpan | None], list[Note]] = defaultdict(list)
    for tick, group in struck.items():
        if len({n.pitch for n in group}) >= _LEAST_NOTES or not broken:
            groups.append(group)
        else:
            spread_out[tick // piece.bar_ticks, chord_at(piece, tick)] += group
    return [*groups, *spread_out.values()]


def _floor(piece: Piece, part: str) -> Callable[[int], int | None] | None:
    """The bass note under a tick; None where no other part of the piece plays a bass."""
    basses = [p.id for p in piece.plan.parts if p.role == "bass" and p.id != part]
    if not basses:
        return None
    under = [n for p in basses for n in piece.notes(p)]

    def lowest(tick: int) -> int | None:
        return min((n.pitch for n in under if n.onset_ticks <= tick < n.end_ticks), default=None)

    return lowest


def _set(
    pitches: Sequence[int], name: str, span: ChordSpan | None, low: int, high: int, under: int,
    grounded: bool,
) -> list[int]:  # fmt: skip
    """New pitches, ascending, as many as there were where that is possible."""
    classes = len({p % 12 for p in pitches})
    if classes < _LEAST_NOTES:
        return list(pitches)
    if grounded and classes > _LEAST_NOTES:  # the bass stays; the hand above it is set anew
        fresh = _set(pitches[1:], name, span, low, high, max(under, pitches[0]), grounded=False)
        return [pitches[0], *fresh]
    if name in _INVERSIONS:
        fresh = _inverted(pitches, _INVERSIONS[name], span.chord if span else None)
    elif name == "spread" or (grounded and name != "close"):
        fresh = _spread(pitches)
    elif grounded:
        fresh = [pitches[0] + (p - pitches[0]) % 12 for p in pitches]
    else:
        fresh = _dropped(pitches, _DROPPED[name])
        if name == "open" and (fresh[0] < max(low, under) or _muddy(fresh)):
            fresh = _dropped(pitches, _DROPPED["drop-2"])  # less far down
    fresh = sorted(set(fresh))
    if name not in _DROPPED:  # those keep the top note: another octave would tear the line
        fresh = _in_room(fresh, max(low, under), high)
    fits = fresh[0] >= max(low, under) and fresh[-1] <= high
    return fresh if fits and (not _muddy(fresh) or _muddy(pitches)) else list(pitches)


def _in_room(pitches: list[int], low: int, high: int) -> list[int]:
    while (pitches[0] < low or _muddy(pitches)) and pitches[-1] + 12 <= high:
        pitches = [p + 12 for p in pitches]
    while pitches[-1] > high and pitches[0] - 12 >= low:
        pitches = [p - 12 for p in pitches]
    return pitches


def _muddy(pitches: Sequence[int]) -> bool:
    """Whether two neighbours lie closer than is clear so low."""
    return any(a < LOW_INTERVAL_LIMITS.get(b - a, 0) for a, b in pairwise(pitches))


def _as_many(fresh: Sequence[int], count: int, high: int) -> list[int]:
    """As many notes as before, by doublings above."""
    result = list(fresh)
    for pitch in fresh:
        if len(result) < count and pitch + 12 <= high and pitch + 12 not in result:
            result.append(pitch + 12)
    return sorted(result)


def _close(pitches: Sequence[int]) -> list[int]:
    """Each note of the chord once, as near as can be below the top one; ascending."""
    top = pitches[-1]
    return sorted({top - (top - p) % 12 for p in pitches})


def _dropped(pitches: Sequence[int], voices: Sequence[int]) -> list[int]:
    """A close chord with some voices, counted from the top, an octave lower."""
    close = _close(pitches)[::-1]
    return sorted(p - 12 if i + 1 in voices else p for i, p in enumerate(close))


def _spread(pitches: Sequence[int]) -> list[int]:
    """The lowest note below, every second note of the close chord above it an octave higher."""
    bottom = pitches[0]
    close = sorted({bottom + (p - bottom) % 12 for p in pitches})
    return sorted(p + 12 if i % 2 else p for i, p in enumerate(close))


def _inverted(pitches: Sequence[int], number: int, chord: Chord | None) -> list[int]:
    """A close chord with the chord's third, fifth or seventh lowest, in the same register."""
    if chord is None:
        return list(pitches)
    steps = [s % 12 for s in QUALITIES[chord.quality]]
    if number >= len(steps):
        return list(pitches)
    lowest = (chord.root_pc + steps[number]) % 12
    if lowest not in {p % 12 for p in pitches}:
        return list(pitches)
    middle = sum(pitches) / len(pitches)
    options = []
    for start in range(min(pitches) - 12, max(pitches) + 1):
        if start % 12 == lowest:
            options.append(sorted({start + (p - start) % 12 for p in pitches}))
    return min(options, key=lambda o: (abs(sum(o) / len(o) - middle), o[0]))
