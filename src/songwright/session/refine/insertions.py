"""New sections in a finished piece: a bridge after the second chorus, a breakdown, an outro.

What the piece has already comes back as it was (another chorus); what it lacks is written for it:
chords that differ from what stands before, a tune of its own that is kin to the main theme, players
and level as that kind of section has them. Every old bar stays as it was, unless the new section
becomes the end of the piece: then the old end goes on instead of closing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from songwright.brief.model import SECTION_FUNCTIONS
from songwright.composition.entries import assign_sections
from songwright.composition.form import DEFAULT_ENERGY, phrases_of
from songwright.composition.harmony import compose_harmony
from songwright.composition.plan import Plan, SectionPlan
from songwright.errors import ProjectError
from songwright.score import ChordSpan, TempoChange
from songwright.session.refine.clock import retaken
from songwright.session.refine.forms import ending
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.order import Block, rearranged
from songwright.session.refine.scope import Span, sections_of
from songwright.session.refine.splice import Spans, inside, spliced_spans
from songwright.session.refine.state import Piece, rewritten
from songwright.session.refine.writing import another_seed, compose_again, write_parts

_USUAL_BARS = {
    "intro": 4, "outro": 4, "pre-chorus": 4, "post-chorus": 4, "build": 4, "interlude": 4,
}  # fmt: skip
_MOST_BARS = 64
_ALWAYS_NEW = ("solo",)
_RISES = ("build", "pre-chorus", "intro")
_CLOSING_BARS = 2  # that an ending is written in
_TRIES = 3  # progressions of which the one least like its surroundings is taken
_TEXT = re.compile(
    r"^(?:(?P<bars>\d+)-bar )?(?P<function>\S+)"
    r"(?: (?P<side>after|before) (?P<anchor>.+)| at the (?P<edge>end|beginning))?$"
)


@dataclass(frozen=True, slots=True)
class Insertion:
    """A section to be: its function, bars (0: the usual ones), and before which section it goes.

    ``index`` counts the sections of the plan; their number stands for the end.
    """

    function: str
    bars: int
    index: int


def read_insertion(text: str, plan: Plan) -> Insertion:
    """Read ``"bridge after chorus#2"``, ``"4-bar build before drop"``, ``"outro at the end"``.

    Without a place an intro goes to the beginning, an outro to the end, and everything else before
    the last section of the highest level.

    Raises
    ------
    ProjectError
        If it is not written so, or names a section that the piece or the language does not have.
    """
    found = _TEXT.match(text.strip())
    names = {f.lower(): f for f in SECTION_FUNCTIONS}
    if found is None or found["function"].lower() not in names:
        raise ProjectError(
            f"{text!r} is no new section; write for example “bridge after chorus#2” or “4-bar "
            f"build before drop”; sections are called {', '.join(SECTION_FUNCTIONS)}"
        )
    function = names[found["function"].lower()]
    bars = int(found["bars"] or 0)
    if found["bars"] and not 1 <= bars <= _MOST_BARS:
        raise ProjectError(f"a new section has 1 to {_MOST_BARS} bars, not {bars}")
    if found["anchor"]:
        last = sections_of(Scope((found["anchor"],)), plan)[-1]
        index = plan.sections.index(last) + (found["side"] == "after")
    elif found["edge"]:
        index = len(plan.sections) if found["edge"] == "end" else 0
    elif function in ("intro", "outro"):
        index = 0 if function == "intro" else len(plan.sections)
    else:
        index = max(range(len(plan.sections)), key=lambda i: (plan.sections[i].energy, i))
    return Insertion(function, bars, index)


def insert(piece: Piece, edit: Edit, number: int) -> Piece:
    """A new section; ``value`` says which and where (see `read_insertion`)."""
    plan = piece.plan
    wanted = read_insertion(edit.value, plan)
    same = [s for s in plan.sections if s.function == wanted.function]
    if same and edit.value.strip() in ("intro", "outro"):
        raise ProjectError(
            f"the piece has an {wanted.function} already; say “new {wanted.function}” to write "
            f"it again, or where another one shall go, such as “{wanted.function} at the end”"
        )
    if same and wanted.function not in _ALWAYS_NEW:
        return _again(piece, wanted, same, number)
    bars = wanted.bars or (same[-1].bars if same else _USUAL_BARS.get(wanted.function, 8))
    if bars > plan.bars:
        raise ProjectError(f"a new section may have at most the {plan.bars} bars of the piece")
    fresh = _section(piece, wanted, bars)
    neighbour = plan.sections[max(0, wanted.index - 1)]
    first = max(0, min(neighbour.start_bar, plan.bars - bars))
    blocks = [Block(s, s.start_bar, s.bars) for s in plan.sections]
    blocks.insert(wanted.index, Block(fresh, first, bars))
    grown = rearranged(piece, blocks, "insert")
    # The new bars are nobody's yet: a lock holds what there was.
    open_ = replace(grown, locks=(), keeps=())
    at_end = wanted.index == len(plan.sections)
    if at_end:
        open_ = _tempo_at_end(open_, plan)
    after = _written(open_, wanted.index, number, at_end)
    return replace(after, locks=grown.locks, keeps=grown.keeps)


def _again(piece: Piece, wanted: Insertion, same: list[SectionPlan], number: int) -> Piece:
    """A section that the piece has already comes back, cut or said again to its length.

    At the end of the piece it closes as the piece did, and the old close is written anew.
    """
    before = [s for s in same if s.start_bar < _start(piece.plan, wanted.index)]
    source = (before or same)[-1]
    bars = wanted.bars or source.bars
    blocks = [Block(s, s.start_bar, s.bars) for s in piece.plan.sections]
    copies: list[Block] = []
    while bars > 0:
        size = min(bars, source.bars)
        copies.append(Block(source, source.start_bar, size))
        bars -= size
    blocks[wanted.index : wanted.index] = copies
    grown = rearranged(piece, blocks, "insert")
    if wanted.index < len(piece.plan.sections):
        return grown
    bar, end = piece.bar_ticks, piece.plan.bars
    opened = _tempo_at_end(replace(grown, locks=(), keeps=()), piece.plan)
    everybody = tuple(p.id for p in opened.plan.parts)
    close = ((max(0, end - _CLOSING_BARS) * bar, end * bar),)
    opened = compose_again(opened, dict.fromkeys(everybody, close), opened.plan)
    after = ending(opened, Edit("ending", value=piece.plan.ending), number)
    return replace(after, locks=grown.locks, keeps=grown.keeps)


def _start(plan: Plan, index: int) -> int:
    return plan.sections[index].start_bar if index < len(plan.sections) else plan.bars


def _section(piece: Piece, wanted: Insertion, bars: int) -> SectionPlan:
    """The plan of a new section: level, key and letter by where it stands."""
    plan = piece.plan
    lifted = [s.energy - DEFAULT_ENERGY.get(s.function, 0.5) for s in plan.sections]
    level = DEFAULT_ENERGY[wanted.function] + sum(lifted) / len(lifted)
    level = max(0.1, min(1.0, level))
    beside = plan.sections[min(wanted.index, len(plan.sections) - 1)]
    before = plan.sections[wanted.index - 1] if wanted.index else beside
    letters = {s.letter for s in plan.sections}
    letter = next(x for x in (*"CDEFGHJKLMNPQR", wanted.function) if x not in letters)
    if wanted.function == "solo":  # improvised over chords that are known
        letter = max(plan.sections, key=lambda s: (s.energy, -s.start_bar)).letter
    return SectionPlan(
        wanted.function, wanted.function, letter, 0, _start(plan, wanted.index), bars,
        phrases_of(bars, min(bars, piece.style.phrase_bars)), round(level, 4), before.key,
        before.parts,
    )  # fmt: skip


def _written(piece: Piece, index: int, number: int, at_end: bool) -> Piece:
    """The new section written; at the end of the piece the old close, too."""
    bar = piece.bar_ticks
    fresh = piece.plan.sections[index]
    span = (fresh.start_bar * bar, fresh.end_bar * bar)
    plan = _levelled(piece, index)
    track = _chords(piece, plan, index, number)
    spans: tuple[Span, ...] = (span,)
    if at_end:
        spans = ((max(0, fresh.start_bar - _CLOSING_BARS) * bar, span[1]),)
    plan = replace(plan, chords=track)
    everybody = tuple(p.id for p in plan.parts)
    where: Spans = dict.fromkeys(everybody, spans)
    notes, themes, dynamics = write_parts(piece, plan, set(everybody), {})
    return rewritten(
        piece, where, notes, plan=plan, chords=track, chord_spans=(span,), themes=themes,
        dynamics=dynamics,
    )  # fmt: skip


def _levelled(piece: Piece, index: int) -> Plan:
    """The plan with the energy of the new bars and who plays in them."""
    plan = piece.plan
    fresh = plan.sections[index]
    cast = assign_sections(plan.sections, plan.parts, piece.style)[index].parts
    following = plan.sections[index + 1].energy if index + 1 < len(plan.sections) else fresh.energy
    energy = list(plan.energy)
    for i in range(fresh.bars):
        at = (i + 0.5) / fresh.bars
        value = fresh.energy - 0.04 + 0.08 * at
        if fresh.function in _RISES:
            value = fresh.energy + (following - fresh.energy) * 0.6 * at**1.5
        elif fresh.function == "outro":
            value = fresh.energy * (1.08 - 0.35 * at)
        energy[fresh.start_bar + i] = round(min(1.0, max(0.05, value)), 4)
    sections = list(plan.sections)
    sections[index] = replace(fresh, parts=cast, late=(), stop=False)
    return replace(plan, sections=tuple(sections), energy=tuple(energy))


def _chords(piece: Piece, plan: Plan, index: int, number: int) -> tuple[ChordSpan, ...]:
    """The chord track with the new section's chords: those of its letter, or ones of its own."""
    bar = plan.meter.bar_ticks
    fresh = plan.sections[index]
    span = (fresh.start_bar * bar, fresh.end_bar * bar)
    end = plan.bars * bar
    model = next(
        (s for s in plan.sections if s.letter == fresh.letter and s is not fresh), None
    )  # fmt: skip
    if model is not None and index + 1 < len(plan.sections):
        copied = [
            replace(c, onset_ticks=c.onset_ticks + (start - model.start_bar) * bar)
            for start in range(fresh.start_bar, fresh.end_bar, model.bars)
            for c in piece.score.chords
            if model.start_bar * bar <= c.onset_ticks < model.end_bar * bar
        ]
        return spliced_spans(piece.score.chords, copied, (span,), end)
    brief = replace(piece.brief, chart=(), form=())
    beside = {
        c.chord.root_pc for c in piece.score.chords
        if span[0] - 4 * bar <= c.onset_ticks < span[0] - 2 * bar
    }  # fmt: skip
    best: tuple[float, tuple[ChordSpan, ...]] | None = None
    for attempt in range(_TRIES):
        acting = replace(plan, seed=another_seed(piece, number, "insert", attempt))
        found = compose_harmony(acting, brief, piece.style).chords
        opening = ((span[0], span[0] + 2 * bar),)
        head = [c.chord.root_pc for c in found if inside(c.onset_ticks, opening)]
        alike = sum(pc in beside for pc in head) / max(1, len(head))
        if best is None or alike < best[0]:
            best = alike, found
    assert best is not None
    return spliced_spans(piece.score.chords, best[1], (span,), end)


def _tempo_at_end(piece: Piece, old: Plan) -> Piece:
    """A slowing or held end goes where the end is now."""
    bar = piece.bar_ticks
    first = max(0, old.bars - 3) * bar
    shift = (piece.plan.bars - old.bars) * bar
    slowing = [t for t in old.tempos if t.tick > first]
    if not slowing:
        return piece
    steady = [t for t in piece.score.tempos if t.tick <= first]
    before = [t for t in old.tempos if t.tick <= first]
    tempos: list[TempoChange] = [*steady]
    if before and (not tempos or tempos[-1].bpm != before[-1].bpm):
        tempos.append(before[-1])
    tempos += [replace(t, tick=t.tick + shift) for t in slowing]
    return retaken(
        piece, replace(piece.plan, tempos=tuple(tempos)), replace(piece.score, tempos=tuple(tempos))
    )
