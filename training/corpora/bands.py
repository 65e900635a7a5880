"""Roles in larger groups: bands with a rhythm section, and orchestras."""

from __future__ import annotations

import re

import numpy as np

from songwright.evaluate.notes import Notes
from songwright.evaluate.piece import PartFacts, Piece
from songwright.evaluate.tune import skyline, tune_parts
from songwright.score import instrument
from training.corpora.parts import LEAST_NOTES, Voice
from training.corpora.texture import Texture, texture_of

_NAMED = (
    # The first word that occurs in a track's name decides; many tracks say what they do.
    (re.compile(r"\b(melody|solo|vocals?|theme)\b"), "line"),
    (re.compile(r"\bbass\b"), "bass"),
    (re.compile(r"\b(arp|arpeggio|arpeggiator)\b"), "arp"),
    (re.compile(r"\b(pad|pads)\b"), "pad"),
    (re.compile(r"\b(riff|hook)\b"), "riff"),
    (re.compile(r"\b(chords?|rhythm|comp)\b"), "chords"),
)
_SINGS = re.compile(r"\b(lead|melody|solo|vocals?|theme)\b")
_BASS_PITCH = 46.0
_LOOP_SHARE = 0.6
_DOUBLED_SHARE = 0.9
_ECHO_TICKS = (0, 60, 120, 180, 240, 360, 480, 720, 960, -120, -240, -360, -480)
_PAD_BEATS = 2.0
_LEAD_MERIT = 0.15
_LOW_INSTRUMENTS = frozenset({"cello", "contrabass", "bassoon", "tuba"})
_LINES = frozenset({"counter", "riff", "arp"})
_LEFT_OUT = frozenset({"percussive", "sound effects"})


def band(piece: Piece) -> list[Voice]:
    """Programmed tracks: by drum channel, program, track name and texture.

    Of the single lines that are no loop the most tuneful leads and the others are counters;
    loops are riffs, broken chords arps, low lines bass. Doubled tracks are kept once.
    """
    voices = [_drums(piece)] if piece.drums.size else []
    tracks = [(n, piece.notes[piece.notes["part"] == n]) for n in range(len(piece.parts))]
    tracks = [t for t in tracks if t[1].size >= LEAST_NOTES and not _is_effect(piece.parts[t[0]])]
    textures = [texture_of(notes) for _, notes in tracks]
    roles = [
        _track_role(piece.parts[n], texture)
        for (n, _), texture in zip(tracks, textures, strict=True)
    ]
    bars = max(1, np.unique(piece.notes["bar"]).size)
    lines = [i for i, role in enumerate(roles) if role == "line"]
    if lines:
        named = {i: _SINGS.search(_words(piece.parts[tracks[i][0]])) is not None for i in lines}
        merits = {i: _merit(tracks[i][1], textures[i], bars) + 0.5 * named[i] for i in lines}
        best = max(lines, key=lambda i: (merits[i], -i))
        if merits[best] >= _LEAD_MERIT:
            roles[best] = "lead"
    roles = ["counter" if role == "line" else role for role in roles]
    for i in sorted(range(len(roles)), key=lambda i: roles[i] != "lead"):
        (number, notes), role = tracks[i], roles[i]
        same = (role, "lead") if role in _LINES else (role,)
        if not _doubled(notes, [v.notes for v in voices if v.role in same]):
            program = instrument(piece.parts[number].instrument).program
            voices.append(Voice(role, program, skyline(notes) if role == "lead" else notes))
    return voices


def orchestra(piece: Piece) -> list[Voice]:
    """An orchestra: the most tuneful part leads, low instruments are bass, brass pads.

    Other strings are inner voices, other winds counters; harps and keyboards go by texture;
    tuned percussion is left out. A part that doubles an earlier one of its role is left out.
    """
    leading = min(tune_parts(piece), default=-1)
    voices: list[Voice] = []
    for number, part in enumerate(piece.parts):
        notes = piece.notes[piece.notes["part"] == number]
        player = instrument(part.instrument)
        if notes.size < LEAST_NOTES or player.family in _LEFT_OUT or player.id == "timpani":
            continue
        role = _desk(player.id, player.family, texture_of(notes))
        if number == leading:
            role, notes = "lead", skyline(notes)
        if not _doubled(notes, [v.notes for v in voices if v.role in (role, "lead")]):
            voices.append(Voice(role, player.program, notes))
    return voices


def _desk(player: str, family: str, texture: Texture) -> str:
    if player in _LOW_INSTRUMENTS:
        return "bass"
    if family == "brass":
        return "pad"
    if family in ("reed", "pipe", "ensemble"):
        return "counter"
    if player in ("violin", "viola"):
        return "inner"
    return texture.role


def _drums(piece: Piece) -> Voice:
    """All kits as one part; the kit of the first decides the program."""
    first = int(piece.drums["part"].min())
    return Voice("drums", instrument(piece.parts[first].instrument).program, piece.drums)


def _track_role(part: PartFacts, texture: Texture) -> str:
    """Role of one track; ``line`` for single lines whose rank the others decide."""
    player = instrument(part.instrument)
    named = next((role for pattern, role in _NAMED if pattern.search(_words(part))), "")
    thin = texture.thickness < 1.4
    if player.family == "bass" or (named == "bass" and texture.pitch < 55):
        return "bass"
    if named in ("arp", "pad", "riff", "chords") or (named == "line" and thin):
        return named
    if not thin:
        held = player.sustains and texture.length_beats >= _PAD_BEATS
        return "pad" if held or player.family == "synth pad" else "chords"
    if texture.pitch < _BASS_PITCH:
        return "bass" if "guitar" not in player.id else "riff"
    if texture.is_broken_chord:
        return "arp"
    if texture.length_beats >= _PAD_BEATS or player.family == "synth pad":
        return "pad"
    return "riff" if texture.repeating >= _LOOP_SHARE else "line"


def _words(part: PartFacts) -> str:
    """A track's name without digits and signs; nothing if it is only that of its instrument."""
    if part.name.lower() == instrument(part.instrument).name.lower():
        return ""
    return re.sub(r"[_\-.()\[\]/0-9]+", " ", part.name.lower())


def _merit(notes: Notes, texture: Texture, bars: int) -> float:
    """How much of a tune a line is: it is there, it moves, it is not low, it does not loop."""
    coverage = np.unique(notes["bar"]).size / bars
    variety = min(1.0, np.unique(notes["pitch"]).size / 7)
    height = float(np.clip((texture.pitch - 40.0) / 30.0, 0.0, 1.0))
    return float(coverage**0.5 * variety * height * (1.0 - 0.5 * texture.repeating))


def _doubled(notes: Notes, others: list[Notes]) -> bool:
    """True if nearly all notes sound in another part, in any octave, at once or as an echo."""
    mine = notes["onset"] * 12 + notes["pitch"] % 12
    return any(
        float(np.mean(np.isin(mine - 12 * lag, other["onset"] * 12 + other["pitch"] % 12)))
        >= _DOUBLED_SHARE
        for other in others
        for lag in _ECHO_TICKS
    )


def _is_effect(part: PartFacts) -> bool:
    return instrument(part.instrument).family in _LEFT_OUT
