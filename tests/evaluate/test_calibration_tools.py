"""The scripts that make bands and the table of discrimination: their parts that need no corpora."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.corpora import KINDS, cut, held_out
from bench.corruptions import APPLIES, CORRUPTIONS, has_accompaniment, has_dynamics
from bench.discrimination import auc, report

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
