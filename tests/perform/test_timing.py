"""Micro-timing: a machine when asked, otherwise human and not drunk."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, pstdev

import pytest

from songwright.perform import PlayedPart, perform
from songwright.perform.chance import Chance
from songwright.score import Part


def deviations(played: PlayedPart, part: Part) -> list[float]:
    """Played minus written onset in seconds at 120 bpm, for a part without chords."""
    written = sorted(note.onset_ticks / 960 for note in part.notes)
    return [note.onset_seconds - onset for note, onset in zip(played.notes, written, strict=True)]


@pytest.fixture
def quarters(part: Callable) -> Part:
    made: Part = part([(i * 480, 480, 60) for i in range(1, 1999)])
    return made


@pytest.fixture
def long_plan(plan: Callable) -> Callable:
    return lambda **changes: plan(bars=500, **changes)


def test_without_spread_it_is_a_grid(
    quarters: Part, long_plan: Callable, score: Callable, playing: Callable
) -> None:
    played = perform(score(quarters, bars=500), long_plan(), playing()).parts[0]
    assert deviations(played, quarters) == pytest.approx([0.0] * 1998, abs=1e-6)
    assert len({note.velocity for note in played.notes}) == 2  # the plan's two energies


def test_spread_has_the_size_of_the_style(
    quarters: Part, long_plan: Callable, score: Callable, playing: Callable
) -> None:
    played = perform(score(quarters, bars=500), long_plan(), playing(timing_ms=10.0)).parts[0]
    found = deviations(played, quarters)
    assert pstdev(found) == pytest.approx(0.010, rel=0.15)
    assert fmean(found) == pytest.approx(0.0, abs=0.002)
    assert max(map(abs, found)) < 0.045


def test_neighbours_deviate_together(
    quarters: Part, long_plan: Callable, score: Callable, playing: Callable
) -> None:
    """A player who is early stays early: correlated at one beat, forgotten after 32."""
    played = perform(score(quarters, bars=500), long_plan(), playing(timing_ms=10.0)).parts[0]
    found = deviations(played, quarters)
    variance = pstdev(found) ** 2

    def correlation(lag: int) -> float:
        products = [a * b for a, b in zip(found, found[lag:], strict=False)]
        return fmean(products) / variance

    assert 0.3 < correlation(1) < 0.8
    assert abs(correlation(32)) < 0.15


def test_push_moves_the_role_and_only_it(
    plan: Callable, score: Callable, playing: Callable, part: Callable
) -> None:
    bass = part([(i * 480, 240, 40) for i in range(1, 30)], "bass", "electric_bass_finger")
    lead = part([(i * 480, 240, 70) for i in range(1, 30)], "lead", "flute")
    style = playing(push_ms={"bass": -12.0})
    played = perform(score(bass, lead), plan(), style).parts
    assert deviations(played[0], bass) == pytest.approx([-0.012] * 29, abs=1e-6)
    assert deviations(played[1], lead) == pytest.approx([0.0] * 29, abs=1e-6)


def test_drums_are_tightest_on_the_downbeat(
    plan: Callable, score: Callable, playing: Callable, part: Callable
) -> None:
    drums = part([(i * 240, 60, 42) for i in range(1, 3999)], "drums", "standard_kit")
    made = perform(score(drums, bars=500), plan(bars=500), playing(timing_ms=12.0)).parts[0]
    found = deviations(made, drums)
    down = [d for i, d in enumerate(found, 1) if i % 8 == 0]
    off = [d for i, d in enumerate(found, 1) if i % 2 == 1]
    assert pstdev(down) < 0.85 * pstdev(off)
    assert pstdev(off) < 0.012


def test_players_drift_together_but_not_as_one(
    long_plan: Callable, score: Callable, playing: Callable, part: Callable
) -> None:
    """The spread between two players is below that of two strangers (Rasch 1979)."""
    notes = [(i * 480, 480, 60) for i in range(1, 1999)]
    flute, oboe = part(notes, "lead", "flute", "a"), part(notes, "lead", "oboe", "b")
    played = perform(score(flute, oboe, bars=500), long_plan(), playing(timing_ms=14.0)).parts
    one, two = deviations(played[0], flute), deviations(played[1], oboe)
    between = pstdev([a - b for a, b in zip(one, two, strict=True)])
    strangers = 2**0.5 * pstdev(one)
    assert 0.5 * strangers < between < 0.97 * strangers
    assert between < 0.030


def test_hands_and_feet_of_a_drummer_do_not_land_as_one(
    plan: Callable, score: Callable, playing: Callable, part: Callable
) -> None:
    both = [(i * 480, 60, key) for i in range(1, 400) for key in (36, 42)]
    drums = part(both, "drums", "standard_kit")
    made = perform(score(drums, bars=100), plan(bars=100), playing(timing_ms=14.0)).parts[0]
    by_key = {key: [n.onset_seconds for n in made.notes if n.pitch == key] for key in (36, 42)}
    apart = [a - b for a, b in zip(by_key[36], by_key[42], strict=True)]
    assert 0.003 < pstdev(apart) < 0.010
    machine = perform(score(drums, bars=100), plan(bars=100), playing()).parts[0]
    assert len({n.onset_seconds for n in machine.notes}) == 399


def test_everybody_breathes_at_phrase_ends(
    plan: Callable, score: Callable, playing: Callable, part: Callable
) -> None:
    quarters = part([(i * 480, 480, 60) for i in range(1, 32)])
    free = perform(score(quarters), plan(), playing(rubato=1.0)).parts[0]
    late = deviations(free, quarters)
    assert max(late) == pytest.approx(0.03, abs=1e-3)
    assert late[15] == max(late)  # the first beat of the second phrase
    assert late[7] == pytest.approx(0.0, abs=1e-6)


def test_chance_is_fair_and_addressed() -> None:
    chance = Chance.of(3, "perform", "lead")
    values = [chance.uniform(i, 60) for i in range(4000)]
    assert fmean(values) == pytest.approx(0.5, abs=0.02)
    assert pstdev(values) == pytest.approx(12**-0.5, abs=0.01)
    assert all(0.0 < value < 1.0 for value in values)
    normal = [chance.gauss(i) for i in range(4000)]
    assert (fmean(normal), pstdev(normal)) == (
        pytest.approx(0, abs=0.05),
        pytest.approx(1, abs=0.05),
    )
    assert chance.uniform(1, 2) != chance.uniform(2, 1)
    assert chance.uniform(1, 2) == Chance.of(3, "perform", "lead").uniform(1, 2)
    assert chance.uniform(1, 2) != Chance.of(3, "perform", "bass").uniform(1, 2)
    drift = [chance.drift(tick, 960, 1) for tick in range(0, 960 * 3000, 240)]
    assert pstdev(drift) == pytest.approx(1.0, abs=0.1)
