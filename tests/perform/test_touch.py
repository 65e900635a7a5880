"""The drummer's touch: human in spread, obedient to the plan, and the same every time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import fmean, pstdev

import pytest

from songwright.composition.learned import drum_sampling
from songwright.perform import PlayedPart, perform
from songwright.perform.touch import LARGEST_SECONDS, touches
from songwright.score import Part
from songwright.styles import style

BARS = 16


@pytest.fixture
def kit(part: Callable) -> Part:
    notes = []
    for bar in range(BARS):
        at = bar * 1920
        notes += [(at + i * 240, 120, 42, 98 if i % 2 == 0 else 72) for i in range(8)]
        notes += [(at, 240, 36, 98), (at + 960, 240, 36, 98)]
        notes += [
            (at + 480, 240, 38, 98),
            (at + 1440, 240, 38, 98),
            (at + 840, 120, 38, 42, "ghost"),
        ]
    made: Part = part(notes, "drums", "standard_kit")
    return made


@pytest.fixture
def drummer(plan: Callable, score: Callable, kit: Part) -> Callable[..., PlayedPart]:
    def play(style_id: str = "rock", changed: Part | None = None, **changes: object) -> PlayedPart:
        made = plan(bars=BARS, style=style_id, **changes)
        return perform(score(changed or kit, bars=BARS), made, style(style_id)).parts[0]

    return play


def test_lateness_and_velocity_spread_as_a_persons_do(
    plan: Callable, score: Callable, kit: Part
) -> None:
    feels = touches(score(kit, bars=BARS), plan(bars=BARS, style="rock"), style("rock"))["drums"]
    assert len(feels) == len({(n.onset_ticks, n.pitch) for n in kit.notes})
    late = [feel.late_seconds for feel in feels.values()]
    assert 0.004 < pstdev(late) < 0.02
    assert max(map(abs, late)) <= LARGEST_SECONDS
    hats = [feel.weight for (_, key), feel in feels.items() if key == 42]
    assert 0.03 < pstdev(hats) < 0.3


def test_planned_loudness_is_obeyed(drummer: Callable[..., PlayedPart]) -> None:
    notes = drummer().notes
    loud = {k: fmean(n.velocity for n in notes if n.pitch == k) for k in (36, 38, 42)}
    plain = drummer(maker="rules").notes
    for key, mean in loud.items():
        assert mean == pytest.approx(fmean(n.velocity for n in plain if n.pitch == key), abs=4)
    half = len(notes) // 2
    soft = fmean(n.velocity for n in notes[:half])
    assert soft + 10 < fmean(n.velocity for n in notes[half:])  # the chorus has more energy
    ghosts = [n.velocity for n in notes if n.articulation == "ghost"]
    assert max(ghosts) < min(n.velocity for n in notes if n.pitch == 38 and not n.articulation)


def test_no_stroke_is_lost_added_or_overtaken(drummer: Callable[..., PlayedPart]) -> None:
    learned, plain = drummer().notes, drummer(maker="rules").notes
    assert sorted(n.pitch for n in learned) == sorted(n.pitch for n in plain)
    for key in (36, 38, 42):
        onsets = [n.onset_seconds for n in learned if n.pitch == key]
        grid = [n.onset_seconds for n in plain if n.pitch == key]
        assert onsets == sorted(onsets)
        assert all(abs(a - b) < 0.09 for a, b in zip(onsets, grid, strict=True))


def test_the_same_bytes_every_time(drummer: Callable[..., PlayedPart]) -> None:
    first = drummer()
    drum_sampling.sampled.cache_clear()
    assert drummer() == first
    assert drummer(seed=8) != first


def test_an_edit_in_one_bar_leaves_the_others(
    drummer: Callable[..., PlayedPart], kit: Part
) -> None:
    edited = replace(kit, notes=tuple(n for n in kit.notes if n.onset_ticks != 10 * 1920 + 240))
    before, after = drummer().notes, drummer(changed=edited).notes
    early = [n for n in before if n.onset_seconds < 19.5]  # two seconds a bar: bars 1 to 10
    assert early == [n for n in after if n.onset_seconds < 19.5]


def test_machines_and_missing_models_leave_it_to_the_rules(
    plan: Callable, score: Callable, kit: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = score(kit, bars=BARS)
    assert touches(written, plan(bars=BARS, style="techno"), style("techno")) == {}
    assert touches(written, plan(bars=BARS, style="rock", maker="rules"), style("rock")) == {}
    drum_sampling.sampled.cache_clear()
    monkeypatch.setattr(drum_sampling, "drum_model", lambda: "not installed")
    assert touches(written, plan(bars=BARS, style="rock"), style("rock")) == {}
    drum_sampling.sampled.cache_clear()


def test_three_minutes_of_drums_cost_little(
    part: Callable, plan: Callable, score: Callable
) -> None:
    """Ten times the budget of 0.25 s, for slow and busy machines."""
    bars = 90
    notes = [(b * 1920 + i * 240, 120, 42, 80) for b in range(bars) for i in range(8)]
    notes += [(b * 1920 + (b * 7 % 16) * 120, 120, 36, 90) for b in range(bars)]
    written = score(part(notes, "drums", "standard_kit"), bars=bars)
    drum_sampling.sampled.cache_clear()
    start = time.process_time()
    touches(written, plan(bars=bars, style="funk"), style("funk"))
    assert time.process_time() - start < 2.5
