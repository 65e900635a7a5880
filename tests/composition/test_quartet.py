"""A string quartet in conversation: agreement, change, rests and ranges."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from songwright.brief import Brief, Length
from songwright.composition.accompany.conversation import TEXTURES, texture_runs
from songwright.composition.accompany.quartet import _TASKS
from songwright.composition.accompany.stage import Stage, set_stage
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.composition.writing import write_score
from songwright.score import Part, Score
from songwright.styles import style

SEEDS = range(6)


@pytest.fixture(scope="module")
def quartets() -> list[tuple[Plan, Score]]:
    brief = Brief(style="string_quartet", length=Length("seconds", 90, 90))
    plans = [make_plan(brief, seed) for seed in SEEDS]
    return [(plan, write_score(plan, brief)) for plan in plans]


def stages(plan: Plan) -> list[Stage]:
    facts = style("string_quartet")
    return [set_stage(p, plan, facts, {}) for p in plan.parts if p.role in ("inner", "bass")]


def sounding(part: Part, tick: int) -> int | None:
    return next((n.pitch for n in part.notes if n.onset_ticks <= tick < n.end_ticks), None)


def test_tasks_are_known_and_every_energy_has_a_choice() -> None:
    for texture in TEXTURES:
        assert set(texture.upper) <= set(_TASKS)
    for energy in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0):
        assert sum(t.low <= energy <= t.high for t in TEXTURES) >= 3, energy


def test_all_players_agree_on_the_texture(quartets: list[tuple[Plan, Score]]) -> None:
    for plan, _ in quartets:
        for section in plan.sections:
            found = []
            for stage in stages(plan):
                bars = [bar for bar in stage.bars if bar.section.id == section.id]
                if bars:
                    found.append([(t.name, len(run)) for t, run in texture_runs(stage, bars)])
            assert all(runs == found[0] for runs in found)
        # A player who is asked for all but the last bar still agrees.
        stage = stages(plan)[0]
        bars = [bar for bar in stage.bars if bar.section.id == plan.sections[-1].id]
        names = [t.name for t, run in texture_runs(stage, bars) for _ in run]
        assert [t.name for t, run in texture_runs(stage, bars[:-1]) for _ in run] == names[:-1]


def test_textures_change_often_and_returns_are_set_anew(
    quartets: list[tuple[Plan, Score]],
) -> None:
    anew = returns = 0
    for plan, _ in quartets:
        stage = stages(plan)[-1]
        by_letter: dict[str, tuple[str, ...]] = {}
        names: list[str] = []
        for section in plan.sections:
            bars = [bar for bar in stage.bars if bar.section.id == section.id]
            here = tuple(t.name for t, _ in texture_runs(stage, bars))
            names += here
            if section.letter in by_letter:
                returns += 1
                anew += here != by_letter[section.letter]
            by_letter.setdefault(section.letter, here)
        assert len(set(names)) >= 4
    assert returns >= 3
    assert anew >= 0.8 * returns


def test_players_rest_in_turn_but_never_all(quartets: list[tuple[Plan, Score]]) -> None:
    rests: Counter[str] = Counter()
    for plan, score in quartets:
        bar = plan.meter.bar_ticks
        for index in range(plan.bars):
            silent = [
                p.id for p in score.parts
                if not any(n.onset_ticks < (index + 1) * bar and n.end_ticks > index * bar
                           for n in p.notes)
            ]  # fmt: skip
            assert len(silent) <= 2, (plan.seed, index)
            rests.update(silent)
    assert {"violin_2", "viola", "cello"} <= set(rests)


def test_every_player_keeps_one_line_and_the_range(quartets: list[tuple[Plan, Score]]) -> None:
    for plan, score in quartets:
        for part in score.parts:
            planned = plan.part(part.id)
            assert all(planned.low <= n.pitch <= planned.high for n in part.notes)
            assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(part.notes))


def test_all_four_strike_the_last_chord(quartets: list[tuple[Plan, Score]]) -> None:
    for plan, score in quartets:
        start = (plan.bars - 1) * plan.meter.bar_ticks
        playing = [p for p in score.parts if p.id in plan.sections[-1].parts]
        pitches = [sounding(part, start) for part in playing]
        assert None not in pitches
        assert {p % 12 for p in pitches if p is not None} <= set(plan.chords[-1].chord.pcs)
        assert min(p for p in pitches if p) % 12 == plan.chords[-1].chord.bass_pc


def test_inner_notes_belong_to_the_chord_on_the_beat(
    quartets: list[tuple[Plan, Score]],
) -> None:
    inside = total = 0
    for plan, score in quartets:
        spans = plan.chords
        for part in (p for p in score.parts if p.role == "inner"):
            for note in part.notes:
                if plan.meter.strength(note.onset_ticks % plan.meter.bar_ticks) < 3:
                    continue
                chord = next(c for c in spans if c.onset_ticks <= note.onset_ticks < c.end_ticks)
                inside += note.pitch % 12 in chord.chord.pcs
                total += 1
    assert total > 100
    assert inside / total > 0.85  # the rest are suspensions, imitations and parallels


def test_the_second_violin_and_the_viola_cross_now_and_then(
    quartets: list[tuple[Plan, Score]],
) -> None:
    crossed = together = 0
    for plan, score in quartets:
        upper, lower = score.part("violin_2"), score.part("viola")
        for tick in range(0, plan.bars * plan.meter.bar_ticks, 240):
            a, b = sounding(upper, tick), sounding(lower, tick)
            if a is not None and b is not None:
                together += 1
                crossed += a < b
    assert 0.0 < crossed / together < 0.3


def test_the_answer_is_made_of_the_phrase(quartets: list[tuple[Plan, Score]]) -> None:
    """Where an inner voice imitates, its first moves have the rhythm of the head of the tune."""
    imitations = 0
    for plan, score in quartets:
        bar = plan.meter.bar_ticks
        tune = score.part("violin_1").notes
        for stage in stages(plan)[:2]:
            part = score.part(stage.part.id)
            for section in plan.sections:
                bars = [b for b in stage.bars if b.section.id == section.id]
                for texture, run in texture_runs(stage, bars) if bars else []:
                    if "answer" not in texture.upper:
                        continue
                    first, end = run[0].start, run[-1].end
                    head = [n.onset_ticks for n in tune if first <= n.onset_ticks < first + bar]
                    moves = [b - a for a, b in pairwise(head)][:2]
                    here = [n.onset_ticks for n in part.notes if first <= n.onset_ticks < end]
                    steps = [b - a for a, b in pairwise(here)]
                    imitations += bool(moves) and any(
                        steps[k : k + len(moves)] == moves for k in range(len(steps))
                    )
    assert imitations >= 4
