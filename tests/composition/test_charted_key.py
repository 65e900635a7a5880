"""The key of a chart that names none."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.charted_key import key_of_charts
from songwright.composition.planning import make_plan
from songwright.session import compose_brief
from songwright.theory import Key


@pytest.mark.parametrize(
    ("chart", "key"),
    [
        ("C | Am | F | G", Key("C", "major")),
        ("Am | Dm | E7 | Am", Key("A", "minor")),
        ("Dm7 | G7 | Cmaj7 | A7", Key("C", "major")),
        ("Bb | Eb | F7 | Bb", Key("Bb", "major")),
        ("Em | C | G | D", Key("E", "minor")),
        ("D | C | G | D", Key("D", "mixolydian")),
        ("Dm | G | Dm | G", Key("D", "dorian")),
        ("Fm | Db | Bbm | C7", Key("F", "minor")),
    ],
)
def test_charts_lie_in_the_key_that_musicians_name(chart: str, key: Key) -> None:
    assert key_of_charts(understand(f"pop, {chart}")) == key


def test_every_transposition_moves_the_key() -> None:
    found = set()
    for home, fourth, fifth in (("C", "F", "G7"), ("E", "A", "B7"), ("Ab", "Db", "Eb7")):
        key = key_of_charts(understand("pop", {"chords": f"{home} | {fourth} | {fifth} | {home}"}))
        assert key is not None and key.mode == "major"
        found.add(key.tonic)
    assert found == {"C", "E", "Ab"}


def test_the_mood_decides_between_relatives() -> None:
    assert make_plan(understand("happy pop, Am | F | C | G"), 1).key == Key("C", "major")
    assert make_plan(understand("sad pop, Am | F | C | G"), 1).key == Key("A", "minor")


def test_no_chart_and_roman_numerals_name_no_key() -> None:
    assert key_of_charts(understand("pop, 90 bpm")) is None


def test_a_blues_chart_is_a_blues() -> None:
    plan = make_plan(
        understand("blues: A7 | D7 | A7 | A7 | D7 | D7 | A7 | A7 | E7 | D7 | A7 | E7"), 1
    )
    assert plan.key == Key("A", "blues")


def test_the_tune_is_sung_in_the_scale_of_the_chart() -> None:
    song = compose_brief(understand("pop, 16 bars: F#m | D | A | E"), 2)
    tune = next(part for part in song.score.parts if part.role == "lead").notes
    scale = set(Key("A", "major").scale_pcs)
    inside = sum(n.duration_ticks for n in tune if n.pitch % 12 in scale)
    assert inside / sum(n.duration_ticks for n in tune) > 0.9
