"""What each part of a piece does: roles guessed from instrument, place in the score and texture.

A rule for each kind of ensemble turns the parts of a score into voices with roles of
`training.corpora.model.ROLES`. They are guesses: a first violin is called the lead although the
viola has the tune for eight bars, a low left hand in single notes is called the bass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from songwright.evaluate.notes import Notes
from songwright.evaluate.piece import Piece
from songwright.evaluate.tune import skyline, tune_of
from songwright.score import instrument
from training.corpora.texture import texture_of

LEAST_NOTES = 8
_BASS_BELOW = 53  # F3: single notes of a left hand below it are its bass
_LEAST_SHARE = 0.2
_VOICE_PROGRAM = 52  # choir aahs
_KEYBOARDS = frozenset({"piano", "chromatic percussion", "organ"})
_KEYBOARD_NAMES = re.compile(r"piano|klavier|harpsi|cembalo|clavi|organ|orgel|^(up|down)(per)?\b")


@dataclass(frozen=True)
class Voice:
    """Notes of one role; ``notes`` is sorted by onset."""

    role: str
    program: int
    notes: Notes


def tune_alone(piece: Piece) -> list[Voice]:
    """The first part as a single line; whatever accompanies it is left out."""
    first = min((int(p) for p in np.unique(piece.notes["part"])), default=0)
    return [Voice("lead", _program(piece, first), skyline(_part(piece, first)))]


def choir(piece: Piece) -> list[Voice]:
    """Voices from high to low: the first leads, the last is the bass, inner voices between.

    Two voices on one staff are told apart by height.
    """
    lines: list[tuple[int, Notes]] = []
    for number in _pitched(piece):
        notes = _part(piece, number)
        chordal = notes.size >= 1.4 * np.unique(notes["onset"]).size
        lines += [(number, line) for line in ((_peeled(notes)) if chordal else (notes,))]
    return _ranked(piece, sorted(lines, key=lambda line: -float(np.mean(line[1]["pitch"]))))


def ensemble(piece: Piece) -> list[Voice]:
    """A quartet and its like: first part leads, the lowest part is the bass, inner voices."""
    lines = [(number, _part(piece, number)) for number in _pitched(piece)]
    if len(lines) < 2:
        return keyboard(piece)
    lowest = min(range(1, len(lines)), key=lambda i: float(np.mean(lines[i][1]["pitch"])))
    lines.append(lines.pop(lowest))
    return _ranked(piece, lines)


def song(piece: Piece) -> list[Voice]:
    """Voice and keyboard: voices lead and counter, staves by their texture."""
    numbers = _pitched(piece)
    keys = [n for n in numbers if _is_keyboard(piece, n)]
    singers = [n for n in numbers if n not in keys]
    if not singers or not keys:
        return keyboard(piece) if keys else choir(piece)
    first = max(singers, key=lambda n: (len(_part(piece, n)) >= LEAST_NOTES, -n))
    voices = [
        Voice("lead" if n == first else "counter", _singer(piece, n), skyline(_part(piece, n)))
        for n in singers
    ]
    return voices + _staves(piece, keys)


def _singer(piece: Piece, number: int) -> int:
    """Program of a solo part; engravers give voices all sorts of programs, often an oboe's."""
    player = instrument(piece.parts[number].instrument)
    return player.program if player.family in ("strings", "pipe", "brass") else _VOICE_PROGRAM


def keyboard(piece: Piece) -> list[Voice]:
    """One player: the upper line of the first staff leads, the rest goes by its texture.

    Three or more single lines (a fugue in score) are read as a choir.
    """
    numbers = _pitched(piece)
    single = [texture_of(_part(piece, n)).thickness < 1.2 for n in numbers]
    if len(numbers) >= 3 and all(single):
        return choir(piece)
    if len(numbers) == 1:
        notes = _part(piece, numbers[0])
        tune = tune_of(piece)
        rest = notes[~_same(notes, tune)]
        return _tune_and_rest(piece, numbers[0], tune, rest)
    upper = _part(piece, numbers[0])
    tune = skyline(upper)
    voices = _tune_and_rest(piece, numbers[0], tune, upper[~_same(upper, tune)])
    return voices + _staves(piece, numbers[1:])


