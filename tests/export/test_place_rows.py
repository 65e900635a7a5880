"""Sections with a place are planned and measured as the one that was named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.export.exported import small_song

from songwright.brief.model import SectionPlace
from songwright.export.place_rows import place_rows
from songwright.score.midi import write_midi


@pytest.mark.parametrize("which", ["second chorus at 1:30", "last chorus at 2:15"])
def test_the_chorus_that_was_named_comes_then(which: str) -> None:
    song = small_song(f"pop, {which}, 3 minutes")
    (place,) = song.brief.places
    assert place.ordinal == (2 if "second" in which else -1)
    midi = write_midi(song.score, song.perform())
    (row,) = place_rows(song.brief, song.plan, midi)
    assert row[4], row
    other = replace(song.brief, places=(replace(place, ordinal=1),))
    assert not place_rows(other, song.plan, midi)[0][4]  # the first chorus does not


def test_a_bar_is_that_bar() -> None:
    song = small_song("rock, chorus at bar 17, 48 bars")
    midi = write_midi(song.score)
    assert place_rows(song.brief, song.plan, midi)[0][4]
    beside = replace(song.brief, places=(SectionPlace("chorus", bar=17),))
    assert not place_rows(beside, song.plan, midi)[0][4]


def test_a_timeline_is_the_whole_form() -> None:
    line = "intro 0:00, verse 2:00, chorus 2:15, verse 2:30, chorus 2:45"
    song = small_song(f"{line}, pop, 3 minutes")
    functions = [section.function for section in song.plan.sections]
    assert functions == ["intro", "verse", "chorus", "verse", "chorus"]
