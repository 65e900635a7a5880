"""The arrangement over time: density, energy, who plays where.

Blocks are eight bars at a time from the first that sounds, whether sections are marked or not:
the human music of the bands is not marked, and contrast is always greater between marked sections.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from songwright.evaluate.model import NotDefined, Span
from songwright.evaluate.notes import Floats
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.symbolic.timing import everything

_BLOCK_BARS = 8
_SILENCE_DB = -30.0
_FLOW_LAGS = (1, 2, 3)


@once
def blocks_of(piece: Piece) -> tuple[Span, ...]:
    """Spans of eight bars; the last one may be shorter."""
    notes = everything(piece)
    if notes.size == 0:
        return ()
    first, last = int(notes["bar"].min()), int(notes["bar"].max()) + 1
    return tuple((b, min(b + _BLOCK_BARS, last)) for b in range(first, last, _BLOCK_BARS))


@once
def bar_density(piece: Piece) -> Floats:
    """Notes that begin in each bar."""
    return np.bincount(everything(piece)["bar"], minlength=piece.bars).astype(np.float64)


@once
def bar_energy_db(piece: Piece) -> Floats:
    """10 log10 of the sum of (velocity/127)² x beats of the notes of each bar.

    A drum stroke counts as half a beat; a note is at most a bar long.
    """
    power = np.zeros(piece.bars)
    notes = piece.notes
    beats = np.minimum((notes["end"] - notes["onset"]) / 480.0, 4.0)
    np.add.at(power, notes["bar"], (notes["velocity"] / 127.0) ** 2 * beats)
    np.add.at(power, piece.drums["bar"], (piece.drums["velocity"] / 127.0) ** 2 * 0.5)
    return np.where(power > 1e-3, 10.0 * np.log10(np.maximum(power, 1e-3)), _SILENCE_DB)


def eta_squared(values: Floats, groups: list[Floats]) -> float:
    """Share of the variance of ``values`` that lies between the groups."""
    total = float(np.sum((values - values.mean()) ** 2))
    if total <= 1e-12:
        return 0.0
    between = sum(len(g) * (float(g.mean()) - float(values.mean())) ** 2 for g in groups)
    return float(between / total)


@measures("density_contrast", "energy_contrast", "energy_span", "energy_range")
def contrast(piece: Piece) -> Findings:
    blocks = blocks_of(piece)
    if everything(piece).size < 8:
        raise NotDefined("there are fewer than eight notes")
    if len(blocks) < 2 or sum(b - a for a, b in blocks) < 8:
        raise NotDefined("the piece has fewer than two blocks of eight bars")
    for metric, curve in (
        ("density_contrast", bar_density(piece)),
        ("energy_contrast", bar_energy_db(piece)),
    ):
        groups = [curve[a:b] for a, b in blocks]
        yield Finding(metric, eta_squared(np.concatenate(groups), groups))
    energy = bar_energy_db(piece)
    means = [float(np.mean(energy[a:b])) for a, b in blocks]
    loud, soft = blocks[int(np.argmax(means))], blocks[int(np.argmin(means))]
    yield Finding("energy_span", max(means) - min(means), [soft, loud], "calmest and fullest")
    heard = energy[energy > _SILENCE_DB]
    yield Finding("energy_range", float(np.percentile(heard, 95) - np.percentile(heard, 10)))


@measures("dynamics_span", "energy_flow")
def flow(piece: Piece) -> Findings:
    """Written loudness alone, and whether neighbouring bars are of like energy (both own)."""
    notes = everything(piece)
    if np.unique(notes["bar"]).size < 8:
        raise NotDefined("fewer than eight bars sound")
    count = np.bincount(notes["bar"], minlength=piece.bars)
    level = np.bincount(notes["bar"], notes["velocity"], piece.bars) / np.maximum(count, 1)
    db = 20.0 * np.log10(np.maximum(level[count > 0], 1.0))
    yield Finding("dynamics_span", float(np.percentile(db, 95) - np.percentile(db, 5)))
    energy = bar_energy_db(piece)[count > 0]
    centred = energy - energy.mean()
    power = float(centred @ centred)
    if power <= 1e-9:
        yield Finding("energy_flow", None, why="every bar has the same energy")
        return
    lags = [float(centred[lag:] @ centred[:-lag]) / power for lag in _FLOW_LAGS]
    yield Finding("energy_flow", float(np.mean(lags)))


@measures("energy_plan", "peak_position")
def energy_curve(piece: Piece) -> Findings:
    """Correlation with the planned curve, and where the fullest eight bars lie (0..1)."""
    energy = bar_energy_db(piece)
    heard = np.flatnonzero(energy > _SILENCE_DB)
    if heard.size < 8:
        raise NotDefined("fewer than eight bars sound")
    first, last = int(heard[0]), int(heard[-1]) + 1
    width = min(8, max(2, (last - first) // 4))
    smooth = np.convolve(energy[first:last], np.ones(width) / width, mode="valid")
    top = int(np.argmax(smooth))
    place = (top + width / 2) / (last - first)
    yield Finding("peak_position", place, [(first + top, first + top + width)], "fullest bars")
    plan = piece.plan_energy
    if plan is None or plan.size < piece.bars - 1:
        yield Finding("energy_plan", None, why="no energy curve was planned")
        return
    size = min(plan.size, energy.size)
    asked, got = plan[:size], energy[:size]
    if asked.std() < 1e-6 or got.std() < 1e-6:
        why = "the planned or the measured energy does not change"
        yield Finding("energy_plan", None, why=why)
        return
    yield Finding("energy_plan", float(np.corrcoef(asked, got)[0, 1]))


@once
def activity(piece: Piece) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which part sounds in which bar, shape (parts, bars)."""
    notes = everything(piece)
    active = np.zeros((max(1, len(piece.parts)), piece.bars), bool)
    last = np.minimum(piece.bars_of(notes["end"] - 1), piece.bars - 1)
    reach = np.maximum(last - notes["bar"], 0)
    for step in range(min(int(reach.max(initial=0)), 16) + 1):
        there = reach >= step
        active[notes["part"][there], notes["bar"][there] + step] = True
    return active


