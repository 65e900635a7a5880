"""The scripts that make bands and the table of discrimination: their parts that need no corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.bands import LENGTHS, as_text, kind_bands, openings
from bench.corpora import KINDS, cut, held_out
from bench.corruptions import APPLIES, CORRUPTIONS, has_accompaniment, has_dynamics
from bench.discrimination import auc, report
from bench.lengths import Piece, inside, shift_table, shifts, with_length

from songwright.score import Score
from tests.evaluate.conftest import line, score_of


def test_auc_by_hand() -> None:
    assert auc([2.0, 3.0], [0.0, 1.0]) == 1.0
    assert auc([0.0, 1.0], [2.0, 3.0]) == 0.0
    assert auc([1.0, 2.0], [1.0, 2.0]) == 0.5
    assert auc([1.0], [1.0, 0.0]) == pytest.approx(0.75)


def test_a_quarter_of_all_files_is_held_out_and_always_the_same() -> None:
    root = Path("corpora")
    kept = [held_out(root / f"{number}.mid", root) for number in range(2000)]
    assert 0.22 < sum(kept) / len(kept) < 0.28
    assert held_out(root / "7.mid", root) == held_out(root / "7.mid", root)


def test_a_long_score_is_cut_at_a_bar_line(ode: Score) -> None:
    short = cut(ode, 6)
    assert short.bars == 6
    assert max(n.end_ticks for p in short.parts for n in p.notes) == 6 * 1920
    assert max(c.end_ticks for c in short.chords) == 6 * 1920
    assert cut(ode, 100) is ode


def test_corruptions_apply_where_there_is_something_to_spoil(ode: Score) -> None:
    assert not has_dynamics(ode)
    assert has_accompaniment(ode)
    assert not has_accompaniment(score_of(("lead", "violin", line("C4:1 D4:1"))))
    assert set(APPLIES) <= set(CORRUPTIONS)


def test_the_report_marks_what_notices() -> None:
    names = dict.fromkeys(CORRUPTIONS, 0.5)
    text = report({"step_share": names | {"looped": 0.97, "robot": 0.01}}, 45)
    assert "**0.97**" in text
    assert "**0.01**" in text
    assert "0.50 |" in text
    assert "45 held-out human pieces" in text
    assert set(KINDS) >= {"hymn", "lied", "multitrack"}


def test_openings_are_cut_or_nearly_as_short(ode: Score) -> None:
    cuts = openings(ode)
    assert set(cuts) == {bars for bars in LENGTHS if ode.bars >= 0.75 * bars}
    assert all(score.bars <= bars for bars, score in cuts.items())


def test_bands_of_a_kind_need_enough_pieces() -> None:
    whole = [{"step_share": i / 40, "closure_final": 1.0} for i in range(40)]
    row = kind_bands("hymn", [20] * 40, whole, {16: whole, 32: whole[:20]}, "2026-01-31")
    assert (row["pieces"], row["bars"]) == (40, 20.0)
    assert set(row["metrics"]) == {"step_share", "closure_final"}
    assert [(o["bars"], set(o["metrics"])) for o in row["openings"]] == [(16, {"step_share"})]
    assert json.loads(as_text([row])) == [row]
    assert '"count": 40 }' in as_text([row])


def _pieces() -> list[Piece]:
    """Sixteen hymns whose openings have half as many chords and the same share of steps."""
    return [
        Piece(
            "hymn", 64 + i,
            {"chord_vocabulary": 10.0 + i, "step_share": 0.5 + i / 100},
            {32: {"chord_vocabulary": (10.0 + i) / 2, "step_share": 0.5 + i / 100}},
        )
        for i in range(16)
    ]  # fmt: skip


def test_how_much_a_metric_depends_on_length() -> None:
    found = _pieces()
    quarters = 7.5  # interquartile range of 10 … 25
    assert shifts(found, "chord_vocabulary") == {32: pytest.approx(-8.75 / quarters)}
    assert shifts(found, "step_share") == {32: 0.0}
    assert with_length(found, "chord_vocabulary") == pytest.approx(1.0)
    assert with_length(found[:5], "chord_vocabulary") is None
    table = shift_table(found)
    assert [line.split()[1] for line in table[2:]] == ["chord_vocabulary"]
    assert table[-1] == "| chord_vocabulary | – | -1.17 | – | +1.00 |"


def test_the_share_inside_goes_by_the_length_that_is_asked_for() -> None:
    few = {"chord_vocabulary": 8.0, "peak_position": 0.5}
    assert inside(few, "quartet", 16, False) == 1.0
    assert inside(few, "quartet", None, False) == 0.0
