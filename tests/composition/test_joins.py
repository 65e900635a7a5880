"""Tunes go on over bar lines and rests, and what returns is not said the same way again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from songwright.brief.model import Brief
from songwright.composition.accompany import accompany
from songwright.composition.melody import compose_melody
from songwright.composition.melody.line import Moment, pitch_line
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.composition.planning import make_plan
from songwright.score import ChordSpan, Note
from songwright.seeds import rng
from songwright.styles import MelodyFacts, style
from songwright.theory import Key, Meter, parse_chord


def _tune(style_id: str, seed: int) -> tuple[Plan, tuple[Note, ...]]:
    brief = Brief(style=style_id)
    plan = make_plan(brief, seed)
    lead = next(p for p in plan.parts if p.role == "lead")
    return plan, compose_melody(plan, lead, brief, style(style_id))[0]


@pytest.mark.parametrize(
    ("style_id", "most"), [("orchestral_film", 0.12), ("string_quartet", 0.16)]
)
def test_cells_go_on_from_where_the_line_is(style_id: str, most: float) -> None:
    """In scores 13 % (quartets) and 9 % (orchestras) of bar lines are crossed by more than a
    fourth where the line does not rest."""
    joins = leaps = 0
    for seed in range(2000, 2012):
        plan, notes = _tune(style_id, seed)
        bar = plan.meter.bar_ticks
        starts = {s.start_bar for s in plan.sections}
        for before, note in pairwise(notes):
            at = note.onset_ticks // bar
            goes_on = note.onset_ticks - before.end_ticks < 480
            if at != before.onset_ticks // bar and at not in starts and at % 2 == 0 and goes_on:
                joins += 1
                leaps += abs(note.pitch - before.pitch) > 5
    assert joins > 100
    assert leaps / joins <= most


@pytest.mark.parametrize("style_id", ["orchestral_film", "string_quartet", "hymn_choral"])
def test_no_bar_of_a_phrase_is_empty(style_id: str) -> None:
    """These tunes breathe within bars; a whole bar of silence is a hole in the phrase."""
    for seed in range(2000, 2016):
        plan, notes = _tune(style_id, seed)
        bar = plan.meter.bar_ticks
        heard = {b for n in notes for b in range(n.onset_ticks // bar, -(-n.end_ticks // bar))}
        lead = next(p.id for p in plan.parts if p.role == "lead")
        for section in plan.sections:
            if lead in section.parts and section.function in ("A", "B", "C"):
                missing = set(range(section.start_bar, section.end_bar)) - heard
                assert not missing, (seed, section.id)


def test_a_leap_over_the_bar_line_turns_back() -> None:
    facts, key = MelodyFacts(), Key("C", "major")
    chords = [parse_chord(s) for s in ("C", "G")]
    for seed in range(12):
        # The line has leapt up a sixth before the cell: it does not climb on by another leap.
        moments = [Moment(k * 960, 960, 4, c, key, 79.0, 0.2) for k, c in enumerate(chords)]
        line = pitch_line(moments, 55, 88, facts, rng(seed, "turn"), (64, 72), 0.3)
        assert line[0] - 72 <= 2


def test_a_new_register_is_reached_after_a_breath() -> None:
    far = 0
    for seed in range(2000, 2016):
        plan, notes = _tune("string_quartet", seed)
        bar = plan.meter.bar_ticks
        starts = {s.start_bar * bar for s in plan.sections}
        for before, note in pairwise(notes):
            if note.onset_ticks in starts and abs(note.pitch - before.pitch) >= 12:
                far += 1
                assert before.duration_ticks < 480 or before.end_ticks < note.onset_ticks
    assert far >= 5


def _bass(instrument: str) -> list[list[tuple[int, int]]]:
    """Onsets and lengths of a held bass in the bars of a section and of its return."""
    part = PartPlan("bass", "Bass", "bass", instrument, ("sustain",), 28, 50)
    sections = tuple(
        SectionPlan(f"A-{k + 1}", "A", "A", k, 8 * k, 8, (4, 4), 0.3, Key("C", "major"), ("bass",))
        for k in range(2)
    )
    found = []
    for seed in range(4):
        plan = replace(make_plan(Brief(style="orchestral_film"), seed), parts=(part,))
        meter = Meter(4, 4)
        chords = tuple(
            ChordSpan(b * 1920, 1920, parse_chord(("C", "F", "Dm", "G")[b % 4])) for b in range(16)
        )
        plan = replace(plan, meter=meter, bars=16, chords=chords, sections=sections,
                       energy=(0.3,) * 16, ending="fade")  # fmt: skip
        notes = accompany(part, plan, style("orchestral_film"), {})
        for half in range(2):
            found.append([
                (n.onset_ticks - half * 8 * 1920, n.duration_ticks) for n in notes
                if half * 8 <= n.onset_ticks // 1920 < half * 8 + 7
            ])  # fmt: skip
    return found


def test_a_held_bowed_bass_walks_on_when_its_section_returns() -> None:
    bars = _bass("contrabass")
    for first, second in zip(bars[::2], bars[1::2], strict=True):
        assert first == [(b * 1920, 1920) for b in range(7)]
        assert len(second) > 7
    plain = _bass("synth_bass_1")
    assert all(first == second for first, second in zip(plain[::2], plain[1::2], strict=True))
