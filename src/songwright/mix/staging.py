"""What the notes of a part say of its strip: how loud it means to be, how low it goes."""

from __future__ import annotations

import math

from songwright.mix.settings import PartMix
from songwright.perform.model import PlayedPart
from songwright.units import midi_to_hz

_LEVEL_VELOCITY = 80.0
_BELOW_LOWEST_NOTE = 0.75


def velocity_level_db(part: PlayedPart) -> float:
    """How much a part's playing moves its level: staging by loudness alone would lift a part
    played softly throughout to the level of one played loudly. Mean velocity 80 is 0 dB; within
    -4 and +3 dB.
    """
    if not part.notes:
        return 0.0
    mean = sum(note.velocity for note in part.notes) / len(part.notes)
    return max(-4.0, min(3.0, 10.0 * math.log10(max(1.0, mean) / _LEVEL_VELOCITY)))


def low_note_hz(part: PlayedPart) -> float:
    """Fundamental of the part's low notes, its lowest twentieth left out; 0 for drum kits, whose
    keys are no pitches.
    """
    if not part.notes or part.instrument.endswith("_kit"):
        return 0.0
    pitches = sorted(note.pitch for note in part.notes)
    return midi_to_hz(pitches[len(pitches) // 20])


def high_pass_hz(strip: PartMix, part: PlayedPart) -> float:
    """Cutoff of the strip's high-pass, held below the fundamentals of the part's low notes.

    A piano's left hand or a cello in the middle of an ensemble must not lose its ground because
    its role usually lies higher.
    """
    low_hz = low_note_hz(part)
    return min(strip.high_pass_hz, _BELOW_LOWEST_NOTE * low_hz) if low_hz else strip.high_pass_hz
