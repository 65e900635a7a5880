"""The rule maker as opponent: pieces of the nearest style, in the normal form of the corpora."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from training.corpora.grid import snap
from training.corpora.model import ROLES, Chord, Note, Part, Piece, Section
from training.corpora.notes import _FOLDED as FOLDED

from songwright.brief import Brief, Length
from songwright.errors import SongwrightError
from songwright.score import Score
from songwright.session import Song, compose_brief
from songwright.theory.meter import Meter
from songwright.units import TICKS_PER_BEAT

STYLES: dict[str, tuple[str, ...]] = {
    "hymn": ("hymn_choral",), "lied": ("solo_piano",), "quartet": ("string_quartet",),
    "orchestra": ("orchestral_film",), "folk_dance": ("country_folk",),
    "lead_sheet": ("jazz_swing",), "keyboard": ("solo_piano",), "guitar": ("country_folk",),
    "rock_metal": ("rock", "metal"), "electronic": ("synthwave", "house"), "game": ("chiptune",),
    "pop_rock_song": ("pop", "rock"), "mood_loop": ("pop", "lofi_hiphop"),
    "drums_rock": ("rock",), "drums_funk": ("funk",), "drums_jazz": ("jazz_swing",),
    "drums_latin": ("bossa_nova", "latin_salsa"), "drums_hiphop": ("hiphop_trap", "lofi_hiphop"),
    "drums_afro": ("latin_salsa",), "drums_other": ("pop",),
}  # fmt: skip
"""Style of our own that is nearest to a family of the corpora."""

Kind = tuple[str, int, int]
"""Family, numerator, denominator."""


def rule_pieces(kinds: Iterable[Kind], most: int, seed: int) -> list[tuple[str, Piece]]:
    """About ``most`` pieces in the mixture of ``kinds``, at least one of each, as (work, piece)."""
    counts = Counter(kinds)
    total = sum(counts.values())
    found = []
    for kind, count in sorted(counts.items()):
        for number in range(max(1, round(most * count / total))):
            piece = rule_piece(kind, seed + number)
            if piece is not None:
                found.append((piece.id, piece))
    return found


def rule_piece(kind: Kind, seed: int) -> Piece | None:
    """One piece; None if the style cannot be written in the metre."""
    family, numerator, denominator = kind
    styles = STYLES[family]
    brief = Brief(
        style=styles[seed % len(styles)], meter=Meter(numerator, denominator),
        length=Length("seconds", 75, 75),
    )  # fmt: skip
    try:
        song = compose_brief(brief, seed, maker="rules")
    except SongwrightError:
        return None
    return piece_of(song, family, f"rules/{family}/{numerator}-{denominator}/{seed}")


def piece_of(song: Song, family: str, piece_id: str) -> Piece:
    """A song in the normal form; drums as they are played."""
    score = song.score
    meter, key = score.meters[0].meter, score.keys[0].key
    chords = tuple(
        Chord(c.onset_ticks, c.duration_ticks, c.chord.root_pc, FOLDED[c.chord.quality])
        for c in score.chords
    )
    parts = tuple(
        Part(p.role, 0, tuple(Note(n.onset_ticks, n.duration_ticks, n.pitch, n.velocity)
                              for n in p.notes))
        for p in score.parts if p.role in ROLES and p.role != "drums" and p.notes
    )  # fmt: skip
    return Piece(
        piece_id, "rules", family, meter.numerator, meter.denominator, score.bars, key.tonic_pc,
        key.is_minor, score.tempos[0].bpm, (*parts, *_drums(song, score)), chords, True,
        tuple(Section(s.function, s.letter, s.start_bar, s.bars) for s in score.sections),
    )  # fmt: skip


def _drums(song: Song, score: Score) -> tuple[Part, ...]:
    """The drums with the velocity and timing of the performance, while the tempo is steady."""
    steady = score.tempos[1].tick if len(score.tempos) > 1 else float("inf")
    ticks_a_second = score.tempos[0].bpm / 60 * TICKS_PER_BEAT
    notes = []
    for part in song.perform().parts:
        if part.role != "drums":
            continue
        for note in part.notes:
            played = round(note.onset_seconds * ticks_a_second)
            onset = int(snap(np.array([played]))[0])
            if onset < steady:
                notes.append(Note(onset, 30, note.pitch, note.velocity, played - onset))
    notes.sort(key=lambda n: (n.onset, n.pitch))
    return (Part("drums", 0, tuple(notes)),) if notes else ()