def _tune_and_rest(piece: Piece, number: int, tune: Notes, rest: Notes) -> list[Voice]:
    voices = [Voice("lead", _program(piece, number), tune)]
    if rest.size >= LEAST_NOTES:
        role = texture_of(rest).role
        voices.append(Voice("inner" if role == "counter" else role, voices[0].program, rest))
    return voices


def _staves(piece: Piece, numbers: list[int]) -> list[Voice]:
    """Staves by texture; the lowest may hold a bass and chords."""
    voices = []
    for number in numbers:
        notes, program = _part(piece, number), _program(piece, number)
        texture = texture_of(notes)
        low = number == numbers[-1] and texture.role in ("chords", "bass")
        for role, line in _left_hand(notes) if low else ((texture.role, notes),):
            voices.append(Voice(role, program, line))
    return voices


def _left_hand(notes: Notes) -> list[tuple[str, Notes]]:
    """Bass and chords of a left hand.

    Low single notes and octaves are the bass (its lower note), the rest is chords, if there is
    enough of both; otherwise the whole goes by its texture.
    """
    onsets, stroke = np.unique(notes["onset"], return_inverse=True)
    pitch = notes["pitch"].astype(np.int64)
    lows = np.full(onsets.size, 999, np.int64)
    np.minimum.at(lows, stroke, pitch)
    classes = np.zeros((onsets.size, 12), bool)
    classes[stroke, pitch % 12] = True
    single = ((classes.sum(axis=1) == 1) & (lows < _BASS_BELOW))[stroke]
    bass = notes[single & (pitch == lows[stroke])]
    rest = notes[~single]
    enough = bass.size >= _LEAST_SHARE * onsets.size
    if enough and rest.size < LEAST_NOTES:
        return [("bass", bass)]
    if not enough or bass.size < LEAST_NOTES:
        return [(texture_of(notes).role, notes)]
    role = texture_of(rest).role
    return [("bass", bass), ("chords" if role in ("bass", "counter") else role, rest)]


def _ranked(piece: Piece, lines: list[tuple[int, Notes]]) -> list[Voice]:
    voices = []
    for i, (number, notes) in enumerate(lines):
        role = "lead" if i == 0 else "bass" if i == len(lines) - 1 else "inner"
        line = skyline(notes) if role == "lead" else notes
        voices.append(Voice(role, _program(piece, number), line))
    return voices


def _peeled(notes: Notes) -> tuple[Notes, Notes]:
    """Two voices of a staff: the upper line and the notes below it."""
    upper = skyline(notes)
    lower = notes[~_same(notes, upper)]
    return (upper, lower) if lower.size else (upper, upper[:0])


def _same(notes: Notes, among: Notes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which notes are in another table, by onset, pitch and part."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.isin(_code(notes), _code(among))
    return found


def _code(notes: Notes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    part = notes["part"].astype(np.int64)
    code: np.ndarray[tuple[int], np.dtype[np.int64]] = (
        notes["onset"] * 65536 + notes["pitch"].astype(np.int64) * 512 + part
    )
    return code


def _part(piece: Piece, number: int) -> Notes:
    notes: Notes = piece.notes[piece.notes["part"] == number]
    return notes


def _pitched(piece: Piece) -> list[int]:
    """Numbers of the parts that have pitched notes."""
    return [int(n) for n in np.unique(piece.notes["part"])]


def _program(piece: Piece, number: int) -> int:
    return instrument(piece.parts[number].instrument).program


def _is_keyboard(piece: Piece, number: int) -> bool:
    part = piece.parts[number]
    named = _KEYBOARD_NAMES.search(part.name.lower()) is not None
    return named or instrument(part.instrument).family in _KEYBOARDS
