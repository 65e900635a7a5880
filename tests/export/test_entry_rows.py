"""Entries in the report are measured in the file."""

from __future__ import annotations

from dataclasses import replace

from tests.export.exported import small_song

from songwright.export.entry_rows import entry_rows
from songwright.score.midi import write_midi


def test_an_entry_is_measured_in_the_file() -> None:
    song = small_song("rock, drums enter at bar 5, bass drops out at bar 9, 12 bars")
    rows = entry_rows(song.brief, song.plan, write_midi(song.score, song.perform()))
    assert [row[1] for row in rows] == ["drums from bar 5", "bass silent from bar 9"]
    assert rows[0][2] == "bars 5–12"
    assert rows[0][3].startswith("heard from bar 5 ")
    assert rows[1][3].endswith("to bar 8")
    assert all(row[4] for row in rows)


def test_who_plays_too_early_has_missed_the_entry() -> None:
    song = small_song("rock, drums enter at bar 5, 12 bars")
    bar = song.plan.meter.bar_ticks
    early = tuple(
        p.with_notes(tuple(replace(n, onset_ticks=max(0, n.onset_ticks - bar)) for n in p.notes))
        if p.role == "drums" else p
        for p in song.score.parts
    )  # fmt: skip
    (row,) = entry_rows(song.brief, song.plan, write_midi(replace(song.score, parts=early)))
    assert row[3].startswith("heard from bar 4 ")
    assert not row[4]


def test_a_soloist_is_alone_in_the_file() -> None:
    song = small_song("pop, piano alone for the first 4 bars, 12 bars")
    midi = write_midi(song.score, song.perform())
    (row,) = entry_rows(song.brief, song.plan, midi)
    assert row[2] == "alone in bars 1–4"
    assert row[3].startswith("alone from bar 1 ")
    assert row[4]
    others = replace(song.plan, rests=())
    assert entry_rows(song.brief, others, midi) == (row,)  # the plan's rests are not believed


def test_who_plays_in_one_chorus_only_has_missed_the_others() -> None:
    song = small_song("pop, strings in the chorus, 2 minutes")
    midi = write_midi(song.score, song.perform())
    (row,) = entry_rows(song.brief, song.plan, midi)
    assert row[4], row
    last = max(s.start_bar for s in song.plan.sections if s.function == "chorus")
    tick = last * song.plan.meter.bar_ticks
    silent = tuple(
        p.with_notes(tuple(n for n in p.notes if n.onset_ticks < tick)) for p in song.score.parts
    )
    (row,) = entry_rows(song.brief, song.plan, write_midi(replace(song.score, parts=silent)))
    assert not row[4]


def test_an_entry_past_the_end_is_missed() -> None:
    song = small_song("rock, 15 seconds, strings come in at 50 seconds")
    (row,) = entry_rows(song.brief, song.plan, write_midi(song.score))
    assert not row[4]


def test_nothing_is_said_of_what_was_not_asked() -> None:
    song = small_song("rock, 8 bars")
    assert entry_rows(song.brief, song.plan, write_midi(song.score)) == ()
