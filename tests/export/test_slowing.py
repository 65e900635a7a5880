"""The ritardando in the report is read from the file."""

from __future__ import annotations

from dataclasses import replace

from tests.export.exported import small_song

from songwright.export.slowing import slowing_row
from songwright.score import TempoChange
from songwright.score.midi import write_midi


def test_a_ritardando_is_measured_in_the_file() -> None:
    song = small_song("waltz for music box, 12 bars, ends with a ritardando")
    midi = write_midi(song.score, song.perform())
    (row,) = slowing_row(song.brief, song.plan, midi)
    assert row[0] == "ritardando"
    assert row[4]
    even = replace(song.score, tempos=(TempoChange(0, song.plan.tempo_bpm),))
    (row,) = slowing_row(song.brief, song.plan, write_midi(even))
    assert row[3] == "down to 100% in the file"
    assert not row[4]


def test_nothing_is_said_of_what_was_not_asked() -> None:
    song = small_song("waltz for music box, 12 bars")
    assert slowing_row(song.brief, song.plan, write_midi(song.score)) == ()
