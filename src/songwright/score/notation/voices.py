"""Sort the notes of one staff into at most two voices, and each voice into chords and ties.

A voice may hold any notes: where they overlap with unequal lengths they are cut at each other's
onsets and ends and tied, so a voice is always one row of chords and no bar can be overfull.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from songwright.score.model import Note
from songwright.score.notation.bars import BarLine
from songwright.score.notation.grid import settle

SPLIT_PITCH = 60
"""Middle C, around which keyboard music is shared between the hands."""

_HAND_SPAN = 12
_READABLE_TICKS = 480  # a ringing note is tied, not cut short, when both halves are this long


@dataclass(frozen=True, slots=True)
class Tone:
    """One note head: its note, and whether it is tied from before or to after."""

    note: Note
    tied_from: bool
    tied_to: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of one voice during which the same notes sound."""

    start: int
    end: int
    tones: tuple[Tone, ...]


def pitched_voices(notes: list[Note], barline: BarLine, sustains: bool) -> list[list[Slice]]:
    """One or two voices, the upper first, from the notes of a staff.

    Parameters
    ----------
    notes
        On the grid, sorted by onset, without overlapping unisons (see `grid.snap`).
    sustains
        For instruments that hold their notes, a third layer is tied into one of the voices with
        exact lengths. For those that decay, a note that rings on is cut at the next onset unless
        the tied values would be quarters at least.
    """
    voices: tuple[list[Note], list[Note]] = ([], [])
    for cluster in _overlapping(notes):
        for voice, members in zip(voices, _colour(cluster, sustains), strict=True):
            voice.extend(members)
    return [slices(settle(sorted(v, key=_order), barline)) for v in voices if v]


def slices(notes: list[Note]) -> list[Slice]:
    """Cut a voice's notes where others of the voice start or end."""
    cuts = sorted({t for n in notes for t in (n.onset_ticks, n.end_ticks)})
    result: list[Slice] = []
    sounding: list[Note] = []
    waiting = iter(sorted(notes, key=_order))
    upcoming = next(waiting, None)
    for start, end in pairwise(cuts):
        sounding = [n for n in sounding if n.end_ticks > start]
        while upcoming is not None and upcoming.onset_ticks <= start:
            sounding.append(upcoming)
            upcoming = next(waiting, None)
        if sounding:
            tones = tuple(
                Tone(n, n.onset_ticks < start, n.end_ticks > end)
                for n in sorted(sounding, key=lambda n: n.pitch)
            )
            result.append(Slice(start, end, tones))
    return result


def split_hands(notes: list[Note]) -> tuple[list[Note], list[Note]]:
    """Share keyboard notes between right and left hand.

    Each chord is cut where both hands stay near what they played last, on their own side of
    middle C and within their span; so a line may wander across middle C a little way.
    """
    right: list[Note] = []
    left: list[Note] = []
    last_right, last_left = SPLIT_PITCH + 9.0, SPLIT_PITCH - 9.0
    by_onset: dict[int, list[Note]] = {}
    for note in notes:
        by_onset.setdefault(note.onset_ticks, []).append(note)
    for onset in sorted(by_onset):
        chord = sorted(by_onset[onset], key=lambda n: n.pitch)
        costs = [
            _reach(chord[:cut], last_left, -1) + _reach(chord[cut:], last_right, 1)
            for cut in range(len(chord) + 1)
        ]
        cut = costs.index(min(costs))
        if chord[:cut]:
            left += chord[:cut]
            last_left = _middle(chord[:cut])
        if chord[cut:]:
            right += chord[cut:]
            last_right = _middle(chord[cut:])
    return right, left


def _reach(chord: list[Note], last: float, side: int) -> float:
    """What a chord costs a hand, in semitones; ``side`` is 1 for the right hand, -1 left."""
    if not chord:
        return 0.0
    span = chord[-1].pitch - chord[0].pitch
    middle = _middle(chord)
    beyond = max(0.0, side * (SPLIT_PITCH - middle))
    return abs(middle - last) / 2 + beyond + 0.3 * span + 2.0 * max(0, span - _HAND_SPAN)


def _middle(chord: list[Note]) -> float:
    return (chord[0].pitch + chord[-1].pitch) / 2


def _order(note: Note) -> tuple[int, int]:
    return note.onset_ticks, note.pitch


def _overlapping(notes: list[Note]) -> list[list[Note]]:
    """Split a row of notes into clusters that nothing sounds across."""
    clusters: list[list[Note]] = []
    end = -1
    for note in sorted(notes, key=_order):
        if note.onset_ticks >= end:
            clusters.append([])
        clusters[-1].append(note)
        end = max(end, note.end_ticks)
    return clusters


def _colour(cluster: list[Note], sustains: bool) -> tuple[list[Note], list[Note]]:
    """Two voices for a cluster of overlapping notes, the higher one first."""
    if len({(n.onset_ticks, n.end_ticks) for n in cluster}) == 1:
        return cluster, []
    voices: tuple[list[Note], list[Note]] = ([], [])
    live: tuple[list[int], list[int]] = ([], [])  # places in the voice of notes still sounding
    by_onset: dict[int, list[Note]] = {}
    for note in cluster:
        by_onset.setdefault(note.onset_ticks, []).append(note)
    for onset, starting in by_onset.items():
        chords: dict[int, list[Note]] = {}
        for note in sorted(starting, key=lambda n: -n.pitch):
            chords.setdefault(note.end_ticks, []).append(note)
        for voice, places in zip(voices, live, strict=True):
            places[:] = [i for i in places if voice[i].end_ticks > onset]
        free = [v for v in (0, 1) if not live[v]]
        for i, chord in enumerate(chords.values()):
            if len(free) == 2:
                chosen = min(i, 1)
            elif free:
                chosen = free[0]
            else:
                sounding = [[voices[v][i] for i in live[v]] for v in (0, 1)]
                chosen = min((0, 1), key=lambda v: _disturbance(sounding[v], chord))
                if not sustains:
                    for place in live[chosen]:
                        voices[chosen][place] = _let_go(voices[chosen][place], chord[0])
            live[chosen].extend(range(len(voices[chosen]), len(voices[chosen]) + len(chord)))
            voices[chosen].extend(chord)
    if voices[1] and _mean_pitch(voices[1]) > _mean_pitch(voices[0]):
        return voices[1], voices[0]
    return voices


def _disturbance(sounding: list[Note], chord: list[Note]) -> tuple[int, float]:
    """How a third layer disturbs a busy voice: new cuts, then distance in pitch."""
    onset, end = chord[0].onset_ticks, chord[0].end_ticks
    cuts = sum(n.onset_ticks < onset for n in sounding)
    cuts += sum(n.onset_ticks < end < n.end_ticks for n in sounding)
    return cuts, abs(_mean_pitch(sounding) - _mean_pitch(chord))


def _let_go(ringing: Note, new: Note) -> Note:
    """Cut a ringing note at a new onset, unless ties between the two would read well."""
    tail = abs(ringing.end_ticks - new.end_ticks)
    pieces = (
        new.onset_ticks - ringing.onset_ticks,
        ringing.end_ticks - new.onset_ticks,
        tail or _READABLE_TICKS,
    )
    if pieces[0] > 0 and min(pieces) < _READABLE_TICKS:
        return replace(ringing, duration_ticks=pieces[0])
    return ringing


def _mean_pitch(notes: list[Note]) -> float:
    weight = sum(n.duration_ticks for n in notes)
    return sum(n.pitch * n.duration_ticks for n in notes) / weight if weight else 0.0
