"""Voices against each other: parallels, crossings and clashes."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.chords import chords_of
from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Ticks
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import skyline

_MOST_VOICES = 8
_MOST_SLOTS = 16 * 400
_ONE_AT_A_TIME = 0.85
_DOUBLING = 0.5  # two voices that move in parallel this often are one voice, doubled


@once
def voice_lines(piece: Piece) -> tuple[Ticks, tuple[int, ...]]:
    """Pitch of each single-line part on each sixteenth (0 = rest), highest part first.

    Returns the grid (voices, slots) and the indices of the parts.
    """
    slots = min(_MOST_SLOTS, piece.end // SLOT_TICKS + 1)
    lines: list[tuple[float, int, Ticks]] = []
    for number in range(len(piece.parts)):
        mine = piece.notes[piece.notes["part"] == number]
        if mine.size < 8 or np.unique(mine["onset"]).size / mine.size < _ONE_AT_A_TIME:
            continue
        top = skyline(mine)
        first = np.clip(np.round(top["onset"] / SLOT_TICKS).astype(np.int64), 0, slots)
        last = np.clip(np.round(top["end"] / SLOT_TICKS).astype(np.int64), 0, slots)
        grid = np.zeros(slots, np.int64)
        for a, b, pitch in zip(first.tolist(), last.tolist(), top["pitch"].tolist(), strict=True):
            grid[a : max(b, a + 1)] = pitch
        lines.append((-float(top["pitch"].mean()), number, grid))
    lines.sort(key=lambda line: line[:2])
    lines = lines[:_MOST_VOICES]
    grid = np.array([line[2] for line in lines]) if lines else np.zeros((0, slots), np.int64)
    return grid, tuple(line[1] for line in lines)


@measures("parallel_perfects", "voice_crossing")
def voice_leading(piece: Piece) -> Findings:
    """Parallel fifths, octaves and unisons for each 100 common moves; time spent crossed."""
    grid, _ = voice_lines(piece)
    if len(grid) < 2:
        raise NotDefined("fewer than two parts play single lines")
    faults, moves, crossed, together = 0, 0, 0, 0
    where: list[int] = []
    for i in range(len(grid)):
        for j in range(i + 1, len(grid)):
            found, common, at = _parallels(grid[i], grid[j])
            if common and found / common <= _DOUBLING:
                faults, moves = faults + found, moves + common
                where.extend(at.tolist())
            if j == i + 1:
                both = (grid[i] > 0) & (grid[j] > 0)
                together += int(both.sum())
                crossed += int((both & (grid[i] < grid[j])).sum())
    if moves >= 8:
        bars = np.unique(piece.bars_of(np.array(where, np.int64) * SLOT_TICKS))[:12]
        spans = [(int(b), int(b) + 1) for b in bars]
        yield Finding("parallel_perfects", 100.0 * faults / moves, spans, "parallels")
    else:
        yield Finding("parallel_perfects", None, why="the parts hardly ever move together")
    if together:
        yield Finding("voice_crossing", crossed / together)


def _parallels(upper: Ticks, lower: Ticks) -> tuple[int, int, Ticks]:
    """Parallel perfect intervals, moments at which both move, and slots of the former."""
    a0, a1, b0, b1 = upper[:-1], upper[1:], lower[:-1], lower[1:]
    sounding = (a0 > 0) & (a1 > 0) & (b0 > 0) & (b1 > 0)
    both = sounding & (a0 != a1) & (b0 != b1)
    interval = (a0 - b0) % 12
    perfect = (interval == (a1 - b1) % 12) & ((interval == 0) | (interval == 7))
    same_way = (a1 > a0) == (b1 > b0)
    hit = np.flatnonzero(both & perfect & same_way)
    return hit.size, int(both.sum()), hit + 1


@measures("clash_share")
def clashes(piece: Piece) -> Findings:
    """Time with a minor second or ninth that the chord does not hold, as share of sounding time."""
    notes = piece.notes
    slots = min(_MOST_SLOTS, piece.end // SLOT_TICKS + 1)
    if notes.size < 8:
        raise NotDefined("there are fewer than eight pitched notes")
    first = np.round(notes["onset"] / SLOT_TICKS).astype(np.int64)
    last = np.maximum(np.round(notes["end"] / SLOT_TICKS).astype(np.int64), first + 1)
    edge = np.zeros((slots + 1, 128), np.int32)
    np.add.at(edge, (np.minimum(first, slots), notes["pitch"]), 1)
    np.add.at(edge, (np.minimum(last, slots), notes["pitch"]), -1)
    sounding = np.cumsum(edge[:-1], axis=0) > 0
    several = sounding.sum(axis=1) >= 2
    if not several.any():
        raise NotDefined("only one note sounds at a time")
    chords = chords_of(piece)
    allowed = np.zeros((slots, 12), bool)
    at = chords.at(np.arange(slots, dtype=np.int64) * SLOT_TICKS + SLOT_TICKS // 2)
    allowed[at >= 0] = chords.member[at[at >= 0]]
    fits = np.tile(allowed, (1, 11))[:, :128]
    clash = np.zeros(slots, bool)
    for apart in (1, 13):
        pair = sounding[:, :-apart] & sounding[:, apart:]
        clash |= np.any(pair & ~(fits[:, :-apart] & fits[:, apart:]), axis=1)
    ticks = np.flatnonzero(clash) * SLOT_TICKS
    count = np.bincount(np.minimum(piece.bars_of(ticks), piece.bars - 1), minlength=piece.bars)
    worst = np.sort(np.argsort(-count, kind="stable")[:6])
    spans = [(int(b), int(b) + 1) for b in worst if count[b] > 0]
    yield Finding("clash_share", float(clash.sum() / several.sum()), spans, "semitones and ninths")
