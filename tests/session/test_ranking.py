"""Sampled tunes are ranked by the same judge that reads finished pieces."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from songwright.brief import Brief, Length
from songwright.score import ChordSpan, KeyChange, MeterChange, Note, Part, Score, TempoChange
from songwright.session import song
from songwright.session.ranking import rank_tunes
from songwright.theory import Chord, Key, Meter

HYMN = (67, 67, 69, 67, 72, 71, 67, 67, 67, 69, 67, 74, 72, 72, 72, 72)
WILD = (60, 73, 62, 80, 61, 79, 66, 58, 81, 63, 70, 85, 59, 76, 64, 78)


def tune(pitches: Sequence[int]) -> Score:
    notes = tuple(Note(480 * i, 480, pitch) for i, pitch in enumerate(pitches))
    return Score(
        "", 4, (MeterChange(0, Meter(4, 4)),), (TempoChange(0, 90.0),),
        (KeyChange(0, Key("C", "major")),),
        chords=(ChordSpan(0, 4 * 1920, Chord("C", "")),),
        parts=(Part("lead", "Lead", "lead", "choir_aahs", notes),),
    )  # fmt: skip


def test_a_singable_tune_stands_above_a_wild_one() -> None:
    good, bad = rank_tunes("hymn_choral", [tune(HYMN), tune(WILD)])
    assert 0.0 <= bad < good - 0.1 <= 1.0
    assert rank_tunes("hymn_choral", [tune(WILD), tune(HYMN)]) == [bad, good]


def test_composing_asks_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def recorded(style_id: str, tunes: Sequence[Score]) -> list[float]:
        asked.append(len(tunes))
        return rank_tunes(style_id, tunes)

    monkeypatch.setattr(song, "rank_tunes", recorded)
    song.compose_brief(Brief(style="hymn_choral", length=Length("bars", 8, 8)), 5)
    assert asked
    asked.clear()
    song.compose_brief(Brief(style="techno", length=Length("bars", 8, 8)), 5, "rules")
    assert not asked
