"""Sections with a time of their own are heard; other times stay what they are."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.model import SectionPlace


@pytest.mark.parametrize(
    ("prompt", "places"),
    [
        ("techno, breakdown at 1:30 and drop at 2:00", [("breakdown", 90), ("drop", 120)]),
        ("rock, the chorus comes in at 45 seconds", [("chorus", 45)]),
        ("pop, bridge from 1:10, 2 minutes", [("bridge", 70)]),
        ("house, at 0:40 the breakdown", [("breakdown", 40)]),
        ("pop; intro 0:00, verse 0:15, chorus 0:45", [("intro", 0), ("verse", 15), ("chorus", 45)]),
        ("0:00 intro, 0:20 verse, 0:50 drop; folk", [("intro", 0), ("verse", 20), ("drop", 50)]),
    ],
)  # fmt: skip
def test_times_of_sections(prompt: str, places: list[tuple[str, float]]) -> None:
    brief = understand(prompt)
    assert brief.places == tuple(SectionPlace(name, seconds) for name, seconds in places)
    assert not any(word[:1].isdigit() for word in brief.not_understood)


def test_which_of_them() -> None:
    brief = understand("funk, first drop at 0:30, second drop at 1:00, last chorus at 2:00")
    assert brief.places == (
        SectionPlace("drop", 30, ordinal=1),
        SectionPlace("drop", 60, ordinal=2),
        SectionPlace("chorus", 120, ordinal=-1),
    )


def test_a_bar_counts_from_one() -> None:
    assert understand("rock, chorus at bar 17").places == (SectionPlace("chorus", bar=16),)


def test_a_timeline_is_a_form() -> None:
    brief = understand("pop: intro 0:00, verse 0:15, chorus 0:45, verse 1:15, chorus 1:45")
    assert [s.function for s in brief.form] == ["intro", "verse", "chorus", "verse", "chorus"]
    assert not understand("pop, verse 0:15, chorus 0:45, verse 1:15").form


def test_the_bridge_of_a_form_of_letters_is_its_second_one() -> None:
    assert understand("jazz, AABA, bridge at 0:30").places == (SectionPlace("B", 30.0),)


@pytest.mark.parametrize(
    "prompt",
    ["techno, drop at 1:00, 2 minutes", "pop, ending at 1:30", "rock, verse and chorus at 120 bpm",
     "folk at 1:30", "pop, 1:30, verse chorus verse", "ad, opening at 0:10"],
)  # fmt: skip
def test_other_times_are_no_places(prompt: str) -> None:
    assert understand(prompt).places == ()


def test_a_place_is_no_length() -> None:
    brief = understand("techno with a breakdown at 1:30, 3 minutes")
    assert brief.length is not None
    assert brief.length.low == 180.0
    assert understand("techno with a breakdown at 1:30").length is None
