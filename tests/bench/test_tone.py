"""The tool behind the curves of tone: statistics on made-up levels, and a file that can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from bench.corpora import SOURCES
from bench.tone_pieces import RECIPES

from bench import tone
from songwright.audio.spectrum import third_octave_centres
from songwright.mix.ensembles import Curve, curves
from songwright.mix.tonal import target_curve_db
from songwright.styles import style_ids

HZ = third_octave_centres()


def made_up(count: int, spread_db: float) -> tone.Levels:
    """Excerpts around the curve of recordings, with independent bands, on two fonts."""
    generator = np.random.default_rng(4)
    levels = target_curve_db(HZ) - 30.0 + spread_db * generator.normal(size=(count, len(HZ)))
    return {"strings": {str(i): {"a": list(row - 1.0), "b": list(row + 1.0)}
                        for i, row in enumerate(levels)}}  # fmt: skip


def test_fonts_count_alike_and_silence_has_a_floor() -> None:
    rows = {"piece": {"a": [-30.0, -200.0], "b": [-32.0, -100.0]}}
    assert tone.of_excerpts(rows).tolist() == [[-31.0, -100.0]]


def test_what_excerpts_are_off_is_their_spread() -> None:
    levels = tone.of_excerpts(made_up(40, 3.0)["strings"])
    low, usual, high = tone.off_others(levels, HZ)
    assert low < usual < high
    assert usual == pytest.approx(3.0 * (1 + 1 / 39) ** 0.5, abs=0.4)
    # Bands that differ independently cannot be evened by eight broad ones.
    assert 0.6 * usual < tone.off_others(levels, HZ, tone.PULL)[1] < usual


def test_a_slope_is_what_mastering_takes_away() -> None:
    target = target_curve_db(HZ)
    tilted = target + 2.0 * np.log2(HZ / 1_000.0)
    before = tone.off_db(tilted, target, HZ)
    assert before > 4.0
    assert tone.off_db(tilted, target, HZ, tone.PULL) < 0.5 * before


def test_the_file_is_what_the_mix_reads(tmp_path: Path) -> None:
    text = tone.tables(made_up(20, 2.0))
    read = msgspec.convert(tomllib.loads(text), dict[str, Curve])
    assert np.allclose(read["strings"].level_db, target_curve_db(HZ) - 30.0, atol=2.0)
    assert read["strings"].excerpts == 20


def test_every_curve_has_a_recipe_and_a_corpus() -> None:
    assert set(curves()) <= set(RECIPES)
    for name, recipe in RECIPES.items():
        assert recipe.home in style_ids(), name
        assert any(source.kind == recipe.kind for source in SOURCES), name
    for name, curve in curves().items():
        assert curve.corpus == RECIPES[name].corpus
