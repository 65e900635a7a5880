"""From a score to pieces of the normal form.

A score is divided where its metre changes (`bars`) and, if asked, where its key settles elsewhere
(`home_key`); notes go to the grid (`grid`), parts get roles (`parts`), chords are taken or found
(`harmony`). Stretches of which too many onsets lie off the grid are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import Piece as Reading
from songwright.evaluate.piece import piece_of
from songwright.score import Score
from songwright.score.midi_read import MAJOR_TONICS, MINOR_TONICS
from songwright.theory import Key
from training.corpora.bars import LEAST_BARS, Stretch, stretches
from training.corpora.doubling import without_doubles
from training.corpora.feel import fitted
from training.corpora.grid import MOST_OFF, off_grid_share, snap
from training.corpora.grooves import PLAIN_KEYS
from training.corpora.harmony import CHORD_STEPS, implied_chords, inferred_chords
from training.corpora.home_key import KeySpan, key_of, settled_keys
from training.corpora.model import Chord, Note, Part, Piece
from training.corpora.parts import Voice
from training.corpora.rules import RULES

LEAST_NOTES = 16
STROKE_TICKS = 120
_DRUM_KEYS = {key: PLAIN_KEYS.get(key, key) for key in range(36, 82) if key != 58} | {
    22: 42, 26: 46, 35: 36,
}  # fmt: skip
_FOLDED = {
    "": "maj", "m": "min", "dim": "dim", "aug": "aug", "5": "5", "sus2": "sus", "sus4": "sus",
    "6": "6", "m6": "min6", "7": "7", "maj7": "maj7", "m7": "min7", "mMaj7": "minmaj7",
    "dim7": "dim7", "m7b5": "hdim7", "aug7": "7", "augMaj7": "maj7", "7sus4": "sus", "7b5": "7",
    "7b9": "7", "7#9": "7", "7#11": "7", "7b13": "7", "7alt": "7", "maj7#11": "maj7",
    "add9": "maj", "madd9": "min", "6/9": "6", "m6/9": "min6", "9": "9", "maj9": "maj7",
    "m9": "min7", "9sus4": "sus", "11": "9", "m11": "min7", "13": "9", "maj13": "maj7",
    "m13": "min7",
}  # fmt: skip
"""Quality of the normal form for each of `songwright.theory`."""


@dataclass(frozen=True)
class Reader:
    """How the scores of a source become pieces.

    ``rule`` names a rule of `training.corpora.rules`; ``settles`` divides pieces by key;
    ``signature`` trusts written key signatures as a hint; ``velocities`` keeps those of the file;
    ``chords`` is ``inferred``, ``given`` (symbols of the score) or ``implied`` (tunes alone);
    ``tonic_pc`` overrides key finding.
    """

    source: str
    family: str
    rule: str
    settles: bool = True
    signature: bool = True
    velocities: bool = False
    chords: str = "inferred"
    tonic_pc: int | None = None
    tags: tuple[str, ...] = ()


@dataclass
class Outcome:
    """Pieces of a file, and why parts of it were left out."""

    pieces: list[Piece] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def pieces_of_score(score: Score, piece_id: str, reader: Reader) -> Outcome:
    """All pieces of a score.

    Parameters
    ----------
    piece_id
        Id of the file; where it gives several pieces ``#1``, ``#2`` follow it.
    """
    outcome = Outcome()
    if reader.rule == "band":
        score, changed = fitted(score)
        reader = replace(reader, tags=(*reader.tags, *changed))
    reading = piece_of(score)
    if reading.notes.size + reading.drums.size == 0:
        outcome.reasons.append("no notes")
        return outcome
    voices = RULES[reader.rule](reading)
    found = stretches(reading.bar_starts.tolist(), reading.meters)
    if not found:
        outcome.reasons.append(f"no {LEAST_BARS} bars in one steady metre")
    made: list[Piece] = []
    for stretch in found:
        parts = [_laid(voice, stretch, reader.velocities) for voice in voices]
        share = _off_grid(voices, stretch)
        if share > MOST_OFF:
            outcome.reasons.append(f"{share:.0%} of onsets off the grid")
            continue
        made += _pieces(reading, score, stretch, [p for p in parts if p.notes], reader)
    for number, piece in enumerate(made, 1):
        name = piece_id if len(made) == 1 else f"{piece_id}#{number}"
        outcome.pieces.append(msgspec.structs.replace(piece, id=name))
    if not made and not outcome.reasons:
        outcome.reasons.append(f"fewer than {LEAST_NOTES} notes in any stretch")
    return outcome


def _off_grid(voices: list[Voice], stretch: Stretch) -> float:
    inside = [v.notes["onset"] for v in voices]
    onsets = np.concatenate(inside) if inside else np.zeros(0, np.int64)
    onsets = onsets[(onsets >= stretch.start) & (onsets < stretch.end)]
    return off_grid_share(stretch.place(onsets), stretch.meter.bar_ticks)


def _laid(voice: Voice, stretch: Stretch, velocities: bool) -> Part:
    """A voice within a stretch, on the grid; a lead has one note at a time."""
    notes = voice.notes
    notes = notes[(notes["onset"] >= stretch.start) & (notes["onset"] < stretch.end)]
    bar = stretch.meter.bar_ticks
    onsets = snap(stretch.place(notes["onset"]), bar)
    ends = snap(stretch.place_ends(notes["end"]), bar)
    # A note shorter than the grid lasts to the next point.
    ends = np.where(ends > onsets, ends, snap(onsets + 121, bar))
    total = stretch.bars * bar
    drums = voice.role == "drums"
    laid: dict[tuple[int, int], Note] = {}
    for onset, end, pitch, velocity in zip(
        onsets.tolist(), ends.tolist(), notes["pitch"].tolist(), notes["velocity"].tolist(),
        strict=True,
    ):  # fmt: skip
        key = _DRUM_KEYS.get(pitch, -1) if drums else pitch
        if key < 0 or onset >= total:
            continue
        length = STROKE_TICKS if drums else min(end, total) - onset
        known = laid.get((onset, key))
        if known is None or known.duration < length:
            laid[onset, key] = Note(onset, length, key, velocity if velocities else 0)
    ordered = [laid[place] for place in sorted(laid)]
    if voice.role == "lead":
        ordered = _one_at_a_time(ordered)
    return Part(voice.role, voice.program, tuple(ordered))


def _one_at_a_time(notes: list[Note]) -> list[Note]:
    """The highest note of each onset, cut where the next begins."""
    tops = [n for i, n in enumerate(notes) if i + 1 == len(notes) or notes[i + 1].onset > n.onset]
    return [
        _shortened(n, tops[i + 1].onset) if i + 1 < len(tops) else n for i, n in enumerate(tops)
    ]


def _shortened(note: Note, end: int) -> Note:
    length = min(note.duration, end - note.onset)
    return Note(note.onset, length, note.pitch, note.velocity, note.offset)


def _pieces(
    reading: Reading, score: Score, stretch: Stretch, parts: list[Part], reader: Reader
) -> list[Piece]:
    """Pieces of a stretch: one, or one for each key in which it settles."""
    bar = stretch.meter.bar_ticks
    chroma = np.zeros((stretch.bars, 12))
    for note in (n for p in parts if p.role != "drums" for n in p.notes):
        for at in range(note.onset // bar, (note.onset + note.duration - 1) // bar + 1):
            held = min(note.onset + note.duration, (at + 1) * bar) - max(note.onset, at * bar)
            chroma[at, note.pitch % 12] += held / 480.0
    given = _given(score, stretch) if reader.chords == "given" else ()
    for chord in given:  # symbols tell the key better than a tune alone
        for step in CHORD_STEPS[chord.quality]:
            chroma[chord.onset // bar, (chord.root + step) % 12] += chord.duration / 960.0
    fifths = _signatures(score, stretch) if reader.signature else [None] * stretch.bars
    if reader.tonic_pc is not None:
        spans = [(0, stretch.bars, reader.tonic_pc, _thirds_minor(chroma, reader.tonic_pc))]
    elif reader.settles:
        spans = settled_keys(chroma, fifths)
    else:
        end = given[-1].root if given else _last_bass(parts)
        tonic, minor = key_of(chroma.sum(axis=0), fifths[0], end)
        spans = [(0, stretch.bars, tonic, minor)]
    tempo = _tempo_bpm(reading, stretch)
    found = []
    for span in spans:
        piece = _cut(stretch, parts, given, span, tempo, reader)
        if piece is not None:
            found.append(piece)
    return found


def _cut(
    stretch: Stretch, parts: list[Part], given: tuple[Chord, ...], span: KeySpan,
    tempo_bpm: float, reader: Reader,
) -> Piece | None:  # fmt: skip
    """The piece of some bars of a stretch, without silence around it; None if it is too small."""
    first, after, tonic, minor = span
    bar = stretch.meter.bar_ticks
    sounding = [n for p in parts for n in p.notes if first * bar <= n.onset < after * bar]
    if len(sounding) < LEAST_NOTES:
        return None
    first = min(n.onset for n in sounding) // bar
    after = min(after, max(n.onset + n.duration - 1 for n in sounding) // bar + 1)
    if after - first < LEAST_BARS:
        return None
    start, end = first * bar, after * bar
    mine = tuple(
        part
        for part in (
            Part(p.role, p.program, tuple(_moved(n, start, end) for n in p.notes
                                          if start <= n.onset < end))
            for p in parts
        )
        if part.notes
    )  # fmt: skip
    if reader.rule in ("orchestra", "band"):
        mine = without_doubles(mine)
    bars = after - first
    if not given and reader.chords != "inferred":
        lead = next((p.notes for p in mine if p.role == "lead"), ())
        chords = implied_chords(lead, stretch.meter, bars, tonic, minor)
    elif given:
        chords = tuple(
            Chord(c.onset - start, min(c.onset + c.duration, end) - c.onset, c.root, c.quality,
                  c.bass)
            for c in given if start <= c.onset < end
        )  # fmt: skip
    else:
        chords = inferred_chords(mine, stretch.meter, bars, tonic, minor)
    return Piece(
        id="", source=reader.source, family=reader.family, numerator=stretch.meter.numerator,
        denominator=stretch.meter.denominator, bars=bars, tonic_pc=tonic, minor=minor,
        tempo_bpm=tempo_bpm, parts=mine, chords=chords, chords_given=bool(given),
        tags=reader.tags,
    )  # fmt: skip


def _moved(note: Note, start: int, end: int) -> Note:
    length = min(note.onset + note.duration, end) - note.onset
    return Note(note.onset - start, length, note.pitch, note.velocity, note.offset)


def _tempo_bpm(reading: Reading, stretch: Stretch) -> float:
    """Mean quarter notes a minute of a stretch."""
    start, end = np.interp(
        [stretch.start, stretch.end], reading.bar_starts, reading.bar_lines_seconds
    )
    beats = (stretch.end - stretch.start) / 480.0
    return round(float(np.clip(60.0 * beats / max(1e-6, end - start), 20.0, 400.0)), 1)


def _signatures(score: Score, stretch: Stretch) -> list[int | None]:
    """Sharps of the key signature at each bar of a stretch (flats negative)."""
    bar = stretch.meter.bar_ticks
    changes = [(max(0, int(stretch.place(np.array([c.tick]))[0])), c.key)
               for c in score.keys if c.tick < stretch.end]  # fmt: skip
    signatures: list[int | None] = [None] * stretch.bars
    for tick, key in changes:
        for at in range(-(-tick // bar), stretch.bars):
            signatures[at] = _fifths(key)
    return signatures


def _fifths(key: Key) -> int | None:
    names = MINOR_TONICS if key.mode == "minor" else MAJOR_TONICS
    return names.index(key.tonic) - 7 if key.tonic in names else None


def _last_bass(parts: list[Part]) -> int | None:
    """Pitch class of the lowest note among the last to end."""
    notes = [n for p in parts if p.role != "drums" for n in p.notes]
    if not notes:
        return None
    end = max(n.onset + n.duration for n in notes)
    return min(n.pitch for n in notes if n.onset + n.duration >= end - 120) % 12


def _thirds_minor(chroma: Floats, tonic_pc: int) -> bool:
    """True if the minor third above the tonic sounds longer than the major one."""
    total = chroma.sum(axis=0)
    return bool(total[(tonic_pc + 3) % 12] > total[(tonic_pc + 4) % 12])


def _given(score: Score, stretch: Stretch) -> tuple[Chord, ...]:
    """Chord symbols within a stretch, folded to the qualities of the normal form."""
    chords, bar = [], stretch.meter.bar_ticks
    for span in score.chords:
        if not stretch.start <= span.onset_ticks < stretch.end:
            continue
        onset, end = np.array([span.onset_ticks]), np.array([span.end_ticks])
        start = int(snap(stretch.place(onset), bar)[0])
        length = int(snap(stretch.place_ends(end), bar)[0]) - start
        root, bass = span.chord.root_pc, span.chord.bass_pc
        if length > 0:
            quality = _FOLDED[span.chord.quality]
            chords.append(Chord(start, length, root, quality, bass if bass != root else -1))
    return tuple(chords)
