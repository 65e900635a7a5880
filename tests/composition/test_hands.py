"""Two hands of one player share their staves; another player has his own."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import Brief, InstrumentRequest
from songwright.composition.ensemble import choose_parts
from songwright.composition.hands import parted_hands, two_hands
from songwright.composition.plan import PartPlan
from songwright.composition.uses import use_of
from songwright.seeds import rng
from songwright.styles import style

PIANO = PartPlan("piano", "Piano", "chords", "acoustic_grand_piano", (), 21, 108, 0.5, 0.0,
                 0.0, 0.0, 0.2)  # fmt: skip


def chosen(*requests: InstrumentRequest) -> tuple[PartPlan, ...]:
    facts = style("solo_piano")
    brief = Brief(style="solo_piano", instruments=requests)
    return choose_parts(brief, facts, use_of("", facts.family), rng(1, "ensemble"))[0]


def test_a_pianist_plays_with_two_hands() -> None:
    groups = [part.staff_group for part in chosen()]
    assert groups == ["piano", "piano"]


def test_a_flute_that_takes_the_tune_leaves_the_piano_staves() -> None:
    parts = chosen(InstrumentRequest("flute", ("flute",), role="lead"))
    assert [part.instrument for part in parts if part.role == "lead"] == ["flute"]
    assert all(part.staff_group == "" for part in parts)


def test_hands_stay_together_while_they_play_one_instrument() -> None:
    hands = two_hands([PIANO], 0, style("solo_piano"))
    assert parted_hands(hands) == hands
    moved = [replace(hand, instrument="celesta") for hand in hands]
    assert parted_hands(moved) == moved
    third = replace(hands[0], id="flute", instrument="flute")
    assert [part.staff_group for part in parted_hands([*hands, third])] == ["piano", "piano", ""]
