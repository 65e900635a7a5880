"""Is a chord chart followed, bar by bar, in the markers and in the notes?"""

from __future__ import annotations

import numpy as np

from bench.measure import Piece
from bench.prompts_theory import parse_chord, same_chord

CHORD_TONES = 0.65
"""Least share of the pitched time on tones of the marked chord; in songs it is 0.7 to 0.9."""

Chart = list[str] | dict[str, list[str]]
"""Bars of chords, repeated to the end of the piece, or such bars for each section function."""


def follow_chart(wanted: Chart, piece: Piece) -> tuple[str, bool]:
    """What the chords of a piece are, in words, and whether they are those of the chart.

    Every bar must agree but the last one, which may close the piece; and the notes must really
    sound the chords, so that markers alone do not pass.
    """
    spans = piece.sections if isinstance(wanted, dict) else ((0, ""),)
    starts = [bar for bar, _ in spans] + [piece.bars]
    wrong, checked = [], 0
    for i, (first, function) in enumerate(spans):
        chart = wanted.get(function, []) if isinstance(wanted, dict) else wanted
        for bar in range(first, starts[i + 1]):
            if not chart or bar == piece.bars - 1:
                continue
            symbols = chart[(bar - first) % len(chart)].split()
            found = chords_of_bar(piece, bar)
            checked += 1
            if not _bar_agrees(symbols, found, piece, bar):
                names = " ".join(symbol for _, symbol in found)
                wrong.append(f"bar {bar + 1}: {' '.join(symbols)} became {names}")
    share = chord_tone_share(piece)
    measured = f"{len(wrong)} of {checked} bars differ{': ' * bool(wrong)}{'; '.join(wrong[:3])}"
    good = checked > 0 and not wrong and share >= CHORD_TONES
    return f"{measured}; {share:.0%} chord tones", good


def chords_of_bar(piece: Piece, bar: int) -> list[tuple[int, str]]:
    """(tick within the bar, symbol) of the chords of a bar, the one held over first."""
    low, high = int(piece.bar_starts[bar]), int(piece.bar_starts[bar + 1])
    held = [symbol for tick, symbol in piece.chords if tick <= low]
    found = [(0, held[-1])] if held else []
    for tick, symbol in piece.chords:
        if low < tick < high and (not found or symbol != found[-1][1]):
            found.append((tick - low, symbol))
    return found


def _bar_agrees(symbols: list[str], found: list[tuple[int, str]], piece: Piece, bar: int) -> bool:
    if len(symbols) != len(found):
        return False
    length = int(piece.bar_starts[bar + 1] - piece.bar_starts[bar])
    return all(
        same_chord(symbol, name) and abs(tick - length * i / len(symbols)) <= piece.beat
        for i, (symbol, (tick, name)) in enumerate(zip(symbols, found, strict=True))
    )


def chord_tone_share(piece: Piece) -> float:
    """Share of pitched sounding time that is a tone of the chord marked at that time."""
    ticks = [tick for tick, _ in piece.chords]
    inside = total = 0.0
    for i, (start, symbol) in enumerate(piece.chords):
        stop = ticks[i + 1] if i + 1 < len(ticks) else piece.end_tick
        chosen = ~piece.drum & (piece.onset < stop) & (piece.end > start)
        length = (np.minimum(piece.end, stop) - np.maximum(piece.onset, start))[chosen]
        try:
            tones = list(parse_chord(symbol).tones)
        except ValueError:
            continue  # a chord of the composer's own that the judge need not know
        inside += float(length[np.isin(piece.pitch[chosen] % 12, tones)].sum())
        total += float(length.sum())
    return inside / total if total else 0.0
