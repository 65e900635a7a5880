"""A section of strings or a choir that was asked for is there, and holds notes."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.massed import massed
from songwright.composition.plan import PartPlan, Plan
from songwright.composition.planning import make_plan
from songwright.styles import style_ids

BOWED = {"string_ensemble_1", "string_ensemble_2", "synth_strings_1", "synth_strings_2"}
STABS = {"offbeats", "house_stabs", "skank", "pluck_hook", "synth_hook"}


def _plan(style: str, word: str, seed: int = 1) -> Plan:
    return make_plan(understand(f"{style.replace('_', ' ')} with {word}", {"style": style}), seed)


def _asked(plan: Plan, players: set[str]) -> list[PartPlan]:
    return [p for p in plan.parts if p.requested and p.instrument in players]


@pytest.mark.parametrize("style", [s for s in style_ids() if s != "string_quartet"])
def test_strings_are_a_bowed_section_that_holds_notes(style: str) -> None:
    for seed in (1, 2):
        plan = _plan(style, "strings", seed)
        (part,) = _asked(plan, BOWED)
        assert part.role in ("pad", "chords", "counter")
        assert not STABS & set(part.patterns)
        assert sum(s.bars for s in plan.sections if part.id in s.parts) >= 0.5 * plan.bars


@pytest.mark.parametrize("style", [s for s in style_ids() if s != "hymn_choral"])
def test_a_choir_sings(style: str) -> None:
    plan = _plan(style, "choir")
    (part,) = _asked(plan, {"choir_aahs"})
    assert part.role == "pad" or style == "latin_salsa"  # whose coro answers
    assert sum(s.bars for s in plan.sections if part.id in s.parts) >= 0.5 * plan.bars


def test_four_players_are_a_section_already() -> None:
    quartet = _plan("string_quartet", "strings")
    assert [p.role for p in quartet.parts] == ["lead", "inner", "inner", "bass"]
    choir = _plan("hymn_choral", "choir")
    singers = _asked(choir, {"choir_aahs"})
    assert {p.role for p in singers} == {"lead", "inner", "bass"}


def test_a_string_machine_stays_where_the_style_has_no_other_strings() -> None:
    (part,) = _asked(_plan("synthwave", "strings"), BOWED)
    assert part.instrument == "synth_strings_1"
    (bowed,) = _asked(_plan("house", "strings"), BOWED)
    assert bowed.instrument == "string_ensemble_1"


@pytest.mark.parametrize(
    ("word", "instrument"),
    [("pizzicato strings", "pizzicato_strings"), ("tremolo strings", "tremolo_strings"),
     ("a solo cello", "cello"), ("oohs", "voice_oohs")],
)  # fmt: skip
def test_other_words_keep_what_they_name(word: str, instrument: str) -> None:
    brief = understand(f"pop with {word}", {"style": "pop"})
    assert all(massed(request) is None for request in brief.instruments)
    assert any(p.requested and p.instrument == instrument for p in make_plan(brief, 1).parts)


def test_a_role_that_was_asked_for_counts_more() -> None:
    brief = understand("orchestral film music with a spiccato string ostinato")
    assert all(massed(request) is None for request in brief.instruments)
