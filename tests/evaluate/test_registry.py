"""Facts, answers and bad input: every metric answers or says why not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from songwright.evaluate import evaluate_score, metric_facts
from songwright.evaluate.model import DIMENSIONS, Evidence, Measurement
from songwright.evaluate.registry import symbolic_metrics
from songwright.score import MeterChange, Note, Part, Score, SectionMark
from songwright.seeds import rng
from songwright.theory import Meter
from tests.evaluate.conftest import line, score_of


def answered(score: Score) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score)}


def test_a_measurement_is_a_number_or_a_reason() -> None:
    assert Measurement("x", 1.0).value == 1.0
    assert Measurement("x", None, Evidence(), "not defined, because it is empty").value is None
    with pytest.raises(ValueError, match="no reason"):
        Measurement("x", None)
    with pytest.raises(ValueError, match="not a number"):
        Measurement("x", math.nan)
    with pytest.raises(ValueError, match="not a number"):
        Measurement("x", math.inf)


def test_every_metric_has_facts_and_a_function() -> None:
    registered = [metric for metrics, _ in symbolic_metrics() for metric in metrics]
    assert len(registered) == len(set(registered))
    assert set(registered) == set(metric_facts())
    for facts in metric_facts().values():
        assert facts.dimension in DIMENSIONS
        assert facts.name
        assert facts.meaning.endswith(".")
        assert facts.source


def test_the_order_of_answers_is_that_of_the_facts(ode: Score) -> None:
    assert [m.metric for m in evaluate_score(ode)] == list(metric_facts())


def test_evidence_has_bars_and_their_seconds(ode: Score) -> None:
    by_metric = {m.metric: m for m in evaluate_score(ode)}
    evidence = by_metric["structure_short"].evidence
    (first, stop), (begin, end) = evidence.bars[0], evidence.seconds[0]
    assert 0 <= first < stop <= ode.bars
    assert (begin, end) == (first * 2.0, stop * 2.0)  # 4/4 at 120 bpm


def test_the_same_piece_gives_the_same_answers(ode: Score) -> None:
    assert evaluate_score(ode) == evaluate_score(ode)


def test_an_empty_piece_is_answered_with_reasons() -> None:
    for found in evaluate_score(score_of()):
        assert found.value is None, found
        assert found.reason.startswith("not defined, because ")


def test_one_note_is_answered() -> None:
    values = answered(score_of(("lead", "violin", line("C4:1"))))
    assert values["structure_short"] is None
    assert values["key_clarity"] is None
    assert values["note_density"] == 1.0


def test_sixty_tracks_are_answered() -> None:
    draw = rng(1, "sixty")
    parts = [
        ("counter", "violin", [Note(240 * i, 240, draw.randint(40, 90)) for i in range(64)])
        for _ in range(60)
    ]
    values = answered(score_of(*parts))
    assert values["layers"] == 60.0
    assert values["voices"] == pytest.approx(60.0, rel=0.1)


@pytest.mark.parametrize("meter", ["1/32", "7/8", "5/4", "32/1", "6/8"])
def test_odd_metres_pitches_and_velocities_are_answered(meter: str) -> None:
    top, bottom = map(int, meter.split("/"))
    kind = Meter(top, bottom)
    draw = rng(2, "odd", meter)
    notes = [
        Note(draw.randrange(40 * kind.bar_ticks), draw.choice((1, 60, 5000)),
             draw.choice((0, 60, 127)), draw.choice((1, 127)))
        for _ in range(150)
    ]  # fmt: skip
    score = score_of(
        ("chords", "acoustic_grand_piano", notes),
        ("drums", "standard_kit", notes[:40]),
        meter=kind,
        sections=(("A", 3), ("B", 0), ("A", 500)),
    )
    for found in evaluate_score(score, None, [0.5] * 7):
        assert found.value is None or np.isfinite(found.value)


def test_parts_without_notes_and_metre_changes_are_answered(ode: Score) -> None:
    empty = Part("none", "none", "lead", "flute")
    changes = (MeterChange(0, Meter(4, 4)), MeterChange(1, Meter(3, 4)))
    marks = (SectionMark("x", "verse", "A", 900, 5),)
    score = Score("", 1, changes, ode.tempos, ode.keys, marks, (), (empty, *ode.parts))
    assert answered(score)["note_density"] is not None
