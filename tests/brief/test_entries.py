"""Who enters or leaves when, read from words."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.entries import entry_text
from songwright.brief.model import PartPlace

READ = (
    ("music box, then strings come in at 30 seconds",
     ["music box alone until 0:30", "strings from 0:30"]),
    ("only percussion for the first 16 bars, then bass",
     ["percussion alone until bar 17", "bass from bar 17"]),
    ("start with one clean guitar, end with a wall of sound",
     ["clean guitar alone until the end of the opening"]),
    ("rock, drums enter in the second verse", ["drums from the second verse"]),
    ("pop, bass comes in at bar 9", ["bass from bar 9"]),
    ("ambient, strings join at 0:30", ["strings from 0:30"]),
    ("house, no drums until 1:00", ["drums from 1:00"]),
    ("rock, drums drop out at 1:30", ["drums silent from 1:30"]),
    ("pop, piano alone for the first 8 bars", ["piano alone until bar 9"]),
    ("solo piano intro, the band joins in the chorus",
     ["piano alone until the first chorus", "everybody else from the first chorus"]),
    ("epic trailer, the choir only in the last chorus", ["choir only in the last chorus"]),
    ("at 0:30 the strings come in, calm piano", ["strings from 0:30"]),
    ("jazz, after 16 bars the bass enters", ["bass from bar 17"]),
    ("funk, drums drop out at 1:00 and come back at 1:15", ["drums silent from 1:00 until 1:15"]),
    ("pop, no drums in the intro", ["drums silent until the end of the intro"]),
    ("pop, no bass in the bridge", ["bass silent in each bridge"]),
    ("techno, bass from bar 17", ["bass from bar 17"]),
    ("film cue, starts with piano, strings enter at 0:20, drums at bar 17",
     ["piano alone until 0:20", "strings from 0:20", "drums from bar 17"]),
    ("drums enter at bar 9 and bass at bar 17, rock", ["drums from bar 9", "bass from bar 17"]),
    ("rock, drums and bass come in at 15 seconds", ["drums and bass from 0:15"]),
    ("piano alone until the strings enter at 0:30",
     ["piano alone until 0:30", "strings from 0:30"]),
    ("synthwave, the drums don't come in until the first chorus", ["drums from the first chorus"]),
    ("pop, strings only in the choruses", ["strings only in each chorus"]),
    ("house, drums until 1:00", ["drums until 1:00"]),
    ("begin with just solo cello then the orchestra enters at bar 13",
     ["cello alone until bar 13", "everybody else from bar 13"]),
    ("trumpet enters at 0:45 and stops at 1:15, jazz", ["trumpet from 0:45 until 1:15"]),
    ("solo acoustic guitar for the first 20 seconds, the full band comes in halfway",
     ["acoustic guitar alone until 0:20", "everybody else from 50% of the piece"]),
    ("orchestral, timpani only in the last 8 bars", ["timpani from 8 bars before the end"]),
    ("without drums for the first minute, house", ["drums silent until 1:00"]),
    ("acoustic guitar until 0:45, then electric guitar",
     ["acoustic guitar until 0:45", "electric guitar from 0:45"]),
    ("everyone but drums until 0:30", ["drums from 0:30"]),
    ("pop, piano, bass and drums, then strings enter at 0:30",
     ["piano and bass and drums alone until 0:30", "strings from 0:30"]),
    ("the beat drops in at 0:15, trap", ["beat from 0:15"]),
    ("intro with only piano, then the full band",
     ["piano alone until the end of the opening",
      "everybody else from the end of the opening"]),
    ("starts with piano, then drums at bar 9", ["piano alone until bar 9", "drums from bar 9"]),
    ("only piano for the first 8 bars, then drums at bar 9 and bass at bar 17",
     ["piano alone until bar 9", "drums from bar 9", "bass from bar 17"]),
    ("lofi, melody starts at bar 5", ["melody from bar 5"]),
    ("pop, strings come in after the first chorus", ["strings from the end of the first chorus"]),
    ("pop, no drums after the first chorus", ["drums silent from the end of the first chorus"]),
    ("pop, piano alone until the end of bar 8", ["piano alone until bar 9"]),
    ("rock, drums drop out at bar 17 for 8 bars", ["drums silent from bar 17 until bar 25"]),
    ("jazz, bass enters after bar 8", ["bass from bar 9"]),
    ("pop, drums enter in the opening verse", ["drums from the first verse"]),
    ("pop, strings in the chorus", ["strings only in each chorus"]),
    ("piano in the verses, choir in the choruses, pop",
     ["piano only in each verse", "choir only in each chorus"]),
    ("pop with piano, and strings in the last chorus", ["strings only in the last chorus"]),
    ("film, bells in the last 8 bars", ["bells from 8 bars before the end"]),
)  # fmt: skip


@pytest.mark.parametrize(("prompt", "entries"), READ, ids=[p for p, _ in READ])
def test_an_entry_is_read_and_nothing_else_from_its_words(prompt: str, entries: list[str]) -> None:
    brief = understand(prompt)
    assert [entry_text(e) for e in brief.entries] == entries
    assert brief.length is None
    assert not brief.only_these
    assert not brief.avoid
    assert not brief.not_understood
    assert [h.value for h in brief.heard if h.control == "entry"] == entries


@pytest.mark.parametrize(
    ("prompt", "seconds", "bars"),
    [
        ("rock, 30 seconds long", 30, None),
        ("piano and strings, 30 seconds", 30, None),
        ("pop, first 16 bars", None, 16),
        ("pop with drums, 16 bars", None, 16),
        ("house, no drums until 0:45, 2 minutes", 120, None),
        ("rock, drums enter at bar 9, 32 bars", None, 32),
    ],
)
def test_a_length_stays_a_length(prompt: str, seconds: int | None, bars: int | None) -> None:
    length = understand(prompt).length
    assert length is not None
    assert (length.unit, length.low) == (
        ("seconds", seconds) if seconds is not None else ("bars", bars)
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "lofi, comes in at 120 bpm",
        "rock, 30 seconds long",
        "pop, first 16 bars",
        "house, no drums",
        "solo piano, 40 seconds",
        "only piano and strings",
        "calm piano piece, builds to a climax at 1:10",
        "starts quiet, strings and piano",
        "trap beat at 140 bpm",
        "waltz for music box and strings, ends with a ritardando",
        "modulates up a tone in the last chorus, with strings",
        "rock, guitar solo in the bridge",
        "drums in the chorus are louder, rock",
        "strings in the background, lofi",
        "violin in C minor",
    ],
)
def test_other_words_are_no_entries(prompt: str) -> None:
    assert understand(prompt).entries == ()


def test_those_who_enter_are_asked_for() -> None:
    brief = understand("house, no drums until 1:00, then drums and strings")
    assert {r.word for r in brief.instruments} >= {"drums"}
    assert not brief.avoid


def test_places_are_what_they_say() -> None:
    brief = understand("drums enter at bar 9, strings come in at 1:05, bass joins in the 2nd verse")
    starts = [e.start for e in brief.entries]
    assert starts == [
        PartPlace(bar=8), PartPlace(seconds=65.0), PartPlace(section="verse", ordinal=2),
    ]  # fmt: skip


def test_two_entries_of_one_player_disagree() -> None:
    brief = understand("piano, strings enter at 0:30, strings enter at 1:00")
    assert [entry_text(e) for e in brief.entries] == ["strings from 1:00"]
    assert any("comes later" in c for c in brief.conflicts)


def test_a_return_without_a_rest_is_said() -> None:
    brief = understand("rock, drums return at 1:00")
    assert [entry_text(e) for e in brief.entries] == ["drums from 1:00"]
    assert any("return" in c for c in brief.conflicts)
