"""Edits of the order and number of bars: sections swap, come again or go, a piece is cut to length.

Nothing is played anew when bars move: each played note keeps its place in its bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from songwright.composition.form import phrases_of
from songwright.composition.part_turns import carried
from songwright.composition.plan import SectionPlan
from songwright.errors import ProjectError
from songwright.score import ChordSpan, KeyChange, Note, TempoChange, TimeMap
from songwright.session.refine.clock import retaken, tempo
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.scope import Span, resolve, sections_of
from songwright.session.refine.shorten import shorter
from songwright.session.refine.state import Piece, locked_spans

_NUDGE = 0.06
"""Share by which the tempo may change to meet a length in seconds."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bars ``first..first+bars`` of the old piece, as one section of the new one."""

    section: SectionPlan
    first: int
    bars: int


def arrange(piece: Piece, edit: Edit) -> Piece:
    """Section operations: ``swap delete repeat move order length``.

    ``swap``: the two sections of the scope. ``delete``: those of the scope. ``repeat``: again at
    once, ``amount`` times. ``move``: ``value`` names the section before which it goes ("end" last).
    ``order``: ``value`` lists the sections. ``length``: ``amount`` in seconds, or bars when
    ``value`` is ``"bars"``. Chords, parts, markers and playing move along.
    """
    blocks = [Block(s, s.start_bar, s.bars) for s in piece.plan.sections]
    chosen = sections_of(edit.scope, piece.plan)
    if edit.scope.bars and edit.kind == "delete":
        blocks = _without_bars(blocks, edit.scope.bars)
    elif edit.kind == "delete":
        if not edit.scope.sections:
            raise ProjectError("delete needs a section or bars; nothing is deleted by default")
        blocks = [b for b in blocks if b.section not in chosen]
    elif edit.kind == "swap":
        blocks = _swapped(blocks, chosen)
    elif edit.kind == "repeat":
        times = max(1, round(edit.amount or 1))
        last = chosen[-1]
        index = next(i for i, b in enumerate(blocks) if b.section == last) + 1
        again = [b for b in blocks if b.section in chosen] * times
        blocks = [*blocks[:index], *again, *blocks[index:]]
    elif edit.kind == "move":
        moved = [b for b in blocks if b.section in chosen]
        rest = [b for b in blocks if b.section not in chosen]
        index = len(rest)
        if edit.value not in ("", "end"):
            aim = sections_of(Scope((edit.value,)), piece.plan)[0]
            index = next((i for i, b in enumerate(rest) if b.section == aim), len(rest))
        blocks = [*rest[:index], *moved, *rest[index:]]
    elif edit.kind == "order":
        names = edit.value.replace(",", " ").split()
        blocks = [
            next(b for b in blocks if b.section == sections_of(Scope((name,)), piece.plan)[0])
            for name in names
        ]
    else:
        return _to_length(piece, edit, blocks)
    if not blocks:
        raise ProjectError("that would leave no bar of the piece")
    return rearranged(piece, blocks, edit.kind)


def _swapped(blocks: list[Block], chosen: Sequence[SectionPlan]) -> list[Block]:
    if len(chosen) != 2:
        names = ", ".join(s.id for s in chosen)
        raise ProjectError(f"swap needs two sections, not {len(chosen)} ({names})")
    a, b = (next(i for i, k in enumerate(blocks) if k.section == s) for s in chosen)
    blocks = list(blocks)
    blocks[a], blocks[b] = blocks[b], blocks[a]
    return blocks


def _without_bars(blocks: list[Block], holes: Sequence[Span]) -> list[Block]:
    result = []
    for block in blocks:
        kept = [
            bar for bar in range(block.first, block.first + block.bars)
            if not any(a <= bar < b for a, b in holes)
        ]  # fmt: skip
        start = 0
        for i in range(1, len(kept) + 1):
            if i == len(kept) or kept[i] != kept[i - 1] + 1:
                result.append(Block(block.section, kept[start], i - start))
                start = i
    return result


