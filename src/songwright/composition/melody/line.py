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

_HOPELESS = 9.0  # a note that costs so much more than the best is never sung
_BEAM = 24  # states carried from note to note; more changes hardly any line


_State = tuple[float, int, int, bool]
"""Cost so far, pitch, kind of the move that led there (see `_move_kind`), is it a dissonance."""


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
    temperature: float = 0.5,
) -> tuple[int, ...]:
    """The best line through ``moments`` within ``low..high``; ``before`` is the note that precedes.

    ``temperature`` scales seeded noise on each choice: 0 gives the one cheapest line.
    """
    if not moments:
        return ()
    jumps = _interval_costs(round(facts.leap, 2))
    columns = [_candidates(m, low, high, facts, rng, temperature) for m in moments]
    states = _entries(columns[0], before, jumps[0])
    paths: list[dict[tuple[int, int], tuple[int, int]]] = []
    for column in columns[1:]:
        reached: dict[tuple[int, int], _State] = {}
        back: dict[tuple[int, int], tuple[int, int]] = {}
        for pitch, own, is_dissonant in column:
            for so_far, from_pitch, kind, unresolved in states:
                move = pitch - from_pitch + _WIDEST
                if not 0 <= move < _MOVES:
                    continue
                total = so_far + own + jumps[kind][move]
                if not _IS_STEP[move]:
                    if unresolved:
                        total += 6.0  # a dissonance resolves by step
                    if is_dissonant:
                        total += 1.5  # and is best reached by one
                key = (pitch, _KIND[move])
                known = reached.get(key)
                if known is None or total < known[0]:
                    reached[key] = (total, pitch, key[1], is_dissonant)
                    back[key] = (from_pitch, kind)
        if not reached:  # nothing within reach: jump to the cheapest note
            pitch, _, is_dissonant = min(column, key=lambda c: (c[1], c[0]))
            so_far, from_pitch, kind, _ = states[0]
            reached = {(pitch, 0): (so_far + 20.0, pitch, 0, is_dissonant)}
            back = {(pitch, 0): (from_pitch, kind)}
        paths.append(back)
        states = sorted(reached.values())[:_BEAM]
    state = states[0][1:3]
    line = [state[0]]
    for back in reversed(paths):
        state = back[state]
        line.append(state[0])
    return tuple(reversed(line))


def _entries(
    column: list[tuple[int, float, bool]], before: int | None, jumps: tuple[float, ...]
) -> list[_State]:
    """States of the first note; a leap from the note before costs, but never forbids."""
    states = []
    for pitch, own, is_dissonant in column:
        entry = 0.0
        if before is not None:
            move = pitch - before + _WIDEST
            entry = min(12.0, 0.6 * jumps[move]) if 0 <= move < _MOVES else 12.0
        states.append((own + entry, pitch, 0, is_dissonant))
    return sorted(states)[:_BEAM]


def _move_kind(move: int) -> int:
    """0 none or repeat, 1 step up, 2 step down, 3 leap up, 4 leap down."""
    if move == 0:
        return 0
    return (1 if abs(move) <= 2 else 3) + (move < 0)


_WIDEST = 12  # semitones; no wider leap is sung
_MOVES = 2 * _WIDEST + 1
_KIND = tuple(_move_kind(move) for move in range(-_WIDEST, _WIDEST + 1))
_IS_STEP = tuple(abs(move) <= 2 for move in range(-_WIDEST, _WIDEST + 1))
# Cost of each interval from unison to octave, before the style's taste for leaps.
_PLAIN = (0.9, 0.1, 0.0, 0.6, 0.8, 1.2, 5.0, 1.6, 2.6, 2.6, 5.0, 9.0, 2.8)


@cache
def _interval_costs(leap: float) -> tuple[tuple[float, ...], ...]:
    """Cost of each move from an octave down to an octave up, after each kind of move."""
    return tuple(
        tuple(_interval_cost(move, last, leap) for move in range(-_WIDEST, _WIDEST + 1))
        for last in range(5)
    )


def _interval_cost(move: int, last: int, leap: float) -> float:
    size = abs(move)
    rises, rose = move > 0, last in (1, 3)
    cost = _PLAIN[size] * (1.0 if size <= 2 else 1.35 - leap)
    if size == 0:
        return cost + (0.6 if last == 0 else 0.0)  # a third time the same note
    if last in (3, 4) and rises is rose:
        # Two leaps one way are rare, and after a leap the line turns back.
        return cost + (0.5 if size <= 2 else 2.5 if size > 4 else 0.8)
    if last in (1, 2) and size <= 2 and rises is not rose:
        return cost + 0.75  # running on beats rocking to and fro
    return cost


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
        return [(fallback, 0.0, False)]
    worst = min(cost for _, cost, _ in result) + _HOPELESS
    return [row for row in result if row[1] <= worst]


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
