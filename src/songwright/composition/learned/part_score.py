"""How well a candidate for a block of an accompanying part goes with what it accompanies.

The score adds up what a teacher of part-writing would mark, each term scaled so that one plain
fault costs about as much as any other:

- *rubs*: semitones, ninths and long seconds against tune, bass and inner voices, at every moment at
  which one of them begins; unisons with the tune; voices that cross;
- *parallels* of fifths and octaves with tune, bass and inner voices; dearer where style is strict;
- *leading*: leaps (also from the block before), leaps after which a line does not turn, notes off
  the chord that are not left by step, notes held into a chord to which they do not belong;
- *rhythm*: with the tune, between its notes, or steady from bar to bar, as the role asks, and as
  busy as the rules;
- *fullness*: silence where the rules play, chords without third, figures that stand still, wide
  hands, mud in the low register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from songwright.composition.learned.part_blocks import SINGLE, Block, sounding
from songwright.models.grid import TICKS_PER_STEP
from songwright.models.likeness import Sound, likeness
from songwright.theory.voicing import mud, parallels

_RUBS = {1: 1.5, 13: 1.2, 2: 0.5, 14: 0.15, 11: 0.5, 10: 0.1, 6: 0.1}
"""Price of an interval in semitones."""

_SILENT = -100.0
_FEW = 6
_BEAT = 12  # steps that a suspension may last
_HAND = 16  # widest chord in semitones: a tenth
_WIDE = 5  # semitones beyond which a step is a leap


@dataclass(frozen=True)
class Heard:
    """A block with all that sounds in it, step by step, and what came before.

    ``below`` says for each of the ``others`` whether the part belongs below it.
    """

    block: Block
    tune: list[tuple[int, ...]]
    bass: list[tuple[int, ...]]
    others: list[list[tuple[int, ...]]]
    chord: list[frozenset[int]]
    struck: frozenset[int]
    below: tuple[bool, ...] = ()
    before: tuple[int, ...] = ()
    reference: tuple[Sound, ...] = ()


def heard(block: Block, before: tuple[int, ...] = (), reference: tuple[Sound, ...] = ()) -> Heard:
    """Prepare a block for scoring.

    ``before`` are the pitches with which the block before ended, ``reference`` the notes that this
    one follows; both in C.
    """
    steps, frame = block.steps, block.frame
    own_bass = block.stage.part.role == "bass"
    bass = () if own_bass else block.heard(block.stage.bass)
    return Heard(
        block, sounding(block.heard(block.stage.tune), steps), sounding(bass, steps),
        [sounding(line, steps) for line in block.others], block.chords,
        frozenset(s.onset for s in frame.tune), _below(block), before, reference,
    )  # fmt: skip


def _below(block: Block) -> tuple[bool, ...]:
    middle = sum(block.bounds) / 2
    return tuple(middle <= sum(s.pitch for s in line) / max(1, len(line)) for line in block.others)


def score_block(line: Sequence[Sound], told: Heard) -> float:
    """The score of a candidate, in C; 0 is faultless, a few points below is usual."""
    if not line:
        return _SILENT
    own = sounding(line, told.block.steps)
    score = -_rubs(line, own, told) - _parallels(own, told) - _fullness(line, own, told)
    score -= _leading(line, told) * told.block.manner.smooth
    return score + _rhythm(line, told)


def _rubs(line: Sequence[Sound], own: list[tuple[int, ...]], told: Heard) -> float:
    steps, role = told.block.steps, told.block.stage.part.role
    moments = sorted({s.onset for s in line} | told.struck)
    moments = [m for m in moments if 0 <= m < steps and own[m]]
    price = 0.0
    for m in moments:
        strong = 1.0 if _strength(told, m) >= 2 else 0.6
        for other in (told.tune[m], told.bass[m], *(line_[m] for line_ in told.others)):
            for q in other:
                for p in own[m]:
                    fit = p % 12 in told.chord[m] and q % 12 in told.chord[m]
                    price += strong * _RUBS.get(abs(p - q), 0.0) * (0.4 if fit else 1.0)
        if role in SINGLE and told.tune[m]:
            top = told.tune[m][-1]
            price += 0.5 * (own[m][-1] == top)
            price += 0.15 * ((own[m][-1] - top) % 12 == 0)
        price += _crossing(own[m], m, told)
    return 4.0 * price / max(4, len(moments))


def _crossing(own: tuple[int, ...], m: int, told: Heard) -> float:
    role = told.block.stage.part.role
    price = 0.0
    for other, below in zip(told.others, told.below, strict=True):
        if other[m]:
            price += 0.7 * (own[0] == other[m][0])
            price += 0.5 * (own[0] > other[m][0] if below else own[0] < other[m][0])
    if told.tune[m] and role in ("inner", "chords", "bass"):
        price += 0.6 * (own[-1] > told.tune[m][-1])
    if told.bass[m] and role != "bass":
        price += 0.8 * (own[0] < told.bass[m][0])
    return price


def _strength(told: Heard, step: int) -> int:
    meter = told.block.stage.meter
    return meter.strength(step * TICKS_PER_STEP % meter.bar_ticks)


def _parallels(own: list[tuple[int, ...]], told: Heard) -> float:
    """Fifths and octaves in parallel with each other single line, wherever both move."""
    if told.block.stage.part.role not in ("inner", "counter", "bass"):
        return 0.0
    wrong = 0
    for other in (told.tune, told.bass, *told.others):
        pairs = [
            (mine[0], theirs[-1])
            for mine, theirs in zip(own, other, strict=True)
            if mine and theirs
        ]
        wrong += sum(parallels(a, b) for a, b in pairwise(pairs) if a != b)
    return (1.5 if told.block.facts.strict else 0.4) * wrong


def _leading(line: Sequence[Sound], told: Heard) -> float:
    tops = _tops(line)
    notes = [s.pitch for s in tops]
    price = 0.0
    joined = [*told.before[-1:], *notes]
    steps = [b - a for a, b in pairwise(joined)]
    price += sum(0.12 * max(0, abs(d) - 2) for d in steps) / max(1, len(steps)) * 4
    faults = 0.0
    for d, after in pairwise(steps):  # a leap turns back
        if abs(d) > _WIDE and (abs(after) > 4 or d * after > 0):
            faults += 0.3
    for i, sound in enumerate(tops):
        foreign = sound.pitch % 12 not in told.chord[sound.onset]
        if foreign and (i + 1 == len(tops) or abs(tops[i + 1].pitch - sound.pitch) > 2):
            faults += 0.5
        faults += _held_over(tops, i, told)
    price += faults * min(1.0, _FEW / len(tops))  # busy lines are not to pay for being busy
    if told.block.stage.part.role in ("inner", "counter"):
        same = sum(d == 0 for d in steps) / max(1, len(steps))
        price += 1.2 * max(0.0, same - 0.5)
    if told.block.voices > 1:
        price += _lower_voices(line, told)
    return price


def _held_over(tops: Sequence[Sound], i: int, told: Heard) -> float:
    """A note that a new chord makes foreign; a suspension, which a step resolves, is no fault."""
    sound = tops[i]
    end = min(told.block.steps, sound.onset + sound.duration)
    wrong = sum(sound.pitch % 12 not in told.chord[m] for m in range(sound.onset + 1, end))
    if not wrong:
        return 0.0
    step = tops[i + 1].pitch - sound.pitch if i + 1 < len(tops) else 0
    if sound.pitch % 12 in told.chord[sound.onset] and wrong <= _BEAT and step in (-1, -2):
        return 0.0
    return min(1.5, wrong / _BEAT)


def _lower_voices(line: Sequence[Sound], told: Heard) -> float:
    """How far the lowest notes of successive chords move."""
    lows: dict[int, int] = {}
    for s in line:
        lows[s.onset] = min(s.pitch, lows.get(s.onset, 127))
    row = [*told.before[:1], *(lows[onset] for onset in sorted(lows))]
    return sum(0.05 * max(0, abs(b - a) - 4) for a, b in pairwise(row))


def _tops(line: Sequence[Sound]) -> list[Sound]:
    top: dict[int, Sound] = {}
    for s in sorted(line, key=lambda s: (s.onset, s.pitch)):
        top[s.onset] = s
    return [top[onset] for onset in sorted(top)]


def _rhythm(line: Sequence[Sound], told: Heard) -> float:
    block = told.block
    onsets = {s.onset for s in line}
    kind = block.manner.rhythm
    busier = abs(log2(len(onsets) / block.onsets))
    bar = block.stage.meter.bar_ticks // TICKS_PER_STEP
    score = -1.2 * busier
    on_pulse = sum(_strength(told, m) >= 2 for m in onsets) / len(onsets)
    if kind == "together":
        score += 0.8 * len(onsets & told.struck) / len(onsets) + 0.4 * on_pulse
    elif kind == "between":
        clear = len(onsets - told.struck) / len(onsets)
        score += 0.8 * clear + 0.4 * on_pulse
    else:
        rows = [{m % bar for m in onsets if m // bar == b} for b in range(len(block.bars))]
        if told.reference:
            rows.append({s.onset % bar for s in told.reference if s.onset < bar})
        for a, b in pairwise(rows):
            score += 1.0 * len(a & b) / max(1, len(a | b)) / (len(rows) - 1)
        score += 0.5 * on_pulse + 0.4 * (0 in onsets)
    if told.reference:
        like = likeness(line, told.reference, bar)
        score -= 0.8 * abs(like - block.manner.like)
    return score


def _fullness(line: Sequence[Sound], own: list[tuple[int, ...]], told: Heard) -> float:
    block = told.block
    ruled = [
        Sound((n.onset_ticks - block.start) // TICKS_PER_STEP,
              max(1, n.duration_ticks // TICKS_PER_STEP), n.pitch) for n in block.ruled
    ]  # fmt: skip
    played = sum(map(bool, own)) / block.steps
    wanted = sum(map(bool, sounding(ruled, block.steps))) / block.steps
    price = (8.0 if block.is_full else 4.0) * max(0.0, wanted - played - 0.04)
    first = min((s.onset for s in ruled), default=0)
    price += 0.05 * max(0, min(s.onset for s in line) - first - 6)
    if block.stage.part.role == "counter" and len({s.pitch for s in line}) < 3:
        price += 0.3
    if block.stage.part.role in ("arp", "riff") or (block.voices == 1 and not told.bass):
        price += 0.6 * (len({s.pitch for s in line}) < 3)
    if block.stage.part.role in ("arp", "chords") and block.voices == 1:
        price += _figure(line, told)
    if block.voices > 1:
        price += _chords(line, own, told)
    if block.stage.part.role == "inner":
        price += _incomplete(own, told)
    return price


def _figure(line: Sequence[Sound], told: Heard) -> float:
    """A broken chord that stands still, or whose lowest notes lie far from those of the rules."""
    block, price = told.block, 0.0
    row = [s.pitch for s in line]
    same = sum(a == b for a, b in pairwise(row)) / max(1, len(row) - 1)
    price += 3.0 * max(0.0, same - 0.1)
    low = min(n.pitch for n in block.ruled) + block.shift
    return price + 0.06 * max(0, min(row) - low - 2)


def _incomplete(own: list[tuple[int, ...]], told: Heard) -> float:
    """Pulses on which all voices together leave out a note of the triad."""
    price, count = 0.0, 0
    for m in range(told.block.steps):
        if _strength(told, m) < 2 or not own[m]:
            continue
        voices = (own[m], told.tune[m], told.bass[m], *(line[m] for line in told.others))
        pcs = {p % 12 for voice in voices for p in voice}
        count += 1
        price += max(0, min(3, len(told.chord[m])) - len(pcs & told.chord[m]))
    return 1.6 * price / max(1, count)


def _chords(line: Sequence[Sound], own: list[tuple[int, ...]], told: Heard) -> float:
    """Hands too wide, mud, and chords whose third nobody plays."""
    onsets = sorted({s.onset for s in line})
    price = 0.0
    for m in onsets:
        price += 0.1 * max(0, own[m][-1] - own[m][0] - _HAND) + 0.15 * min(4, mud(own[m]))
    price *= 4 / max(4, len(onsets))
    starts = [m for m in range(len(own)) if m == 0 or told.chord[m] != told.chord[m - 1]]
    for a, b in pairwise([*starts, len(own)]):
        heard_pcs = {p % 12 for m in range(a, b) for p in own[m]}
        price += 0.25 * max(0, min(3, len(told.chord[a])) - len(heard_pcs & told.chord[a]))
    return price
