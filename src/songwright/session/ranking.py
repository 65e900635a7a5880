"""Sampled tunes are judged as a finished piece is: against human music of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from songwright.score import Score

_OF_TUNES = ("coherence", "tonality", "rhythm", "melody")


def rank_tunes(style_id: str, tunes: Sequence[Score]) -> list[float]:
    """How well tunes over their chords stand beside human music of a style's kind.

    Parameters
    ----------
    style_id
        The style whose nearest kinds of human music are the measure.
    tunes
        Small scores of one part with its chords.

    Returns
    -------
    list of float
        For each, the mean score of all metrics of its melody, rhythm, tonality and coherence that
        it defines (see `songwright.evaluate.bands.band_score`): 1 in the middle half of human
        music, 0 far outside.
    """
    return [_worth(style_id, tune) for tune in tunes]


def _worth(style_id: str, tune: Score) -> float:
    from songwright.evaluate import evaluate_score  # noqa: PLC0415 (slow to load; rules do without)
    from songwright.evaluate.judgement import judge_measurements, reference_for  # noqa: PLC0415

    judged = judge_measurements(evaluate_score(tune), reference_for(style_id), style=style_id)
    scores = [
        metric.score for metric in judged.metrics
        if metric.score is not None and metric.facts.dimension in _OF_TUNES
    ]  # fmt: skip
    return fmean(scores) if scores else 0.0
