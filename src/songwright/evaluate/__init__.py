"""Judging music by what is in the files: nothing here looks at a plan.

This first version estimates the controls of a piece blind, from its notes and from its audio, for
the column *measured* of the report. `songwright.evaluate.hearing` listens to audio; it is imported
only where sound is judged, because its filters take a second to load.
"""

from songwright.evaluate.keyfinding import KeyEstimate, estimate_key
from songwright.evaluate.reading import MidiMeasures, measure_midi
from songwright.evaluate.tempo import estimate_tempo

__all__ = [
    "KeyEstimate",
    "MidiMeasures",
    "estimate_key",
    "estimate_tempo",
    "measure_midi",
]
