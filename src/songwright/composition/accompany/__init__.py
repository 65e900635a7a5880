"""Accompaniment: bass, chords, pads, arpeggios, riffs, stabs, counter-melodies, inner voices.

`accompany` writes one part after the other. Facts are grids in ``data/patterns_*.toml``;
what needs thinking (walking bass, part-writing, answers) is a player in this package.
"""

from songwright.composition.accompany.patterns import pattern_names
from songwright.composition.accompany.write import accompany

__all__ = ["accompany", "pattern_names"]
