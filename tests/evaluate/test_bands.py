"""Bands of human music: percentiles, two-sided scores and the data that ships."""

from __future__ import annotations

import pytest

from songwright.errors import StyleError
from songwright.evaluate import metric_facts
from songwright.evaluate.bands import (
    Band,
    band_of,
    band_score,
    bands,
    nearest_band,
    nearest_kinds,
    nearest_to,
    openings_like,
    percentile_of,
)
from songwright.styles import style_ids

WANTED = {"hymn", "lied", "quartet", "orchestra", "folk_tune", "lead_sheet", "multitrack", "drums"}


def test_the_score_is_two_sided() -> None:
    band = Band((0.0, 2.0, 3.0, 4.0, 8.0), 50)
    assert [band_score(band, v) for v in (2.0, 3.0, 4.0)] == [1.0, 1.0, 1.0]
    assert band_score(band, 0.0) == band_score(band, 8.0) == 0.5
    assert band_score(band, -2.0) == band_score(band, 12.0) == 0.0
    assert band_score(band, 6.0) == pytest.approx(0.75)
    assert band.holds(0.0)
    assert not band.holds(8.1)


def test_percentiles_meet_their_knots_and_rise() -> None:
    kind, metric = "hymn", "step_share"
    band = band_of(metric, kind)
    assert band is not None
    for value, percent in zip(band.values, (5, 25, 50, 75, 95), strict=True):
        assert percentile_of(metric, kind, value) == pytest.approx(percent)
    low, high = band.values[0], band.values[4]
    rising = [percentile_of(metric, kind, low + (high - low) * i / 20) for i in range(-5, 26)]
    assert rising == sorted(rising)
    assert percentile_of(metric, kind, 2 * low - band.values[1]) == 0.0
    assert percentile_of(metric, kind, 2 * high - band.values[3]) == 100.0


def test_every_kind_ships_with_its_sources() -> None:
    assert set(bands()) >= WANTED
    for kind in bands().values():
        assert kind.pieces >= 40
        assert kind.corpora
        assert len(kind.corpora) == len(kind.licences)
        assert len(kind.date) == len("2026-01-31")
        for metric, band in kind.metrics.items():
            assert metric in metric_facts()
            assert list(band.values) == sorted(band.values)
            assert band.count >= 12


def test_corpora_without_players_have_no_bands_of_playing() -> None:
    assert band_of("microtiming_ms", "hymn") is None
    assert percentile_of("microtiming_ms", "hymn", 10.0) is None
    drums = band_of("microtiming_ms", "drums")
    assert drums is not None
    assert 2.0 < drums.values[2] < 30.0  # human drummers, in milliseconds


def test_every_style_has_a_nearest_kind_with_a_reason() -> None:
    assert set(nearest_kinds()) == set(style_ids())
    for nearest in nearest_kinds().values():
        assert set(nearest.kinds) <= set(bands())
        assert nearest.nearness in ("close", "related", "far")
        assert nearest.why.endswith(".")


def test_a_metric_is_read_against_the_first_kind_that_has_it() -> None:
    steps, timing = nearest_band("step_share", "pop"), nearest_band("microtiming_ms", "pop")
    assert steps is not None
    assert timing is not None
    assert (steps[0], timing[0]) == ("multitrack", "drums")
    assert nearest_band("microtiming_ms", "techno") is None


def test_unknown_names_say_what_there_is() -> None:
    with pytest.raises(StyleError, match="hymn"):
        band_of("step_share", "polka")
    with pytest.raises(StyleError, match="polka"):
        nearest_to("polka")


def test_a_piece_is_read_against_the_nearest_length() -> None:
    assert openings_like("quartet", None) is None
    asked = (8, 16, 22, 24, 44, 50, 90, 130, 155, 400)
    found = [openings_like("quartet", bars) for bars in asked]
    lengths = [0 if openings is None else openings.bars for openings in found]
    assert lengths == [16, 16, 16, 32, 32, 64, 64, 128, 0, 0]
    assert openings_like("hymn", 19) is None  # whole hymns are as short
    with pytest.raises(StyleError, match="polka"):
        openings_like("polka", 16)


def test_openings_see_less_than_whole_pieces() -> None:
    for metric in ("chord_vocabulary", "energy_span", "structure_mid", "melodic_range"):
        medians = []
        for bars in (16, 32, 64, 160):
            band = band_of(metric, "quartet", bars)
            assert band is not None
            medians.append(band.values[2])
        assert medians == sorted(medians)
        assert medians[0] < medians[-1]


def test_openings_say_nothing_of_endings_and_rest_on_enough_pieces() -> None:
    for kind in bands().values():
        assert [o.bars for o in kind.openings] == sorted({o.bars for o in kind.openings})
        assert 8 <= kind.bars <= 160
        for openings in kind.openings:
            assert not {"closure_final", "peak_position"} & set(openings.metrics)
            for metric, band in openings.metrics.items():
                assert metric in metric_facts()
                assert list(band.values) == sorted(band.values)
                assert band.count >= 40
    whole = band_of("closure_final", "lied")
    assert whole is not None
    assert band_of("closure_final", "lied", 16) == whole


def test_percentiles_go_with_the_length() -> None:
    short = percentile_of("chord_vocabulary", "quartet", 12.0, 16)
    whole = percentile_of("chord_vocabulary", "quartet", 12.0)
    assert short is not None
    assert whole is not None
    assert short > whole
