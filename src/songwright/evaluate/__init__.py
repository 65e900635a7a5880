"""Judging music by what is in the files: nothing here looks at how a piece was made.

The design, in the field's manner (validate, metric, evaluate):

- `model`: `MetricFacts` says what a metric is, `Measurement` is its value for one piece with
  `Evidence` (bars, seconds, words). What a piece does not define is None with a reason, never NaN.
- `piece`: `piece_of` brings a score, with or without a performance and a planned energy curve, into
  one normal form of NumPy tables. What the file does not say (tune, chords, key) is inferred there
  and shared by all metrics.
- `registry`: facts of all metrics are data (``data/metrics.toml``), functions join by the decorator
  ``@measures``. A new metric is one table and one function.
- `symbolic`: the metrics on notes, one idea a module. Pure functions of a `Piece`.
- `bands`: percentiles of human music of each kind (``data/bands.json``, written by
  ``python -m bench.bands``). No metric is "higher is better"; each is read against the band of the
  nearest kind, from both sides.
- `diversity`: how different several pieces are from each other.

The symbolic metrics need compiled kernels; they are loaded when `evaluate_score` is first called.
`songwright.evaluate.hearing` listens to audio and is imported only where sound is judged.
"""

from songwright.evaluate.keyfinding import KeyEstimate, estimate_key
from songwright.evaluate.model import Evidence, Measurement, MetricFacts
from songwright.evaluate.piece import Piece, piece_of
from songwright.evaluate.reading import MidiMeasures, measure_midi
from songwright.evaluate.registry import measure_piece, metric_facts
from songwright.evaluate.score import evaluate_midi, evaluate_score, warm_up
from songwright.evaluate.tempo import estimate_tempo

__all__ = [
    "Evidence",
    "KeyEstimate",
    "Measurement",
    "MetricFacts",
    "MidiMeasures",
    "Piece",
    "estimate_key",
    "estimate_tempo",
    "evaluate_midi",
    "evaluate_score",
    "measure_midi",
    "measure_piece",
    "metric_facts",
    "piece_of",
    "warm_up",
]
