"""The key of a chord chart that came without one.

A chart says its key by the notes that its chords share, by the chords that it begins and ends with,
and by the dominant that leads back to its beginning. Where two keys share every chord ("Am F C G"),
the mood decides, and last the first chord.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from songwright.brief.model import Brief, ChartBar
from songwright.theory import Chord, Key, parse_chord

_MODES = {"major": 0.0, "minor": 0.0, "dorian": -0.05, "mixolydian": -0.05}
"""Modes that charts are written in, and what a mode must gain over major or minor to be chosen."""

_RELATIVE = {"dorian": 2, "mixolydian": 7}  # semitones above the major key with the same notes
_DOMINANTS = ("7", "9", "13", "7b9", "7#9", "7b13", "7alt", "7sus4", "9sus4", "7#11", "7b5", "aug7")

_LEADING_NOTE = 0.8  # how well the raised seventh fits a minor key
_FIRST, _LAST, _TURNING, _HOME, _MOOD = 0.08, 0.06, 0.04, 0.05, 0.1
_CADENCE, _RESOLVED = 0.08, 0.2


def key_of_charts(brief: Brief, side: str = "") -> Key | None:
    """The key in which the chords of a brief lie best, or None when it has no chord symbols.

    Parameters
    ----------
    side
        ``"major"`` or ``"minor"`` where the mood leads to expect one (`songwright.brief.leaning`).
    """
    bars = brief.chart or tuple(bar for section in brief.form for bar in section.chart)
    chords = _chords(bars)
    if not chords:
        return None
    keys = [
        (_worth(chords, key, side) + bonus, key)
        for mode, bonus in _MODES.items()
        if not brief.mode or mode == brief.mode
        for key in (Key("C", mode).transposed(step) for step in range(12))
    ]
    return max(keys, key=lambda pair: round(pair[0], 9))[1] if keys else None


def _chords(bars: Sequence[ChartBar]) -> list[tuple[Chord, float]]:
    """Chords with their lengths in bars; none when the chart is in roman numerals."""
    try:
        return [
            (parse_chord(symbol), share)
            for bar in bars
            for symbol, share in zip(bar.chords, bar.shares, strict=True)
        ]
    except ValueError:
        return []


def _worth(chords: Sequence[tuple[Chord, float]], key: Key, side: str) -> float:
    scale = dict.fromkeys(key.scale_pcs, 1.0)
    if key.mode == "minor":
        scale[(key.tonic_pc + 11) % 12] = _LEADING_NOTE
    whole = sum(length for _, length in chords)
    fit = sum(
        length * sum(scale.get(pc, 0.0) for pc in chord.pcs) / len(chord.pcs)
        for chord, length in chords
    )
    first, last = chords[0][0], chords[-1][0]
    worth = fit / whole
    worth += _FIRST * _is_home(first, key) + _LAST * _is_home(last, key)
    worth += _TURNING * (last.root_pc == (key.tonic_pc + 7) % 12 and not last.is_minor)
    worth += _HOME * any(_is_home(chord, key) for chord, _ in chords)
    worth += _CADENCE * _cadences(chords, key.tonic_pc, key.is_minor)
    if key.mode in _RELATIVE:  # "Dm7 G7 C" is no D dorian
        worth -= _RESOLVED * _cadences(chords, (key.tonic_pc - _RELATIVE[key.mode]) % 12, False)
    return worth + _MOOD * (side == ("minor" if key.is_minor else "major"))


def _cadences(chords: Sequence[tuple[Chord, float]], tonic_pc: int, minor: bool) -> bool:
    """True where a dominant seventh falls to a tonic chord within the chart."""
    return any(
        before.root_pc == (tonic_pc + 7) % 12
        and before.quality in _DOMINANTS
        and after.root_pc == tonic_pc
        and after.is_minor is minor
        and after.quality not in _DOMINANTS
        for (before, _), (after, _) in pairwise(chords)
    )


def _is_home(chord: Chord, key: Key) -> bool:
    return chord.root_pc == key.tonic_pc and chord.is_minor is key.is_minor
