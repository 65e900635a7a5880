"""Named players take the seat of the usual one; exceptions and families."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.planning import make_plan
from songwright.score import instrument


def _players(prompt: str) -> list[str]:
    return [part.instrument for part in make_plan(understand(prompt), 1).parts]


@pytest.mark.parametrize(
    ("prompt", "plays", "gone"),
    [
        ("jazz trio with electric bass", "electric_bass_finger", "acoustic_bass"),
        ("rock band with synth bass", "synth_bass_1", "electric_bass_pick"),
        ("rock band with brushes", "brush_kit", "power_kit"),
        ("pop with upright bass", "acoustic_bass", "electric_bass_finger"),
        ("jazz quartet with clarinet", "clarinet", "tenor_sax"),
        ("jazz quartet with trumpet instead of sax", "trumpet", "tenor_sax"),
        ("jazz trio with guitar", "electric_guitar_jazz", "acoustic_grand_piano"),
        ("bossa with flute lead instead of guitar", "flute", "acoustic_guitar_nylon"),
    ],
)
def test_a_named_player_replaces_the_usual_one(prompt: str, plays: str, gone: str) -> None:
    players = _players(prompt)
    assert plays in players
    assert gone not in players


@pytest.mark.parametrize("prompt", ["jazz trio with electric bass", "rock band with synth bass"])
def test_there_is_one_bass(prompt: str) -> None:
    assert sum(instrument(i).family == "bass" for i in _players(prompt)) == 1


def test_who_finds_no_seat_joins() -> None:
    five = _players("string quartet with clarinet")
    assert sorted(five) == ["cello", "clarinet", "viola", "violin", "violin"]
    assert _players("quartet with clarinet") == ["clarinet", "violin", "viola", "cello"]
    assert len(_players("string quartet with a soaring violin")) == 4


def test_an_ensemble_gives_way_to_a_negative() -> None:
    assert "power_kit" not in _players("rock band without drums")
    brief = understand("rock band without drums")
    assert not [c for c in brief.conflicts if "disagree" in c]


@pytest.mark.parametrize(
    "prompt",
    [
        "orchestral piece, exclude the flute, woodwinds otherwise",
        "orchestral piece with woodwinds but no flute",
        "orchestral piece, woodwinds except the flute",
        "orchestral piece, woodwinds apart from the flute",
        "orchestral piece, woodwinds but not the flute",
    ],
)
def test_a_family_less_one_of_it(prompt: str) -> None:
    players = _players(prompt)
    assert "flute" not in players
    reeds = [i for i in players if i in ("oboe", "clarinet", "bassoon", "english_horn")]
    assert len(reeds) >= 2


@pytest.mark.parametrize("but", ["except horn", "apart from a french horn", "other than the horn"])
def test_a_negative_less_one_of_it(but: str) -> None:
    brief = understand(f"orchestral piece, no brass {but}")
    players = [part.instrument for part in make_plan(brief, 1).parts]
    brass = {i for i in players if instrument(i).family == "brass"}
    assert brass == {"french_horn"}
    assert not brief.not_understood


def test_any_of_a_family_but_one() -> None:
    players = _players("pop, any keyboard except piano")
    assert "acoustic_grand_piano" not in players
    assert any(instrument(i).family in ("piano", "organ") for i in players)


def test_everything_but_the_drums() -> None:
    players = _players("rock, everything except the drums")
    assert len(players) >= 4
    assert not any(instrument(i).is_kit for i in players)


def test_guitars_that_are_not_distorted() -> None:
    players = _players("rock with guitars but not distorted")
    assert not {"distortion_guitar", "overdriven_guitar"} & set(players)
    assert any(instrument(i).family == "guitar" for i in players)


def test_a_whole_family_of_winds_is_more_than_one_player() -> None:
    plan = make_plan(understand("playful woodwinds"), 1)
    asked = [p for p in plan.parts if p.requested]
    assert len(asked) == 2
    assert asked[0].role == "lead"
