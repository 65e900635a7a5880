"""A short phrase for each kind of sound, to hear a patch alone."""

from __future__ import annotations

from songwright.palette.model import Patch
from songwright.perform.model import PlayedNote, PlayedPart

TEMPO_BPM = 112.0
TAIL_SECONDS = 2.0

Row = tuple[float, float, tuple[int, ...], int]
"""Beat, length in beats, pitches (MIDI), velocity."""

_CHORDS = ((57, 60, 64, 67), (53, 57, 60, 64), (60, 64, 67, 71), (55, 59, 62, 67))


def _steps(pitches: tuple[int, ...], step: float, gate: float) -> tuple[Row, ...]:
    """Even notes, each fourth one accented."""
    return tuple(
        (i * step, gate * step, (pitch,), 104 if i % 4 == 0 else 78 + 6 * (i % 3))
        for i, pitch in enumerate(pitches)
    )


_BASS: tuple[Row, ...] = (
    (0, 0.7, (33,), 96), (1, 0.45, (33,), 84), (1.5, 0.5, (45,), 78), (2, 0.95, (36,), 92),
    (3, 0.5, (38,), 84), (3.5, 0.5, (40,), 100), (4, 1.4, (29,), 96), (5.5, 0.5, (29,), 80),
    (6, 1.0, (31,), 90), (7, 1.0, (32,), 84), (8, 3.5, (33,), 96),
)  # fmt: skip
_LEAD: tuple[Row, ...] = (
    (0, 1.0, (69,), 84), (1, 0.5, (72,), 92), (1.5, 0.5, (74,), 88), (2, 1.5, (76,), 100),
    (3.5, 0.5, (74,), 80), (4, 0.75, (72,), 88), (4.75, 0.75, (74,), 84), (5.5, 0.5, (71,), 80),
    (6, 2.5, (69,), 96), (9, 3.0, (76,), 104),
)  # fmt: skip
_LONG: tuple[Row, ...] = tuple((4.0 * i, 3.9, chord, 78 + 6 * i) for i, chord in enumerate(_CHORDS))
_STABS: tuple[Row, ...] = tuple(
    (4.0 * bar + at, length, _CHORDS[bar], velocity)
    for bar in range(3)
    for at, length, velocity in ((0, 0.4, 104), (1.5, 0.4, 84), (2.75, 0.25, 76), (3.5, 0.5, 96))
)
_BROKEN = tuple(pitch for chord in _CHORDS[:3] for _ in range(2)
                for pitch in (*chord, chord[0] + 12, *chord[:0:-1]))  # fmt: skip
_DRUMS: tuple[Row, ...] = tuple(
    (i / 4, 0.2, pitches, 112 if i % 8 == 0 else 70 + 9 * (i % 4))
    for i in range(48)
    for pitches in [
        (*((36,) if i % 16 in (0, 6, 10) else ()), *((38,) if i % 8 == 4 else ()),
         *((39,) if i % 32 == 28 else ()), *((46,) if i % 16 == 14 else (42,)),
         *((49,) if i == 0 else ()), *((47,) if i in (45, 46) else ()))
    ]
)  # fmt: skip

PHRASES: dict[str, tuple[Row, ...]] = {
    "basses": _BASS,
    "leads": _LEAD,
    "pads": _LONG,
    "textures": _LONG,
    "keys": tuple((b, d * 1.6, p, v) for b, d, p, v in _STABS),
    "organs": _STABS,
    "stabs": _STABS,
    "plucks": _steps(_BROKEN[:24], 0.5, 0.8),
    "arps": _steps(_BROKEN, 0.25, 0.8),
    "bells": tuple((b, d, (p[0] + 7,), v) for b, d, p, v in _LEAD),
    "fx": ((0, 8.0, (60,), 100),),
    "kits": _DRUMS,
}


def phrase(patch: Patch, tempo_bpm: float = TEMPO_BPM) -> tuple[PlayedPart, float]:
    """A part that plays the phrase of a patch's category, and its length with tail in seconds."""
    beat = 60.0 / tempo_bpm
    shift = {"low": -12, "high": 12}.get(patch.register, 0)
    if patch.category not in ("pads", "textures", "keys", "stabs", "arps", "plucks"):
        shift = 0
    notes = tuple(
        PlayedNote(at * beat, length * beat, pitch + shift, velocity)
        for at, length, pitches, velocity in PHRASES[patch.category]
        for pitch in pitches
    )
    end = max(note.onset_seconds + note.duration_seconds for note in notes)
    role = patch.roles[0] if patch.roles else ""
    tempos = ((0.0, tempo_bpm),)
    part = PlayedPart("phrase", patch.name, role, "", notes, sound=patch.id, tempos=tempos)
    return part, end + TAIL_SECONDS
