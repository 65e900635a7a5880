"""Notes from outside: another version of a part, or a line that everything is written around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from songwright.composition.plan import PartPlan
from songwright.errors import FileFormatError, ProjectError
from songwright.score import Note, Part, Score
from songwright.score.codec import digest
from songwright.session.refine import harmony
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.scope import Place, parts_of, resolve
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.writing import write_parts

_NOTATION = (".musicxml", ".mxl", ".xml")
_RECORDINGS = (".wav", ".flac", ".mp3", ".ogg", ".aif", ".aiff", ".m4a", ".opus")


def read_notes(path: str | Path) -> Score:
    """A MIDI or MusicXML file as a score.

    Raises
    ------
    FileFormatError
        If it is missing, damaged or of another kind.
    """
    from songwright.score.midi import read_midi  # noqa: PLC0415 (only with files)

    place = Path(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}") from error
    if place.suffix.lower() in _RECORDINGS:
        raise FileFormatError(
            f"{path} is a recording; notes are taken from MIDI and MusicXML files, so turn it into "
            "MIDI first"
        )
    if place.suffix.lower() in _NOTATION:
        from songwright.evaluate.musicxml import read_musicxml  # noqa: PLC0415

        return read_musicxml(data)
    return read_midi(data)


def taken_from(score: Score, piece: Piece, part: str = "") -> tuple[Part, ...]:
    """The parts of an imported score that stand for parts of a piece.

    With ``part`` the file's only part becomes that part, or of several the one of its id, name or
    role. Otherwise all parts are matched by id, then name, then instrument, in order.

    Raises
    ------
    ProjectError
        If the metre differs, notes lie beyond the end, or no part matches.
    """
    plan = piece.plan
    meter = score.meters[0].meter
    if len(score.meters) > 1 or meter.bar_ticks != plan.meter.bar_ticks:
        heard = ", ".join(dict.fromkeys(str(m.meter) for m in score.meters))
        raise ProjectError(
            f"the file is in {heard}, the piece in {plan.meter}; its bars do not fit. "
            "Change the metre of the file"
        )
    end = plan.bars * piece.bar_ticks
    last = max((n.end_ticks for p in score.parts for n in p.notes), default=0)
    if last - end > piece.bar_ticks // 8:
        raise ProjectError(
            f"the file has {-(-last // piece.bar_ticks)} bars, the piece {plan.bars}; cut the "
            "file, or extend the piece first"
        )
    if part:
        ids = parts_of(Scope(parts=(part,)), plan)
        if len(ids) != 1:
            raise ProjectError(f"{part!r} names {len(ids)} parts; name one of {', '.join(ids)}")
        target = plan.part(ids[0])
        source = _meant(score, target)
        if source is None:
            names = ", ".join(p.id for p in score.parts)
            raise ProjectError(
                f"the file has several parts ({names}) and none is {target.id}; keep only the one "
                "that is meant"
            )
        notes = source.notes
        return (_part(piece, ids[0], notes, end),)
    given: list[Part] = []
    left = list(plan.parts)
    for source in score.parts:
        found = next((p for p in left if p.id == source.id), None)
        found = found or next((p for p in left if p.name == source.name), None)
        found = found or next((p for p in left if p.instrument == source.instrument), None)
        if found is not None:
            left.remove(found)
            given.append(_part(piece, found.id, source.notes, end))
    if not given:
        names = ", ".join(p.name for p in score.parts) or "none"
        raise ProjectError(
            f"no part of the file ({names}) is one of the piece's; name it with --part"
        )
    return tuple(given)


def _meant(score: Score, target: PartPlan) -> Part | None:
    """The part of a file that stands for a part: its only one, or one of the same id or role."""
    sounding = [p for p in score.parts if p.notes]
    if len(sounding) == 1:
        return sounding[0]
    return next(
        (p for p in sounding if p.id == target.id),
        next((p for p in sounding if p.name == target.name),
             next((p for p in sounding if p.role == target.role), None)),
    )  # fmt: skip


def _part(piece: Piece, part_id: str, notes: Sequence[Note], end: int) -> Part:
    planned = piece.plan.part(part_id)
    inside = [
        replace(n, duration_ticks=min(n.duration_ticks, end - n.onset_ticks))
        for n in notes if n.onset_ticks < end
    ]  # fmt: skip
    ordered = tuple(sorted(inside, key=lambda n: (n.onset_ticks, n.pitch)))
    return Part(planned.id, planned.name, planned.role, planned.instrument, ordered)


def take(piece: Piece, edit: Edit) -> Piece:
    """Take over the given notes inside the scope; playing and sound follow."""
    place = resolve(edit.scope, piece.plan)
    ids = {p.id for p in edit.given}
    known = {p.id for p in piece.plan.parts}
    if not ids or not ids <= known:
        raise ProjectError("take needs the notes of parts that the piece has")
    place = replace(place, parts=tuple(p for p in place.parts if p in ids))
    where = free(piece, place, "take over notes")
    notes = {p.id: p.notes for p in edit.given}
    # A part that already holds these notes keeps its playing.
    where = {p: s for p, s in where.items() if notes[p] != piece.notes(p)}
    return rewritten(piece, where, notes)


def control(piece: Piece, edit: Edit) -> Piece:
    """Notes or chords given as a fixed control: kept exactly, locked, the rest written around.

    A tune without chords is harmonised first. The hash of the given notes is checked afterwards.

    Raises
    ------
    ProjectError
        If the given notes could not be kept to the note.
    """
    number = len(piece.edits)
    fixed: set[str] = set()
    if edit.given:
        after = take(piece, replace(edit, scope=Scope()))
        fixed = {p.id for p in edit.given}
        piece = replace(after, locks=(*after.locks, *(Scope(parts=(p,)) for p in sorted(fixed))))
    if edit.chords:
        whole = ((0, piece.plan.bars * piece.bar_ticks),)
        piece = harmony.follow(piece, Edit("chords"), edit.chords, whole, number, tune=True)
    elif any(piece.plan.part(p).role in ("lead", "bass") for p in fixed):
        piece = harmony.harmonised_for(piece, fixed)
    others = tuple(p.id for p in piece.plan.parts if p.id not in fixed)
    if edit.given and others:
        span = ((0, piece.plan.bars * piece.bar_ticks),)
        where = free(piece, Place(others, span), "control")
        kept = {p.id: p.notes for p in piece.score.parts}
        notes, themes, dynamics = write_parts(piece, piece.plan, set(where), kept)
        lead = any(piece.plan.part(p).role == "lead" for p in where)
        piece = rewritten(piece, where, notes, dynamics=dynamics, themes=themes if lead else None)
    for part in edit.given:
        if digest(piece.notes(part.id)) != digest(part.notes):
            raise ProjectError(
                f"{part.id}: the given notes cannot be kept exactly (notes overlap on one key); "
                "mend the file"
            )
    return piece