def _to_length(piece: Piece, edit: Edit, blocks: list[Block]) -> Piece:
    """Whole sections first, then phrases, then at most a nudge of the tempo."""
    bar_seconds = piece.take.performance.duration_seconds / piece.plan.bars
    in_bars = edit.value == "bars"
    target = edit.amount if in_bars else edit.amount / bar_seconds
    if target < 2.0 or target > 2_000:
        raise ProjectError(f"a length of {edit.amount:g} {edit.value or 'seconds'} is not possible")
    wanted = round(target)
    while _bars(blocks) < wanted:
        middle = list(blocks[1:-1]) or blocks
        room = wanted - _bars(blocks)
        fitting = [b for b in middle if b.bars <= room]
        if not fitting:
            shortest = min(middle, key=lambda b: b.bars)
            add = Block(shortest.section, shortest.first, min(room, shortest.bars))
        else:
            add = max(fitting, key=lambda b: (b.section.energy, b.bars))
        index = max(i for i, b in enumerate(blocks) if b.section == add.section)
        blocks = [*blocks[: index + 1], add, *blocks[index + 1 :]]
    if _bars(blocks) > wanted:
        sections = [b.section for b in blocks]
        blocks = [Block(sections[i], first, bars) for i, first, bars in shorter(sections, wanted)]
    after = rearranged(piece, blocks, "length")
    if in_bars:
        return after
    factor = after.take.performance.duration_seconds / edit.amount
    if abs(factor - 1.0) > _NUDGE:
        return after
    return tempo(after, Edit("tempo", amount=factor, value="factor"))


def _bars(blocks: Sequence[Block]) -> int:
    return sum(b.bars for b in blocks)


