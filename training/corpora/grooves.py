"""Played drums: the Groove MIDI set as bars on a grid, with the drummer's timing beside it.

Drummers played an electronic kit to a click and nothing was quantised. Each stroke is put on the
nearest sixteenth or eighth-triplet of its quarter note, and `Note.offset` keeps how far from there
it was played; swing shows as the triplet grid, a lazier swing as late offsets on the straight one.
"""

from __future__ import annotations

import cmath
import csv
import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from songwright.score.smf import parse_smf
from songwright.units import TICKS_PER_BEAT
from training.corpora.model import Entry, Note, Part, Piece, Ticks

SOURCE = "groove_midi"
LICENCE = "CC-BY-4.0"
ATTRIBUTION = "Groove MIDI Dataset, Google LLC"

STRAIGHT: tuple[Ticks, ...] = (0, 120, 240, 360, 480)
TRIPLET: tuple[Ticks, ...] = (0, 160, 320, 480)
STROKE: Ticks = 120
"""Written length of every stroke: a drum has an onset, not a length."""

PLAIN_KEYS = MappingProxyType(
    {
        22: 42, 26: 46,  # edges of the hats
        40: 38,  # rim shot
        48: 50, 45: 47, 58: 43,  # toms and their rims
        55: 49, 52: 57, 59: 51,  # edges of two crashes and of the ride
    }
)  # fmt: skip
"""General MIDI key of each zone of the recorded kit (Roland TD-11) that is not one itself."""

FAMILY_OF_STYLE = MappingProxyType(
    {
        "rock": "drums_rock", "punk": "drums_rock", "pop": "drums_rock",
        "funk": "drums_funk", "soul": "drums_funk", "neworleans": "drums_funk",
        "gospel": "drums_funk", "jazz": "drums_jazz", "latin": "drums_latin",
        "afrocuban": "drums_latin", "hiphop": "drums_hiphop", "afrobeat": "drums_afro",
        "highlife": "drums_afro", "country": "drums_other", "reggae": "drums_other",
        "blues": "drums_other", "dance": "drums_other", "middleeastern": "drums_other",
    }
)  # fmt: skip


SWUNG_STYLES = frozenset(["swing", "shuffle", "purdieshuffle", "bembe", "rockabilly", "blues"])
SWUNG_JAZZ = frozenset(["jazz", "jazz/fast", "jazz/mediumfast"])
"""Words of a style that swings; styles that the set calls just jazz do so too."""

LOOSEST_FIT = 0.15
"""Pieces whose strokes keep to the grid less than this are left out; chance gives about 0.14."""


NOTE_ON = 0x90


class Stroke(NamedTuple):
    """A stroke as played: tick, General MIDI key, velocity 1..127."""

    tick: Ticks
    key: int
    velocity: int


def read_strokes(path: Path) -> list[Stroke]:
    """Strokes of a recorded file in order of time, on plain General MIDI keys."""
    midi = parse_smf(path.read_bytes())
    return sorted(
        Stroke(
            round(event.tick * TICKS_PER_BEAT / midi.ticks_per_beat),
            PLAIN_KEYS.get(event.a, event.a),
            event.b,
        )
        for track in midi.tracks
        for event in track
        if event.kind == NOTE_ON and event.b > 0
    )


def _error(position: Ticks, grid: tuple[Ticks, ...]) -> int:
    return min((position - point) ** 2 for point in grid)


def triplet_quarters(strokes: Iterable[Stroke], swung_style: bool = False) -> frozenset[int]:
    """Quarter notes whose strokes lie nearer to a triplet than to sixteenths, by least squares.

    The quarters before and after count half, because swing lasts. The triplet has fewer points
    and so needs the clearly smaller error: three quarters of the other's. In a style that swings
    it may have a somewhat larger one, and a much larger one where no stroke comes early in the
    beat: there a late stroke is a swung eighth, be it light or hard, and not part of sixteenths.
    Where no stroke lies off the beat, the quarter counts as straight.
    """
    limit = 1.3 if swung_style else 0.75
    early: Counter[int] = Counter()
    straight: Counter[int] = Counter()
    triplet: Counter[int] = Counter()
    for stroke in strokes:
        quarter, position = divmod(stroke.tick, TICKS_PER_BEAT)
        early[quarter] += 60 < position < 200
        for near, share in ((quarter - 1, 1), (quarter, 2), (quarter + 1, 1)):
            straight[near] += share * _error(position, STRAIGHT)
            triplet[near] += share * _error(position, TRIPLET)
    return frozenset(
        quarter
        for quarter, error in straight.items()
        if triplet[quarter] < (limit if early[quarter] or not swung_style else 3.0) * error
    )


