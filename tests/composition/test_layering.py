"""Parts that join half-way through a section."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief import Brief, Length
from songwright.composition.layering import half_way, joined_late, staggered
from songwright.composition.plan import PartPlan, SectionPlan
from songwright.score import Note
from songwright.session import compose_brief
from songwright.theory import Key

KEY = Key("C", "major")
PARTS = tuple(
    PartPlan(name, name, role, instrument, (), 30, 90, enters_at=enters)
    for name, role, instrument, enters in (
        ("lead", "lead", "flute", 0.2),
        ("keys", "chords", "electric_piano_1", 0.0),
        ("pad", "pad", "pad_2_warm", 0.2),
        ("arp", "arp", "music_box", 0.4),
        ("bass", "bass", "electric_bass_finger", 0.1),
        ("drums", "drums", "standard_kit", 0.2),
    )
)
EVERYONE = tuple(part.id for part in PARTS)


def section(
    function: str, playing: tuple[str, ...], start: int = 0, occurrence: int = 0, bars: int = 8
) -> SectionPlan:
    phrases = (4,) * (bars // 4)
    return SectionPlan(
        f"{function}{start}", function, function, occurrence, start, bars, phrases, 0.5, KEY,
        playing,
    )  # fmt: skip


def test_an_introduction_is_joined_by_its_players() -> None:
    intro = section("intro", ("keys", "pad", "bass", "drums"))
    (found,) = staggered((intro,), PARTS)
    assert found.late == ("pad",)


def test_what_a_verse_adds_comes_with_its_second_half_and_a_lift_comes_at_once() -> None:
    intro = section("intro", ("keys", "bass", "drums"), bars=2)
    verse = section("verse", EVERYONE, start=2)
    chorus = section("chorus", EVERYONE, start=2)
    assert staggered((intro, verse), PARTS)[1].late == ("arp",)
    assert staggered((intro, chorus), PARTS)[1].late == ()


def test_a_tune_that_comes_back_begins_thinner() -> None:
    first, second = section("verse", EVERYONE), section("verse", EVERYONE, 8, occurrence=1)
    assert staggered((first, second), PARTS)[1].late == ("arp",)


def test_requested_parts_tune_bass_drums_and_the_only_harmony_never_wait() -> None:
    asked = tuple(replace(part, requested=part.id == "arp") for part in PARTS)
    verse = section("verse", EVERYONE)
    assert "arp" not in staggered((verse,), asked)[0].late
    assert not {"lead", "bass", "drums"} & set(staggered((verse,), PARTS)[0].late)
    small = section("verse", ("lead", "keys", "bass", "drums"))
    assert staggered((small,), PARTS)[0].late == ()


def test_those_who_wait_are_silent_until_the_phrase_in_the_middle() -> None:
    verse = replace(section("verse", EVERYONE, start=4), late=("arp",))
    assert half_way(verse) == 8
    notes = tuple(Note(bar * 1920, 480, 60) for bar in range(4, 12))
    assert joined_late("arp", notes, (verse,), 1920) == notes[4:]
    assert joined_late("keys", notes, (verse,), 1920) == notes


@pytest.mark.parametrize("style", ["pop", "lofi_hiphop"])
def test_composed_parts_wait_as_planned(style: str) -> None:
    song = compose_brief(Brief(style=style, length=Length("bars", 40, 40)), 5)
    bar = song.plan.meter.bar_ticks
    waiting = [(s, part) for s in song.plan.sections for part in s.late]
    assert waiting
    for found, part_id in waiting:
        onsets = [n.onset_ticks for p in song.score.parts if p.id == part_id for n in p.notes]
        assert not any(found.start_bar * bar <= t < half_way(found) * bar for t in onsets)


def test_nobody_waits_at_the_seam_of_a_loop() -> None:
    verse = section("verse", EVERYONE)
    assert staggered((verse,), PARTS)[0].late == ("pad", "arp")
    assert staggered((verse,), PARTS, loops=True)[0].late == ()
    thin = section("verse", ("lead", "keys", "bass", "drums"), start=8)
    assert staggered((verse, thin), PARTS, loops=True)[0].late == ("arp",)  # new again