def rearranged(piece: Piece, blocks: Sequence[Block], what: str) -> Piece:
    """The piece in another order of bars.

    Raises
    ------
    ProjectError
        If a locked note would be cut.
    """
    plan, score, bar = piece.plan, piece.score, piece.bar_ticks
    kept = {b for k in blocks for b in range(k.first, k.first + k.bars)}
    for name, spans in locked_spans(piece).items():
        lost = [t for t in (n.onset_ticks for n in piece.notes(name))
                if t // bar not in kept and any(a <= t < b for a, b in spans)]  # fmt: skip
        if lost:
            raise ProjectError(f"{what}: bar {lost[0] // bar + 1} of {name} is locked; unlock it")
    starts: list[int] = []
    at = 0
    for block in blocks:
        starts.append(at)
        at += block.bars
    bars = at

    def moves(tick: int) -> tuple[int, ...]:
        index = tick // bar
        return tuple(
            tick + (start - k.first) * bar for start, k in zip(starts, blocks, strict=True)
            if k.first <= index < k.first + k.bars
        )  # fmt: skip

    def goes_on(number: int) -> bool:
        """Whether a block is followed by the bars that followed it before."""
        if number + 1 == len(blocks):
            return blocks[number].first + blocks[number].bars == plan.bars
        return blocks[number + 1].first == blocks[number].first + blocks[number].bars

    parts = []
    for part in score.parts:
        notes: list[Note] = []
        for i, (start, block) in enumerate(zip(starts, blocks, strict=True)):
            shift, end = (start - block.first) * bar, (start + block.bars) * bar
            for note in part.notes:
                if block.first <= note.onset_ticks // bar < block.first + block.bars:
                    moved = replace(note, onset_ticks=note.onset_ticks + shift)
                    if moved.end_ticks > end and not goes_on(i):
                        moved = replace(moved, duration_ticks=end - moved.onset_ticks)
                    notes.append(moved)
        notes.sort(key=lambda n: (n.onset_ticks, n.pitch))
        parts.append(part.with_notes(tuple(notes)))
    sections = _sections(blocks, starts)
    times = TimeMap.of(score)
    tempos: list[TempoChange] = []
    keys: list[KeyChange] = []
    chords: list[ChordSpan] = []
    energy: list[float] = []
    for start, block, section in zip(starts, blocks, sections, strict=True):
        shift, first, last = (start - block.first) * bar, block.first * bar, (
            block.first + block.bars) * bar  # fmt: skip
        inner = [t for t in score.tempos if first < t.tick < last]
        for change in (TempoChange(first, round(times.bpm(first), 6)), *inner):
            if not tempos or tempos[-1].bpm != change.bpm:
                tempos.append(replace(change, tick=change.tick + shift))
        if not keys or keys[-1].key != section.key:
            keys.append(KeyChange(start * bar, section.key))
        for chord in score.chords:
            a, b = max(first, chord.onset_ticks), min(last, chord.end_ticks)
            if a < b:
                chords.append(replace(chord, onset_ticks=a + shift, duration_ticks=b - a))
        energy += [plan.energy[min(b, len(plan.energy) - 1)]
                   for b in range(block.first, block.first + block.bars)]  # fmt: skip
    old_bars = [b for k in blocks for b in range(k.first, k.first + k.bars)]
    curves = tuple(
        replace(c, levels=tuple(c.levels[min(b, len(c.levels) - 1)] for b in old_bars))
        for c in plan.curves
    )
    new_plan = replace(
        plan, bars=bars, sections=sections, energy=tuple(energy), tempos=tuple(tempos),
        chords=tuple(chords), curves=curves, rests=carried(plan.rests, old_bars),
    )  # fmt: skip
    new_score = replace(
        score, bars=bars, tempos=tuple(tempos), keys=tuple(keys), chords=tuple(chords),
        sections=tuple(s.mark for s in sections), parts=tuple(parts),
        themes=tuple(sorted(
            (replace(t, onset_ticks=new) for t in score.themes for new in moves(t.onset_ticks)),
            key=lambda t: (t.onset_ticks, t.part_id))),
        dynamics=tuple(sorted(
            (replace(d, tick=new) for d in score.dynamics for new in moves(d.tick)),
            key=lambda d: (d.part_id, d.tick))),
    )  # fmt: skip
    return retaken(replace(piece, locks=_moved_locks(piece, piece.locks, starts, blocks),
                            keeps=_moved_locks(piece, piece.keeps, starts, blocks)),
                    new_plan, new_score, moves)  # fmt: skip


def _moved_locks(
    piece: Piece, locks: Sequence[Scope], starts: Sequence[int], blocks: Sequence[Block]
) -> tuple[Scope, ...]:
    """Locks follow their bars, so they are told by bars from now on."""
    moved = []
    for lock in locks:
        place = resolve(lock, piece.plan)
        bar = piece.bar_ticks
        if place.spans == ((0, piece.plan.bars * bar),):
            moved.append(replace(lock, sections=(), bars=()))
            continue
        spans = tuple(
            (max(a // bar, k.first) + start - k.first,
             min(b // bar, k.first + k.bars) + start - k.first)
            for a, b in place.spans for start, k in zip(starts, blocks, strict=True)
            if max(a // bar, k.first) < min(b // bar, k.first + k.bars)
        )  # fmt: skip
        if spans:
            moved.append(replace(lock, sections=(), bars=spans))
    return tuple(moved)


def _sections(blocks: Sequence[Block], starts: Sequence[int]) -> tuple[SectionPlan, ...]:
    totals: dict[str, int] = {}
    for block in blocks:
        totals[block.section.function] = totals.get(block.section.function, 0) + 1
    named: dict[str, int] = {}
    heard: dict[str, int] = {}
    result = []
    for block, start in zip(blocks, starts, strict=True):
        old = block.section
        number = named.get(old.function, 0) + 1
        named[old.function] = number
        occurrence = heard.get(old.letter, 0)
        heard[old.letter] = occurrence + 1
        whole = block.bars == old.bars
        result.append(replace(
            old, id=f"{old.function}-{number}" if totals[old.function] > 1 else old.function,
            start_bar=start, bars=block.bars, occurrence=occurrence,
            phrases=old.phrases if whole
            else phrases_of(block.bars, max(1, min(old.phrases[0], block.bars))),
            stop=old.stop and block.first + block.bars == old.end_bar,
        ))  # fmt: skip
    return tuple(result)
