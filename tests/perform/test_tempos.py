"""Played parts know the tempo, for sounds that move in time with the music."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from songwright.perform import perform, performance_of_midi
from songwright.perform.takes import perform_marked, retimed
from songwright.score import Part, TempoChange, TimeMap
from songwright.score.midi import write_midi

CHANGES = (TempoChange(0, 120.0), TempoChange(7680, 90.0))
EXPECTED = ((0.0, 120.0), (8.0, 90.0))


def test_parts_are_told_every_tempo(
    plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    written = replace(score(*band), tempos=CHANGES)
    played = perform(written, plan(), playing())
    assert {part.tempos for part in played.parts} == {EXPECTED}
    marked, ticks = perform_marked(written, plan(), playing())
    assert marked == played
    before, after = TimeMap.of(written), TimeMap.of(score(*band, bpm=100.0))
    slower, _ = retimed(marked, ticks, before, after, lambda tick: (tick,), 15360, "final")
    assert {part.tempos for part in slower.parts} == {((0.0, 100.0),)}


def test_a_midi_file_tells_them_too(
    plan: Callable, score: Callable, playing: Callable, band: tuple[Part, ...]
) -> None:
    written = replace(score(*band), tempos=CHANGES)
    found = performance_of_midi(write_midi(written, perform(written, plan(), playing())))
    for at, bpm in found.parts[0].tempos:
        assert (round(at, 3), round(bpm, 3)) in EXPECTED
