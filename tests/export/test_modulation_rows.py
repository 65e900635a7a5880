"""Changes of key in the report are measured in the notes of the file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.export.exported import small_song

from songwright.export.modulation_rows import modulation_rows
from songwright.score.midi import write_midi


@pytest.mark.parametrize(
    ("prompt", "planned"),
    [
        ("pop in G major, key change at 0:30, 1 minute", "G major → A major"),
        ("hymn in D major, moves up a semitone at bar 9, 16 bars", "D major → Eb major at bar 9 "),
        (
            "rock in E minor, 32 bars, modulates up a tone at bar 17",
            "E minor → F# minor at bar 17 ",
        ),
        ("pop in C major, modulates down a tone in the last chorus", "C major → Bb major"),
    ],
)
def test_a_key_changes_where_it_was_asked_to(prompt: str, planned: str) -> None:
    song = small_song(prompt)
    (row,) = modulation_rows(song.brief, song.plan, write_midi(song.score, song.perform()))
    assert row[2].startswith(planned)
    assert row[4], row


def test_notes_that_stay_in_the_old_key_miss_it() -> None:
    song = small_song("hymn in D major, moves up a semitone at bar 9, 16 bars")
    bar = 9 * song.plan.meter.bar_ticks - song.plan.meter.bar_ticks
    stayed = tuple(
        p.with_notes(
            tuple(replace(n, pitch=n.pitch - 1) if n.onset_ticks >= bar else n for n in p.notes)
        )
        for p in song.score.parts
    )
    (row,) = modulation_rows(song.brief, song.plan, write_midi(replace(song.score, parts=stayed)))
    assert not row[4]


def test_a_change_past_the_end_is_missed() -> None:
    song = small_song("rock in E minor, 16 bars, key change at 5:00")
    rows = modulation_rows(song.brief, song.plan, write_midi(song.score))
    assert not any(row[4] for row in rows)


def test_nobody_asked() -> None:
    song = small_song("rock in E minor, 8 bars")
    assert modulation_rows(song.brief, song.plan, write_midi(song.score)) == ()
