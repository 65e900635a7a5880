"""A piece while it is being refined: what it is now, and the one way in which it may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from songwright.brief.model import Brief
from songwright.composition.check import check_score
from songwright.composition.plan import Plan
from songwright.errors import ProjectError, ScoreError
from songwright.perform.takes import perform_marked
from songwright.score import (
    ChordSpan,
    DynamicMark,
    Note,
    Part,
    Score,
    ThemeUse,
    TimeMap,
    instrument,
)
from songwright.score.codec import digest
from songwright.session.refine.model import Edit, Refined, Scope, StripChange, Take
from songwright.session.refine.scope import Place, Span, resolve, without
from songwright.session.refine.splice import (
    Spans,
    inside,
    spliced_marks,
    spliced_notes,
    spliced_spans,
    spliced_take,
    spliced_themes,
)
from songwright.session.song import Lineage, Song
from songwright.styles import Style, style


@dataclass(frozen=True)
class Piece:
    """Everything that an edit may read or change."""

    song: Song
    plan: Plan
    score: Score
    take: Take
    edits: tuple[Edit, ...] = ()
    locks: tuple[Scope, ...] = ()
    strips: Mapping[str, StripChange] = field(default_factory=dict)
    overall: StripChange = field(default_factory=StripChange)
    root: str = ""
    keeps: tuple[Scope, ...] = ()  # locks for the length of one request

    @staticmethod
    def of(song: Song) -> Piece:
        """The piece of a song, played as the song plays it."""
        refined = song.refined
        if refined is not None and refined.take is not None:
            return Piece(
                song, song.plan, song.score, refined.take, refined.edits, refined.locks,
                refined.strips, refined.overall, refined.root,
            )  # fmt: skip
        take = Take(*perform_marked(song.score, song.plan, style(song.plan.style)))
        return Piece(song, song.plan, song.score, take, root=digest(song.score))

    @property
    def brief(self) -> Brief:
        return self.song.brief

    @property
    def style(self) -> Style:
        return style(self.plan.style)

    @property
    def bar_ticks(self) -> int:
        return self.plan.meter.bar_ticks

    def notes(self, part_id: str) -> tuple[Note, ...]:
        """Notes of a part; none for a part that the score does not have."""
        return next((p.notes for p in self.score.parts if p.id == part_id), ())

    def strip(self, part_id: str) -> StripChange:
        """What was changed by hand in a part's channel strip."""
        return self.strips.get(part_id, StripChange())

    def to_song(self) -> Song:
        """The refined song."""
        facts = self.style
        return replace(
            self.song, plan=self.plan, score=self.score, performance=facts.performance,
            mix=facts.mix,
            lineage=Lineage(digest(self.brief), digest(self.plan), digest(self.score)),
            refined=Refined(
                self.root, self.edits, self.locks, self.take, dict(self.strips), self.overall
            ),
        )  # fmt: skip


def locked_spans(piece: Piece) -> Spans:
    """For each part the spans that locks hold fast."""
    held: dict[str, tuple[Span, ...]] = {}
    for scope in (*piece.locks, *piece.keeps):
        place = resolve(scope, piece.plan)
        for part in place.parts:
            held[part] = (*held.get(part, ()), *place.spans)
    return held


def free(piece: Piece, place: Place, what: str, strict: bool = False) -> Spans:
    """Where an edit may change notes: its place less what is locked.

    Parameters
    ----------
    what
        Names the edit in messages.
    strict
        True for changes that make no sense for only a part of their place, such as another key.

    Raises
    ------
    ProjectError
        If everything there is locked, or with ``strict`` anything.
    """
    held = locked_spans(piece)
    where = {part: without(place.spans, held.get(part, ())) for part in place.parts}
    blocked = [p for p in place.parts if where[p] != without(place.spans, ())]
    if blocked and (strict or not any(where.values())):
        raise ProjectError(
            f"{what}: {', '.join(blocked)} {'are' if len(blocked) > 1 else 'is'} locked there; "
            "unlock first, or name another scope"
        )
    return {part: spans for part, spans in where.items() if spans}


