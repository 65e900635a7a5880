"""Heard curves of scores whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate.curves import heard_curves, rank_correlation
from songwright.score import KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.theory import Key, Meter


def score(bars: list[list[tuple[int, int, int, int]]]) -> Score:
    """One piano; bars of (onset, duration, pitch, velocity), ticks from the bar line."""
    notes = tuple(
        Note(b * 1920 + on, length, pitch, velocity)
        for b, inner in enumerate(bars) for on, length, pitch, velocity in inner
    )  # fmt: skip
    return Score(
        "x", len(bars), (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 120.0),),
        (KeyChange(0, Key("C", "major")),),
        parts=(Part("p", "Piano", "chords", "acoustic_grand_piano", notes),),
    )  # fmt: skip


def chord(*pitches: int, velocity: int = 80) -> list[tuple[int, int, int, int]]:
    return [(0, 1920, p, velocity) for p in pitches]


def test_known_bars() -> None:
    heard = heard_curves(score([
        chord(60, 64, 67), chord(60, 64, 67, 71), chord(72, 76, 79, velocity=127), [],
        [(t, 480, 60, 80) for t in (0, 480, 960, 1440)],
    ]))  # fmt: skip
    assert heard["density"].tolist() == [1, 1, 1, 0, 4]
    assert heard["register"][2] - heard["register"][0] == pytest.approx(12.0)
    assert np.isnan(heard["register"][3])
    assert heard["tension"][0] == pytest.approx(-(0.594 + 0.386 + 1.240) / 3)
    assert heard["tension"][1] > heard["tension"][0]
    assert heard["tension"][2] == pytest.approx(heard["tension"][0])
    assert heard["energy"][2] - heard["energy"][0] == pytest.approx(20 * np.log10(127 / 80))
    assert np.isnan(heard["energy"][3])


def test_broken_chords_are_as_tense_as_struck_ones() -> None:
    broken = [(i * 240, 240, p, 80) for i, p in enumerate((60, 64, 67, 71) * 2)]
    heard = heard_curves(score([broken, chord(60, 64, 67, 71)]))["tension"]
    assert heard[0] == pytest.approx(heard[1])


def test_rank_correlation() -> None:
    assert rank_correlation([0.1, 0.2, 0.3, 0.9], np.array([1.0, 5.0, 6.0, 90.0])) == 1.0
    assert rank_correlation([0, 1, 2, 3], np.array([3.0, 2.0, 1.0, 0.0])) == -1.0
    assert rank_correlation([0, 1, 2, 3], np.ones(4)) is None
    assert rank_correlation([0, 1, 2], np.arange(3.0)) is None
    assert rank_correlation([0, 1, 2, 3, 9], np.array([0.0, 1.0, 2.0, 3.0, np.nan])) == 1.0
    tied = rank_correlation([0, 0, 1, 1], np.array([1.0, 2.0, 3.0, 4.0]))
    assert tied == pytest.approx(0.894, abs=0.001)
