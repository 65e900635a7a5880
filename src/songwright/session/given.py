"""Composing around given material: a tune, a bass line, drums or chords kept to the note, or a
motif to develop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from songwright.brief import Brief, understand
from songwright.brief.curves import points_text
from songwright.composition.plan import Decision, Plan
from songwright.errors import FileFormatError, ProjectError
from songwright.evaluate.keyfinding import estimate_key
from songwright.score import ChordSpan, Note, Part, Score
from songwright.score.codec import digest
from songwright.session.refine import Edit, apply
from songwright.session.refine.metre import moved_notes
from songwright.session.refine.state import Piece
from songwright.session.refine.takeover import read_notes, taken_from
from songwright.session.song import Song, compose_brief
from songwright.theory import Key, Meter

CONTROLS = {"melody": "lead", "bass": "bass", "drums": "drums", "chords": "chords"}
"""What may be given, and the role that it has in the piece."""

_UNPITCHED = ("drums", "percussion")
_MOTIF_BARS = 2
_LEAST_NOTES = 3
_REST = 0.15  # weight of the final note in the key, as a share of all notes
_UNSIGNED = Key("C", "major")
_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was given, and what it is to be."""

    control: str
    name: str
    score: Score

    @property
    def meter(self) -> Meter:
        return self.score.meters[0].meter

    @property
    def bars(self) -> int:
        """Bars up to the end of its last note, or of its last chord symbol if it has no notes."""
        ends = [n.end_ticks for p in self.score.parts for n in p.notes]
        ends = ends or [c.end_ticks for c in self.score.chords]
        return max(1, -(-max(ends, default=0) // self.meter.bar_ticks))


def compose_given(
    prompt: str = "",
    seed: int = 0,
    maker: str = "mixed",
    controls: Mapping[str, str | Path] | None = None,
    develop: str | Path | None = None,
    **fields: object,
) -> Song:
    """Compose a piece around given material.

    Parameters
    ----------
    prompt, seed, maker, fields
        As `songwright.session.compose` takes them. What they leave open of metre, tempo, key and
        length comes from the files.
    controls
        MIDI or MusicXML files by `CONTROLS`: a ``melody``, ``bass`` line or ``drums`` track is kept
        to the note and locked, the rest is written around it; of ``chords`` the symbols are taken
        (markers in MIDI), or else the chords that its notes spell.
    develop
        A file whose opening motif (its first two bars) becomes the theme of the piece.

    Raises
    ------
    FileFormatError
        If a file cannot be read or holds no notes.
    ProjectError
        If files disagree in metre, or one does not fit the metre or the length asked for.
    BriefError
        If the request cannot be met.
    """
    unknown = set(controls or {}) - set(CONTROLS)
    if unknown:
        raise ProjectError(f"{', '.join(sorted(unknown))} cannot be given; {', '.join(CONTROLS)}")
    files = [_read(name, path) for name, path in (controls or {}).items()]
    seeds = [_read("motif", develop)] if develop is not None else []
    brief = _framed(prompt, fields, files, seeds)
    for file in seeds:
        motif = motif_of(file.score, brief.meter or file.meter)
        own = key_of([file.score])
        by = 0 if own is None or brief.key is None else (
            (brief.key.tonic_pc - own.tonic_pc + 6) % 12 - 6
        )  # fmt: skip
        brief = replace(brief, motif=tuple(replace(n, pitch=n.pitch + by) for n in motif))
    song = compose_brief(brief, seed, maker)
    if not files:
        return song
    wanted = {CONTROLS[f.control] for f in files} - {"chords"}
    for role in sorted(wanted - {p.role for p in song.plan.parts}):
        song = apply(song, Edit("add", value=role))
    piece = Piece.of(song)
    given: list[Part] = []
    chords: tuple[ChordSpan, ...] = ()
    for file in files:
        if file.control == "chords":
            chords = chords_of_file(file.score, song.plan)
        else:
            given += taken_from(file.score, piece, _part_of(song.plan, CONTROLS[file.control]))
    song = apply(song, Edit("control", given=tuple(given), chords=chords))
    again = [  # what was written around the given notes follows the curves, too
        Edit(f"draw {c.name}", value=points_text(c.points)) for c in brief.curves
        if not (chords and c.name == "tension")
    ]  # fmt: skip
    song = apply(song, *again) if again else song
    return _told(song, files, given, chords)


def _read(control: str, path: str | Path) -> _File:
    score = read_notes(path)
    if not any(p.notes for p in score.parts) and not (control == "chords" and score.chords):
        raise FileFormatError(f"{path} holds no notes")
    return _File(control, Path(path).name, score)


def _part_of(plan: Plan, role: str) -> str:
    return next(p.id for p in plan.parts if p.role == role)


def _framed(
    prompt: str, fields: Mapping[str, object], files: list[_File], seeds: list[_File]
) -> Brief:
    """The brief, with what the files say of metre, tempo, key and length where it was left open."""
    given = {name: value for name, value in fields.items() if value is not None}
    asked = understand(prompt, given) if prompt or given else Brief()
    meters = {str(f.meter) for f in files}
    if len(meters) > 1:
        raise ProjectError(
            f"the files are in {' and '.join(sorted(meters))}; give all in one metre"
        )
    material = files or seeds
    if asked.meter is None:
        given["meter"] = str(material[0].meter)
    if asked.tempo is None:
        given["tempo"] = f"{material[0].score.tempos[0].bpm:g}"
    if asked.length is None and files:
        given["bars"] = max(f.bars for f in files)
    key = key_of([f.score for f in material])
    if asked.key is None and not asked.mode and key is not None:
        given["key"] = str(key)
    return understand(prompt, given)


def key_of(scores: list[Score]) -> Key | None:
    """The key of some scores: the key signature of one, else what its notes speak for.

    Where a piece comes to rest counts for more. None without any pitch. A signature of C major may
    be there because none was set, so the notes decide then.
    """
    signed = next((s.keys[0].key for s in scores if s.keys and s.keys[0].key != _UNSIGNED), None)
    if signed is not None:
        return signed
    weights = [0.0] * 12
    for score in scores:
        for part in score.parts:
            if part.role not in _UNPITCHED:
                for note in part.notes:
                    weights[note.pitch % 12] += note.duration_ticks
        for span in score.chords if not any(p.notes for p in score.parts) else ():
            for pc in span.chord.pcs:
                weights[pc] += span.duration_ticks
    last = [
        max(p.notes, key=lambda n: (n.onset_ticks, -n.pitch)) for s in scores for p in s.parts
        if p.notes and p.role not in _UNPITCHED
    ]  # fmt: skip
    for note in last:
        weights[note.pitch % 12] += _REST * sum(weights) / len(last)
    found = estimate_key(weights)
    if found is None:
        return None
    return Key(_TONICS[found.tonic_pc], "minor" if found.is_minor else "major")


def motif_of(score: Score, meter: Meter) -> tuple[Note, ...]:
    """The opening motif of a tune: its first two bars, the highest note of each moment.

    Counted from the bar line before its first note (an upbeat is left out), and moved to ``meter``
    where the file has another one.

    Raises
    ------
    FileFormatError
        If there are fewer than three notes.
    """
    sounding = [p for p in score.parts if p.notes and p.role not in _UNPITCHED]
    if not sounding:
        raise FileFormatError("the file holds no tune to develop")
    part = next((p for p in sounding if p.role == "lead"), sounding[0])
    top: dict[int, Note] = {}
    for note in part.notes:
        best = top.get(note.onset_ticks)
        if best is None or note.pitch > best.pitch:
            top[note.onset_ticks] = note
    line = [top[t] for t in sorted(top)]
    bar = score.meters[0].meter.bar_ticks
    first = line[0].onset_ticks // bar
    if line[0].onset_ticks % bar > bar // 2 and any(n.onset_ticks // bar > first for n in line):
        first += 1
    start, end = first * bar, (first + _MOTIF_BARS) * bar
    opening = [n for n in line if start <= n.onset_ticks < end]
    if len(opening) < _LEAST_NOTES:
        raise FileFormatError(
            f"the opening has {len(opening)} notes; a motif to develop needs {_LEAST_NOTES} or more"
        )
    result: list[Note] = []
    for i, note in enumerate(opening):
        until = opening[i + 1].onset_ticks if i + 1 < len(opening) else end
        length = min(note.duration_ticks, until - note.onset_ticks)
        result.append(Note(note.onset_ticks - start, length, note.pitch))
    if meter != score.meters[0].meter:
        return moved_notes(result, score.meters[0].meter, meter)[0]
    return tuple(result)


def chords_of_file(score: Score, plan: Plan) -> tuple[ChordSpan, ...]:
    """The chord track of a file: its symbols, or the chords that its notes spell.

    Raises
    ------
    ProjectError
        If its metre is not the piece's.
    FileFormatError
        If it holds neither.
    """
    if score.meters[0].meter.bar_ticks != plan.meter.bar_ticks:
        raise ProjectError(
            f"the chords are in {score.meters[0].meter}, the piece in {plan.meter}; ask for that "
            "metre"
        )
    spans = score.chords or _spelt(score)
    end = plan.bars * plan.meter.bar_ticks
    kept = tuple(
        replace(c, duration_ticks=min(c.duration_ticks, end - c.onset_ticks))
        for c in spans if c.onset_ticks < end
    )  # fmt: skip
    if not kept:
        raise FileFormatError("the file holds no chords: neither symbols nor notes that spell them")
    return kept


def _spelt(score: Score) -> tuple[ChordSpan, ...]:
    """Chords from notes struck together, each holding until the next; inversions by their bass."""
    from songwright.theory.chord import QUALITIES, Chord  # noqa: PLC0415 (seldom)

    struck: dict[int, set[int]] = {}
    for part in score.parts:
        if part.role not in _UNPITCHED:
            for note in part.notes:
                struck.setdefault(note.onset_ticks, set()).add(note.pitch)
    named: list[tuple[int, Chord]] = []
    for tick in sorted(struck):
        pitches = sorted(struck[tick])
        classes = {p % 12 for p in pitches}
        if len(classes) < _LEAST_NOTES:
            continue
        fits = [
            (root != pitches[0] % 12, order, root, quality)
            for root in sorted(classes) for order, (quality, steps) in enumerate(QUALITIES.items())
            if {(root + s) % 12 for s in steps} == classes
        ]  # fmt: skip
        if fits:
            slash, _, root, quality = min(fits)
            named.append((tick, Chord(_TONICS[root], quality,
                                      _TONICS[pitches[0] % 12] if slash else "")))  # fmt: skip
    last = max((n.end_ticks for p in score.parts for n in p.notes), default=0)
    result: list[ChordSpan] = []
    for i, (tick, chord) in enumerate(named):
        until = named[i + 1][0] if i + 1 < len(named) else last
        if result and result[-1].chord == chord:
            result[-1] = replace(result[-1], duration_ticks=until - result[-1].onset_ticks)
        elif until > tick:
            result.append(ChordSpan(tick, until - tick, chord))
    return tuple(result)


def _told(song: Song, files: list[_File], given: list[Part], chords: tuple[ChordSpan, ...]) -> Song:
    """The song with a decision for each file: what was kept, and the digest that proves it."""
    said: list[Decision] = []
    parts = iter(given)
    for file in files:
        if file.control == "chords":
            value, what = digest(chords)[:12], f"{len(chords)} chords"
        else:
            part = next(parts)
            value, what = digest(song.score.part(part.id).notes)[:12], f"{len(part.notes)} notes"
        why = f"{file.name}: {what} kept exactly, the rest is written around them"
        said.append(Decision(f"given {file.control}", value, why))
    plan = replace(song.plan, decisions=(*song.plan.decisions, *said))
    return replace(song, plan=plan, lineage=replace(song.lineage, plan=digest(plan)))
