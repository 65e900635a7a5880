"""Pitches for a rhythm: the cheapest path through all singable lines.

Every note has a cost of its own (does it belong to the chord, does it stand on a strong beat, how
far from the contour it should follow) and every step to the next one has a cost (leaps, unresolved
dissonance, two leaps in one direction). Dynamic programming finds the line with the least sum, so
that chord tones fall on strong beats and dissonances resolve by construction, not by repair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from songwright.styles import MelodyFacts
from songwright.theory import MODES, Chord, Key

_HOPELESS = 8.0  # a note that costs so much more than the best is never sung
_LOST = 9.0  # nor is a line that lies so far behind the best one
_BEAM = 20  # states carried from note to note; more changes hardly any line

_OVER_BAR_LINES = 0.4
"""The most that a taste for leaps counts over a bar line: wide tunes leap within their bars."""

_AFTER_BREATH = 0.6
"""What an interval counts over a rest: after a breath people begin where they like."""

_TOO_WIDE = 12.0  # cost of going on by more than an octave, which only a narrow compass forces

_State = tuple[float, int, int]
"""Cost so far, pitch, and how it was reached: kind of move (`_move_kind`) plus 5 if dissonant."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One note to be pitched.

    ``strength`` is metrical (0 weak … 4 downbeat); ``target`` the pitch that the contour or the
    motif wants, ``fidelity`` the cost of each semitone away from it; ``ends`` is ``""``, ``"open"``
    (half close) or ``"close"`` (full close). ``interval`` is the move from the note before that the
    motif wants, in semitones, and ``grip`` the cost of each semitone away from that. Notes above
    ``ceiling`` are kept for the climax.
    """

    onset_ticks: int
    duration_ticks: int
    strength: int
    chord: Chord
    key: Key
    target: float
    fidelity: float
    ends: str = ""
    interval: int | None = None
    grip: float = 0.0
    ceiling: int = 127


def pitch_line(
    moments: Sequence[Moment],
    low: int,
    high: int,
    facts: MelodyFacts,
    rng: Random,
    before: Sequence[int] = (),
    temperature: float = 0.5,
    breath: bool = False,
) -> tuple[int, ...]:
    """The best line through ``moments`` within ``low..high``.

    ``before`` are the pitches that precede: the line goes on from the last one, and turns back if
    that was reached by a leap. After a ``breath`` it may begin elsewhere. ``temperature`` scales
    seeded noise on each choice: 0 gives the one cheapest line.
    """
    if not moments:
        return ()
    leap = round(facts.leap, 2)
    column = _candidates(moments[0], low, high, facts, rng, temperature)
    states = _entries(column, before, min(leap, _OVER_BAR_LINES), breath)
    paths: list[dict[int, tuple[int, int]]] = []
    for moment in moments[1:]:
        column = _candidates(moment, low, high, facts, rng, temperature)
        taste = min(leap, _OVER_BAR_LINES) if moment.strength >= 4 else leap
        tables = _tables(
            taste, moment.interval, round(moment.grip, 2), _manner(moment), _awkward(moment)
        )
        found: list[_State] = []
        back: dict[int, tuple[int, int]] = {}
        for pitch, own, dissonant in column:
            table = tables[pitch % 12][dissonant]
            offset = pitch + _FAR
            best = [_NEVER] * 5
            source = [(0, 0)] * 5
            for so_far, from_pitch, reached in states:
                move = offset - from_pitch
                total = so_far + table[reached][move]
                kind = _KIND[move]
                if total < best[kind]:
                    best[kind] = total
                    source[kind] = (from_pitch, reached)
            for kind in range(5):
                if best[kind] < _NEVER:
                    reached = kind + 5 * dissonant
                    found.append((best[kind] + own, pitch, reached))
                    back[pitch * 10 + reached] = source[kind]
        if not found:  # nothing within reach: jump to the cheapest note
            pitch, _, dissonant = min(column, key=lambda c: (c[1], c[0]))
            so_far, from_pitch, reached = states[0]
            found = [(so_far + 20.0, pitch, 5 * dissonant)]
            back = {pitch * 10 + 5 * dissonant: (from_pitch, reached)}
        paths.append(back)
        found.sort()
        limit = found[0][0] + _LOST
        states = [s for s in found[:_BEAM] if s[0] <= limit]
    state = states[0][1:]
    line = [state[0]]
    for back in reversed(paths):
        state = back[state[0] * 10 + state[1]]
        line.append(state[0])
    return tuple(reversed(line))


def _entries(
    column: list[tuple[int, float, int]], before: Sequence[int], leap: float, breath: bool
) -> list[_State]:
    """States of the first note; a leap from the note before costs, but never forbids."""
    states = []
    last = _move_kind(before[-1] - before[-2]) if len(before) > 1 and not breath else 0
    for pitch, own, dissonant in column:
        entry, kind = 0.0, 0
        if before:
            move = pitch - before[-1]
            cost = _interval_cost(move, last, leap) if abs(move) <= _WIDEST else _TOO_WIDE
            entry = min(_TOO_WIDE, (_AFTER_BREATH if breath else 1.0) * cost)
            kind = 0 if breath else _move_kind(move)
        states.append((own + entry, pitch, kind + 5 * dissonant))
    return sorted(states)[:_BEAM]


def _move_kind(move: int) -> int:
    """0 none or repeat, 1 step up, 2 step down, 3 leap up, 4 leap down."""
    if move == 0:
        return 0
    return (1 if abs(move) <= 2 else 3) + (move < 0)


_WIDEST = 12  # semitones; no wider leap is sung
_FAR = 60  # moves are looked up from -60 to 60 semitones
_NEVER = 1e6
_KIND = tuple(_move_kind(move) for move in range(-_FAR, _FAR + 1))
# Cost of each interval from unison to octave, before the style's taste for leaps.
_PLAIN = (1.0, 0.1, 0.0, 0.55, 0.75, 1.0, 5.0, 1.5, 2.6, 2.6, 5.0, 9.0, 2.6)
# What the last step into a phrase's end adds: arriving by step is best, by the same note worst.
_ARRIVAL = (2.6, 0.0, 0.0, 0.5, 0.6, 0.4, 2.0, 0.8, 1.5, 1.5, 2.0, 3.0, 1.2)

_Table = tuple[tuple[float, ...], ...]


@cache
def _tables(
    leap: float, interval: int | None, grip: float, manner: str, awkward: tuple[int, int]
) -> tuple[tuple[_Table, _Table], ...]:
    """Cost of each move by pitch class reached, consonant or dissonant, and how its start was
    reached (kind of move, plus 5 from a dissonance)."""
    plain = _table_pair(leap, interval, grip, manner, 0)
    up = _table_pair(leap, interval, grip, manner, 3)
    down = _table_pair(leap, interval, grip, manner, -3)
    raised, flat = awkward
    return tuple(up if pc == raised else down if pc == flat else plain for pc in range(12))


@cache
def _table_pair(
    leap: float, interval: int | None, grip: float, manner: str, banned: int
) -> tuple[_Table, _Table]:
    def row(reached: int, dissonant: bool) -> tuple[float, ...]:
        costs = []
        for move in range(-_FAR, _FAR + 1):
            if abs(move) > _WIDEST:
                costs.append(_NEVER)
                continue
            cost = _interval_cost(move, reached % 5, leap)
            if abs(move) > 2:
                # A dissonance resolves by step and is best reached by one.
                cost += (6.0 if reached >= 5 else 0.0) + (1.5 if dissonant else 0.0)
            if interval is not None:
                cost = cost * max(0.25, 1.0 - grip) + grip * min(6, abs(move - interval))
                if (move > 0) - (move < 0) != (interval > 0) - (interval < 0):
                    cost += 2.0 * grip
            if manner == "arrival":
                cost += _ARRIVAL[abs(move)]
            elif manner == "long" and move == 0:
                cost += 0.9  # a long note said twice stands still
            if banned and move == banned:
                cost += 5.0  # the augmented second of the minor scale
            costs.append(cost)
        return tuple(costs)

    return tuple(tuple(row(r, bool(d)) for r in range(10)) for d in (0, 1))  # type: ignore[return-value]


def _manner(moment: Moment) -> str:
    return "arrival" if moment.ends else "long" if moment.duration_ticks >= 720 else ""


def _awkward(moment: Moment) -> tuple[int, int]:
    """The raised seventh and the sixth of a minor key where both may be sung, else (-1, -1)."""
    key = moment.key
    if not key.is_minor:
        return -1, -1
    return (key.tonic_pc + 11) % 12, (key.tonic_pc + 8) % 12


def _interval_cost(move: int, last: int, leap: float) -> float:
    size = abs(move)
    rises, rose = move > 0, last in (1, 3)
    cost = _PLAIN[size] * (1.0 if size <= 2 else 1.35 - leap)
    if size == 0:
        return cost + (0.8 if last == 0 else 0.0)  # a third time the same note
    if last in (3, 4) and rises is rose:
        # Two leaps one way are rare, and after a leap the line turns back.
        return cost + (0.5 if size <= 2 else 2.5 if size > 4 else 0.8)
    if last in (1, 2) and size <= 2 and rises is not rose:
        return cost + 0.75  # running on beats rocking to and fro
    return cost


_STRONG_DISSONANCE = (0.5, 0.8, 1.8, 3.2, 3.8)


def _candidates(
    moment: Moment, low: int, high: int, facts: MelodyFacts, rng: Random, temperature: float
) -> list[tuple[int, float, int]]:
    """Pitches that may sound at a moment: (pitch, cost, 1 if a dissonance)."""
    table = _pitch_class_costs(
        moment.chord, moment.key, facts.scale, round(facts.chromatic, 2),
        min(4, moment.strength), _length_class(moment.duration_ticks), moment.ends,
        round(facts.lean, 2),
    )  # fmt: skip
    result = []
    target, fidelity, ceiling = moment.target, moment.fidelity, moment.ceiling
    middle = min(max(round(target), low), high)
    for pitch in range(max(low, middle - _REACH), min(high, middle + _REACH) + 1):
        own = table[pitch % 12]
        if own is None:
            continue
        cost = own[0] + fidelity * abs(pitch - target) + temperature * rng.random()
        if pitch > ceiling:
            cost += 1.5 * (pitch - ceiling)
        result.append((pitch, cost, own[1]))
    if not result:
        return [(middle, 0.0, 0)]
    worst = min(cost for _, cost, _ in result) + _HOPELESS
    return [row for row in result if row[1] <= worst]


_REACH = 9  # semitones around the target among which a note is sought


def _length_class(duration_ticks: int) -> int:
    return 0 if duration_ticks < 480 else 1 if duration_ticks < 960 else 2


@cache
def _pitch_class_costs(
    chord: Chord, key: Key, scale: str, chromatic: float, strength: int, length: int, ends: str,
    lean: float,
) -> tuple[tuple[float, int] | None, ...]:  # fmt: skip
    """Cost and dissonance of each pitch class over a chord; None where it may not sound."""
    chord_pcs = chord.pcs
    triad = set(chord_pcs[:3])
    scale_pcs = set(key.scale_pcs) | set(key.diatonic_pcs)
    inside = set(key.scale_pcs)
    if scale == "pentatonic":
        inside &= {(key.tonic_pc + s) % 12 for s in _pentatonic(key)}
    elif scale == "blues":
        blue = {(key.tonic_pc + s) % 12 for s in MODES["blues"]}
        scale_pcs |= blue
        inside = blue | triad
    # A chord note from outside the scale takes the place of the scale note it was raised or
    # lowered from (the leading tone of minor that of the natural seventh).
    foreign = {pc for pc in chord_pcs if pc not in scale_pcs}
    displaced = {pc for f in foreign for pc in _displaced(f, chord)} - set(chord_pcs)
    costs: list[tuple[float, int] | None] = []
    for pc in range(12):
        if pc in chord_pcs:
            rank = chord_pcs.index(pc)
            cost = (0.15, 0.0, 0.1, 0.35, 0.45, 0.5)[min(rank, 5)]
            if rank < 3:  # tunes lean to the tonic and its fifth, long notes most
                lean = {0: 0.35, 7: 0.15}.get((pc - key.tonic_pc) % 12, 0.0)
                cost -= lean * (1.0, 1.5, 2.0)[length]
            if length and (pc - key.tonic_pc) % 12 == 5:
                cost += 0.25  # the fourth wants to fall to the third
            if pc not in inside and pc in scale_pcs:
                cost += 0.2
            dissonant = False
        elif pc in scale_pcs and pc not in displaced:
            cost = _STRONG_DISSONANCE[strength] + (0.0, 1.8, 4.0)[length]
            if not ends:  # what leans on a beat still has to resolve by step
                cost *= 1.0 - lean * (0.92, 0.85, 0.45)[length]
            rub = any((pc - c) % 12 == 1 for c in triad)
            cost += 1.0 - 0.6 * lean if rub and (length or strength >= 2) else 0.0
            cost += 0.0 if pc in inside else 1.3
            if scale == "blues" and pc in inside:
                cost *= 0.6
            dissonant = True
        elif foreign and key.is_minor and pc == (key.tonic_pc + 9) % 12 and not ends:
            # The sixth of the melodic minor leads up to the raised seventh.
            cost, dissonant = _STRONG_DISSONANCE[strength] + 0.3 + (0.0, 1.8, 4.0)[length], True
        elif chromatic > 0 and length == 0 and strength <= 1 and not ends:
            cost, dissonant = 3.2 - 2.0 * chromatic, True
        else:
            costs.append(None)
            continue
        if ends == "close":
            degree = (pc - key.tonic_pc) % 12
            cost += {0: 0.0, 3: 1.6, 4: 1.6, 7: 2.2}.get(degree, 6.0)
        elif ends == "open":
            degree = (pc - key.tonic_pc) % 12
            cost += 5.0 if dissonant else {2: 0.0, 7: 0.3, 11: 0.5, 0: 1.2}.get(degree, 0.6)
        costs.append((cost, int(dissonant)))
    return tuple(costs)


def _displaced(pc: int, chord: Chord) -> tuple[int, ...]:
    """Neighbours that a chromatic chord note stands for: below a raised, above a lowered one."""
    interval = (pc - chord.root_pc) % 12
    if interval in (4, 8, 11):
        return ((pc - 1) % 12,)
    if interval in (1, 3, 6, 10):
        return ((pc + 1) % 12,)
    return (pc - 1) % 12, (pc + 1) % 12


def _pentatonic(key: Key) -> tuple[int, ...]:
    return MODES["minor pentatonic"] if key.is_minor else MODES["major pentatonic"]
