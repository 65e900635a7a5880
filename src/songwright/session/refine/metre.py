"""Another metre: the tune and the chords moved bar by bar, everything else written for it.

A bar becomes a bar. Inside it each rhythm goes to the places of the new bar that lie nearest in
proportion and are as strong, in order, none on top of another; a downbeat stays a downbeat. Equal
rhythms become equal rhythms, so that what was a motif is one still.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from songwright.brief import understand
from songwright.composition.check import check_score
from songwright.errors import BriefError, ProjectError
from songwright.perform.takes import perform_marked
from songwright.score import ChordSpan, MeterChange, Note, Part, TempoChange
from songwright.session.refine.model import Edit, Take
from songwright.session.refine.scope import resolve
from songwright.session.refine.splice import tidy
from songwright.session.refine.state import Piece, fitted, locked_spans
from songwright.session.refine.writing import another_seed, write_parts
from songwright.theory import Meter

_EIGHTH, _SIXTEENTH, _LEAST = 240, 120, 60
_FINER = 0.12  # price of a place between the eighths
_WEAKER = 0.08  # price of each step of strength that a note loses
_ON_THE_BEAT = 0.05  # price of each step that an unaccented note gains
_TIED_OVER = 0.15  # price of a note held over a stronger place than its own
_PULSE = 2  # `Meter.strength` from which a place is a beat


def metre(piece: Piece, edit: Edit, number: int) -> Piece:
    """Another metre for the whole piece; ``value`` is one such as ``"3/4"``.

    Bars, form, chords and the tempo of the quarter note stay; where the new bar has as many beats
    as the old one (4/4 and 12/8), the beat keeps its pace instead. Tunes keep every note that the
    new bar has a place for; all other parts are written for the new metre.

    Raises
    ------
    ProjectError
        If it is no metre or the piece's own, a section is named, or something is locked.
    """
    old = piece.plan.meter
    new = _wanted(edit, piece)
    leads = {p.id for p in piece.plan.parts if p.role == "lead"}
    pace = _pace(old, new)
    tempos = _tempos(piece, new, pace)
    chords = moved_chords(piece.score.chords, old, new)
    plan = replace(
        piece.plan, meter=new, tempos=tempos, chords=chords,
        tempo_bpm=round(piece.plan.tempo_bpm * pace, 6),
        swing=0.5 if new.is_compound else piece.plan.swing,
    )  # fmt: skip
    kept: dict[str, tuple[Note, ...]] = {}
    at: dict[str, Callable[[int], int]] = {}
    for name in leads:
        kept[name], at[name] = moved_notes(piece.notes(name), old, new)
    turned = replace(piece, plan=plan)
    acting = replace(plan, seed=another_seed(piece, number))
    others = {p.id for p in plan.parts} - leads
    fresh, _, dynamics = write_parts(turned, acting, others, kept)
    notes = {**kept, **fresh}
    bar = new.bar_ticks

    def bar_line(tick: int) -> int:
        return tick // old.bar_ticks * bar

    score = replace(
        piece.score, meters=(MeterChange(0, new),), tempos=tempos, chords=chords,
        keys=tuple(replace(k, tick=bar_line(k.tick)) for k in piece.score.keys),
        parts=tuple(
            Part(p.id, p.name, p.role, p.instrument, tidy(notes[p.id]), p.staff_group, p.sound)
            for p in plan.parts
        ),
        themes=tuple(
            replace(t, onset_ticks=bar_line(t.onset_ticks),
                    duration_ticks=max(bar, bar_line(t.duration_ticks)))
            for t in piece.score.themes
        ),
        dynamics=dynamics,
    )  # fmt: skip
    plan = fitted(plan, score)
    check_score(score, plan)
    take = Take(*perform_marked(score, plan, piece.style))
    return replace(piece, plan=plan, score=score, take=take)


def _wanted(edit: Edit, piece: Piece) -> Meter:
    try:
        new = understand("", {"meter": edit.value}).meter
    except BriefError as error:
        raise ProjectError(str(error)) from error
    if new is None:
        raise ProjectError(f"{edit.value!r} is not a metre; write for example 3/4, 6/8 or 7/8")
    if new == piece.plan.meter:
        raise ProjectError(f"the piece is in {new} already")
    place = resolve(edit.scope, piece.plan)
    whole = ((0, piece.plan.bars * piece.bar_ticks),)
    if place.spans != whole or len(place.parts) != len(piece.plan.parts):
        raise ProjectError(
            "a piece has one metre from its beginning to its end, for everybody; leave out "
            "sections, bars and parts"
        )
    held = sorted(locked_spans(piece))
    if held:
        raise ProjectError(
            f"metre: {', '.join(held)} cannot keep its notes in other bars; unlock first"
        )
    return new


def moved_notes(
    notes: Sequence[Note], old: Meter, new: Meter
) -> tuple[tuple[Note, ...], Callable[[int], int]]:
    """A line in another metre, and the map of its ticks.

    Notes struck together stay together; where a bar has more moments than the new one has places
    (sixteenths), those on the weakest places go.
    """
    by_bar: dict[int, set[int]] = {}
    for note in notes:
        at, inner = divmod(note.onset_ticks, old.bar_ticks)
        by_bar.setdefault(at, set()).add(inner)
    places: dict[int, int] = {}
    for at, onsets in by_bar.items():
        slots = aligned(tuple(sorted(onsets)), old, new)
        places |= {
            at * old.bar_ticks + onset: at * new.bar_ticks + slot for onset, slot in slots.items()
        }
    last = max((n.end_ticks for n in notes), default=0) // old.bar_ticks + 1
    edges = {at * old.bar_ticks: at * new.bar_ticks for at in range(last + 1)}
    known = sorted({**edges, **places}.items())
    froms = [a for a, _ in known]

    def moved(tick: int) -> int:
        index = max(0, bisect_right(froms, tick) - 1)
        a, x = known[index]
        if tick == a or index + 1 == len(known):
            return x + round((tick - a) * new.bar_ticks / old.bar_ticks)
        b, y = known[index + 1]
        return x + round((tick - a) / (b - a) * (y - x) / _LEAST) * _LEAST

    result = []
    for note in notes:
        if note.onset_ticks not in places:
            continue
        onset = places[note.onset_ticks]
        end = max(onset + _LEAST, moved(note.end_ticks))
        result.append(replace(note, onset_ticks=onset, duration_ticks=end - onset))
    return tidy(result), moved


def moved_chords(track: Sequence[ChordSpan], old: Meter, new: Meter) -> tuple[ChordSpan, ...]:
    """Chords in another metre: the same ones in the same bars, changing on its beats."""
    by_bar: dict[int, list[ChordSpan]] = {}
    for chord in track:
        by_bar.setdefault(chord.onset_ticks // old.bar_ticks, []).append(chord)
    starts: list[tuple[int, ChordSpan]] = []
    for at, group in by_bar.items():
        inner = tuple(c.onset_ticks % old.bar_ticks for c in group)
        slots = aligned(inner, old, new, beats=len(group) <= len(new.pulses_ticks))
        starts += [
            (at * new.bar_ticks + slots[c.onset_ticks % old.bar_ticks], c)
            for c in group if c.onset_ticks % old.bar_ticks in slots
        ]  # fmt: skip
    end = 0
    if track:
        whole, rest = divmod(max(c.end_ticks for c in track), old.bar_ticks)
        end = whole * new.bar_ticks + rest * new.bar_ticks // old.bar_ticks
    starts.sort(key=lambda pair: pair[0])
    result = []
    for i, (tick, chord) in enumerate(starts):
        until = starts[i + 1][0] if i + 1 < len(starts) else end
        if i + 1 < len(starts) and starts[i + 1][1].onset_ticks > chord.end_ticks:
            whole, rest = divmod(chord.end_ticks, old.bar_ticks)  # nothing sounds for a while
            until = min(until, whole * new.bar_ticks + (new.bar_ticks if rest else 0))
        result.append(replace(chord, onset_ticks=tick, duration_ticks=until - tick))
    return tuple(result)


@cache
def aligned(onsets: tuple[int, ...], old: Meter, new: Meter, beats: bool = False) -> dict[int, int]:
    """The place in the new bar of each onset of an old one.

    Found by dynamic programming: a place costs its distance in proportion to the bar, what it
    loses or gains in strength, and a note held over a stronger place where none was before.

    Parameters
    ----------
    onsets
        Ticks in the old bar, ascending.
    beats
        Only the beats of the new bar are places.
    """
    slots = new.pulse_onsets_ticks if beats else tuple(range(0, new.bar_ticks, _SIXTEENTH))
    kept = list(onsets)
    while len(kept) > len(slots):
        weakest = min(kept[1:], key=lambda o: (old.strength(o), -o))
        kept.remove(weakest)
    # best[j]: cheapest way to set the onsets so far with the last one on slot j
    rows: list[dict[int, tuple[float, int]]] = []
    for i, onset in enumerate(kept):
        row: dict[int, tuple[float, int]] = {}
        for j, slot in enumerate(slots):
            if (onset == 0) != (slot == 0) and not (
                onset and slot == 0 and len(kept) == len(slots)
            ):
                continue
            here = _price(onset, slot, old, new)
            if i == 0:
                row[j] = (here, -1)
                continue
            steps = [
                (price + _held(kept[i - 1], onset, slots[k], slot, old, new), -k)
                for k, (price, _) in rows[-1].items()
                if k < j
            ]
            if steps:
                price, before = min(steps)
                row[j] = (price + here, -before)
        rows.append(row)
    if not rows or not rows[-1]:
        return {}
    ends = {
        j: price + _held(kept[-1], old.bar_ticks, slots[j], new.bar_ticks, old, new)
        for j, (price, _) in rows[-1].items()
    }
    # Of equals the later one: a long note before a short one lies better than the reverse.
    index = min(ends, key=lambda j: (round(ends[j], 9), -j))
    found: dict[int, int] = {}
    for i in range(len(kept) - 1, -1, -1):
        found[kept[i]] = slots[index]
        index = rows[i][index][1]
    return found


def _price(onset: int, slot: int, old: Meter, new: Meter) -> float:
    far = abs(onset / old.bar_ticks - slot / new.bar_ticks)
    change = new.strength(slot) - old.strength(onset)
    price = far + (_WEAKER * -change if change < 0 else 0.0)
    if change > 0 and old.strength(onset) < _PULSE <= new.strength(slot):
        price += _ON_THE_BEAT * change
    if slot % _EIGHTH and onset % _EIGHTH in (0, 160, 320):
        price += _FINER
    return price


def _held(a: int, b: int, x: int, y: int, old: Meter, new: Meter) -> float:
    """The price of a note from ``x`` to ``y`` that is tied over a beat as from ``a`` to ``b`` it
    was not."""
    return _TIED_OVER * (_crosses(x, y, new) and not _crosses(a, b, old))


@cache
def _crosses(start: int, end: int, meter: Meter) -> bool:
    own = meter.strength(start)
    return any(
        start < p < end and meter.strength(p) > own for p in range(0, meter.bar_ticks, _EIGHTH)
    )


def _pace(old: Meter, new: Meter) -> float:
    """Factor of the quarter-note tempo that keeps the pace of the beat; 1 where beats differ."""
    if len(old.pulses_ticks) != len(new.pulses_ticks):
        return 1.0
    return new.bar_ticks / old.bar_ticks


def _tempos(piece: Piece, new: Meter, pace: float) -> tuple[TempoChange, ...]:
    """The tempo map with its changes on the beats of the new bars."""
    old = piece.plan.meter
    result: dict[int, TempoChange] = {}
    for change in piece.score.tempos:
        at, inner = divmod(round(change.tick), old.bar_ticks)
        share = inner / old.bar_ticks * new.bar_ticks
        beat = min(new.pulse_onsets_ticks, key=lambda p: (abs(p - share), p))
        tick = at * new.bar_ticks + beat
        result[tick] = TempoChange(tick, round(change.bpm * pace, 6))
    return tuple(result[t] for t in sorted(result))
