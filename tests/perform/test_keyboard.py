"""A pianist's hands: the melody sings and leads, and one bar does not change another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest

from songwright.composition.plan import Plan
from songwright.perform import perform
from songwright.perform.keyboard import hand_traits, hands, keyboard_facts
from songwright.score import Note, Part, Score
from songwright.styles import Style

PIANO = "acoustic_grand_piano"
Make = Callable[..., Any]


def _both(part: Make, instrument: str = PIANO) -> tuple[Part, Part]:
    """A scale over half-note chords, eight bars."""
    lead = [(i * 480, 480, 67 + (0, 2, 4, 5, 7, 9, 11, 12)[i % 8]) for i in range(32)]
    low = [(i * 960, 960, pitch) for i in range(16) for pitch in (48, 55, 60)]
    return (
        part(lead, "lead", instrument, "right", "piano"),
        part(low, "chords", instrument, "left", "piano"),
    )


def _planned(plan: Make, part_plan: Make, parts: tuple[Part, ...]) -> Plan:
    entries = [part_plan(own, low=60 if own.role == "lead" else 40,
                         high=84 if own.role == "lead" else 64) for own in parts]  # fmt: skip
    made: Plan = plan(parts=tuple(entries), energy=(0.4,) * 8)
    return made


@pytest.fixture
def human(playing: Make) -> Style:
    made: Style = playing(velocity_spread=0.001)
    return made


def test_the_melody_is_louder_and_earlier(
    plan: Make, score: Make, part: Make, part_plan: Make, human: Style
) -> None:
    parts = _both(part)
    played = perform(score(*parts), _planned(plan, part_plan, parts), human)
    right, left = played.parts
    assert fmean(n.velocity for n in right.notes) > fmean(n.velocity for n in left.notes) + 5
    by_onset = {round(n.onset_seconds): n for n in left.notes}
    leads = [
        by_onset[round(n.onset_seconds)].onset_seconds - n.onset_seconds
        for n in right.notes[4::4] if round(n.onset_seconds) in by_onset
    ]  # fmt: skip
    assert leads and all(0.005 < lead < 0.04 for lead in leads)


def test_louder_when_it_climbs(
    plan: Make, score: Make, part: Make, part_plan: Make, human: Style
) -> None:
    parts = _both(part)
    right = perform(score(*parts), _planned(plan, part_plan, parts), human).parts[0].notes
    ordered = sorted(right, key=lambda n: n.onset_seconds)[:8]
    assert ordered[-1].velocity >= ordered[0].velocity + 6  # an octave higher


def test_other_instruments_are_left_alone(
    plan: Make, score: Make, part: Make, human: Style
) -> None:
    parts = _both(part, "violin")
    assert hands(score(*parts), plan(), human) == {}


def test_machines_have_no_hands(plan: Make, score: Make, part: Make, playing: Make) -> None:
    assert hands(score(*_both(part)), plan(), playing()) == {}


def test_a_change_stays_in_its_onset(plan: Make, score: Make, part: Make, human: Style) -> None:
    right, left = _both(part)
    longer = replace(right, notes=(*right.notes[:-1], replace(right.notes[-1], pitch=90)))
    before: Score = score(right, left)
    after: Score = score(longer, left)
    tick = right.notes[-1].onset_ticks
    one, other = hands(before, plan(), human), hands(after, plan(), human)
    for name in ("right", "left"):
        kept = {k: v for k, v in one[name].items() if k[0] != tick}
        assert kept == {k: v for k, v in other[name].items() if k[0] != tick}


def test_a_single_hand_has_no_balance() -> None:
    alone = hand_traits(Note(0, 480, 60, 80), "chords", [(60, "chords")], 60.0, False)
    assert alone["lead"] == 0.0 and alone["with the melody"] == 0.0
    assert set(alone) == set(keyboard_facts().velocity)