def grid_fit(notes: Iterable[Note]) -> float:
    """How well strokes keep to their grid, 0 (anywhere) .. 1 (all equally early or late).

    Length of the mean of unit vectors whose angle is the offset in grid steps (circular
    statistics), so that a player who is ahead of the click throughout is not blamed for it.
    """
    angles = [2 * math.pi * note.offset / (160 if note.onset % 120 else 120) for note in notes]
    if not angles:
        return 0.0
    return abs(sum(cmath.exp(1j * angle) for angle in angles)) / len(angles)


def quantised(
    strokes: list[Stroke], may_swing: bool = True, swung_style: bool = False
) -> tuple[tuple[Note, ...], int]:
    """Strokes on the grid, and how many fell together with a louder one on the same key.

    Flams, drags and rolls faster than sixteenths become their loudest stroke.

    Parameters
    ----------
    may_swing
        False where the metre divides by three itself: sixteenths fit everything there.
    """
    swung = triplet_quarters(strokes, swung_style) if may_swing else frozenset()
    loudest: dict[tuple[Ticks, int], Note] = {}
    merged = 0
    for stroke in strokes:
        quarter, position = divmod(stroke.tick, TICKS_PER_BEAT)
        grid = TRIPLET if quarter in swung else STRAIGHT
        point = min(grid, key=lambda g, at=position: (abs(at - g), g))  # type: ignore[misc]
        onset = quarter * TICKS_PER_BEAT + point
        note = Note(onset, STROKE, stroke.key, stroke.velocity, stroke.tick - onset)
        known = loudest.get((onset, stroke.key))
        merged += known is not None
        if known is None or note.velocity > known.velocity:
            loudest[onset, stroke.key] = note
    return tuple(loudest[place] for place in sorted(loudest)), merged


def read_groove(path: Path, row: dict[str, str]) -> tuple[Piece | None, int]:
    """A piece from a file and its row of ``info.csv``, and how many strokes were merged.

    The piece is None if the strokes keep to no grid.
    """
    numerator, denominator = (int(n) for n in row["time_signature"].split("-"))
    styles = row["style"].replace("-", "/").split("/")
    swung = row["style"] in SWUNG_JAZZ or not SWUNG_STYLES.isdisjoint(styles)
    notes, merged = quantised(read_strokes(path), denominator != 8, swung)
    if grid_fit(notes) < LOOSEST_FIT:
        return None, merged
    bar = 1920 * numerator // denominator
    piece = Piece(
        id=f"{SOURCE}/{row['id']}",
        source=SOURCE,
        family=FAMILY_OF_STYLE[styles[0]],
        numerator=numerator,
        denominator=denominator,
        bars=notes[-1].onset // bar + 1,
        tonic_pc=0,
        minor=False,
        tempo_bpm=float(row["bpm"]),
        parts=(Part("drums", 0, notes),),
        tags=(*styles, row["beat_type"], row["drummer"]),
    )
    return piece, merged


def read_all(root: Path) -> tuple[list[Piece], list[Entry]]:
    """All grooves and fills below a folder with the set's ``info.csv``.

    A group is a drummer in one session: the set's own split column divides sessions and is
    not used. The evaluation sessions, in which four drummers play the same ten grooves, are one.
    """
    pieces, entries = [], []
    with (root / "info.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["id"])
    for row in rows:
        path = root / row["midi_filename"]
        piece, _ = read_groove(path, row)
        evaluation = row["session"].endswith("/eval_session")
        group = f"{SOURCE}:{'eval_session' if evaluation else row['session']}"
        notes = len(piece.parts[0].notes) if piece else 0
        entries.append(
            Entry(
                id=f"{SOURCE}/{row['id']}",
                source=SOURCE,
                licence=LICENCE,
                attribution=ATTRIBUTION,
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                group=group,
                split="" if piece else "left out",
                reason="" if piece else "plays on neither grid",
                pieces=int(piece is not None),
                notes=notes,
            )
        )
        if piece:
            pieces.append(piece)
    return pieces, entries