def rewritten(
    piece: Piece,
    where: Spans,
    notes: Mapping[str, tuple[Note, ...]],
    plan: Plan | None = None,
    acting: Plan | None = None,
    chords: tuple[ChordSpan, ...] | None = None,
    chord_spans: tuple[Span, ...] = (),
    themes: tuple[ThemeUse, ...] | None = None,
    dynamics: tuple[DynamicMark, ...] | None = None,
    play: bool = True,
) -> Piece:
    """The piece with new notes inside ``where``; all else byte-identical.

    Parameters
    ----------
    where
        For each part that may change, the spans of ticks in which it may.
    notes
        New notes of whole parts; only those inside are taken.
    plan
        The new plan; the piece's own when None.
    acting
        The plan by which the new notes are played, when it differs from ``plan``.
    chords, chord_spans
        New chord track and where it counts.
    themes, dynamics
        New marks; those inside are taken.
    play
        False leaves the playing of untouched notes alone even inside.
    """
    plan = plan or piece.plan
    known = {p.id: p for p in piece.score.parts}
    parts: list[Part] = []
    for planned in plan.parts:
        part = known.get(planned.id) or Part(
            planned.id,
            planned.name,
            planned.role,
            planned.instrument,
            (),
            planned.staff_group,
            planned.sound,
        )
        spans = where.get(planned.id, ())
        fresh = notes.get(planned.id)
        if fresh is not None and spans:
            merged = spliced_notes(part.notes, fresh, spans, planned.role, planned.instrument)
            part = part.with_notes(merged)
        as_planned = replace(
            part, instrument=planned.instrument, name=planned.name, sound=planned.sound,
            staff_group=planned.staff_group,
        )  # fmt: skip
        part = part if part == as_planned else as_planned
        parts.append(part)
    track = piece.score.chords
    end = plan.bars * plan.meter.bar_ticks
    if chords is not None:
        track = spliced_spans(track, chords, chord_spans, end)
    score = replace(
        piece.score, parts=tuple(parts), chords=track,
        themes=piece.score.themes if themes is None
        else spliced_themes(piece.score.themes, themes, where),
        dynamics=piece.score.dynamics if dynamics is None
        else spliced_marks(piece.score.dynamics, dynamics, where),
    )  # fmt: skip
    ids = {p.id for p in parts}
    score = replace(
        score,
        themes=tuple(t for t in score.themes if t.part_id in ids),
        dynamics=tuple(d for d in score.dynamics if d.part_id in ids),
    )
    plan = fitted(replace(plan, chords=track), score)
    check_score(score, plan)
    changed = {
        p: spans for p, spans in where.items()
        if p in ids and (play or score.part(p) != known.get(p))
    }  # fmt: skip
    player = fitted(replace(acting or plan, chords=track), score)
    take = piece.take
    if changed or ids != set(known):
        fresh_take = Take(*perform_marked(score, player, style(player.style), set(changed)))
        take = spliced_take(
            piece.take, fresh_take, changed, TimeMap.of(score), [p.id for p in parts]
        )
    after = replace(piece, plan=plan, score=score, take=take)
    guard(piece, after, where)
    return after


def fitted(plan: Plan, score: Score) -> Plan:
    """The plan with casts and ranges that allow what the score holds.

    Raises
    ------
    ScoreError
        If a note lies beyond what its instrument can play.
    """
    bar = plan.meter.bar_ticks
    bounds: dict[str, tuple[int, int]] = {}
    bars: dict[str, set[int]] = {}
    for part in score.parts:
        if not part.notes:
            continue
        player = instrument(part.instrument)
        low = min(n.pitch for n in part.notes)
        high = max(n.pitch for n in part.notes)
        if not player.is_kit and (low < player.low or high > player.high):
            raise ScoreError(f"{part.id}: {player.name} cannot play all of these notes")
        bounds[part.id] = (low, high)
        bars[part.id] = {n.onset_ticks // bar for n in part.notes}
    parts = tuple(
        replace(p, low=min(p.low, bounds[p.id][0]), high=max(p.high, bounds[p.id][1]))
        if p.id in bounds else p
        for p in plan.parts
    )  # fmt: skip
    order = [p.id for p in plan.parts]
    sections = []
    for section in plan.sections:
        cast = set(section.parts) & set(order)
        inner = range(section.start_bar, section.end_bar)
        cast |= {p for p, own in bars.items() if any(b in own for b in inner)}
        sections.append(replace(section, parts=tuple(p for p in order if p in cast)))
    return replace(plan, parts=parts, sections=tuple(sections))


def guard(before: Piece, after: Piece, where: Spans) -> None:
    """Prove that nothing outside ``where`` changed.

    Raises
    ------
    ScoreError
        If something did; a fault of the program, told rather than passed on.
    """
    new_parts = {p.id: p for p in after.score.parts}
    played = {p.id: p for p in after.take.performance.parts}
    for part in before.score.parts:
        other = new_parts.get(part.id)
        if other is None:
            continue  # a part that was taken out says so itself
        spans = where.get(part.id, ())
        mine = [n for n in part.notes if not inside(n.onset_ticks, spans)]
        theirs = [n for n in other.notes if not inside(n.onset_ticks, spans)]
        was = next(p for p in before.take.performance.parts if p.id == part.id)
        is_now = played[part.id]
        heard = [
            [n for n, t in zip(p.notes, take.ticks[p.id], strict=True) if not inside(t, spans)]
            for p, take in ((was, before.take), (is_now, after.take))
        ]
        if mine != theirs or heard[0] != heard[1]:
            raise ScoreError(f"{part.id}: a note outside the scope changed; nothing was done")
