"""What a left hand does at a keyboard that it shares with the tune."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.accompany.tune import Tune
from songwright.score import Note

_OCTAVE = 12
_C3, _CLEAR_BELOW_C3 = 48, 7  # thirds below C3 are mud
_REACH = 16  # semitones of a tenth, rolled or not
_FINGERS = 4


def under_the_tune(notes: Sequence[Note], tune: Tune, low: int) -> list[Note]:
    """Notes of a left hand that neither cross the right hand nor take a key that it needs.

    Where the tune dips among them, a chord does without those notes, and a single note goes down
    an octave, if that is not below ``low``.
    """
    at_once = Counter(note.onset_ticks for note in notes)
    result: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.onset_ticks, -n.pitch)):
        if not _in_the_way(note, tune):
            result.append(note)
        elif at_once[note.onset_ticks] > 1:
            at_once[note.onset_ticks] -= 1
        else:
            lower = replace(note, pitch=note.pitch - _OCTAVE)
            is_free = lower.pitch >= low and not _in_the_way(lower, tune)
            result += [lower] if is_free else []
    return sorted(result, key=lambda n: (n.onset_ticks, n.pitch))


def _in_the_way(note: Note, tune: Tune) -> bool:
    over = [n.pitch for n in tune.sounding(note.onset_ticks, note.onset_ticks + 1)]
    later = {n.pitch for n in tune.sounding(note.onset_ticks, note.end_ticks)}
    return note.pitch in later or any(note.pitch > pitch for pitch in over)


def in_one_hand(pitches: Sequence[int]) -> tuple[int, ...]:
    """What of a chord one hand holds: its bass and what it reaches, without mud in the depths."""
    kept = [pitches[0]]
    for pitch in pitches[1:]:
        least = _CLEAR_BELOW_C3 if kept[-1] < _C3 else 1
        if pitch - kept[0] <= _REACH and pitch - kept[-1] >= least and len(kept) < _FINGERS:
            kept.append(pitch)
    return tuple(kept)