@measures("entries_exits", "layers", "layers_span")
def layers(piece: Piece) -> Findings:
    """Share of block boundaries at which a part enters or leaves; parts sounding at once."""
    notes = everything(piece)
    if notes.size == 0:
        raise NotDefined("there are no notes")
    active = activity(piece)
    active = active[active.any(axis=1)]
    blocks = blocks_of(piece)
    by_bar = active.sum(axis=0)
    by_bar = by_bar[by_bar > 0]
    yield Finding("layers", float(by_bar.mean()))
    if len(active) < 2 or len(blocks) < 2:
        why = "there is only one part" if len(active) < 2 else "there is only one block of bars"
        yield Finding("entries_exits", None, why=why)
        yield Finding("layers_span", None, why=why)
        return
    changes = []
    for (a, b), (c, d) in pairwise(blocks):
        before = active[:, max(a, b - 2) : b].any(axis=1)
        after = active[:, c : min(d, c + 2)].any(axis=1)
        changes.append(bool(np.any(before != after)))
    bars = [(c, c + 1) for (c, _), change in zip(blocks[1:], changes, strict=True) if change]
    yield Finding("entries_exits", float(np.mean(changes)), bars[:12], "a part enters or leaves")
    means = [float(active[:, a:b].sum(axis=0).mean()) for a, b in blocks]
    yield Finding("layers_span", (max(means) - min(means)) / len(active))


@measures("note_density", "voices", "fills")
def density(piece: Piece) -> Findings:
    """Notes a bar of all parts, pitched voices at once, and drum strokes before a new block."""
    notes = everything(piece)
    if notes.size == 0:
        raise NotDefined("there are no notes")
    counts = bar_density(piece)
    yield Finding("note_density", float(counts[counts > 0].mean()))
    if piece.notes.size:
        yield Finding("voices", _mean_voices(piece))
    blocks = [b for b in blocks_of(piece) if b[1] - b[0] >= 3]
    if piece.drums.size < 16 or len(blocks) < 3:
        why = "there are no drums" if piece.drums.size < 16 else "there are fewer than three blocks"
        yield Finding("fills", None, why=why)
        return
    strokes = np.bincount(piece.drums["bar"], minlength=piece.bars).astype(np.float64)
    filled = [(b - 1, b) for a, b in blocks[:-1]
              if strokes[a:b].mean() > 0 and _is_fill(piece, a, b)]  # fmt: skip
    played = [1 for a, b in blocks[:-1] if strokes[a:b].mean() > 0]
    if not played:
        yield Finding("fills", None, why="the drums play in the last block only")
        return
    yield Finding("fills", len(filled) / len(played), filled[:12], "drums change before a block")


def _is_fill(piece: Piece, first: int, stop: int) -> bool:
    """True when the drums of the last bar of a block are not those of the bars before."""
    kinds = piece.drums["pitch"].astype(np.int64) * 64
    patterns = []
    for bar in range(max(first, stop - 4), stop):
        mine = piece.drums["bar"] == bar
        slot = np.round((piece.drums["onset"][mine] - piece.bar_starts[bar]) / 120.0)
        patterns.append(frozenset((kinds[mine] + slot.astype(np.int64)).tolist()))
    last, before = patterns[-1], patterns[:-1]
    if not last:
        return False
    nearest = max((len(last & p) / max(1, len(last | p)) for p in before), default=1.0)
    usual = [len(a & b) / max(1, len(a | b)) for a, b in pairwise(before)]
    return nearest < 0.75 and (not usual or nearest < float(np.mean(usual)))


def _mean_voices(piece: Piece) -> float:
    """Mean number of pitched notes sounding at once while any sounds."""
    notes = piece.notes
    moments = np.concatenate([notes["onset"], notes["end"]])
    change = np.concatenate([np.ones(notes.size), -np.ones(notes.size)])
    order = np.argsort(moments, kind="stable")
    level = np.cumsum(change[order])[:-1]
    span = np.diff(moments[order])
    sounding = level > 0
    return float(np.sum(level[sounding] * span[sounding]) / max(1.0, np.sum(span[sounding])))
