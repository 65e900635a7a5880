"""Edits that bring notes from files."""

from __future__ import annotations

from pathlib import Path

from songwright.session.refine.model import Edit
from songwright.session.refine.scope import parse_scope
from songwright.session.refine.state import Piece
from songwright.session.refine.takeover import read_notes, taken_from
from songwright.session.song import Song


def edit_of_file(kind: str, path: str | Path, song: Song, part: str = "", scope: str = "") -> Edit:
    """``take`` or ``control`` with the notes of a MIDI or MusicXML file.

    Parameters
    ----------
    kind
        ``take``: a new version of the part or parts; ``control``: kept exactly, the rest is
        written around it. With ``part`` ``"chords"`` the chord symbols of the file (markers in
        MIDI) become the chord track.
    path
        The file.
    song
        The song whose parts the notes stand for.
    part
        The part that the notes become; without it parts are matched by id, name or instrument.
    scope
        For ``take``: where alone they count.

    Raises
    ------
    FileFormatError
        If the file cannot be read.
    ProjectError
        If it does not fit the metre or the length, or no part matches.
    """
    piece = Piece.of(song)
    score = read_notes(path)
    where = parse_scope(scope, song.plan) if scope else Edit(kind).scope
    if part == "chords" and score.chords:
        return Edit("control", where, chords=score.chords)
    given = taken_from(score, piece, part)
    return Edit(kind, where, value=Path(path).name, given=given)
