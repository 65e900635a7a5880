"""Parts enter, leave and play alone where it was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief import understand
from songwright.composition import compose_piece
from songwright.composition.part_places import bars_of, opening_bars, parts_of
from songwright.composition.part_turns import carried, in_turn
from songwright.composition.plan import PartRest, Plan
from songwright.score import Note, Score, TimeMap

STYLES = ("rock", "house", "jazz", "lofi hip hop", "cinematic ambient", "orchestral film music")


def _made(prompt: str, seed: int, maker: str = "rules") -> tuple[Plan, Score]:
    return compose_piece(understand(prompt), seed, maker=maker)


def _bars(plan: Plan, score: Score, *roles: str) -> list[int]:
    """0-based bars in which parts of some roles begin a note."""
    bar = plan.meter.bar_ticks
    return sorted({n.onset_ticks // bar for p in score.parts if p.role in roles for n in p.notes})


def _every_bar_sounds(plan: Plan, score: Score) -> bool:
    bar = plan.meter.bar_ticks
    sounding = {
        b
        for part in score.parts
        for n in part.notes
        for b in range(n.onset_ticks // bar, (n.end_ticks - 1) // bar + 1)
    }
    return sounding == set(range(plan.bars))


@pytest.mark.parametrize(("style", "seed"), [(s, i) for i, s in enumerate(STYLES)])
def test_parts_enter_on_their_bar_and_never_before(style: str, seed: int) -> None:
    plan, score = _made(f"{style}, drums enter at bar 9 and bass at bar 17, 32 bars", seed)
    assert _bars(plan, score, "drums")[0] == 8
    assert _bars(plan, score, "bass")[0] == 16
    bar = plan.meter.bar_ticks
    for rest in plan.rests:
        for note in score.part(rest.part).notes:
            assert note.end_ticks <= rest.start_bar * bar or note.onset_ticks >= rest.end_bar * bar
    assert _every_bar_sounds(plan, score)


@pytest.mark.parametrize(("style", "seed"), [("house", 1), ("pop", 2), ("synthwave", 3)])
def test_a_time_is_taken_to_the_nearest_bar_line(style: str, seed: int) -> None:
    plan, score = _made(f"{style}, no drums until 0:30, 70 seconds", seed)
    times = TimeMap.of(score)
    bar = plan.meter.bar_ticks
    first = min(r.end_bar for r in plan.rests)
    assert first == _bars(plan, score, "drums")[0]
    line = times.seconds(bar)
    assert abs(times.seconds(first * bar) - 30.0) <= line / 2 + 1e-6


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_only_percussion_is_alone_and_then_others_play(seed: int) -> None:
    plan, score = _made("only percussion for the first 16 bars, then bass, 48 bars", seed)
    assert plan.bars == 48
    others = {p.role for p in score.parts} - {"drums", "percussion"}
    assert _bars(plan, score, *others)[0] == 16
    assert 16 in _bars(plan, score, "bass")
    assert set(range(16)) <= set(_bars(plan, score, "percussion", "drums"))


def test_a_soloist_opens_and_the_band_joins() -> None:
    plan, score = _made("pop, solo piano intro, the band joins in the chorus", 4)
    chorus = next(s for s in plan.sections if s.function == "chorus")
    piano = parts_of(understand("piano joins at bar 2").entries[0].players, plan, understand("pop"))
    assert piano
    for part in score.parts:
        first = min((n.onset_ticks for n in part.notes), default=0) // plan.meter.bar_ticks
        assert first < chorus.start_bar if part.id in piano else first >= chorus.start_bar


def test_who_drops_out_is_silent_to_the_end() -> None:
    plan, score = _made("rock, drums drop out at bar 17, 24 bars", 5)
    assert max(_bars(plan, score, "drums")) == 15
    assert _every_bar_sounds(plan, score)


def test_who_drops_out_comes_back() -> None:
    plan, score = _made("rock, drums drop out at bar 9 and come back at bar 13, 24 bars", 6)
    heard = _bars(plan, score, "drums")
    assert not set(heard) & set(range(8, 12))
    assert {7, 12} <= set(heard)


def test_only_in_the_choruses() -> None:
    plan, score = _made("pop, strings only in the choruses", 2)
    choruses = {
        b for s in plan.sections if s.function == "chorus" for b in range(s.start_bar, s.end_bar)
    }
    strings = parts_of(understand("strings enter at bar 2").entries[0].players, plan,
                       understand("pop"))  # fmt: skip
    bar = plan.meter.bar_ticks
    heard = {n.onset_ticks // bar for i in strings for n in score.part(i).notes}
    assert heard
    assert heard <= choruses


def test_somebody_plays_where_everybody_was_asked_to_wait() -> None:
    prompt = "only piano and drums. drums enter at bar 9, piano enters at bar 17, 32 bars"
    plan, score = _made(prompt, 1)
    assert any("nobody else may play" in d.reason for d in plan.decisions)
    assert _bars(plan, score, *{p.role for p in score.parts})[0] == 0
    assert _bars(plan, score, "drums")[0] == 8


def test_what_cannot_be_done_is_said() -> None:
    plan, _ = _made("rock, 20 seconds, strings come in at 50 seconds", 1)
    (said,) = [d for d in plan.decisions if d.control == "entry"]
    assert "outside of the piece" in said.reason
    assert plan.rests == ()


def test_a_piece_is_long_enough_for_its_entries() -> None:
    plan, score = _made("sting, strings come in at 40 seconds", 1)
    assert TimeMap.of(score).seconds(plan.bars * plan.meter.bar_ticks) > 50.0
    assert plan.rests


def test_entries_decide_alike_twice_and_change_nothing_else() -> None:
    prompt = "funk, bass comes in at bar 9, 24 bars"
    assert _made(prompt, 7, "mixed") == _made(prompt, 7, "mixed")
    assert _made("funk, 24 bars", 7)[0].rests == ()


def test_a_part_that_enters_does_so_on_the_first_beat() -> None:
    for seed in range(3):
        plan, score = _made("ambient, warm pad enters at bar 10, drums enter at bar 12, 24 bars",
                            seed)  # fmt: skip
        bar = plan.meter.bar_ticks
        for rest in plan.rests:
            part = score.part(rest.part)
            if part.role in ("pad", "drums") and rest.end_bar < plan.bars:
                after = [n.onset_ticks for n in part.notes if n.onset_ticks >= rest.end_bar * bar]
                assert min(after) < rest.end_bar * bar + 480


def test_a_held_chord_enters_with_what_is_left_of_it() -> None:
    plan, _ = _made("ambient, 16 bars", 1)
    pad = next(p for p in plan.parts if p.role in ("pad", "chords"))
    bar = plan.meter.bar_ticks
    resting = replace(plan, rests=(PartRest(pad.id, 0, 3), PartRest(pad.id, 5, 16)))
    held = Note(2 * bar, 4 * bar, pad.low + 5, 80)
    assert in_turn(pad, [held], resting) == (Note(3 * bar, 2 * bar, pad.low + 5, 80),)


def test_rests_follow_their_bars() -> None:
    rests = (PartRest("bass", 0, 2), PartRest("drums", 1, 3))
    assert carried(rests, [0, 1, 2, 3]) == rests
    assert carried(rests, [0, 1, 0, 1, 2, 3]) == (
        PartRest("bass", 0, 4), PartRest("drums", 1, 2), PartRest("drums", 3, 5),
    )  # fmt: skip
    assert carried((), [0, 1]) == ()


def test_a_section_that_a_form_lacks_is_told() -> None:
    brief = understand("rock, drums enter in the fifth verse")
    plan, _ = compose_piece(replace(brief, entries=()), 1, maker="rules")
    _, note = bars_of(brief.entries[0], plan)
    assert "verse only" in note
    assert 0 < opening_bars(plan) <= 8


@pytest.mark.parametrize("seed", [0, 1])
def test_no_bar_is_silent_where_a_tune_is_alone(seed: int) -> None:
    for prompt in ("music box, then strings come in at 30 seconds", "start with a violin, jazz"):
        plan, score = _made(prompt, seed)
        assert plan.rests
        assert _every_bar_sounds(plan, score)
