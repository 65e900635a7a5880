"""What the parts of a piece from outside probably do: a guess from register and texture."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from songwright.score.midi_voices import Voice
from songwright.units import TICKS_PER_BEAT

CHORDAL = 1.7  # mean notes an onset from which a part plays chords
LOW_PITCH = 48.0  # mean pitch below which a single line is a bass
TOGETHER_TICKS = TICKS_PER_BEAT // 8
LONG_TICKS = 2 * TICKS_PER_BEAT


def guess_roles(voices: Sequence[Voice]) -> list[str]:
    """A role for each voice (see `songwright.score.ROLES`)."""
    roles = [_alone(voice) for voice in voices]
    lines = [i for i, role in enumerate(roles) if role == "line"]
    if lines:
        lead = max(lines, key=lambda i: (_mean_pitch(voices[i]), -i))
        for i in lines:
            roles[i] = "lead" if i == lead else "counter"
    return roles


def _alone(voice: Voice) -> str:
    """Role as far as one part tells it; ``line`` for a melody of whatever rank."""
    player = voice.instrument
    if player.is_kit:
        return "drums"
    if player.family in ("percussive", "sound effects"):
        return "percussion"
    if player.family == "bass":
        return "bass"
    # Players do not strike a chord's notes at one tick: onsets within a 32nd count as one.
    chords = {round(note.onset_ticks / TOGETHER_TICKS) for note in voice.notes}
    thickness = len(voice.notes) / len(chords)
    length = fmean(note.duration_ticks for note in voice.notes)
    if player.family == "synth pad" or (
        thickness >= CHORDAL and player.sustains and length >= LONG_TICKS
    ):
        return "pad"
    if thickness >= CHORDAL:
        return "chords"
    return "bass" if _mean_pitch(voice) < LOW_PITCH else "line"


def _mean_pitch(voice: Voice) -> float:
    return fmean(note.pitch for note in voice.notes)
