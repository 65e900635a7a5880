"""Pitches for a rhythm: the cheapest path through all singable lines.

Every note has a cost of its own (does it belong to the chord, does it stand on a strong beat, how
far from the contour it should follow) and every step to the next one has a cost (leaps, unresolved
dissonance, two leaps in one direction). Dynamic programming finds the line with the least sum, so
that chord tones fall on strong beats and dissonances resolve by construction, not by repair.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from songwright.styles import MelodyFacts
from songwright.theory import MODES, Chord, Key

_FAR = 1e9
_BEAM = 28  # states carried from note to note; more changes hardly any line


def _cost_of(item: tuple[tuple[int, int], float]) -> tuple[float, tuple[int, int]]:
    return item[1], item[0]


@dataclass(frozen=True, slots=True)
class Moment:
    """One note to be pitched.

    ``strength`` is metrical (0 weak … 4 downbeat); ``target`` the pitch that the contour or the
    motif wants, ``fidelity`` the cost of each semitone away from it; ``ends`` is ``""``, ``"open"``
    (half close) or ``"close"`` (full close).
    """

    onset_ticks: int
    duration_ticks: int
    strength: int
    chord: Chord
    key: Key
    target: float
    fidelity: float
    ends: str = ""


def pitch_line(
    moments: Sequence[Moment],
    low: int,
    high: int,
    facts: MelodyFacts,
    rng: Random,
    before: int | None = None,
    temperature: float = 0.35,
) -> tuple[int, ...]:
    """The best line through ``moments`` within ``low..high``; ``before`` is the note that precedes.

    ``temperature`` scales seeded noise on each choice: 0 gives the one cheapest line.
    """
    if not moments:
        return ()
    jumps = _interval_costs(round(facts.leap, 2))
    columns = [_candidates(m, low, high, facts, rng, temperature) for m in moments]
    # State: (pitch, kind of the last move), see `_move_kind`.
    first = columns[0]
    costs: dict[tuple[int, int], float] = {}
    for pitch, cost, _ in first:
        entry = 0.0 if before is None else 0.6 * jumps[0].get(pitch - before, _FAR / 2)
        costs[(pitch, 0)] = cost + min(entry, 12.0)
    paths: list[dict[tuple[int, int], tuple[int, int]]] = []
    dissonant = {p for p, _, d in first if d}
    for column in columns[1:]:
        reached: dict[tuple[int, int], float] = {}
        back: dict[tuple[int, int], tuple[int, int]] = {}
        states = heapq.nsmallest(_BEAM, costs.items(), key=_cost_of)
        now_dissonant = set()
        for pitch, own, is_dissonant in column:
            if is_dissonant:
                now_dissonant.add(pitch)
            for state, so_far in states:
                move = pitch - state[0]
                step = jumps[state[1]].get(move)
                if step is None:
                    continue
                size = abs(move)
                if state[0] in dissonant and size > 2:
                    step += 6.0  # a dissonance resolves by step
                if is_dissonant and size > 2:
                    step += 1.5  # and is best reached by one
                total = so_far + own + step
                key = (pitch, _move_kind(move))
                if total < reached.get(key, _FAR):
                    reached[key] = total
                    back[key] = state
        if not reached:  # nothing within reach: jump to the cheapest note
            pitch = min(column, key=lambda c: c[1])[0]
            best = min(costs, key=lambda s: costs[s])
            reached, back = {(pitch, 0): costs[best] + 20.0}, {(pitch, 0): best}
        paths.append(back)
        costs, dissonant = reached, now_dissonant
    state = min(costs, key=lambda s: costs[s])
    line = [state[0]]
    for back in reversed(paths):
        state = back[state]
        line.append(state[0])
    return tuple(reversed(line))


def _move_kind(move: int) -> int:
    """0 none or repeat, 1 step up, 2 step down, 3 leap up, 4 leap down."""
    if move == 0:
        return 0
    return (1 if abs(move) <= 2 else 3) + (move < 0)


_PLAIN = {0: 0.9, 1: 0.1, 2: 0.0, 3: 0.6, 4: 0.8, 5: 1.2, 6: 5.0, 7: 1.6, 8: 2.6, 9: 2.6,
          10: 5.0, 11: 9.0, 12: 2.8}  # fmt: skip


@cache
def _interval_costs(leap: float) -> tuple[dict[int, float], ...]:
    """Cost of each melodic interval in semitones after each kind of move."""
    calm = 1.35 - leap
    tables = []
    for last in range(5):
        table: dict[int, float] = {}
        for size, cost in _PLAIN.items():
            for sign in (1, -1) if size else (1,):
                value = cost if size <= 2 else cost * calm
                rises = last in (1, 3)
                if size == 0:
                    value += 0.6 if last == 0 else 0.0  # a third time the same note
                elif last in (3, 4) and size > 2 and (sign > 0) == rises:
                    value += 2.5 if size > 4 else 0.8  # two leaps one way
                elif last in (3, 4) and size <= 2 and (sign > 0) == rises:
                    value += 0.5  # after a leap turn back
                elif last in (1, 2) and size <= 2 and (sign > 0) != rises:
                    value += 0.75  # running on beats rocking to and fro
                table[sign * size] = value
        tables.append(table)
    return tuple(tables)


_STRONG_DISSONANCE = (0.5, 0.8, 1.8, 3.2, 3.8)


def _candidates(
    moment: Moment, low: int, high: int, facts: MelodyFacts, rng: Random, temperature: float
) -> list[tuple[int, float, bool]]:
    """Pitches that may sound at a moment: (pitch, cost, is a dissonance)."""
    table = _pitch_class_costs(
        moment.chord, moment.key, facts.scale, round(facts.chromatic, 2),
        min(4, moment.strength), _length_class(moment.duration_ticks), moment.ends,
    )  # fmt: skip
    result = []
    for pitch in range(low, high + 1):
        own = table[pitch % 12]
        # One draw for each pitch, used or not, keeps the stream in step.
        noise = temperature * rng.random()
        if own is None:
            continue
        cost, is_dissonant = own
        cost += moment.fidelity * abs(pitch - moment.target) + noise
        result.append((pitch, cost, is_dissonant))
    if not result:
        fallback = min(max(round(moment.target), low), high)
        result = [(fallback, 0.0, False)]
    return result


def _length_class(duration_ticks: int) -> int:
    return 0 if duration_ticks < 480 else 1 if duration_ticks < 960 else 2


@cache
def _pitch_class_costs(
    chord: Chord, key: Key, scale: str, chromatic: float, strength: int, length: int, ends: str
) -> tuple[tuple[float, bool] | None, ...]:
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
    # A chord note from outside the scale displaces its neighbour (raised leading tone in minor).
    foreign = {pc for pc in chord_pcs if pc not in scale_pcs}
    displaced = {
        pc for pc in scale_pcs
        if pc not in chord_pcs and any((pc - f) % 12 in (1, 11) for f in foreign)
    }  # fmt: skip
    costs: list[tuple[float, bool] | None] = []
    for pc in range(12):
        if pc in chord_pcs:
            rank = chord_pcs.index(pc)
            cost = (0.15, 0.0, 0.1, 0.35, 0.45, 0.5)[min(rank, 5)]
            if pc not in inside and pc in scale_pcs:
                cost += 0.2
            dissonant = False
        elif pc in scale_pcs and pc not in displaced:
            cost = _STRONG_DISSONANCE[strength] + (0.0, 1.8, 4.0)[length]
            rub = any((pc - c) % 12 == 1 for c in triad)
            cost += 1.0 if rub and (length or strength >= 2) else 0.0
            cost += 0.0 if pc in inside else 1.3
            if scale == "blues" and pc in inside:
                cost *= 0.6
            dissonant = True
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
        costs.append((cost, dissonant))
    return tuple(costs)


def _pentatonic(key: Key) -> tuple[int, ...]:
    return MODES["minor pentatonic"] if key.is_minor else MODES["major pentatonic"]
