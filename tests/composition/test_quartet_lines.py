"""Lines of the quartet: links of the cello, runs through chords, figures that swing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from songwright.brief import Brief, Length
from songwright.composition.accompany.chorale import Slot
from songwright.composition.accompany.links import linked
from songwright.composition.accompany.quartet import _broken, _neighbours, _weave
from songwright.composition.accompany.stage import Stage, set_stage
from songwright.composition.melody.broken import broken_chord
from songwright.composition.melody.ornaments import _beside
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.composition.writing import write_score
from songwright.score import Note, Score
from songwright.styles import style
from songwright.theory import Key, parse_chord

_REGISTER = (38, 57)


@pytest.fixture(scope="module")
def piece() -> tuple[Plan, Score]:
    brief = Brief(style="string_quartet", length=Length("bars", 32, 32))
    plan = make_plan(brief, 5)
    return plan, write_score(plan, brief)


def cello(plan: Plan, tune: tuple[Note, ...]) -> Stage:
    return set_stage(plan.part("cello"), plan, style("string_quartet"), {"violin_1": tune})


def test_links_run_by_step_into_the_next_bass(piece: tuple[Plan, Score]) -> None:
    plan, _ = piece
    bar_ticks = plan.meter.bar_ticks
    tune = tuple(Note(k * bar_ticks, bar_ticks, 74, 80) for k in range(plan.bars))
    stage = cello(plan, tune)
    held = [Note(bar.start, bar_ticks, 45, 70) for bar in stage.bars]
    notes = linked(stage, stage.bars, held, _REGISTER)
    runs = 0
    for bar in stage.bars:
        inside = [n for n in notes if bar.start < n.onset_ticks < bar.end]
        if not inside:
            continue
        runs += 1
        assert bar.phrase_ends
        assert not bar.last
        assert len(inside) >= 3
        assert all(n.duration_ticks == 240 for n in inside)
        moves = [b.pitch - a.pitch for a, b in pairwise(inside)]
        assert all(1 <= move <= 3 for move in moves) or all(-3 <= move <= -1 for move in moves)
        below, above = inside[-1].pitch + 1, inside[-1].pitch + 3
        if moves[0] < 0:
            below, above = inside[-1].pitch - 3, inside[-1].pitch - 1
        assert bar.following.bass_pc in {p % 12 for p in range(below, above + 1)}
    assert runs >= 2
    assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(notes))


def test_a_busy_tune_leaves_no_room_for_a_link(piece: tuple[Plan, Score]) -> None:
    plan, _ = piece
    ends = plan.bars * plan.meter.bar_ticks
    stage = cello(plan, tuple(Note(at, 240, 74, 80) for at in range(0, ends, 240)))
    held = [Note(bar.start, plan.meter.bar_ticks, 45, 70) for bar in stage.bars]
    assert linked(stage, stage.bars, held, _REGISTER) == held


def test_a_run_goes_through_the_chord_and_turns_back() -> None:
    chord = parse_chord("C")
    onsets = [-240, 0, 240, 480, 720, 960, 1200, 1920]
    targets, intervals = broken_chord(onsets, [67.0] * 8, 1920, lambda _: chord, (55, 89))
    assert targets[1:5] == [64.0, 67.0, 72.0, 76.0]
    assert intervals == [None, None, 3, 5, 4, -2, None, None]
    assert targets[0] == targets[6] == 67.0
    falling, back = broken_chord(onsets, [86.0] * 8, 1920, lambda _: chord, (55, 89))
    assert falling[1] > falling[2] > falling[3]
    assert back[5] == 2


def test_a_run_stays_inside_the_compass_and_the_bar() -> None:
    chord = parse_chord("C")
    targets, intervals = broken_chord([0, 480, 960], [62.0] * 3, 960, lambda _: chord, (60, 66))
    assert targets == [60.0, 64.0, 62.0]
    assert intervals == [None, 4, -2]
    outside, _ = broken_chord([0, 480], [67.0] * 2, 960, lambda _: chord, (60, 66))
    assert outside == [67.0, 67.0]


def test_altered_notes_have_plain_neighbours() -> None:
    key = Key("G", "major")
    assert _beside(75, key, -1) == 74  # E flat leans on D, not on C sharp
    assert _beside(75, key, 1) == 76
    assert _beside(74, key, 1) == 76


def test_figures_swing_where_nothing_lies_above() -> None:
    assert [_broken([57, 60, 64], 64, k) for k in range(4)] == [57, 64, 60, 64]
    assert [_broken([57, 60, 64, 69], 64, k) for k in range(4)] == [57, 64, 69, 64]
    assert [_broken([64], 64, k) for k in range(4)] == [64] * 4


def test_a_weaving_voice_comes_near_the_next_chord(piece: tuple[Plan, Score]) -> None:
    plan, score = piece
    facts = style("string_quartet")
    stage = set_stage(plan.part("viola"), plan, facts, {"violin_1": score.part("violin_1").notes})
    spans = [span for bar in stage.bars[:4] for span in bar.spans]
    line = [(Slot(s.start, s.end, s.chord, 79, 43, None), 60) for s in spans]
    notes = _weave(stage, stage.bars[:4], line)
    assert all(a.end_ticks == b.onset_ticks for a, b in pairwise(notes))
    for (slot, pitch), (after, goal) in pairwise(line):
        before = [n for n in notes if n.onset_ticks < after.start][-1]
        tones = _neighbours(stage, pitch, slot)
        nearest = min(abs(p - goal) for p in tones if p != goal) if len(tones) > 1 else 12
        assert abs(before.pitch - goal) <= max(4, nearest)
