"""Key areas of classical and screen pieces: where they lead, how they are prepared, coming home."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief import Brief, Length
from songwright.brief.model import Modulation
from songwright.composition.areas import area_key, travelled
from songwright.composition.clarity import clarity
from songwright.composition.plan import Plan, SectionPlan
from songwright.composition.planning import make_plan
from songwright.styles import style
from songwright.theory import Key

TRAVELLING = ("string_quartet", "solo_piano", "orchestral_film")


@pytest.mark.parametrize(
    ("home", "area", "expected"),
    [
        ("C major", "contrast", "G major"),
        ("A minor", "contrast", "C major"),
        ("C major", "relative", "A minor"),
        ("C minor", "subdominant", "F minor"),
        ("A minor", "submediant", "F major"),
        ("F major", "episode", "G minor"),
        ("A minor", "episode", "E minor"),
        ("G major", "mediant", "Bb major"),
        ("B major", "contrast", "F# major"),  # not G flat
        ("D# minor", "contrast", "F# major"),
        ("Db major", "subdominant", "Gb major"),
    ],
)
def test_areas_are_the_keys_of_the_books(home: str, area: str, expected: str) -> None:
    tonic, mode = home.split(" ")
    assert str(area_key(Key(tonic, mode), area)) == expected


def test_an_unknown_area_is_refused() -> None:
    with pytest.raises(ValueError, match="no key area"):
        area_key(Key("C", "major"), "nowhere")


def sections(letters: str, key: Key) -> tuple[SectionPlan, ...]:
    return tuple(
        SectionPlan(f"{i}", "A", letter, letters[:i].count(letter), 8 * i, 8, (4, 4), 0.5, key)
        for i, letter in enumerate(letters)
    )


def keys(letters: str, key: Key, brief: Brief | None = None, ending: str = "final") -> list[str]:
    quartet = style("string_quartet")
    facts = replace(
        quartet, harmony=replace(quartet.harmony, areas={"B": "contrast", "C": "submediant"})
    )
    found = travelled(sections(letters, key), brief or Brief(), facts, ending)
    return [str(section.key) for section in found]


def test_the_second_theme_leaves_and_comes_home() -> None:
    assert keys("ABCAB", Key("C", "major")) == [
        "C major", "G major", "A minor", "C major", "C major",
    ]  # fmt: skip
    # An immediate repeat stays where it is.
    assert keys("ABBA", Key("C", "major")) == ["C major", "G major", "G major", "C major"]


def test_a_theme_in_major_returns_in_the_tonic_major() -> None:
    assert keys("ABCABA", Key("A", "minor")) == [
        "A minor", "C major", "F major", "A minor", "A major", "A minor",
    ]  # fmt: skip


def test_loops_short_pieces_modes_and_told_harmony_stay_at_home() -> None:
    home = Key("C", "major")
    assert set(keys("ABCAB", home, ending="loop")) == {"C major"}
    assert set(keys("AB", home)) == {"C major"}
    assert set(keys("ABCAB", Key("D", "dorian"))) == {"D dorian"}
    asked = Brief(modulations=(Modulation("last chorus", 2),))
    assert set(keys("ABCAB", home, asked)) == {"C major"}


def pieces(style_id: str) -> list[Plan]:
    brief = Brief(style=style_id, length=Length("seconds", 100, 100))
    return [make_plan(brief, seed) for seed in range(6)]


@pytest.mark.parametrize("style_id", TRAVELLING)
def test_pieces_travel_and_home_is_still_heard(style_id: str) -> None:
    plans = [plan for plan in pieces(style_id) if plan.key.harmonic_mode in ("major", "minor")]
    away = [plan for plan in plans if any(s.key != plan.key for s in plan.sections)]
    assert len(away) >= len(plans) / 2
    for plan in away:
        assert plan.sections[0].key == plan.sections[-1].key == plan.key
        assert clarity(plan.chords, plan.key) >= 0.03


@pytest.mark.parametrize("style_id", TRAVELLING)
def test_each_new_key_is_prepared_by_its_dominant(style_id: str) -> None:
    prepared = 0
    for plan in pieces(style_id):
        for before, after in zip(plan.sections, plan.sections[1:], strict=False):
            if before.key == after.key or before.bars < 4:
                continue
            end = after.start_bar * plan.meter.bar_ticks
            last = next(c for c in plan.chords if c.onset_ticks < end <= c.end_ticks)
            assert (last.chord.root_pc - after.key.tonic_pc) % 12 == 7
            assert (after.key.tonic_pc + 11) % 12 in last.chord.pcs, "the leading note"
            prepared += 1
    assert prepared >= 3


def test_styles_of_bands_do_not_travel() -> None:
    for style_id in ("pop", "rock", "jazz_swing", "house"):
        plan = make_plan(Brief(style=style_id, length=Length("bars", 48, 48)), 3)
        assert {section.key for section in plan.sections} == {plan.key}
